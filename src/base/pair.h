// SPDX-License-Identifier: MIT
/*
 * pair.h - two words that change together, written by any thread.
 *
 * Each change is one instruction, or one that is tried until it succeeds, so writers need no lock
 * and a signal handler may interrupt another writer. A reader in another process copies the words
 * one by one: while they change he may have the one of a change and the other of that before it.
 */
#ifndef SONDE_BASE_PAIR_H
#define SONDE_BASE_PAIR_H

#include <stdbool.h>
#include <stdint.h>

struct pair {
	uint64_t first;
	uint64_t second;
} __attribute__((aligned(16)));

/* As it may have been: to be tried with pair_replace(). */
static inline struct pair pair_guess(const struct pair *pair)
{
	return (struct pair){
		__atomic_load_n(&pair->first, __ATOMIC_RELAXED),
		__atomic_load_n(&pair->second, __ATOMIC_RELAXED),
	};
}

/* Stores desired if the pair still is *expected, and tells whether it did; else *expected is what
 * it is. */
static inline bool pair_replace(struct pair *pair, struct pair *expected, struct pair desired)
{
	bool is_done;
#if defined(__x86_64__)
	__asm__("lock cmpxchg16b %0"
		: "+m"(*pair), "=@ccz"(is_done), "+a"(expected->first), "+d"(expected->second)
		: "b"(desired.first), "c"(desired.second));
#elif defined(__aarch64__)
	uint64_t first, second;
	uint32_t has_failed;

	do {
		__asm__ volatile("ldaxp %0, %1, %2"
				 : "=&r"(first), "=&r"(second)
				 : "Q"(*pair)
				 : "memory");
		is_done = first == expected->first && second == expected->second;
		/* Also what was only read is stored: the two loads are one if the store succeeds.
		 */
		__asm__ volatile("stlxp %w0, %2, %3, %1"
				 : "=&r"(has_failed), "=Q"(*pair)
				 : "r"(is_done ? desired.first : first),
				   "r"(is_done ? desired.second : second)
				 : "memory");
	} while (has_failed);
	expected->first = first;
	expected->second = second;
#else
#error "this machine needs a way to change two words at once"
#endif
	return is_done;
}

#endif
