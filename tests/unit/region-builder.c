// SPDX-License-Identifier: MIT
#include "config.h"

#include "region-builder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/relative.h"

static void *address_of(struct region_builder *builder, uint64_t offset)
{
	return (char *)builder->header + offset;
}

void builder_init(struct region_builder *builder)
{
	builder->header = aligned_alloc(64, BUILDER_SIZE);
	if (!builder->header)
		abort();
	memset(builder->header, 0, BUILDER_SIZE);
	*builder->header = (struct region_header){
		.magic = REGION_MAGIC,
		.version = REGION_VERSION,
		.header_size = sizeof(struct region_header),
		.capacity = BUILDER_SIZE,
		.used = (sizeof(struct region_header) + 63) / 64 * 64,
		.committed = BUILDER_SIZE,
		.pid = 42,
		.parent_pid = 41,
		.flags = REGION_EXIT_KNOWN,
		.state = REGION_EXITED,
		.started_ns = 1000,
		.ended_ns = 5000,
		.started_realtime_ns = 1700000000000000000,
		.clock = {.multiplier = 1ULL << 32, .realtime_ns = 1700000000000000000},
		.executable = "/usr/bin/program",
		.command = "program\0-v\0two words\0it's",
		.allocator = "libc.so.6",
	};
}

void builder_deinit(struct region_builder *builder)
{
	free(builder->header);
}

void *builder_allocate(struct region_builder *builder, size_t size)
{
	uint64_t offset = builder->header->used;

	builder->header->used += (size + 63) / 64 * 64;
	if (builder->header->used > BUILDER_SIZE)
		abort();
	return address_of(builder, offset);
}

struct thread_block *builder_add_thread(struct region_builder *builder)
{
	struct thread_block *thread = builder_allocate(builder, sizeof(*thread));
	relative *threads = &builder->header->threads;

	thread->next = relative_to(&thread->next, relative_get(threads));
	*threads = relative_to(threads, thread);
	builder->header->n_threads++;
	return thread;
}

/* The description of a call that some thread has used before, or a new one. */
static struct call_info_record *find_info(struct region_builder *builder, const char *name,
					  const char *kind, const char *group)
{
	struct thread_block *thread = relative_get(&builder->header->threads);

	for (; thread; thread = relative_get(&thread->next)) {
		struct call_stats *stats = relative_get(&thread->calls);

		for (; stats; stats = relative_get(&stats->next)) {
			struct call_info_record *info = relative_get(&stats->info);

			if (strcmp(info->name, name) == 0 && strcmp(info->kind, kind) == 0)
				return info;
		}
	}
	struct call_info_record *info = builder_allocate(builder, sizeof(*info));

	snprintf(info->name, sizeof(info->name), "%s", name);
	snprintf(info->kind, sizeof(info->kind), "%s", kind);
	snprintf(info->group, sizeof(info->group), "%s", group);
	return info;
}

static struct call_stats *add_stats(struct region_builder *builder, struct thread_block *thread,
				    struct call_info_record *info)
{
	struct call_stats *stats = builder_allocate(builder, sizeof(*stats));

	stats->info = relative_to(&stats->info, info);
	stats->min_ns = UINT64_MAX;
	stats->next = relative_to(&stats->next, relative_get(&thread->calls));
	thread->calls = relative_to(&thread->calls, stats);
	return stats;
}

struct call_stats *builder_add_call(struct region_builder *builder, struct thread_block *thread,
				    const char *name, const char *group)
{
	return add_stats(builder, thread, find_info(builder, name, "", group));
}

struct call_stats *builder_add_kind(struct region_builder *builder, struct thread_block *thread,
				    const char *name, const char *kind, enum wait_class waits)
{
	struct call_info_record *info = find_info(builder, name, kind, "io");

	info->waits = (uint8_t)waits;
	return add_stats(builder, thread, info);
}

