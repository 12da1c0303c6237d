// SPDX-License-Identifier: MIT
/*
 * As in recording-json-write.c, a value that could not be made is NULL, and jansson hands that on: json_pack() fails
 * for all that it would be in.
 */
#include "config.h"

#include "format/recording-json-parts.h"

#include <stdlib.h>
#include <string.h>

#include "format/json-text.h"

/* -- Writing --------------------------------------------------------------------------------------- */

/* Takes the value over. False without memory. */
static bool set(json_t *object, const char *key, json_t *value)
{
	return json_object_set_new(object, key, value) == 0;
}

json_t *label_set_to_json(const struct label_set *labels)
{
	json_t *object = json_object();
	bool is_whole = object;

	for (size_t i = 0; is_whole && i < labels->n_labels; i++) {
		json_t *key = text_to_json(labels->labels[i].key);

		is_whole = key && set(object, json_string_value(key), text_to_json(labels->labels[i].value));
		json_decref(key);
	}
	if (is_whole)
		return object;
	json_decref(object);
	return NULL;
}

static json_t *label_text_to_json(const char *text)
{
	struct label_set labels = {0};
	json_t *object = label_set_parse(&labels, text) == 0 ? label_set_to_json(&labels) : NULL;

	label_set_deinit(&labels);
	return object;
}

static json_t *errors_to_json(const struct part_call *part_call)
{
	json_t *array = json_array();
	bool is_whole = array;

	for (size_t i = 0; is_whole && i < part_call->n_errors; i++) {
		const struct part_error *error = &part_call->errors[i];
		json_t *object = json_pack("{s:o, s:s, s:o}", "errno", text_to_json(error->symbol), "class",
					   error->is_expected ? "expected" : "error", "count",
					   count_to_json(error->count));

		is_whole = json_array_append_new(array, object) == 0;
	}
	if (is_whole)
		return array;
	json_decref(array);
	return NULL;
}

static json_t *part_call_to_json(const struct part_call *part_call)
{
	json_t *object = json_object();
	bool is_whole = set(object, "call", text_to_json(part_call->name));

	if (part_call->kind[0])
		is_whole &= set(object, "kind", text_to_json(part_call->kind));
	is_whole &= set(object, "group", text_to_json(part_call->group)) &&
		    set(object, "count", count_to_json(part_call->count)) &&
		    set(object, "failures", count_to_json(part_call->failures)) &&
		    set(object, "expected", count_to_json(part_call->expected)) &&
		    set(object, "unfinished", count_to_json(part_call->unfinished)) &&
		    set(object, "timed", count_to_json(part_call->timed)) &&
		    set(object, "bytes", count_to_json(part_call->bytes)) &&
		    set(object, "seconds", json_real((double)part_call->sum_ns / 1e9)) &&
		    set(object, "errors", errors_to_json(part_call));
	if (is_whole)
		return object;
	json_decref(object);
	return NULL;
}

static json_t *part_calls_to_json(const struct part *part)
{
	json_t *array = json_array();
	bool is_whole = array;

	for (size_t i = 0; is_whole && i < part->n_calls; i++)
		is_whole = json_array_append_new(array, part_call_to_json(&part->calls[i])) == 0;
	if (is_whole)
		return array;
	json_decref(array);
	return NULL;
}

static json_t *part_to_json(const struct part *part)
{
	json_t *object = json_object();
	int64_t ended_ns = part->n_images ? part->ended_ns : part->started_ns;
	uint64_t wall_ns = ended_ns > part->started_ns ? (uint64_t)(ended_ns - part->started_ns) : 0;

	if (set(object, "test", text_to_json(part->test)) &&
	    set(object, "program", text_to_json(part->program)) &&
	    set(object, "labels", label_text_to_json(part->labels)) &&
	    set(object, "images", count_to_json(part->n_images)) &&
	    set(object, "processes", count_to_json(part->n_processes)) &&
	    set(object, "threads", count_to_json(part->n_threads)) &&
	    set(object, "peak", part->has_peak ? count_to_json(part->peak) : json_null()) &&
	    set(object, "started", instant_to_json(part->started_ns)) &&
	    set(object, "wall_seconds", json_real((double)wall_ns / 1e9)) &&
	    set(object, "calls", part_calls_to_json(part)))
		return object;
	json_decref(object);
	return NULL;
}

json_t *parts_to_json(const struct recording *recording)
{
	json_t *array = json_array();
	bool is_whole = array;

	for (size_t i = 0; is_whole && i < recording->parts.n_parts; i++)
		is_whole = json_array_append_new(array, part_to_json(&recording->parts.parts[i])) == 0;
	if (is_whole)
		return array;
	json_decref(array);
	return NULL;
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
	const struct part_error error = {
		.symbol = find_symbol(call, symbol),
		.is_expected = is_expected(reader, object),
		.count = reader_count(reader, object, "count"),
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
