// SPDX-License-Identifier: MIT
/*
 * children.h - what cases do in children, and wait for.
 */
#ifndef SONDE_TRUTH_CHILDREN_H
#define SONDE_TRUTH_CHILDREN_H

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

static inline int read_zeros(int n_reads)
{
	char buf[10];
	int fd = open("/dev/zero", O_RDONLY);

	for (int i = 0; i < n_reads; i++)
		if (read(fd, buf, sizeof(buf)) != sizeof(buf))
			return 1;
	close(fd);
	return 0;
}

static inline int wait_for(pid_t pid)
{
	int status;

	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

#endif
