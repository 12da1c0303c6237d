// SPDX-License-Identifier: MIT
#include "config.h"

#include "format/recording-json-parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "format/json-fields.h"
#include "format/recording-json-calls.h"

/* -- Writing --------------------------------------------------------------------------------------- */

void labels_to_json(struct json_output *output, const struct label *labels, size_t n_labels)
{
	json_put(output, "{");
	for (size_t i = 0; i < n_labels; i++) {
		json_put_name(output, labels[i].key);
		json_put_text(output, labels[i].value);
	}
	json_put(output, "}");
}

static void put_labels(struct json_output *output, const char *text)
{
	struct label_set labels = {0};

	if (label_set_parse(&labels, text) < 0)
		json_output_fail(output, -ENOMEM);
	json_put_key(output, "labels");
	labels_to_json(output, labels.labels, labels.n_labels);
	label_set_deinit(&labels);
}

static void put_error(struct json_output *output, const struct part_error *error)
{
	json_put_comma(output);
	json_put(output, "{");
	json_field_text(output, "errno", error->symbol);
	json_field_text(output, "class", failure_class_text(error->is_expected));
	json_field_count(output, "count", error->count);
	if (error->timed) {
		json_field_count(output, "timed", error->timed);
		json_field_seconds(output, "seconds", error->sum_ns);
	}
	json_put(output, "}");
}

static void put_part_call(struct json_output *output, const struct part_call *part_call)
{
	json_put_comma(output);
	json_put(output, "{");
	json_field_text(output, "call", part_call->name);
	if (part_call->kind[0])
		json_field_text(output, "kind", part_call->kind);
	json_field_text(output, "group", part_call->group);
	json_field_count(output, "count", part_call->count);
	json_field_count(output, "failures", part_call->failures);
	json_field_count(output, "expected", part_call->expected);
	json_field_count(output, "unfinished", part_call->unfinished);
	json_field_count(output, "timed", part_call->timed);
	json_field_count(output, "bytes", part_call->bytes);
	json_field_seconds(output, "seconds", part_call->sum_ns);
	json_field_open(output, "errors", "[");
	for (size_t i = 0; i < part_call->n_errors; i++)
		put_error(output, &part_call->errors[i]);
	json_put(output, "]}");
}

void part_to_json(struct json_output *output, const struct part *part)
{
	/* Of one in which nothing has begun the end is before the start. */
	uint64_t wall_ns = part->ended_ns > part->started_ns ? (uint64_t)part->ended_ns - (uint64_t)part->started_ns : 0;

	json_put(output, "{");
	json_field_text(output, "test", part->test);
	json_field_text(output, "program", part->program);
	put_labels(output, part->labels);
	json_field_count(output, "images", part->n_images);
	json_field_count(output, "processes", part->n_processes);
	json_field_count(output, "threads", part->n_threads);
	json_put_key(output, "peak");
	if (part->has_peak)
		json_put_count(output, part->peak);
	else
		json_put(output, "null");
	json_field_instant(output, "started", part->started_ns);
	json_field_seconds(output, "wall_seconds", wall_ns);
	json_field_open(output, "calls", "[");
	for (size_t i = 0; i < part->n_calls; i++)
		put_part_call(output, &part->calls[i]);
	json_put(output, "]}");
}

/* -- Reading --------------------------------------------------------------------------------------- */

void label_set_from_json(struct json_reader *reader, const json_t *object, struct label_set *ret_set)
{
	json_t *labels = json_object_get(object, "labels");
	const char *key;
	json_t *value;

	if (!json_is_object(labels)) {
		reader_complain_type(reader, "labels", labels, "an object");
		return;
	}
	json_object_foreach(labels, key, value)
	{
		if (!json_is_string(value))
			reader_complain_type(reader, "labels", value, "strings only");
		else if (label_set_put(ret_set, key, json_string_value(value)) < 0)
			reader_out_of_memory(reader);
	}
}

static bool is_expected(struct json_reader *reader, const json_t *object)
{
	const char *class = reader_text(reader, object, "class");

	if (strcmp(class, "expected") != 0 && strcmp(class, "error") != 0)
		reader_complain(reader, "class", "\"%.40s\" is neither \"error\" nor \"expected\"", class);
	return strcmp(class, "expected") == 0;
}

/* The symbol as the run's own call has it. */
static const char *find_symbol(const struct call_totals *call, const char *symbol)
{
	for (size_t i = 0; i < call->n_errors; i++)
		if (strcmp(call->errors[i].symbol, symbol) == 0)
			return call->errors[i].symbol;
	return NULL;
}

