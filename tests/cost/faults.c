// SPDX-License-Identifier: MIT
/*
 * faults ROUNDS COMMAND... - prints the least number of page faults that a command, with the children that it waits
 * for, took in so many rounds: where the loader put things can only add to it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static long run(char **command)
{
	struct rusage before, after;

	getrusage(RUSAGE_CHILDREN, &before);
	pid_t pid = fork();

	if (pid == 0) {
		execv(command[0], command);
		_exit(127);
	}
	int status = -1;

	waitpid(pid, &status, 0);
	getrusage(RUSAGE_CHILDREN, &after);
	return status == 0 ? after.ru_minflt - before.ru_minflt : -1;
}

int main(int argc, char **argv)
{
	long least = -1;

	if (argc < 3)
		return 2;
	for (int round = 0; round < atoi(argv[1]); round++) {
		long n_faults = run(argv + 2);

		if (n_faults < 0)
			return 1;
		if (least < 0 || n_faults < least)
			least = n_faults;
	}
	printf("%ld\n", least);
	return 0;
}
