// SPDX-License-Identifier: MIT
/*
 * resolve.h - the real functions behind our wrappers.
 *
 * REAL(read) is a pointer to the read that the program would have called without us: the first one in
 * the start-up objects that follow ours, so that other preloaded libraries and the program's own allocator
 * stay in the chain. It is looked up when it is first called.
 */
#ifndef SONDE_PRELOAD_RESOLVE_H
#define SONDE_PRELOAD_RESOLVE_H

#include "preload/symbols.gen.h" /* enum symbol: SYMBOL_read, SYMBOL___read_chk, ..., SYMBOL_COUNT */

/* By enum symbol, as in "glob" or "glob@GLIBC_2.2.5". No pointers: the loader would have to relocate them in every process. */
extern const char symbol_names[SYMBOL_COUNT][SYMBOL_NAME_SIZE]
	__attribute__((visibility("hidden")));

/* By enum symbol; NULL until first used. Relaxed atomics: every thread would store the same value. */
extern void *resolved_symbols[] __attribute__((visibility("hidden")));

/*
 * Looks a symbol up, remembers and returns it. Takes no lock and allocates nothing. When no object has
 * it, returns a function that does nothing but set errno to ENOSYS and return -1.
 */
void *resolve_symbol(enum symbol symbol) __attribute__((visibility("hidden"), cold));

/* To be called once, early: a page that is read before it is written faults twice. */
void resolve_begin(void) __attribute__((visibility("hidden")));

/* Whether libc (or another object that follows ours) has the symbol. */
_Bool symbol_exists(enum symbol symbol) __attribute__((visibility("hidden"), cold));

static inline void *resolved_symbol(enum symbol symbol)
{
	void *address = __atomic_load_n(&resolved_symbols[symbol], __ATOMIC_RELAXED);

	return __builtin_expect(address != 0, 1) ? address : resolve_symbol(symbol);
}

/*
 * A pointer to the real function of that name, if the object that has it also has `beside`: two functions that
 * work on one thing must come from one hand. NULL otherwise. `found` remembers.
 */
void *resolve_beside(void **found, enum symbol symbol, enum symbol beside)
	__attribute__((visibility("hidden"), cold));

#define RESOLVED_NONE ((void *)1)

static inline void *resolved_beside(void **found, enum symbol symbol, enum symbol beside)
{
	void *address = __atomic_load_n(found, __ATOMIC_RELAXED);

	if (__builtin_expect(!address, 0))
		address = resolve_beside(found, symbol, beside);
	return address == RESOLVED_NONE ? 0 : address;
}

/* The same, but NULL until it has been looked up. */
static inline void *found_beside(void **found)
{
	void *address = __atomic_load_n(found, __ATOMIC_RELAXED);

	return __builtin_expect(address > RESOLVED_NONE, 1) ? address : 0;
}

#define REAL_BESIDE(found, name, beside)                                                          \
	((__typeof__(&name))resolved_beside(found, SYMBOL_##name, SYMBOL_##beside))

/* The same, but NULL until it has been looked up. */
#define RESOLVED(name)                                                                            \
	((__typeof__(&general_##name))__atomic_load_n(&resolved_symbols[SYMBOL_##name], __ATOMIC_RELAXED))

#define REAL(name) ((__typeof__(&name))resolved_symbol(SYMBOL_##name))

#endif
