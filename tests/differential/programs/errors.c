// SPDX-License-Identifier: MIT
/* Calls that fail, with their errno, and calls that succeed, which must not touch it. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHECK(call)                                                                                \
	do {                                                                                       \
		errno = 4711;                                                                      \
		long result = (long)(call);                                                        \
		int code = errno;                                                                  \
		printf("%-40s %s %d\n", #call,                                                     \
		       result < 0    ? "failed"                                                    \
		       : result == 0 ? "0"                                                         \
				     : "more",                                                     \
		       code);                                                                      \
	} while (0)

int main(void)
{
	struct stat status;
	char byte = 'x', small[2];
	int fds[2];
	pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	struct addrinfo *answer = NULL;

	CHECK(pipe(fds));
	CHECK(write(fds[1], &byte, 1));
	CHECK(read(fds[0], &byte, 1));
	CHECK(read(-1, &byte, 1));
	CHECK(write(fds[0], &byte, 1));
	CHECK(open("/nowhere/file", O_RDONLY));
	CHECK(open("/dev/null", O_RDONLY | O_CREAT, 0600));
	CHECK(stat("/nowhere", &status));
	CHECK(stat("/", &status));
	CHECK(mkdir("/", 0700));
	CHECK(rmdir("/nowhere"));
	CHECK(readlink("/proc/self/exe", small, sizeof(small)));
	CHECK(readlink("/", small, sizeof(small)));
	CHECK(chdir("/nowhere"));
	CHECK(close(4711));
	CHECK(dup2(fds[0], -1));
	CHECK(lseek(fds[0], 0, SEEK_SET));
	CHECK(fcntl(-1, F_GETFD));
	CHECK(socket(AF_INET, -1, 0));
	CHECK(connect(fds[0], NULL, 0));
	CHECK(opendir("/nowhere"));
	CHECK(fopen("/nowhere/file", "r"));
	CHECK(fopen("/dev/null", "bad mode"));
	CHECK(malloc((size_t)-1 / 2 - 1));
	CHECK(malloc(10) != NULL);
	CHECK(realpath("/nowhere/else", NULL));
	CHECK(getaddrinfo("127.0.0.1", "80", NULL, &answer));
	CHECK(pthread_mutex_lock(&mutex));
	CHECK(pthread_mutex_trylock(&mutex) == EBUSY);
	CHECK(pthread_mutex_unlock(&mutex));
	CHECK(access("/nowhere", R_OK));
	CHECK(unlink("/nowhere"));
	CHECK(execl("/nowhere/program", "program", NULL));
	CHECK(usleep(1));
	return 0;
}
