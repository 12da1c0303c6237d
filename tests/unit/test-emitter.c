// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/emitter.h"

#include "unit.h"

#include <errno.h>
#include <math.h>
#include <string.h>

static struct emitter *make_emitter(size_t max_tag_sets, size_t max_series)
{
	struct emitter *emitter = emitter_new(
		(struct emitter_limits){.max_tag_sets = max_tag_sets, .max_series = max_series});

	CU_ASSERT_PTR_NOT_NULL_FATAL(emitter);
	return emitter;
}

static struct snapshot *finish(struct emitter *emitter, int64_t taken_ns)
{
	struct snapshot *snapshot = NULL;

	CU_ASSERT_EQUAL_FATAL(emitter_finish(emitter, taken_ns, &snapshot), 0);
	return snapshot;
}

static int add_count(struct emitter *emitter, const char *name, const char *queue, uint64_t count)
{
	const struct tag tag = {"queue", queue};
	const struct series series = {
		.name = name,
		.tags = &tag,
		.n_tags = 1,
		.type = SERIES_COUNTER,
		.unit = "{job}",
		.value.count = count,
	};

	return emitter_add(emitter, &series);
}

static uint64_t count_of(const struct snapshot *snapshot, const char *name, const char *key,
			 const char *value)
{
	const struct tag tag = {key, value};
	const struct series *series = snapshot_find(snapshot, name, &tag, 1);

	return series ? series->value.count : UINT64_MAX;
}

static void each_type_arrives_as_it_was_given(void)
{
	struct series_histogram histogram = {.sum = 0.5, .min = 0.5, .max = 0.5};
	const struct tag tags[] = {{"b", "2"}, {"a", "1"}};
	const struct series all[] = {
		{.name = "a", .type = SERIES_COUNTER, .unit = "1", .value.count = UINT64_MAX},
		{.name = "b",
		 .type = SERIES_COUNTER,
		 .is_fractional = true,
		 .unit = "s",
		 .start_ns = 5,
		 .value.number = 0.25},
		{.name = "c", .type = SERIES_GAUGE, .unit = "1", .value.number = -INFINITY},
		{.name = "d", .type = SERIES_HISTOGRAM, .unit = "s", .value.histogram = &histogram},
		{.name = "e", .type = SERIES_TIMER, .unit = "s", .value.histogram = &histogram},
		{.name = "f",
		 .tags = tags,
		 .n_tags = 2,
		 .type = SERIES_RATE,
		 .unit = "By/s",
		 .value.number = 7},
	};
	struct emitter *emitter = make_emitter(0, 0);

	histogram.first_index = series_first_index("s");
	series_histogram_enter(&histogram, -9, 1);
	for (size_t i = 0; i < 6; i++)
		CU_ASSERT_EQUAL(emitter_add(emitter, &all[i]), 0);
	struct snapshot *snapshot = finish(emitter, 100);

	CU_ASSERT_EQUAL_FATAL(snapshot_n_series(snapshot), 6);
	CU_ASSERT_EQUAL(snapshot_taken_ns(snapshot), 100);
	CU_ASSERT_EQUAL(snapshot_series(snapshot, 0)->value.count, UINT64_MAX);
	CU_ASSERT_EQUAL(snapshot_series(snapshot, 0)->start_ns, 100);
	CU_ASSERT_TRUE(snapshot_series(snapshot, 1)->is_fractional);
	CU_ASSERT_EQUAL(snapshot_series(snapshot, 1)->start_ns, 5);
	CU_ASSERT_EQUAL(snapshot_series(snapshot, 2)->value.number, -INFINITY);
	CU_ASSERT_EQUAL(snapshot_series(snapshot, 3)->value.histogram->count, 1);
	CU_ASSERT_EQUAL(snapshot_series(snapshot, 4)->type, SERIES_TIMER);
	CU_ASSERT_STRING_EQUAL(snapshot_series(snapshot, 5)->tags[0].key, "a");
	CU_ASSERT_STRING_EQUAL(snapshot_series(snapshot, 5)->unit, "By/s");
	snapshot_put(snapshot);
	emitter_free(emitter);
}

