// SPDX-License-Identifier: MIT
#include "config.h"

#include "stream-steps.h"

#define RARELY 86400.0

/* Nothing is collected but by the tests. */
static struct sonde *quiet(void)
{
	const struct sonde_config config = {
		.struct_size = sizeof(config),
		.collection_interval = RARELY,
	};
	struct sonde *sonde = sonde_get();

	if (!sonde && sonde_initialize_metrics(&config, &sonde, NULL) != 0)
		abort();
	return sonde;
}

static bool try_to_collect(void)
{
	struct sonde_future *future;
	int result = 1;

	if (sonde_collect_metrics_async(quiet(), NULL, NULL, &future))
		return false;
	int error = sonde_future_wait(future, PATIENCE_S, &result);

	sonde_future_free(future);
	return !error && !result;
}

static void collect(void)
{
	CU_ASSERT_FATAL(try_to_collect());
}

/* A stream of one pattern of names. */
static struct sonde_stream *open_stream(const char *pattern, struct sonde_stream_filter filter)
{
	struct sonde_stream *stream = NULL;

	filter.struct_size = sizeof(filter);
	filter.names = &pattern;
	filter.n_names = 1;
	CU_ASSERT_EQUAL_FATAL(sonde_metrics_stream_open(quiet(), &filter, &stream), 0);
	return stream;
}

static int wait_for_a_value(void)
{
	const struct sonde_stream_filter filter = {
		.struct_size = sizeof(filter),
		.min_interval = 0.01,
	};
	struct sonde_metric_value *value;
	struct sonde_stream *stream;

	EXPECT(sonde_metrics_stream_open(metrics(), &filter, &stream) == 0);
	EXPECT(sonde_increment(metrics(), "alone", NULL, 0) == 0);
	do
		EXPECT(sonde_metrics_stream_next(stream, PATIENCE_S, &value) == 0);
	while (strcmp(value->name, "alone") != 0);
	EXPECT(value->count == 1);
	sonde_free(value);
	sonde_metrics_stream_close(stream);
	return 0;
}

/* The first test, so that the child is the first to initialise anything. */
static void values_come_also_when_nobody_collects(void)
{
	if (CHILD_MAY_START_THREADS)
		in_child(wait_for_a_value);
}

static void a_value_is_what_came_between_two_collections(void)
{
	struct sonde *sonde = quiet();
	struct sonde_tag tag = {"branch", "main"};

	sonde_record_counter(sonde, "came.a", 100, &tag, 1);
	sonde_record_gauge(sonde, "came.g", 5, NULL, 0);

	struct sonde_stream *stream = open_stream("came.*", (struct sonde_stream_filter){0});
	struct sonde_metric_value *value;

	sonde_record_counter(sonde, "came.a", 3, &tag, 1);
	sonde_record_gauge(sonde, "came.g", 7, NULL, 0);
	sonde_record_histogram(sonde, "came.h", 2, NULL, 0);
	sonde_record_histogram(sonde, "came.h", 4, NULL, 0);
	collect();
	CU_ASSERT_EQUAL_FATAL(sonde_metrics_stream_next(stream, PATIENCE_S, &value), 0);
	CU_ASSERT_STRING_EQUAL(value->name, "came.a");
	CU_ASSERT_EQUAL(value->type, SONDE_COUNTER);
	CU_ASSERT_EQUAL(value->count, 3);
	CU_ASSERT(has_tags(value, &tag, 1));
	CU_ASSERT(value->start_time < value->timestamp);
	sonde_free(value);
	expect_value(stream, "came.g", 7);
	CU_ASSERT_EQUAL_FATAL(sonde_metrics_stream_next(stream, PATIENCE_S, &value), 0);
	CU_ASSERT_STRING_EQUAL(value->name, "came.h");
	CU_ASSERT_EQUAL(value->count, 2);
	CU_ASSERT_EQUAL(value->value, 6);
	CU_ASSERT_EQUAL(value->max, 4);
	sonde_free(value);
	expect_nothing(stream);
	sonde_record_counter(sonde, "came.a", 1, &tag, 1);
	collect();
	expect_value(stream, "came.a", 1);
	sonde_metrics_stream_close(stream);
}

