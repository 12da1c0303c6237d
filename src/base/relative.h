// SPDX-License-Identifier: MIT
/*
 * relative.h - references between records of a region file.
 *
 * A region is mapped at another address in every process, so its records refer to each other by the
 * distance from the reference itself to its target; 0 is "none". The writer follows one with a single
 * add; a reader that does not trust the file checks the distance before it follows it (model/region.c).
 */
#ifndef SONDE_BASE_RELATIVE_H
#define SONDE_BASE_RELATIVE_H

#include "base/owner.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes from this word to the target, or 0. */
typedef int32_t relative;

static inline void *relative_follow(const relative *reference, relative distance)
{
	return distance ? (char *)reference + distance : NULL;
}

static inline relative relative_to(const relative *reference, const void *target)
{
	return target ? (relative)((const char *)target - (const char *)reference) : 0;
}

/* Acquire: pairs with the publishing store of relative_publish(). */
static inline void *relative_get(const relative *reference)
{
	return relative_follow(reference, __atomic_load_n(reference, __ATOMIC_ACQUIRE));
}

/*
 * Refers to target, whose record is complete, if the reference still has the distance `expected`;
 * tells whether it did. Only the owner of the thread block that holds the reference may call it.
 */
static inline bool relative_publish(relative *reference, relative expected, const void *target)
{
	return owner_replace32(reference, expected, relative_to(reference, target));
}

#endif
