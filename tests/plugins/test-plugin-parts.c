// SPDX-License-Identifier: MIT
#include "config.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/histogram.h"
#include "host/plugin-backoff.h"
#include "host/plugin-log.h"
#include "host/plugin-memory.h"
#include "host/plugin-queue.h"
#include "host/plugin-snapshot.h"
#include "host/plugin-table.h"
#include "host/plugin-watch.h"
#include "host/snapshot-wire.h"
#include "model/snapshot-build.h"
#include "unit/unit.h"

#define SECOND INT64_C(1000000000)

/* -- What is waited for ----------------------------------------------------------------------- */

/* The middle of what may come out. */
static bool is_about(int64_t wait_ns, int64_t expected_ns)
{
	return llabs(wait_ns - expected_ns) < 1000;
}

static void waits_double_up_to_five_minutes(void)
{
	CU_ASSERT(is_about(backoff_ns(1, UINT32_MAX / 2), SECOND));
	CU_ASSERT(is_about(backoff_ns(3, UINT32_MAX / 2), SECOND));
	CU_ASSERT(is_about(backoff_ns(4, UINT32_MAX / 2), 2 * SECOND));
	CU_ASSERT(is_about(backoff_ns(6, UINT32_MAX / 2), 8 * SECOND));
	CU_ASSERT(is_about(backoff_ns(12, UINT32_MAX / 2), 300 * SECOND));
	CU_ASSERT(is_about(backoff_ns(4000000, UINT32_MAX / 2), 300 * SECOND));
}

static void waits_differ_by_a_fifth(void)
{
	CU_ASSERT_EQUAL(backoff_ns(3, 0), SECOND / 5 * 4);
	CU_ASSERT_EQUAL(backoff_ns(3, UINT32_MAX), SECOND / 5 * 6);
}

static void a_callback_is_late_after_its_time_and_stuck_after_three(void)
{
	struct plugin_health health = {
		.callback = CALLBACK_EXPORT, .called_ns = 1000, .allowed_ns = 100};
	int64_t again_ns;

	CU_ASSERT_EQUAL(plugin_watch_look(&health, 1100, &again_ns), WATCH_WELL);
	CU_ASSERT_EQUAL(again_ns, 1101);
	CU_ASSERT_EQUAL(plugin_watch_look(&health, 1101, &again_ns), WATCH_LATE);
	CU_ASSERT_EQUAL(again_ns, 1301);
	CU_ASSERT_EQUAL(plugin_watch_look(&health, 1301, &again_ns), WATCH_STUCK);
	health_leave(&health);
	CU_ASSERT_EQUAL(plugin_watch_look(&health, 9999, &again_ns), WATCH_WELL);
	CU_ASSERT_EQUAL(again_ns, INT64_MAX);
}

/* -- What is said ----------------------------------------------------------------------------- */

static void a_line_of_each_code_passes_every_ten_seconds(void)
{
	struct plugin_log log = {0};
	uint64_t n_suppressed;

	CU_ASSERT(plugin_log_admits(&log, 1, SECOND, &n_suppressed));
	CU_ASSERT(plugin_log_admits(&log, 2, SECOND, &n_suppressed));
	CU_ASSERT_FALSE(plugin_log_admits(&log, 1, 2 * SECOND, &n_suppressed));
	CU_ASSERT_FALSE(plugin_log_admits(&log, 1, 10 * SECOND, &n_suppressed));
	CU_ASSERT(plugin_log_admits(&log, 1, 11 * SECOND, &n_suppressed));
	CU_ASSERT_EQUAL(n_suppressed, 2);
	CU_ASSERT(plugin_log_admits(&log, 1, 21 * SECOND, &n_suppressed));
	CU_ASSERT_EQUAL(n_suppressed, 0);
}

static void more_codes_than_are_remembered_wait_for_their_turn(void)
{
	struct plugin_log log = {0};
	uint64_t n_suppressed;

	for (uint32_t code = 0; code < PLUGIN_LOG_CODES; code++)
		CU_ASSERT(plugin_log_admits(&log, code, SECOND, &n_suppressed));
	CU_ASSERT_FALSE(plugin_log_admits(&log, 1000, 2 * SECOND, &n_suppressed));
	CU_ASSERT(plugin_log_admits(&log, 1000, 11 * SECOND, &n_suppressed));
}

