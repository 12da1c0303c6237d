// SPDX-License-Identifier: MIT
/*
 * truth-subject CASE [ARGUMENT] runs a case; truth-subject --list lists them, one a line: the wait status
 * that it ends with, the case with its argument, a tab, and the sentence that it proves.
 */
#include "config.h"

#include "truth.h"

#include <stdio.h>
#include <string.h>

const char *truth_program;
uint64_t truth_stated;

static const struct truth_case *const tables[] = {
	truth_io_cases, truth_thread_cases, truth_process_cases, truth_death_cases,
	truth_hostile_cases, truth_ledger_cases,
};

static const struct truth_case *find_case(const char *name)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		for (const struct truth_case *row = tables[i]; row->name; row++)
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
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		for (const struct truth_case *row = tables[i]; row->name; row++)
			list_case(row, tables[i] == truth_death_cases);
	return 0;
}

int main(int n_arguments, char **arguments)
{
	static char path[4096];

	if (n_arguments < 2)
		return 2;
	if (strcmp(arguments[1], "--list") == 0)
		return list_cases();
	const struct truth_case *row = find_case(arguments[1]);

	raw_readlink("/proc/self/exe", path, sizeof(path) - 1);
	truth_program = path;
	return row ? row->run(arguments + 2) : 2;
}
