// SPDX-License-Identifier: MIT
/*
 * Locks that were to be had and locks that were waited for. A thread that is about to wait says so; the holder
 * then waits until the kernel has it asleep, so it is certain that the lock was held when it came.
 */
#include "config.h"

#include "truth.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <threads.h>
#include <time.h>

enum { FREE_ROUNDS = 1000, HELD_ROUNDS = 25 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static sem_t sem;
static mtx_t mtx;

static const struct timespec later = {INT32_MAX, 0};

static int lock_mutex(void)
{
	return pthread_mutex_lock(&mutex);
}

static int lock_mutex_timed(void)
{
	return pthread_mutex_timedlock(&mutex, &later);
}

static int lock_mutex_clock(void)
{
	return pthread_mutex_clocklock(&mutex, CLOCK_REALTIME, &later);
}

static int unlock_mutex(void)
{
	return pthread_mutex_unlock(&mutex);
}

static int lock_read(void)
{
	return pthread_rwlock_rdlock(&rwlock);
}

static int lock_write(void)
{
	return pthread_rwlock_wrlock(&rwlock);
}

static int lock_read_timed(void)
{
	return pthread_rwlock_timedrdlock(&rwlock, &later);
}

static int lock_write_clock(void)
{
	return pthread_rwlock_clockwrlock(&rwlock, CLOCK_REALTIME, &later);
}

static int unlock_rwlock(void)
{
	return pthread_rwlock_unlock(&rwlock);
}

static int wait_sem(void)
{
	return sem_wait(&sem);
}

static int wait_sem_timed(void)
{
	return sem_timedwait(&sem, &later);
}

static int post_sem(void)
{
	return sem_post(&sem);
}

static int lock_mtx(void)
{
	return mtx_lock(&mtx);
}

static int unlock_mtx(void)
{
	return mtx_unlock(&mtx);
}

/* Holding is done by the function that takes a lock from all. */
struct lock_case {
	const char *call;
	int (*lock)(void);
	int (*unlock)(void);
	const char *holding_call;
	int (*hold)(void);
};

static const struct lock_case locks[] = {
	{"pthread_mutex_lock", lock_mutex, unlock_mutex, "pthread_mutex_lock", lock_mutex},
	{"pthread_mutex_timedlock", lock_mutex_timed, unlock_mutex, "pthread_mutex_lock", lock_mutex},
	{"pthread_mutex_clocklock", lock_mutex_clock, unlock_mutex, "pthread_mutex_lock", lock_mutex},
	{"pthread_rwlock_rdlock", lock_read, unlock_rwlock, "pthread_rwlock_wrlock", lock_write},
	{"pthread_rwlock_wrlock", lock_write, unlock_rwlock, "pthread_rwlock_wrlock", lock_write},
	{"pthread_rwlock_timedrdlock", lock_read_timed, unlock_rwlock, "pthread_rwlock_wrlock",
	 lock_write},
	{"pthread_rwlock_clockwrlock", lock_write_clock, unlock_rwlock, "pthread_rwlock_wrlock",
	 lock_write},
	{"sem_wait", wait_sem, post_sem, "sem_wait", wait_sem},
	{"sem_timedwait", wait_sem_timed, post_sem, "sem_wait", wait_sem},
	{"mtx_lock", lock_mtx, unlock_mtx, "mtx_lock", lock_mtx},
	{0},
};

/* The number of the thread that is about to wait; 0: none is. */
static int waiter;

static void *wait_for_lock(void *argument)
{
	const struct lock_case *lock = argument;

	__atomic_store_n(&waiter, raw_gettid(), __ATOMIC_RELEASE);
	return lock->lock() || lock->unlock() ? "failed" : NULL;
}

/* Waits until the other thread sleeps; it may sleep for nothing but the lock once it has said its number. */
static void await_waiter(void)
{
	int tid;

	while (!(tid = __atomic_load_n(&waiter, __ATOMIC_ACQUIRE)) || !truth_is_asleep(raw_getpid(), tid))
		raw_syscall(SYS_sched_yield, 0, 0, 0, 0, 0, 0);
	__atomic_store_n(&waiter, 0, __ATOMIC_RELEASE);
}

static void state_kind(const char *call, bool is_contended, uint64_t n_calls)
{
	char name[64];
	struct text text = text_init(name, sizeof(name));

	text_add(&text, call);
	text_add(&text, is_contended ? "/contended" : "/");
	truth_count(name, n_calls);
}

static bool try_lock_case(const struct lock_case *lock)
{
	for (int i = 0; i < FREE_ROUNDS; i++)
		if (lock->lock() || lock->unlock())
			return false;
	for (int i = 0; i < HELD_ROUNDS; i++) {
		pthread_t thread;
		void *result;

		if (lock->hold() ||
		    pthread_create(&thread, NULL, wait_for_lock, (void *)(uintptr_t)lock))
			return false;
		await_waiter();
		if (lock->unlock() || pthread_join(thread, &result) || result)
			return false;
	}
	state_kind(lock->call, false, FREE_ROUNDS);
	state_kind(lock->holding_call, false, HELD_ROUNDS);
	state_kind(lock->call, true, HELD_ROUNDS);
	return true;
}

static int run_contention(char **arguments)
{
	(void)arguments;
	sem_init(&sem, 0, 1);
	mtx_init(&mtx, mtx_timed);
	for (const struct lock_case *lock = locks; lock->call; lock++)
		if (!try_lock_case(lock))
			return 1;
	truth_count("pthread_mutex_trylock", 0);
	truth_count("pthread_rwlock_tryrdlock", 0);
	truth_count("pthread_rwlock_trywrlock", 0);
	truth_count("sem_trywait", 0);
	truth_count("mtx_trylock", 0);
	return 0;
}

/* A lock that is not to be had in time has been waited for too. */
static int run_timeouts(char **arguments)
{
	static const struct timespec past = {1, 0};

	(void)arguments;
	sem_init(&sem, 0, 0);
	for (int i = 0; i < 40; i++)
		if (sem_timedwait(&sem, &past) == 0 || errno != ETIMEDOUT)
			return 1;
	truth_count("sem_timedwait/contended", 40);
	truth_error("sem_timedwait/contended", "ETIMEDOUT", 40);
	truth_count("sem_timedwait/", 0);
	return 0;
}

static void *wait_cancelled(void *unused)
{
	pthread_cancel(pthread_self());
	sem_wait(&sem);
	return unused;
}

static int run_cancelled(char **arguments)
{
	(void)arguments;
	sem_init(&sem, 0, 1);
	for (int i = 0; i < 30; i++) {
		pthread_t thread;
		void *result;

		if (pthread_create(&thread, NULL, wait_cancelled, NULL) ||
		    pthread_join(thread, &result) || result != PTHREAD_CANCELED)
			return 1;
	}
	truth_count("sem_wait", 30);
	return 0;
}

static pthread_mutex_t robust;

static void *lock_and_end(void *unused)
{
	pthread_mutex_lock(&robust);
	return unused;
}

static void *lock_lost_one(void *unused)
{
	(void)unused;
	return (void *)(intptr_t)pthread_mutex_lock(&robust);
}

/* Its owner ended, and who got it then let go of it without having repaired anything: nobody gets it any more. */
static int lose_robust_mutex(void)
{
	pthread_mutexattr_t attributes;
	pthread_t thread;

	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(&robust, &attributes);
	pthread_create(&thread, NULL, lock_and_end, NULL);
	pthread_join(thread, NULL);
	return pthread_mutex_lock(&robust) == EOWNERDEAD ? pthread_mutex_unlock(&robust) : -1;
}

static int run_lost_robust_mutex(char **arguments)
{
	enum { LOCKERS = 5 };
	pthread_t thread;
	void *result;

	(void)arguments;
	if (lose_robust_mutex() != 0)
		return 1;
	for (int i = 0; i < LOCKERS; i++) {
		pthread_create(&thread, NULL, lock_lost_one, NULL);
		pthread_join(thread, &result);
		if ((intptr_t)result != ENOTRECOVERABLE || pthread_mutex_lock(&robust) != ENOTRECOVERABLE)
			return 1;
	}
	truth_count("pthread_mutex_lock", 2 + 2 * LOCKERS);
	truth_error("pthread_mutex_lock", "EOWNERDEAD", 1);
	truth_error("pthread_mutex_lock", "ENOTRECOVERABLE", 2 * LOCKERS);
	return 0;
}

const struct truth_case truth_lock_cases[] = {
	{"lost-robust-mutex", "a robust mutex that nobody can recover is refused to all, and nobody waits for it",
	 run_lost_robust_mutex, 0},
	{"contention", "locks that were waited for are told from those that were free",
	 run_contention, 0},
	{"lock-timeouts", "a lock that is not to be had in time was waited for", run_timeouts, 0},
	{"lock-cancelled", "a wait that a pending cancellation ends is counted", run_cancelled, 0},
	{0},
};
