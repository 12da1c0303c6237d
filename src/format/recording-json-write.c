// SPDX-License-Identifier: MIT
/*
 * The document is built as a tree, but for its processes, and written by jansson, keys in the order in which they are set.
 * A failed allocation inside the tree shows at its end: jansson's "_new" functions take over what
 * they are given, pass NULL on as an error, and each set() here keeps the first error for the
 * builder.
 */
#include "config.h"

#include "format/recording-json.h"

#include "format/json-text.h"
#include "format/metrics-json.h"
#include "format/recording-json-coverage.h"
#include "format/recording-json-objects.h"
#include "format/recording-json-parts.h"
#include "format/recording-json-plugins.h"
#include "format/recording-json-stacks.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PROCESSES "processes"

enum { DIGITS = 15 /* that a double has for certain */ };

struct builder {
	bool has_failed; /* without memory */
};

/* Takes the value over; NULL is a value that could not be made. */
static void set(struct builder *builder, json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value) < 0)
		builder->has_failed = true;
}

static void append(struct builder *builder, json_t *array, json_t *value)
{
	if (json_array_append_new(array, value) < 0)
		builder->has_failed = true;
}

static json_t *seconds_to_json(double ns)
{
	return json_real(ns / 1e9);
}

static json_t *exit_to_json(struct exit_info exit)
{
	switch (exit.kind) {
	case EXIT_STATUS:
		return json_pack("{s:i}", "status", exit.value);
	case EXIT_SIGNAL:
		return json_pack("{s:i}", "signal", exit.value);
	case EXIT_EXECUTED:
		return json_pack("{s:b}", "executed", 1);
	case EXIT_UNKNOWN:
		break;
	}
	return json_null();
}

static json_t *command_to_json(struct builder *builder, char *const *command)
{
	json_t *array = json_array();

	for (; command && *command; command++)
		append(builder, array, text_to_json(*command));
	return array;
}

static json_t *labels_to_json(struct builder *builder, const struct label *labels, size_t n_labels)
{
	json_t *object = json_object();

	for (size_t i = 0; i < n_labels; i++) {
		json_t *key = text_to_json(labels[i].key);

		if (key)
			set(builder, object, json_string_value(key), text_to_json(labels[i].value));
		else
			builder->has_failed = true;
		json_decref(key);
	}
	return object;
}

/* In seconds, by class. */
static json_t *waiting_to_json(struct builder *builder, const uint64_t *waiting_ns)
{
	json_t *object = json_object();

	for (unsigned int i = WAIT_NONE + 1; i < WAIT_CLASSES; i++)
		set(builder, object, wait_class_name(i), seconds_to_json((double)waiting_ns[i]));
	return object;
}

static json_t *session_to_json(struct builder *builder, const struct recording *recording)
{
	struct main_thread main_thread;
	json_t *session = json_object();

	set(builder, session, "id", text_to_json(recording->id));
	set(builder, session, "command", command_to_json(builder, recording->command));
	set(builder, session, "started", instant_to_json(recording->started_ns));
	set(builder, session, "wall_seconds", seconds_to_json((double)recording->wall_ns));
	set(builder, session, "user_seconds", seconds_to_json((double)recording->user_ns));
	set(builder, session, "system_seconds", seconds_to_json((double)recording->system_ns));
	set(builder, session, "exit", exit_to_json(recording->exit));
	set(builder, session, "processes", count_to_json(recording->n_processes));
	set(builder, session, "threads", count_to_json(recording->n_threads));
	if (recording_main_thread(recording, &main_thread))
		set(builder, session, "waiting", waiting_to_json(builder, main_thread.spent_ns));
	set(builder, session, "largest_memory", memory_to_json(&recording->largest_memory));
	set(builder, session, "largest_memory_pid", json_integer(recording->largest_memory_pid));
	set(builder, session, "labels",
	    labels_to_json(builder, recording->labels, recording->n_labels));
	set(builder, session, "host", text_to_json(recording->host));
	set(builder, session, "version", text_to_json(recording->version));
	if (recording->n_runs)
		set(builder, session, "runs", count_to_json(recording->n_runs));
	return session;
}

