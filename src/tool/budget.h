// SPDX-License-Identifier: MIT
/*
 * budget.h - what a run, its tests and its programs may cost, as a libconfig file says:
 *
 *     budgets = (
 *       { limits = [ "calls <= 13000", "errors <= 0" ]; },
 *       { test = "tests/parser.sh"; limits = [ "open.errors.ENOENT <= 12", "memory.calls <= 5000" ]; },
 *       { program = "cc1*"; limits = [ "read.bytes <= 90MiB" ]; }
 *     );
 *
 * A limit is what must hold: a METRIC of model/measure.h, one of <= < >= >, and a number. `test` and `program` are
 * names or patterns; a test is looked at by itself, the processes of a program are looked at together.
 */
#ifndef SONDE_TOOL_BUDGET_H
#define SONDE_TOOL_BUDGET_H

#include <libconfig.h>
#include <stddef.h>
#include <stdio.h>

#include "model/message.h"
#include "tool/rule.h"

struct budget_limit {
	struct rule rule;
	unsigned int line;
};

struct budget {
	const char *test;    /* NULL: not of tests */
	const char *program; /* NULL: not of a program; of both none: of the run */
	unsigned int line;
	struct budget_limit *limits;
	size_t n_limits;
};

struct budget_file {
	const char *path;
	config_t config; /* has the strings */
	struct budget *budgets;
	size_t n_budgets;
};

/* 0; -EINVAL with ret_message set, "FILE:LINE: ..."; -ENOMEM; -ENOENT and others, with ret_message set. */
int budget_file_read(struct budget_file *file, const char *path, struct message *ret_message);
void budget_file_deinit(struct budget_file *file);

/*
 * Writes a file of the budgets that there are, their limits so many percent above (or, where they ask for more than
 * that, below) what the recording has; and one of each test that none of them is of. Without any, also one of the
 * run. 0 or the errno of the stream.
 */
int budget_write(const struct budget_file *file, const struct recording *recording, double headroom, FILE *stream);

#endif
