// SPDX-License-Identifier: MIT
/*
 * emission.h - one line for each figure that is handed over.
 *
 * Names, units and tags are OpenTelemetry's, where it has them: docs/resources.md lists them all.
 */
#ifndef SONDE_RESOURCES_EMISSION_H
#define SONDE_RESOURCES_EMISSION_H

#include <sonde/plugin.h>

#include <stdint.h>

/* Of one collection. */
struct emission {
	const struct sonde_host *host;
	struct sonde_emit *emit;
	int64_t start_ns;		/* CLOCK_REALTIME: since when counters count */
	const struct sonde_tag *common; /* tags of all series that are emitted with it */
	uint32_t n_common;
};

/* The tags of one figure, as many as are written. */
#define TAGS(...)                                                                                  \
	(const struct sonde_tag[]){__VA_ARGS__},                                                   \
		(uint32_t)(sizeof((const struct sonde_tag[]){__VA_ARGS__}) /                       \
			   sizeof(struct sonde_tag))
#define NO_TAGS NULL, 0

void emit_gauge(const struct emission *emission, const char *name, const char *unit, double number,
		const struct sonde_tag *tags, uint32_t n_tags);
void emit_counter(const struct emission *emission, const char *name, const char *unit,
		  uint64_t count, const struct sonde_tag *tags, uint32_t n_tags);
/* A counter of seconds. */
void emit_seconds(const struct emission *emission, const char *name, double seconds,
		  const struct sonde_tag *tags, uint32_t n_tags);

#endif