static void what_has_not_changed_is_not_told(void)
{
	sonde_record_counter(quiet(), "same.c", 5, NULL, 0);
	sonde_record_gauge(quiet(), "same.g", NAN, NULL, 0);

	struct sonde_stream *stream = open_stream("same.*", (struct sonde_stream_filter){0});

	sonde_record_counter(quiet(), "same.c", 0, NULL, 0);
	sonde_record_gauge(quiet(), "same.g", NAN, NULL, 0);
	collect();
	expect_nothing(stream);
	sonde_metrics_stream_close(stream);
}

static void totals_are_told_on_demand(void)
{
	sonde_record_counter(quiet(), "total.c", 5, NULL, 0);

	struct sonde_stream *stream =
		open_stream("total.*", (struct sonde_stream_filter){.wants_totals = true});

	sonde_record_counter(quiet(), "total.c", 2, NULL, 0);
	collect();
	expect_value(stream, "total.c", 7);
	sonde_metrics_stream_close(stream);
}

static void a_filter_is_met_in_all_its_parts(void)
{
	static const char *const names[] = {"MET.*.end", "met.?"};
	const struct sonde_tag wanted[] = {{"a", "1"}, {"missing", ""}};
	const struct sonde_tag other = {"a", "2"};
	const struct sonde_tag more[] = {{"a", "1"}, {"missing", "x"}};
	const struct sonde_stream_filter filter = {
		.struct_size = sizeof(filter),
		.types = SONDE_TYPE_BIT(SONDE_COUNTER) | SONDE_TYPE_BIT(SONDE_HISTOGRAM),
		.names = names,
		.n_names = 2,
		.tags = wanted,
		.n_tags = 2,
	};
	struct sonde *sonde = quiet();
	struct sonde_stream *stream;

	CU_ASSERT_EQUAL_FATAL(sonde_metrics_stream_open(sonde, &filter, &stream), 0);
	sonde_increment(sonde, "met.1", wanted, 1);
	sonde_increment(sonde, "met.1", &other, 1);
	sonde_increment(sonde, "met.1", more, 2);
	sonde_increment(sonde, "met.12", wanted, 1);
	sonde_record_gauge(sonde, "met.2", 1, wanted, 1);
	sonde_increment(sonde, "met.x.end.y", wanted, 1);
	sonde_increment(sonde, "met.x.end.y.end", wanted, 1);
	collect();
	expect_value(stream, "met.1", 1);
	expect_value(stream, "met.x.end.y.end", 1);
	expect_nothing(stream);
	sonde_metrics_stream_close(stream);
}

static void values_keep_their_distance(void)
{
	struct sonde_stream *stream =
		open_stream("rare", (struct sonde_stream_filter){.min_interval = RARELY});
	struct sonde_stream *often = open_stream("rare", (struct sonde_stream_filter){0});

	sonde_increment(quiet(), "rare", NULL, 0);
	collect();
	expect_value(often, "rare", 1);
	expect_nothing(stream);
	sonde_metrics_stream_close(stream);
	sonde_metrics_stream_close(often);
}

static void the_oldest_make_room_and_their_number_comes_in_their_place(void)
{
	struct sonde_stream *stream =
		open_stream("full.*", (struct sonde_stream_filter){.capacity = 2});
	char name[] = "full.0";

	for (int i = 1; i <= 5; i++) {
		name[5] = (char)('0' + i);
		sonde_record_counter(quiet(), name, i, NULL, 0);
	}
	collect();
	expect_value(stream, "sonde.stream.dropped", 3);
	expect_value(stream, "full.4", 4);
	sonde_increment(quiet(), "full.1", NULL, 0);
	collect();
	expect_value(stream, "full.5", 5);
	expect_value(stream, "full.1", 1);
	expect_nothing(stream);
	sonde_metrics_stream_close(stream);
}

static void the_descriptor_is_readable_while_there_is_something(void)
{
	struct sonde_stream *stream = open_stream("poll.*", (struct sonde_stream_filter){0});

	CU_ASSERT_EQUAL(is_readable(stream), 0);
	sonde_increment(quiet(), "poll.a", NULL, 0);
	sonde_increment(quiet(), "poll.b", NULL, 0);
	collect();
	CU_ASSERT_EQUAL(is_readable(stream), 1);
	expect_value(stream, "poll.a", 1);
	CU_ASSERT_EQUAL(is_readable(stream), 1);
	expect_value(stream, "poll.b", 1);
	CU_ASSERT_EQUAL(is_readable(stream), 0);
	sonde_metrics_stream_close(stream);
}

