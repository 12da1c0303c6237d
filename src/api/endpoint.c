// SPDX-License-Identifier: MIT
/*
 * The lock is held to look at what there is to do, never while the plugin's code runs.
 */
#include "config.h"

#include "api/endpoint.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "host/plugin-life.h"
#include "host/plugin-snapshot.h"
#include "host/plugin-thread.h"

enum { STACK = PLUGIN_STACK };

struct job {
	struct job *next;
	const struct sonde_snapshot *snapshot;
	struct export_batch *batch; /* NULL: nobody waits for the answer */
	size_t position;
};

struct endpoint {
	const struct engine *engine;
	const struct plugin_choice *choice;
	const char *directory;
	struct plugin_health health;
	struct plugin_life life; /* the thread's */
	bool is_usable;		 /* the thread's: it began well, and has not given up */
	pthread_t thread;

	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t changed;
	struct job *jobs; /* the oldest first */
	size_t n_jobs;
	bool is_busy;
	bool is_ending;
	int64_t until_ns; /* when it is */
	bool has_ended;
};

static int64_t now_ns(void)
{
	return clock_kernel_ns(CLOCK_MONOTONIC);
}

static void job_free(struct job *job)
{
	plugin_snapshot_unref(job->snapshot);
	export_batch_put(job->batch);
	free(job);
}

static void answer(const struct job *job, enum sonde_export_outcome outcome, uint64_t rejected,
		   const char *reason)
{
	if (job->batch)
		export_batch_answer(job->batch, job->position, outcome, rejected, reason);
}

/* -- On its thread ---------------------------------------------------------------------------- */

/* Nobody has anything to export. */
static bool is_flush_due(const struct endpoint *endpoint)
{
	return !endpoint->jobs && !endpoint->is_ending && endpoint->is_usable && life_has_to_flush(&endpoint->life);
}

/* With the lock, which it gives back meanwhile. */
static void flush(struct endpoint *endpoint)
{
	endpoint->is_busy = true;
	pthread_mutex_unlock(&endpoint->lock);
	bool is_usable = life_flush(&endpoint->life, INT64_MAX);

	pthread_mutex_lock(&endpoint->lock);
	endpoint->is_usable = is_usable;
	endpoint->is_busy = false;
}

/* NULL: it is to end. */
static struct job *wait_for_job(struct endpoint *endpoint, int64_t *ret_until_ns)
{
	pthread_mutex_lock(&endpoint->lock);
	endpoint->is_busy = false;
	while (is_flush_due(endpoint))
		flush(endpoint);
	while (!endpoint->jobs && !endpoint->is_ending)
		pthread_cond_wait(&endpoint->changed, &endpoint->lock);
	struct job *job = endpoint->jobs;

	if (job) {
		endpoint->jobs = job->next;
		endpoint->n_jobs--;
	}
	endpoint->is_busy = job != NULL;
	*ret_until_ns = endpoint->is_ending ? endpoint->until_ns : INT64_MAX;
	pthread_mutex_unlock(&endpoint->lock);
	return job;
}

/* What the export has come to, as its counts tell: there is one at a time. */
static enum sonde_export_outcome outcome_since(const struct plugin_health *before,
					       const struct plugin_health *now)
{
	static const struct {
		enum plugin_count count;
		enum sonde_export_outcome outcome;
	} outcomes[] = {
		{COUNT_TAKEN, SONDE_EXPORT_OK},
		{COUNT_PARTIAL, SONDE_EXPORT_PARTIAL},
		{COUNT_RETRIED, SONDE_EXPORT_RETRY},
		{COUNT_REFUSED, SONDE_EXPORT_DROPPED},
	};

	for (size_t i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++)
		if (health_counted(now, outcomes[i].count) !=
		    health_counted(before, outcomes[i].count))
			return outcomes[i].outcome;
	return SONDE_EXPORT_FAILED;
}

