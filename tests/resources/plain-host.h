// SPDX-License-Identifier: MIT
/*
 * plain-host.h - a host for one instance of a monitor, without threads or limits: it keeps what is
 * emitted.
 */
#ifndef SONDE_TESTS_PLAIN_HOST_H
#define SONDE_TESTS_PLAIN_HOST_H

#include <sonde/plugin.h>

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

enum { PLAIN_THREADS = 16 };

struct plain_series {
	char key[2048]; /* NAME{KEY="VALUE",...}, tags in the order of keys */
	char unit[64];
	uint32_t type;
	uint32_t flags;
	uint64_t count;
	double number;
	int64_t start_ns;
};

struct plain_host {
	struct sonde_host host;
	struct plain_series *series; /* of the last collection */
	size_t n_series;
	size_t n_refused; /* twice in a collection */
	const int32_t *pids;
	size_t n_pids;
	uint64_t n_counted; /* by counter_add() */
	size_t n_lines;	    /* logged */
	char last_line[512];
	pthread_t threads[PLAIN_THREADS];
	size_t n_threads;
};

void plain_host_init(struct plain_host *plain);
/* Waits for the threads. */
void plain_host_deinit(struct plain_host *plain);

/* To be called before each collection. */
void plain_host_clear(struct plain_host *plain);
struct sonde_emit *plain_host_emit(struct plain_host *plain);

/* Functions of libc as they are. */
extern const struct sonde_io plain_io;

/* NULL: not there. */
const struct plain_series *plain_host_find(const struct plain_host *plain, const char *key);

/* Its number, or its count; NAN: not there. */
double plain_host_number(const struct plain_host *plain, const char *key);

#endif
