// SPDX-License-Identifier: MIT
#include "resources/plain-host.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int plain_open(const char *path, int flags, unsigned int mode)
{
	int fd = open(path, flags | O_CLOEXEC, mode);

	return fd < 0 ? -errno : fd;
}

static int64_t plain_read(int fd, void *buf, size_t size)
{
	ssize_t n = read(fd, buf, size);

	return n < 0 ? -errno : n;
}

static int plain_close(int fd)
{
	return close(fd) < 0 ? -errno : 0;
}

const struct sonde_io plain_io = {
	.struct_size = sizeof(plain_io),
	.open = plain_open,
	.read = plain_read,
	.close = plain_close,
};

/* The host's table is the first thing in it. */
static struct plain_host *plain_of(const struct sonde_host *host)
{
	return (struct plain_host *)host;
}

static void keep_line(const struct sonde_host *host, uint32_t level, uint32_t code,
		      const char *format, ...)
{
	struct plain_host *plain = plain_of(host);
	va_list arguments;

	(void)level;
	(void)code;
	va_start(arguments, format);
	vsnprintf(plain->last_line, sizeof(plain->last_line), format, arguments);
	va_end(arguments);
	plain->n_lines++;
}

static int64_t read_clock(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int64_t mono_ns(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

static int64_t real_ns(void)
{
	return read_clock(CLOCK_REALTIME);
}

static void add_to_counter(const struct sonde_host *host, const char *name, uint64_t amount)
{
	(void)name;
	plain_of(host)->n_counted += amount;
}

static size_t list_pids(const struct sonde_host *host, int32_t *ret_pids, size_t n_pids)
{
	const struct plain_host *plain = plain_of(host);

	for (size_t i = 0; i < n_pids && i < plain->n_pids; i++)
		ret_pids[i] = plain->pids[i];
	return plain->n_pids;
}

struct thread_start {
	void (*run)(void *argument);
	void *argument;
};

static void *run_thread(void *argument)
{
	struct thread_start start = *(struct thread_start *)argument;

	free(argument);
	start.run(start.argument);
	return NULL;
}

static int create_thread(const struct sonde_host *host, const char *name,
			 void (*run)(void *argument), void *argument)
{
	struct plain_host *plain = plain_of(host);
	struct thread_start *start = malloc(sizeof(*start));

	(void)name;
	if (!start || plain->n_threads == PLAIN_THREADS)
		return -EAGAIN;
	*start = (struct thread_start){run, argument};
	return -pthread_create(&plain->threads[plain->n_threads++], NULL, run_thread, start);
}

static int compare_tags(const void *a, const void *b)
{
	return strcmp(((const struct sonde_tag *)a)->key, ((const struct sonde_tag *)b)->key);
}

static void make_key(const struct sonde_series *series, char *ret_key, size_t size)
{
	struct sonde_tag tags[32];
	size_t n = series->n_tags < 32 ? series->n_tags : 32;
	int len = snprintf(ret_key, size, "%s{", series->name);
	const char *comma = "";

	if (n)
		memcpy(tags, series->tags, n * sizeof(*tags));
	qsort(tags, n, sizeof(*tags), compare_tags);
	for (size_t i = 0; i < n; i++) {
		if (!tags[i].value[0])
			continue;
		len += snprintf(ret_key + len, size - (size_t)len, "%s%s=\"%s\"", comma,
				tags[i].key, tags[i].value);
		comma = ",";
	}
	snprintf(ret_key + len, size - (size_t)len, "}");
}

static int keep_series(struct sonde_emit *emit, const struct sonde_series *series)
{
	struct plain_host *plain = (struct plain_host *)emit;
	struct plain_series kept = {
		.type = series->type,
		.flags = series->flags,
		.count = series->count,
		.number = series->number,
		.start_ns = series->start_ns,
	};

	snprintf(kept.unit, sizeof(kept.unit), "%s", series->unit);
	make_key(series, kept.key, sizeof(kept.key));
	if (plain_host_find(plain, kept.key)) {
		plain->n_refused++;
		return -EEXIST;
	}
	plain->series = reallocarray(plain->series, plain->n_series + 1, sizeof(*plain->series));
	plain->series[plain->n_series++] = kept;
	return 0;
}

void plain_host_init(struct plain_host *plain)
{
	*plain = (struct plain_host){
		.host =
			{
				.struct_size = sizeof(plain->host),
				.abi_major = SONDE_ABI_MAJOR,
				.abi_minor = SONDE_ABI_MINOR,
				.version = "test",
				.instance = "resources",
				.io = &plain_io,
				.log = keep_line,
				.now_mono_ns = mono_ns,
				.now_real_ns = real_ns,
				.thread_create = create_thread,
				.emit = keep_series,
				.counter_add = add_to_counter,
				.processes = list_pids,
			},
	};
}

void plain_host_deinit(struct plain_host *plain)
{
	for (size_t i = 0; i < plain->n_threads; i++)
		pthread_join(plain->threads[i], NULL);
	free(plain->series);
}

void plain_host_clear(struct plain_host *plain)
{
	plain->n_series = 0;
}

struct sonde_emit *plain_host_emit(struct plain_host *plain)
{
	return (struct sonde_emit *)plain;
}

const struct plain_series *plain_host_find(const struct plain_host *plain, const char *key)
{
	for (size_t i = 0; i < plain->n_series; i++)
		if (strcmp(plain->series[i].key, key) == 0)
			return &plain->series[i];
	return NULL;
}

double plain_host_number(const struct plain_host *plain, const char *key)
{
	const struct plain_series *series = plain_host_find(plain, key);

	return series ? series->number : NAN;
}
