// SPDX-License-Identifier: MIT
/* What locks of every type answer: free, held by the caller, held by another, with bad clocks and times. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>
#include <time.h>

#define SHOW(call)                                                                                 \
	do {                                                                                       \
		errno = 4711;                                                                      \
		int result = (call);                                                               \
		int code = errno;                                                                  \
		printf("%-58s %d %d\n", #call, result, code);                                      \
	} while (0)

static const struct timespec past = {1, 0};
static const struct timespec wrong = {1, -1};
static pthread_mutex_t mutex;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static sem_t sem;

static void show_mutex(int type, int protocol, int robust)
{
	pthread_mutexattr_t attributes;

	printf("mutex of type %d, protocol %d, robust %d\n", type, protocol, robust);
	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_settype(&attributes, type);
	pthread_mutexattr_setprotocol(&attributes, protocol);
	pthread_mutexattr_setrobust(&attributes, robust);
	pthread_mutex_init(&mutex, &attributes);
	SHOW(pthread_mutex_lock(&mutex));
	if (type != PTHREAD_MUTEX_NORMAL)
		SHOW(pthread_mutex_lock(&mutex));
	SHOW(pthread_mutex_timedlock(&mutex, &past));
	SHOW(pthread_mutex_timedlock(&mutex, &wrong));
	SHOW(pthread_mutex_clocklock(&mutex, CLOCK_MONOTONIC, &past));
	SHOW(pthread_mutex_clocklock(&mutex, 77, &past));
	SHOW(pthread_mutex_unlock(&mutex));
	SHOW(pthread_mutex_clocklock(&mutex, 77, &past));
	SHOW(pthread_mutex_timedlock(&mutex, &wrong));
}

static void *hold_mutex(void *unused)
{
	SHOW(pthread_mutex_lock(&mutex));
	return unused;
}

static void show_dead_owner(void)
{
	pthread_mutexattr_t attributes;
	pthread_t thread;

	puts("robust mutex whose owner has ended");
	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(&mutex, &attributes);
	pthread_create(&thread, NULL, hold_mutex, NULL);
	pthread_join(thread, NULL);
	SHOW(pthread_mutex_lock(&mutex));
	SHOW(pthread_mutex_unlock(&mutex));
	SHOW(pthread_mutex_lock(&mutex));
}

static void show_rwlock(void)
{
	puts("read-write lock");
	SHOW(pthread_rwlock_timedrdlock(&rwlock, &wrong));
	SHOW(pthread_rwlock_clockwrlock(&rwlock, 77, &past));
	SHOW(pthread_rwlock_rdlock(&rwlock));
	SHOW(pthread_rwlock_timedrdlock(&rwlock, &past));
	SHOW(pthread_rwlock_timedwrlock(&rwlock, &past));
	SHOW(pthread_rwlock_clockwrlock(&rwlock, CLOCK_MONOTONIC, &past));
	SHOW(pthread_rwlock_unlock(&rwlock));
	SHOW(pthread_rwlock_unlock(&rwlock));
	SHOW(pthread_rwlock_wrlock(&rwlock));
	SHOW(pthread_rwlock_wrlock(&rwlock));
	SHOW(pthread_rwlock_rdlock(&rwlock));
	SHOW(pthread_rwlock_timedrdlock(&rwlock, &past));
}

static void show_semaphore(void)
{
	puts("semaphore");
	sem_init(&sem, 0, 3);
	SHOW(sem_wait(&sem));
	SHOW(sem_timedwait(&sem, &past));
	SHOW(sem_timedwait(&sem, &wrong));
	SHOW(sem_clockwait(&sem, 77, &past));
	SHOW(sem_clockwait(&sem, CLOCK_REALTIME, &past));
	SHOW(sem_timedwait(&sem, &past));
	SHOW(sem_clockwait(&sem, CLOCK_MONOTONIC, &past));
}

static void show_others(void)
{
	pthread_spinlock_t spin;
	mtx_t mtx;

	puts("others");
	pthread_spin_init(&spin, 0);
	SHOW(pthread_spin_lock(&spin));
	SHOW(pthread_spin_unlock(&spin));
	mtx_init(&mtx, mtx_timed);
	SHOW(mtx_lock(&mtx));
	SHOW(mtx_timedlock(&mtx, &past));
	SHOW(mtx_unlock(&mtx));
	SHOW(mtx_timedlock(&mtx, &past));
}

static void *wait_cancelled(void *way)
{
	struct timespec later;

	clock_gettime(CLOCK_REALTIME, &later);
	later.tv_sec += 60;
	pthread_cancel(pthread_self());
	if (strcmp(way, "wait") == 0)
		sem_wait(&sem);
	else if (strcmp(way, "timed") == 0)
		sem_timedwait(&sem, &later);
	else if (strcmp(way, "clock") == 0)
		sem_clockwait(&sem, CLOCK_REALTIME, &later);
	else
		pthread_mutex_lock(&mutex);
	return NULL;
}

/* A cancellation that is pending when the lock is free. */
static void show_cancellation(void)
{
	static char *const ways[] = {"wait", "timed", "clock", "mutex"};

	for (int i = 0; i < 4; i++) {
		pthread_t thread;
		void *result;
		int value;

		sem_init(&sem, 0, 1);
		pthread_mutex_init(&mutex, NULL);
		pthread_create(&thread, NULL, wait_cancelled, ways[i]);
		pthread_join(thread, &result);
		sem_getvalue(&sem, &value);
		printf("%s: %s, semaphore at %d\n", ways[i],
		       result == PTHREAD_CANCELED ? "cancelled" : "returned", value);
	}
}

int main(void)
{
	static const int types[] = {PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_RECURSIVE,
				    PTHREAD_MUTEX_ERRORCHECK};

	for (int i = 0; i < 3; i++) {
		show_mutex(types[i], PTHREAD_PRIO_NONE, PTHREAD_MUTEX_STALLED);
		show_mutex(types[i], PTHREAD_PRIO_NONE, PTHREAD_MUTEX_ROBUST);
	}
	show_mutex(PTHREAD_MUTEX_ERRORCHECK, PTHREAD_PRIO_INHERIT, PTHREAD_MUTEX_STALLED);
	show_dead_owner();
	show_rwlock();
	show_semaphore();
	show_others();
	show_cancellation();
	return 0;
}
