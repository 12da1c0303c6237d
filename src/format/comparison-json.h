// SPDX-License-Identifier: MIT
/*
 * comparison-json.h - a comparison as a JSON document: docs/diff.md.
 */
#ifndef SONDE_FORMAT_COMPARISON_JSON_H
#define SONDE_FORMAT_COMPARISON_JSON_H

#include <stddef.h>
#include <stdio.h>

#include "model/comparison.h"

/* A rule that was broken, and what it was held against. */
struct breach {
	const char *rule;
	struct change change;
};

/* A comparison, of what, and what came of it. */
struct comparison_document {
	const struct comparison *comparison;
	struct named_side before;
	struct named_side after;
	const struct breach *breaches;
	size_t n_breaches;
};

/* Writes it. 0, -ENOMEM, or the errno of the stream. */
int comparison_json_write(const struct comparison_document *what, FILE *stream);

#endif
