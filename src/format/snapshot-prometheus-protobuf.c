// SPDX-License-Identifier: MIT
/*
 * Prometheus's exposition as protocol buffers: a message for each family, each with its length before it. Only here
 * histograms are "native": with our own buckets, all of them, exactly.
 *
 * Prometheus calls bucket i of ours, which has the values above 2^(i/8) and up to 2^((i+1)/8), its i + 1. Buckets that
 * follow each other are a span; each has how much more it has than the one before. What is above all buckets is in one
 * more. In percent, which becomes a ratio, the bounds are no powers of two: such a histogram has buckets of text.
 *
 * Source: prometheus.io, "Native Histograms"; the schema beside this file.
 */
#include "config.h"

#include "format/snapshot-format.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "format/exposition-lines.h"
#include "format/exposition-name.h"
#include "format/message-memory.h"
#include "format/prometheus.pb-c.h"
#include "format/series-help.h"
#include "format/text-sink.h"

enum { LENGTH_SIZE = 10, COUNT_BUCKETS = HISTOGRAM_INSIDE + 1 };

struct writer {
	struct text_sink out;
	struct message_memory memory; /* of one family */
};

/* As many pointers, or numbers, as there will be; they are filled one by one. */
static void *take_list(struct writer *writer, size_t n, size_t size)
{
	return message_memory_take(&writer->memory, n * size);
}

static Prometheus__Timestamp *make_time(struct writer *writer, int64_t ns)
{
	Prometheus__Timestamp *time = NULL;

	if (ns > 0)
		time = MESSAGE_NEW(&writer->memory, Prometheus__Timestamp, PROMETHEUS__TIMESTAMP__INIT);
	if (!time)
		return NULL;
	time->has_seconds = time->has_nanos = true;
	time->seconds = ns / 1000000000;
	time->nanos = (int32_t)(ns % 1000000000);
	return time;
}

/* -- Labels ----------------------------------------------------------------------------------------- */

/* Where the value that begins here ends: at the first quote that is not escaped. */
static const char *end_of_value(const char *value)
{
	while (*value != '"')
		value += *value == '\\' ? 2 : 1;
	return value;
}

static char *unescaped(struct writer *writer, const char *value, const char *end)
{
	char *plain = message_memory_take(&writer->memory, (size_t)(end - value) + 1);
	char *copy = plain;

	for (; copy && value < end; value++) {
		if (*value == '\\')
			*copy++ = *++value == 'n' ? '\n' : *value;
		else
			*copy++ = *value;
	}
	return plain;
}

/* The labels are there as text, name="value",...; a message has them one by one. */
static Prometheus__LabelPair **make_labels(struct writer *writer, const char *labels, size_t *ret_n)
{
	size_t n_most = 0;

	for (const char *c = labels; *c; c++)
		n_most += *c == '=';
	Prometheus__LabelPair **list = take_list(writer, n_most, sizeof(*list));

	*ret_n = 0;
	while (*labels && list) {
		Prometheus__LabelPair *pair =
			MESSAGE_NEW(&writer->memory, Prometheus__LabelPair, PROMETHEUS__LABEL_PAIR__INIT);
		const char *equals = strchr(labels, '=');
		const char *end = end_of_value(equals + 2);

		if (!pair)
			return list;
		pair->name = message_memory_text(&writer->memory, labels, (size_t)(equals - labels));
		pair->value = unescaped(writer, equals + 2, end);
		list[(*ret_n)++] = pair;
		labels = end[1] == ',' ? end + 2 : end + 1;
	}
	return list;
}

static Prometheus__Exemplar *make_exemplar(struct writer *writer, const struct exemplar *exemplar)
{
	Prometheus__Exemplar *message = MESSAGE_NEW(&writer->memory, Prometheus__Exemplar, PROMETHEUS__EXEMPLAR__INIT);
	char *labels = exposition_exemplar_labels(exemplar);

	if (!labels)
		writer->memory.is_short = true;
	if (message && labels) {
		message->label = make_labels(writer, labels, &message->n_label);
		message->has_value = true;
		message->value = exemplar->value;
		message->timestamp = make_time(writer, exemplar->time_ns);
	}
	free(labels);
	return message;
}

