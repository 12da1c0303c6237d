// SPDX-License-Identifier: MIT
/*
 * The bound of OpenTelemetry index k is 10^9 * 2^(k/8) ns. A whole number v of nanoseconds lies at
 * or below it exactly if v^8 <= 10^72 * 2^k, which big integers decide without rounding. Every
 * bucket is tested against that, and nothing else.
 */
#include "config.h"

#include "base/histogram.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "unit.h"

/* Little-endian; wide enough for UINT64_MAX^8 * 2^240, the largest product below. */
enum { BIG_WORDS = 16 };

struct big {
	uint64_t word[BIG_WORDS];
};

static void big_multiply(struct big *big, uint64_t factor)
{
	uint64_t carry = 0;

	for (int i = 0; i < BIG_WORDS; i++) {
		unsigned __int128 product = (unsigned __int128)big->word[i] * factor + carry;

		big->word[i] = (uint64_t)product;
		carry = (uint64_t)(product >> 64);
	}
	if (carry)
		abort();
}

static struct big big_power(uint64_t base, int exponent)
{
	struct big power = {.word = {1}};

	for (int i = 0; i < exponent; i++)
		big_multiply(&power, base);
	return power;
}

static bool big_is_at_most(const struct big *a, const struct big *b)
{
	for (int i = BIG_WORDS - 1; i >= 0; i--)
		if (a->word[i] != b->word[i])
			return a->word[i] < b->word[i];
	return true;
}

/* Whether ns <= 10^9 * 2^(k/8), by v^8 <= 10^72 * 2^k with the power of two on the side where it is
 * whole. */
static bool is_within(uint64_t ns, int k)
{
	struct big left = big_power(ns, 8);
	struct big right = big_power(10, 72);

	for (int i = 0; i < abs(k); i++)
		big_multiply(k < 0 ? &left : &right, 2);
	return big_is_at_most(&left, &right);
}

static int upper_index(unsigned int bucket)
{
	return (int)bucket + HISTOGRAM_FIRST_INDEX + 1;
}

/* The largest whole number of nanoseconds within the bound, found bit by bit. */
static uint64_t exact_upper_ns(int k)
{
	uint64_t ns = 0;

	for (int bit = 46; bit >= 0; bit--)
		if (is_within(ns | 1ULL << bit, k))
			ns |= 1ULL << bit;
	return ns;
}

