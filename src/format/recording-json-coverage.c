// SPDX-License-Identifier: MIT
#include "config.h"

#include "format/recording-json-coverage.h"

#include "format/json-text.h"

/* An object on its way; it becomes NULL when a value cannot be made. */
static void set(json_t **object, const char *key, json_t *value)
{
	if (json_object_set_new(*object, key, value) == 0)
		return;
	json_decref(*object);
	*object = NULL;
}

json_t *name_counts_to_json(const struct name_counts *counts)
{
	json_t *object = json_object();

	for (size_t i = 0; i < counts->n_items; i++)
		set(&object, counts->items[i].name, count_to_json(counts->items[i].count));
	return object;
}

void name_counts_from_json(struct json_reader *reader, const json_t *object, const char *key,
			   struct name_counts *ret_counts)
{
	if (!json_object_get(object, key))
		return;
	json_t *values = (json_t *)reader_object(reader, object, key);
	size_t back = reader_enter(reader, key, -1);
	const char *name;
	json_t *value;

	json_object_foreach(values, name, value)
	{
		if (name_counts_add(ret_counts, name, reader_count(reader, values, name)))
			reader_out_of_memory(reader);
	}
	reader_leave(reader, back);
}

json_t *names_to_json(const struct name_counts *names)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < names->n_items; i++) {
		if (json_array_append_new(array, json_string(names->items[i].name)) < 0) {
			json_decref(array);
			array = NULL;
		}
	}
	return array;
}

void names_from_json(struct json_reader *reader, const json_t *object, const char *key,
		     struct name_counts *ret_names)
{
	const json_t *array = json_object_get(object, key) ? reader_array(reader, object, key) : NULL;

	for (size_t i = 0; i < json_array_size(array); i++) {
		const json_t *name = json_array_get(array, i);

		if (!json_is_string(name))
			reader_complain_type(reader, key, name, "strings only");
		else if (name_counts_add(ret_names, json_string_value(name), 1))
			reader_out_of_memory(reader);
	}
}

json_t *kernel_io_to_json(const struct kernel_io *io)
{
	json_t *object = io->is_known ? json_object() : json_null();

	if (!io->is_known)
		return object;
	set(&object, "read", count_to_json(io->read));
	set(&object, "written", count_to_json(io->written));
	set(&object, "storage_read", count_to_json(io->storage_read));
	set(&object, "storage_written", count_to_json(io->storage_written));
	return object;
}

void kernel_io_from_json(struct json_reader *reader, const json_t *object, const char *key,
			 struct kernel_io *ret_io)
{
	const json_t *value = json_object_get(object, key);

	if (!value || json_is_null(value))
		return;
	value = reader_object(reader, object, key);
	size_t back = reader_enter(reader, key, -1);

	ret_io->is_known = true;
	ret_io->read = reader_count(reader, value, "read");
	ret_io->written = reader_count(reader, value, "written");
	ret_io->storage_read = reader_count(reader, value, "storage_read");
	ret_io->storage_written = reader_count(reader, value, "storage_written");
	reader_leave(reader, back);
}

json_t *memory_to_json(const struct memory_totals *memory)
{
	json_t *object = memory->is_known ? json_object() : json_null();

	if (!memory->is_known)
		return object;
	set(&object, "live", count_to_json(memory->live));
	set(&object, "peak", count_to_json(memory->peak));
	set(&object, "allocated", count_to_json(memory->allocated));
	set(&object, "freed", count_to_json(memory->freed));
	set(&object, "inherited", count_to_json(memory->inherited));
	set(&object, "before", count_to_json(memory->before));
	return object;
}

void memory_from_json(struct json_reader *reader, const json_t *object, const char *key,
		      struct memory_totals *ret_memory)
{
	const json_t *value = json_object_get(object, key);

	if (!value || json_is_null(value))
		return;
	value = reader_object(reader, object, key);
	size_t back = reader_enter(reader, key, -1);

