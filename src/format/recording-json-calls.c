// SPDX-License-Identifier: MIT
/*
 * Nearly all of a document is calls of processes: thousands of them, most of which were made a few times and have few
 * buckets.
 */
#include "config.h"

#include "format/recording-json-calls.h"

#include <math.h>

#include "format/json-fields.h"
#include "format/number-text.h"

/*
 * To a tenth of a nanosecond: more digits would promise what a bucket does not know. A double that is too large for
 * that knows of no tenths.
 */
static void put_quantile(struct json_output *output, const char *key, double ns)
{
	double tenths = nearbyint(ns * 10);

	json_put_key(output, key);
	if (tenths < 0x1p53)
		json_put_decimal(output, (uint64_t)tenths, SECOND_PLACES + 1);
	else
		json_put_seconds(output, ns < 0x1p64 ? (uint64_t)ns : UINT64_MAX);
}

static void put_durations(struct json_output *output, const struct call_totals *call)
{
	static const char *const keys[] = {"p50", "p90", "p95", "p99", "p999"};
	static const double q[] = {0.5, 0.9, 0.95, 0.99, 0.999};
	double quantiles_ns[sizeof(q) / sizeof(q[0])];

	json_field_open(output, "seconds", "{");
	json_field_seconds(output, "sum", call->sum_ns);
	json_field_seconds(output, "min", call->min_ns);
	json_field_seconds(output, "max", call->max_ns);
	call_totals_quantiles_ns(call, q, sizeof(q) / sizeof(q[0]), quantiles_ns);
	for (size_t i = 0; i < sizeof(q) / sizeof(q[0]); i++)
		put_quantile(output, keys[i], quantiles_ns[i]);
	json_put(output, "}");
}

/* Buckets from the first to the last that is not empty. */
static void put_histogram(struct json_output *output, const struct call_totals *call)
{
	const struct bucket_counts *counts = &call->buckets;
	int first = 0;
	int end = counts->n;

	while (end > 0 && !counts->inside[end - 1])
		end--;
	while (first < end && !counts->inside[first])
		first++;
	json_field_open(output, "histogram", "{");
	json_field_integer(output, "scale", HISTOGRAM_SCALE);
	json_field_count(output, "zero_count", counts->zero);
	json_field_count(output, "over_count", counts->over);
	json_field_integer(output, "offset", end ? counts->first + first + HISTOGRAM_FIRST_INDEX : 0);
	json_field_open(output, "buckets", "[");
	for (int i = first; i < end; i++) {
		json_put_comma(output);
		json_put_count(output, counts->inside[i]);
	}
	json_put(output, "]}");
}

const char *failure_class_text(bool is_expected)
{
	return is_expected ? "expected" : "error";
}

static void put_error(struct json_output *output, const struct error_totals *error)
{
	json_put_comma(output);
	json_put(output, "{");
	json_field_text(output, "errno", error->symbol);
	json_field_text(output, "class", failure_class_text(error->is_expected));
	json_field_count(output, "count", error->count);
	json_field_count(output, "timed", error->timed);
	json_field_seconds(output, "seconds", error->sum_ns);
	json_field_instant(output, "first", error->first_ns);
	json_field_instant(output, "last", error->last_ns);
	if (error->last_pid)
		json_field_integer(output, "last_pid", error->last_pid);
	json_put(output, "}");
}

void call_to_json(struct json_output *output, const struct call_totals *call)
{
	json_put(output, "{");
	json_field_text(output, "call", call->name);
	if (call->kind[0])
		json_field_text(output, "kind", call->kind);
	json_field_text(output, "group", call->group);
	json_field_count(output, "count", call->count);
	json_field_count(output, "failures", call->failures);
	json_field_count(output, "expected", call->expected);
	json_field_count(output, "unfinished", call->unfinished);
	if (call->unfinished_ns)
		json_field_seconds(output, "unfinished_seconds", call->unfinished_ns);
	json_field_count(output, "timed", call->timed);
	json_field_count(output, "bytes", call->bytes);
	put_durations(output, call);
	put_histogram(output, call);
	json_field_open(output, "errors", "[");
	for (size_t i = 0; i < call->n_errors; i++)
		put_error(output, &call->errors[i]);
	json_put(output, "]}");
}
