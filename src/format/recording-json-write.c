// SPDX-License-Identifier: MIT
/*
 * The document is written straight, keys in the documented order, each call, process, ... on a line of its own: so
 * that tools can compare documents by lines. Metrics and stacks, of which most runs have few or none, come as trees of
 * jansson's.
 */
#include "config.h"

#include "format/recording-json.h"

#include "format/file-sink.h"
#include "format/json-fields.h"
#include "format/metrics-json.h"
#include "format/recording-json-calls.h"
#include "format/recording-json-coverage.h"
#include "format/recording-json-objects.h"
#include "format/recording-json-parts.h"
#include "format/recording-json-plugins.h"
#include "format/recording-json-process.h"
#include "format/recording-json-stacks.h"

#include <errno.h>
#include <string.h>

/* Where lines of the document begin, and those of its arrays. */
enum { SECTION = 1, ELEMENT };

static void put_section(struct json_output *output, const char *key)
{
	json_put_line(output, SECTION);
	json_put_string(output, key);
	json_put(output, ": ");
}

static void open_array(struct json_output *output, const char *key)
{
	put_section(output, key);
	json_put(output, "[");
}

static void close_array(struct json_output *output)
{
	json_put_line_end(output, SECTION, "]");
}

/* -- The run ------------------------------------------------------------------------------------ */

static void put_command(struct json_output *output, char *const *command)
{
	json_field_open(output, "command", "[");
	for (; command && *command; command++) {
		json_put_comma(output);
		json_put_string(output, *command);
	}
	json_put(output, "]");
}

/* Where it is known. */
static void put_waiting(struct json_output *output, const struct recording *recording)
{
	struct main_thread main_thread;

	if (!recording_main_thread(recording, &main_thread))
		return;
	json_put_key(output, "waiting");
	waiting_to_json(output, main_thread.spent_ns);
}

static void put_largest_memory(struct json_output *output, const struct recording *recording)
{
	json_put_key(output, "largest_memory");
	memory_to_json(output, &recording->largest_memory);
	json_field_integer(output, "largest_memory_pid", recording->largest_memory_pid);
}

static void put_session(struct json_output *output, const struct recording *recording)
{
	put_section(output, "session");
	json_put(output, "{");
	json_field_text(output, "id", recording->id);
	put_command(output, recording->command);
	json_field_instant(output, "started", recording->started_ns);
	json_field_seconds(output, "wall_seconds", recording->wall_ns);
	json_field_seconds(output, "user_seconds", recording->user_ns);
	json_field_seconds(output, "system_seconds", recording->system_ns);
	json_put_key(output, "exit");
	exit_to_json(output, recording->exit);
	json_field_count(output, "processes", recording->n_processes);
	json_field_count(output, "threads", recording->n_threads);
	put_waiting(output, recording);
	put_largest_memory(output, recording);
	json_put_key(output, "labels");
	labels_to_json(output, recording->labels, recording->n_labels);
	json_field_text(output, "host", recording->host);
	json_field_text(output, "version", recording->version);
	if (recording->n_runs)
		json_field_count(output, "runs", recording->n_runs);
	json_put(output, "}");
}

/* -- What it did -------------------------------------------------------------------------------- */

static void put_calls(struct json_output *output, const struct call_list *list)
{
	open_array(output, "calls");
	for (size_t i = 0; i < list->n_calls; i++) {
		json_put_line(output, ELEMENT);
		call_to_json(output, &list->calls[i]);
	}
	close_array(output);
}

static void put_processes(struct json_output *output, const struct recording *recording)
{
	open_array(output, "processes");
	for (size_t i = 0; i < recording->n_process_records && output->result == 0; i++) {
		json_put_line(output, ELEMENT);
		process_to_json(output, recording->processes[i]);
	}
	close_array(output);
}

static void put_parts(struct json_output *output, const struct part_list *list)
{
	open_array(output, "parts");
	for (size_t i = 0; i < list->n_parts; i++) {
		json_put_line(output, ELEMENT);
		part_to_json(output, &list->parts[i]);
	}
	close_array(output);
}

static void put_unwatched(struct json_output *output, const struct recording *recording)
{
	open_array(output, "unwatched");
	for (size_t i = 0; i < recording->n_unwatched; i++) {
		const struct unwatched_record *unwatched = &recording->unwatched[i];

		json_put_line(output, ELEMENT);
		json_put(output, "{");
		json_field_integer(output, "pid", unwatched->pid);
		json_field_text(output, "command", unwatched->command);
		json_field_text(output, "reason", note_reason_name(unwatched->reason));
		json_field_count(output, "count", unwatched->count);
		json_put(output, "}");
	}
	close_array(output);
}

static void put_plugins(struct json_output *output, const struct recording *recording)
{
	open_array(output, "plugins");
	for (size_t i = 0; i < recording->n_plugins; i++) {
		json_put_line(output, ELEMENT);
		plugin_to_json(output, &recording->plugins[i]);
	}
	close_array(output);
}

static void put_objects(struct json_output *output, const char *key, const char *name_key,
			const struct object_list *list)
{
	put_section(output, key);
	objects_to_json(output, list, name_key, SECTION);
}

