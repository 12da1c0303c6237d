// SPDX-License-Identifier: MIT
/*
 * stream-steps.h - what the tests of streams do again and again.
 */
#ifndef SONDE_TESTS_STREAM_STEPS_H
#define SONDE_TESTS_STREAM_STEPS_H

#include <poll.h>

#include "api.h"

enum { PATIENCE_S = 60 };

/* The next value is that of a name. */
static inline void expect_value(struct sonde_stream *stream, const char *name, double number)
{
	struct sonde_metric_value *value = NULL;

	CU_ASSERT_EQUAL_FATAL(sonde_metrics_stream_next(stream, PATIENCE_S, &value), 0);
	CU_ASSERT_STRING_EQUAL(value->name, name);
	CU_ASSERT_EQUAL(value->value, number);
	sonde_free(value);
}

static inline void expect_nothing(struct sonde_stream *stream)
{
	struct sonde_metric_value *value = NULL;

	CU_ASSERT_EQUAL(sonde_metrics_stream_next(stream, 0, &value), SONDE_ETIMEDOUT);
	CU_ASSERT_PTR_NULL(value);
}

static inline int is_readable(const struct sonde_stream *stream)
{
	struct pollfd wanted = {.fd = sonde_metrics_stream_fd(stream), .events = POLLIN};

	return poll(&wanted, 1, 0);
}

#endif
