// SPDX-License-Identifier: MIT
#include "config.h"

#include "format/recording-json-process.h"

#include "format/json-fields.h"
#include "format/recording-json-calls.h"
#include "format/recording-json-coverage.h"
#include "format/recording-json-parts.h"

void exit_to_json(struct json_output *output, struct exit_info exit)
{
	if (exit.kind == EXIT_UNKNOWN) {
		json_put(output, "null");
		return;
	}
	json_put(output, "{");
	if (exit.kind == EXIT_STATUS)
		json_field_integer(output, "status", exit.value);
	else if (exit.kind == EXIT_SIGNAL)
		json_field_integer(output, "signal", exit.value);
	else
		json_field_boolean(output, "executed", true);
	json_put(output, "}");
}

void waiting_to_json(struct json_output *output, const uint64_t *waiting_ns)
{
	json_put(output, "{");
	for (unsigned int i = WAIT_NONE + 1; i < WAIT_CLASSES; i++)
		json_field_seconds(output, wait_class_name(i), waiting_ns[i]);
	json_put(output, "}");
}

static void put_description(struct json_output *output, const struct process_record *process)
{
	json_field_integer(output, "pid", process->pid);
	json_field_integer(output, "ppid", process->parent_pid);
	if (process->run)
		json_field_integer(output, "run", process->run);
	json_field_text(output, "executable", process->executable);
	json_field_text(output, "command", process->command);
	json_field_text(output, "allocator", process->allocator);
	json_field_text(output, "test", process->test);
	json_put_key(output, "labels");
	labels_to_json(output, process->labels.labels, process->labels.n_labels);
}

void process_to_json(struct json_output *output, const struct process_record *process)
{
	json_put(output, "{");
	put_description(output, process);
	json_field_instant(output, "started", process->started_ns);
	json_field_seconds(output, "wall_seconds", process->wall_ns);
	json_put_key(output, "exit");
	exit_to_json(output, process->exit);
	json_field_boolean(output, "running", process->is_running);
	json_field_count(output, "threads", process->n_threads);
	if (process->has_waiting) {
		json_put_key(output, "waiting");
		waiting_to_json(output, process->waiting_ns);
	}
	json_put_key(output, "memory");
	memory_to_json(output, &process->memory);
	json_put_key(output, "coverage");
	process_coverage_to_json(output, &process->coverage);
	json_field_open(output, "calls", "[");
	for (size_t i = 0; i < process->calls.n_calls; i++) {
		json_put_comma(output);
		call_to_json(output, &process->calls.calls[i]);
	}
	json_put(output, "]}");
}
