// SPDX-License-Identifier: MIT
/*
 * What is zero all through is left out: most files are read or written, not both, and few through streams.
 */
#include "config.h"

#include "format/recording-json-objects.h"

#include "format/json-fields.h"
#include "format/recording-json-calls.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const flow_keys[OBJECT_FLOWS] = {"reads", "writes"};
static const char *const stream_keys[OBJECT_FLOWS] = {"stream_reads", "stream_writes"};

static void put_calls(struct json_output *output, uint64_t count, uint64_t timed, uint64_t sum_ns)
{
	json_field_count(output, "count", count);
	json_field_count(output, "timed", timed);
	json_field_seconds(output, "seconds", sum_ns);
}

static void put_object_calls(struct json_output *output, const char *key, const struct object_calls *calls)
{
	json_field_open(output, key, "{");
	put_calls(output, calls->count, calls->timed, calls->sum_ns);
	json_put(output, "}");
}

static void put_flow(struct json_output *output, const char *key, const struct object_flow *flow)
{
	json_field_open(output, key, "{");
	put_calls(output, object_flow_count(flow), flow->timed, flow->sum_ns);
	json_field_count(output, "bytes", flow->bytes);
	json_field_count(output, "jumps", flow->jumps);
	json_field_open(output, "sizes", "[");
	for (int i = 0; i < OBJECT_SIZES; i++) {
		json_put_comma(output);
		json_put_count(output, flow->sizes[i]);
	}
	json_put(output, "]}");
}

static void put_flows(struct json_output *output, const struct object_totals *totals, int i)
{
	const struct object_flow *flow = &totals->flows[i];
	uint64_t n_streams = totals->streams.flows[i].count;

	if (object_flow_count(flow))
		put_flow(output, flow_keys[i], flow);
	if (!n_streams)
		return;
	json_field_open(output, stream_keys[i], "{");
	put_calls(output, n_streams, totals->streams.flows[i].timed, totals->streams.flows[i].sum_ns);
	json_field_count(output, "bytes", totals->streams.flows[i].bytes);
	json_put(output, "}");
}

static void put_failure(struct json_output *output, const struct object_failure *failure)
{
	json_put_comma(output);
	json_put(output, "{");
	json_field_text(output, "call", failure->call);
	json_field_text(output, "errno", failure->symbol);
	json_field_text(output, "class", failure_class_text(failure->is_expected));
	put_calls(output, failure->count, failure->timed, failure->sum_ns);
	json_put(output, "}");
}

static void put_object_name(struct json_output *output, const struct object_totals *totals, const char *key)
{
	json_field_text(output, key, totals->flags & OBJECT_OTHERS ? NULL : totals->name);
	if (totals->kind == OBJECT_LISTENER)
		json_field_boolean(output, "listening", true);
	if (totals->flags & OBJECT_HASHED)
		json_field_boolean(output, "hashed", true);
	if (totals->flags & OBJECT_CUT)
		json_field_boolean(output, "cut", true);
}

static void put_object(struct json_output *output, const struct object_totals *totals, const char *key)
{
	json_put(output, "{");
	put_object_name(output, totals, key);
	put_object_calls(output, "opens", &totals->opens);
	put_flows(output, totals, 0);
	put_flows(output, totals, 1);
	put_object_calls(output, "other_calls", &totals->others);
	json_field_open(output, "errors", "[");
	for (size_t i = 0; i < totals->n_failures; i++)
		put_failure(output, &totals->failures[i]);
	json_put(output, "]}");
}

void objects_to_json(struct json_output *output, const struct object_list *list, const char *key, unsigned int indent)
{
	const struct object_totals **sorted = object_list_sorted(list, object_by_name);

	if (!sorted && list->n_objects)
		json_output_fail(output, -ENOMEM);
	json_put(output, "[");
	for (size_t i = 0; sorted && i < list->n_objects; i++) {
		json_put_line(output, indent + 1);
		put_object(output, sorted[i], key);
	}
	json_put_line_end(output, indent, "]");
	free(sorted);
}

/* -- Reading ---------------------------------------------------------------------------------------- */

static bool is_marked(struct json_reader *reader, const json_t *object, const char *key)
{
	return json_object_get(object, key) && reader_boolean(reader, object, key);
}

static void read_calls(struct json_reader *reader, const json_t *object, const char *key,
		       struct object_calls *calls)
{
	const json_t *value = reader_object(reader, object, key);
	size_t back = reader_enter(reader, key, -1);

	if (value) {
		calls->count = reader_count(reader, value, "count");
		calls->timed = reader_count(reader, value, "timed");
		calls->sum_ns = reader_seconds(reader, value, "seconds");
	}
	reader_leave(reader, back);
}

