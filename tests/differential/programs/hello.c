// SPDX-License-Identifier: MIT
/* Says who it is; with a command, becomes it. */
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	printf("hello %d %s, effective user %s\n", argc, argc > 1 ? argv[1] : "nobody",
	       geteuid() == getuid() ? "the same" : "another");
	fflush(stdout);
	if (argc > 3)
		execvp(argv[1], argv + 1);
	return argc;
}
