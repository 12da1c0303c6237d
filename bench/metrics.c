// SPDX-License-Identifier: MIT
/*
 * metrics OPERATION - prints how many nanoseconds an operation of libsonde takes, the least of
 * several tries; or, for "series", how many bytes of the region and of memory a counter takes, of
 * 100,000.
 *
 *     counter        sonde_counter_add() by handle
 *     named          sonde_record_counter() by name with two tags
 *     distribution   sonde_distribution_record() by handle
 *     stopwatch      start and stop of a stopwatch
 *     timer          sonde_start_timer() and sonde_stop_timer()
 *     clock-pair     the two readings of the clock in a stopwatch
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "sonde/sonde.h"

enum { TRIES = 15, SERIES = 100000 };

static struct sonde *sonde;
static struct sonde_counter *counter;
static struct sonde_distribution *distribution;
static struct sonde_timer *timer;

static void count(int n)
{
	for (int i = 0; i < n; i++)
		sonde_counter_add(counter, 1);
}

static void count_named(int n)
{
	static const struct sonde_tag tags[] = {{"endpoint", "/status"}, {"method", "GET"}};

	for (int i = 0; i < n; i++)
		sonde_record_counter(sonde, "requests.processed", 1, tags, 2);
}

static void enter(int n)
{
	for (int i = 0; i < n; i++)
		sonde_distribution_record(distribution, i & 1023);
}

static void run_stopwatch(int n)
{
	struct sonde_stopwatch stopwatch;

	for (int i = 0; i < n; i++) {
		sonde_stopwatch_start(timer, &stopwatch);
		sonde_stopwatch_stop(&stopwatch, NULL);
	}
}

static void run_timer(int n)
{
	uint64_t id;

	for (int i = 0; i < n; i++) {
		sonde_start_timer(sonde, "operation.timed", NULL, &id);
		sonde_stop_timer(sonde, id, true, NULL);
	}
}

static void read_clock(int n)
{
	volatile uint64_t sum = 0;

	for (int i = 0; i < n; i++) {
		uint64_t start = clock_counter();

		sum += clock_counter() - start;
	}
}

static const struct {
	const char *name;
	void (*run)(int n);
	int n;
} operations[] = {
	{"counter", count, 1000000},	  {"named", count_named, 100000},
	{"distribution", enter, 1000000}, {"stopwatch", run_stopwatch, 300000},
	{"timer", run_timer, 30000},	  {"clock-pair", read_clock, 1000000},
};

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static double least_ns(void (*run)(int n), int n)
{
	double least = 1e12;

	run(n / 10);
	for (int i = 0; i < TRIES; i++) {
		double start = now_ns();

		run(n);
		double ns = (now_ns() - start) / n;

		least = ns < least ? ns : least;
	}
	return least;
}

static long resident_bytes(void)
{
	long pages = 0;
	FILE *file = fopen("/proc/self/statm", "r");

	if (file && fscanf(file, "%*d %ld", &pages) != 1)
		pages = 0;
	if (file)
		fclose(file);
	return pages * sysconf(_SC_PAGESIZE);
}

/* All of it: the description and the cell in the region, and what the process itself keeps. */
static double bytes_a_series(void)
{
	char name[32];
	char number[16];
	const struct sonde_tag tag = {"number", number};
	long before = resident_bytes();

	for (int i = 0; i < SERIES; i++) {
		snprintf(name, sizeof(name), "series.of.bench.%d", i / 1000);
		snprintf(number, sizeof(number), "%d", i);
		if (sonde_record_counter(sonde, name, 1, &tag, 1) != 0)
			abort();
	}
	return (double)(resident_bytes() - before) / SERIES;
}

int main(int argc, char **argv)
{
	const char *wanted = argc > 1 ? argv[1] : "";

	if (sonde_initialize_metrics(NULL, &sonde, NULL) != 0 ||
	    sonde_counter_open(sonde, "jobs.counted", NULL, NULL, 0, &counter) != 0 ||
	    sonde_distribution_open(sonde, "sizes.seen", "By", NULL, 0, &distribution) != 0 ||
	    sonde_timer_open(sonde, "time.taken", NULL, 0, &timer) != 0)
		return 1;
	if (strcmp(wanted, "series") == 0) {
		printf("%.0f\n", bytes_a_series());
		return 0;
	}
	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
		if (strcmp(wanted, operations[i].name) == 0) {
			printf("%.2f\n", least_ns(operations[i].run, operations[i].n));
			return 0;
		}
	fprintf(stderr,
		"usage: metrics counter|named|distribution|stopwatch|timer|clock-pair|series\n");
	return 2;
}
