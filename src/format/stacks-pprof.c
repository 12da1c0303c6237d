// SPDX-License-Identifier: MIT
/*
 * All pieces of the message are taken from one memory and go with it. A frame is a location with its own number plus one; calls
 * are locations behind those, without a mapping. Functions are one for each name in each file.
 */
#include "config.h"

#include "format/stacks-pprof.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "format/message-memory.h"
#include "format/profile.pb-c.h"
#include "format/stack-values.h"
#include "model/hash-index.h"
#include "model/stack-name.h"

struct profile {
	const struct stack_list *list;
	struct message_memory memory;
	struct hash_index strings;
	struct hash_index functions;
	size_t n_strings_room;
	size_t n_functions_room;
	size_t n_locations_room;
	bool has_failed;
	Pprof__Profile message;
};

static void *take(struct profile *profile, size_t size)
{
	void *memory = message_memory_take(&profile->memory, size ? size : 1);

	if (!memory)
		profile->has_failed = true;
	return memory;
}

#define NEW_MESSAGE(profile, type, INIT)                                                           \
	({                                                                                         \
		type *message_ = take(profile, sizeof(type));                                      \
		if (message_)                                                                      \
			*message_ = (type)INIT;                                                    \
		message_;                                                                          \
	})

/* An array with room for one more pointer, which doubles. NULL: no memory. */
static void *grow(struct profile *profile, void *array, size_t n, size_t *room)
{
	if (n < *room)
		return array;
	size_t larger = *room ? 2 * *room : 64;
	void *copy = take(profile, larger * sizeof(void *));

	if (copy && n)
		memcpy(copy, array, n * sizeof(void *));
	if (copy)
		*room = larger;
	return copy;
}

/* The place of a string in the table. */
static int64_t string_number(struct profile *profile, const char *text)
{
	Pprof__Profile *message = &profile->message;
	uint64_t hash = hash_string(HASH_START, text);
	size_t cursor = 0;
	size_t position;

	while (hash_index_next(&profile->strings, hash, &cursor, &position))
		if (strcmp(message->string_table[position], text) == 0)
			return (int64_t)position;
	char **table = grow(profile, message->string_table, message->n_string_table, &profile->n_strings_room);
	char *copy = table ? message_memory_text(&profile->memory, text, strlen(text)) : NULL;

	if (!copy || hash_index_add(&profile->strings, hash, message->n_string_table)) {
		profile->has_failed = true;
		return 0;
	}
	message->string_table = table;
	table[message->n_string_table] = copy;
	return (int64_t)message->n_string_table++;
}

static uint64_t function_number(struct profile *profile, const char *name, const char *file)
{
	Pprof__Profile *message = &profile->message;
	uint64_t hash = hash_string(hash_string(HASH_START, name), file);
	int64_t name_number = string_number(profile, name);
	int64_t file_number = string_number(profile, file);
	size_t cursor = 0;
	size_t position;

	while (hash_index_next(&profile->functions, hash, &cursor, &position))
		if (message->function[position]->name == name_number &&
		    message->function[position]->filename == file_number)
			return position + 1;
	Pprof__Function **table = grow(profile, message->function, message->n_function, &profile->n_functions_room);
	Pprof__Function *function = table ? NEW_MESSAGE(profile, Pprof__Function, PPROF__FUNCTION__INIT) : NULL;

	if (!function || hash_index_add(&profile->functions, hash, message->n_function)) {
		profile->has_failed = true;
		return 0;
	}
	function->has_id = function->has_name = function->has_filename = true;
	function->id = message->n_function + 1;
	function->name = name_number;
	function->filename = file_number;
	message->function = table;
	table[message->n_function++] = function;
	return function->id;
}

static Pprof__Line *make_line(struct profile *profile, const char *name, const char *file, unsigned int number)
{
	Pprof__Line *line = NEW_MESSAGE(profile, Pprof__Line, PPROF__LINE__INIT);

	if (!line)
		return NULL;
	line->has_function_id = true;
	line->function_id = function_number(profile, name, file ? file : "");
	line->has_line = number > 0;
	line->line = number;
	return line;
}

/* A location with so many lines, still to be filled in; it gets the next number. NULL: no memory. */
static Pprof__Location *add_location(struct profile *profile, size_t n_lines)
{
	Pprof__Profile *message = &profile->message;
	Pprof__Location **table = grow(profile, message->location, message->n_location, &profile->n_locations_room);
	Pprof__Location *location = table ? NEW_MESSAGE(profile, Pprof__Location, PPROF__LOCATION__INIT) : NULL;

	if (!location)
		return NULL;
	location->line = take(profile, n_lines * sizeof(*location->line));
	if (!location->line)
		return NULL;
	message->location = table;
	table[message->n_location++] = location;
	location->has_id = true;
	location->id = message->n_location;
	return location;
}

static void add_frame(struct profile *profile, const struct stack_frame *frame)
{
	size_t n_lines = stack_frame_n_names(frame);
	Pprof__Location *location = add_location(profile, n_lines);
	char name[FRAME_NAME_SIZE];

	if (!location)
		return;
	location->has_mapping_id = frame->module < profile->list->n_modules;
	location->mapping_id = frame->module + 1;
	location->has_address = true;
	location->address = frame->place ? frame->place - 1 : 0;
	for (size_t i = 0; i < n_lines && !profile->has_failed; i++) {
		const struct stack_symbol *symbol = i < frame->n_symbols ? &frame->symbols[i] : NULL;

		location->line[location->n_line] =
			make_line(profile, stack_frame_function(profile->list, frame, i, name),
				  symbol ? symbol->file : NULL, symbol ? symbol->line : 0);
		location->n_line += location->line[location->n_line] != NULL;
	}
}

