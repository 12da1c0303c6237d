// SPDX-License-Identifier: MIT
/*
 * sampling.h - drawing a sample of allocations, by size, so that sums over it are right on average.
 *
 * Think of all bytes that a thread allocates as one line with points strewn over it at random, one in `period` bytes on
 * average (a Poisson process). A block is drawn if a point lies in it: with the probability 1 - exp(-size / period). It then
 * stands for 1 / that many blocks of its size. As in tcmalloc and jemalloc.
 */
#ifndef SONDE_RECORD_SAMPLING_H
#define SONDE_RECORD_SAMPLING_H

#include "base/compiler.h"

#include <stdint.h>

/* Bytes to the next point, from a random number: exponentially distributed with the mean `period`. */
uint64_t sampling_gap(uint64_t random, uint64_t period) HIDDEN;

/* How many blocks of a size one that was drawn stands for, times `scale`: a whole number that is right on average. */
uint64_t sampling_weight(uint64_t size, uint64_t period, uint64_t scale, uint64_t random) HIDDEN;

#endif
