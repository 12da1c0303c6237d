// SPDX-License-Identifier: MIT
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "host/plugin-log.h"
#include "host/plugin-runner.h"
#include "host/plugin-snapshot.h"
#include "model/snapshot-build.h"
#include "unit/unit.h"

#define MS INT64_C(1000000)
#define PATIENCE (60000 * MS) /* nothing takes so long but what never comes */

/* An animal that runs, and what it needs. */
struct cage {
	struct plugin_choice choice;
	struct plugin_health health;
	const char *file; /* its options: the struct of zoo.c */
	char path[64];
	struct plugin_runner *runner;
	pthread_mutex_t lock;
	struct snapshot *figures; /* the last ones of a monitor */
};

static int64_t now_ns(void)
{
	return clock_kernel_ns(CLOCK_MONOTONIC);
}

static void take_figures(void *argument, struct snapshot *figures)
{
	struct cage *cage = argument;

	pthread_mutex_lock(&cage->lock);
	snapshot_put(cage->figures);
	cage->figures = figures;
	pthread_mutex_unlock(&cage->lock);
}

static void open_cage(struct cage *cage, const char *animal)
{
	const struct plugin_work work = {
		.choice = &cage->choice,
		.directory = ZOO_DIRECTORY,
		.health = &cage->health,
		.take_figures = take_figures,
		.argument = cage,
	};

	snprintf(cage->path, sizeof(cage->path), "/tmp/sonde-runner-XXXXXX");
	close(mkstemp(cage->path));
	cage->file = cage->path;
	cage->choice.name = animal;
	cage->choice.plugin = animal;
	cage->choice.options = &cage->file;
	pthread_mutex_init(&cage->lock, NULL);
	CU_ASSERT_EQUAL_FATAL(plugin_runner_new(&work, &cage->runner), 0);
}

/* Looks after the animal until it is in a state, at most ten seconds. */
static bool becomes(struct cage *cage, enum plugin_state state)
{
	int64_t end_ns = now_ns() + PATIENCE;

	while (health_state(&cage->health) != state && now_ns() < end_ns) {
		plugin_runner_look(cage->runner);
		poll(NULL, 0, 1);
	}
	if (health_state(&cage->health) == state)
		return true;
	printf("# %s is %s: %s\n", cage->choice.name, plugin_state_name(cage->health.state),
	       cage->health.reason);
	return false;
}

/* Waits until something has been counted, at most ten seconds. */
static bool counts(struct cage *cage, enum plugin_count count, uint64_t amount)
{
	int64_t end_ns = now_ns() + PATIENCE;

	while (health_counted(&cage->health, count) < amount && now_ns() < end_ns)
		poll(NULL, 0, 1);
	return health_counted(&cage->health, count) == amount;
}

/* What the animal has written to its file. */
static const char *written(const struct cage *cage)
{
	static char text[4096];
	FILE *stream = fopen(cage->path, "r");
	size_t size = stream ? fread(text, 1, sizeof(text) - 1, stream) : 0;

	if (stream)
		fclose(stream);
	text[size] = '\0';
	return text;
}

static bool close_cage(struct cage *cage, int64_t budget_ns)
{
	int64_t until_ns = now_ns() + budget_ns;

	plugin_runner_end(cage->runner, until_ns);
	return plugin_runner_wait(cage->runner, until_ns);
}

static void clean(struct cage *cage)
{
	cage->runner = plugin_runner_free(cage->runner);
	snapshot_put(cage->figures);
	unlink(cage->path);
}

/* A snapshot with so many calls in all, made of one series. */
static const struct sonde_snapshot *snapshot_of(uint64_t sequence, uint64_t n_calls)
{
	const struct series series = {
		.name = "libc.calls",
		.type = SERIES_COUNTER,
		.unit = "{call}",
		.value.count = n_calls,
	};
	struct snapshot *figures = snapshot_new((int64_t)sequence * 1000);
	const struct snapshot_source source = {.sequence = sequence};

	snapshot_adopt(figures, series_copy(&series));
	snapshot_seal(figures);
	const struct sonde_snapshot *snapshot = plugin_snapshot_new(figures, &source);

	snapshot_put(figures);
	return snapshot;
}