/* The location of a call; there are few of them. */
static uint64_t call_location(struct profile *profile, const char *call)
{
	uint64_t function = function_number(profile, call, "");
	Pprof__Profile *message = &profile->message;

	for (size_t i = profile->list->n_frames; i < message->n_location; i++)
		if (message->location[i]->line[0]->function_id == function)
			return i + 1;
	Pprof__Location *location = add_location(profile, 1);

	if (!location)
		return 0;
	location->line[0] = make_line(profile, call, NULL, 0);
	location->n_line = location->line[0] != NULL;
	return location->id;
}

static void add_modules(struct profile *profile)
{
	Pprof__Profile *message = &profile->message;
	size_t n_modules = profile->list->n_modules;

	message->mapping = take(profile, n_modules * sizeof(*message->mapping));
	for (size_t i = 0; i < n_modules && !profile->has_failed; i++) {
		Pprof__Mapping *mapping = NEW_MESSAGE(profile, Pprof__Mapping, PPROF__MAPPING__INIT);

		if (!mapping)
			return;
		mapping->has_id = mapping->has_filename = mapping->has_build_id = true;
		mapping->id = i + 1;
		mapping->filename = string_number(profile, profile->list->modules[i].path);
		mapping->build_id = string_number(profile, profile->list->modules[i].build_id);
		/* Names are here: a tool need not look for them. */
		mapping->has_has_functions = mapping->has_has_filenames = mapping->has_has_line_numbers = true;
		mapping->has_functions = mapping->has_filenames = mapping->has_line_numbers = true;
		mapping->has_has_inline_frames = mapping->has_inline_frames = true;
		message->mapping[message->n_mapping++] = mapping;
	}
}

static void add_value_types(struct profile *profile)
{
	Pprof__Profile *message = &profile->message;

	message->sample_type = take(profile, STACK_VALUES * sizeof(*message->sample_type));
	for (unsigned int i = 0; i < STACK_VALUES && !profile->has_failed; i++) {
		Pprof__ValueType *type = NEW_MESSAGE(profile, Pprof__ValueType, PPROF__VALUE_TYPE__INIT);

		if (!type)
			return;
		type->has_type = type->has_unit = true;
		type->type = string_number(profile, stack_value_name(i));
		type->unit = string_number(profile, stack_value_unit(i));
		message->sample_type[message->n_sample_type++] = type;
	}
	message->has_default_sample_type = true;
	message->default_sample_type = string_number(profile, stack_value_name(STACK_VALUE_CALLS));
}

static void add_label(struct profile *profile, Pprof__Sample *sample, const char *key, const char *value)
{
	Pprof__Label *label = NEW_MESSAGE(profile, Pprof__Label, PPROF__LABEL__INIT);

	if (!label)
		return;
	label->has_key = label->has_str = true;
	label->key = string_number(profile, key);
	label->str = string_number(profile, value);
	sample->label[sample->n_label++] = label;
}

static Pprof__Sample *make_sample(struct profile *profile, const struct stack_record *stack)
{
	Pprof__Sample *sample = NEW_MESSAGE(profile, Pprof__Sample, PPROF__SAMPLE__INIT);

	if (!sample)
		return NULL;
	sample->location_id = take(profile, (stack->n_frames + 1) * sizeof(*sample->location_id));
	sample->value = take(profile, STACK_VALUES * sizeof(*sample->value));
	sample->label = take(profile, 2 * sizeof(*sample->label));
	if (profile->has_failed)
		return NULL;
	sample->location_id[sample->n_location_id++] = call_location(profile, stack->call);
	for (size_t i = 0; i < stack->n_frames; i++)
		sample->location_id[sample->n_location_id++] = stack->frames[i] + 1;
	for (unsigned int i = 0; i < STACK_VALUES; i++)
		sample->value[sample->n_value++] = (int64_t)stack_value_of(stack, i);
	add_label(profile, sample, "kind", stack_kind_name(stack->kind));
	if (stack->code)
		add_label(profile, sample, "errno", stack->code);
	return sample;
}

static void add_samples(struct profile *profile)
{
	Pprof__Profile *message = &profile->message;
	size_t n_stacks = profile->list->n_stacks;

	message->sample = take(profile, n_stacks * sizeof(*message->sample));
	for (size_t i = 0; i < n_stacks && !profile->has_failed; i++) {
		Pprof__Sample *sample = make_sample(profile, &profile->list->stacks[i]);

		if (sample)
			message->sample[message->n_sample++] = sample;
	}
}

static int write_message(struct profile *profile, const struct format_sink *sink)
{
	size_t size = pprof__profile__get_packed_size(&profile->message);
	uint8_t *bytes = malloc(size ? size : 1);

	if (!bytes)
		return -ENOMEM;
	pprof__profile__pack(&profile->message, bytes);
	int result = sink->write(sink->argument, bytes, size);

	free(bytes);
	return result;
}

int stacks_pprof_write(const struct recording *recording, const struct format_sink *sink)
{
	struct profile profile = {.list = &recording->stacks, .message = PPROF__PROFILE__INIT};

	string_number(&profile, "");
	add_value_types(&profile);
	add_modules(&profile);
	for (size_t i = 0; i < recording->stacks.n_frames; i++)
		add_frame(&profile, &recording->stacks.frames[i]);
	add_samples(&profile);
	profile.message.has_time_nanos = profile.message.has_duration_nanos = true;
	profile.message.time_nanos = recording->started_ns;
	profile.message.duration_nanos = (int64_t)recording->wall_ns;
	int result = profile.has_failed ? -ENOMEM : write_message(&profile, sink);

	message_memory_free(&profile.memory);
	hash_index_deinit(&profile.strings);
	hash_index_deinit(&profile.functions);
	return result;
}
