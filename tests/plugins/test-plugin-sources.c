// SPDX-License-Identifier: MIT
/*
 * What exporters that get snapshots of several sources rely on, and other options on their way to one.
 */
#include "config.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host/choice-wire.h"
#include "host/plugin-bases.h"
#include "host/plugin-queue.h"
#include "host/plugin-snapshot.h"
#include "model/snapshot-build.h"
#include "unit/unit.h"

/* The reference is the caller's. */
static const struct sonde_snapshot *make(const char *session, int64_t start_ns, bool is_final)
{
	const struct tag tag = {"sonde.session", session};
	const struct snapshot_source source = {
		.tags = &tag, .n_tags = 1, .start_ns = start_ns, .is_final = is_final};
	struct snapshot *figures = snapshot_new(1000);

	snapshot_seal(figures);
	const struct sonde_snapshot *snapshot = plugin_snapshot_new(figures, &source);

	snapshot_put(figures);
	return snapshot;
}

/* -- The queue -------------------------------------------------------------------------------- */

static struct queue_change add_made(struct plugin_queue *queue, const char *session, bool is_final)
{
	const struct sonde_snapshot *snapshot = make(session, 1, is_final);
	struct queue_change change = plugin_queue_add(queue, snapshot);

	plugin_snapshot_unref(snapshot);
	return change;
}

static struct queue_change add(struct plugin_queue *queue, const char *session)
{
	return add_made(queue, session, false);
}

static bool is_next(struct plugin_queue *queue, const char *session)
{
	const struct sonde_snapshot *snapshot = plugin_queue_take(queue);
	bool is_it = snapshot &&
		     strcmp(plugin_snapshot_source(snapshot)->tags[0].value, session) == 0;

	plugin_snapshot_unref(snapshot);
	return is_it;
}

static void the_newest_takes_the_place_of_its_own_source_only(void)
{
	struct plugin_queue queue;

	plugin_queue_init(&queue, 4, SIZE_MAX, true);
	add(&queue, "a");
	add(&queue, "b");
	struct queue_change change = add(&queue, "a");

	CU_ASSERT_EQUAL(change.n_superseded, 1);
	CU_ASSERT_EQUAL(change.n_dropped, 0);
	CU_ASSERT(is_next(&queue, "b"));
	CU_ASSERT(is_next(&queue, "a"));
	CU_ASSERT_EQUAL(queue.n_snapshots, 0);
	plugin_queue_deinit(&queue);
}

static void what_is_given_back_yields_to_its_own_source_only(void)
{
	struct plugin_queue queue;

	plugin_queue_init(&queue, 4, SIZE_MAX, true);
	add(&queue, "a");
	const struct sonde_snapshot *taken = plugin_queue_take(&queue);

	add(&queue, "b");
	CU_ASSERT(!plugin_queue_has_newer(&queue, taken));
	CU_ASSERT_EQUAL(plugin_queue_return(&queue, taken).n_superseded, 0);
	taken = plugin_queue_take(&queue);
	add(&queue, "a");
	CU_ASSERT(plugin_queue_has_newer(&queue, taken));
	CU_ASSERT_EQUAL(plugin_queue_return(&queue, taken).n_superseded, 1);
	CU_ASSERT(is_next(&queue, "b"));
	CU_ASSERT(is_next(&queue, "a"));
	plugin_queue_deinit(&queue);
}

