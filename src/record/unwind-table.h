// SPDX-License-Identifier: MIT
/*
 * unwind-table.h - how to get from a place in a function to its caller, as the compiler wrote it down.
 *
 * The tables are those that C++ exceptions use (.eh_frame_hdr and .eh_frame, in the format of DWARF's call frame
 * information). They are read where the loader has mapped them: no lock, no allocation, no system call, and
 * less than a kilobyte of stack, so that this is safe in a signal handler, in the loader and on a small stack.
 *
 * Of the registers only three are followed: the stack pointer, the frame pointer and the return address. That is enough
 * for what compilers make; what assembly does beyond that ends a stack.
 */
#ifndef SONDE_RECORD_UNWIND_TABLE_H
#define SONDE_RECORD_UNWIND_TABLE_H

#include "base/compiler.h"

#include <stdbool.h>
#include <stdint.h>

/* The registers that are followed, by their numbers in DWARF. */
enum unwind_register {
#if defined(__x86_64__)
	UNWIND_FRAME_POINTER = 6,
	UNWIND_STACK_POINTER = 7,
	UNWIND_RETURN_ADDRESS = 16,
#else
	UNWIND_FRAME_POINTER = 29,
	UNWIND_RETURN_ADDRESS = 30,
	UNWIND_STACK_POINTER = 31,
#endif
};

/* Where the caller's value of a register is. */
enum unwind_place {
	PLACE_REGISTER,         /* still there */
	PLACE_MEMORY,           /* at CFA + offset */
	PLACE_MEMORY_COMPUTED,  /* where the expression says */
	PLACE_VALUE,            /* it is CFA + offset */
	PLACE_VALUE_COMPUTED,
	PLACE_NOWHERE,          /* there is no caller, or it cannot be known */
};

struct unwind_value {
	enum unwind_place place;
	int64_t offset;
	const uint8_t *expression; /* with its length before it */
};

/* What holds at one place of a function. */
struct unwind_row {
	uint64_t cfa_register;  /* the canonical frame address is its value + offset, */
	int64_t cfa_offset;
	const uint8_t *cfa_expression; /* or, if this is not NULL, what it says */
	struct unwind_value frame_pointer;
	struct unwind_value return_address;
	bool is_signal;         /* the caller was interrupted there, and did not call */
	bool has_signed_address; /* the return address has an authentication code in it */
};

/*
 * Looks an address up in the tables of its object, which begin at `header` (.eh_frame_hdr). False: they say nothing of it, or
 * not in a way that we know.
 */
bool unwind_find_row(const uint8_t *header, uintptr_t address, struct unwind_row *ret_row) HIDDEN;

#endif
