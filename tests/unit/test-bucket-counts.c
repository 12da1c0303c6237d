// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/bucket-counts.h"

#include "unit.h"

#include "base/histogram.h"

static void an_empty_histogram_has_nothing_in_any_bucket(void)
{
	struct bucket_counts counts = {0};

	for (unsigned int i = 0; i < HISTOGRAM_BUCKETS; i++)
		CU_ASSERT_EQUAL(bucket_counts_get(&counts, i), 0);
	CU_ASSERT_EQUAL(bucket_counts_add(&counts, 100, 0), 0);
	CU_ASSERT_PTR_NULL(counts.inside);
	bucket_counts_deinit(&counts);
}

static void every_bucket_counts_for_itself(void)
{
	for (unsigned int bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
		struct bucket_counts counts = {0};

		CU_ASSERT_EQUAL(bucket_counts_add(&counts, bucket, bucket + 1), 0);
		for (unsigned int i = 0; i < HISTOGRAM_BUCKETS; i++)
			CU_ASSERT_EQUAL(bucket_counts_get(&counts, i),
					i == bucket ? bucket + 1 : 0);
		bucket_counts_deinit(&counts);
	}
}

static void values_can_come_in_any_order(void)
{
	static const unsigned int buckets[] = {
		160, 161, 40, 319, 160, 0, 167, 168, HISTOGRAM_ZERO, 159, HISTOGRAM_OVER};
	uint64_t expected[HISTOGRAM_BUCKETS] = {0};
	struct bucket_counts counts = {0};

	for (unsigned int i = 0; i < sizeof(buckets) / sizeof(buckets[0]); i++) {
		expected[buckets[i]] += i + 1;
		CU_ASSERT_EQUAL(bucket_counts_add(&counts, buckets[i], i + 1), 0);
		for (unsigned int k = 0; k < HISTOGRAM_BUCKETS; k++)
			CU_ASSERT_EQUAL(bucket_counts_get(&counts, k), expected[k]);
	}
	bucket_counts_deinit(&counts);
}

static void only_rows_that_are_used_take_memory(void)
{
	struct bucket_counts counts = {0};

	CU_ASSERT_EQUAL(bucket_counts_add(&counts, 171, 1), 0);
	CU_ASSERT_EQUAL(counts.first, 168);
	CU_ASSERT_EQUAL(counts.n, HISTOGRAM_ROW_BUCKETS);
	CU_ASSERT_EQUAL(bucket_counts_add(&counts, 180, 1), 0);
	CU_ASSERT_EQUAL(counts.first, 168);
	CU_ASSERT_EQUAL(counts.n, 2 * HISTOGRAM_ROW_BUCKETS);
	bucket_counts_deinit(&counts);
}

/* Histograms apart from each other, one inside the other, and one that begins where the other ends.
 */
static void a_sum_has_the_values_of_both(void)
{
	static const unsigned int ends[][4] = {
		{10, 20, 200, 210}, {200, 210, 10, 20}, {0, 319, 100, 101},
		{100, 101, 0, 319}, {8, 15, 16, 23},	{16, 23, 8, 15},
	};

	for (unsigned int i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct bucket_counts sum = {.zero = 1, .over = 2};
		struct bucket_counts more = {.zero = 3, .over = 4};
		uint64_t expected[HISTOGRAM_BUCKETS] = {[HISTOGRAM_ZERO] = 4, [HISTOGRAM_OVER] = 6};

		for (unsigned int k = 0; k < 4; k++) {
			CU_ASSERT_EQUAL(bucket_counts_add(k < 2 ? &sum : &more, ends[i][k], k + 1),
					0);
			expected[ends[i][k]] += k + 1;
		}
		CU_ASSERT_EQUAL(bucket_counts_add_all(&sum, &more), 0);
		for (unsigned int k = 0; k < HISTOGRAM_BUCKETS; k++)
			CU_ASSERT_EQUAL(bucket_counts_get(&sum, k), expected[k]);
		bucket_counts_deinit(&sum);
		bucket_counts_deinit(&more);
	}
}

static void a_count_that_passes_two_to_the_64_stops_there(void)
{
	struct bucket_counts counts = {0};

	CU_ASSERT_EQUAL(bucket_counts_add(&counts, 5, UINT64_MAX), 0);
	CU_ASSERT_EQUAL(bucket_counts_add(&counts, 5, 1), 0);
	CU_ASSERT_EQUAL(bucket_counts_add_all(&counts, &counts), 0);
	CU_ASSERT_EQUAL(bucket_counts_get(&counts, 5), UINT64_MAX);
	bucket_counts_deinit(&counts);
}

UNIT_MAIN("bucket counts",
	  {"an empty histogram has nothing in any bucket",
	   an_empty_histogram_has_nothing_in_any_bucket},
	  {"every bucket counts for itself", every_bucket_counts_for_itself},
	  {"values can come in any order", values_can_come_in_any_order},
	  {"only rows that are used take memory", only_rows_that_are_used_take_memory},
	  {"a sum has the values of both", a_sum_has_the_values_of_both},
	  {"a count that passes two to the 64 stops there",
	   a_count_that_passes_two_to_the_64_stops_there})
