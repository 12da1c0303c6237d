// SPDX-License-Identifier: MIT
/* Leaves libc calls by longjmp from a handler and by cancellation, and main by pthread_exit. */
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

static sigjmp_buf escape;
static int pipe_fds[2];

static void jump(int signal)
{
	(void)signal;
	siglongjmp(escape, 1);
}

/* The timer repeats, so that it cannot be lost before the call blocks. */
static void leave_read(int round)
{
	struct itimerval often = {.it_interval.tv_usec = 2000, .it_value.tv_usec = 2000},
			 never = {0};
	char byte;

	if (sigsetjmp(escape, 1) == 0) {
		setitimer(ITIMER_REAL, &often, NULL);
		printf("read answered %zd\n", read(pipe_fds[0], &byte, 1));
	}
	setitimer(ITIMER_REAL, &never, NULL);
	if (round == 0)
		printf("out of read\n");
}

static void count_cleanup(void *count)
{
	++*(int *)count;
}

static int n_cleanups;
static sem_t is_ready;

static void *wait_for_ever(void *argument)
{
	char byte;

	pthread_cleanup_push(count_cleanup, &n_cleanups);
	sem_post(&is_ready);
	if (argument)
		pause();
	else if (read(pipe_fds[0], &byte, 1) < 0)
		perror("read");
	pthread_cleanup_pop(0);
	return NULL;
}

static void cancel_threads(void)
{
	sem_init(&is_ready, 0, 0);
	for (long i = 0; i < 20; i++) {
		pthread_t thread;
		void *result;

		pthread_create(&thread, NULL, wait_for_ever, (void *)(i % 2));
		sem_wait(&is_ready);
		pthread_cancel(thread);
		pthread_join(thread, &result);
		if (result != PTHREAD_CANCELED)
			printf("thread %ld was not cancelled\n", i);
	}
	printf("%d cleaned up\n", n_cleanups);
}

static void *outlive_main(void *main_thread)
{
	pthread_join(*(pthread_t *)main_thread, NULL);
	printf("main has gone\n");
	exit(8);
}

int main(void)
{
	static pthread_t main_thread;
	pthread_t thread;

	if (pipe(pipe_fds) != 0)
		return 1;
	signal(SIGALRM, jump);
	for (int round = 0; round < 20; round++)
		leave_read(round);
	cancel_threads();
	main_thread = pthread_self();
	pthread_create(&thread, NULL, outlive_main, &main_thread);
	pthread_exit(NULL);
}
