// SPDX-License-Identifier: MIT
/*
 * part.h - the figures of a part of a run: of all process images of one test, one program and one set of labels.
 *
 * Of a long run, a recording keeps some processes one by one, and all of them by parts: each image is in exactly one,
 * so the parts together are the run. A part has counts and sums, not the distribution of durations.
 *
 * Parts are at most PARTS_MOST. Once there are PARTS_DETAILED, new ones are made by tests only, and when there is no
 * place any more, all further tests are one, PART_OTHERS.
 */
#ifndef SONDE_MODEL_PART_H
#define SONDE_MODEL_PART_H

#include "model/hash-index.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PARTS_DETAILED = 6144, PARTS_MOST = 8192 };
#define PART_OTHERS "(others)"

/* Failures of a call with one code. */
struct part_error {
	const char *symbol;
	bool is_expected;
	uint64_t count;
	uint64_t timed; /* of them, and for how long: none in documents of older versions, nor of what spans tell */
	uint64_t sum_ns;
};

/* A call of a part. Its strings are those of the recording's own list of calls. */
struct part_call {
	const char *name;
	const char *kind;
	const char *group;
	uint64_t count;
	uint64_t failures;
	uint64_t expected;
	uint64_t unfinished;
	uint64_t bytes;
	uint64_t timed;
	uint64_t sum_ns;
	struct part_error *errors;
	size_t n_errors;
};

struct part {
	char *test;    /* NULL: of no test */
	char *program; /* path; NULL: not known, or too many */
	char *labels;  /* as text, see model/labels.h; "" */
	uint64_t n_images;
	uint64_t n_processes; /* images that did not go on as another program */
	uint64_t n_threads;
	bool has_peak;
	uint64_t peak;       /* of live memory, in the image with the highest */
	int64_t started_ns;  /* CLOCK_REALTIME, of the first */
	int64_t ended_ns;    /* of the last */
	struct part_call *calls; /* in the order of names, then of kinds */
	size_t n_calls;
};

struct part_list {
	struct part *parts;
	size_t n_parts;
	struct hash_index index;
	struct hash_index by_test;
};

struct recording;
struct process_record;

/* Adds a process, whose calls are in the recording's own list already, to its part. 0 or -ENOMEM. */
int part_list_add(struct recording *recording, const struct process_record *process);

/*
 * Adds a part of another recording, whose calls are in this one's own list already, to that with other labels. 0 or
 * -ENOMEM.
 */
int part_list_merge(struct recording *recording, const struct part *other, const char *labels);

/* What a process did while it belonged to something else. */
struct part_span {
	const char *test;
	const char *labels; /* as text */
	const struct call_list *calls;
	int64_t started_ns; /* CLOCK_REALTIME */
	int64_t ended_ns;
};

/* Moves it from the process's part to the one that it belongs to. 0 or -ENOMEM. */
int part_list_move(struct recording *recording, const struct process_record *process, const struct part_span *span);

/* The part of a test, a program and labels, made if it is not there. NULL without memory. */
struct part *part_list_get(struct part_list *list, const char *test, const char *program, const char *labels);

/* The next part of a test; begins where *cursor is 0. NULL: there is no more. */
const struct part *part_list_next(const struct part_list *list, const char *test, size_t *cursor);

/* All its successful time, as call_totals_time_ns(). */
uint64_t part_call_time_ns(const struct part_call *call);

/* All the time of failures, scaled likewise; 0 where none was timed. */
uint64_t part_error_time_ns(const struct part_error *error);

/* The figures of a call, made if it is not there; the strings are kept as they are. NULL without memory. */
struct part_call *part_call_get(struct part *part, const char *name, const char *kind, const char *group);

/* Adds failures. 0 or -ENOMEM. */
int part_call_add_error(struct part_call *call, const struct part_error *error);

void part_list_deinit(struct part_list *list);

#endif