/* -- Histograms ------------------------------------------------------------------------------------- */

/* Of the buckets that messages have: ours, and one more for what is above. */
static uint64_t count_in(const struct series_histogram *histogram, unsigned int bucket)
{
	return histogram->buckets[bucket < HISTOGRAM_INSIDE ? bucket : HISTOGRAM_OVER];
}

static void begin_span(struct writer *writer, Prometheus__Histogram *message, int offset)
{
	Prometheus__BucketSpan *span =
		MESSAGE_NEW(&writer->memory, Prometheus__BucketSpan, PROMETHEUS__BUCKET_SPAN__INIT);

	if (!span)
		return;
	span->has_offset = span->has_length = true;
	span->offset = offset;
	message->positive_span[message->n_positive_span++] = span;
}

static void add_spans(struct writer *writer, Prometheus__Histogram *message,
		      const struct series_histogram *histogram)
{
	int64_t before = 0;
	int end = 0; /* index after the last span */

	for (unsigned int i = 0; i < COUNT_BUCKETS && !writer->memory.is_short; i++) {
		int index = (int)i + histogram->first_index + 1;
		int64_t count = (int64_t)count_in(histogram, i);

		if (!count)
			continue;
		if (!message->n_positive_span || index != end)
			begin_span(writer, message, index - end);
		if (writer->memory.is_short)
			return;
		message->positive_span[message->n_positive_span - 1]->length++;
		message->positive_delta[message->n_positive_delta++] = count - before;
		before = count;
		end = index + 1;
	}
}

static int compare_times(const void *left, const void *right)
{
	const struct exemplar *const *a = left;
	const struct exemplar *const *b = right;

	return ((*a)->time_ns > (*b)->time_ns) - ((*a)->time_ns < (*b)->time_ns);
}

/* Prometheus refuses one that is older than the one before. */
static void add_exemplars(struct writer *writer, Prometheus__Histogram *message, const struct series *series)
{
	const struct exemplar *sorted[EXEMPLARS_MAX];
	size_t n = 0;

	for (; n < series->n_exemplars && n < EXEMPLARS_MAX; n++)
		sorted[n] = &series->exemplars[n];
	qsort(sorted, n, sizeof(*sorted), compare_times);
	message->exemplars = take_list(writer, n, sizeof(*message->exemplars));
	for (size_t i = 0; i < n && message->exemplars; i++)
		message->exemplars[message->n_exemplars++] = make_exemplar(writer, sorted[i]);
}

static void add_native_buckets(struct writer *writer, Prometheus__Histogram *message,
			       const struct series_histogram *histogram)
{
	message->has_schema = message->has_zero_threshold = message->has_zero_count = true;
	message->schema = HISTOGRAM_SCALE;
	message->zero_threshold = exp2((double)histogram->first_index / 8);
	message->zero_count = histogram->buckets[HISTOGRAM_ZERO];
	message->positive_span = take_list(writer, COUNT_BUCKETS, sizeof(*message->positive_span));
	message->positive_delta = take_list(writer, COUNT_BUCKETS, sizeof(*message->positive_delta));
	if (!writer->memory.is_short)
		add_spans(writer, message, histogram);
	/* Without a span it would be taken for one of the other kind. */
	if (!writer->memory.is_short && !message->n_positive_span)
		begin_span(writer, message, 0);
}

static void add_bound(struct writer *writer, Prometheus__Histogram *message, double bound, uint64_t count)
{
	Prometheus__Bucket *bucket = MESSAGE_NEW(&writer->memory, Prometheus__Bucket, PROMETHEUS__BUCKET__INIT);

	if (!bucket)
		return;
	bucket->has_cumulative_count = bucket->has_upper_bound = true;
	bucket->cumulative_count = count;
	bucket->upper_bound = bound;
	message->bucket[message->n_bucket++] = bucket;
}

