// SPDX-License-Identifier: MIT
/* Closes descriptors as daemons and sandboxes do, then works on, and reports to a file. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void close_by(const char *way)
{
	if (strcmp(way, "loop") == 0) {
		for (int fd = 3; fd < 1024; fd++)
			close(fd);
	} else if (strcmp(way, "close_range") == 0) {
		close_range(3, ~0U, 0);
	} else if (strcmp(way, "closefrom") == 0) {
		closefrom(3);
	} else if (strcmp(way, "standard") == 0) {
		for (int fd = 0; fd < 1024; fd++)
			close(fd);
	}
}

static int count_descriptors(void)
{
	int n = 0;

	for (int fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

int main(int argc, char **argv)
{
	char name[64];

	(void)argc;
	close_by(argv[1]);
	int n = count_descriptors();
	int first = open("/dev/null", O_RDONLY);
	snprintf(name, sizeof(name), "report.%s", argv[1]);
	FILE *report = fopen(name, "w");
	if (!report)
		return errno == EMFILE ? 24 : 1;
	fprintf(report, "%s: %d open, the next was %d, then %d\n", argv[1], n, first,
		fileno(report));
	fclose(report);
	int status = system("exit 6");
	DIR *dir = opendir(".");
	if (dir)
		closedir(dir);
	return WIFEXITED(status) && dir ? WEXITSTATUS(status) : 2;
}
