// SPDX-License-Identifier: MIT
/*
 * What a recording says of its own completeness.
 */
#include "config.h"

#include "truth.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RAW_THREADS = 8, RAW_CALLS = 1000 };

static void *call_by_number(void *unused)
{
	(void)unused;
	for (int i = 0; i < RAW_CALLS; i++)
		syscall(SYS_getppid);
	for (int i = 0; i < RAW_CALLS / 4; i++)
		syscall(SYS_gettid);
	return NULL;
}

static int run_raw_calls(char **arguments)
{
	pthread_t threads[RAW_THREADS];
	int status;

	(void)arguments;
	for (int i = 0; i < RAW_THREADS; i++)
		if (pthread_create(&threads[i], NULL, call_by_number, NULL))
			return 1;
	for (int i = 0; i < RAW_THREADS; i++)
		pthread_join(threads[i], NULL);
	pid_t pid = fork();

	if (pid == 0) {
		call_by_number(NULL);
		_exit(syscall(1000000) != -1 || syscall(-5) != -1 || syscall(999) != -1);
	}
	if (waitpid(pid, &status, 0) != pid || status)
		return 1;
	truth_count("syscall", (RAW_THREADS + 1) * (RAW_CALLS + RAW_CALLS / 4) + 3);
	truth_raw("getppid", (RAW_THREADS + 1) * RAW_CALLS);
	truth_raw("gettid", (RAW_THREADS + 1) * (RAW_CALLS / 4));
	truth_raw("other", 2);
	return 0;
}

const struct truth_case truth_ledger_cases[] = {
	{"raw-calls", "system calls by number are told apart, in threads and children", run_raw_calls, 0},
	{0},
};
