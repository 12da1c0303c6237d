// SPDX-License-Identifier: MIT
/*
 * disk-space.h - how full filesystems are: statvfs().
 *
 * That call does not return while a network filesystem's server is gone, and no signal ends it. So
 * each path is asked about on a thread of its own, and who asks waits only so long. While a path
 * has not answered it is not asked again.
 */
#ifndef SONDE_RESOURCES_DISK_SPACE_H
#define SONDE_RESOURCES_DISK_SPACE_H

#include "resources/emission.h"
#include "resources/machine.h"

/* Bytes. total = used + free + reserved */
struct disk_space {
	uint64_t total;
	uint64_t used;
	uint64_t free;	   /* for everybody */
	uint64_t reserved; /* free, but only for root */
};

struct statvfs;

/* What an answer of statvfs() says. */
void disk_space_take(const struct statvfs *answer, struct disk_space *ret_space);

/* 0 or a negative errno. May never return. */
int disk_space_read(const char *path, struct disk_space *ret_space);

/* Share of what people may use that is used, as df(1) says. NAN: there is none. */
double disk_space_utilization(const struct disk_space *space);

typedef int (*disk_space_function)(const char *path, struct disk_space *ret_space);

struct space_asker;

/*
 * Starts a thread that asks `read` about a path. NULL: without memory, or no thread could be
 * started.
 */
struct space_asker *space_asker_new(const struct sonde_host *host, const char *path,
				    disk_space_function read);

/* Asks, unless the last question has not been answered. */
void space_asker_ask(struct space_asker *asker);

/*
 * The answer to the last question, for which it waits up to an instant of CLOCK_MONOTONIC; not at
 * all when an earlier wait for it was in vain. 0; the negative errno of `read`; or -ETIMEDOUT.
 */
int space_asker_answer(struct space_asker *asker, int64_t deadline_ns,
		       struct disk_space *ret_space);

/* Tells the thread to end as soon as it can. NULL is fine. */
void space_asker_stop(struct space_asker *asker);

/* To be called after space_asker_stop(); a thread that is still waiting keeps what it needs. */
void space_asker_free(struct space_asker *asker);

/* `path` is how it was configured; its mount is looked up below the machine's root. */
void disk_space_emit(const struct disk_space *space, const struct machine *machine,
		     struct text *text, const char *path, const struct emission *emission);

#endif