static unsigned int exact_bucket(uint64_t ns)
{
	if (is_within(ns, HISTOGRAM_FIRST_INDEX))
		return HISTOGRAM_ZERO;
	if (!is_within(ns, upper_index(HISTOGRAM_INSIDE - 1)))
		return HISTOGRAM_OVER;
	unsigned int low = 0, high = HISTOGRAM_INSIDE - 1;
	while (low < high) {
		unsigned int middle = (low + high) / 2;

		if (is_within(ns, upper_index(middle)))
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static void check_bucket(uint64_t ns)
{
	unsigned int bucket = histogram_bucket(ns), exact = exact_bucket(ns);

	if (bucket != exact)
		printf("# %llu ns: bucket %u, should be %u\n", (unsigned long long)ns, bucket,
		       exact);
	CU_ASSERT_EQUAL(bucket, exact);
}

static void every_upper_bound_is_exact(void)
{
	for (unsigned int b = 0; b < HISTOGRAM_INSIDE; b++) {
		uint64_t exact = exact_upper_ns(upper_index(b));

		if (histogram_upper_ns(b) != exact)
			printf("# bucket %u\n", b);
		CU_ASSERT_EQUAL(histogram_upper_ns(b), exact);
	}
	CU_ASSERT_EQUAL(histogram_upper_ns(HISTOGRAM_ZERO), exact_upper_ns(HISTOGRAM_FIRST_INDEX));
	CU_ASSERT_EQUAL(histogram_upper_ns(HISTOGRAM_OVER), UINT64_MAX);
}

static void every_boundary_falls_on_its_side(void)
{
	for (unsigned int b = 0; b < HISTOGRAM_INSIDE; b++) {
		uint64_t upper = exact_upper_ns(upper_index(b));

		CU_ASSERT_EQUAL(histogram_bucket(upper), b);
		check_bucket(upper - 1);
		check_bucket(upper);
		check_bucket(upper + 1);
	}
}

static void small_durations_are_exact(void)
{
	for (uint64_t ns = 0; ns < 3000; ns++)
		check_bucket(ns);
}

/* 8,000 values with every position of the highest bit and arbitrary lower bits, the same in every
 * run. */
static void durations_of_every_size_are_exact(void)
{
	uint64_t random = 0x9e3779b97f4a7c15;

	for (int i = 0; i < 8000; i++) {
		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		check_bucket(random >> (i % 64));
	}
	check_bucket(UINT64_MAX);
}

static void whole_powers_of_two_seconds_are_inclusive(void)
{
	CU_ASSERT_EQUAL(histogram_bucket(1000000000) + HISTOGRAM_FIRST_INDEX, -1);
	CU_ASSERT_EQUAL(histogram_bucket(1000000001) + HISTOGRAM_FIRST_INDEX, 0);
	CU_ASSERT_EQUAL(histogram_bucket(1000000) + HISTOGRAM_FIRST_INDEX, -80);
	CU_ASSERT_EQUAL(histogram_bucket(16384000000000), HISTOGRAM_INSIDE - 1);
	CU_ASSERT_EQUAL(histogram_bucket(16384000000001), HISTOGRAM_OVER);
}

static void bounds_in_seconds_are_powers_of_two(void)
{
	for (unsigned int b = 0; b < HISTOGRAM_INSIDE; b++) {
		double upper = exp2(upper_index(b) / 8.0), lower = exp2((upper_index(b) - 1) / 8.0);

		CU_ASSERT_DOUBLE_EQUAL(histogram_upper_seconds(b) / upper, 1, 1e-15);
		CU_ASSERT_DOUBLE_EQUAL(histogram_lower_seconds(b) / lower, 1, 1e-15);
	}
}

/* -- Numbers: 2^((i)/8) < v <= 2^((i + 1)/8) holds exactly if m^8 <= 2^(i + 1 - 8 e) for v = m 2^e -- */

/* Whether a number is at most 2^(k/8); its mantissa is a whole number of 53 bits. */
static bool number_is_within(double number, int k)
{
	int exponent;
	uint64_t mantissa = (uint64_t)ldexp(frexp(number, &exponent), 53);
	struct big left = big_power(mantissa, 8);
	struct big right = big_power(1, 1);

	/* m^8 2^(8 (exponent - 53)) <= 2^k */
	for (int power = k - 8 * (exponent - 53); power > 0; power--)
		big_multiply(&right, 2);
	return big_is_at_most(&left, &right);
}

static void check_number(double number)
{
	int index = histogram_index(number);

	if (!number_is_within(number, index + 1) || number_is_within(number, index))
		printf("# %a: index %d\n", number, index);
	CU_ASSERT(number_is_within(number, index + 1));
	CU_ASSERT(!number_is_within(number, index));
}

static void every_number_falls_into_its_exact_bucket(void)
{
	for (int k = -400; k <= 400; k++) {
		double bound = exp2(k / 8.0);

		check_number(bound);
		check_number(nextafter(bound, 0));
		check_number(nextafter(bound, INFINITY));
	}
	check_number(0x1p-1022);
	check_number(1.7976931348623157e308);
}

static void numbers_outside_all_buckets_have_two_of_their_own(void)
{
	int first = HISTOGRAM_FIRST_OF_NUMBERS;

	CU_ASSERT_EQUAL(histogram_bucket_of_number(0, first), HISTOGRAM_ZERO);
	CU_ASSERT_EQUAL(histogram_bucket_of_number(0x1p-1074, first), HISTOGRAM_ZERO);
	CU_ASSERT_EQUAL(histogram_bucket_of_number(0x1p-10, first), HISTOGRAM_ZERO);
	CU_ASSERT_EQUAL(histogram_bucket_of_number(nextafter(0x1p-10, 1), first), 0);
	CU_ASSERT_EQUAL(histogram_bucket_of_number(1, first), 79);
	CU_ASSERT_EQUAL(histogram_bucket_of_number(0x1p30, first), HISTOGRAM_INSIDE - 1);
	CU_ASSERT_EQUAL(histogram_bucket_of_number(nextafter(0x1p30, INFINITY), first),
			HISTOGRAM_OVER);
}

static void a_duration_has_one_bucket_whether_in_ns_or_in_seconds(void)
{
	for (unsigned int b = 0; b < HISTOGRAM_INSIDE; b += 7)
		CU_ASSERT_EQUAL(histogram_bucket_of_number((double)histogram_upper_ns(b) * 1e-9,
							   HISTOGRAM_FIRST_INDEX),
				b);
}

UNIT_MAIN("histogram", {"every bucket's upper bound is the exact one", every_upper_bound_is_exact},
	  {"a duration at a boundary, or 1 ns beside it, falls on its side",
	   every_boundary_falls_on_its_side},
	  {"every duration up to 3 us falls into its exact bucket", small_durations_are_exact},
	  {"durations of every size fall into their exact bucket",
	   durations_of_every_size_are_exact},
	  {"a power of two seconds is inside the bucket below it",
	   whole_powers_of_two_seconds_are_inclusive},
	  {"every number falls into its exact bucket", every_number_falls_into_its_exact_bucket},
	  {"numbers outside all buckets have two of their own",
	   numbers_outside_all_buckets_have_two_of_their_own},
	  {"a duration has one bucket, whether in ns or in seconds",
	   a_duration_has_one_bucket_whether_in_ns_or_in_seconds},
	  {"bounds in seconds are eighths of powers of two", bounds_in_seconds_are_powers_of_two})
