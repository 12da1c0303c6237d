// SPDX-License-Identifier: MIT
/*
 * Counters that come round after 2^64.
 */
#include "config.h"

#include "api.h"

/* The start of a series without tags; 0: it is not there. */
static int64_t start_of(const char *name, uint64_t *ret_count)
{
	struct sonde_metric_value value;

	if (!find_value(name, NULL, 0, &value))
		return 0;
	*ret_count = value.count;
	return value.start_time;
}

static void a_counter_that_comes_round_begins_again(void)
{
	struct sonde_counter *counter = NULL;
	struct sonde_metric_summary summary;
	uint64_t count = 0;
	int64_t started;
	int64_t restarted;

	CU_ASSERT_EQUAL(sonde_counter_open(metrics(), "round.c", NULL, NULL, 0, &counter), 0);
	sonde_counter_add(counter, 7);
	started = start_of("round.c", &count);
	CU_ASSERT_EQUAL(count, 7);
	/* Past the end, and past what it was when somebody looked. */
	sonde_counter_add(counter, UINT64_MAX);
	sonde_counter_add(counter, 10);
	restarted = start_of("round.c", &count);
	CU_ASSERT_EQUAL(count, 16);
	CU_ASSERT(started > 0 && restarted > started);
	CU_ASSERT_EQUAL(sonde_get_metric_summary(metrics(), "round.c", 60, &summary), 0);
	/* 7, and then what has come since it began again. */
	CU_ASSERT_EQUAL(summary.count, 7 + 16);
	sonde_counter_add(counter, 1);
	CU_ASSERT_EQUAL(start_of("round.c", &count), restarted);
	CU_ASSERT_EQUAL(count, 17);
}

static void *add_all_but_one(void *counter)
{
	sonde_counter_add(counter, UINT64_MAX);
	return NULL;
}

/* Neither thread's part does by itself. */
static void a_counter_of_two_threads_comes_round_as_well(void)
{
	struct sonde_counter *counter = NULL;
	pthread_t thread;
	uint64_t count = 0;
	int64_t started;
	int64_t restarted;

	CU_ASSERT_EQUAL(sonde_counter_open(metrics(), "round.two", NULL, NULL, 0, &counter), 0);
	sonde_counter_add(counter, 0);
	if (pthread_create(&thread, NULL, add_all_but_one, counter))
		abort();
	pthread_join(thread, NULL);
	started = start_of("round.two", &count);
	CU_ASSERT_EQUAL(count, UINT64_MAX);
	sonde_counter_add(counter, 5);
	restarted = start_of("round.two", &count);
	CU_ASSERT_EQUAL(count, 4);
	CU_ASSERT(restarted > started);
	CU_ASSERT_EQUAL(start_of("round.two", &count), restarted);
}

static int keep_round(void *text, const char *piece, size_t size)
{
	strncat(text, piece, size);
	return 0;
}

/* What a line of an export that begins so ends with; 0: there is none. */
static double number_of_line(const char *text, const char *beginning)
{
	const char *line = strstr(text, beginning);

	return line ? strtod(line + strlen(beginning), NULL) : 0;
}

static void exports_show_that_a_counter_began_again(void)
{
	static char before[1 << 20];
	static char after[1 << 20];
	struct sonde_counter *counter = NULL;

	CU_ASSERT_EQUAL(sonde_counter_open(metrics(), "round.export", NULL, NULL, 0, &counter), 0);
	sonde_counter_add(counter, 3);
	CU_ASSERT_EQUAL(sonde_export_metrics(metrics(), "openmetrics", keep_round, before), 0);
	sonde_counter_add(counter, UINT64_MAX);
	CU_ASSERT_EQUAL(sonde_export_metrics(metrics(), "openmetrics", keep_round, after), 0);
	CU_ASSERT_EQUAL(number_of_line(before, "\nround_export_total "), 3);
	CU_ASSERT_EQUAL(number_of_line(after, "\nround_export_total "), 2);
	CU_ASSERT(number_of_line(before, "\nround_export_created ") > 0);
	CU_ASSERT(number_of_line(after, "\nround_export_created ") >
		  number_of_line(before, "\nround_export_created "));
}

UNIT_MAIN("restart",
	  {"a counter that comes round begins again", a_counter_that_comes_round_begins_again},
	  {"a counter of two threads comes round as well",
	   a_counter_of_two_threads_comes_round_as_well},
	  {"exports show that a counter began again", exports_show_that_a_counter_began_again})
