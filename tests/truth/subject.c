// SPDX-License-Identifier: MIT
/*
 * truth-subject CASE [ARGUMENT] runs a case; truth-subject --list lists them, one a line: the wait status
 * that it ends with, the case with its argument, a tab, and the sentence that it proves.
 */
#include "config.h"

#include "truth.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const char *truth_program;
uint64_t truth_stated;
int truth_first_errno;

static const struct truth_case *find_case(const char *name)
{
	for (const struct truth_table *table = truth_tables; table->cases; table++)
		for (const struct truth_case *row = table->cases; row->name; row++)
			if (strcmp(row->name, name) == 0)
				return row;
	return NULL;
}

static void list_case(const struct truth_case *row, bool has_crowd)
{
	if (!row->sentence)
		return;
	printf("%d %s\t%s\n", row->wait_status, row->name, row->sentence);
	if (has_crowd)
		printf("%d %s 64\t%s, with 65 threads\n", row->wait_status, row->name, row->sentence);
}

static int list_cases(void)
{
	for (const struct truth_table *table = truth_tables; table->cases; table++)
		for (const struct truth_case *row = table->cases; row->name; row++)
			list_case(row, table->has_crowd);
	return 0;
}

int main(int n_arguments, char **arguments)
{
	static char path[4096];

	truth_first_errno = errno;
	if (n_arguments < 2)
		return 2;
	if (strcmp(arguments[1], "--list") == 0)
		return list_cases();
	const struct truth_case *row = find_case(arguments[1]);

	raw_readlink("/proc/self/exe", path, sizeof(path) - 1);
	truth_program = path;
	return row ? row->run(arguments + 2) : 2;
}
