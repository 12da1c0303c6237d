// SPDX-License-Identifier: MIT
/*
 * regions THREADS - each thread makes thirty different calls, a thousand times each, while the
 * others live; prints how many bytes the process then has in use in its region, and how much memory
 * the region's file occupies.
 *
 * regions THREADS hold - makes each call a few times, writes a line and waits for the end of its input.
 */
#define _GNU_SOURCE
#include "record/region.h"
#include "record/session.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROUNDS = 1000, ROUNDS_HELD = 3, THREADS_MAX = 256 };

static int n_rounds = ROUNDS;

static pthread_barrier_t barrier;

static void use_memory(void)
{
	void *block = realloc(malloc(100), 200);

	free(block);
	free(calloc(3, 30));
	free(strdup("text"));
}

static void use_descriptors(void)
{
	struct pollfd wait = {.events = POLLOUT};
	char byte = 'x';
	int fds[2];

	if (pipe(fds) != 0 || write(fds[1], &byte, 1) != 1 || read(fds[0], &byte, 1) != 1)
		return;
	wait.fd = fds[1];
	poll(&wait, 1, 0);
	fcntl(fds[0], F_GETFD);
	lseek(fds[0], 0, SEEK_SET);
	int copy = dup(fds[0]);
	dup2(fds[1], copy);
	fsync(copy);
	close(copy);
	close(fds[0]);
	close(fds[1]);
	close(socket(AF_UNIX, SOCK_STREAM, 0));
}

static void use_paths(void)
{
	struct stat status;
	char path[256];

	close(open("/dev/null", O_RDONLY));
	stat("/", &status);
	access("/nowhere", R_OK);
	if (chdir("/nowhere") == 0)
		exit(1);
	if (readlink("/proc/self/exe", path, sizeof(path)) < 0 || !getcwd(path, sizeof(path)))
		exit(1);
	DIR *dir = opendir("/");
	readdir(dir);
	closedir(dir);
	unlink("/nowhere/file");
	rmdir("/nowhere/directory");
}

static void use_streams(void)
{
	char line[100];
	FILE *file = fopen("/proc/self/stat", "r");

	if (!fgets(line, sizeof(line), file))
		exit(1);
	fclose(file);
}

static void *use_all(void *unused)
{
	for (int i = 0; i < n_rounds; i++) {
		use_memory();
		use_descriptors();
		use_paths();
		use_streams();
	}
	pthread_barrier_wait(&barrier); /* everybody has recorded: main looks */
	pthread_barrier_wait(&barrier);
	return unused;
}

static void print_region(void)
{
	struct region_header header;
	char path[512];
	const char *session = getenv(SESSION_VARIABLE);

	snprintf(path, sizeof(path), "%s/" SESSION_FILE, session ? session : "");
	int fd = open(path, O_RDONLY);

	/* We are the session's first process. */
	if (fd < 0 || pread(fd, &header, sizeof(header), SESSION_HEAD_SIZE) != sizeof(header) ||
	    header.pid != getpid()) {
		fprintf(stderr, "regions: our region is not in %s\n", path);
		exit(1);
	}
	printf("%llu %llu\n", (unsigned long long)header.used,
	       (unsigned long long)header.committed);
}

static void hold(void)
{
	char byte;

	if (write(STDOUT_FILENO, "ready\n", 6) == 6)
		while (read(STDIN_FILENO, &byte, 1) > 0)
			;
}

int main(int argc, char **argv)
{
	bool is_held = argc > 2 && strcmp(argv[2], "hold") == 0;
	int n_threads = argc > 1 ? atoi(argv[1]) : 1;
	pthread_t threads[THREADS_MAX];

	if (n_threads < 1 || n_threads > THREADS_MAX)
		return 2;
	if (is_held)
		n_rounds = ROUNDS_HELD;
	pthread_barrier_init(&barrier, NULL, (unsigned int)n_threads + 1);
	for (int i = 0; i < n_threads; i++)
		pthread_create(&threads[i], NULL, use_all, NULL);
	pthread_barrier_wait(&barrier);
	if (is_held)
		hold();
	else
		print_region();
	pthread_barrier_wait(&barrier);
	for (int i = 0; i < n_threads; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
