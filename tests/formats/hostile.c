// SPDX-License-Identifier: MIT
/*
 * hostile FORMAT [NAME VALUE]... - writes figures that have broken others in a format: what tests/formats/judge.py
 * expects of them.
 */
#include "config.h"

#include "format/snapshot-format.h"
#include "model/emitter.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct emitter *emitter;

static void add(struct series series)
{
	int result = emitter_add(emitter, &series);

	if (result < 0) {
		fprintf(stderr, "hostile: %s is refused: %s\n", series.name, strerror(-result));
		exit(1);
	}
}

#define TAGGED(key, value) .tags = (const struct tag[]){{key, value}}, .n_tags = 1

static void add_gauges(void)
{
	add((struct series){.name = "g.none", .type = SERIES_GAUGE, .unit = "1", .value.number = NAN});
	add((struct series){.name = "g.high", .type = SERIES_GAUGE, .unit = "", .value.number = INFINITY});
	add((struct series){.name = "g.low", .type = SERIES_GAUGE, .unit = "", .value.number = -INFINITY});
	add((struct series){.name = "g.minus", .type = SERIES_GAUGE, .unit = "", .value.number = -0.0});
	add((struct series){.name = "g.whole", .type = SERIES_GAUGE, .unit = "By", .value.number = 42});
	add((struct series){.name = "g.tenth", .type = SERIES_GAUGE, .unit = "{thing}", .value.number = 0.1});
	add((struct series){.name = "g.below", .type = SERIES_GAUGE, .unit = "Cel", .value.number = -273.15});
	add((struct series){.name = "g.huge", .type = SERIES_GAUGE, .unit = "", .value.number = 1e300});
	add((struct series){.name = "g.percent", .type = SERIES_GAUGE, .unit = "%", .value.number = 75});
	add((struct series){.name = "g.rate", .type = SERIES_RATE, .unit = "By/s", .value.number = 1.5});
	add((struct series){.name = "le", .type = SERIES_GAUGE, .unit = "", .value.number = 1});
}

static void add_tags(void)
{
	add((struct series){.name = "t.escapes", .type = SERIES_GAUGE, .unit = "", .value.number = 1,
			    TAGGED("path", "a\\b\"c\nd")});
	add((struct series){.name = "t.bytes", .type = SERIES_GAUGE, .unit = "", .value.number = 1,
			    TAGGED("path", "\xff/\xc3\xa4/\xed\xa0\x80")});
	add((struct series){.name = "t.formula", .type = SERIES_GAUGE, .unit = "", .value.number = 1,
			    TAGGED("=cmd", "=cmd|' /C calc'!A0")});
	add((struct series){.name = "t.lines", .type = SERIES_GAUGE, .unit = "", .value.number = 1,
			    TAGGED("text", "one\r\ntwo, three")});
	add((struct series){.name = "t.keys", .type = SERIES_GAUGE, .unit = "", .value.number = 1,
			    .tags = (const struct tag[]){{"a.b", "1"}, {"a_b", "2"}, {"__name__", "3"}, {"7", "4"}},
			    .n_tags = 4});
	add((struct series){.name = "t.statsd", .type = SERIES_COUNTER, .unit = "", .value.count = 3,
			    TAGGED("host", "a|b:c@d#e,f")});
}

static void add_counters(void)
{
	add((struct series){.name = "c.most", .type = SERIES_COUNTER, .unit = "", .value.count = UINT64_MAX});
	add((struct series){.name = "c.zero", .type = SERIES_COUNTER, .unit = "{call}", .value.count = 0});
	add((struct series){.name = "c.time", .type = SERIES_COUNTER, .is_fractional = true, .unit = "s",
			    .value.number = 2.5});
	add((struct series){.name = "c.bytes.total", .type = SERIES_COUNTER, .unit = "By", .value.count = 9});
	add((struct series){.name = "libc.errors", .type = SERIES_COUNTER, .unit = "{error}", .value.count = 2,
			    TAGGED("errno", "ENOENT")});
	/* One name for Prometheus, and two types: the first one stays. */
	add((struct series){.name = "same.name", .type = SERIES_GAUGE, .unit = "", .value.number = 1});
	add((struct series){.name = "same_name", .type = SERIES_COUNTER, .unit = "", .value.count = 2});
}

