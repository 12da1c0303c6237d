// SPDX-License-Identifier: MIT
/* Makes children in every way, and prints what came of each. */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void print_status(const char *how, pid_t pid)
{
	int status = 0;

	if (pid <= 0 || waitpid(pid, &status, 0) != pid)
		printf("%s: %s\n", how, strerror(errno));
	else if (WIFEXITED(status))
		printf("%s: exit %d\n", how, WEXITSTATUS(status));
	else
		printf("%s: signal %d\n", how, WTERMSIG(status));
	fflush(stdout);
}

static int run_in_clone(void *argument)
{
	_exit((int)(long)argument);
}

static void fork_and_exit(void)
{
	pid_t pid = fork();

	if (pid == 0)
		exit(11);
	print_status("fork and exit", pid);
	pid = fork();
	if (pid == 0)
		abort();
	print_status("fork and abort", pid);
	pid = _Fork();
	if (pid == 0)
		_exit(12);
	print_status("_Fork", pid);
	pid = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
	if (pid == 0)
		_exit(13);
	print_status("raw clone", pid);
}

static void vfork_and_exec(void)
{
	char *no_environment[] = {NULL};
	pid_t pid = vfork();

	if (pid == 0) {
		execle("/bin/sh", "sh", "-c", "exit 21", NULL, no_environment);
		_exit(127);
	}
	print_status("vfork and execle", pid);
	pid = vfork();
	if (pid == 0) {
		close(0);
		execl("/nowhere/program", "program", NULL);
		_exit(errno == ENOENT ? 22 : 23);
	}
	print_status("vfork without a program", pid);
	for (int i = 0; i < 50; i++) {
		pid = vfork();
		if (pid == 0)
			_exit(0);
		waitpid(pid, NULL, 0);
	}
}

static void clone_on_another_stack(void)
{
	static char stack[65536];

	print_status("clone", clone(run_in_clone, stack + sizeof(stack), SIGCHLD, (void *)31L));
	print_status("clone with shared memory",
		     clone(run_in_clone, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD,
			   (void *)32L));
}

static void spawn(void)
{
	char *arguments[] = {"sh", "-c", "echo spawned $VALUE >&2; exit 41", NULL};
	char *environment[] = {"VALUE=seven", NULL};
	posix_spawn_file_actions_t actions;
	pid_t pid = 0;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, 1, 2);
	posix_spawn(&pid, "/bin/sh", &actions, NULL, arguments, environment);
	print_status("posix_spawn", pid);
	posix_spawnp(&pid, "sh", NULL, NULL, arguments, environ);
	print_status("posix_spawnp", pid);
	printf("posix_spawn of nothing: %d\n",
	       posix_spawn(&pid, "/nowhere/program", NULL, NULL, arguments, environment) == ENOENT);
	posix_spawn_file_actions_destroy(&actions);
}

static void shells(void)
{
	char line[100] = "";
	FILE *pipe = popen("echo to the parent; exit 3", "r");

	printf("popen: %s", fgets(line, sizeof(line), pipe));
	printf("pclose: %d\n", WEXITSTATUS(pclose(pipe)));
	printf("system: %d\n", WEXITSTATUS(system("exit 51")));
	environ = NULL;
	printf("system without an environment: %d\n", WEXITSTATUS(system("exit 52")));
	fflush(stdout);
}

int main(void)
{
	fork_and_exit();
	vfork_and_exec();
	clone_on_another_stack();
	spawn();
	shells();
	execlp("sh", "sh", "-c", "echo as the end; exit 9", NULL);
	return 1;
}
