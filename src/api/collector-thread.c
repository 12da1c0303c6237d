// SPDX-License-Identifier: MIT
/*
 * The thread that feeds the windows, where the program wants one. Its instants do not drift; one
 * that has gone by is left out.
 */
#include "config.h"

#include "api/instance.h"

#include <signal.h>
#include <time.h>

#include "api/figures.h"

static struct timespec instant(int64_t ns)
{
	return (struct timespec){.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};
}

/* The lock is held but while it waits: what it waits by is called and left with the lock, too. */
static void *collect(void *argument)
{
	struct sonde *sonde = argument;
	struct hold hold = instance_lock();
	int64_t next_ns = clock_kernel_ns(CLOCK_MONOTONIC) + sonde->interval_ns;

	while (!sonde->is_ending) {
		struct timespec until = instant(next_ns);
		int64_t now_ns;

		pthread_cond_timedwait(&sonde->wake, &sonde->lock, &until);
		now_ns = clock_kernel_ns(CLOCK_MONOTONIC);
		/* It may be shorter now. */
		if (next_ns > now_ns + sonde->interval_ns)
			next_ns = now_ns + sonde->interval_ns;
		if (now_ns < next_ns)
			continue;
		figures_collect(sonde);
		sonde->collected_ns = now_ns;
		while (next_ns <= now_ns)
			next_ns += sonde->interval_ns;
	}
	instance_unlock(&hold);
	return NULL;
}

int collector_start(struct sonde *sonde)
{
	pthread_condattr_t attributes;
	sigset_t all;
	sigset_t before;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&sonde->wake, &attributes);
	pthread_condattr_destroy(&attributes);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	sonde->collected_ns = clock_kernel_ns(CLOCK_MONOTONIC);
	sonde->has_collector = pthread_create(&sonde->collector, NULL, collect, sonde) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return sonde->has_collector ? 0 : SONDE_ENOMEM;
}

int collector_need(struct sonde *sonde, int64_t interval_ns)
{
	if (interval_ns < INTERVAL_MIN_NS)
		interval_ns = INTERVAL_MIN_NS;
	if (!sonde->is_interval_given &&
	    (!sonde->has_collector || interval_ns < sonde->interval_ns))
		sonde->interval_ns = interval_ns;
	if (!sonde->has_collector)
		return collector_start(sonde);
	pthread_cond_signal(&sonde->wake);
	return 0;
}

void collector_stop(struct sonde *sonde)
{
	bool has_collector;

	pthread_mutex_lock(&sonde->lock);
	has_collector = sonde->has_collector;
	sonde->has_collector = false;
	sonde->is_ending = true;
	if (has_collector)
		pthread_cond_signal(&sonde->wake);
	pthread_mutex_unlock(&sonde->lock);
	if (has_collector)
		pthread_join(sonde->collector, NULL);
}
