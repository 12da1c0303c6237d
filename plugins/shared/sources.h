// SPDX-License-Identifier: MIT
/*
 * sources.h - the newest snapshot of each source, for exporters that show all of them at once.
 *
 * An instance has one source, or several, which its snapshots say. Of several, each is there as
 * long as it lives, and then with its last figures for some time, so that whoever looks from time
 * to time sees them. One that has given nothing in some turns in which others did has ended
 * unnoticed. What all take is bounded: those that have ended make room, the earliest first; one
 * for which there is no room then is left out. Not locked: that is for whoever owns it.
 *
 *     struct sources sources = {.host = host, .keep_ns = ..., .memory = ...};
 */
#ifndef SONDE_PLUGINS_SHARED_SOURCES_H
#define SONDE_PLUGINS_SHARED_SOURCES_H

#include <sonde/plugin.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct source {
	const struct sonde_snapshot *newest;
	uint64_t size;
	uint64_t sequence;
	uint64_t turn; /* when it came */
	bool has_ended;
	int64_t ended_ns;
};

struct sources {
	const struct sonde_host *host;
	int64_t keep_ns; /* how long one that has ended stays */
	uint64_t memory; /* that all may take; the only one may always be there */
	struct source *items; /* in the order of their first snapshots */
	size_t n_items;
	uint64_t size;
	uint64_t turn; /* a new one begins when a source comes again */
};

/* The options of an exporter that shows all sources, for its table. */
#define SOURCES_ROWS(options_type, member)                                                            \
	{                                                                                          \
		.name = "keep",                                                                    \
		.type = SONDE_OPTION_DURATION,                                                     \
		.default_text = "5m",                                                              \
		.max = "30d",                                                                      \
		.offset = offsetof(options_type, member.keep_ns),                                          \
		.help = "How long the last figures of a session stay, of several that an agent "   \
			"hosts.",                                                                  \
	},                                                                                         \
	{                                                                                          \
		.name = "memory", .type = SONDE_OPTION_SIZE, .default_text = "64MiB",              \
		.min = "1MiB", .max = "16GiB", .offset = offsetof(options_type, member.memory),            \
		.help = "How much the figures of all sessions of an agent may take; more "         \
			"sessions are left out.",                                                  \
	}

struct sources_options {
	int64_t keep_ns;
	uint64_t memory;
};

void sources_deinit(struct sources *sources);

/*
 * Takes a reference to a snapshot, in place of the one before of its source. 0; -ENOSPC: there is no
 * room for it, and its source is not there any more; -ENOMEM.
 */
int sources_take(struct sources *sources, const struct sonde_snapshot *snapshot);

/* For export_snapshot(): tells of one that could not be taken, and returns the status. */
int sources_refuse(const struct sonde_host *host, const struct sonde_snapshot *snapshot, struct sonde_result *result);

/* Whether this is the last one of several that come in one turn, or all there is of its source. */
bool sources_turn_ends(const struct sources *sources, const struct sonde_snapshot *snapshot);

/*
 * The newest of each, in memory of the host's that is the caller's, with a reference to each: sources_put(). NULL
 * without memory.
 */
const struct sonde_snapshot **sources_get(struct sources *sources, size_t *ret_n);
void sources_put(const struct sonde_host *host, const struct sonde_snapshot **snapshots, size_t n);

#endif