static void export_job(struct endpoint *endpoint, const struct job *job, int64_t until_ns)
{
	struct plugin_health before;

	health_copy(&endpoint->health, &before);
	if (life_export(&endpoint->life, job->snapshot, until_ns) == LIFE_OVER)
		endpoint->is_usable = false;

	enum sonde_export_outcome outcome = outcome_since(&before, &endpoint->health);

	answer(job, outcome,
	       health_counted(&endpoint->health, COUNT_REJECTED_POINTS) -
		       health_counted(&before, COUNT_REJECTED_POINTS),
	       outcome == SONDE_EXPORT_OK ? "" : endpoint->health.reason);
}

/* One that failed is left alone for a while, unless somebody waits for the answer. */
static bool is_to_wait(const struct endpoint *endpoint, const struct job *job)
{
	return !job->batch && now_ns() < endpoint->life.not_before_ns;
}

static void work(struct endpoint *endpoint, struct job *job, int64_t until_ns)
{
	if (!endpoint->is_usable)
		answer(job, SONDE_EXPORT_FAILED, 0, endpoint->health.reason);
	else if (until_ns != INT64_MAX || !is_to_wait(endpoint, job))
		export_job(endpoint, job, until_ns);
	job_free(job);
}

static bool begin(struct endpoint *endpoint)
{
	const char *trouble = endpoint->choice->trouble;

	if (trouble)
		health_change(&endpoint->health, PLUGIN_FAILED, trouble);
	if (trouble || !life_begin(&endpoint->life, endpoint->directory))
		return false;
	if (life_is_exporter(&endpoint->life))
		return true;
	health_change(&endpoint->health, PLUGIN_FAILED, "it is no exporter");
	return false;
}

static void end(struct endpoint *endpoint)
{
	int64_t until_ns;

	pthread_mutex_lock(&endpoint->lock);
	until_ns = endpoint->until_ns;
	pthread_mutex_unlock(&endpoint->lock);
	life_end(&endpoint->life, until_ns);
	pthread_mutex_lock(&endpoint->lock);
	endpoint->has_ended = true;
	pthread_cond_broadcast(&endpoint->changed);
	pthread_mutex_unlock(&endpoint->lock);
}

static void *run(void *argument)
{
	struct endpoint *endpoint = argument;
	struct job *job;
	int64_t until_ns;

	/* What its plugin calls is not the program's doing. */
	endpoint->engine->become_own();
	endpoint->is_usable = begin(endpoint);
	while ((job = wait_for_job(endpoint, &until_ns)))
		work(endpoint, job, until_ns);
	end(endpoint);
	return NULL;
}

/* -- From outside ----------------------------------------------------------------------------- */