static void what_no_other_will_say_again_makes_room_last(void)
{
	struct plugin_queue queue;

	plugin_queue_init(&queue, 3, SIZE_MAX, true);
	add_made(&queue, "ended", true);
	const struct sonde_snapshot *taken = plugin_queue_take(&queue);

	add_made(&queue, "ended, too", true);
	add(&queue, "a");
	add(&queue, "b");
	CU_ASSERT_EQUAL(add(&queue, "c").n_dropped, 1); /* a */
	CU_ASSERT_EQUAL(plugin_queue_return(&queue, taken).n_dropped, 1); /* b */
	CU_ASSERT(is_next(&queue, "ended"));
	CU_ASSERT(is_next(&queue, "ended, too"));
	CU_ASSERT(is_next(&queue, "c"));
	for (unsigned int i = 0; i < 3; i++)
		add_made(&queue, (const char *[]){"1", "2", "3"}[i], true);
	CU_ASSERT_EQUAL(add(&queue, "d").n_dropped, 1); /* itself, where all others have ended */
	CU_ASSERT_EQUAL(add_made(&queue, "4", true).n_dropped, 1);
	CU_ASSERT(is_next(&queue, "2"));
	CU_ASSERT(is_next(&queue, "3"));
	CU_ASSERT(is_next(&queue, "4"));
	plugin_queue_deinit(&queue);
}

static void a_smaller_queue_drops_the_oldest(void)
{
	struct queue_change change;
	struct plugin_queue queue;

	plugin_queue_init(&queue, 3, SIZE_MAX, false);
	add(&queue, "gone");
	CU_ASSERT(is_next(&queue, "gone")); /* so that the ring begins in its middle */
	add(&queue, "a");
	add(&queue, "b");
	add(&queue, "c");
	CU_ASSERT_EQUAL(plugin_queue_resize(&queue, 2, SIZE_MAX, &change), 0);
	CU_ASSERT_EQUAL(change.n_dropped, 1);
	CU_ASSERT_EQUAL(plugin_queue_resize(&queue, 5, SIZE_MAX, &change), 0);
	CU_ASSERT_EQUAL(change.n_dropped, 0);
	add(&queue, "d");
	CU_ASSERT(is_next(&queue, "b"));
	CU_ASSERT(is_next(&queue, "c"));
	CU_ASSERT(is_next(&queue, "d"));
	plugin_queue_deinit(&queue);
}

/* -- Bases of differences --------------------------------------------------------------------- */

static void each_source_has_its_own_base_until_it_ends(void)
{
	const struct sonde_snapshot *a = make("a", 1, false);
	const struct sonde_snapshot *later = make("a", 1, false);
	const struct sonde_snapshot *again = make("a", 2, false);
	const struct sonde_snapshot *b = make("b", 1, false);
	const struct sonde_snapshot *end = make("a", 1, true);
	struct plugin_bases bases = {0};

	CU_ASSERT_PTR_NULL(plugin_bases_find(&bases, a));
	plugin_bases_keep(&bases, a);
	plugin_bases_keep(&bases, b);
	CU_ASSERT_PTR_EQUAL(plugin_bases_find(&bases, later), a);
	CU_ASSERT_PTR_NULL(plugin_bases_find(&bases, again)); /* it has begun anew */
	plugin_bases_keep(&bases, later);
	CU_ASSERT_PTR_EQUAL(plugin_bases_find(&bases, end), later);
	CU_ASSERT_PTR_EQUAL(plugin_bases_find(&bases, b), b);
	plugin_bases_keep(&bases, end);
	CU_ASSERT_PTR_NULL(plugin_bases_find(&bases, a));
	CU_ASSERT_PTR_EQUAL(plugin_bases_find(&bases, b), b);
	plugin_bases_deinit(&bases);
	plugin_snapshot_unref(a);
	plugin_snapshot_unref(later);
	plugin_snapshot_unref(again);
	plugin_snapshot_unref(b);
	plugin_snapshot_unref(end);
}

/* -- Options on their way --------------------------------------------------------------------- */

struct options {
	bool is_loud;
	int64_t count;
	double factor;
	const char *file;
	const char *nothing;
	uint32_t tone;
	struct sonde_list songs;
};

