// SPDX-License-Identifier: MIT
/*
 * The lock is held to look at what there is to do, never while the plugin's code runs: so whoever
 * offers a snapshot or looks after the instance waits for nobody. What the plugin's code does to
 * the instance's life is the thread's own affair; others see it by the health alone.
 */
#include "config.h"

#include "host/plugin-runner.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "host/plugin-life.h"
#include "host/plugin-queue.h"
#include "host/plugin-snapshot.h"
#include "host/plugin-thread.h"
#include "host/plugin-watch.h"

struct plugin_runner {
	struct plugin_work work;
	struct plugin_choice choice; /* the thread writes it, and holds the lock for that */
	pthread_t thread;
	struct plugin_life life; /* the thread's */
	int64_t next_collect_ns; /* the thread's */

	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t changed;
	struct plugin_queue queue;
	bool takes_snapshots; /* an exporter; true as long as that is not known */
	bool is_busy; /* in the plugin's code, or about to be */
	bool has_other; /* the next two have what is to be the choice: */
	struct plugin_choice other;
	struct option_values other_values;
	bool is_ending;
	int64_t until_ns; /* when it is */
	bool has_ended;
};

enum task { TASK_RELOAD, TASK_EXPORT, TASK_COLLECT, TASK_FLUSH, TASK_END };

static int64_t now_ns(void)
{
	return clock_kernel_ns(CLOCK_MONOTONIC);
}

static size_t queue_snapshots(const struct plugin_choice *choice)
{
	return choice->queue_snapshots ? choice->queue_snapshots : PLUGIN_QUEUE_SNAPSHOTS;
}

static size_t queue_bytes(const struct plugin_choice *choice)
{
	return choice->queue_bytes ? choice->queue_bytes : PLUGIN_QUEUE_BYTES;
}

/* Releases the lock while it waits. INT64_MAX: until something changes. */
static void wait_until(struct plugin_runner *runner, int64_t until_ns)
{
	const struct timespec until = {until_ns / 1000000000, until_ns % 1000000000};

	if (until_ns == INT64_MAX)
		pthread_cond_wait(&runner->changed, &runner->lock);
	else
		pthread_cond_timedwait(&runner->changed, &runner->lock, &until);
}

static bool is_export_due(const struct plugin_runner *runner)
{
	return runner->queue.n_snapshots > 0 &&
	       (runner->is_ending || now_ns() >= runner->life.not_before_ns);
}

static bool is_collection_due(const struct plugin_runner *runner)
{
	return life_is_monitor(&runner->life) && now_ns() >= runner->next_collect_ns;
}

/* Nothing waits, also not for later. */
static bool is_flush_due(const struct plugin_runner *runner)
{
	return runner->queue.n_snapshots == 0 && life_has_to_flush(&runner->life);
}

/* When there will be something to do, if nothing comes up before. */
static int64_t next_task_ns(const struct plugin_runner *runner)
{
	int64_t next_ns = INT64_MAX;

	if (life_is_monitor(&runner->life))
		next_ns = runner->next_collect_ns;
	if (runner->queue.n_snapshots > 0 && runner->life.not_before_ns < next_ns)
		next_ns = runner->life.not_before_ns;
	return next_ns;
}

static enum task wait_for_task(struct plugin_runner *runner,
			       const struct sonde_snapshot **ret_snapshot)
{
	enum task task = TASK_END;

	pthread_mutex_lock(&runner->lock);
	runner->is_busy = false;
	while (!runner->has_other && !is_export_due(runner) && !runner->is_ending && !is_collection_due(runner) &&
	       !is_flush_due(runner))
		wait_until(runner, next_task_ns(runner));
	if (runner->has_other && !runner->is_ending) {
		task = TASK_RELOAD;
	} else if (is_export_due(runner) && (!runner->is_ending || now_ns() < runner->until_ns)) {
		*ret_snapshot = plugin_queue_take(&runner->queue);
		task = TASK_EXPORT;
	} else if (!runner->is_ending) {
		task = is_collection_due(runner) ? TASK_COLLECT : TASK_FLUSH;
	}
	runner->is_busy = true;
	pthread_mutex_unlock(&runner->lock);
	return task;
}