	ret_memory->is_known = true;
	ret_memory->live = reader_count(reader, value, "live");
	ret_memory->peak = reader_count(reader, value, "peak");
	ret_memory->allocated = reader_count(reader, value, "allocated");
	ret_memory->freed = reader_count(reader, value, "freed");
	ret_memory->inherited = reader_count(reader, value, "inherited");
	ret_memory->before = reader_count(reader, value, "before");
	reader_leave(reader, back);
}

/* Only what was lost: most processes lose nothing. */
static json_t *losses_to_json(const uint64_t lost[LOSS_REASONS])
{
	json_t *object = json_object();

	for (unsigned int i = 0; i < LOSS_REASONS; i++)
		if (lost[i])
			set(&object, region_loss_name(i), count_to_json(lost[i]));
	return object;
}

static void losses_from_json(struct json_reader *reader, const json_t *coverage,
			     uint64_t ret_lost[LOSS_REASONS])
{
	const json_t *object = reader_object(reader, coverage, "lost");
	size_t back = reader_enter(reader, "lost", -1);

	for (unsigned int i = 0; i < LOSS_REASONS; i++)
		if (json_object_get(object, region_loss_name(i)))
			ret_lost[i] = reader_count(reader, object, region_loss_name(i));
	reader_leave(reader, back);
}

/* The same for programs that were not watched. */
static json_t *absences_to_json(const uint64_t unwatched[NOTE_REASONS])
{
	json_t *object = json_object();

	for (unsigned int i = NOTE_NONE + 1; i < NOTE_REASONS; i++)
		if (unwatched[i])
			set(&object, note_reason_name(i), count_to_json(unwatched[i]));
	return object;
}

static void absences_from_json(struct json_reader *reader, const json_t *coverage,
			       uint64_t ret_unwatched[NOTE_REASONS])
{
	if (!json_object_get(coverage, "unwatched"))
		return;
	const json_t *object = reader_object(reader, coverage, "unwatched");
	size_t back = reader_enter(reader, "unwatched", -1);

	for (unsigned int i = NOTE_NONE + 1; i < NOTE_REASONS; i++)
		if (json_object_get(object, note_reason_name(i)))
			ret_unwatched[i] = reader_count(reader, object, note_reason_name(i));
	reader_leave(reader, back);
}

json_t *process_coverage_to_json(const struct process_coverage *coverage)
{
	json_t *object = json_object();

	set(&object, "lost", losses_to_json(coverage->lost));
	set(&object, "unwatched", absences_to_json(coverage->unwatched));
	set(&object, "raw_syscalls_by_name", name_counts_to_json(&coverage->raw_calls));
	set(&object, "seccomp", json_boolean(coverage->is_sandboxed));
	set(&object, "kernel_io_when_last_seen", kernel_io_to_json(&coverage->io));
	return object;
}

void process_coverage_from_json(struct json_reader *reader, const json_t *process,
				struct process_coverage *ret_coverage)
{
	if (!json_object_get(process, "coverage"))
		return;
	const json_t *object = reader_object(reader, process, "coverage");
	size_t back = reader_enter(reader, "coverage", -1);

	losses_from_json(reader, object, ret_coverage->lost);
	absences_from_json(reader, object, ret_coverage->unwatched);
	name_counts_from_json(reader, object, "raw_syscalls_by_name", &ret_coverage->raw_calls);
	if (json_object_get(object, "seccomp"))
		ret_coverage->is_sandboxed = reader_boolean(reader, object, "seccomp");
	kernel_io_from_json(reader, object, "kernel_io_when_last_seen", &ret_coverage->io);
	reader_leave(reader, back);
}

json_t *refusals_to_json(const uint64_t *refused)
{
	json_t *object = json_object();

	for (unsigned int i = 0; i < SERIES_REFUSALS; i++)
		set(&object, series_refusal_name(i), count_to_json(refused[i]));
	return object;
}

void refusals_from_json(struct json_reader *reader, const json_t *object, const char *key,
			uint64_t *ret_refused)
{
	if (!json_object_get(object, key))
		return;
	const json_t *values = reader_object(reader, object, key);
	size_t back = reader_enter(reader, key, -1);

	for (unsigned int i = 0; i < SERIES_REFUSALS; i++)
		ret_refused[i] = reader_count(reader, values, series_refusal_name(i));
	reader_leave(reader, back);
}
