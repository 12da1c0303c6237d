// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/series.h"

#include "unit.h"

#include <stdlib.h>
#include <string.h>

static struct series make_timer(struct series_histogram *histogram)
{
	*histogram = (struct series_histogram){.first_index = HISTOGRAM_FIRST_INDEX};
	return (struct series){
		.name = "request",
		.type = SERIES_TIMER,
		.unit = "s",
		.value.histogram = histogram,
	};
}

static void enter(struct series_histogram *histogram, uint64_t ns)
{
	double seconds = (double)ns * 1e-9;

	if (!histogram->count || seconds < histogram->min)
		histogram->min = seconds;
	if (seconds > histogram->max)
		histogram->max = seconds;
	histogram->count++;
	histogram->sum += seconds;
	histogram->buckets[histogram_bucket(ns)]++;
}

static void buckets_subtract_exactly(void)
{
	struct series_histogram before_values;
	struct series_histogram after_values;
	struct series before = make_timer(&before_values);
	struct series after = make_timer(&after_values);

	enter(&before_values, 1000);
	enter(&before_values, 2000000);
	after_values = before_values;
	enter(&after_values, 1000);
	enter(&after_values, 50000);

	struct series *difference = series_difference(&after, &before);

	CU_ASSERT_PTR_NOT_NULL_FATAL(difference);
	CU_ASSERT_EQUAL(difference->value.histogram->count, 2);
	CU_ASSERT_DOUBLE_EQUAL(difference->value.histogram->sum, 51e-6, 1e-15);
	CU_ASSERT_EQUAL(difference->value.histogram->buckets[histogram_bucket(1000)], 1);
	CU_ASSERT_EQUAL(difference->value.histogram->buckets[histogram_bucket(50000)], 1);
	CU_ASSERT_EQUAL(difference->value.histogram->buckets[histogram_bucket(2000000)], 0);
	free(difference);
}

static void extremes_of_a_difference_are_known_as_far_as_the_buckets_tell(void)
{
	struct series_histogram before_values;
	struct series_histogram after_values;
	struct series before = make_timer(&before_values);
	struct series after = make_timer(&after_values);

	enter(&before_values, 100);
	enter(&before_values, 1000000);
	after_values = before_values;
	enter(&after_values, 30000);
	enter(&after_values, 7000000);

	struct series *difference = series_difference(&after, &before);
	const struct series_histogram *values = difference->value.histogram;

	/* The greatest is new, so it is known; the least is somewhere in the bucket of 30 us. */
	CU_ASSERT_DOUBLE_EQUAL(values->max, 7e-3, 1e-15);
	CU_ASSERT(values->min <= 30e-6);
	CU_ASSERT(values->min >= 30e-6 / 1.0906);
	free(difference);
}

static void the_greatest_of_a_difference_is_in_its_highest_bucket(void)
{
	struct series_histogram before_values;
	struct series_histogram after_values;
	struct series before = make_timer(&before_values);
	struct series after = make_timer(&after_values);

	enter(&before_values, 1000000);
	after_values = before_values;
	enter(&after_values, 30000);

	struct series *difference = series_difference(&after, &before);

	CU_ASSERT_DOUBLE_EQUAL(difference->value.histogram->min, 30e-6, 1e-15);
	CU_ASSERT(difference->value.histogram->max >= 30e-6);
	CU_ASSERT(difference->value.histogram->max <= 30e-6 * 1.0906);
	free(difference);
}

static void the_difference_to_nothing_is_all(void)
{
	struct series_histogram values;
	struct series timer = make_timer(&values);

	enter(&values, 100);
	struct series *difference = series_difference(&timer, NULL);

	CU_ASSERT_EQUAL(difference->value.histogram->count, 1);
	free(difference);
}

static void a_histogram_of_which_one_bucket_fell_has_started_again(void)
{
	struct series_histogram before_values;
	struct series_histogram after_values;
	struct series before = make_timer(&before_values);
	struct series after = make_timer(&after_values);

	enter(&before_values, 100);
	enter(&after_values, 1000);
	enter(&after_values, 1000);
	CU_ASSERT_TRUE(series_has_restarted(&after, &before));
	CU_ASSERT_FALSE(series_has_restarted(&after, &after));

	struct series *difference = series_difference(&after, &before);

	CU_ASSERT_EQUAL(difference->value.histogram->count, 2);
	free(difference);
}

static void fractions_are_subtracted_as_such(void)
{
	const struct series before = {
		.name = "cpu",
		.type = SERIES_COUNTER,
		.is_fractional = true,
		.unit = "s",
		.value.number = 1.5,
	};
	struct series after = before;

	after.value.number = 1.75;
	struct series *difference = series_difference(&after, &before);

	CU_ASSERT_DOUBLE_EQUAL(difference->value.number, 0.25, 0);
	free(difference);
}

static void a_counter_that_has_become_another_kind_has_started_again(void)
{
	const struct series before = {.name = "x", .type = SERIES_COUNTER, .unit = "1"};
	struct series after = before;

	after.is_fractional = true;
	CU_ASSERT_TRUE(series_has_restarted(&after, &before));
	after = before;
	after.type = SERIES_GAUGE;
	CU_ASSERT_TRUE(series_has_restarted(&after, &before));
}

