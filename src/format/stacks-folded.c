// SPDX-License-Identifier: MIT
#include "config.h"

#include "format/stacks-folded.h"

#include "format/text-sink.h"
#include "model/stack-name.h"

/* A name may have spaces, but not what ends it. */
static void add_name(struct text_sink *out, const char *name)
{
	for (; *name; name++)
		text_sink_add_char(out, *name == ';' || (unsigned char)*name < ' ' ? '_' : *name);
}

static void add_frame(struct text_sink *out, const struct stack_list *list, const struct stack_frame *frame)
{
	char name[FRAME_NAME_SIZE];

	for (size_t i = stack_frame_n_names(frame); i-- > 0;) {
		text_sink_add_char(out, ';');
		add_name(out, stack_frame_function(list, frame, i, name));
	}
}

static void add_call(struct text_sink *out, const struct stack_record *stack)
{
	text_sink_add_char(out, ';');
	add_name(out, stack->call);
	if (!stack->code)
		return;
	text_sink_add(out, " [");
	add_name(out, stack->code);
	text_sink_add(out, "]");
}

int stacks_folded_write(const struct recording *recording, enum stack_value value, const struct format_sink *sink)
{
	const struct stack_list *list = &recording->stacks;
	struct text_sink out;

	text_sink_init(&out, sink);
	for (size_t i = 0; i < list->n_stacks; i++) {
		const struct stack_record *stack = &list->stacks[i];
		uint64_t amount = stack_value_of(stack, value);

		if (!amount)
			continue;
		text_sink_add(&out, stack_kind_name(stack->kind));
		if (stack->is_cut)
			text_sink_add(&out, ";...");
		for (size_t frame = stack->n_frames; frame-- > 0;)
			add_frame(&out, list, &list->frames[stack->frames[frame]]);
		add_call(&out, stack);
		text_sink_add_char(&out, ' ');
		text_sink_add_count(&out, amount);
		text_sink_add_char(&out, '\n');
	}
	return text_sink_end(&out);
}