static void an_end_is_final(void)
{
	struct plugin_health health = {0};

	CU_ASSERT(health_change(&health, PLUGIN_RUNNING, NULL));
	CU_ASSERT(health_change(&health, PLUGIN_STUCK, "for a reason"));
	CU_ASSERT_FALSE(health_change(&health, PLUGIN_RUNNING, "for another"));
	CU_ASSERT_EQUAL(health_state(&health), PLUGIN_STUCK);
	CU_ASSERT_STRING_EQUAL(health.reason, "for a reason");
}

static void a_health_that_was_written_over_can_be_printed(void)
{
	struct plugin_health health;
	struct plugin_health copy;

	memset(&health, 0x1b, sizeof(health));
	health_copy(&health, &copy);
	CU_ASSERT_EQUAL(strspn(copy.reason, "?"), sizeof(copy.reason) - 1);
	CU_ASSERT_STRING_EQUAL(plugin_state_name(copy.state), "unknown");
	CU_ASSERT_STRING_EQUAL(plugin_callback_name(copy.callback), "unknown");
}

/* -- What is asked for ------------------------------------------------------------------------ */

static void memory_of_an_instance_is_bounded_and_given_back(void)
{
	struct plugin_table table;

	plugin_table_init(&table, "x", NULL, NULL);
	char *first = plugin_memory_alloc(&table.host, PLUGIN_MEMORY / 2);

	CU_ASSERT_PTR_NOT_NULL_FATAL(first);
	CU_ASSERT_PTR_NULL(plugin_memory_alloc(&table.host, PLUGIN_MEMORY / 2 + 1));
	CU_ASSERT_PTR_NULL(plugin_memory_alloc(&table.host, SIZE_MAX - 8));
	first[0] = 'x';
	char *larger = plugin_memory_realloc(&table.host, first, 100);

	CU_ASSERT_PTR_NOT_NULL_FATAL(larger);
	CU_ASSERT_EQUAL(larger[0], 'x');
	CU_ASSERT_EQUAL(table.n_bytes, 100);
	plugin_memory_free(&table.host, larger);
	plugin_memory_free(&table.host, NULL);
	CU_ASSERT_EQUAL(table.n_bytes, 0);
	plugin_table_deinit(&table);
}

/* -- Snapshots -------------------------------------------------------------------------------- */

static struct series_histogram histogram = {
	.count = 6,
	.sum = 3.5,
	.min = 1e-8,
	.max = 20000,
	.first_index = HISTOGRAM_FIRST_INDEX,
	.buckets = {[HISTOGRAM_ZERO] = 1, [207] = 2, [209] = 2, [HISTOGRAM_OVER] = 1},
};

static const struct sonde_snapshot *make_snapshot(uint64_t n_calls)
{
	static const struct tag tags[] = {{"call", "read"}, {"group", "io"}};
	static const struct tag source_tags[] = {{"host.name", "h\xff"}};
	const struct series series[] = {
		{.name = "b.counter",
		 .tags = tags,
		 .n_tags = 2,
		 .type = SERIES_COUNTER,
		 .unit = "{call}",
		 .start_ns = 5,
		 .value.count = n_calls},
		{.name = "a.seconds",
		 .type = SERIES_COUNTER,
		 .is_fractional = true,
		 .unit = "s",
		 .value.number = 0.5},
		{.name = "c.timer",
		 .tags = tags,
		 .n_tags = 1,
		 .type = SERIES_TIMER,
		 .unit = "s",
		 .value.histogram = &histogram},
		{.name = "d.gauge", .type = SERIES_GAUGE, .unit = "1", .value.number = -1},
	};
	const struct snapshot_source source = {
		.tags = source_tags, .n_tags = 1, .start_ns = 7, .sequence = 3, .is_final = true};
	struct snapshot *figures = snapshot_new(1000);

	for (size_t i = 0; i < sizeof(series) / sizeof(series[0]); i++)
		snapshot_adopt(figures, series_copy(&series[i]));
	snapshot_seal(figures);
	const struct sonde_snapshot *snapshot = plugin_snapshot_new(figures, &source);

	snapshot_put(figures);
	return snapshot;
}

