// SPDX-License-Identifier: MIT
/*
 * Instants are in microseconds from the start of the run, with nanoseconds behind the point, written as integers: numbers
 * of such a size lose digits as floating point.
 */
#include "config.h"

#include "format/stacks-chrome.h"

#include <inttypes.h>
#include <stdio.h>

#include "format/json-output.h"
#include "model/stack-name.h"

/* "1234.567", from nanoseconds. */
static void put_microseconds(struct json_output *output, uint64_t ns)
{
	char text[40];

	snprintf(text, sizeof(text), "%" PRIu64 ".%03u", ns / 1000, (unsigned int)(ns % 1000));
	json_put(output, text);
}

static void put_field(struct json_output *output, const char *key, const char *text)
{
	json_put(output, key);
	json_put_string(output, text);
}

static void put_stack(struct json_output *output, const struct stack_list *list, const struct stack_record *stack)
{
	char name[FRAME_NAME_SIZE];
	const char *separator = "";

	for (size_t i = 0; i < stack->n_frames; i++) {
		const struct stack_frame *frame = &list->frames[stack->frames[i]];

		for (size_t n = 0; n < stack_frame_n_names(frame); n++) {
			json_put(output, separator);
			json_put_string(output, stack_frame_site(list, frame, n, name));
			separator = ",";
		}
	}
}

static void put_call(struct json_output *output, const struct recording *recording, const struct slow_call *call)
{
	const struct stack_list *list = &recording->stacks;
	const struct stack_record *stack = &list->stacks[call->stack];
	int64_t since_start = call->start_ns - recording->started_ns;

	put_field(output, "{\"ph\":\"X\",\"cat\":\"slow\",\"name\":", stack->call);
	json_put(output, ",\"pid\":");
	json_put_integer(output, call->pid);
	json_put(output, ",\"tid\":");
	json_put_integer(output, call->tid);
	json_put(output, ",\"ts\":");
	put_microseconds(output, since_start > 0 ? (uint64_t)since_start : 0);
	json_put(output, ",\"dur\":");
	put_microseconds(output, call->ns);
	json_put(output, ",\"args\":{");
	if (stack->code) {
		put_field(output, "\"errno\":", stack->code);
		json_put(output, ",");
	}
	json_put(output, "\"stack\":[");
	put_stack(output, list, stack);
	json_put(output, "]}}");
}

static void put_process(struct json_output *output, const struct process_record *process)
{
	json_put(output, "{\"ph\":\"M\",\"name\":\"process_name\",\"pid\":");
	json_put_integer(output, process->pid);
	put_field(output, ",\"args\":{\"name\":", process->command ? process->command : "");
	json_put(output, "}}");
}

int stacks_chrome_write(const struct recording *recording, const struct format_sink *sink)
{
	const struct stack_list *list = &recording->stacks;
	struct json_output output = json_output_init(sink);
	const char *separator = "\n";

	json_put(&output, "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[");
	for (size_t i = 0; i < recording->n_process_records; i++, separator = ",\n") {
		json_put(&output, separator);
		put_process(&output, recording->processes[i]);
	}
	for (size_t i = 0; i < list->n_slow_calls; i++, separator = ",\n") {
		json_put(&output, separator);
		put_call(&output, recording, &list->slow_calls[i]);
	}
	json_put(&output, "\n]}\n");
	return json_output_finish(&output);
}
