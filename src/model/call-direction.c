// SPDX-License-Identifier: MIT
/*
 * A recording does not say it, which may be of another version: a call that is not in our table has no direction. Snapshots
 * ask for each of their calls, so rows are looked up by name.
 */
#include "config.h"

#include "model/call-direction.h"

#include "calls/call.h"

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static const struct call_info *by_name[CALL_COUNT];

static int compare_rows(const void *a, const void *b)
{
	const struct call_info *const *left = a;
	const struct call_info *const *right = b;

	return strcmp((*left)->name, (*right)->name);
}

static int compare_name(const void *name, const void *row)
{
	return strcmp(name, (*(const struct call_info *const *)row)->name);
}

static void sort_rows(void)
{
	for (size_t i = 0; i < CALL_COUNT; i++)
		by_name[i] = &call_table[i];
	qsort(by_name, CALL_COUNT, sizeof(by_name[0]), compare_rows);
}

const char *call_direction(const char *name)
{
	static pthread_once_t is_sorted = PTHREAD_ONCE_INIT;

	pthread_once(&is_sorted, sort_rows);
	const struct call_info **row = bsearch(name, by_name, CALL_COUNT, sizeof(by_name[0]), compare_name);

	if (!row || (*row)->direction == DIRECTION_NONE)
		return NULL;
	return (*row)->direction == DIRECTION_IN ? "in" : "out";
}