/* To a tenth of a nanosecond: more digits would promise what a bucket does not know. */
static json_t *quantile_to_json(const struct call_totals *call, double q)
{
	return seconds_to_json(nearbyint(call_totals_quantile_ns(call, q) * 10) / 10);
}

static json_t *durations_to_json(struct builder *builder, const struct call_totals *call)
{
	static const struct {
		const char *key;
		double q;
	} quantiles[] = {
		{"p50", 0.5}, {"p90", 0.9}, {"p95", 0.95}, {"p99", 0.99}, {"p999", 0.999},
	};
	json_t *seconds = json_object();

	set(builder, seconds, "sum", seconds_to_json((double)call->sum_ns));
	set(builder, seconds, "min", seconds_to_json((double)call->min_ns));
	set(builder, seconds, "max", seconds_to_json((double)call->max_ns));
	for (size_t i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++)
		set(builder, seconds, quantiles[i].key,
		    quantile_to_json(call, quantiles[i].q));
	return seconds;
}

/* Buckets from the first to the last that is not empty. */
static json_t *histogram_to_json(struct builder *builder, const struct call_totals *call)
{
	json_t *histogram = json_object();
	json_t *buckets = json_array();
	int first = 0;
	int end = HISTOGRAM_INSIDE;

	while (end > 0 && !call->buckets[end - 1])
		end--;
	while (first < end && !call->buckets[first])
		first++;
	for (int i = first; i < end; i++)
		append(builder, buckets, count_to_json(call->buckets[i]));
	set(builder, histogram, "scale", json_integer(HISTOGRAM_SCALE));
	set(builder, histogram, "zero_count", count_to_json(call->buckets[HISTOGRAM_ZERO]));
	set(builder, histogram, "over_count", count_to_json(call->buckets[HISTOGRAM_OVER]));
	set(builder, histogram, "offset", json_integer(end ? first + HISTOGRAM_FIRST_INDEX : 0));
	set(builder, histogram, "buckets", buckets);
	return histogram;
}

static json_t *error_to_json(struct builder *builder, const struct error_totals *error)
{
	json_t *object = json_object();

	set(builder, object, "errno", text_to_json(error->symbol));
	set(builder, object, "class", json_string(error->is_expected ? "expected" : "error"));
	set(builder, object, "count", count_to_json(error->count));
	set(builder, object, "timed", count_to_json(error->timed));
	set(builder, object, "seconds", seconds_to_json((double)error->sum_ns));
	set(builder, object, "first", instant_to_json(error->first_ns));
	set(builder, object, "last", instant_to_json(error->last_ns));
	if (error->last_pid)
		set(builder, object, "last_pid", json_integer(error->last_pid));
	return object;
}

static json_t *call_to_json(struct builder *builder, const struct call_totals *call)
{
	json_t *object = json_object();
	json_t *errors = json_array();

	for (size_t i = 0; i < call->n_errors; i++)
		append(builder, errors, error_to_json(builder, &call->errors[i]));
	set(builder, object, "call", text_to_json(call->name));
	if (call->kind[0])
		set(builder, object, "kind", text_to_json(call->kind));
	set(builder, object, "group", text_to_json(call->group));
	set(builder, object, "count", count_to_json(call->count));
	set(builder, object, "failures", count_to_json(call->failures));
	set(builder, object, "expected", count_to_json(call->expected));
	set(builder, object, "unfinished", count_to_json(call->unfinished));
	set(builder, object, "timed", count_to_json(call->timed));
	set(builder, object, "bytes", count_to_json(call->bytes));
	set(builder, object, "seconds", durations_to_json(builder, call));
	set(builder, object, "histogram", histogram_to_json(builder, call));
	set(builder, object, "errors", errors);
	return object;
}

static json_t *calls_to_json(struct builder *builder, const struct call_list *list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->n_calls; i++)
		append(builder, array, call_to_json(builder, &list->calls[i]));
	return array;
}

