// SPDX-License-Identifier: MIT
/*
 * The instance and the thread hold a reference to the asker each. The thread may be the last one to
 * let go, long after the instance, when a server comes back.
 */
#include "resources/disk-space.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum asker_state {
	ASKER_IDLE,
	ASKER_ASKED,
	ASKER_ANSWERED,
};

struct space_asker {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned int n_references;
	enum asker_state state;
	bool is_late; /* somebody waited for this answer in vain */
	bool is_to_end;
	int error;
	struct disk_space space;
	disk_space_function read;
	char path[];
};

static void put(struct space_asker *asker)
{
	pthread_mutex_lock(&asker->lock);
	bool is_last = --asker->n_references == 0;

	pthread_mutex_unlock(&asker->lock);
	if (!is_last)
		return;
	pthread_cond_destroy(&asker->changed);
	pthread_mutex_destroy(&asker->lock);
	free(asker);
}

/* Waits for a question. False: the thread is to end. */
static bool wait_for_question(struct space_asker *asker)
{
	pthread_mutex_lock(&asker->lock);
	while (asker->state != ASKER_ASKED && !asker->is_to_end)
		pthread_cond_wait(&asker->changed, &asker->lock);
	bool is_to_end = asker->is_to_end;

	pthread_mutex_unlock(&asker->lock);
	return !is_to_end;
}

static void run(void *argument)
{
	struct space_asker *asker = argument;

	while (wait_for_question(asker)) {
		struct disk_space space = {0};
		int error = asker->read(asker->path, &space);

		pthread_mutex_lock(&asker->lock);
		asker->space = space;
		asker->error = error;
		asker->state = ASKER_ANSWERED;
		pthread_cond_broadcast(&asker->changed);
		pthread_mutex_unlock(&asker->lock);
	}
	put(asker);
}

static int init_condition(pthread_cond_t *condition)
{
	pthread_condattr_t attributes;

	if (pthread_condattr_init(&attributes))
		return -ENOMEM;
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	int error = pthread_cond_init(condition, &attributes);

	pthread_condattr_destroy(&attributes);
	return -error;
}

struct space_asker *space_asker_new(const struct sonde_host *host, const char *path,
				    disk_space_function read)
{
	struct space_asker *asker = calloc(1, sizeof(*asker) + strlen(path) + 1);

	if (!asker)
		return NULL;
	if (init_condition(&asker->changed)) {
		free(asker);
		return NULL;
	}
	pthread_mutex_init(&asker->lock, NULL);
	asker->read = read;
	asker->n_references = 2;
	strcpy(asker->path, path);
	if (host->thread_create(host, "disk space", run, asker)) {
		put(asker);
		put(asker);
		return NULL;
	}
	return asker;
}

void space_asker_ask(struct space_asker *asker)
{
	pthread_mutex_lock(&asker->lock);
	/* An answer that nobody waited for to the end is of another time. */
	if (asker->state != ASKER_ASKED) {
		asker->state = ASKER_ASKED;
		asker->is_late = false;
		pthread_cond_broadcast(&asker->changed);
	}
	pthread_mutex_unlock(&asker->lock);
}

static void wait_for_answer(struct space_asker *asker, int64_t deadline_ns)
{
	const struct timespec until = {
		.tv_sec = deadline_ns / 1000000000,
		.tv_nsec = deadline_ns % 1000000000,
	};

	while (asker->state == ASKER_ASKED && !asker->is_late)
		if (pthread_cond_timedwait(&asker->changed, &asker->lock, &until) == ETIMEDOUT)
			asker->is_late = asker->state == ASKER_ASKED;
}

int space_asker_answer(struct space_asker *asker, int64_t deadline_ns, struct disk_space *ret_space)
{
	int error = -ETIMEDOUT;

	pthread_mutex_lock(&asker->lock);
	wait_for_answer(asker, deadline_ns);
	if (asker->state == ASKER_ANSWERED) {
		error = asker->error;
		if (!error)
			*ret_space = asker->space;
		asker->state = ASKER_IDLE;
		asker->is_late = false;
	}
	pthread_mutex_unlock(&asker->lock);
	return error;
}

void space_asker_stop(struct space_asker *asker)
{
	if (!asker)
		return;
	pthread_mutex_lock(&asker->lock);
	asker->is_to_end = true;
	pthread_cond_broadcast(&asker->changed);
	pthread_mutex_unlock(&asker->lock);
}

void space_asker_free(struct space_asker *asker)
{
	if (asker)
		put(asker);
}
