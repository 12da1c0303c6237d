// SPDX-License-Identifier: MIT
/*
 * emitter.h - where a monitor hands its series over, and what they are checked for.
 *
 * An emitter belongs to one instance of a monitor and is used by one thread at a time. Collection
 * by collection it makes a snapshot of what it was given:
 *
 *     emitter_new -> (emitter_add... -> emitter_finish or emitter_cancel)... -> emitter_free
 *
 * It remembers the sets of tags of each name. Of a name with more than max_tag_sets of them, or more
 * than max_path_tag_sets with a tag like a path (base/path-like.h), those
 * that were there first keep their series, and all others together have one, with the only tag
 * otel.metric.overflow = "true". What it counts is exact as long as those others last: of one that
 * has gone, it keeps what it had counted. Once such a series is there, its name lets no set of tags
 * in until a collection needs it no more; sets that are gone make room only then.
 *
 * Memory: at most max_series sets of tags are remembered, of 100 to 1000 bytes each, and their
 * series in one collection.
 */
#ifndef SONDE_MODEL_EMITTER_H
#define SONDE_MODEL_EMITTER_H

#include "model/snapshot.h"

#include <stddef.h>
#include <stdint.h>

enum {
	EMITTER_TAG_SETS = 2000,
	EMITTER_PATH_TAG_SETS = 200,
	EMITTER_SERIES = 100000,
};

struct emitter_limits {
	size_t max_tag_sets; /* of a name; 0: EMITTER_TAG_SETS */
	size_t max_path_tag_sets; /* of them, with a tag like a path; 0: EMITTER_PATH_TAG_SETS */
	size_t max_series;   /* in all; 0: EMITTER_SERIES */
};

/* Why a series was not taken. */
enum emitter_refusal {
	EMITTER_INVALID,  /* no series: see emitter_add() */
	EMITTER_CONFLICT, /* another type or unit than its name had before */
	EMITTER_TWICE,	  /* the second of this name and these tags in a collection */
	EMITTER_FULL,	  /* max_series, or no memory */
	EMITTER_REFUSALS,
};

struct emitter;

/* NULL without memory. */
struct emitter *emitter_new(struct emitter_limits limits);
/* NULL is fine. Returns NULL. */
struct emitter *emitter_free(struct emitter *emitter);

/*
 * Takes a copy of a series. Tags may be in any order; one with an empty value is as none. A start
 * of 0 stands for the instant of the first snapshot that has it.
 *
 * 0; -EINVAL: the name is none of OpenTelemetry's (a letter, then letters, digits and _.-/, at most
 * 255), the unit has more than 63 bytes or others than printable ASCII, there are more than
 * SERIES_TAGS_MAX tags, a key is empty, longer than 128 bytes or there twice, a value is longer
 * than 1024, a counter or rate is negative or no number, a histogram's buckets are not its count;
 * or it has another type or unit than its name had before. -EEXIST: a second one. -ENOSPC: too
 * many. -ENOMEM. All are counted.
 */
int emitter_add(struct emitter *emitter, const struct series *series);

/* All that was added since the last time, as a snapshot with one reference. 0 or -ENOMEM. */
int emitter_finish(struct emitter *emitter, int64_t taken_ns, struct snapshot **ret_snapshot);

/* Forgets what was added since the last time. */
void emitter_cancel(struct emitter *emitter);

/* How many were refused for a reason, ever. */
uint64_t emitter_n_refused(const struct emitter *emitter, enum emitter_refusal reason);
/* How many went into a series of overflow, ever. */
uint64_t emitter_n_overflowed(const struct emitter *emitter);

#endif