static void count_change(struct plugin_runner *runner, const struct queue_change *change)
{
	health_count(runner->work.health, COUNT_DROPPED_FULL, change->n_dropped);
	health_count(runner->work.health, COUNT_SUPERSEDED, change->n_superseded);
}

/* An instance that is to end tries everything once: there, only a newer one can make up for it. */
static void take_back(struct plugin_runner *runner, const struct sonde_snapshot *snapshot)
{
	struct queue_change change;
	bool is_lost;

	pthread_mutex_lock(&runner->lock);
	is_lost = runner->is_ending && !plugin_queue_has_newer(&runner->queue, snapshot);
	if (!is_lost)
		change = plugin_queue_return(&runner->queue, snapshot);
	pthread_mutex_unlock(&runner->lock);
	if (!is_lost) {
		count_change(runner, &change);
		return;
	}
	plugin_snapshot_unref(snapshot);
	health_count(runner->work.health, COUNT_DROPPED_END, 1);
}

static int64_t end_of_time(struct plugin_runner *runner)
{
	pthread_mutex_lock(&runner->lock);
	int64_t until_ns = runner->is_ending ? runner->until_ns : INT64_MAX;

	pthread_mutex_unlock(&runner->lock);
	return until_ns;
}

/* False: that was the last one. */
static bool export_one(struct plugin_runner *runner, const struct sonde_snapshot *snapshot)
{
	enum life_outcome outcome = life_export(&runner->life, snapshot, end_of_time(runner));

	if (outcome == LIFE_RETRY)
		take_back(runner, snapshot);
	else
		plugin_snapshot_unref(snapshot);
	return outcome != LIFE_OVER;
}

/* False: that was the last time. */
static bool collect_once(struct plugin_runner *runner)
{
	int64_t interval_ns = plugin_choice_interval_ns(&runner->choice);
	struct snapshot *figures;

	if (!life_collect(&runner->life, &figures))
		return false;
	if (figures && runner->work.take_figures)
		runner->work.take_figures(runner->work.argument, figures);
	else
		snapshot_put(figures);
	/* What a slow one has missed is not made up for. */
	do
		runner->next_collect_ns += interval_ns;
	while (runner->next_collect_ns <= now_ns());
	if (runner->next_collect_ns < runner->life.not_before_ns)
		runner->next_collect_ns = runner->life.not_before_ns;
	return true;
}

/* The limits of the queue and the times, which are the host's own affair. */
static void take_choice(struct plugin_runner *runner, const struct plugin_choice *choice)
{
	struct queue_change change = {0};

	pthread_mutex_lock(&runner->lock);
	runner->choice.interval_ns = choice->interval_ns;
	runner->choice.deadline_ns = choice->deadline_ns;
	plugin_queue_resize(&runner->queue, queue_snapshots(choice), queue_bytes(choice), &change);
	pthread_mutex_unlock(&runner->lock);
	count_change(runner, &change);
	runner->next_collect_ns = now_ns();
}

/* False: that was the last time. */
static bool reload(struct plugin_runner *runner)
{
	pthread_mutex_lock(&runner->lock);
	struct plugin_choice other = runner->other;
	struct option_values values = runner->other_values;

	runner->has_other = false;
	pthread_mutex_unlock(&runner->lock);
	bool is_alive = life_reload(&runner->life, other.options, &values);

	take_choice(runner, &other);
	return is_alive;
}

