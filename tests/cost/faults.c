// SPDX-License-Identifier: MIT
/*
 * faults ROUNDS COMMAND... - prints how many page faults a command, with the children that it waits for, took, the
 * mean of so many rounds, in hundredths: where the loader puts things, another place each time, adds a few or none.
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
	long total = 0;

	if (argc < 3 || atoi(argv[1]) < 1)
		return 2;
	for (int round = 0; round < atoi(argv[1]); round++) {
		long n_faults = run(argv + 2);

		if (n_faults < 0)
			return 1;
		total += n_faults;
	}
	printf("%ld\n", 100 * total / atoi(argv[1]));
	return 0;
}
