// SPDX-License-Identifier: MIT
/*
 * stream-filter.h - which series a stream is of: what the caller said, checked and copied once.
 */
#ifndef SONDE_API_STREAM_FILTER_H
#define SONDE_API_STREAM_FILTER_H

#include "base/compiler.h"
#include "model/series.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sonde/sonde.h"

struct stream_filter {
	uint32_t types; /* bits 1 << enum sonde_type */
	char **names;	/* patterns, in small letters */
	size_t n_names; /* 0: all */
	struct sonde_tag *tags;
	size_t n_tags;
};

/* NULL for `given`: everything. 0, SONDE_EINVAL or SONDE_ENOMEM; to be deinitialised in any case.
 */
int stream_filter_init(struct stream_filter *filter,
		       const struct sonde_stream_filter *given) HIDDEN;
void stream_filter_deinit(struct stream_filter *filter) HIDDEN;

bool stream_filter_lets(const struct stream_filter *filter, const struct series *series) HIDDEN;

#endif
