// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/stack-name.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

size_t stack_frame_n_names(const struct stack_frame *frame)
{
	return frame->n_symbols ? frame->n_symbols : 1;
}

static const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

const char *stack_frame_function(const struct stack_list *list, const struct stack_frame *frame, size_t number,
				 char ret_name[FRAME_NAME_SIZE])
{
	if (number < frame->n_symbols)
		snprintf(ret_name, FRAME_NAME_SIZE, "%s", frame->symbols[number].function);
	else if (frame->module < list->n_modules)
		snprintf(ret_name, FRAME_NAME_SIZE, "%s+0x%" PRIx64, file_name(list->modules[frame->module].path),
			 frame->place);
	else
		snprintf(ret_name, FRAME_NAME_SIZE, "0x%" PRIx64, frame->place);
	return ret_name;
}

const char *stack_frame_place(const struct stack_frame *frame, size_t number, char ret_place[FRAME_NAME_SIZE])
{
	const struct stack_symbol *symbol = number < frame->n_symbols ? &frame->symbols[number] : NULL;

	*ret_place = '\0';
	if (symbol && symbol->file)
		snprintf(ret_place, FRAME_NAME_SIZE, " %s:%u", file_name(symbol->file), symbol->line);
	return ret_place;
}

const char *stack_frame_site(const struct stack_list *list, const struct stack_frame *frame, size_t number,
			     char ret_name[FRAME_NAME_SIZE])
{
	char place[FRAME_NAME_SIZE];
	size_t length = strlen(stack_frame_function(list, frame, number, ret_name));

	snprintf(ret_name + length, FRAME_NAME_SIZE - length, "%s", stack_frame_place(frame, number, place));
	return ret_name;
}

static bool is_of_library(const struct stack_list *list, const struct stack_frame *frame)
{
	static const char *const libraries[] = {
		"libc.so.", "libc-2.", "ld-linux", "libstdc++.so.", "libc++.so.", "libc++abi.so.", "libgcc_s.so.",
		"libpthread",
	};

	if (frame->module >= list->n_modules)
		return false;
	const char *name = file_name(list->modules[frame->module].path);

	for (size_t i = 0; i < sizeof(libraries) / sizeof(libraries[0]); i++)
		if (strncmp(name, libraries[i], strlen(libraries[i])) == 0)
			return true;
	return false;
}

size_t stack_site_position(const struct stack_list *list, const struct stack_record *stack)
{
	for (size_t i = 0; i < stack->n_frames; i++)
		if (!is_of_library(list, &list->frames[stack->frames[i]]))
			return i;
	return 0;
}