static void offer(struct cage *cage, uint64_t sequence, uint64_t n_calls)
{
	const struct sonde_snapshot *snapshot = snapshot_of(sequence, n_calls);

	plugin_runner_offer(cage->runner, snapshot);
	plugin_snapshot_unref(snapshot);
}

static void an_exporter_gets_every_snapshot_in_order(void)
{
	static struct cage cage = {0};

	open_cage(&cage, "well");
	for (uint64_t i = 1; i <= 20; i++)
		offer(&cage, i, 100 + i);
	CU_ASSERT(close_cage(&cage, PATIENCE));
	CU_ASSERT_EQUAL(health_state(&cage.health), PLUGIN_STOPPED);
	CU_ASSERT_EQUAL(health_counted(&cage.health, COUNT_TAKEN), 20);
	CU_ASSERT_EQUAL(health_n_lost(&cage.health), 0);
	CU_ASSERT_EQUAL(strncmp(written(&cage), "1 0 101\n2 0 102\n", 16), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(written(&cage), "\n20 0 120\nstopped\n"));
	CU_ASSERT_STRING_EQUAL(cage.health.own[0].name, "fed");
	CU_ASSERT_EQUAL(cage.health.own[0].count, 20);
	clean(&cage);
}

static void a_delta_is_what_came_since_the_last_one_taken(void)
{
	static struct cage cage = {0};

	open_cage(&cage, "delta");
	CU_ASSERT(becomes(&cage, PLUGIN_RUNNING));
	offer(&cage, 1, 100);
	CU_ASSERT(counts(&cage, COUNT_TAKEN, 1));
	offer(&cage, 2, 130);
	CU_ASSERT(close_cage(&cage, PATIENCE));
	CU_ASSERT_STRING_EQUAL(written(&cage), "1 1 100\n2 1 30\nstopped\n");
	clean(&cage);
}

static void a_full_queue_drops_the_oldest_and_counts_them(void)
{
	static struct cage cage = {.choice.queue_snapshots = 4};

	open_cage(&cage, "hang-export");
	offer(&cage, 1, 1);
	for (int64_t end_ns = now_ns() + PATIENCE; now_ns() < end_ns;) {
		if (cage.health.callback == CALLBACK_EXPORT)
			break;
		poll(NULL, 0, 1);
	}
	for (uint64_t i = 2; i <= 11; i++)
		offer(&cage, i, i);
	CU_ASSERT_EQUAL(health_counted(&cage.health, COUNT_DROPPED_FULL), 6);
	CU_ASSERT_FALSE(close_cage(&cage, 20 * MS));
	CU_ASSERT_EQUAL(health_counted(&cage.health, COUNT_DROPPED_STUCK), 5);
	clean(&cage);
}

static void totals_need_no_room(void)
{
	static struct cage cage = {.choice.queue_snapshots = 4, .choice.deadline_ns = PATIENCE};

	open_cage(&cage, "newest");
	CU_ASSERT(becomes(&cage, PLUGIN_RUNNING));
	for (uint64_t i = 1; i <= 1000; i++)
		offer(&cage, i, i);
	CU_ASSERT(close_cage(&cage, PATIENCE));
	CU_ASSERT_PTR_NOT_NULL(strstr(written(&cage), "1000 0 1000\nstopped\n"));
	CU_ASSERT_EQUAL(health_n_lost(&cage.health), 0);
	clean(&cage);
}

