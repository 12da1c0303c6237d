// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/process-state.h"

#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "unit.h"

static int64_t now(void)
{
	return clock_kernel_ns(CLOCK_BOOTTIME);
}

static void running(void)
{
	CU_ASSERT_FALSE(process_has_ended(getpid(), now()));
}

static void of_another_user(void)
{
	CU_ASSERT_FALSE(process_has_ended(1, now()));
}

static void free_number(void)
{
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	waitpid(child, NULL, 0);
	CU_ASSERT_TRUE(process_has_ended(child, now()));
}

static void not_waited_for(void)
{
	siginfo_t info;
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT);
	CU_ASSERT_TRUE(process_has_ended(child, now()));
	waitpid(child, NULL, 0);
}

static void *wait_for_signal(void *unused)
{
	pause();
	return unused;
}

/* Tells through the pipe that the other thread is there; ends the first thread only. */
static _Noreturn void live_on_in_another_thread(int fd)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, wait_for_signal, NULL) || write(fd, "x", 1) != 1)
		_exit(1);
	pthread_exit(NULL);
}

static void without_first_thread(void)
{
	int pipe_fds[2];
	char path[64];
	char line[256] = "";
	char c;

	CU_ASSERT_EQUAL_FATAL(pipe(pipe_fds), 0);
	pid_t child = fork();

	if (child == 0)
		live_on_in_another_thread(pipe_fds[1]);
	close(pipe_fds[1]);
	CU_ASSERT_EQUAL(read(pipe_fds[0], &c, 1), 1);
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)child);
	while (!strstr(line, ") Z ")) {
		FILE *stat = fopen(path, "re");

		if (!stat || !fgets(line, sizeof(line), stat))
			break;
		fclose(stat);
	}
	CU_ASSERT_PTR_NOT_NULL(strstr(line, ") Z "));
	CU_ASSERT_FALSE(process_has_ended(child, now()));
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	close(pipe_fds[0]);
}

static void reused_number(void)
{
	CU_ASSERT_TRUE(process_has_ended(getpid(), 0));
}

static void no_process(void)
{
	CU_ASSERT_FALSE(process_has_ended(0, now()));
	CU_ASSERT_FALSE(process_has_ended(-1, now()));
	CU_ASSERT_TRUE(process_has_ended(INT_MAX, now()));
}

UNIT_MAIN("process state", {"a running process has not ended", running},
	  {"nor has one that we may not signal or look at", of_another_user},
	  {"one that was waited for has ended", free_number},
	  {"one that was not waited for yet has ended, too", not_waited_for},
	  {"one whose first thread has ended goes on with the others", without_first_thread},
	  {"a number that a younger process has now is another process", reused_number},
	  {"numbers of no single process are nobody's", no_process})