static void add_histogram(const char *name, const char *unit, const double *values, size_t n)
{
	struct series_histogram *histogram = calloc(1, sizeof(*histogram));

	histogram->first_index = series_first_index(unit);
	for (size_t i = 0; i < n; i++) {
		/* The upper bound is inclusive. */
		int64_t index = (int64_t)ceil(log2(values[i]) * 8 - 1e-12) - 1;

		series_histogram_enter(histogram, index, 1);
		histogram->sum += values[i];
		histogram->min = i == 0 || values[i] < histogram->min ? values[i] : histogram->min;
		histogram->max = values[i] > histogram->max ? values[i] : histogram->max;
	}
	add((struct series){.name = name, .is_signed = strcmp(name, "h.signed") == 0, .type = strcmp(unit, "s") == 0 ? SERIES_TIMER : SERIES_HISTOGRAM,
			    .unit = unit, .value.histogram = histogram, TAGGED("le", "own")});
	free(histogram);
}

static void add_histograms(void)
{
	add_histogram("h.empty", "s", NULL, 0);
	add_histogram("h.second", "s", (const double[]){1, 1.000000001, 0.25}, 3);
	add_histogram("h.tiny", "s", (const double[]){1e-9, 1e-8}, 2);
	/* One, two and three empty buckets between those that are not. */
	add_histogram("h.gaps", "s",
		      (const double[]){exp2(1 / 8.0), exp2(3 / 8.0), exp2(6 / 8.0), exp2(10 / 8.0), exp2(11 / 8.0)}, 5);
	add_histogram("h.over", "s", (const double[]){1e6}, 1);
	add_histogram("h.signed", "m", (const double[]){2, 3}, 2);
	add_histogram("h.sizes", "By", (const double[]){1, 1024, 1500}, 3);
}

/* One at a bound, one above it, and one that came first; with as many characters as there can be, and hard ones. */
static void add_exemplars(void)
{
	struct series_histogram histogram = {.first_index = HISTOGRAM_FIRST_INDEX, .sum = 2.250000001, .min = 0.25, .max = 1.000000001};
	struct exemplar exemplars[] = {
		{.value = 0.25, .time_ns = INT64_C(1700000000000000003), .pid = INT32_MAX, .tid = INT32_MAX},
		{.value = 1, .time_ns = INT64_C(1700000000000000001), .pid = 1, .tid = 2, .site = "\\ \" \n \xff+0x1"},
		{.value = 1.000000001, .time_ns = INT64_C(1700000000000000002), .pid = 1, .tid = 3},
	};

	memset(exemplars[0].site, 'x', EXEMPLAR_SITE_SIZE - 1);
	for (size_t i = 0; i < 3; i++) {
		exemplars[i].bucket = histogram_bucket((uint64_t)(exemplars[i].value * 1e9 + 0.5));
		series_histogram_enter(&histogram, (int)exemplars[i].bucket + histogram.first_index, 1);
	}
	add((struct series){.name = "e.seconds", .type = SERIES_TIMER, .unit = "s", .value.histogram = &histogram,
			    .exemplars = exemplars, .n_exemplars = 3});
}

static int write_out(void *argument, const void *data, size_t size)
{
	return fwrite(data, 1, size, argument) == size ? 0 : -errno;
}

int main(int argc, char **argv)
{
	const struct tag source_tags[] = {{"host.name", "h\"1"}, {"label.branch", "main"}};
	const struct snapshot_source source = {.tags = source_tags, .n_tags = 2, .start_ns = 1000000000};
	const struct format_sink sink = {.write = write_out, .argument = stdout};
	struct snapshot *snapshot;

	setlocale(LC_ALL, "");
	emitter = emitter_new((struct emitter_limits){0});
	if (argc < 2 || !emitter)
		return 2;
	add_gauges();
	add_tags();
	add_counters();
	add_histograms();
	add_exemplars();
	if (emitter_finish(emitter, INT64_C(1700000000123456789), &snapshot) < 0)
		return 1;
	int result = snapshot_format(argv[1], snapshot, &source, (const char *const *)argv + 2, &sink);

	if (result < 0)
		fprintf(stderr, "hostile: %s: %s\n", argv[1], strerror(-result));
	snapshot_put(snapshot);
	emitter_free(emitter);
	return result < 0;
}