static void a_plugin_sees_each_series_in_order(void)
{
	const struct sonde_snapshot *snapshot = make_snapshot(UINT64_MAX);
	struct sonde_series series = {.struct_size = sizeof(series)};

	CU_ASSERT_EQUAL(plugin_snapshot_series(snapshot, 0, &series), 0);
	CU_ASSERT_STRING_EQUAL(series.name, "a.seconds");
	CU_ASSERT_EQUAL(series.flags, SONDE_SERIES_FRACTIONAL);
	CU_ASSERT_EQUAL(series.number, 0.5);
	CU_ASSERT_EQUAL(plugin_snapshot_series(snapshot, 1, &series), 0);
	CU_ASSERT_EQUAL(series.type, SONDE_TYPE_COUNTER);
	CU_ASSERT_EQUAL(series.count, UINT64_MAX);
	CU_ASSERT_EQUAL(series.n_tags, 2);
	CU_ASSERT_STRING_EQUAL(series.tags[0].value, "read");
	CU_ASSERT_PTR_NULL(series.histogram);
	CU_ASSERT_EQUAL(plugin_snapshot_series(snapshot, 4, &series), -EINVAL);
	plugin_snapshot_unref(snapshot);
}

static void buckets_are_seen_from_the_first_to_the_last(void)
{
	const struct sonde_snapshot *snapshot = make_snapshot(1);
	struct sonde_series series = {.struct_size = sizeof(series)};

	CU_ASSERT_EQUAL(plugin_snapshot_series(snapshot, 2, &series), 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(series.histogram);
	CU_ASSERT_EQUAL(series.histogram->scale, 3);
	CU_ASSERT_EQUAL(series.histogram->offset, -1);
	CU_ASSERT_EQUAL(series.histogram->n_buckets, 3);
	CU_ASSERT_EQUAL(series.histogram->buckets[0], 2);
	CU_ASSERT_EQUAL(series.histogram->buckets[1], 0);
	CU_ASSERT_EQUAL(series.histogram->zero_count, 1);
	CU_ASSERT_EQUAL(series.histogram->over_count, 1);
	CU_ASSERT_EQUAL(series.histogram->zero_threshold, exp2(-26));
	CU_ASSERT_DOUBLE_EQUAL(plugin_quantile(series.histogram, 0.5),
			       series_histogram_quantile(&histogram, 0.5), 1e-12);
	CU_ASSERT_EQUAL(plugin_quantile(series.histogram, 1), 20000);
	plugin_snapshot_unref(snapshot);
}

static void a_plugin_with_a_shorter_struct_gets_what_it_knows(void)
{
	const struct sonde_snapshot *snapshot = make_snapshot(1);
	struct sonde_series series = {.struct_size = offsetof(struct sonde_series, tags),
				      .n_tags = 4711};
	struct sonde_snapshot_info info = {
		.struct_size = offsetof(struct sonde_snapshot_info, start_ns), .start_ns = 4711};

	CU_ASSERT_EQUAL(plugin_snapshot_series(snapshot, 1, &series), 0);
	CU_ASSERT_STRING_EQUAL(series.unit, "{call}");
	CU_ASSERT_EQUAL(series.n_tags, 4711);
	CU_ASSERT_EQUAL(plugin_snapshot_info(snapshot, &info), 0);
	CU_ASSERT_EQUAL(info.taken_ns, 1000);
	CU_ASSERT_EQUAL(info.start_ns, 4711);
	plugin_snapshot_unref(snapshot);
}

static void series_are_found_by_name_and_tags_in_any_order(void)
{
	static const struct sonde_tag tags[] = {{"group", "io"}, {"call", "read"}};
	const struct sonde_snapshot *snapshot = make_snapshot(1);

	CU_ASSERT_EQUAL(plugin_snapshot_find(snapshot, "b.counter", tags, 2), 1);
	CU_ASSERT_EQUAL(plugin_snapshot_find(snapshot, "b.counter", tags, 1), -ENOENT);
	CU_ASSERT_EQUAL(plugin_snapshot_find(snapshot, "d.gauge", NULL, 0), 3);
	plugin_snapshot_unref(snapshot);
}

static void what_the_figures_are_of_is_utf_8(void)
{
	const struct sonde_snapshot *snapshot = make_snapshot(1);
	struct sonde_snapshot_info info = {.struct_size = sizeof(info)};

	CU_ASSERT_EQUAL(plugin_snapshot_info(snapshot, &info), 0);
	CU_ASSERT_EQUAL(info.flags, SONDE_SNAPSHOT_FINAL);
	CU_ASSERT_EQUAL(info.n_series, 4);
	CU_ASSERT_STRING_EQUAL(info.source[0].value, "h\xef\xbf\xbd");
	plugin_snapshot_unref(snapshot);
}

static void a_queue_is_bounded_by_its_bytes(void)
{
	const struct sonde_snapshot *snapshot = make_snapshot(1);
	struct plugin_queue queue;

	plugin_queue_init(&queue, 100, 2 * plugin_snapshot_size(snapshot), false);
	CU_ASSERT_EQUAL(plugin_queue_add(&queue, snapshot).n_dropped, 0);
	CU_ASSERT_EQUAL(plugin_queue_add(&queue, snapshot).n_dropped, 0);
	CU_ASSERT_EQUAL(plugin_queue_add(&queue, snapshot).n_dropped, 1);
	CU_ASSERT_EQUAL(queue.n_snapshots, 2);
	plugin_queue_deinit(&queue);
	plugin_queue_init(&queue, 100, 1, false);
	CU_ASSERT_EQUAL(plugin_queue_add(&queue, snapshot).n_dropped,
			0); /* alone, whatever its size */
	plugin_queue_deinit(&queue);
	plugin_snapshot_unref(snapshot);
}

static void what_is_given_back_is_the_oldest_again(void)
{
	const struct sonde_snapshot *first = make_snapshot(1);
	const struct sonde_snapshot *second = make_snapshot(2);
	struct plugin_queue queue;

	plugin_queue_init(&queue, 2, SIZE_MAX, false);
	plugin_queue_add(&queue, first);
	const struct sonde_snapshot *taken = plugin_queue_take(&queue);

	plugin_queue_add(&queue, second);
	CU_ASSERT_EQUAL(plugin_queue_return(&queue, taken).n_dropped, 0);
	taken = plugin_queue_take(&queue);
	CU_ASSERT_PTR_EQUAL(taken, first);
	plugin_queue_add(&queue, second);
	CU_ASSERT_EQUAL(plugin_queue_return(&queue, taken).n_dropped, 1);
	plugin_queue_deinit(&queue);
	plugin_snapshot_unref(first);
	plugin_snapshot_unref(second);
}

/* -- On the way to another process ------------------------------------------------------------ */

static void a_snapshot_arrives_as_it_was_sent(void)
{
	const struct sonde_snapshot *sent = make_snapshot(12);
	int fd = snapshot_wire_write(plugin_snapshot_figures(sent), plugin_snapshot_source(sent));
	struct snapshot *received = NULL;
	struct snapshot_source source;

	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL_FATAL(snapshot_wire_read(fd, &received, &source), 0);
	CU_ASSERT_EQUAL(snapshot_taken_ns(received), 1000);
	CU_ASSERT_EQUAL(source.sequence, 3);
	CU_ASSERT(source.is_final && !source.is_delta);
	CU_ASSERT_STRING_EQUAL(source.tags[0].key, "host.name");
	CU_ASSERT_EQUAL(snapshot_n_series(received), 4);
	for (size_t i = 0; i < 4; i++) {
		const struct series *before = snapshot_series(plugin_snapshot_figures(sent), i);
		const struct series *after = snapshot_series(received, i);

		CU_ASSERT_EQUAL(series_compare(before, after), 0);
		CU_ASSERT_EQUAL(before->type, after->type);
		CU_ASSERT_STRING_EQUAL(before->unit, after->unit);
		size_t size =
			series_has_histogram(before) ? sizeof(histogram) : sizeof(before->value);
		const void *left = series_has_histogram(before) ? (void *)before->value.histogram
								: (void *)&before->value;
		const void *right = series_has_histogram(after) ? (void *)after->value.histogram
								: (void *)&after->value;

		CU_ASSERT_EQUAL(memcmp(left, right, size), 0);
	}
	free((void *)source.tags);
	snapshot_put(received);
	plugin_snapshot_unref(sent);
	close(fd);
}

static void nobody_can_change_what_was_sent(void)
{
	const struct sonde_snapshot *sent = make_snapshot(12);
	int fd = snapshot_wire_write(plugin_snapshot_figures(sent), plugin_snapshot_source(sent));

	CU_ASSERT_EQUAL(write(fd, "x", 1), -1);
	CU_ASSERT_EQUAL(ftruncate(fd, 0), -1);
	plugin_snapshot_unref(sent);
	close(fd);
}

/* Reads a changed copy of a snapshot's bytes; it may be refused, and must not do more. */
static void read_changed(const char *bytes, size_t size)
{
	int fd = memfd_create("changed", MFD_CLOEXEC);
	struct snapshot *received;
	struct snapshot_source source;

	CU_ASSERT_EQUAL(write(fd, bytes, size), (ssize_t)size);
	if (snapshot_wire_read(fd, &received, &source) == 0) {
		free((void *)source.tags);
		snapshot_put(received);
	}
	close(fd);
}

static void bytes_that_are_no_snapshot_are_refused(void)
{
	const struct sonde_snapshot *sent = make_snapshot(12);
	int fd = snapshot_wire_write(plugin_snapshot_figures(sent), plugin_snapshot_source(sent));
	off_t size = lseek(fd, 0, SEEK_END);
	char *bytes = malloc((size_t)size);

	CU_ASSERT_EQUAL(pread(fd, bytes, (size_t)size, 0), size);
	for (off_t cut = 0; cut < size; cut += 7)
		read_changed(bytes, (size_t)cut);
	for (off_t at = 0; at < size; at += at < 400 ? 1 : 37) {
		char before = bytes[at];

		bytes[at] = (char)0xff;
		read_changed(bytes, (size_t)size);
		bytes[at] = before;
	}
	struct snapshot *received;
	struct snapshot_source source;

	close(fd);
	fd = memfd_create("empty", MFD_CLOEXEC);
	CU_ASSERT_EQUAL(snapshot_wire_read(fd, &received, &source), -EPROTO);
	close(fd);
	free(bytes);
	plugin_snapshot_unref(sent);
}

UNIT_MAIN("plugin-parts", {"waits double up to five minutes", waits_double_up_to_five_minutes},
	  {"waits differ by a fifth", waits_differ_by_a_fifth},
	  {"a callback is late after its time and stuck after three times that",
	   a_callback_is_late_after_its_time_and_stuck_after_three},
	  {"a line of each code passes every ten seconds",
	   a_line_of_each_code_passes_every_ten_seconds},
	  {"more codes than are remembered wait for their turn",
	   more_codes_than_are_remembered_wait_for_their_turn},
	  {"an end is final", an_end_is_final},
	  {"a health that was written over can be printed",
	   a_health_that_was_written_over_can_be_printed},
	  {"memory of an instance is bounded and given back",
	   memory_of_an_instance_is_bounded_and_given_back},
	  {"a plugin sees each series in order", a_plugin_sees_each_series_in_order},
	  {"buckets are seen from the first to the last",
	   buckets_are_seen_from_the_first_to_the_last},
	  {"a plugin with a shorter struct gets what it knows",
	   a_plugin_with_a_shorter_struct_gets_what_it_knows},
	  {"series are found by name and tags in any order",
	   series_are_found_by_name_and_tags_in_any_order},
	  {"what the figures are of is UTF-8", what_the_figures_are_of_is_utf_8},
	  {"a queue is bounded by its bytes", a_queue_is_bounded_by_its_bytes},
	  {"what is given back is the oldest again", what_is_given_back_is_the_oldest_again},
	  {"a snapshot arrives as it was sent", a_snapshot_arrives_as_it_was_sent},
	  {"nobody can change what was sent", nobody_can_change_what_was_sent},
	  {"bytes that are no snapshot are refused", bytes_that_are_no_snapshot_are_refused})
