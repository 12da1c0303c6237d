// SPDX-License-Identifier: MIT
/*
 * scrapes COUNTERS HISTOGRAMS [ROUNDS] - makes a snapshot with so many series of four tags each, and writes it in each
 * format that is sent or asked for. Prints for each the median of the milliseconds that it takes, and the bytes.
 */
#define _GNU_SOURCE
#include "format/snapshot-format.h"
#include "model/emitter.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 11, ROUNDS_MAX = 101, TAGS = 4, SETS_OF_NAME = 1000 };

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int compare_doubles(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

static struct series_histogram *make_histogram(void)
{
	struct series_histogram *histogram = calloc(1, sizeof(*histogram));

	histogram->first_index = HISTOGRAM_FIRST_INDEX;
	for (int i = 60; i < 140; i++) {
		histogram->buckets[i] = (uint64_t)i * 7;
		histogram->count += histogram->buckets[i];
	}
	histogram->sum = 123.456789;
	histogram->min = 1e-6;
	histogram->max = 0.123456;
	return histogram;
}

/* So many of one type, of which those of a thousand tag sets have one name. */
static void add(struct emitter *emitter, enum series_type type, int n, struct series_histogram *histogram)
{
	for (int i = 0; i < n; i++) {
		char name[64], path[64], number[16];
		struct tag tags[TAGS] = {
			{"call", "openat"}, {"number", number}, {"path", path}, {"result", "expected"}};
		struct series series = {.name = name, .tags = tags, .n_tags = TAGS, .type = type};

		snprintf(name, sizeof(name), "bench.%s.of.thing.%d", series_type_name(type), i / SETS_OF_NAME);
		snprintf(path, sizeof(path), "/var/lib/some folder/file-%d", i);
		snprintf(number, sizeof(number), "%d", i);
		series.unit = histogram ? "s" : "{call}";
		series.start_ns = INT64_C(1700000000123456789);
		if (histogram)
			series.value.histogram = histogram;
		else
			series.value.count = (uint64_t)i * 1234567;
		if (emitter_add(emitter, &series) < 0)
			exit(1);
	}
}

static int count_bytes(void *argument, const void *data, size_t size)
{
	(void)data;
	*(size_t *)argument += size;
	return 0;
}

static void measure(const char *format, const struct snapshot *snapshot, int n_rounds)
{
	const struct snapshot_source source = {.start_ns = 1};
	double ms[ROUNDS_MAX];
	size_t n_bytes = 0;
	const struct format_sink sink = {.write = count_bytes, .argument = &n_bytes};

	for (int i = 0; i < n_rounds; i++) {
		double start = now_ms();

		if (snapshot_format(format, snapshot, &source, NULL, &sink) < 0)
			exit(1);
		ms[i] = now_ms() - start;
	}
	qsort(ms, (size_t)n_rounds, sizeof(double), compare_doubles);
	printf("%s %.2f %zu\n", format, ms[n_rounds / 2], n_bytes / (size_t)n_rounds);
}

int main(int argc, char **argv)
{
	static const char *const formats[] = {"prometheus", "openmetrics", "prometheus-protobuf", "otlp-protobuf", "otlp-json"};
	struct emitter *emitter = emitter_new((struct emitter_limits){0});
	int n_rounds = argc == 4 ? atoi(argv[3]) : ROUNDS;
	struct snapshot *snapshot;

	if (argc < 3 || !emitter || n_rounds < 1 || n_rounds > ROUNDS_MAX)
		return 2;
	struct series_histogram *histogram = make_histogram();

	add(emitter, SERIES_COUNTER, atoi(argv[1]), NULL);
	add(emitter, SERIES_TIMER, atoi(argv[2]), histogram);
	if (emitter_finish(emitter, INT64_C(1700000001123456789), &snapshot) < 0)
		return 1;
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		measure(formats[i], snapshot, n_rounds);
	snapshot_put(snapshot);
	emitter_free(emitter);
	free(histogram);
	return 0;
}