static void a_snapshot_has_no_part_of_what_was_handed_over(void)
{
	struct emitter *emitter = make_emitter(0, 0);
	char name[] = "jobs";
	char value[] = "fast";

	CU_ASSERT_EQUAL(add_count(emitter, name, value, 1), 0);
	memset(name, 'x', sizeof(name) - 1);
	memset(value, 'x', sizeof(value) - 1);
	struct snapshot *snapshot = finish(emitter, 1);

	emitter_free(emitter);
	CU_ASSERT_EQUAL(count_of(snapshot, "jobs", "queue", "fast"), 1);
	snapshot_put(snapshot);
}

static void the_second_of_one_identity_is_refused_and_counted(void)
{
	struct emitter *emitter = make_emitter(0, 0);

	CU_ASSERT_EQUAL(add_count(emitter, "jobs", "a", 1), 0);
	CU_ASSERT_EQUAL(add_count(emitter, "jobs", "a", 2), -EEXIST);
	struct snapshot *snapshot = finish(emitter, 1);

	CU_ASSERT_EQUAL(count_of(snapshot, "jobs", "queue", "a"), 1);
	CU_ASSERT_EQUAL(emitter_n_refused(emitter, EMITTER_TWICE), 1);
	snapshot_put(snapshot);
	/* In the next collection it is welcome. */
	CU_ASSERT_EQUAL(add_count(emitter, "jobs", "a", 3), 0);
	emitter_free(emitter);
}

static void a_name_keeps_its_type_and_unit(void)
{
	const struct series gauge = {.name = "jobs", .type = SERIES_GAUGE, .unit = "{job}"};
	struct series fractions = {
		.name = "jobs", .type = SERIES_COUNTER, .is_fractional = true, .unit = "{job}"};
	const struct series unit = {.name = "jobs", .type = SERIES_COUNTER, .unit = "By"};
	struct emitter *emitter = make_emitter(0, 0);

	CU_ASSERT_EQUAL(add_count(emitter, "jobs", "a", 1), 0);
	CU_ASSERT_EQUAL(emitter_add(emitter, &gauge), -EINVAL);
	CU_ASSERT_EQUAL(emitter_add(emitter, &fractions), -EINVAL);
	CU_ASSERT_EQUAL(emitter_add(emitter, &unit), -EINVAL);
	CU_ASSERT_EQUAL(emitter_n_refused(emitter, EMITTER_CONFLICT), 3);
	emitter_free(emitter);
}