static void sums_of_differences_are_the_difference_of_the_sums(void)
{
	struct series_histogram sum_values;
	struct series_histogram all_values;
	struct series sum = make_timer(&sum_values);
	struct series all = make_timer(&all_values);

	for (uint64_t i = 0; i < 50; i++) {
		struct series *before = series_copy(&all);

		for (uint64_t j = 0; j < i % 7; j++)
			enter(&all_values, (i * 7919 + j * 104729) % 5000000);
		struct series *difference = series_difference(&all, before);

		series_add(&sum, difference);
		free(difference);
		free(before);
	}
	CU_ASSERT_EQUAL(sum_values.count, all_values.count);
	CU_ASSERT_DOUBLE_EQUAL(sum_values.sum, all_values.sum, 1e-12);
	CU_ASSERT_EQUAL(memcmp(sum_values.buckets, all_values.buckets, sizeof(all_values.buckets)),
			0);
}

static void quantiles_of_bytes_are_in_bytes(void)
{
	struct series_histogram values = {
		.count = 100,
		.sum = 409600,
		.min = 4000,
		.max = 4200,
		.first_index = SERIES_FIRST_INDEX,
	};

	/* Those above 2^11.875 up to 2^12. */
	values.buckets[95 - SERIES_FIRST_INDEX] = 100;
	CU_ASSERT(series_histogram_quantile(&values, 0.5) >= 4000);
	CU_ASSERT(series_histogram_quantile(&values, 0.5) <= 4096);
	CU_ASSERT_DOUBLE_EQUAL(series_histogram_quantile(&values, 1), 4200, 0);
}

static void a_copy_has_its_tags_in_order(void)
{
	const struct tag tags[] = {{"b", "2"}, {"c", ""}, {"a", "1"}};
	const struct series original = {
		.name = "x", .tags = tags, .n_tags = 3, .type = SERIES_GAUGE, .unit = "1"};
	struct series *copy = series_copy(&original);

	CU_ASSERT_STRING_EQUAL(copy->tags[0].key, "a");
	CU_ASSERT_STRING_EQUAL(copy->tags[0].value, "1");
	CU_ASSERT_STRING_EQUAL(copy->tags[2].key, "c");
	CU_ASSERT(copy->name != original.name);
	free(copy);
}

/* Of a value in its bucket, that came about then. */
static struct exemplar make_exemplar(uint64_t ns, int64_t time_ns)
{
	return (struct exemplar){.value = (double)ns / 1e9, .bucket = histogram_bucket(ns), .time_ns = time_ns, .tid = 1};
}

static void exemplars_of_a_difference_are_those_that_came_since(void)
{
	struct series_histogram before_values;
	struct series_histogram after_values;
	struct series before = make_timer(&before_values);
	struct series after = make_timer(&after_values);
	struct exemplar exemplars[] = {
		make_exemplar(1000, 7), /* late, but nothing has come to its bucket */
		make_exemplar(2000000, 5),
		make_exemplar(50000000, 8),
		make_exemplar(900000000, 4), /* new, but from before */
	};

	enter(&before_values, 1000);
	enter(&before_values, 2000000);
	after_values = before_values;
	enter(&after_values, 2000000);
	enter(&after_values, 50000000);
	enter(&after_values, 900000000);
	before.exemplars = &exemplars[1];
	before.n_exemplars = 1;
	after.exemplars = exemplars;
	after.n_exemplars = 4;
	struct series *difference = series_difference(&after, &before);

	CU_ASSERT_EQUAL(difference->n_exemplars, 2);
	series_forget_exemplars(difference, 6);
	CU_ASSERT_EQUAL_FATAL(difference->n_exemplars, 1);
	CU_ASSERT_EQUAL(difference->exemplars[0].time_ns, 8);
	free(difference);
}

static void a_counter_that_has_not_grown_has_no_exemplar(void)
{
	struct exemplar exemplar = {.value = 1, .time_ns = 9};
	struct series before = {.name = "c", .unit = "", .type = SERIES_COUNTER, .value.count = 3};
	struct series after = before;

	after.exemplars = &exemplar;
	after.n_exemplars = 1;
	struct series *same = series_difference(&after, &before);

	after.value.count = 4;
	struct series *grown = series_difference(&after, &before);

	CU_ASSERT_EQUAL(same->n_exemplars, 0);
	CU_ASSERT_EQUAL(grown->n_exemplars, 1);
	free(same);
	free(grown);
}

UNIT_MAIN("series", {"buckets subtract exactly", buckets_subtract_exactly},
	  {"extremes of a difference are known as far as the buckets tell",
	   extremes_of_a_difference_are_known_as_far_as_the_buckets_tell},
	  {"the greatest value of a difference is in its highest bucket",
	   the_greatest_of_a_difference_is_in_its_highest_bucket},
	  {"the difference to nothing is all", the_difference_to_nothing_is_all},
	  {"a histogram of which one bucket fell has started again",
	   a_histogram_of_which_one_bucket_fell_has_started_again},
	  {"fractions are subtracted as such", fractions_are_subtracted_as_such},
	  {"a counter that has become another kind has started again",
	   a_counter_that_has_become_another_kind_has_started_again},
	  {"sums of differences are the difference of the sums",
	   sums_of_differences_are_the_difference_of_the_sums},
	  {"quantiles of bytes are in bytes", quantiles_of_bytes_are_in_bytes},
	  {"exemplars of a difference are those that came since", exemplars_of_a_difference_are_those_that_came_since},
	  {"a counter that has not grown has no exemplar", a_counter_that_has_not_grown_has_no_exemplar},
	  {"a copy has its tags in order", a_copy_has_its_tags_in_order})
