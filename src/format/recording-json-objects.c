// SPDX-License-Identifier: MIT
/*
 * What is zero all through is left out: most files are read or written, not both, and few through streams.
 */
#include "config.h"

#include "format/recording-json-objects.h"

#include "format/json-text.h"

#include <stdlib.h>
#include <string.h>

static const char *const flow_keys[OBJECT_FLOWS] = {"reads", "writes"};
static const char *const stream_keys[OBJECT_FLOWS] = {"stream_reads", "stream_writes"};

static json_t *seconds(uint64_t ns)
{
	return json_real((double)ns / 1e9);
}

/* Takes the value over. False without memory. */
static bool set(json_t *object, const char *key, json_t *value)
{
	return json_object_set_new(object, key, value) == 0;
}

static json_t *calls_to_json(uint64_t count, uint64_t timed, uint64_t sum_ns)
{
	return json_pack("{s:o, s:o, s:o}", "count", count_to_json(count), "timed", count_to_json(timed),
			 "seconds", seconds(sum_ns));
}

static json_t *sizes_to_json(const struct object_flow *flow)
{
	json_t *array = json_array();

	for (int i = 0; i < OBJECT_SIZES; i++)
		json_array_append_new(array, count_to_json(flow->sizes[i]));
	return array;
}

static json_t *flow_to_json(const struct object_flow *flow)
{
	json_t *object = calls_to_json(object_flow_count(flow), flow->timed, flow->sum_ns);

	if (object && set(object, "bytes", count_to_json(flow->bytes)) &&
	    set(object, "jumps", count_to_json(flow->jumps)) && set(object, "sizes", sizes_to_json(flow)))
		return object;
	json_decref(object);
	return NULL;
}

static json_t *failures_to_json(const struct object_totals *totals)
{
	json_t *array = json_array();

	for (size_t i = 0; i < totals->n_failures; i++) {
		const struct object_failure *failure = &totals->failures[i];

		json_array_append_new(
			array,
			json_pack("{s:o, s:o, s:s, s:o, s:o, s:o}", "call", text_to_json(failure->call),
				  "errno", text_to_json(failure->symbol), "class",
				  failure->is_expected ? "expected" : "error", "count",
				  count_to_json(failure->count), "timed", count_to_json(failure->timed),
				  "seconds", seconds(failure->sum_ns)));
	}
	if (json_array_size(array) == totals->n_failures)
		return array;
	json_decref(array);
	return NULL;
}

static bool set_name(json_t *object, const struct object_totals *totals, const char *key)
{
	bool is_others = totals->flags & OBJECT_OTHERS;

	return set(object, key, is_others ? json_null() : text_to_json(totals->name)) &&
	       (totals->kind != OBJECT_LISTENER || set(object, "listening", json_true())) &&
	       (!(totals->flags & OBJECT_HASHED) || set(object, "hashed", json_true())) &&
	       (!(totals->flags & OBJECT_CUT) || set(object, "cut", json_true()));
}

static bool set_flows(json_t *object, const struct object_totals *totals, int i)
{
	const struct object_flow *flow = &totals->flows[i];
	uint64_t n_streams = totals->streams.flows[i].count;

	if (object_flow_count(flow) && !set(object, flow_keys[i], flow_to_json(flow)))
		return false;
	if (!n_streams)
		return true;
	json_t *streams = calls_to_json(n_streams, totals->streams.flows[i].timed,
					totals->streams.flows[i].sum_ns);

	return set(object, stream_keys[i], streams) &&
	       set(streams, "bytes", count_to_json(totals->streams.flows[i].bytes));
}

static json_t *object_to_json(const struct object_totals *totals, const char *key)
{
	json_t *object = json_object();
	const struct object_calls *opens = &totals->opens;
	const struct object_calls *others = &totals->others;
	bool is_done = object && set_name(object, totals, key) &&
		       set(object, "opens", calls_to_json(opens->count, opens->timed, opens->sum_ns)) &&
		       set_flows(object, totals, 0) && set_flows(object, totals, 1) &&
		       set(object, "other_calls", calls_to_json(others->count, others->timed, others->sum_ns)) &&
		       set(object, "errors", failures_to_json(totals));

	if (is_done)
		return object;
	json_decref(object);
	return NULL;
}

json_t *objects_to_json(const struct object_list *list, const char *key)
{
	const struct object_totals **sorted = object_list_sorted(list, object_by_name);
	json_t *array = sorted || !list->n_objects ? json_array() : NULL;

	for (size_t i = 0; array && i < list->n_objects; i++) {
		if (json_array_append_new(array, object_to_json(sorted[i], key)) == 0)
			continue;
		json_decref(array);
		array = NULL;
	}
	free(sorted);
	return array;
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
