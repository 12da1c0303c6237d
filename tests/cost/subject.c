// SPDX-License-Identifier: MIT
/* subject OPERATION N - does something N times: malloc, malloc-failing, mutex, read, fgetc, send, fork. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void allocate_and_free(void)
{
	free(malloc(64));
}

/* More than PTRDIFF_MAX: refused without asking the kernel. */
static volatile size_t too_much = SIZE_MAX / 2 + 64;

static void fail_to_allocate(void)
{
	if (malloc(too_much))
		abort();
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void lock_and_unlock(void)
{
	pthread_mutex_lock(&mutex);
	pthread_mutex_unlock(&mutex);
}

static void read_byte(void)
{
	static int zeros = -1;
	char byte;

	if (zeros < 0)
		zeros = open("/dev/zero", O_RDONLY);
	if (read(zeros, &byte, 1) != 1)
		abort();
}

static void get_character(void)
{
	static FILE *zeros;

	if (!zeros)
		zeros = fopen("/dev/zero", "r");
	if (fgetc(zeros) != 0)
		abort();
}

/* To itself. */
static int make_peer(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (bind(fd, (struct sockaddr *)&address, size) != 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &size) != 0 ||
	    connect(fd, (struct sockaddr *)&address, size) != 0)
		abort();
	return fd;
}

static void send_byte(void)
{
	static int peer = -1;
	char byte = 0;

	if (peer < 0)
		peer = make_peer();
	if (send(peer, &byte, 1, 0) != 1 || recv(peer, &byte, 1, 0) != 1)
		abort();
}

static void fork_and_wait(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	waitpid(pid, NULL, 0);
}

static const struct operation {
	const char *name;
	void (*run)(void);
} operations[] = {
	{"malloc", allocate_and_free},
	{"malloc-failing", fail_to_allocate},
	{"mutex", lock_and_unlock},
	{"read", read_byte},
	{"fgetc", get_character},
	{"send", send_byte},
	{"fork", fork_and_wait},
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc == 3 && i < sizeof(operations) / sizeof(operations[0]); i++) {
		if (strcmp(operations[i].name, argv[1]) != 0)
			continue;
		for (long n = atol(argv[2]); n > 0; n--)
			operations[i].run();
		return 0;
	}
	fprintf(stderr, "usage: subject OPERATION N\n");
	return 2;
}
