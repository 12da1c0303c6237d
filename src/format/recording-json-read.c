// SPDX-License-Identifier: MIT
/*
 * Takes a recording out of the tree that jansson made of a document. Keys that we do not know are
 * skipped: a later sonde may add some without changing the schema's number. What follows from the
 * rest (quantiles, the number of timed calls) is not taken over but computed again.
 */
#include "config.h"

#include "format/recording-json.h"

#include "format/json-reader.h"
#include "format/metrics-json.h"
#include "format/recording-json-coverage.h"
#include "format/recording-json-objects.h"
#include "format/recording-json-parts.h"
#include "format/recording-json-plugins.h"
#include "format/recording-json-stacks.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define SCHEMA_NAME "sonde.recording/"

static struct exit_info read_exit(struct json_reader *reader, const json_t *object)
{
	const json_t *value = json_object_get(object, "exit");
	struct exit_info info = {.kind = EXIT_UNKNOWN};
	size_t back = reader_enter(reader, "exit", -1);

	if (json_object_get(value, "status")) {
		info.kind = EXIT_STATUS;
		info.value = (int)reader_integer(reader, value, "status", INT32_MIN, INT32_MAX);
	} else if (json_object_get(value, "signal")) {
		info.kind = EXIT_SIGNAL;
		info.value = (int)reader_integer(reader, value, "signal", 1, INT32_MAX);
	} else if (json_object_get(value, "executed")) {
		info.kind = EXIT_EXECUTED;
	}
	reader_leave(reader, back);
	if (!json_is_null(value) && info.kind == EXIT_UNKNOWN)
		reader_complain_type(reader, "exit", value,
				     "null or an object with status, signal or executed");
	return info;
}

static void read_command(struct json_reader *reader, const json_t *session,
			 struct recording *recording)
{
	const json_t *array = reader_array(reader, session, "command");
	size_t n = json_array_size(array);
	char **command = reader_make(reader, n ? n + 1 : 0, sizeof(*command));

	recording->command = command;
	for (size_t i = 0; command && !reader->error && i < n; i++) {
		const json_t *word = json_array_get(array, i);

		if (json_is_string(word))
			command[i] = reader_copy(reader, json_string_value(word));
		else
			reader_complain_type(reader, "command", word, "strings only");
	}
}

static void read_labels(struct json_reader *reader, const json_t *session,
			struct recording *recording)
{
	json_t *labels = json_object_get(session, "labels");
	size_t n = json_object_size(labels);
	const char *key;
	json_t *value;

	if (!json_is_object(labels))
		reader_complain_type(reader, "labels", labels, "an object");
	recording->labels = reader_make(reader, n, sizeof(*recording->labels));
	if (!recording->labels)
		return;
	json_object_foreach(labels, key, value)
	{
		struct label *label = &recording->labels[recording->n_labels++];

		if (!json_is_string(value))
			reader_complain_type(reader, "labels", value, "strings only");
		else
			label->value = reader_copy(reader, json_string_value(value));
		label->key = reader_copy(reader, key);
	}
}

static void read_session(struct json_reader *reader, const json_t *document,
			 struct recording *recording)
{
	const json_t *session = reader_object(reader, document, "session");
	size_t back = reader_enter(reader, "session", -1);

	if (session) {
		recording->id = reader_optional_text(reader, session, "id");
		recording->started_ns = reader_instant(reader, session, "started");
		recording->wall_ns = reader_seconds(reader, session, "wall_seconds");
		recording->user_ns = reader_seconds(reader, session, "user_seconds");
		recording->system_ns = reader_seconds(reader, session, "system_seconds");
		recording->exit = read_exit(reader, session);
		recording->n_processes = reader_count(reader, session, "processes");
		recording->n_threads = reader_count(reader, session, "threads");
		memory_from_json(reader, session, "largest_memory", &recording->largest_memory);
		if (json_object_get(session, "largest_memory_pid"))
			recording->largest_memory_pid = (int)reader_integer(
				reader, session, "largest_memory_pid", INT32_MIN, INT32_MAX);
		recording->host = reader_optional_text(reader, session, "host");
		recording->version = reader_optional_text(reader, session, "version");
		if (json_object_get(session, "runs"))
			recording->n_runs = reader_count(reader, session, "runs");
		read_command(reader, session, recording);
		read_labels(reader, session, recording);
	}
	reader_leave(reader, back);
}

static void add_timed(struct json_reader *reader, struct call_totals *call, unsigned int bucket, uint64_t count)
{
	if (bucket_counts_add(&call->buckets, bucket, count) < 0)
		reader_out_of_memory(reader);
	if (__builtin_add_overflow(call->timed, count, &call->timed))
		call->timed = UINT64_MAX;
}