/* A bound for each power of two, and infinity. */
static void add_bounds(struct writer *writer, Prometheus__Histogram *message,
		       const struct series_histogram *histogram, double factor)
{
	uint64_t count = histogram->buckets[HISTOGRAM_ZERO];

	message->bucket = take_list(writer, HISTOGRAM_OCTAVES + 2, sizeof(*message->bucket));
	if (!message->bucket)
		return;
	add_bound(writer, message, exp2((double)histogram->first_index / 8) * factor, count);
	for (int i = 0; i < HISTOGRAM_INSIDE; i++) {
		count += histogram->buckets[i];
		if (i % HISTOGRAM_ROW_BUCKETS == HISTOGRAM_ROW_BUCKETS - 1)
			add_bound(writer, message, exp2((double)(i + 1 + histogram->first_index) / 8) * factor,
				  count);
	}
	add_bound(writer, message, INFINITY, histogram->count);
}

static Prometheus__Histogram *make_histogram(struct writer *writer, const struct series *series)
{
	const struct series_histogram *histogram = series->value.histogram;
	double factor = exposition_factor(series->unit);
	Prometheus__Histogram *message =
		MESSAGE_NEW(&writer->memory, Prometheus__Histogram, PROMETHEUS__HISTOGRAM__INIT);

	if (!message)
		return NULL;
	message->has_sample_count = message->has_sample_sum = true;
	message->sample_count = histogram->count;
	/* Were it left out, it would be read as 0. */
	message->sample_sum = series->is_signed ? NAN : histogram->sum * factor;
	message->start = make_time(writer, series->start_ns);
	if (factor == 1) {
		add_native_buckets(writer, message, histogram);
		add_exemplars(writer, message, series);
	} else {
		add_bounds(writer, message, histogram, factor);
	}
	return message;
}

/* -- Families --------------------------------------------------------------------------------------- */

static double number_of(const struct series *series)
{
	if (series->type == SERIES_COUNTER && !series->is_fractional)
		return (double)series->value.count * exposition_factor(series->unit);
	return series->value.number * exposition_factor(series->unit);
}

static Prometheus__Counter *make_counter(struct writer *writer, const struct series *series)
{
	Prometheus__Counter *counter = MESSAGE_NEW(&writer->memory, Prometheus__Counter, PROMETHEUS__COUNTER__INIT);

	if (!counter)
		return NULL;
	counter->has_value = true;
	counter->value = number_of(series);
	counter->start = make_time(writer, series->start_ns);
	if (series->n_exemplars)
		counter->exemplar = make_exemplar(writer, &series->exemplars[0]);
	return counter;
}

static Prometheus__Gauge *make_gauge(struct writer *writer, double number)
{
	Prometheus__Gauge *gauge = MESSAGE_NEW(&writer->memory, Prometheus__Gauge, PROMETHEUS__GAUGE__INIT);

	if (!gauge)
		return NULL;
	gauge->has_value = true;
	gauge->value = number;
	return gauge;
}

static Prometheus__Metric *make_metric(struct writer *writer, const struct exposition_line *line)
{
	Prometheus__Metric *metric = MESSAGE_NEW(&writer->memory, Prometheus__Metric, PROMETHEUS__METRIC__INIT);

	if (!metric)
		return NULL;
	metric->label = make_labels(writer, line->labels, &metric->n_label);
	if (series_has_histogram(line->series))
		metric->histogram = make_histogram(writer, line->series);
	else if (line->series->type == SERIES_COUNTER)
		metric->counter = make_counter(writer, line->series);
	else
		metric->gauge = make_gauge(writer, number_of(line->series));
	return metric;
}

/* Seven bits a byte, the lowest first; all but the last one have the eighth set. */
static void write_length(struct writer *writer, size_t length)
{
	char bytes[LENGTH_SIZE];
	size_t n = 0;

	for (; length > 0x7f; length >>= 7)
		bytes[n++] = (char)(length | 0x80);
	bytes[n++] = (char)length;
	text_sink_add_bytes(&writer->out, bytes, n);
}

/* Packed in one piece: else the sizes of messages in messages would be found out again and again. */
static void write_packed(struct writer *writer, const Prometheus__MetricFamily *family)
{
	size_t size = prometheus__metric_family__get_packed_size(family);
	uint8_t *bytes = message_memory_take(&writer->memory, size);

	if (!bytes)
		return;
	prometheus__metric_family__pack(family, bytes);
	write_length(writer, size);
	text_sink_add_bytes(&writer->out, (const char *)bytes, size);
}