static bool work_once(struct plugin_runner *runner)
{
	const struct sonde_snapshot *snapshot;

	switch (wait_for_task(runner, &snapshot)) {
	case TASK_RELOAD:
		return reload(runner);
	case TASK_EXPORT:
		return export_one(runner, snapshot);
	case TASK_COLLECT:
		return collect_once(runner);
	case TASK_FLUSH:
		return life_flush(&runner->life, end_of_time(runner));
	case TASK_END:
		break;
	}
	return false;
}

static void accept_work(struct plugin_runner *runner)
{
	runner->next_collect_ns = now_ns();
	pthread_mutex_lock(&runner->lock);
	runner->queue.only_newest = life_wants_newest(&runner->life);
	runner->takes_snapshots = life_is_exporter(&runner->life);
	if (!runner->takes_snapshots)
		plugin_queue_clear(&runner->queue);
	pthread_mutex_unlock(&runner->lock);
	if (life_keeps_windows(&runner->life) && runner->work.ask_for_moments)
		runner->work.ask_for_moments(runner->work.argument);
}

static void end(struct plugin_runner *runner)
{
	int64_t until_ns = end_of_time(runner);

	life_end(&runner->life, until_ns < INT64_MAX ? until_ns : now_ns() + PLUGIN_START_NS);
	pthread_mutex_lock(&runner->lock);
	health_count(runner->work.health, COUNT_DROPPED_END, plugin_queue_clear(&runner->queue));
	runner->has_ended = true;
	pthread_cond_broadcast(&runner->changed);
	pthread_mutex_unlock(&runner->lock);
}

static void *run(void *argument)
{
	struct plugin_runner *runner = argument;

	if (life_begin(&runner->life, runner->work.directory)) {
		accept_work(runner);
		while (work_once(runner))
			;
	}
	end(runner);
	return NULL;
}