static void what_is_no_series_is_refused(void)
{
	char long_text[2000];
	struct tag tags[SERIES_TAGS_MAX + 1];
	const struct tag twice[] = {{"a", "1"}, {"b", "2"}, {"a", "3"}};
	const struct tag no_key = {"", "x"};
	const struct tag null_value = {"x", NULL};
	const struct tag long_value = {"x", long_text};
	const struct tag long_key = {long_text, "x"};
	const struct tag reserved = {"otel.metric.overflow", "true"};
	struct series_histogram histogram = {
		.count = 2, .first_index = HISTOGRAM_FIRST_INDEX, .buckets[7] = 1};
	const struct series bad[] = {
		{.type = SERIES_GAUGE, .unit = "1"},
		{.name = "", .type = SERIES_GAUGE, .unit = "1"},
		{.name = "1x", .type = SERIES_GAUGE, .unit = "1"},
		{.name = "a b", .type = SERIES_GAUGE, .unit = "1"},
		{.name = "\xc3\xa4", .type = SERIES_GAUGE, .unit = "1"},
		{.name = long_text, .type = SERIES_GAUGE, .unit = "1"},
		{.name = "x", .type = SERIES_GAUGE},
		{.name = "x", .type = SERIES_GAUGE, .unit = "\n"},
		{.name = "x", .type = SERIES_GAUGE, .unit = long_text},
		{.name = "x", .type = (enum series_type)17, .unit = "1"},
		{.name = "x",
		 .type = SERIES_COUNTER,
		 .is_fractional = true,
		 .unit = "1",
		 .value.number = NAN},
		{.name = "x",
		 .type = SERIES_COUNTER,
		 .is_fractional = true,
		 .unit = "1",
		 .value.number = -0.5},
		{.name = "x", .type = SERIES_RATE, .unit = "1", .value.number = INFINITY},
		{.name = "x", .type = SERIES_TIMER, .unit = "s"},
		{.name = "x", .type = SERIES_TIMER, .unit = "s", .value.histogram = &histogram},
		{.name = "x", .type = SERIES_GAUGE, .unit = "1", .tags = twice, .n_tags = 3},
		{.name = "x", .type = SERIES_GAUGE, .unit = "1", .tags = &no_key, .n_tags = 1},
		{.name = "x", .type = SERIES_GAUGE, .unit = "1", .tags = &null_value, .n_tags = 1},
		{.name = "x", .type = SERIES_GAUGE, .unit = "1", .tags = &long_value, .n_tags = 1},
		{.name = "x", .type = SERIES_GAUGE, .unit = "1", .tags = &long_key, .n_tags = 1},
		{.name = "x", .type = SERIES_GAUGE, .unit = "1", .tags = &reserved, .n_tags = 1},
		{.name = "x",
		 .type = SERIES_GAUGE,
		 .unit = "1",
		 .tags = tags,
		 .n_tags = SERIES_TAGS_MAX + 1},
	};
	const size_t n_bad = sizeof(bad) / sizeof(bad[0]);
	struct emitter *emitter = make_emitter(0, 0);

	memset(long_text, 'x', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	for (size_t i = 0; i < n_bad; i++)
		if (emitter_add(emitter, &bad[i]) != -EINVAL) {
			printf("# case %zu was taken\n", i);
			CU_FAIL("a series that is none was taken");
		}
	CU_ASSERT_EQUAL(emitter_n_refused(emitter, EMITTER_INVALID), n_bad);
	struct snapshot *snapshot = finish(emitter, 1);

	CU_ASSERT_EQUAL(snapshot_n_series(snapshot), 0);
	snapshot_put(snapshot);
	emitter_free(emitter);
}

static void an_empty_value_is_as_no_tag(void)
{
	const struct tag tags[] = {{"queue", "a"}, {"host", ""}};
	struct series series = {
		.name = "jobs", .tags = tags, .n_tags = 2, .type = SERIES_COUNTER, .unit = "{job}"};
	struct emitter *emitter = make_emitter(0, 0);

	CU_ASSERT_EQUAL(emitter_add(emitter, &series), 0);
	CU_ASSERT_EQUAL(add_count(emitter, "jobs", "a", 1), -EEXIST);
	emitter_free(emitter);
}

static int add_numbered(struct emitter *emitter, unsigned int number, uint64_t count)
{
	char queue[16];

	snprintf(queue, sizeof(queue), "%u", number);
	return add_count(emitter, "jobs", queue, count);
}

static void what_is_beyond_the_limit_is_in_one_exact_series(void)
{
	struct emitter *emitter = make_emitter(0, 0);
	uint64_t rest = 0;

	for (unsigned int i = 0; i < 10000; i++) {
		CU_ASSERT_EQUAL(add_numbered(emitter, i, i), 0);
		if (i >= EMITTER_TAG_SETS)
			rest += i;
	}
	CU_ASSERT_EQUAL(add_count(emitter, "other", "a", 5), 0);
	struct snapshot *snapshot = finish(emitter, 1);

	CU_ASSERT_EQUAL(snapshot_n_series(snapshot), EMITTER_TAG_SETS + 2);
	CU_ASSERT_EQUAL(count_of(snapshot, "jobs", "queue", "1999"), 1999);
	CU_ASSERT_EQUAL(count_of(snapshot, "jobs", "queue", "2000"), UINT64_MAX);
	CU_ASSERT_EQUAL(count_of(snapshot, "jobs", "otel.metric.overflow", "true"), rest);
	CU_ASSERT_EQUAL(count_of(snapshot, "other", "queue", "a"), 5);
	CU_ASSERT_EQUAL(emitter_n_overflowed(emitter), 10000 - EMITTER_TAG_SETS);
	CU_ASSERT_EQUAL(add_numbered(emitter, 5000, 1), 0);
	CU_ASSERT_EQUAL(add_numbered(emitter, 5000, 1), -EEXIST);
	snapshot_put(snapshot);
	emitter_free(emitter);
}

/* Series 0 .. n - 1 with one value each, from the last to the first. */
static struct snapshot *collect_backwards(struct emitter *emitter, unsigned int n, uint64_t count)
{
	for (unsigned int i = n; i > 0; i--)
		CU_ASSERT_EQUAL(add_numbered(emitter, i - 1, count), 0);
	return finish(emitter, 1);
}

static void sets_that_came_before_the_overflow_keep_their_series(void)
{
	struct emitter *emitter = make_emitter(3, 0);

	for (unsigned int i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(add_numbered(emitter, i, 1), 0);
	snapshot_put(finish(emitter, 1));
	struct snapshot *snapshot = collect_backwards(emitter, 5, 10);

	CU_ASSERT_EQUAL(count_of(snapshot, "jobs", "queue", "0"), 10);
	CU_ASSERT_EQUAL(count_of(snapshot, "jobs", "queue", "2"), 10);
	CU_ASSERT_EQUAL(count_of(snapshot, "jobs", "queue", "3"), UINT64_MAX);
	CU_ASSERT_EQUAL(count_of(snapshot, "jobs", "otel.metric.overflow", "true"), 20);
	snapshot_put(snapshot);
	emitter_free(emitter);
}

static void a_series_of_overflow_does_not_fall_when_one_of_its_sets_is_gone(void)
{
	struct emitter *emitter = make_emitter(1, 0);
	const uint64_t expected[] = {300, 300, 310};

	for (unsigned int i = 0; i < 3; i++) {
		CU_ASSERT_EQUAL(add_numbered(emitter, 0, 1), 0);
		CU_ASSERT_EQUAL(add_numbered(emitter, 1, i == 2 ? 110 : 100), 0);
		if (i == 0)
			CU_ASSERT_EQUAL(add_numbered(emitter, 2, 200), 0);
		struct snapshot *snapshot = finish(emitter, 1 + i);

		CU_ASSERT_EQUAL(count_of(snapshot, "jobs", "otel.metric.overflow", "true"),
				expected[i]);
		snapshot_put(snapshot);
	}
	emitter_free(emitter);
}

static void while_there_is_overflow_nobody_takes_the_place_of_a_set_that_is_gone(void)
{
	struct emitter *emitter = make_emitter(2, 0);

	snapshot_put(collect_backwards(emitter, 3, 1)); /* 2 and 1 have series, 0 is in the rest */
	CU_ASSERT_EQUAL(add_numbered(emitter, 0, 1), 0);
	struct snapshot *snapshot = finish(emitter, 2);

	CU_ASSERT_EQUAL(count_of(snapshot, "jobs", "queue", "0"), UINT64_MAX);
	snapshot_put(snapshot);
	/* A collection that needs no overflow ends it. */
	CU_ASSERT_EQUAL(add_numbered(emitter, 1, 1), 0);
	snapshot_put(finish(emitter, 3));
	CU_ASSERT_EQUAL(add_numbered(emitter, 0, 1), 0);
	snapshot = finish(emitter, 4);
	CU_ASSERT_EQUAL(count_of(snapshot, "jobs", "queue", "0"), 1);
	CU_ASSERT_EQUAL(snapshot_n_series(snapshot), 1);
	snapshot_put(snapshot);
	emitter_free(emitter);
}

static void sets_that_are_gone_make_room(void)
{
	struct emitter *emitter = make_emitter(3, 3);

	for (unsigned int i = 0; i < 100; i++) {
		CU_ASSERT_EQUAL(add_numbered(emitter, i, i), 0);
		struct snapshot *snapshot = finish(emitter, i + 1);

		CU_ASSERT_EQUAL(snapshot_n_series(snapshot), 1);
		CU_ASSERT_EQUAL(snapshot_series(snapshot, 0)->value.count, i);
		snapshot_put(snapshot);
	}
	emitter_free(emitter);
}

static void sets_that_are_gone_from_the_overflow_make_room(void)
{
	struct emitter *emitter = make_emitter(1, 3);

	for (unsigned int i = 1; i < 100; i++) {
		CU_ASSERT_EQUAL(add_numbered(emitter, 0, 1), 0);
		CU_ASSERT_EQUAL(add_numbered(emitter, i, 1), 0);
		snapshot_put(finish(emitter, i));
	}
	CU_ASSERT_EQUAL(emitter_n_refused(emitter, EMITTER_FULL), 0);
	emitter_free(emitter);
}

static void there_is_a_limit_to_all_series_together(void)
{
	struct emitter *emitter = make_emitter(0, 2);

	CU_ASSERT_EQUAL(add_count(emitter, "a", "x", 1), 0);
	CU_ASSERT_EQUAL(add_count(emitter, "b", "x", 1), 0);
	CU_ASSERT_EQUAL(add_count(emitter, "c", "x", 1), -ENOSPC);
	CU_ASSERT_EQUAL(add_count(emitter, "b", "y", 1), -ENOSPC);
	CU_ASSERT_EQUAL(emitter_n_refused(emitter, EMITTER_FULL), 2);
	struct snapshot *snapshot = finish(emitter, 1);

	CU_ASSERT_EQUAL(snapshot_n_series(snapshot), 2);
	snapshot_put(snapshot);
	emitter_free(emitter);
}

static void a_collection_that_was_cancelled_leaves_nothing(void)
{
	struct emitter *emitter = make_emitter(1, 0);

	CU_ASSERT_EQUAL(add_count(emitter, "jobs", "a", 1), 0);
	CU_ASSERT_EQUAL(add_count(emitter, "jobs", "b", 1), 0);
	emitter_cancel(emitter);
	CU_ASSERT_EQUAL(add_count(emitter, "jobs", "a", 2), 0);
	struct snapshot *snapshot = finish(emitter, 1);

	CU_ASSERT_EQUAL(snapshot_n_series(snapshot), 1);
	CU_ASSERT_EQUAL(count_of(snapshot, "jobs", "queue", "a"), 2);
	snapshot_put(snapshot);
	emitter_free(emitter);
	CU_ASSERT_PTR_NULL(emitter_free(NULL));
}

static void a_start_that_is_not_given_is_the_first_snapshot(void)
{
	struct emitter *emitter = make_emitter(0, 0);

	for (int64_t now = 10; now < 13; now++) {
		CU_ASSERT_EQUAL(add_count(emitter, "jobs", "a", 1), 0);
		struct snapshot *snapshot = finish(emitter, now);

		CU_ASSERT_EQUAL(snapshot_series(snapshot, 0)->start_ns, 10);
		snapshot_put(snapshot);
	}
	emitter_free(emitter);
}

UNIT_MAIN("emitter", {"each type arrives as it was given", each_type_arrives_as_it_was_given},
	  {"a snapshot has no part of what was handed over",
	   a_snapshot_has_no_part_of_what_was_handed_over},
	  {"the second of one identity is refused and counted",
	   the_second_of_one_identity_is_refused_and_counted},
	  {"a name keeps its type and unit", a_name_keeps_its_type_and_unit},
	  {"what is no series is refused", what_is_no_series_is_refused},
	  {"an empty value is as no tag", an_empty_value_is_as_no_tag},
	  {"what is beyond the limit is in one exact series",
	   what_is_beyond_the_limit_is_in_one_exact_series},
	  {"sets that came before the overflow keep their series",
	   sets_that_came_before_the_overflow_keep_their_series},
	  {"a series of overflow does not fall when one of its sets is gone",
	   a_series_of_overflow_does_not_fall_when_one_of_its_sets_is_gone},
	  {"while there is overflow, nobody takes the place of a set that is gone",
	   while_there_is_overflow_nobody_takes_the_place_of_a_set_that_is_gone},
	  {"sets that are gone make room", sets_that_are_gone_make_room},
	  {"sets that are gone from the overflow make room",
	   sets_that_are_gone_from_the_overflow_make_room},
	  {"there is a limit to all series together", there_is_a_limit_to_all_series_together},
	  {"a collection that was cancelled leaves nothing",
	   a_collection_that_was_cancelled_leaves_nothing},
	  {"a start that is not given is the first snapshot",
	   a_start_that_is_not_given_is_the_first_snapshot})
