// SPDX-License-Identifier: MIT
/*
 * Streams of single records.
 */
#include "config.h"

#include "stream-steps.h"

#include <signal.h>
#include <sys/syscall.h>

static struct sonde_stream *open_events(const char *pattern, size_t capacity)
{
	const struct sonde_stream_filter filter = {
		.struct_size = sizeof(filter),
		.names = &pattern,
		.n_names = 1,
		.capacity = capacity,
		.flags = SONDE_STREAM_EVENTS,
	};
	struct sonde_stream *stream = NULL;

	CU_ASSERT_EQUAL_FATAL(sonde_metrics_stream_open(metrics(), &filter, &stream), 0);
	return stream;
}

static void each_record_is_told_in_its_order(void)
{
	struct sonde *sonde = metrics();
	struct sonde_tag tag = {"branch", "main"};
	struct sonde_stream *stream = open_events("one.*", 0);
	struct sonde_metric_value *value = NULL;

	sonde_record_counter(sonde, "one.c", 3, &tag, 1);
	sonde_record_counter(sonde, "one.c", 0, &tag, 1);
	sonde_record_counter_double(sonde, "one.f", 0.5, NULL, 0);
	sonde_record_gauge(sonde, "one.g", -7, NULL, 0);
	sonde_increment(sonde, "one.g", NULL, 0);
	sonde_record_histogram(sonde, "one.h", 2.5, NULL, 0);
	sonde_record_timer(sonde, "one.t", 250, SONDE_MILLISECONDS, NULL, 0);
	sonde_record_counter(sonde, "another.c", 1, NULL, 0);
	sonde_record_counter(sonde, "one.c", 4, &tag, 1);
	CU_ASSERT_EQUAL_FATAL(sonde_metrics_stream_next(stream, PATIENCE_S, &value), 0);
	CU_ASSERT_STRING_EQUAL(value->name, "one.c");
	CU_ASSERT_EQUAL(value->type, SONDE_COUNTER);
	CU_ASSERT_EQUAL(value->count, 3);
	CU_ASSERT(has_tags(value, &tag, 1));
	CU_ASSERT(value->timestamp > INT64_C(1700000000000000000));
	sonde_free(value);
	expect_value(stream, "one.c", 0);
	expect_value(stream, "one.f", 0.5);
	expect_value(stream, "one.g", -7);
	expect_value(stream, "one.g", -6);
	CU_ASSERT_EQUAL_FATAL(sonde_metrics_stream_next(stream, PATIENCE_S, &value), 0);
	CU_ASSERT_STRING_EQUAL(value->name, "one.h");
	CU_ASSERT_EQUAL(value->type, SONDE_HISTOGRAM);
	CU_ASSERT_EQUAL(value->count, 1);
	CU_ASSERT_EQUAL(value->value, 2.5);
	CU_ASSERT_EQUAL(value->max, 2.5);
	CU_ASSERT_EQUAL(value->p95, 2.5);
	sonde_free(value);
	CU_ASSERT_EQUAL_FATAL(sonde_metrics_stream_next(stream, PATIENCE_S, &value), 0);
	CU_ASSERT_STRING_EQUAL(value->name, "one.t");
	CU_ASSERT_EQUAL(value->type, SONDE_TIMER);
	CU_ASSERT_EQUAL(value->unit, SONDE_SECONDS);
	CU_ASSERT_DOUBLE_EQUAL(value->value, 0.25, 1e-12);
	sonde_free(value);
	expect_value(stream, "one.c", 4);
	expect_nothing(stream);
	sonde_metrics_stream_close(stream);
}