void builder_succeed(struct region_builder *builder, struct call_stats *stats, uint64_t ns,
		     uint64_t bytes)
{
	unsigned int bucket = histogram_bucket(ns);
	relative *reference = &stats->rows[bucket / HISTOGRAM_ROW_BUCKETS];

	if (!*reference)
		*reference = relative_to(reference,
					 builder_allocate(builder, sizeof(struct histogram_row)));
	struct histogram_row *row = relative_get(reference);

	row->count[bucket % HISTOGRAM_ROW_BUCKETS]++;
	stats->count++;
	stats->bytes += bytes;
	stats->sum_ns += ns;
	stats->min_ns = ns < stats->min_ns ? ns : stats->min_ns;
	stats->max_ns = ns > stats->max_ns ? ns : stats->max_ns;
}

struct error_stats *builder_fail(struct region_builder *builder, struct call_stats *stats, int code,
				 uint64_t count, uint64_t ns_each)
{
	struct error_stats *error = builder_allocate(builder, sizeof(*error));

	*error = (struct error_stats){
		.code = code,
		.count = count,
		.timed = count,
		.sum_ns = count * ns_each,
		.first_ticks = 100,
		.last_ticks = 900,
	};
	error->next = relative_to(&error->next, relative_get(&stats->errors));
	stats->errors = relative_to(&stats->errors, error);
	stats->count += count;
	return error;
}

void builder_add_raw_call(struct region_builder *builder, struct thread_block *thread, int number,
			  uint64_t count)
{
	struct raw_call_stats *raw = builder_allocate(builder, sizeof(*raw));

	raw->number = number;
	raw->count = count;
	raw->next = relative_to(&raw->next, relative_get(&thread->raw_calls));
	thread->raw_calls = relative_to(&thread->raw_calls, raw);
}

struct series_info *builder_add_series(struct region_builder *builder, enum series_kind kind,
				       const char *name, const char *unit, const char *key,
				       const char *value)
{
	size_t size = sizeof(struct series_info) + strlen(name) + strlen(unit) + 2;

	if (value)
		size += strlen(key) + strlen(value) + 2;
	struct series_info *info = builder_allocate(builder, size);
	char *end = stpcpy(stpcpy(info->strings, name) + 1, unit) + 1;

	if (value)
		stpcpy(stpcpy(end, key) + 1, value);
	info->size = (uint32_t)size;
	info->kind = (uint8_t)kind;
	info->n_tags = value != NULL;
	info->first_index =
		strcmp(unit, "s") == 0 ? HISTOGRAM_FIRST_INDEX : HISTOGRAM_FIRST_OF_NUMBERS;
	info->next = relative_to(&info->next, relative_get(&builder->header->series));
	builder->header->series = relative_to(&builder->header->series, info);
	return info;
}

struct counter_cell *builder_add_counter(struct region_builder *builder,
					 struct thread_block *thread, struct series_info *info,
					 uint64_t count)
{
	struct counter_cell *cell = builder_allocate(builder, sizeof(*cell));

	cell->info = relative_to(&cell->info, info);
	cell->value = count;
	cell->next = relative_to(&cell->next, relative_get(&thread->counters));
	thread->counters = relative_to(&thread->counters, cell);
	return cell;
}

struct distribution_cell *builder_add_distribution(struct region_builder *builder,
						   struct thread_block *thread,
						   struct series_info *info)
{
	struct distribution_cell *cell = builder_allocate(builder, sizeof(*cell));

	cell->info = relative_to(&cell->info, info);
	cell->min = UINT64_MAX;
	cell->next = relative_to(&cell->next, relative_get(&thread->distributions));
	thread->distributions = relative_to(&thread->distributions, cell);
	return cell;
}

void builder_enter(struct region_builder *builder, struct distribution_cell *cell, uint64_t ns)
{
	unsigned int bucket = histogram_bucket(ns);
	relative *reference = &cell->rows[bucket / HISTOGRAM_ROW_BUCKETS];

	if (!*reference)
		*reference = relative_to(reference,
					 builder_allocate(builder, sizeof(struct histogram_row)));
	struct histogram_row *row = relative_get(reference);

	row->count[bucket % HISTOGRAM_ROW_BUCKETS]++;
	cell->sum += ns;
	cell->min = ns < cell->min ? ns : cell->min;
	cell->max = ns > cell->max ? ns : cell->max;
}

