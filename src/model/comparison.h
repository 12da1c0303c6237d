// SPDX-License-Identifier: MIT
/*
 * comparison.h - what a program did before and after a change, figure by figure.
 *
 * Each side is one recording or several of the same runs. A figure of a side is the median of its recordings, and how
 * far they lie apart. Counts are compared exactly. Times are compared only where their noise is known, which takes
 * three recordings of each side, and count as changed when those of one side are all at least a quarter above those of
 * the other.
 */
#ifndef SONDE_MODEL_COMPARISON_H
#define SONDE_MODEL_COMPARISON_H

#include "model/measure.h"
#include "model/name-counts.h"
#include "model/recording.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct side {
	const struct recording *recordings;
	size_t n_recordings;
};

/* The names by which its recordings were given, beside a side: what is said of it. */
struct named_side {
	struct side side;
	const char *const *names;
};

/* Whether all recordings of both are of one command, as far as their commands are known. */
bool sides_have_one_command(const struct side *before, const struct side *after);

enum { COMPARISON_TIMES_LEAST = 3 }; /* recordings of a side for its times to be compared */

/* A figure of one side. */
struct spread {
	size_t n_values; /* recordings that have it */
	uint64_t median;
	uint64_t least;
	uint64_t most;
};

struct change {
	struct measure metric;
	struct spread before;
	struct spread after;
	double test_distance; /* the greatest of the changes of its test, see comparison.c; 0: of the run */
};

/*
 * Changes of the run, then those of tests, the test with the greatest first, and at the end tests that are new or gone.
 * Of the run and of each test the greatest first: what is new or gone, then by how often after is before.
 */
struct comparison {
	struct change *changes;
	size_t n_changes;
	struct name_counts not_compared; /* a set: calls that not all recordings have counted all the time */
};

/* Whether all recordings of a side have counted what the figure is of. */
bool side_counts(const struct side *side, const struct measure *metric);

/* The figure of a side; none where it was not counted in one of its recordings. */
struct spread side_value(const struct side *side, const struct measure *metric);

/* Whether there are enough recordings for times to be compared. */
bool comparison_has_times(const struct side *before, const struct side *after);

/* Whether the difference is one: of counts, that no recording of the one side has what one of the other has. */
bool change_is_real(const struct change *change);

/* Names of tests, in order, each once; they are parts' of the recordings. */
struct test_names {
	const char **names;
	size_t n_names;
};

/* Those of both sides. 0 or -ENOMEM. */
int test_names_init(struct test_names *names, const struct side *before, const struct side *after);
void test_names_deinit(struct test_names *names);

/* Whether all recordings of a side have the test. */
bool side_has_test(const struct side *side, const char *test);

/*
 * All real changes of figures of single calls, their errnos, and of the run; `mean` stands for the time of a call. The
 * same of tests that both sides have, but for times; of others all their calls, which are new or gone.
 * Strings are those of the recordings, which must live as long. 0 or -ENOMEM.
 */
int comparison_init(struct comparison *comparison, const struct side *before, const struct side *after);
/* Whether a sum is of the same calls in all recordings: none of its calls is among those that are not compared. */
bool comparison_counts_alike(const struct comparison *comparison, const struct measure *metric);

void comparison_deinit(struct comparison *comparison);

#endif