static void bad_arguments_are_refused(void)
{
	static const char *const names[] = {"x", NULL};
	const struct sonde_tag tag = {NULL, "x"};
	struct sonde_stream_filter filter = {.struct_size = sizeof(filter)};
	struct sonde_metric_value *value;
	struct sonde_stream *stream = NULL;

#define EXPECT_REFUSED(error)                                                                      \
	CU_ASSERT_EQUAL(sonde_metrics_stream_open(quiet(), &filter, &stream), error)
	CU_ASSERT_EQUAL(sonde_metrics_stream_open(NULL, NULL, &stream), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_metrics_stream_open(quiet(), NULL, NULL), SONDE_EINVAL);
	filter.types = 1;
	EXPECT_REFUSED(SONDE_EINVAL);
	filter.types = 0;
	filter.names = names;
	filter.n_names = 2;
	EXPECT_REFUSED(SONDE_EINVAL);
	filter.n_names = 1;
	filter.tags = &tag;
	filter.n_tags = 1;
	EXPECT_REFUSED(SONDE_EINVAL);
	filter.n_tags = 0;
	filter.min_interval = NAN;
	EXPECT_REFUSED(SONDE_ERANGE);
	filter.min_interval = -1;
	EXPECT_REFUSED(SONDE_ERANGE);
	filter.min_interval = 0;
	filter.capacity = SIZE_MAX;
	EXPECT_REFUSED(SONDE_ERANGE);
	filter.capacity = 0;
	filter.struct_size = 1;
	EXPECT_REFUSED(SONDE_EINVAL);
	CU_ASSERT_PTR_NULL(stream);
	CU_ASSERT_EQUAL(sonde_metrics_stream_next(NULL, 0, &value), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_metrics_stream_fd(NULL), SONDE_EINVAL);
	sonde_metrics_stream_close(NULL);
	CU_ASSERT_EQUAL_FATAL(sonde_metrics_stream_open(quiet(), NULL, &stream), 0);
	CU_ASSERT_EQUAL(sonde_metrics_stream_next(stream, 0, NULL), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_metrics_stream_next(stream, NAN, &value), SONDE_ERANGE);
	CU_ASSERT_EQUAL(sonde_metrics_stream_next(stream, -1, &value), SONDE_ERANGE);
	sonde_metrics_stream_close(stream);
}

static struct sonde_stream *of_parent;

static int take_the_parents(void)
{
	struct sonde_metric_value *value;

	EXPECT(sonde_metrics_stream_next(of_parent, 0, &value) == SONDE_ESTALE);
	sonde_metrics_stream_close(of_parent);
	if (!CHILD_MAY_START_THREADS)
		return 0;
	of_parent = open_stream("forked.*", (struct sonde_stream_filter){0});
	sonde_record_counter(quiet(), "forked.c", 2, NULL, 0);
	collect();
	EXPECT(sonde_metrics_stream_next(of_parent, PATIENCE_S, &value) == 0);
	EXPECT(value->count == 2);
	sonde_free(value);
	sonde_metrics_stream_close(of_parent);
	return 0;
}

static void a_stream_is_not_one_of_the_forked_child(void)
{
	of_parent = open_stream("forked.*", (struct sonde_stream_filter){0});
	sonde_record_counter(quiet(), "forked.c", 40, NULL, 0);
	in_child(take_the_parents);
	collect();
	expect_value(of_parent, "forked.c", 40);
	sonde_metrics_stream_close(of_parent);
}

static int end_with_a_stream(void)
{
	struct sonde_stream *stream;
	struct sonde_metric_value *value;

	if (!CHILD_MAY_START_THREADS)
		return 0;
	stream = open_stream("last.*", (struct sonde_stream_filter){0});
	sonde_record_counter(quiet(), "last.c", 2, NULL, 0);
	EXPECT(sonde_shutdown_metrics(quiet()) == 0);
	EXPECT(sonde_metrics_stream_next(stream, 0, &value) == 0);
	EXPECT(value->count == 2);
	sonde_free(value);
	EXPECT(sonde_metrics_stream_next(stream, INFINITY, &value) == SONDE_ESHUTDOWN);
	EXPECT(is_readable(stream) == 1);
	sonde_metrics_stream_close(stream);
	EXPECT(sonde_metrics_stream_open(quiet(), NULL, &stream) == SONDE_ESHUTDOWN);
	return 0;
}

