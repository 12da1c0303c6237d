// SPDX-License-Identifier: MIT
/*
 * A pool of threads that count what they do. Handles are opened once and used by all threads:
 * recording by them takes no lock and no search, so it may stand in the innermost loop.
 *
 *     cc thread-pool.c -pthread $(pkg-config --cflags --libs sonde) -o thread-pool && ./thread-pool
 */
#include <pthread.h>
#include <sonde/sonde.h>
#include <stdio.h>

enum { WORKERS = 4, JOBS = 100000 };

static struct sonde_counter *jobs_done;
static struct sonde_gauge *workers_busy;
static struct sonde_timer *job_duration;

static int next_job = JOBS;
static volatile unsigned int result;

static void run_job(int job)
{
	struct sonde_stopwatch stopwatch;

	sonde_stopwatch_start(job_duration, &stopwatch);
	for (int i = 0; i < job % 1000; i++)
		result += (unsigned int)i;
	sonde_stopwatch_stop(&stopwatch, NULL);
	sonde_counter_add(jobs_done, 1);
}

static void *work(void *argument)
{
	int job;

	sonde_gauge_change(workers_busy, 1);
	while ((job = __atomic_sub_fetch(&next_job, 1, __ATOMIC_RELAXED)) >= 0)
		run_job(job);
	sonde_gauge_change(workers_busy, -1);
	return argument;
}

/* The gauge counts what is there now: values of processes that run add up. */
static int open_handles(struct sonde *sonde)
{
	const struct sonde_tag pool = {"pool", "example"};
	int error = sonde_counter_open(sonde, "pool.jobs", "{job}", &pool, 1, &jobs_done);

	if (!error)
		error = sonde_timer_open(sonde, "pool.job.duration", &pool, 1, &job_duration);
	if (!error)
		error = sonde_gauge_open(sonde, "pool.workers", "{thread}",
					 SONDE_MERGE_SUM | SONDE_MERGE_LIVE, &pool, 1,
					 &workers_busy);
	return error;
}

int main(void)
{
	pthread_t workers[WORKERS];
	struct sonde_metric_summary jobs, busy, durations;
	struct sonde *sonde;
	int error = sonde_initialize_metrics(NULL, &sonde, NULL);

	if (!error)
		error = open_handles(sonde);
	if (error) {
		fprintf(stderr, "%s\n", sonde_error_text(error));
		return 1;
	}
	for (int i = 0; i < WORKERS; i++)
		if (pthread_create(&workers[i], NULL, work, NULL) != 0)
			return 1;
	for (int i = 0; i < WORKERS; i++)
		pthread_join(workers[i], NULL);
	if (sonde_get_metric_summary(sonde, "pool.jobs", 0, &jobs) != 0 ||
	    sonde_get_metric_summary(sonde, "pool.workers", 0, &busy) != 0 ||
	    sonde_get_metric_summary(sonde, "pool.job.duration", 0, &durations) != 0)
		return 1;
	printf("%llu jobs, %llu durations, %g workers left, p99 %.3g us\n",
	       (unsigned long long)jobs.count, (unsigned long long)durations.count, busy.last,
	       durations.p99 * 1e6);
	return 0;
}