static void init(struct endpoint *endpoint)
{
	pthread_condattr_t attributes;

	pthread_mutex_init(&endpoint->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&endpoint->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	life_init(&endpoint->life, endpoint->choice, &endpoint->health);
}

static void deinit(struct endpoint *endpoint)
{
	while (endpoint->jobs) {
		struct job *job = endpoint->jobs;

		endpoint->jobs = job->next;
		job_free(job);
	}
	life_deinit(&endpoint->life);
	pthread_cond_destroy(&endpoint->changed);
	pthread_mutex_destroy(&endpoint->lock);
	free(endpoint);
}

struct endpoint *endpoint_new(const struct engine *engine, const struct plugin_choice *choice,
			      const char *directory)
{
	struct endpoint *endpoint = calloc(1, sizeof(*endpoint));

	if (!endpoint)
		return NULL;
	endpoint->engine = engine;
	endpoint->choice = choice;
	endpoint->directory = directory;
	init(endpoint);
	if (plugin_thread_start(choice->name, STACK, run, endpoint, &endpoint->thread) == 0)
		return endpoint;
	deinit(endpoint);
	return NULL;
}

const char *endpoint_name(const struct endpoint *endpoint)
{
	return endpoint->choice->name;
}

const struct plugin_health *endpoint_health(const struct endpoint *endpoint)
{
	return &endpoint->health;
}

static size_t room_for_jobs(const struct endpoint *endpoint)
{
	size_t n_jobs = endpoint->choice->queue_snapshots;

	return n_jobs ? n_jobs : PLUGIN_QUEUE_SNAPSHOTS;
}

/* NULL: it has been added. What nobody waits for can as well come another time, but for the last.
 */
static const char *add(struct endpoint *endpoint, struct job *job, bool is_last)
{
	struct job **place = &endpoint->jobs;
	const char *trouble = NULL;

	pthread_mutex_lock(&endpoint->lock);
	if (endpoint->is_ending)
		trouble = "it has been stopped";
	else if (!is_last && (endpoint->n_jobs >= room_for_jobs(endpoint) ||
			      (!job->batch && (endpoint->n_jobs || endpoint->is_busy))))
		trouble = "too many exports wait for it";
	while (!trouble && *place)
		place = &(*place)->next;
	if (!trouble) {
		*place = job;
		endpoint->n_jobs++;
		pthread_cond_broadcast(&endpoint->changed);
	}
	pthread_mutex_unlock(&endpoint->lock);
	return trouble;
}

static struct job *make_job(const struct sonde_snapshot *snapshot, struct export_batch *batch,
			    size_t position)
{
	struct job *job = calloc(1, sizeof(*job));

	if (!job)
		return NULL;
	job->snapshot = plugin_snapshot_ref(snapshot);
	job->batch = batch ? export_batch_get(batch) : NULL;
	job->position = position;
	return job;
}

bool endpoint_keeps_windows(const struct endpoint *endpoint)
{
	return life_keeps_windows(&endpoint->life);
}

void endpoint_keep(struct endpoint *endpoint, const struct sonde_snapshot *snapshot)
{
	life_keep(&endpoint->life, snapshot);
}

void endpoint_offer(struct endpoint *endpoint, const struct sonde_snapshot *snapshot,
		    struct export_batch *batch, size_t position)
{
	endpoint_keep(endpoint, snapshot);
	struct job *job = make_job(snapshot, batch, position);
	const char *trouble = job ? add(endpoint, job, false) : "no memory";

	if (trouble && batch)
		export_batch_answer(batch, position, SONDE_EXPORT_DROPPED, 0, trouble);
	if (trouble && job)
		job_free(job);
}

void endpoint_offer_last(struct endpoint *endpoint, const struct sonde_snapshot *snapshot)
{
	endpoint_keep(endpoint, snapshot);
	struct job *job = make_job(snapshot, NULL, 0);

	if (job && add(endpoint, job, true))
		job_free(job);
}

void endpoint_end(struct endpoint *endpoint, int64_t until_ns)
{
	pthread_mutex_lock(&endpoint->lock);
	endpoint->is_ending = true;
	endpoint->until_ns = until_ns;
	pthread_cond_broadcast(&endpoint->changed);
	pthread_mutex_unlock(&endpoint->lock);
}

bool endpoint_join(struct endpoint *endpoint, int64_t until_ns)
{
	const struct timespec until = {until_ns / 1000000000, until_ns % 1000000000};

	pthread_mutex_lock(&endpoint->lock);
	while (!endpoint->has_ended && now_ns() < until_ns)
		pthread_cond_timedwait(&endpoint->changed, &endpoint->lock, &until);
	bool has_ended = endpoint->has_ended;

	pthread_mutex_unlock(&endpoint->lock);
	if (!has_ended) {
		pthread_detach(endpoint->thread);
		return false;
	}
	pthread_join(endpoint->thread, NULL);
	deinit(endpoint);
	return true;
}

void endpoint_after_fork(struct endpoint *endpoint)
{
	const struct plugin_life *life = &endpoint->life;

	if (life->is_created && life->plugin->desc.fork_child)
		life->plugin->desc.fork_child(life->instance);
}