static void read_buckets(struct json_reader *reader, const json_t *histogram,
			 struct call_totals *call)
{
	const json_t *array = reader_array(reader, histogram, "buckets");
	size_t n = json_array_size(array);
	int64_t offset = reader_integer(reader, histogram, "offset", HISTOGRAM_FIRST_INDEX,
					HISTOGRAM_FIRST_INDEX + HISTOGRAM_INSIDE);
	size_t first = (size_t)(offset - HISTOGRAM_FIRST_INDEX);

	if (n > HISTOGRAM_INSIDE - first)
		reader_complain(reader, "buckets",
				"%zu buckets from index %lld on, at most %zu fit", n,
				(long long)offset, HISTOGRAM_INSIDE - first);
	for (size_t i = 0; !reader->error && i < n; i++) {
		const json_t *value = json_array_get(array, i);

		if (!json_is_integer(value) || json_integer_value(value) < 0)
			reader_complain_type(reader, "buckets", value, "counts only");
		else
			add_timed(reader, call, (unsigned int)(first + i), (uint64_t)json_integer_value(value));
	}
}

static void read_histogram(struct json_reader *reader, const json_t *object,
			   struct call_totals *call)
{
	const json_t *histogram = reader_object(reader, object, "histogram");
	size_t back = reader_enter(reader, "histogram", -1);

	if (histogram) {
		reader_integer(reader, histogram, "scale", HISTOGRAM_SCALE, HISTOGRAM_SCALE);
		add_timed(reader, call, HISTOGRAM_ZERO, reader_count(reader, histogram, "zero_count"));
		add_timed(reader, call, HISTOGRAM_OVER, reader_count(reader, histogram, "over_count"));
		read_buckets(reader, histogram, call);
	}
	reader_leave(reader, back);
}

static void read_durations(struct json_reader *reader, const json_t *object,
			   struct call_totals *call)
{
	const json_t *seconds = reader_object(reader, object, "seconds");
	size_t back = reader_enter(reader, "seconds", -1);

	if (seconds) {
		call->sum_ns = reader_seconds(reader, seconds, "sum");
		call->min_ns = reader_seconds(reader, seconds, "min");
		call->max_ns = reader_seconds(reader, seconds, "max");
		if (call->min_ns > call->max_ns)
			reader_complain(reader, "min", "is more than max");
	}
	reader_leave(reader, back);
}

static bool read_class(struct json_reader *reader, const json_t *object)
{
	const char *class = reader_text(reader, object, "class");

	if (strcmp(class, "expected") == 0)
		return true;
	if (strcmp(class, "error") != 0)
		reader_complain(reader, "class", "\"%.40s\" is neither \"error\" nor \"expected\"",
				class);
	return false;
}

static void read_error(struct json_reader *reader, const json_t *object, struct error_totals *error)
{
	error->symbol = reader_copy(reader, reader_text(reader, object, "errno"));
	error->is_expected = read_class(reader, object);
	error->count = reader_count(reader, object, "count");
	error->timed = reader_count(reader, object, "timed");
	error->sum_ns = reader_seconds(reader, object, "seconds");
	error->first_ns = reader_instant(reader, object, "first");
	error->last_ns = reader_instant(reader, object, "last");
	if (json_object_get(object, "last_pid"))
		error->last_pid = (int)reader_integer(reader, object, "last_pid", 0, INT_MAX);
}

static void read_errors(struct json_reader *reader, const json_t *object, struct call_totals *call)
{
	const json_t *array = reader_array(reader, object, "errors");

	call->errors = reader_make(reader, json_array_size(array), sizeof(*call->errors));
	for (size_t i = 0; !reader->error && i < json_array_size(array); i++) {
		size_t back = reader_enter(reader, "errors", (long)i);

		read_error(reader, json_array_get(array, i), &call->errors[call->n_errors++]);
		reader_leave(reader, back);
	}
}

/* Adds what a call's object says to the list. */
static void read_call(struct json_reader *reader, const json_t *object, struct call_list *list)
{
	const char *name = reader_text(reader, object, "call");
	const char *group = reader_text(reader, object, "group");
	bool is_told_apart = json_object_get(object, "kind") != NULL;
	const char *kind = is_told_apart ? reader_text(reader, object, "kind") : "";

	if (reader->error)
		return;
	if (call_list_find(list, name, kind))
		reader_complain(reader, "call", "\"%.40s\" is there twice", name);
	if (reader->error)
		return;
	struct call_totals *call = call_list_get(list, name, kind, group);

	if (!call) {
		reader_out_of_memory(reader);
		return;
	}
	call->count = reader_count(reader, object, "count");
	call->failures = reader_count(reader, object, "failures");
	call->expected = reader_count(reader, object, "expected");
	call->unfinished = reader_count(reader, object, "unfinished");
	if (json_object_get(object, "unfinished_seconds"))
		call->unfinished_ns = reader_seconds(reader, object, "unfinished_seconds");
	call->bytes = reader_count(reader, object, "bytes");
	read_histogram(reader, object, call);
	read_durations(reader, object, call);
	read_errors(reader, object, call);
}

