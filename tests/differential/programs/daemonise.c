// SPDX-License-Identifier: MIT
/* A daemon: READY DONE RESULT. Tells one fifo when it is one, the other when it has written its
 * result. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void tell(const char *fifo, const char *line)
{
	FILE *file = fopen(fifo, "w");

	if (!file)
		_exit(1);
	fprintf(file, "%s\n", line);
	fclose(file);
}

int main(int argc, char **argv)
{
	(void)argc;
	printf("before\n");
	fflush(stdout);
	if (daemon(1, 0) != 0)
		return 1;
	tell(argv[1], getppid() != 0 && getsid(0) != getppid() ? "a daemon" : "no daemon");
	FILE *result = fopen(argv[3], "w");
	for (int i = 0; i < 1000; i++)
		fprintf(result, "line %d\n", i);
	fclose(result);
	tell(argv[2], "done");
	_exit(0);
}