static void one_that_hangs_is_given_up_and_named(void)
{
	static struct cage cage = {.choice.deadline_ns = 20 * MS};

	open_cage(&cage, "hang-export");
	offer(&cage, 1, 1);
	offer(&cage, 2, 2);
	CU_ASSERT(becomes(&cage, PLUGIN_STUCK));
	CU_ASSERT_PTR_NOT_NULL(
		strstr(cage.health.reason, "export_snapshot has not come back after "));
	CU_ASSERT_PTR_NOT_NULL(strstr(cage.health.reason, " s, 0.020 s are allowed"));
	offer(&cage, 3, 3);
	CU_ASSERT_EQUAL(health_counted(&cage.health, COUNT_DROPPED_STUCK), 3);
	CU_ASSERT_FALSE(close_cage(&cage, PATIENCE));
	clean(&cage);
}

static void one_that_hangs_when_it_is_made_is_given_up(void)
{
	static struct cage cage = {0};

	open_cage(&cage, "hang-start");
	CU_ASSERT(becomes(&cage, PLUGIN_STUCK));
	CU_ASSERT_PTR_NOT_NULL(strstr(cage.health.reason, "start has not come back after "));
	CU_ASSERT_PTR_NOT_NULL(strstr(cage.health.reason, " s, 1.000 s are allowed"));
	clean(&cage);
}

/* Waits until the animal has written that, and looks after it. */
static bool writes(struct cage *cage, const char *text)
{
	int64_t end_ns = now_ns() + PATIENCE;

	while (strcmp(written(cage), text) != 0 && now_ns() < end_ns) {
		plugin_runner_look(cage->runner);
		poll(NULL, 0, 1);
	}
	return strcmp(written(cage), text) == 0;
}

static void what_it_keeps_back_is_flushed_when_there_is_nothing_else_to_do(void)
{
	static struct cage cage = {0};

	open_cage(&cage, "keeps-back");
	offer(&cage, 1, 1);
	CU_ASSERT(writes(&cage, "1 0 1\nflushed\n"));
	offer(&cage, 2, 2);
	CU_ASSERT(writes(&cage, "1 0 1\nflushed\n2 0 2\nflushed\n"));
	CU_ASSERT(close_cage(&cage, PATIENCE));
	CU_ASSERT_STRING_EQUAL(written(&cage), "1 0 1\nflushed\n2 0 2\nflushed\nflushed\nstopped\n");
	clean(&cage);
}

static void one_that_cannot_flush_is_told_and_goes_on(void)
{
	static struct cage cage = {0};

	open_cage(&cage, "fails-flush");
	offer(&cage, 1, 1);
	CU_ASSERT(writes(&cage, "1 0 1\nflushed\n"));
	offer(&cage, 2, 2);
	CU_ASSERT(writes(&cage, "1 0 1\nflushed\n2 0 2\nflushed\n"));
	CU_ASSERT(close_cage(&cage, PATIENCE));
	CU_ASSERT_STRING_EQUAL(cage.health.lines[0].text, "flush: Input/output error");
	CU_ASSERT_EQUAL(health_counted(&cage.health, COUNT_TAKEN), 2);
	clean(&cage);
}

static void one_that_hangs_at_its_end_takes_no_more_than_the_budget(void)
{
	static const char *const animals[] = {"hang-flush", "hang-stop", "hang-destroy"};

	for (size_t i = 0; i < sizeof(animals) / sizeof(animals[0]); i++) {
		struct cage *cage = calloc(1, sizeof(*cage));
		int64_t start_ns;

		open_cage(cage, animals[i]);
		offer(cage, 1, 1);
		CU_ASSERT(counts(cage, COUNT_TAKEN, 1));
		start_ns = now_ns();
		CU_ASSERT_FALSE(close_cage(cage, 100 * MS));
		CU_ASSERT(now_ns() - start_ns < PATIENCE);
		CU_ASSERT_EQUAL(health_state(&cage->health), PLUGIN_STUCK);
		printf("# %s: %s\n", animals[i], cage->health.reason);
		CU_ASSERT_EQUAL(strncmp(cage->health.reason, animals[i] + 5, 4), 0);
		clean(cage); /* but not the cage: its thread is in there for good */
	}
}