static int init(struct plugin_runner *runner)
{
	const struct plugin_choice *choice = &runner->choice;
	pthread_condattr_t attributes;

	pthread_mutex_init(&runner->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&runner->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	life_init(&runner->life, choice, runner->work.health);
	return plugin_queue_init(&runner->queue, queue_snapshots(choice), queue_bytes(choice),
				 false);
}

static void deinit(struct plugin_runner *runner)
{
	if (runner->has_other)
		option_values_deinit(&runner->other_values);
	plugin_queue_deinit(&runner->queue);
	life_deinit(&runner->life);
	pthread_cond_destroy(&runner->changed);
	pthread_mutex_destroy(&runner->lock);
	free(runner);
}

int plugin_runner_new(const struct plugin_work *work, struct plugin_runner **ret_runner)
{
	struct plugin_runner *runner = calloc(1, sizeof(*runner));

	if (!runner)
		return -ENOMEM;
	runner->work = *work;
	runner->choice = *work->choice;
	runner->takes_snapshots = true;
	runner->is_busy = true;
	int result = init(runner);

	if (result == 0)
		result = plugin_thread_start(work->choice->name, PLUGIN_STACK, run, runner,
					     &runner->thread);
	if (result < 0)
		deinit(runner);
	else
		*ret_runner = runner;
	return result;
}

void plugin_runner_offer(struct plugin_runner *runner, const struct sonde_snapshot *snapshot)
{
	const struct plugin_health *health = runner->work.health;
	struct queue_change change = {0};

	life_keep(&runner->life, snapshot);
	pthread_mutex_lock(&runner->lock);
	if (runner->takes_snapshots && !runner->has_ended && !health_has_ended(health)) {
		change = plugin_queue_add(&runner->queue, snapshot);
		pthread_cond_broadcast(&runner->changed);
	}
	pthread_mutex_unlock(&runner->lock);
	count_change(runner, &change);
	if (health_state(health) == PLUGIN_STUCK)
		health_count(runner->work.health, COUNT_DROPPED_STUCK, 1);
}

void plugin_runner_keep(struct plugin_runner *runner, const struct sonde_snapshot *snapshot)
{
	life_keep(&runner->life, snapshot);
}

void plugin_runner_reload(struct plugin_runner *runner, const struct plugin_choice *choice,
			  const struct option_values *values)
{
	pthread_mutex_lock(&runner->lock);
	if (runner->has_other)
		option_values_deinit(&runner->other_values);
	runner->other = *choice;
	runner->other_values = *values;
	runner->has_other = true;
	pthread_cond_broadcast(&runner->changed);
	pthread_mutex_unlock(&runner->lock);
}

static void give_up(struct plugin_runner *runner, const char *reason)
{
	size_t n_dropped;

	if (!health_change(runner->work.health, PLUGIN_STUCK, reason))
		return;
	pthread_mutex_lock(&runner->lock);
	n_dropped = plugin_queue_clear(&runner->queue);
	pthread_mutex_unlock(&runner->lock);
	/* And the one that it has not come back with. */
	if (runner->work.health->callback == CALLBACK_EXPORT)
		n_dropped++;
	health_count(runner->work.health, COUNT_DROPPED_STUCK, n_dropped);
}

static void say_stuck(struct plugin_runner *runner)
{
	const struct plugin_health *health = runner->work.health;
	char reason[HEALTH_TEXT_SIZE];

	snprintf(reason, sizeof(reason), "%s has not come back after %.3f s, %.3f s are allowed",
		 plugin_callback_name(health->callback),
		 (double)(now_ns() - health->called_ns) / 1e9, (double)health->allowed_ns / 1e9);
	give_up(runner, reason);
}

/* When the plugin may be in a callback that it is not in now. */
static int64_t next_call_ns(struct plugin_runner *runner)
{
	pthread_mutex_lock(&runner->lock);
	int64_t deadline_ns = runner->choice.deadline_ns;
	int64_t interval_ns = plugin_choice_interval_ns(&runner->choice);
	bool is_idle = !runner->is_busy && runner->queue.n_snapshots == 0 && !runner->has_other;

	pthread_mutex_unlock(&runner->lock);
	if (!is_idle)
		return now_ns() + (deadline_ns ? deadline_ns : PLUGIN_COLLECT_NS);
	/* Only the thread of a monitor starts by itself. */
	return runner->work.health->kind & SONDE_KIND_MONITOR
		       ? now_ns() + interval_ns
		       : INT64_MAX;
}

int64_t plugin_runner_look(struct plugin_runner *runner)
{
	int64_t again_ns;

	if (health_has_ended(runner->work.health))
		return INT64_MAX;
	if (plugin_watch_look(runner->work.health, now_ns(), &again_ns) == WATCH_STUCK)
		say_stuck(runner);
	return again_ns < INT64_MAX ? again_ns : next_call_ns(runner);
}

void plugin_runner_end(struct plugin_runner *runner, int64_t until_ns)
{
	pthread_mutex_lock(&runner->lock);
	runner->is_ending = true;
	runner->until_ns = until_ns;
	pthread_cond_broadcast(&runner->changed);
	pthread_mutex_unlock(&runner->lock);
}

bool plugin_runner_wait(struct plugin_runner *runner, int64_t until_ns)
{
	bool is_stuck = health_state(runner->work.health) == PLUGIN_STUCK;

	pthread_mutex_lock(&runner->lock);
	while (!is_stuck && !runner->has_ended && now_ns() < until_ns)
		wait_until(runner, until_ns);
	bool has_ended = runner->has_ended;

	pthread_mutex_unlock(&runner->lock);
	if (!has_ended && !is_stuck)
		say_stuck(runner);
	return has_ended;
}

struct plugin_runner *plugin_runner_free(struct plugin_runner *runner)
{
	if (!runner)
		return NULL;
	pthread_mutex_lock(&runner->lock);
	bool has_ended = runner->has_ended;

	pthread_mutex_unlock(&runner->lock);
	if (!has_ended) {
		pthread_detach(runner->thread);
		return NULL;
	}
	pthread_join(runner->thread, NULL);
	deinit(runner);
	return NULL;
}
