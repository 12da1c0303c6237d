// SPDX-License-Identifier: MIT
#include "config.h"

#include "truth.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stddef.h>
#include <unistd.h>

static int zero_fd;

static void *read_many(void *n_reads)
{
	char buf[64];

	for (uintptr_t i = 0; i < (uintptr_t)n_reads; i++)
		if (read(zero_fd, buf, sizeof(buf)) != sizeof(buf))
			return "short";
	return NULL;
}

/* Returns the number of threads that did not do what they should. */
static int run_threads(int n_threads, uintptr_t n_reads)
{
	pthread_t threads[64];
	int n_failed = 0;
	void *result;

	zero_fd = open("/dev/zero", O_RDONLY);
	for (int i = 0; i < n_threads; i++)
		n_failed += pthread_create(&threads[i], NULL, read_many, (void *)n_reads) != 0;
	for (int i = 0; i < n_threads; i++)
		n_failed += pthread_join(threads[i], &result) != 0 || result;
	return n_failed;
}

static int run_many_at_once(char **arguments)
{
	(void)arguments;
	if (run_threads(64, 2000))
		return 1;
	truth_count("read", 64 * 2000);
	truth_bytes("read", 64 * 2000 * 64);
	truth_count("pthread_create", 64);
	truth_count("pthread_join", 64);
	return 0;
}

static int run_one_after_another(char **arguments)
{
	(void)arguments;
	for (int i = 0; i < 500; i++)
		if (run_threads(1, 7))
			return 1;
	truth_count("read", 3500);
	truth_count("pthread_create", 500);
	return 0;
}

static void *detached(void *counter)
{
	read_many((void *)11);
	__atomic_fetch_add((int *)counter, 1, __ATOMIC_RELEASE);
	return NULL;
}

static int run_detached(char **arguments)
{
	pthread_attr_t attributes;
	int n_done = 0;

	(void)arguments;
	zero_fd = open("/dev/zero", O_RDONLY);
	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	for (int i = 0; i < 40; i++) {
		pthread_t thread;

		if (pthread_create(&thread, &attributes, detached, &n_done))
			return 1;
	}
	while (__atomic_load_n(&n_done, __ATOMIC_ACQUIRE) < 40)
		raw_syscall(SYS_sched_yield, 0, 0, 0, 0, 0, 0);
	truth_count("read", 440);
	return 0;
}

static int n_cleaned;

static void clean_up(void *fd)
{
	(void)fd;
	n_cleaned++;
	lseek(-1, 0, SEEK_SET);
}

static void *poll_for_ever(void *is_ready)
{
	struct pollfd none = {.fd = -1};

	pthread_cleanup_push(clean_up, NULL);
	__atomic_store_n((int *)is_ready, 1, __ATOMIC_RELEASE);
	for (;;)
		poll(&none, 1, 1000000);
	pthread_cleanup_pop(0);
	return NULL;
}

static int run_cancel(char **arguments)
{
	(void)arguments;
	for (int i = 0; i < 25; i++) {
		int is_ready = 0;
		pthread_t thread;
		void *result;

		if (pthread_create(&thread, NULL, poll_for_ever, &is_ready))
			return 1;
		while (!__atomic_load_n(&is_ready, __ATOMIC_ACQUIRE))
			raw_syscall(SYS_sched_yield, 0, 0, 0, 0, 0, 0);
		if (pthread_cancel(thread) || pthread_join(thread, &result) ||
		    result != PTHREAD_CANCELED)
			return 1;
	}
	if (n_cleaned != 25)
		return 1;
	truth_count("pthread_cancel", 25);
	truth_count("lseek", 25);
	truth_error("lseek", "EBADF", 25);
	return 0;
}

static pthread_key_t key;

static void destroy(void *value)
{
	(void)value;
	lseek(-1, 0, SEEK_SET);
}

static void *set_specific(void *unused)
{
	pthread_setspecific(key, &key);
	return unused;
}

/* Calls from destructors of thread-specific data come after everything else of a thread. */
static int run_destructors(char **arguments)
{
	(void)arguments;
	pthread_key_create(&key, destroy);
	for (int i = 0; i < 60; i++) {
		pthread_t thread;

		if (pthread_create(&thread, NULL, set_specific, NULL) || pthread_join(thread, NULL))
			return 1;
	}
	truth_count("lseek", 60);
	truth_error("lseek", "EBADF", 60);
	return 0;
}

static void *exit_thread(void *unused)
{
	read_many((void *)3);
	pthread_exit(unused);
}

static int run_pthread_exit(char **arguments)
{
	(void)arguments;
	zero_fd = open("/dev/zero", O_RDONLY);
	for (int i = 0; i < 30; i++) {
		pthread_t thread;

		if (pthread_create(&thread, NULL, exit_thread, NULL) || pthread_join(thread, NULL))
			return 1;
	}
	truth_count("pthread_exit", 30);
	truth_count("read", 90);
	return 0;
}

const struct truth_case truth_thread_cases[] = {
	{"threads", "64 threads at once lose no call", run_many_at_once, 0},
	{"thread-churn", "500 threads one after another lose no call", run_one_after_another, 0},
	{"detached", "detached threads lose no call", run_detached, 0},
	{"cancel", "a cancelled poll ends, and its cleanup handlers' calls count", run_cancel, 0},
	{"tsd", "calls from thread-specific destructors count", run_destructors, 0},
	{"pthread-exit", "calls of threads that pthread_exit count", run_pthread_exit, 0},
	{0},
};
