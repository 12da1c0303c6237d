// SPDX-License-Identifier: MIT
#include "config.h"

#include "tool/whole-write.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit.h"

enum { SIZE = 1 << 20 }; /* many times what a pipe takes */

struct reader {
	int ends[2];
	pthread_t thread;
	size_t n_read;
	bool is_right;
};

static char pattern(size_t i)
{
	return (char)(i * 7 + i / 4096);
}

/* Reads nothing before the pipe is full. */
static void *read_all(void *argument)
{
	struct reader *reader = argument;
	struct pollfd writable = {.fd = reader->ends[1], .events = POLLOUT};
	char data[4096];
	ssize_t n;

	while (poll(&writable, 1, 0) == 1)
		;
	while ((n = read(reader->ends[0], data, sizeof(data))) > 0) {
		for (ssize_t i = 0; i < n; i++)
			reader->is_right &= data[i] == pattern(reader->n_read + (size_t)i);
		reader->n_read += (size_t)n;
		if (reader->n_read == SIZE)
			break;
	}
	return NULL;
}

static void begin(struct reader *reader)
{
	*reader = (struct reader){.is_right = true};
	CU_ASSERT_EQUAL_FATAL(pipe2(reader->ends, O_NONBLOCK), 0);
	CU_ASSERT_EQUAL_FATAL(fcntl(reader->ends[0], F_SETFL, 0), 0);
	CU_ASSERT_EQUAL_FATAL(pthread_create(&reader->thread, NULL, read_all, reader), 0);
}

static void end(struct reader *reader)
{
	pthread_join(reader->thread, NULL);
	CU_ASSERT_EQUAL(reader->n_read, SIZE);
	CU_ASSERT_TRUE(reader->is_right);
	close(reader->ends[0]);
	close(reader->ends[1]);
}

static char *make_data(void)
{
	char *data = malloc(SIZE);

	CU_ASSERT_PTR_NOT_NULL_FATAL(data);
	for (size_t i = 0; i < SIZE; i++)
		data[i] = pattern(i);
	return data;
}

static void all_is_written_where_nothing_blocks(void)
{
	struct reader reader;
	char *data = make_data();

	begin(&reader);
	CU_ASSERT_EQUAL(whole_write(reader.ends[1], data, SIZE), 0);
	end(&reader);
	free(data);
}

static void a_stream_does_so_too_and_leaves_the_descriptor_open(void)
{
	struct reader reader;
	char *data = make_data();

	begin(&reader);
	FILE *stream = whole_write_stream(reader.ends[1]);

	CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
	CU_ASSERT_EQUAL(fwrite(data, 1, SIZE, stream), SIZE);
	CU_ASSERT_EQUAL(fclose(stream), 0);
	CU_ASSERT(fcntl(reader.ends[1], F_GETFD) >= 0);
	end(&reader);
	free(data);
}

static void an_error_is_returned(void)
{
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	FILE *stream = whole_write_stream(fd);

	CU_ASSERT_EQUAL(whole_write(fd, "x", 1), -ENOSPC);
	CU_ASSERT_EQUAL(whole_write(-1, "x", 1), -EBADF);
	fputs("x", stream);
	errno = 0;
	CU_ASSERT_EQUAL(fflush(stream), EOF);
	CU_ASSERT_EQUAL(errno, ENOSPC);
	fclose(stream);
	close(fd);
}

UNIT_MAIN("whole-write", {"all is written where nothing blocks", all_is_written_where_nothing_blocks},
	  {"a stream does so, too, and leaves the descriptor open", a_stream_does_so_too_and_leaves_the_descriptor_open},
	  {"an error is returned", an_error_is_returned})