static void read_sizes(struct json_reader *reader, const json_t *value, struct object_flow *flow)
{
	const json_t *array = reader_array(reader, value, "sizes");

	if (json_array_size(array) != OBJECT_SIZES)
		reader_complain(reader, "sizes", "expected %d counts", OBJECT_SIZES);
	for (size_t i = 0; !reader->error && i < OBJECT_SIZES; i++) {
		const json_t *count = json_array_get(array, i);

		if (json_is_integer(count) && json_integer_value(count) >= 0)
			flow->sizes[i] = (uint64_t)json_integer_value(count);
		else
			reader_complain_type(reader, "sizes", count, "counts only");
	}
}

static void read_flow(struct json_reader *reader, const json_t *object, const char *key,
		      struct object_flow *flow)
{
	const json_t *value = json_object_get(object, key);

	if (!value)
		return;
	value = reader_object(reader, object, key);
	size_t back = reader_enter(reader, key, -1);

	if (value) {
		flow->timed = reader_count(reader, value, "timed");
		flow->sum_ns = reader_seconds(reader, value, "seconds");
		flow->bytes = reader_count(reader, value, "bytes");
		flow->jumps = reader_count(reader, value, "jumps");
		read_sizes(reader, value, flow);
	}
	reader_leave(reader, back);
}

static void read_streams(struct json_reader *reader, const json_t *object, int i,
			 struct object_streams *streams)
{
	struct object_calls calls = {0};

	if (!json_object_get(object, stream_keys[i]))
		return;
	read_calls(reader, object, stream_keys[i], &calls);
	size_t back = reader_enter(reader, stream_keys[i], -1);

	streams->flows[i].count = calls.count;
	streams->flows[i].timed = calls.timed;
	streams->flows[i].sum_ns = calls.sum_ns;
	streams->flows[i].bytes = reader_count(reader, json_object_get(object, stream_keys[i]), "bytes");
	reader_leave(reader, back);
}

static void read_failure(struct json_reader *reader, const json_t *object, struct object_failure *failure)
{
	failure->call = (char *)reader_text(reader, object, "call");
	failure->symbol = (char *)reader_text(reader, object, "errno");
	failure->is_expected = strcmp(reader_text(reader, object, "class"), "expected") == 0;
	failure->count = reader_count(reader, object, "count");
	failure->timed = reader_count(reader, object, "timed");
	failure->sum_ns = reader_seconds(reader, object, "seconds");
}

/* The strings stay the document's. */
static void read_object(struct json_reader *reader, const json_t *object, const char *key,
			struct object_totals *totals)
{
	bool is_others = json_is_null(json_object_get(object, key));
	bool is_peer = strcmp(key, "peer") == 0;

	totals->kind = !is_peer ? OBJECT_FILE
		       : is_marked(reader, object, "listening") ? OBJECT_LISTENER
								 : OBJECT_PEER;
	totals->name = is_others ? "" : (char *)reader_text(reader, object, key);
	totals->flags = (is_others ? OBJECT_OTHERS : 0) |
			(is_marked(reader, object, "hashed") ? OBJECT_HASHED : 0) |
			(is_marked(reader, object, "cut") ? OBJECT_CUT : 0);
	read_calls(reader, object, "opens", &totals->opens);
	read_calls(reader, object, "other_calls", &totals->others);
	for (int i = 0; i < OBJECT_FLOWS; i++) {
		read_flow(reader, object, flow_keys[i], &totals->flows[i]);
		read_streams(reader, object, i, &totals->streams);
	}
}

static void add_object(struct json_reader *reader, const json_t *object, const char *key,
		       struct object_list *list)
{
	const json_t *errors = reader_array(reader, object, "errors");
	size_t n_errors = json_array_size(errors);
	struct object_totals totals = {
		.failures = reader_make(reader, n_errors, sizeof(*totals.failures)),
	};

	read_object(reader, object, key, &totals);
	for (size_t i = 0; !reader->error && i < n_errors; i++) {
		size_t back = reader_enter(reader, "errors", (long)i);

		read_failure(reader, json_array_get(errors, i), &totals.failures[totals.n_failures++]);
		reader_leave(reader, back);
	}
	if (!reader->error && object_list_add(list, &totals) < 0)
		reader_out_of_memory(reader);
	free(totals.failures);
}

void objects_from_json(struct json_reader *reader, const json_t *document, const char *array_key,
		       const char *key, struct object_list *list)
{
	if (!json_object_get(document, array_key))
		return;
	const json_t *array = reader_array(reader, document, array_key);

	for (size_t i = 0; !reader->error && i < json_array_size(array); i++) {
		size_t back = reader_enter(reader, array_key, (long)i);

		add_object(reader, json_array_get(array, i), key, list);
		reader_leave(reader, back);
	}
}