static void records_by_handles_timers_and_outcomes_are_told_too(void)
{
	struct sonde *sonde = metrics();
	struct sonde_counter *counter = NULL;
	struct sonde_distribution *distribution = NULL;
	struct sonde_gauge *gauge = NULL;
	struct sonde_timer *timer = NULL;
	struct sonde_timing_result result;
	uint64_t id = 0;

	sonde_counter_open(sonde, "handle.c", NULL, NULL, 0, &counter);
	sonde_gauge_open(sonde, "handle.g", NULL, 0, NULL, 0, &gauge);
	sonde_distribution_open(sonde, "handle.h", NULL, NULL, 0, &distribution);
	sonde_timer_open(sonde, "handle.t", NULL, 0, &timer);

	struct sonde_stream *stream = open_events("handle.*", 0);
	struct sonde_stream *outcomes = open_events("operations", 0);

	sonde_counter_add(counter, 5);
	sonde_gauge_set(gauge, 1);
	sonde_gauge_change(gauge, 2);
	sonde_distribution_record(distribution, 8);
	sonde_timer_record(timer, 1000000000);
	CU_ASSERT_EQUAL(sonde_start_timer(sonde, "handle.o", NULL, &id), 0);
	CU_ASSERT_EQUAL(sonde_stop_timer(sonde, id, true, &result), 0);
	expect_value(stream, "handle.c", 5);
	expect_value(stream, "handle.g", 1);
	expect_value(stream, "handle.g", 3);
	expect_value(stream, "handle.h", 8);
	expect_value(stream, "handle.t", 1);
	expect_value(stream, "handle.o", (double)result.duration_ns * 1e-9);
	expect_nothing(stream);
	expect_value(outcomes, "operations", 1);
	expect_nothing(outcomes);
	sonde_metrics_stream_close(stream);
	sonde_metrics_stream_close(outcomes);
}

static void what_is_refused_is_no_record(void)
{
	struct sonde_stream *stream = open_events("refused.*", 0);

	sonde_record_counter(metrics(), "refused.c", -1, NULL, 0);
	sonde_record_histogram(metrics(), "refused.h", NAN, NULL, 0);
	expect_nothing(stream);
	sonde_metrics_stream_close(stream);
}

static void the_oldest_records_make_room(void)
{
	struct sonde_stream *stream = open_events("full", 3);

	for (int i = 1; i <= 10; i++)
		sonde_record_counter(metrics(), "full", i, NULL, 0);
	expect_value(stream, "sonde.stream.dropped", 7);
	expect_value(stream, "full", 8);
	sonde_record_counter(metrics(), "full", 11, NULL, 0);
	sonde_record_counter(metrics(), "full", 12, NULL, 0);
	expect_value(stream, "sonde.stream.dropped", 1);
	expect_value(stream, "full", 10);
	expect_value(stream, "full", 11);
	expect_value(stream, "full", 12);
	expect_nothing(stream);
	sonde_metrics_stream_close(stream);
}

static void the_descriptor_is_readable_while_there_is_a_record(void)
{
	struct sonde_stream *stream = open_events("poll", 0);

	CU_ASSERT_EQUAL(is_readable(stream), 0);
	sonde_increment(metrics(), "poll", NULL, 0);
	sonde_increment(metrics(), "poll", NULL, 0);
	CU_ASSERT_EQUAL(is_readable(stream), 1);
	expect_value(stream, "poll", 1);
	CU_ASSERT_EQUAL(is_readable(stream), 1);
	expect_value(stream, "poll", 1);
	CU_ASSERT_EQUAL(is_readable(stream), 0);
	expect_nothing(stream);
	sonde_increment(metrics(), "poll", NULL, 0);
	CU_ASSERT_EQUAL(is_readable(stream), 1);
	sonde_metrics_stream_close(stream);
}

static void what_makes_no_sense_for_single_records_is_refused(void)
{
	struct sonde_stream_filter filter = {
		.struct_size = sizeof(filter),
		.flags = SONDE_STREAM_EVENTS,
		.min_interval = 1,
	};
	struct sonde_stream *stream = NULL;

	CU_ASSERT_EQUAL(sonde_metrics_stream_open(metrics(), &filter, &stream), SONDE_EINVAL);
	filter.min_interval = 0;
	filter.wants_totals = true;
	CU_ASSERT_EQUAL(sonde_metrics_stream_open(metrics(), &filter, &stream), SONDE_EINVAL);
	filter.wants_totals = false;
	filter.flags = 2;
	CU_ASSERT_EQUAL(sonde_metrics_stream_open(metrics(), &filter, &stream), SONDE_EINVAL);
	CU_ASSERT_PTR_NULL(stream);
}

/* A program that was built before there were flags. */
static void an_earlier_filter_is_one_of_collections(void)
{
	static const char *const name = "earlier";
	const struct sonde_stream_filter filter = {
		.struct_size = offsetof(struct sonde_stream_filter, flags),
		.names = &name,
		.n_names = 1,
		.min_interval = 3600,
		.flags = SONDE_STREAM_EVENTS, /* what lies behind it */
	};
	struct sonde_stream *stream = NULL;

	if (!CHILD_MAY_START_THREADS)
		return;
	CU_ASSERT_EQUAL_FATAL(sonde_metrics_stream_open(metrics(), &filter, &stream), 0);
	sonde_increment(metrics(), "earlier", NULL, 0);
	expect_nothing(stream);
	sonde_metrics_stream_close(stream);
}

