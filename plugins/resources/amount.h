// SPDX-License-Identifier: MIT
/*
 * amount.h - sums and differences of whatever stands in a file: they stop at the ends of the range.
 */
#ifndef SONDE_RESOURCES_AMOUNT_H
#define SONDE_RESOURCES_AMOUNT_H

#include <stdint.h>

static inline uint64_t amount_minus(uint64_t left, uint64_t right)
{
	return left > right ? left - right : 0;
}

static inline uint64_t amount_plus(uint64_t left, uint64_t right)
{
	return left > UINT64_MAX - right ? UINT64_MAX : left + right;
}

static inline uint64_t amount_times(uint64_t left, uint64_t right)
{
	return right && left > UINT64_MAX / right ? UINT64_MAX : left * right;
}

#endif
