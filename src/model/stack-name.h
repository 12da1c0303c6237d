// SPDX-License-Identifier: MIT
/*
 * stack-name.h - frames of stacks by name, and which of them is meant when one is to stand for a stack.
 */
#ifndef SONDE_MODEL_STACK_NAME_H
#define SONDE_MODEL_STACK_NAME_H

#include "model/stack-list.h"

enum { FRAME_NAME_SIZE = 512 };

/* How many names a frame has: one for each function that was inlined, at least one. */
size_t stack_frame_n_names(const struct stack_frame *frame);

/* The function, or "libfoo.so+0x1234"; the innermost is number 0. Returns ret_name. */
const char *stack_frame_function(const struct stack_list *list, const struct stack_frame *frame, size_t number,
				 char ret_name[FRAME_NAME_SIZE]);

/* " file.c:12", without its folder; "" where that is not known. Returns ret_place. */
const char *stack_frame_place(const struct stack_frame *frame, size_t number, char ret_place[FRAME_NAME_SIZE]);

/* Function and place. */
const char *stack_frame_site(const struct stack_list *list, const struct stack_frame *frame, size_t number,
			     char ret_name[FRAME_NAME_SIZE]);

/* The position in stack->frames of the first frame that is not in the C or C++ library; 0 where all are. */
size_t stack_site_position(const struct stack_list *list, const struct stack_record *stack);

#endif
