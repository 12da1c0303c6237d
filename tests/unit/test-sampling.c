// SPDX-License-Identifier: MIT
/*
 * All random numbers, in even steps, take the place of chance: averages over them are what is expected.
 */
#include "config.h"

#include "record/sampling.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>

#include "unit.h"

enum { STEPS = 100000 };

static const uint64_t periods[] = {2, 1000, 64 * 1024, 512 * 1024, UINT64_C(1) << 40};
static const uint64_t sizes[] = {1, 7, 100, 4096, 100000, 3 * 1024 * 1024, UINT64_C(1) << 42};

static uint64_t number(unsigned int step)
{
	return (UINT64_MAX / STEPS) * step + UINT64_MAX / STEPS / 2;
}

static bool is_near(double value, double expected, double error)
{
	return fabs(value - expected) <= error;
}

static double probability(uint64_t size, uint64_t period)
{
	return -expm1(-(double)size / (double)period);
}

static double mean_weight(uint64_t size, uint64_t period, uint64_t scale)
{
	double sum = 0;

	for (unsigned int i = 0; i < STEPS; i++)
		sum += (double)sampling_weight(size, period, scale, number(i));
	return sum / STEPS;
}

static void weights_are_right_on_average(void)
{
	for (unsigned int i = 0; i < sizeof(periods) / sizeof(*periods); i++)
		for (unsigned int j = 0; j < sizeof(sizes) / sizeof(*sizes); j++) {
			double expected = 256 / probability(sizes[j], periods[i]);
			double mean = mean_weight(sizes[j], periods[i], 256);

			if (!is_near(mean / expected, 1, 1e-6))
				printf("# %llu of %llu: %f, expected %f\n", (unsigned long long)sizes[j],
				       (unsigned long long)periods[i], mean, expected);
			CU_ASSERT(is_near(mean / expected, 1, 1e-6));
		}
}

static void blocks_are_drawn_as_often_as_their_weight_says(void)
{
	for (unsigned int i = 0; i < sizeof(periods) / sizeof(*periods); i++)
		for (unsigned int j = 0; j < sizeof(sizes) / sizeof(*sizes); j++) {
			unsigned int n_drawn = 0;

			for (unsigned int k = 0; k < STEPS; k++)
				n_drawn += sampling_gap(number(k), periods[i]) <= sizes[j];
			CU_ASSERT(is_near((double)n_drawn / STEPS, probability(sizes[j], periods[i]), 2.0 / STEPS));
		}
}

static void each_block_stands_for_itself_at_period_1(void)
{
	CU_ASSERT_EQUAL(sampling_weight(100, 1, 100, UINT64_MAX), 100);
	CU_ASSERT_EQUAL(sampling_weight(0, 1, 256, 0), 256);
}

UNIT_MAIN("sampling",
	  {"a block that is drawn stands for as many as it should, on average", weights_are_right_on_average},
	  {"blocks are drawn as often as their weight says", blocks_are_drawn_as_often_as_their_weight_says},
	  {"where every block is followed, each stands for itself", each_block_stands_for_itself_at_period_1})
