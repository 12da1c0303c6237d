// SPDX-License-Identifier: MIT
/*
 * requests SOCKET N END - asks a server at a unix socket N times for what stands on the standard input, one after the
 * other over one connection. An answer is over when what has come of it ends in END and a newline. Waits until there is a
 * server, but not for ever.
 *
 * Linked statically, so that what is measured is the server that is watched and not whoever asks.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { REQUEST_MAX = 64 * 1024, ANSWER_MAX = 1024 * 1024, WAIT_US = 1000, SECONDS_MOST = 60 };

static void fail(const char *what)
{
	fprintf(stderr, "requests: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int connect_to(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (strlen(path) >= sizeof(address.sun_path))
		fail("path too long");
	strcpy(address.sun_path, path);
	for (;;) {
		if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
			return fd;
		if (errno != ENOENT && errno != ECONNREFUSED)
			break;
		usleep(WAIT_US);
	}
	fail(path);
	return -1;
}

static size_t read_all(int fd, char *text)
{
	size_t size = 0;
	ssize_t n;

	while (size < REQUEST_MAX && (n = read(fd, text + size, REQUEST_MAX - size)) > 0)
		size += (size_t)n;
	return size;
}

/* Before a newline, of either form. */
static bool ends_in(const char *text, size_t size, const char *end)
{
	size_t len = strlen(end);

	while (size && (text[size - 1] == '\n' || text[size - 1] == '\r'))
		size--;
	return size >= len && memcmp(text + size - len, end, len) == 0;
}

static void ask(int fd, const char *request, size_t request_size, const char *end)
{
	static char answer[ANSWER_MAX];
	size_t size = 0;

	if (write(fd, request, request_size) != (ssize_t)request_size)
		fail("write");
	while (!ends_in(answer, size, end)) {
		ssize_t n = read(fd, answer + size, sizeof(answer) - size);

		if (n <= 0)
			fail("no answer, or another");
		size += (size_t)n;
	}
}

int main(int argc, char **argv)
{
	static char request[REQUEST_MAX];

	if (argc != 4) {
		fprintf(stderr, "usage: requests SOCKET N END <REQUEST\n");
		return 2;
	}
	alarm(SECONDS_MOST);
	size_t size = read_all(STDIN_FILENO, request);
	int fd = connect_to(argv[1]);
	for (int n = atoi(argv[2]); n > 0; n--)
		ask(fd, request, size, argv[3]);
	return 0;
}
