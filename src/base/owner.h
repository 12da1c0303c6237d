// SPDX-License-Identifier: MIT
/*
 * owner.h - updates of words that one thread writes and any process may read.
 *
 * A thread block is written by its owner only, so an update needs no lock and no lock prefix. It must
 * still not be lost to a signal handler that runs on the same thread between the load and the store of
 * a counter: on x86-64 each update here is one instruction, and the kernel delivers signals between
 * instructions only. A vfork child borrows its parent's thread and so counts as the owner. Elsewhere a
 * relaxed atomic read-modify-write gives the same.
 *
 * Readers in other processes load the words with relaxed atomics; aligned 64-bit stores do not tear.
 */
#ifndef SONDE_BASE_OWNER_H
#define SONDE_BASE_OWNER_H

#include <stdbool.h>
#include <stdint.h>

static inline void owner_add(uint64_t *word, uint64_t amount)
{
#if defined(__x86_64__)
	__asm__("addq %1, %0" : "+m"(*word) : "er"(amount) : "cc");
#else
	__atomic_fetch_add(word, amount, __ATOMIC_RELAXED);
#endif
}

/* The same, and tells whether the sum was too large for a word. */
static inline bool owner_add_carries(uint64_t *word, uint64_t amount)
{
#if defined(__x86_64__)
	bool has_carried;

	__asm__("addq %2, %0" : "+m"(*word), "=@ccc"(has_carried) : "er"(amount));
	return has_carried;
#else
	return __atomic_fetch_add(word, amount, __ATOMIC_RELAXED) > UINT64_MAX - amount;
#endif
}

/* Adds and returns the value before. */
static inline uint32_t owner_fetch_add(uint32_t *word, uint32_t amount)
{
#if defined(__x86_64__)
	__asm__("xaddl %1, %0" : "+m"(*word), "+r"(amount) : : "cc");
	return amount;
#else
	return __atomic_fetch_add(word, amount, __ATOMIC_RELAXED);
#endif
}

/* Stores desired if the word still holds expected; tells whether it did. */
static inline bool owner_replace32(int32_t *word, int32_t expected, int32_t desired)
{
#if defined(__x86_64__)
	bool is_done;

	/* The clobber keeps the stores that fill a record before the one that publishes it. */
	__asm__("cmpxchgl %3, %0"
		: "+m"(*word), "=@ccz"(is_done), "+a"(expected)
		: "r"(desired)
		: "memory");
	return is_done;
#else
	return __atomic_compare_exchange_n(word, &expected, desired, false, __ATOMIC_RELEASE,
					   __ATOMIC_RELAXED);
#endif
}

static inline bool owner_replace64(uint64_t *word, uint64_t expected, uint64_t desired)
{
#if defined(__x86_64__)
	bool is_done;

	__asm__("cmpxchgq %3, %0"
		: "+m"(*word), "=@ccz"(is_done), "+a"(expected)
		: "r"(desired)
		: "memory");
	return is_done;
#else
	return __atomic_compare_exchange_n(word, &expected, desired, false, __ATOMIC_RELAXED,
					   __ATOMIC_RELAXED);
#endif
}

/* The word becomes the smaller of itself and value; a handler's smaller value in between survives. */
static inline void owner_min(uint64_t *word, uint64_t value)
{
	uint64_t seen = __atomic_load_n(word, __ATOMIC_RELAXED);

	while (value < seen && !owner_replace64(word, seen, value))
		seen = __atomic_load_n(word, __ATOMIC_RELAXED);
}

static inline void owner_max(uint64_t *word, uint64_t value)
{
	uint64_t seen = __atomic_load_n(word, __ATOMIC_RELAXED);

	while (value > seen && !owner_replace64(word, seen, value))
		seen = __atomic_load_n(word, __ATOMIC_RELAXED);
}

#endif