static void read_calls(struct json_reader *reader, const json_t *object, struct call_list *list)
{
	const json_t *array = reader_array(reader, object, "calls");

	for (size_t i = 0; !reader->error && i < json_array_size(array); i++) {
		size_t back = reader_enter(reader, "calls", (long)i);

		read_call(reader, json_array_get(array, i), list);
		reader_leave(reader, back);
	}
}

/* Documents of older versions do not have it. */
static void read_waiting(struct json_reader *reader, const json_t *object,
			 struct process_record *process)
{
	size_t back = reader_enter(reader, "waiting", -1);
	const json_t *waiting = json_object_get(object, "waiting");

	process->has_waiting = waiting != NULL;
	for (unsigned int i = WAIT_NONE + 1; waiting && i < WAIT_CLASSES; i++)
		process->waiting_ns[i] = reader_seconds(reader, waiting, wait_class_name(i));
	reader_leave(reader, back);
}

static void read_process(struct json_reader *reader, const json_t *object,
			 struct process_record *process)
{
	process->pid = (int)reader_integer(reader, object, "pid", INT32_MIN, INT32_MAX);
	process->parent_pid = (int)reader_integer(reader, object, "ppid", INT32_MIN, INT32_MAX);
	if (json_object_get(object, "run"))
		process->run = (unsigned int)reader_integer(reader, object, "run", 0, INT32_MAX);
	process->executable = reader_optional_text(reader, object, "executable");
	process->command = reader_optional_text(reader, object, "command");
	process->allocator = reader_optional_text(reader, object, "allocator");
	if (json_object_get(object, "test"))
		process->test = reader_optional_text(reader, object, "test");
	label_set_from_json(reader, object, &process->labels);
	process->started_ns = reader_instant(reader, object, "started");
	process->wall_ns = reader_seconds(reader, object, "wall_seconds");
	process->exit = read_exit(reader, object);
	process->is_running = reader_boolean(reader, object, "running");
	process->n_threads = reader_count(reader, object, "threads");
	read_waiting(reader, object, process);
	memory_from_json(reader, object, "memory", &process->memory);
	process_coverage_from_json(reader, object, &process->coverage);
	read_calls(reader, object, &process->calls);
	process_record_weigh(process);
}

static void read_processes(struct json_reader *reader, const json_t *document,
			   struct recording *recording)
{
	const json_t *array = reader_array(reader, document, "processes");

	recording->processes =
		reader_make(reader, json_array_size(array), sizeof(struct process_record *));
	for (size_t i = 0; !reader->error && i < json_array_size(array); i++) {
		size_t back = reader_enter(reader, "processes", (long)i);

		struct process_record *process = reader_make(reader, 1, sizeof(*process));

		if (process) {
			recording->processes[recording->n_process_records++] = process;
			read_process(reader, json_array_get(array, i), process);
		}
		reader_leave(reader, back);
	}
}

static enum note_reason read_reason(struct json_reader *reader, const json_t *object)
{
	const char *name = reader_text(reader, object, "reason");

	for (unsigned int i = NOTE_NONE + 1; i < NOTE_REASONS; i++)
		if (strcmp(name, note_reason_name(i)) == 0)
			return i;
	reader_complain(reader, "reason", "\"%.40s\" is no known reason", name);
	return NOTE_NONE;
}

static void read_unwatched(struct json_reader *reader, const json_t *document,
			   struct recording *recording)
{
	const json_t *array = reader_array(reader, document, "unwatched");

	recording->unwatched =
		reader_make(reader, json_array_size(array), sizeof(*recording->unwatched));
	for (size_t i = 0; !reader->error && i < json_array_size(array); i++) {
		const json_t *object = json_array_get(array, i);
		struct unwatched_record *unwatched =
			&recording->unwatched[recording->n_unwatched++];
		size_t back = reader_enter(reader, "unwatched", (long)i);

		unwatched->pid = (int)reader_integer(reader, object, "pid", INT32_MIN, INT32_MAX);
		unwatched->command = reader_optional_text(reader, object, "command");
		unwatched->reason = read_reason(reader, object);
		unwatched->count = reader_count(reader, object, "count");
		reader_leave(reader, back);
	}
}

static void read_coverage(struct json_reader *reader, const json_t *document,
			  struct recording *recording)
{
	const json_t *coverage = reader_object(reader, document, "coverage");
	size_t back = reader_enter(reader, "coverage", -1);
	const json_t *lost = coverage ? reader_object(reader, coverage, "lost") : NULL;