static json_t *process_to_json(struct builder *builder, const struct process_record *process)
{
	json_t *object = json_object();

	set(builder, object, "pid", json_integer(process->pid));
	set(builder, object, "ppid", json_integer(process->parent_pid));
	if (process->run)
		set(builder, object, "run", json_integer(process->run));
	set(builder, object, "executable", text_to_json(process->executable));
	set(builder, object, "command", text_to_json(process->command));
	set(builder, object, "allocator", text_to_json(process->allocator));
	set(builder, object, "test", text_to_json(process->test));
	set(builder, object, "labels", label_set_to_json(&process->labels));
	set(builder, object, "started", instant_to_json(process->started_ns));
	set(builder, object, "wall_seconds", seconds_to_json((double)process->wall_ns));
	set(builder, object, "exit", exit_to_json(process->exit));
	set(builder, object, "running", json_boolean(process->is_running));
	set(builder, object, "threads", count_to_json(process->n_threads));
	if (process->has_waiting)
		set(builder, object, "waiting", waiting_to_json(builder, process->waiting_ns));
	set(builder, object, "memory", memory_to_json(&process->memory));
	set(builder, object, "coverage", process_coverage_to_json(&process->coverage));
	set(builder, object, "calls", calls_to_json(builder, &process->calls));
	return object;
}

static json_t *unwatched_to_json(struct builder *builder, const struct recording *recording)
{
	json_t *array = json_array();

	for (size_t i = 0; i < recording->n_unwatched; i++) {
		const struct unwatched_record *unwatched = &recording->unwatched[i];
		json_t *object = json_object();

		set(builder, object, "pid", json_integer(unwatched->pid));
		set(builder, object, "command", text_to_json(unwatched->command));
		set(builder, object, "reason", json_string(note_reason_name(unwatched->reason)));
		set(builder, object, "count", count_to_json(unwatched->count));
		append(builder, array, object);
	}
	return array;
}

/* The names of all allocators that processes used, each once. */
static json_t *allocators_to_json(struct builder *builder, const struct recording *recording)
{
	json_t *array = json_array();
	json_t *seen = json_object();

	for (size_t i = 0; i < recording->n_process_records; i++) {
		json_t *name = text_to_json(recording->processes[i].allocator);

		if (json_is_string(name) && !json_object_get(seen, json_string_value(name))) {
			set(builder, seen, json_string_value(name), json_true());
			append(builder, array, json_incref(name));
		}
		json_decref(name);
	}
	json_decref(seen);
	return array;
}

/* The part of calls that is to be held against what the kernel counted. */
static json_t *accounted_to_json(struct builder *builder, const struct recording *recording)
{
	json_t *object = json_object();
	uint64_t n_read;
	uint64_t n_written;

	recording_accounted_bytes(recording, &n_read, &n_written);
	set(builder, object, "read", count_to_json(n_read));
	set(builder, object, "written", count_to_json(n_written));
	return object;
}

static json_t *coverage_to_json(struct builder *builder, const struct recording *recording)
{
	const struct call_totals *raw = call_list_find(&recording->calls, "syscall", "");
	json_t *coverage = json_object();
	json_t *lost = json_object();

	for (unsigned int i = 0; i < LOSS_REASONS; i++)
		set(builder, lost, region_loss_name(i), count_to_json(recording->lost[i]));
	set(builder, coverage, "lost", lost);
	set(builder, coverage, "notes_lost", count_to_json(recording->notes_lost));
	set(builder, coverage, "damaged_regions", count_to_json(recording->damaged_regions));
	set(builder, coverage, "processes_not_kept", count_to_json(recording->processes_not_kept));
	set(builder, coverage, "raw_syscalls", count_to_json(raw ? raw->count : 0));
	set(builder, coverage, "raw_syscalls_by_name", name_counts_to_json(&recording->raw_calls));
	set(builder, coverage, "seccomp_processes", count_to_json(recording->n_sandboxed));
	set(builder, coverage, "kernel_io", kernel_io_to_json(&recording->io));
	set(builder, coverage, "accounted_io", accounted_to_json(builder, recording));
	set(builder, coverage, "refused", refusals_to_json(recording->refused));
	set(builder, coverage, "allocators", allocators_to_json(builder, recording));
	if (recording->stacks.is_known)
		set(builder, coverage, "stacks", stack_coverage_to_json(&recording->stacks));
	set(builder, coverage, "switched", names_to_json(&recording->switched));
	set(builder, coverage, "retimed", names_to_json(&recording->retimed));
	return coverage;
}

