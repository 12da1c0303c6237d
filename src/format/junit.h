// SPDX-License-Identifier: MIT
/*
 * junit.h - outcomes as the XML that continuous integration reads as those of tests.
 */
#ifndef SONDE_FORMAT_JUNIT_H
#define SONDE_FORMAT_JUNIT_H

#include <stddef.h>
#include <stdio.h>

enum outcome { OUTCOME_PASSED, OUTCOME_FAILED, OUTCOME_SKIPPED };

/* All strings are text of any kind: what XML cannot have becomes U+FFFD. */
struct junit_case {
	const char *group; /* what it is of: "run", "test tests/parser.sh" */
	const char *name;
	enum outcome outcome;
	const char *message; /* why it failed or was skipped */
};

/* 0 or the errno of the stream. */
int junit_write(const char *suite, const struct junit_case *cases, size_t n_cases, FILE *stream);

#endif