static void read_error(struct json_reader *reader, const json_t *object, const struct call_totals *call,
		       struct part_call *part_call)
{
	const char *symbol = reader_text(reader, object, "errno");
	bool is_timed = json_object_get(object, "timed");
	const struct part_error error = {
		.symbol = find_symbol(call, symbol),
		.is_expected = is_expected(reader, object),
		.count = reader_count(reader, object, "count"),
		.timed = is_timed ? reader_count(reader, object, "timed") : 0,
		.sum_ns = is_timed ? reader_seconds(reader, object, "seconds") : 0,
	};

	if (!error.symbol)
		reader_complain(reader, "errno", "\"%.40s\" is not in the calls of the run", symbol);
	else if (part_call_add_error(part_call, &error) < 0)
		reader_out_of_memory(reader);
}

static void read_errors(struct json_reader *reader, const json_t *object, const struct call_totals *call,
			struct part_call *part_call)
{
	const json_t *array = reader_array(reader, object, "errors");

	for (size_t i = 0; !reader->error && i < json_array_size(array); i++) {
		size_t back = reader_enter(reader, "errors", (long)i);

		read_error(reader, json_array_get(array, i), call, part_call);
		reader_leave(reader, back);
	}
}

static void read_part_call(struct json_reader *reader, const json_t *object, const struct call_list *calls,
		       struct part *part)
{
	const char *name = reader_text(reader, object, "call");
	const char *kind = json_object_get(object, "kind") ? reader_text(reader, object, "kind") : "";
	const struct call_totals *call = call_list_find(calls, name, kind);

	if (!reader->error && !call)
		reader_complain(reader, "call", "\"%.40s\" is not in the calls of the run", name);
	struct part_call *part_call = reader->error ? NULL : part_call_get(part, call->name, call->kind, call->group);

	if (!part_call) {
		if (!reader->error)
			reader_out_of_memory(reader);
		return;
	}
	part_call->count = reader_count(reader, object, "count");
	part_call->failures = reader_count(reader, object, "failures");
	part_call->expected = reader_count(reader, object, "expected");
	part_call->unfinished = reader_count(reader, object, "unfinished");
	part_call->timed = reader_count(reader, object, "timed");
	part_call->bytes = reader_count(reader, object, "bytes");
	part_call->sum_ns = reader_seconds(reader, object, "seconds");
	read_errors(reader, object, call, part_call);
}

static void read_part_calls(struct json_reader *reader, const json_t *object, const struct call_list *calls,
			 struct part *part)
{
	const json_t *array = reader_array(reader, object, "calls");

	for (size_t i = 0; !reader->error && i < json_array_size(array); i++) {
		size_t back = reader_enter(reader, "calls", (long)i);

		read_part_call(reader, json_array_get(array, i), calls, part);
		reader_leave(reader, back);
	}
}

/* The part with the test, program and labels of the object. NULL, with a complaint: they cannot be read. */
static struct part *read_key(struct json_reader *reader, const json_t *object, struct part_list *list)
{
	char *test = reader_optional_text(reader, object, "test");
	char *program = reader_optional_text(reader, object, "program");
	struct label_set labels = {0};

	label_set_from_json(reader, object, &labels);
	char *text = reader->error ? NULL : label_set_text(&labels);
	struct part *part = text ? part_list_get(list, test, program, text) : NULL;

	if (!part && !reader->error)
		reader_out_of_memory(reader);
	label_set_deinit(&labels);
	free(text);
	free(program);
	free(test);
	return part;
}

static void read_part(struct json_reader *reader, const json_t *object, struct recording *recording)
{
	struct part *part = read_key(reader, object, &recording->parts);
	const json_t *peak = json_object_get(object, "peak");

	if (!part)
		return;
	part->n_images = reader_count(reader, object, "images");
	part->n_processes = reader_count(reader, object, "processes");
	part->n_threads = reader_count(reader, object, "threads");
	part->has_peak = peak && !json_is_null(peak);
	part->peak = part->has_peak ? reader_count(reader, object, "peak") : 0;
	part->started_ns = reader_instant(reader, object, "started");
	uint64_t wall_ns = reader_seconds(reader, object, "wall_seconds");

	if (wall_ns > INT64_MAX || __builtin_add_overflow(part->started_ns, (int64_t)wall_ns, &part->ended_ns))
		part->ended_ns = INT64_MAX;
	read_part_calls(reader, object, &recording->calls, part);
}

void parts_from_json(struct json_reader *reader, const json_t *document, struct recording *recording)
{
	if (!json_object_get(document, "parts"))
		return;
	const json_t *array = reader_array(reader, document, "parts");

	for (size_t i = 0; !reader->error && i < json_array_size(array); i++) {
		size_t back = reader_enter(reader, "parts", (long)i);

		read_part(reader, json_array_get(array, i), recording);
		reader_leave(reader, back);
	}
}