static const char *const tones[] = {"low", "high", NULL};
static const struct sonde_option inner_rows[] = {
	{.name = "count", .type = SONDE_OPTION_INT, .offset = offsetof(struct options, count)},
	{0},
};
static const struct sonde_option rows[] = {
	{.name = "loud", .type = SONDE_OPTION_BOOL, .offset = offsetof(struct options, is_loud)},
	{.name = "inner", .type = SONDE_OPTION_GROUP, .members = inner_rows},
	{.name = "factor", .type = SONDE_OPTION_DOUBLE, .offset = offsetof(struct options, factor)},
	{.name = "file", .type = SONDE_OPTION_STRING, .offset = offsetof(struct options, file)},
	{.name = "nothing", .type = SONDE_OPTION_STRING, .offset = offsetof(struct options, nothing)},
	{.name = "tone",
	 .type = SONDE_OPTION_ENUM,
	 .words = tones,
	 .offset = offsetof(struct options, tone)},
	{.name = "songs", .type = SONDE_OPTION_LIST, .offset = offsetof(struct options, songs)},
	{0},
};
static const struct option_table table = {rows, sizeof(rows[0]), sizeof(struct options)};

static int send_choice(void)
{
	static const char *const songs[] = {"", "two", NULL};
	static const struct options options = {
		.is_loud = true,
		.count = -12,
		.factor = 0.5,
		.file = "",
		.tone = 1,
		.songs = {songs, 2},
	};
	const struct plugin_choice choice = {
		.options = &options,
		.table = &table,
		.interval_ns = 3,
		.deadline_ns = 2,
		.queue_snapshots = 7,
		.queue_bytes = 8,
	};

	return choice_wire_write(&choice);
}

static void a_choice_arrives_as_it_was_sent(void)
{
	const struct options before = {0};
	struct plugin_choice choice = {.options = &before, .table = &table};
	struct option_values values;
	int fd = send_choice();

	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL_FATAL(choice_wire_read(fd, &choice, &values), 0);
	const struct options *options = choice.options;

	CU_ASSERT(choice.interval_ns == 3 && choice.deadline_ns == 2);
	CU_ASSERT(choice.queue_snapshots == 7 && choice.queue_bytes == 8);
	CU_ASSERT(options->is_loud && options->count == -12 && options->tone == 1);
	CU_ASSERT_EQUAL(options->factor, 0.5);
	CU_ASSERT_STRING_EQUAL(options->file, "");
	CU_ASSERT_PTR_NULL(options->nothing);
	CU_ASSERT_EQUAL_FATAL(options->songs.n_items, 2);
	CU_ASSERT_STRING_EQUAL(options->songs.items[0], "");
	CU_ASSERT_STRING_EQUAL(options->songs.items[1], "two");
	option_values_deinit(&values);
	close(fd);
}

static void a_choice_that_is_cut_is_refused_and_changes_nothing(void)
{
	const struct options before = {0};
	int fd = send_choice();
	off_t size = lseek(fd, 0, SEEK_END);
	int n_taken = 0;

	for (off_t length = size - 1; length >= 0; length--) {
		struct plugin_choice choice = {.options = &before, .table = &table};
		struct option_values values;

		CU_ASSERT_EQUAL(ftruncate(fd, length), 0);
		n_taken += choice_wire_read(fd, &choice, &values) != -EPROTO;
		n_taken += choice.options != &before || choice.interval_ns != 0;
	}
	CU_ASSERT_EQUAL(n_taken, 0);
	close(fd);
}

UNIT_MAIN("plugin-sources",
	  {"the newest takes the place of its own source only",
	   the_newest_takes_the_place_of_its_own_source_only},
	  {"what is given back yields to its own source only",
	   what_is_given_back_yields_to_its_own_source_only},
	  {"what no other will say again makes room last", what_no_other_will_say_again_makes_room_last},
	  {"a smaller queue drops the oldest", a_smaller_queue_drops_the_oldest},
	  {"each source has its own base until it ends", each_source_has_its_own_base_until_it_ends},
	  {"a choice arrives as it was sent", a_choice_arrives_as_it_was_sent},
	  {"a choice that is cut is refused and changes nothing",
	   a_choice_that_is_cut_is_refused_and_changes_nothing})