#ifdef __SANITIZE_THREAD__
enum { N_SHARED = 5000 };
#else
enum { N_SHARED = 100000 };
#endif

/* The values say who recorded them, and as which. */
static void *record_numbers(void *thread)
{
	struct sonde_counter *counter;

	if (sonde_counter_open(metrics(), "shared", NULL, NULL, 0, &counter))
		abort();
	for (uint64_t i = 1; i <= N_SHARED; i++)
		sonde_counter_add(counter, i * N_THREADS + (uint64_t)(intptr_t)thread);
	return NULL;
}

static uint64_t last_of[N_THREADS];
static uint64_t n_told;
static uint64_t n_dropped;
static uint64_t n_out_of_order;

static void *take_numbers(void *stream)
{
	while (n_told + n_dropped < (uint64_t)N_THREADS * N_SHARED) {
		struct sonde_metric_value *value;

		if (sonde_metrics_stream_next(stream, PATIENCE_S, &value))
			abort();
		if (strcmp(value->name, "shared") == 0) {
			uint64_t thread = value->count % N_THREADS;

			n_told++;
			n_out_of_order += value->count <= last_of[thread];
			last_of[thread] = value->count;
		} else {
			n_dropped += value->count;
		}
		sonde_free(value);
	}
	return NULL;
}

static void take_from_all(size_t capacity)
{
	struct sonde_stream *stream = open_events("shared", capacity);
	pthread_t reader;

	memset(last_of, 0, sizeof(last_of));
	n_told = n_dropped = n_out_of_order = 0;
	if (pthread_create(&reader, NULL, take_numbers, stream))
		abort();
	in_threads(record_numbers);
	pthread_join(reader, NULL);
	CU_ASSERT_EQUAL(n_told + n_dropped, (uint64_t)N_THREADS * N_SHARED);
	CU_ASSERT_EQUAL(n_out_of_order, 0);
	expect_nothing(stream);
	sonde_metrics_stream_close(stream);
}

static void records_of_eight_threads_are_all_told(void)
{
	take_from_all(1 << 20);
	CU_ASSERT_EQUAL(n_dropped, 0);
}

static void of_eight_threads_each_record_is_told_or_dropped(void)
{
	take_from_all(16);
}

static bool is_over;

static void *record_until_it_is_over(void *nothing)
{
	while (!__atomic_load_n(&is_over, __ATOMIC_RELAXED))
		sonde_increment(metrics(), "busy", NULL, 0);
	return nothing;
}

static void *open_and_close(void *nothing)
{
	enum { TIMES = 200 };

	for (int i = 0; i < TIMES; i++) {
		struct sonde_stream *stream = open_events("busy", 8);
		struct sonde_metric_value *value;

		if (sonde_metrics_stream_next(stream, PATIENCE_S, &value))
			abort();
		sonde_free(value);
		sonde_metrics_stream_close(stream);
	}
	__atomic_store_n(&is_over, true, __ATOMIC_RELAXED);
	return nothing;
}

static void streams_come_and_go_while_others_record(void)
{
	pthread_t threads[3];

	for (int i = 0; i < 3; i++)
		if (pthread_create(&threads[i], NULL, i ? record_until_it_is_over : open_and_close,
				   NULL))
			abort();
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	CU_ASSERT(is_over);
}

static volatile sig_atomic_t n_handled;

static void record_in_handler(int signal)
{
	(void)signal;
	sonde_increment(metrics(), "handled", NULL, 0);
	n_handled++;
}

static void a_handler_may_record_while_its_thread_does(void)
{
	enum { TIMES = 1000 };
	struct sonde_stream *stream = open_events("handled", 1 << 20);
	struct sigaction action = {.sa_handler = record_in_handler};
	uint64_t n_expected = 0;
	struct sonde_metric_value *value;

	sigaction(SIGUSR1, &action, NULL);
	for (int i = 0; i < TIMES; i++) {
		if (i % 10 == 0)
			kill(getpid(), SIGUSR1);
		sonde_increment(metrics(), "handled", NULL, 0);
	}
	n_expected = TIMES + (uint64_t)n_handled;
	for (uint64_t i = 0; i < n_expected; i++)
		expect_value(stream, "handled", 1);
	CU_ASSERT_EQUAL(sonde_metrics_stream_next(stream, 0, &value), SONDE_ETIMEDOUT);
	sonde_metrics_stream_close(stream);
}

static struct sonde_stream *of_parent;

