// SPDX-License-Identifier: MIT
/*
 * unwind-expression.h - the small computations that unwind tables may contain.
 *
 * Compilers use them where a function aligns its stack; libc for the frame that the kernel makes for a signal handler;
 * linkers for the entries of a procedure linkage table. What is needed for those is known, anything else ends the stack.
 */
#ifndef SONDE_RECORD_UNWIND_EXPRESSION_H
#define SONDE_RECORD_UNWIND_EXPRESSION_H

#include "base/compiler.h"

#include <stdbool.h>
#include <stdint.h>

struct unwind_machine {
	struct {
		uintptr_t stack_pointer;
		uintptr_t frame_pointer;
		uintptr_t address;
	} registers;
	bool (*read_word)(void *context, uintptr_t address, uintptr_t *ret_value);
	void *context;
};

/*
 * Computes an expression, which has its length before it. `initial` is what it begins with; NULL: with nothing. False:
 * it cannot be computed.
 */
bool unwind_evaluate(const struct unwind_machine *machine, const uint8_t *expression, const uintptr_t *initial,
		     uintptr_t *ret_value) HIDDEN;

#endif
