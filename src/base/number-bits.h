// SPDX-License-Identifier: MIT
/*
 * number-bits.h - floating-point numbers in words of 64 bits.
 */
#ifndef SONDE_BASE_NUMBER_BITS_H
#define SONDE_BASE_NUMBER_BITS_H

#include <stdint.h>

union number_bits {
	double number;
	uint64_t bits;
};

static inline uint64_t bits_of(double number)
{
	return ((union number_bits){.number = number}).bits;
}

static inline double number_of(uint64_t bits)
{
	return ((union number_bits){.bits = bits}).number;
}

#endif