	if (lost) {
		size_t back_to_coverage = reader_enter(reader, "lost", -1);

		for (unsigned int i = 0; i < LOSS_REASONS; i++)
			if (i != LOSS_EARLY || json_object_get(lost, region_loss_name(i)))
				recording->lost[i] =
					reader_count(reader, lost, region_loss_name(i));
		reader_leave(reader, back_to_coverage);
		recording->notes_lost = reader_count(reader, coverage, "notes_lost");
		recording->damaged_regions = reader_count(reader, coverage, "damaged_regions");
		recording->processes_not_kept =
			reader_count(reader, coverage, "processes_not_kept");
		if (json_object_get(coverage, "processes_uncounted"))
			recording->n_uncounted = reader_count(reader, coverage, "processes_uncounted");
		name_counts_from_json(reader, coverage, "raw_syscalls_by_name",
				      &recording->raw_calls);
		if (json_object_get(coverage, "seccomp_processes"))
			recording->n_sandboxed =
				reader_count(reader, coverage, "seccomp_processes");
		kernel_io_from_json(reader, coverage, "kernel_io", &recording->io);
		refusals_from_json(reader, coverage, "refused", recording->refused);
		if (json_object_get(coverage, "overflowed"))
			recording->overflowed = reader_count(reader, coverage, "overflowed");
		if (json_object_get(coverage, "respelled"))
			recording->respelled = reader_count(reader, coverage, "respelled");
		names_from_json(reader, coverage, "off", &recording->off);
		names_from_json(reader, coverage, "switched", &recording->switched);
		names_from_json(reader, coverage, "retimed", &recording->retimed);
	}
	reader_leave(reader, back);
}

/* 0; -EPROTO; or the reader's error. */
static int check_schema(struct json_reader *reader, const json_t *document)
{
	const char *schema = reader_text(reader, document, "schema");

	if (reader->error || strcmp(schema, RECORDING_SCHEMA) == 0)
		return reader->error;
	if (strncmp(schema, SCHEMA_NAME, strlen(SCHEMA_NAME)) == 0 &&
	    strtol(schema + strlen(SCHEMA_NAME), NULL, 10) > 1)
		message_set(reader->message,
			    "%s: schema: \"%.40s\" is newer than this sonde, which reads \"%s\"",
			    reader->name, schema, RECORDING_SCHEMA);
	else
		message_set(reader->message, "%s: schema: expected \"%s\", found \"%.40s\"",
			    reader->name, RECORDING_SCHEMA, schema);
	return -EPROTO;
}

static int read_document(struct json_reader *reader, const json_t *document,
			 struct recording *recording)
{
	int error = check_schema(reader, document);

	if (error)
		return error;
	read_session(reader, document, recording);
	read_calls(reader, document, &recording->calls);
	read_processes(reader, document, recording);
	parts_from_json(reader, document, recording);
	read_unwatched(reader, document, recording);
	metric_list_from_json(reader, document, &recording->metrics);
	objects_from_json(reader, document, "files", "file", &recording->files);
	objects_from_json(reader, document, "peers", "peer", &recording->peers);
	plugins_from_json(reader, document, recording);
	stacks_from_json(reader, document, &recording->stacks);
	if (!reader->error && recording_add_exemplars(recording, 0))
		reader_out_of_memory(reader);
	read_coverage(reader, document, recording);
	return reader->error;
}

/* In large pieces: jansson would ask a stream for each character. */
static size_t read_piece(void *piece, size_t size, void *file)
{
	size_t n_read = fread(piece, 1, size, file);

	return n_read == 0 && ferror(file) ? (size_t)-1 : n_read;
}

/* What jansson could not make a tree of. */
static int syntax_error(FILE *file, const char *name, const json_error_t *error,
			struct message *ret_message)
{
	if (json_error_code(error) == json_error_out_of_memory) {
		message_set(ret_message, "%s: %s", name, strerror(ENOMEM));
		return -ENOMEM;
	}
	if (ferror(file)) {
		int code = errno ? errno : EIO;

		message_set(ret_message, "%s: %s", name, strerror(code));
		return -code;
	}
	message_set(ret_message, "%s: line %d: not a JSON document: %s", name, error->line,
		    error->text);
	return -EBADMSG;
}

int recording_json_read(FILE *file, const char *name, struct recording *ret_recording,
			struct message *ret_message)
{
	struct json_reader reader = {.name = name, .message = ret_message};
	struct recording recording = {0};
	json_error_t syntax;

	errno = 0;
	json_t *document = json_load_callback(read_piece, file, JSON_REJECT_DUPLICATES, &syntax);

	if (!document)
		return syntax_error(file, name, &syntax, ret_message);
	int error = read_document(&reader, document, &recording);

	json_decref(document);
	if (error)
		recording_deinit(&recording);
	else
		*ret_recording = recording;
	return error;
}