static int write_family(struct writer *writer, const Prometheus__MetricFamily *family)
{
	if (!writer->memory.is_short)
		write_packed(writer, family);
	message_memory_free(&writer->memory);
	return writer->memory.is_short ? -ENOMEM : writer->out.result;
}

static Prometheus__MetricType type_of(const struct series *series)
{
	if (series_has_histogram(series))
		return PROMETHEUS__METRIC_TYPE__HISTOGRAM;
	return series->type == SERIES_COUNTER ? PROMETHEUS__METRIC_TYPE__COUNTER
					      : PROMETHEUS__METRIC_TYPE__GAUGE;
}

/* The lines of one family. */
static int write_lines(struct writer *writer, const struct exposition_line *lines, size_t n_lines)
{
	Prometheus__MetricFamily family = PROMETHEUS__METRIC_FAMILY__INIT;
	char name[EXPOSITION_NAME_SIZE + 8];
	char help[SERIES_HELP_SIZE];

	strcpy(name, lines->family);
	if (lines->series->type == SERIES_COUNTER)
		strcat(name, "_total");
	family.name = name;
	family.help = (char *)series_help(lines->series, help);
	family.has_type = true;
	family.type = type_of(lines->series);
	family.metric = take_list(writer, n_lines, sizeof(*family.metric));
	for (size_t i = 0; i < n_lines && !writer->memory.is_short; i++)
		family.metric[family.n_metric++] = make_metric(writer, &lines[i]);
	return write_family(writer, &family);
}

/* What a source's figures are of, as labels of a series that is always 1. 0 or -ENOMEM. */
static int add_target(struct writer *writer, Prometheus__MetricFamily *family, const struct snapshot_source *source,
		      const char *run)
{
	const struct exposition_common common = {.run = run};
	char *labels = exposition_labels(source->tags, source->n_tags, &common);
	Prometheus__Metric *metric = NULL;

	if (labels && *labels)
		metric = MESSAGE_NEW(&writer->memory, Prometheus__Metric, PROMETHEUS__METRIC__INIT);
	if (metric) {
		metric->label = make_labels(writer, labels, &metric->n_label);
		metric->gauge = make_gauge(writer, 1);
		family->metric[family->n_metric++] = metric;
	}
	int result = labels ? 0 : -ENOMEM;

	free(labels);
	return result;
}

static int write_targets(struct writer *writer, const struct snapshot_part *parts, size_t n_parts, const char *run)
{
	Prometheus__MetricFamily family = PROMETHEUS__METRIC_FAMILY__INIT;
	int result = 0;

	family.name = (char *)"target_info";
	family.help = (char *)"What the figures are of.";
	family.has_type = true;
	family.type = PROMETHEUS__METRIC_TYPE__GAUGE;
	family.metric = take_list(writer, n_parts, sizeof(*family.metric));
	for (size_t i = 0; result == 0 && family.metric && i < n_parts; i++)
		result = add_target(writer, &family, parts[i].source, run);
	if (result == 0 && (family.n_metric || writer->memory.is_short))
		return write_family(writer, &family);
	message_memory_free(&writer->memory);
	return result;
}

static int write_families(struct writer *writer, const struct exposition_lines *lines)
{
	int result = 0;

	for (size_t first = 0, end; first < lines->n_lines && result == 0; first = end) {
		for (end = first + 1; end < lines->n_lines; end++)
			if (strcmp(lines->lines[end].family, lines->lines[first].family) != 0)
				break;
		result = write_lines(writer, &lines->lines[first], end - first);
	}
	return result;
}

int snapshot_write_prometheus_protobuf(const struct snapshot_part *parts, size_t n_parts,
				       const char *const *parameters, const struct format_sink *sink)
{
	const char *run = format_parameter(parameters, "run");
	struct writer writer = {0};
	struct exposition_lines lines;

	text_sink_init(&writer.out, sink);
	int result = exposition_lines_init(&lines, parts, n_parts, run, sink->watcher);

	if (result == 0)
		result = write_targets(&writer, parts, n_parts, run);
	if (result == 0)
		result = write_families(&writer, &lines);
	exposition_lines_deinit(&lines);
	return result < 0 ? result : text_sink_end(&writer.out);
}