static void what_is_refused_at_first_is_offered_again(void)
{
	static struct cage cage = {0};

	open_cage(&cage, "retries");
	offer(&cage, 1, 1);
	CU_ASSERT(counts(&cage, COUNT_RETRIED, 2)); /* the second time after about a second */
	CU_ASSERT_STRING_EQUAL(cage.health.reason, "export_snapshot: SONDE_RETRY: nobody is there");
	CU_ASSERT(close_cage(&cage, PATIENCE));
	CU_ASSERT_EQUAL(health_counted(&cage.health, COUNT_RETRIED), 3);
	CU_ASSERT_EQUAL(health_counted(&cage.health, COUNT_DROPPED_END), 1);
	clean(&cage);
}

static void one_that_fails_for_good_is_stopped(void)
{
	static struct cage cage = {0};

	open_cage(&cage, "fatal");
	offer(&cage, 1, 1);
	CU_ASSERT(becomes(&cage, PLUGIN_FAILED));
	CU_ASSERT_STRING_EQUAL(cage.health.reason, "export_snapshot: SONDE_FATAL: nobody is there");
	CU_ASSERT(close_cage(&cage, PATIENCE));
	CU_ASSERT_STRING_EQUAL(written(&cage), "stopped\n");
	clean(&cage);
}

static void a_status_that_there_is_not_is_a_refusal(void)
{
	static struct cage cage = {0};

	open_cage(&cage, "garbage");
	offer(&cage, 1, 1);
	offer(&cage, 2, 1);
	offer(&cage, 3, 1);
	CU_ASSERT(becomes(&cage, PLUGIN_BACKOFF));
	CU_ASSERT_EQUAL(health_counted(&cage.health, COUNT_REFUSED), 3);
	CU_ASSERT_STRING_EQUAL(cage.health.reason,
			       "export_snapshot returned 4711, which is no status");
	CU_ASSERT(close_cage(&cage, PATIENCE));
	clean(&cage);
}

static void why_a_plugin_does_not_work_is_kept(void)
{
	static struct cage cage = {0};

	open_cage(&cage, "fails-probe");
	CU_ASSERT(becomes(&cage, PLUGIN_FAILED));
	CU_ASSERT_STRING_EQUAL(cage.health.reason, "probe: there is no zoo here");
	offer(&cage, 1, 1);
	CU_ASSERT(close_cage(&cage, PATIENCE));
	clean(&cage);
}

static void a_flood_of_lines_is_dammed(void)
{
	static struct cage cage = {0};

	open_cage(&cage, "floods");
	offer(&cage, 1, 1);
	CU_ASSERT(counts(&cage, COUNT_TAKEN, 1));
	/* A slow machine has time for a second round, and for a line of the host's own. */
	uint64_t n_lines = health_counted(&cage.health, COUNT_LINES);

	CU_ASSERT(n_lines >= PLUGIN_LOG_CODES && n_lines <= 2 * PLUGIN_LOG_CODES);
	CU_ASSERT(n_lines + health_counted(&cage.health, COUNT_LINES_SUPPRESSED) >= 20000);
	CU_ASSERT(close_cage(&cage, PATIENCE));
	clean(&cage);
}

static void a_monitor_hands_over_what_it_collects(void)
{
	static struct cage cage = {.choice.interval_ns = 5 * MS};

	open_cage(&cage, "monitor");
	for (int64_t end_ns = now_ns() + PATIENCE; now_ns() < end_ns;) {
		if (health_counted(&cage.health, COUNT_COLLECTED) >= 3)
			break;
		poll(NULL, 0, 1);
	}
	CU_ASSERT(close_cage(&cage, PATIENCE));
	CU_ASSERT_PTR_NOT_NULL_FATAL(cage.figures);
	CU_ASSERT_EQUAL(snapshot_n_series(cage.figures), 1);
	CU_ASSERT_EQUAL(snapshot_series(cage.figures, 0)->value.number, 12);
	clean(&cage);
}