/* NULL without memory. */
static json_t *recording_to_json(const struct recording *recording)
{
	struct builder builder = {0};
	json_t *document = json_object();

	set(&builder, document, "schema", json_string(RECORDING_SCHEMA));
	set(&builder, document, "session", session_to_json(&builder, recording));
	set(&builder, document, "calls", calls_to_json(&builder, &recording->calls));
	set(&builder, document, PROCESSES, json_array()); /* written one by one */
	if (recording->parts.n_parts)
		set(&builder, document, "parts", parts_to_json(recording));
	set(&builder, document, "unwatched", unwatched_to_json(&builder, recording));
	if (recording->n_plugins)
		set(&builder, document, "plugins", plugins_to_json(recording));
	set(&builder, document, "metrics", metric_list_to_json(&recording->metrics));
	set(&builder, document, "files", objects_to_json(&recording->files, "file"));
	set(&builder, document, "peers", objects_to_json(&recording->peers, "peer"));
	if (recording->stacks.is_known) {
		set(&builder, document, "modules", stack_modules_to_json(&recording->stacks));
		set(&builder, document, "frames", stack_frames_to_json(&recording->stacks));
	}
	set(&builder, document, "stacks", stacks_to_json(&recording->stacks));
	if (recording->stacks.is_known)
		set(&builder, document, "slow_calls", slow_calls_to_json(&recording->stacks));
	set(&builder, document, "coverage", coverage_to_json(&builder, recording));
	if (!builder.has_failed)
		return document;
	json_decref(document);
	return NULL;
}

/* 0, or -1 with errno set by the stream. */
static int write_value(FILE *file, const json_t *value)
{
	size_t flags = JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(DIGITS);

	return json_dumpf(value, file, flags);
}

/* An array is written with one element a line: a call or a process, which tools can compare by
 * lines. */
static int write_lines(FILE *file, const json_t *array)
{
	size_t n = json_array_size(array);

	for (size_t i = 0; i < n; i++) {
		fputs(i ? ",\n  " : "[\n  ", file);
		if (write_value(file, json_array_get(array, i)) < 0)
			return -1;
	}
	return fputs("\n ]", file);
}

/* Each is made and gone before the next one: hundreds of them together take long and much memory. */
static int write_processes(FILE *file, const struct recording *recording)
{
	struct builder builder = {0};

	fputc('[', file);
	for (size_t i = 0; i < recording->n_process_records; i++) {
		json_t *process = process_to_json(&builder, &recording->processes[i]);

		fputs(i ? ",\n  " : "\n  ", file);
		int status = builder.has_failed ? -1 : write_value(file, process);

		json_decref(process);
		if (builder.has_failed)
			errno = ENOMEM;
		if (status < 0)
			return -1;
	}
	return fputs(recording->n_process_records ? "\n ]" : "]", file);
}

static int write_document(FILE *file, json_t *document, const struct recording *recording)
{
	const char *separator = "{\n ";
	const char *key;
	json_t *value;

	json_object_foreach(document, key, value)
	{
		fprintf(file, "%s\"%s\": ", separator, key);
		int status = strcmp(key, PROCESSES) == 0 ? write_processes(file, recording)
			     : json_array_size(value)	 ? write_lines(file, value)
							 : write_value(file, value);

		if (status < 0)
			return -1;
		separator = ",\n ";
	}
	return fputs("\n}\n", file) < 0 ? -1 : fflush(file);
}

int recording_json_write(const struct recording *recording, FILE *file)
{
	json_t *document = recording_to_json(recording);

	if (!document)
		return -ENOMEM;
	errno = 0;
	int status = write_document(file, document, recording);

	json_decref(document);
	if (status == 0 && !ferror(file))
		return 0;
	return errno ? -errno : -EIO;
}