/* Takes the array over; NULL: it could not be made. */
static void put_trees(struct json_output *output, const char *key, json_t *array)
{
	if (!array)
		json_output_fail(output, -ENOMEM);
	open_array(output, key);
	for (size_t i = 0; i < json_array_size(array); i++) {
		json_put_line(output, ELEMENT);
		json_put_tree(output, json_incref(json_array_get(array, i)));
	}
	close_array(output);
	json_decref(array);
}

static void put_stacks(struct json_output *output, const struct stack_list *stacks)
{
	if (stacks->is_known) {
		put_trees(output, "modules", stack_modules_to_json(stacks));
		put_trees(output, "frames", stack_frames_to_json(stacks));
	}
	put_trees(output, "stacks", stacks_to_json(stacks));
	if (stacks->is_known)
		put_trees(output, "slow_calls", slow_calls_to_json(stacks));
}

/* -- How complete it is ------------------------------------------------------------------------- */

static bool is_allocator_of_earlier(const struct recording *recording, size_t n, const char *allocator)
{
	for (size_t i = 0; i < n; i++) {
		const char *other = recording->processes[i]->allocator;

		if (other && strcmp(other, allocator) == 0)
			return true;
	}
	return false;
}

/* The names of all allocators that processes used, each once. */
static void put_allocators(struct json_output *output, const struct recording *recording)
{
	json_field_open(output, "allocators", "[");
	for (size_t i = 0; i < recording->n_process_records; i++) {
		const char *allocator = recording->processes[i]->allocator;

		if (!allocator || is_allocator_of_earlier(recording, i, allocator))
			continue;
		json_put_comma(output);
		json_put_string(output, allocator);
	}
	json_put(output, "]");
}

/* The part of calls that is to be held against what the kernel counted. */
static void put_io(struct json_output *output, const struct recording *recording)
{
	uint64_t n_read;
	uint64_t n_written;

	recording_accounted_bytes(recording, &n_read, &n_written);
	json_put_key(output, "kernel_io");
	kernel_io_to_json(output, &recording->io);
	json_field_open(output, "accounted_io", "{");
	json_field_count(output, "read", n_read);
	json_field_count(output, "written", n_written);
	json_put(output, "}");
}

static void put_raw_calls(struct json_output *output, const struct recording *recording)
{
	const struct call_totals *raw = call_list_find(&recording->calls, "syscall", "");

	json_field_count(output, "raw_syscalls", raw ? raw->count : 0);
	json_put_key(output, "raw_syscalls_by_name");
	name_counts_to_json(output, &recording->raw_calls);
	json_field_count(output, "seccomp_processes", recording->n_sandboxed);
}

static void put_losses(struct json_output *output, const struct recording *recording)
{
	json_field_open(output, "lost", "{");
	for (unsigned int i = 0; i < LOSS_REASONS; i++)
		json_field_count(output, region_loss_name(i), recording->lost[i]);
	json_put(output, "}");
	json_field_count(output, "notes_lost", recording->notes_lost);
	json_field_count(output, "damaged_regions", recording->damaged_regions);
	json_field_count(output, "processes_not_kept", recording->processes_not_kept);
	if (recording->n_uncounted)
		json_field_count(output, "processes_uncounted", recording->n_uncounted);
}

static void put_coverage(struct json_output *output, const struct recording *recording)
{
	put_section(output, "coverage");
	json_put(output, "{");
	put_losses(output, recording);
	put_raw_calls(output, recording);
	put_io(output, recording);
	json_put_key(output, "refused");
	refusals_to_json(output, recording->refused);
	if (recording->overflowed)
		json_field_count(output, "overflowed", recording->overflowed);
	if (recording->respelled)
		json_field_count(output, "respelled", recording->respelled);
	put_allocators(output, recording);
	if (recording->stacks.is_known) {
		json_put_key(output, "stacks");
		json_put_tree(output, stack_coverage_to_json(&recording->stacks));
	}
	if (recording->off.n_items) {
		json_put_key(output, "off");
		names_to_json(output, &recording->off);
	}
	json_put_key(output, "switched");
	names_to_json(output, &recording->switched);
	json_put_key(output, "retimed");
	names_to_json(output, &recording->retimed);
	json_put(output, "}");
}

/* -- The document ------------------------------------------------------------------------------- */

static void put_document(struct json_output *output, const struct recording *recording)
{
	json_put(output, "{");
	put_section(output, "schema");
	json_put_string(output, RECORDING_SCHEMA);
	put_session(output, recording);
	put_calls(output, &recording->calls);
	put_processes(output, recording);
	if (recording->parts.n_parts)
		put_parts(output, &recording->parts);
	put_unwatched(output, recording);
	if (recording->n_plugins)
		put_plugins(output, recording);
	put_trees(output, "metrics", metric_list_to_json(&recording->metrics));
	put_objects(output, "files", "file", &recording->files);
	put_objects(output, "peers", "peer", &recording->peers);
	put_stacks(output, &recording->stacks);
	put_coverage(output, recording);
	json_put_line_end(output, 0, "}\n");
}

int recording_json_write_to(const struct recording *recording, const struct format_sink *sink)
{
	struct json_output output = json_output_init(sink);

	put_document(&output, recording);
	return json_output_finish(&output);
}

int recording_json_write(const struct recording *recording, FILE *file)
{
	const struct format_sink sink = file_sink(file);

	return file_sink_end(file, recording_json_write_to(recording, &sink));
}