struct object_cell *builder_add_object(struct region_builder *builder, struct thread_block *thread,
				       enum object_kind kind, const char *name)
{
	size_t size = sizeof(struct object_info) + strlen(name) + 1;
	struct object_info *info = builder_allocate(builder, size);
	struct object_cell *cell = builder_allocate(builder, sizeof(*cell));

	info->size = (uint32_t)size;
	info->kind = (uint8_t)kind;
	stpcpy(info->name, name);
	cell->info = relative_to(&cell->info, info);
	cell->next = relative_to(&cell->next, relative_get(&thread->objects));
	thread->objects = relative_to(&thread->objects, cell);
	return cell;
}

struct object_streams *builder_add_streams(struct region_builder *builder, struct object_cell *cell)
{
	struct object_streams *streams = builder_allocate(builder, sizeof(*streams));

	cell->streams = relative_to(&cell->streams, streams);
	return streams;
}

struct object_error *builder_fail_object(struct region_builder *builder, struct object_cell *cell,
					 struct call_stats *stats, int code, uint64_t count)
{
	struct object_error *error = builder_allocate(builder, sizeof(*error));

	error->code = code;
	error->count = count;
	error->call = relative_to(&error->call, relative_get(&stats->info));
	error->next = relative_to(&error->next, relative_get(&cell->errors));
	cell->errors = relative_to(&cell->errors, error);
	return error;
}

static void fill_objects(struct region_builder *builder, struct thread_block *thread,
			 struct call_stats *open)
{
	struct object_cell *file =
		builder_add_object(builder, thread, OBJECT_FILE, "/var/log/file");
	struct object_cell *peer =
		builder_add_object(builder, thread, OBJECT_PEER, "127.0.0.1:80");

	file->opens.count = 1;
	file->flows[0] = (struct object_flow){.bytes = 4096, .sizes = {0, 1}};
	builder_add_streams(builder, file)->flows[1].bytes = 80;
	builder_fail_object(builder, file, open, ENOENT, 5);
	peer->flows[1] = (struct object_flow){.bytes = 10, .sizes = {1}};
}

void builder_fill(struct region_builder *builder)
{
	struct series_info *counter = builder_add_series(builder, KIND_COUNTER, "jobs.done",
							 "{job}", "queue", "mail");
	struct series_info *timer =
		builder_add_series(builder, KIND_TIMER, "job.duration", "s", "queue", "mail");
	struct series_info *gauge =
		builder_add_series(builder, KIND_GAUGE, "queue.length", "1", NULL, NULL);

	/* 2.5, at the instant 7 */
	gauge->gauge = (struct pair){0x4004000000000000, 7};
	for (int i = 0; i < 2; i++) {
		struct thread_block *thread = builder_add_thread(builder);
		struct call_stats *read = builder_add_call(builder, thread, "read", "io");
		struct call_stats *open = builder_add_call(builder, thread, "open", "path");

		for (uint64_t ns = 1; ns < UINT64_C(1) << 46; ns *= 7)
			builder_succeed(builder, read, ns, 4096);
		builder_fail(builder, read, EAGAIN, 3, 200);
		builder_fail(builder, read, EIO, 1, 9000);
		builder_succeed(builder, open, 1500, 0);
		builder_fail(builder, open, ENOENT, 5, 700);
		builder_add_raw_call(builder, thread, SYS_gettid, 7);
		builder_add_raw_call(builder, thread, -1, 1);
		builder_add_counter(builder, thread, counter, 1000);
		builder_enter(builder, builder_add_distribution(builder, thread, timer), 250000);
		fill_objects(builder, thread, open);
	}
}

int builder_read(const struct region_builder *builder, size_t size, struct region_image **ret_image,
		 struct message *ret_message)
{
	char path[] = "/tmp/sonde-test-XXXXXX";
	int fd = mkstemp(path);
	const char *name = strrchr(path, '/') + 1;

	if (fd < 0 || write(fd, builder->header, size) != (ssize_t)size)
		abort();
	int error = region_read(fd, 0, REGION_CAPACITY, name, ret_image, ret_message);

	close(fd);
	unlink(path);
	return error;
}
