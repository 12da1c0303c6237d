// SPDX-License-Identifier: MIT
#include "resources/emission.h"

#include <string.h>

enum { TAGS_MAX = 16 };

/* What the host refuses, it counts. */
static void emit(const struct emission *emission, struct sonde_series *series,
		 const struct sonde_tag *tags, uint32_t n_tags)
{
	struct sonde_tag all[TAGS_MAX];

	if (emission->n_common + n_tags > TAGS_MAX)
		return;
	if (emission->n_common)
		memcpy(all, emission->common, emission->n_common * sizeof(*all));
	if (n_tags)
		memcpy(all + emission->n_common, tags, n_tags * sizeof(*all));
	series->struct_size = sizeof(*series);
	series->tags = all;
	series->n_tags = emission->n_common + n_tags;
	emission->host->emit(emission->emit, series);
}

void emit_gauge(const struct emission *emission, const char *name, const char *unit, double number,
		const struct sonde_tag *tags, uint32_t n_tags)
{
	struct sonde_series series = {
		.type = SONDE_TYPE_GAUGE,
		.name = name,
		.unit = unit,
		.number = number,
	};

	emit(emission, &series, tags, n_tags);
}

void emit_counter(const struct emission *emission, const char *name, const char *unit,
		  uint64_t count, const struct sonde_tag *tags, uint32_t n_tags)
{
	struct sonde_series series = {
		.type = SONDE_TYPE_COUNTER,
		.name = name,
		.unit = unit,
		.start_ns = emission->start_ns,
		.count = count,
		.number = (double)count,
	};

	emit(emission, &series, tags, n_tags);
}

void emit_seconds(const struct emission *emission, const char *name, double seconds,
		  const struct sonde_tag *tags, uint32_t n_tags)
{
	struct sonde_series series = {
		.type = SONDE_TYPE_COUNTER,
		.name = name,
		.unit = "s",
		.flags = SONDE_SERIES_FRACTIONAL,
		.start_ns = emission->start_ns,
		.number = seconds,
	};

	emit(emission, &series, tags, n_tags);
}
