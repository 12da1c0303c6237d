// SPDX-License-Identifier: MIT
/*
 * exemplar.h - single values among those that a series has counted: when they came about, and where.
 *
 * A histogram says that some calls took a second; an exemplar says of one of them when it was, which thread made it,
 * and from where. Durations have some only where single calls are recorded (stacks.slower_than, docs/stacks.md). That
 * of a counter of failures is the latest one.
 */
#ifndef SONDE_MODEL_EXEMPLAR_H
#define SONDE_MODEL_EXEMPLAR_H

#include "base/histogram.h"
#include "model/stack-list.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	EXEMPLARS_MAX = HISTOGRAM_ROWS, /* one for each power of two */
	/* Readers take 128 characters of names and values; numbers take less than the other half. */
	EXEMPLAR_SITE_SIZE = 64,
};

struct exemplar {
	double value; /* in the unit of the series; 1 of a counter */
	int64_t time_ns; /* CLOCK_REALTIME: when it was counted */
	uint32_t bucket; /* of the histogram; it is one of those in it */
	int32_t pid;
	int32_t tid; /* 0: not known */
	char site[EXEMPLAR_SITE_SIZE]; /* a function, or "libfoo.so+0x1234", cut; "": not known */
};

/* In the order of buckets. All zero is an empty list. */
struct exemplar_list {
	struct exemplar *exemplars;
	size_t n_exemplars;
};

/* Of those in buckets of one power of two the largest stays. 0 or -ENOMEM. */
int exemplar_list_add(struct exemplar_list *list, const struct exemplar *exemplar);
int exemplar_list_add_all(struct exemplar_list *list, const struct exemplar_list *other);
void exemplar_list_deinit(struct exemplar_list *list);

/* Adds the slow call as one of its call's durations, likewise. */
int exemplar_list_add_slow_call(struct exemplar_list *list, const struct stack_list *stacks,
				const struct slow_call *call);

#endif
