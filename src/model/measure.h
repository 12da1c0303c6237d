// SPDX-License-Identifier: MIT
/*
 * measure.h - one figure of a recording, by a name that a person can write.
 *
 *     NAME          calls, failures, errors, bytes, time, mean, p50, p99: of all calls together
 *     GROUP.NAME    memory.calls: of the calls of a group
 *     CALL.NAME     open.failures: of a call, all kinds of it
 *     errors.ENOENT, open.errors.ENOENT: failures with one errno, whatever their class
 *     processes, threads, peak: of the run; peak is of live memory, in the process with the highest
 *     program:GLOB/ before any: of the processes whose program has such a file name, or such a path where GLOB has a slash
 *     test:NAME/    before any: of the processes of a test
 *
 * `failures` are all calls that failed, `errors` those of class error. Times are in nanoseconds: time is that of all
 * successful calls together; mean, p50 and p99 are of one.
 */
#ifndef SONDE_MODEL_MEASURE_H
#define SONDE_MODEL_MEASURE_H

#include "model/message.h"
#include "model/recording.h"

#include <stdbool.h>
#include <stdint.h>

enum measure_figure {
	MEASURE_CALLS,
	MEASURE_FAILURES,
	MEASURE_ERRORS,
	MEASURE_ERRNO, /* failures with one code */
	MEASURE_BYTES,
	MEASURE_TIME,
	MEASURE_MEAN,
	MEASURE_P50,
	MEASURE_P99,
	MEASURE_PROCESSES,
	MEASURE_THREADS,
	MEASURE_PEAK,
	MEASURE_FIGURES,
};

/* What MEASURE_ERRNO and the others are of; all that is NULL does not narrow it. */
struct measure {
	enum measure_figure figure;
	const char *test;    /* its name */
	const char *program; /* a pattern as of a shell */
	const char *group;
	const char *call;
	const char *kind;   /* "" for a call that is not told apart; NULL: all of them */
	const char *symbol; /* "ENOENT" */
};

/*
 * The metric of a name, of `length` bytes. Its strings are parts of a copy, which is the caller's. 0; -EINVAL with
 * ret_message set; -ENOMEM.
 */
int measure_parse(const char *name, size_t length, struct measure *ret_metric, char **ret_copy,
		 struct message *ret_message);

/* Whether the recording has counted what it is of all the time: of a group, something of it. */
bool measure_is_counted(const struct recording *recording, const struct measure *metric);

/*
 * Its value. False: it has none, as the mean of nothing, or the peak of a run that did not account for memory, or
 * anything but `calls` and `processes` of a test that is not there, or what is of a call that was not counted all the time.
 * Sums end at 2^64 - 1.
 */
bool measure_value(const struct recording *recording, const struct measure *metric, uint64_t *ret_value);

/* Whether any process is of such a program; a metric of one that did not run is 0. */
bool recording_has_program(const struct recording *recording, const char *pattern);

/* "calls", "p99", ...; that of MEASURE_ERRNO is "errors". */
const char *measure_figure_name(enum measure_figure figure);

/* Whether it is of processes, not of calls. */
bool measure_is_of_run(enum measure_figure figure);

/* Whether it is a duration: not the same in two runs of one program. */
bool measure_is_time(enum measure_figure figure);

#endif
