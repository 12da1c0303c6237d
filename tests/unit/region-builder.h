// SPDX-License-Identifier: MIT
/*
 * region-builder.h - makes regions as a watched process would, for tests of those who read them.
 *
 * A region is built in memory that does not move, so records may be changed, and spoilt, through
 * the pointers that the functions return. A test that runs out of the memory is wrong and aborts.
 */
#ifndef SONDE_TESTS_REGION_BUILDER_H
#define SONDE_TESTS_REGION_BUILDER_H

#include "calls/kinds.h"
#include "model/region-reader.h"
#include "record/region.h"

#include <stddef.h>
#include <stdint.h>

struct region_builder {
	struct region_header *header;
};

enum { BUILDER_SIZE = 2 * REGION_COMMIT_STEP };

/* A region of a process that has exited with status 0 and recorded nothing. */
void builder_init(struct region_builder *builder);
void builder_deinit(struct region_builder *builder);

/* Memory for a record, zero. */
void *builder_allocate(struct region_builder *builder, size_t size);

struct thread_block *builder_add_thread(struct region_builder *builder);
struct call_stats *builder_add_call(struct region_builder *builder, struct thread_block *thread,
				    const char *name, const char *group);
/* The same for one kind of a call, whose time is spent on that. */
struct call_stats *builder_add_kind(struct region_builder *builder, struct thread_block *thread,
				    const char *name, const char *kind, enum wait_class waits);
/* One successful, timed call that moved some bytes. */
void builder_succeed(struct region_builder *builder, struct call_stats *stats, uint64_t ns,
		     uint64_t bytes);
/* Failed, timed calls; each call of the function makes a record of its own. */
struct error_stats *builder_fail(struct region_builder *builder, struct call_stats *stats, int code,
				 uint64_t count, uint64_t ns_each);
/* Calls of syscall() with one number; each call of the function makes a record of its own. */
void builder_add_raw_call(struct region_builder *builder, struct thread_block *thread, int number,
			  uint64_t count);

/*
 * A series of the program's own, with one tag unless `value` is NULL; each call of the function makes a record of its
 * own. And a thread's part of one.
 */
struct series_info *builder_add_series(struct region_builder *builder, enum series_kind kind,
				       const char *name, const char *unit, const char *key,
				       const char *value);
struct counter_cell *builder_add_counter(struct region_builder *builder,
					 struct thread_block *thread, struct series_info *info,
					 uint64_t count);
struct distribution_cell *builder_add_distribution(struct region_builder *builder,
						   struct thread_block *thread,
						   struct series_info *info);
/* Enters a duration in ns into a timer's part. */
void builder_enter(struct region_builder *builder, struct distribution_cell *cell, uint64_t ns);

/* What a thread did to a file or with a peer: each call of the function makes records of its own. */
struct object_cell *builder_add_object(struct region_builder *builder, struct thread_block *thread,
				       enum object_kind kind, const char *name);
/* What it moved through streams. */
struct object_streams *builder_add_streams(struct region_builder *builder,
					   struct object_cell *cell);
/* Failures of a call that the thread has made. */
struct object_error *builder_fail_object(struct region_builder *builder, struct object_cell *cell,
					 struct call_stats *stats, int code, uint64_t count);

/* Two threads with a few calls each: a region with every kind of record. */
void builder_fill(struct region_builder *builder);

/* Reads the first `size` bytes of the region as a file. As region_read(). */
int builder_read(const struct region_builder *builder, size_t size, struct region_image **ret_image,
		 struct message *ret_message);

#endif
