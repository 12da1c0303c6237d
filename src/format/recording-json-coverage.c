// SPDX-License-Identifier: MIT
#include "config.h"

#include "format/recording-json-coverage.h"

#include "format/json-fields.h"

void name_counts_to_json(struct json_output *output, const struct name_counts *counts)
{
	json_put(output, "{");
	for (size_t i = 0; i < counts->n_items; i++) {
		json_put_name(output, counts->items[i].name);
		json_put_count(output, counts->items[i].count);
	}
	json_put(output, "}");
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

void names_to_json(struct json_output *output, const struct name_counts *names)
{
	json_put(output, "[");
	for (size_t i = 0; i < names->n_items; i++) {
		json_put_comma(output);
		json_put_string(output, names->items[i].name);
	}
	json_put(output, "]");
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

void kernel_io_to_json(struct json_output *output, const struct kernel_io *io)
{
	if (!io->is_known) {
		json_put(output, "null");
		return;
	}
	json_put(output, "{");
	json_field_count(output, "read", io->read);
	json_field_count(output, "written", io->written);
	json_field_count(output, "storage_read", io->storage_read);
	json_field_count(output, "storage_written", io->storage_written);
	json_put(output, "}");
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

void memory_to_json(struct json_output *output, const struct memory_totals *memory)
{
	if (!memory->is_known) {
		json_put(output, "null");
		return;
	}
	json_put(output, "{");
	json_field_count(output, "live", memory->live);
	json_field_count(output, "peak", memory->peak);
	json_field_count(output, "allocated", memory->allocated);
	json_field_count(output, "freed", memory->freed);
	json_field_count(output, "inherited", memory->inherited);
	json_field_count(output, "before", memory->before);
	json_put(output, "}");
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
static void losses_to_json(struct json_output *output, const uint64_t lost[LOSS_REASONS])
{
	json_put(output, "{");
	for (unsigned int i = 0; i < LOSS_REASONS; i++)
		if (lost[i])
			json_field_count(output, region_loss_name(i), lost[i]);
	json_put(output, "}");
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
static void absences_to_json(struct json_output *output, const uint64_t unwatched[NOTE_REASONS])
{
	json_put(output, "{");
	for (unsigned int i = NOTE_NONE + 1; i < NOTE_REASONS; i++)
		if (unwatched[i])
			json_field_count(output, note_reason_name(i), unwatched[i]);
	json_put(output, "}");
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

void process_coverage_to_json(struct json_output *output, const struct process_coverage *coverage)
{
	json_put(output, "{");
	json_put_key(output, "lost");
	losses_to_json(output, coverage->lost);
	json_put_key(output, "unwatched");
	absences_to_json(output, coverage->unwatched);
	json_put_key(output, "raw_syscalls_by_name");
	name_counts_to_json(output, &coverage->raw_calls);
	json_field_boolean(output, "seccomp", coverage->is_sandboxed);
	json_put_key(output, "kernel_io_when_last_seen");
	kernel_io_to_json(output, &coverage->io);
	json_put(output, "}");
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

void refusals_to_json(struct json_output *output, const uint64_t *refused)
{
	json_put(output, "{");
	for (unsigned int i = 0; i < SERIES_REFUSALS; i++)
		json_field_count(output, series_refusal_name(i), refused[i]);
	json_put(output, "}");
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