static void the_end_comes_after_the_last_value(void)
{
	in_child(end_with_a_stream);
}

static int end_before_the_next_value(void)
{
	const struct sonde_stream_filter filter = {.struct_size = sizeof(filter),
						   .min_interval = RARELY};
	struct sonde_metric_value *value;
	struct sonde_stream *stream;

	EXPECT(sonde_metrics_stream_open(quiet(), &filter, &stream) == 0);
	EXPECT(sonde_record_counter(quiet(), "rare.at.the.end", 3, NULL, 0) == 0);
	EXPECT(sonde_shutdown_metrics(quiet()) == 0);
	do
		EXPECT(sonde_metrics_stream_next(stream, 0, &value) == 0);
	while (strcmp(value->name, "rare.at.the.end") != 0);
	EXPECT(value->count == 3);
	sonde_free(value);
	sonde_metrics_stream_close(stream);
	return 0;
}

static void nothing_is_left_out_at_the_end(void)
{
	if (CHILD_MAY_START_THREADS)
		in_child(end_before_the_next_value);
}

#ifdef __SANITIZE_THREAD__
enum { N_SHARED = 20000 };
#else
enum { N_SHARED = N_RECORDS };
#endif

static void *record_many(void *number)
{
	struct sonde_counter *counter;

	(void)number;
	if (sonde_counter_open(quiet(), "shared", NULL, NULL, 0, &counter))
		abort();
	for (int i = 0; i < N_SHARED; i++)
		sonde_counter_add(counter, 1);
	return NULL;
}

/* Two take from one stream. */
static uint64_t n_taken;

static void *take_until_the_end(void *stream)
{
	struct sonde_metric_value *value;

	while (__atomic_load_n(&n_taken, __ATOMIC_RELAXED) < (uint64_t)N_THREADS * N_SHARED) {
		int error = sonde_metrics_stream_next(stream, 0.05, &value);

		if (error == SONDE_ETIMEDOUT)
			continue;
		if (error)
			abort();
		__atomic_fetch_add(&n_taken, value->count, __ATOMIC_RELAXED);
		sonde_free(value);
	}
	return NULL;
}

static bool is_recorded;

static void *collect_meanwhile(void *nothing)
{
	while (!__atomic_load_n(&is_recorded, __ATOMIC_RELAXED))
		if (!try_to_collect())
			abort();
	return nothing;
}

static void the_sum_of_all_values_is_exact(void)
{
	struct sonde_stream *stream = open_stream("shared", (struct sonde_stream_filter){0});
	pthread_t threads[3];

	for (int i = 0; i < 3; i++)
		if (pthread_create(&threads[i], NULL, i ? take_until_the_end : collect_meanwhile,
				   stream))
			abort();
	in_threads(record_many);
	__atomic_store_n(&is_recorded, true, __ATOMIC_RELAXED);
	pthread_join(threads[0], NULL);
	collect();
	for (int i = 1; i < 3; i++)
		pthread_join(threads[i], NULL);
	CU_ASSERT_EQUAL(n_taken, (uint64_t)N_THREADS * N_SHARED);
	sonde_metrics_stream_close(stream);
}

UNIT_MAIN("stream",
	  {"values come also when nobody collects", values_come_also_when_nobody_collects},
	  {"a value is what came between two collections",
	   a_value_is_what_came_between_two_collections},
	  {"what has not changed is not told", what_has_not_changed_is_not_told},
	  {"totals are told on demand", totals_are_told_on_demand},
	  {"a filter is met in all its parts", a_filter_is_met_in_all_its_parts},
	  {"values keep their distance", values_keep_their_distance},
	  {"the oldest make room, and their number comes in their place",
	   the_oldest_make_room_and_their_number_comes_in_their_place},
	  {"the descriptor is readable while there is something",
	   the_descriptor_is_readable_while_there_is_something},
	  {"bad arguments are refused", bad_arguments_are_refused},
	  {"a stream is not one of the forked child", a_stream_is_not_one_of_the_forked_child},
	  {"the end comes after the last value", the_end_comes_after_the_last_value},
	  {"nothing is left out at the end", nothing_is_left_out_at_the_end},
	  {"the sum of all values is exact", the_sum_of_all_values_is_exact})