static int record_in_child(void)
{
	struct sonde_metric_value *value;

	EXPECT(sonde_increment(metrics(), "forked", NULL, 0) == 0);
	EXPECT(sonde_metrics_stream_next(of_parent, 0, &value) == SONDE_ESTALE);
	sonde_metrics_stream_close(of_parent);
	of_parent = open_events("forked", 0);
	EXPECT(sonde_record_counter(metrics(), "forked", 9, NULL, 0) == 0);
	EXPECT(sonde_metrics_stream_next(of_parent, 0, &value) == 0);
	EXPECT(value->count == 9);
	sonde_free(value);
	sonde_metrics_stream_close(of_parent);
	return 0;
}

static void what_a_forked_child_records_is_not_told(void)
{
	of_parent = open_events("forked", 0);
	in_child(record_in_child);
	CU_ASSERT_EQUAL(is_readable(of_parent), 0);
	sonde_record_counter(metrics(), "forked", 5, NULL, 0);
	expect_value(of_parent, "forked", 5);
	expect_nothing(of_parent);
	sonde_metrics_stream_close(of_parent);
}

/* A fork that no handler of pthread_atfork() hears of. */
static void nor_is_that_of_a_child_that_nobody_was_told_of(void)
{
#ifdef SYS_fork
	struct sonde_counter *counter = NULL;
	int status = -1;

	of_parent = open_events("unheard", 0);
	CU_ASSERT_EQUAL(sonde_counter_open(metrics(), "unheard", NULL, NULL, 0, &counter), 0);
	sonde_counter_add(counter, 1);
	expect_value(of_parent, "unheard", 1);

	pid_t pid = (pid_t)syscall(SYS_fork);

	if (pid == 0)
		_exit(sonde_counter_add(counter, 2) != 0);
	CU_ASSERT_FATAL(pid > 0);
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT(WIFEXITED(status));
	CU_ASSERT_EQUAL(WEXITSTATUS(status), 0);
	CU_ASSERT_EQUAL(is_readable(of_parent), 0);
	expect_nothing(of_parent);
	sonde_counter_add(counter, 3);
	expect_value(of_parent, "unheard", 3);
	sonde_metrics_stream_close(of_parent);
#endif
}

static int end_with_records(void)
{
	struct sonde_metric_value *value;
	struct sonde_stream *stream = open_events("last", 0);

	EXPECT(sonde_record_counter(metrics(), "last", 2, NULL, 0) == 0);
	EXPECT(sonde_shutdown_metrics(metrics()) == 0);
	EXPECT(sonde_record_counter(metrics(), "last", 3, NULL, 0) == SONDE_ESHUTDOWN);
	EXPECT(sonde_metrics_stream_next(stream, 0, &value) == 0);
	EXPECT(value->count == 2);
	sonde_free(value);
	EXPECT(sonde_metrics_stream_next(stream, INFINITY, &value) == SONDE_ESHUTDOWN);
	EXPECT(is_readable(stream) == 1);
	sonde_metrics_stream_close(stream);
	EXPECT(sonde_record_counter(metrics(), "last", 3, NULL, 0) == SONDE_ESHUTDOWN);
	return 0;
}

static void the_end_comes_after_the_last_record(void)
{
	in_child(end_with_records);
}

UNIT_MAIN("stream-events", {"each record is told in its order", each_record_is_told_in_its_order},
	  {"records by handles, timers and outcomes are told, too",
	   records_by_handles_timers_and_outcomes_are_told_too},
	  {"what is refused is no record", what_is_refused_is_no_record},
	  {"the oldest records make room", the_oldest_records_make_room},
	  {"the descriptor is readable while there is a record",
	   the_descriptor_is_readable_while_there_is_a_record},
	  {"what makes no sense for single records is refused",
	   what_makes_no_sense_for_single_records_is_refused},
	  {"what a forked child records is not told", what_a_forked_child_records_is_not_told},
	  {"nor is that of a child that nobody was told of",
	   nor_is_that_of_a_child_that_nobody_was_told_of},
	  {"the end comes after the last record", the_end_comes_after_the_last_record},
	  {"an earlier filter is one of collections", an_earlier_filter_is_one_of_collections},
	  {"a handler may record while its thread does",
	   a_handler_may_record_while_its_thread_does},
	  {"records of eight threads are all told", records_of_eight_threads_are_all_told},
	  {"of eight threads each record is told or dropped",
	   of_eight_threads_each_record_is_told_or_dropped},
	  {"streams come and go while others record", streams_come_and_go_while_others_record})
