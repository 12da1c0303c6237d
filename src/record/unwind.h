// SPDX-License-Identifier: MIT
/*
 * unwind.h - walking up the stack of the calling thread.
 *
 *     struct unwind unwind;
 *
 *     UNWIND_BEGIN(&unwind, cache);
 *     while (unwind_step(&unwind))
 *             ... unwind.address, in unwind.object if unwind.has_object
 *
 * Everything that is read lies on the stack or in tables that are mapped. A page of stack that the walk has not been
 * on yet is asked for first, by a system call that reads from it and does nothing; so a walk that is led astray
 * ends, and never faults. No lock, no allocation, errno untouched: safe wherever a call can be made.
 */
#ifndef SONDE_RECORD_UNWIND_H
#define SONDE_RECORD_UNWIND_H

#include "record/code-object.h"
#include "record/unwind-table.h"

#include <stdbool.h>
#include <stdint.h>

enum { UNWIND_CACHE_ENTRIES = 2048 };

/*
 * What steps from places that were walked before are like. Threads share it without a lock: an entry that two write at
 * once, or of an object that is another by now, is seen not to fit. All zero is empty.
 */
struct unwind_cache {
	struct {
		uint64_t key; /* xor step */
		uint64_t step;
	} entries[UNWIND_CACHE_ENTRIES];
};

struct unwind {
	uintptr_t address;       /* where the frame goes on, or is: */
	bool is_exact;           /* it was interrupted there; the instruction before has called nobody */
	bool has_object;
	struct code_object object; /* that the address is in */
	uintptr_t stack_pointer;
	uintptr_t frame_pointer;
	uintptr_t link;          /* the register with the return address, where there is one; 0: not known */
	struct unwind_cache *cache;
	uintptr_t readable_from; /* pages of stack that are known to be there */
	uintptr_t readable_to;
	bool may_ask;            /* the kernel, about others */
};

/* Begins in the function that this stands in. */
#if defined(__x86_64__)
#define UNWIND_BEGIN(unwind, known_steps)                                                         \
	do {                                                                                      \
		uintptr_t ip_, sp_, fp_;                                                          \
                                                                                                  \
		__asm__ volatile("leaq 0(%%rip), %0\n\tmovq %%rsp, %1\n\tmovq %%rbp, %2"          \
				 : "=&r"(ip_), "=&r"(sp_), "=&r"(fp_));                           \
		unwind_begin(unwind, known_steps, ip_, sp_, fp_, 0);                              \
	} while (0)
#else
#define UNWIND_BEGIN(unwind, known_steps)                                                         \
	do {                                                                                      \
		uintptr_t ip_, sp_, fp_, lr_;                                                     \
                                                                                                  \
		__asm__ volatile("adr %0, .\n\tmov %1, sp\n\tmov %2, x29\n\tmov %3, x30"          \
				 : "=&r"(ip_), "=&r"(sp_), "=&r"(fp_), "=&r"(lr_));               \
		unwind_begin(unwind, known_steps, ip_, sp_, fp_, lr_);                            \
	} while (0)
#endif

void unwind_begin(struct unwind *unwind, struct unwind_cache *cache, uintptr_t address, uintptr_t stack_pointer,
		  uintptr_t frame_pointer, uintptr_t link) HIDDEN;

/* On to the caller. False: there is none, or it cannot be found. */
bool unwind_step(struct unwind *unwind) HIDDEN;

/*
 * The same within one object, which costs less. False, too, where the caller is of another one: its address is known then,
 * and no step leads on.
 */
bool unwind_step_within(struct unwind *unwind) HIDDEN;

/* The address, as that of an instruction that was being executed. */
static inline uintptr_t unwind_place(const struct unwind *unwind)
{
	return unwind->address - !unwind->is_exact;
}

#endif