static void a_monitor_is_given_no_snapshots(void)
{
	static struct cage cage = {.choice.interval_ns = 5 * MS};

	open_cage(&cage, "monitor");
	offer(&cage, 1, 1); /* before anybody knows that it is one */
	CU_ASSERT(becomes(&cage, PLUGIN_RUNNING));
	CU_ASSERT(counts(&cage, COUNT_COLLECTED, 1) ||
		  health_counted(&cage.health, COUNT_COLLECTED) > 1);
	offer(&cage, 2, 2);
	CU_ASSERT(close_cage(&cage, PATIENCE));
	CU_ASSERT_EQUAL(health_state(&cage.health), PLUGIN_STOPPED);
	CU_ASSERT_EQUAL(health_n_lost(&cage.health), 0);
	clean(&cage);
}

static void of_ten_exporters_of_which_one_hangs_nine_lose_nothing(void)
{
	static struct cage cages[10];
	int64_t until_ns;

	for (size_t i = 0; i < 10; i++) {
		cages[i].choice.deadline_ns = i == 4 ? 20 * MS : PATIENCE;
		cages[i].choice.queue_snapshots = 100;
		open_cage(&cages[i], i == 4 ? "hang-export" : "well");
	}
	for (uint64_t sequence = 1; sequence <= 50; sequence++)
		for (size_t i = 0; i < 10; i++)
			offer(&cages[i], sequence, sequence);
	CU_ASSERT(becomes(&cages[4], PLUGIN_STUCK));
	until_ns = now_ns() + PATIENCE;
	for (size_t i = 0; i < 10; i++)
		plugin_runner_end(cages[i].runner, until_ns);
	for (size_t i = 0; i < 10; i++) {
		CU_ASSERT_EQUAL(plugin_runner_wait(cages[i].runner, until_ns), i != 4);
		CU_ASSERT_EQUAL(health_counted(&cages[i].health, COUNT_TAKEN), i == 4 ? 0 : 50);
		CU_ASSERT_EQUAL(health_n_lost(&cages[i].health), i == 4 ? 50 : 0);
		clean(&cages[i]);
	}
}

UNIT_MAIN("plugin-runner",
	  {"an exporter gets every snapshot in order", an_exporter_gets_every_snapshot_in_order},
	  {"a delta is what came since the last one taken",
	   a_delta_is_what_came_since_the_last_one_taken},
	  {"a full queue drops the oldest and counts them",
	   a_full_queue_drops_the_oldest_and_counts_them},
	  {"totals need no room", totals_need_no_room},
	  {"one that hangs is given up and named", one_that_hangs_is_given_up_and_named},
	  {"one that hangs when it is made is given up",
	   one_that_hangs_when_it_is_made_is_given_up},
	  {"what it keeps back is flushed when there is nothing else to do",
	   what_it_keeps_back_is_flushed_when_there_is_nothing_else_to_do},
	  {"one that cannot flush is told and goes on", one_that_cannot_flush_is_told_and_goes_on},
	  {"one that hangs at its end takes no more than the budget",
	   one_that_hangs_at_its_end_takes_no_more_than_the_budget},
	  {"what is refused at first is offered again", what_is_refused_at_first_is_offered_again},
	  {"one that fails for good is stopped", one_that_fails_for_good_is_stopped},
	  {"a status that there is not is a refusal", a_status_that_there_is_not_is_a_refusal},
	  {"why a plugin does not work is kept", why_a_plugin_does_not_work_is_kept},
	  {"a flood of lines is dammed", a_flood_of_lines_is_dammed},
	  {"a monitor hands over what it collects", a_monitor_hands_over_what_it_collects},
	  {"a monitor is given no snapshots", a_monitor_is_given_no_snapshots},
	  {"of ten exporters of which one hangs, nine lose nothing",
	   of_ten_exporters_of_which_one_hangs_nine_lose_nothing})
