// SPDX-License-Identifier: MIT
/*
 * Two halves. The first makes a copy of a file that may grow while it is read: a record is complete
 * before anything refers to it, and memory is committed before a record is made in it; so when
 * `committed`, read after the copy, lies inside the copy, then everything that the copy refers to
 * does. What the copy cannot have is one instant: a record at a low address may have been filled
 * after it was copied, and the reference to it, at a higher one, before. That looks like damage and
 * goes away when the file is read again.
 *
 * The second half checks the copy. Its means is a map with one bit for every four bytes: a record
 * claims its bytes, and a record that finds some of its bytes taken is cut off. This refuses
 * cycles, records that share parts, and lists that run into each other, all by one rule, and bounds
 * the work by the size of the file. Only the descriptions of calls are meant to be shared; a second
 * map knows them.
 */
#include "config.h"

#include "model/region-reader.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	CLAIM_UNIT = 4,	   /* bytes that a bit of the map stands for: the alignment of the smallest
			      record */
	READ_ATTEMPTS = 4, /* of a file that is being written and looks damaged */
	HEADER_SIZE = sizeof(struct region_header),
};

/* A writer hands out no more than its capacity; nor do we believe in more. */
static const uint64_t size_limit = REGION_CAPACITY;

/* What the check of one image works with. */
struct check {
	struct region_image *image;
	const char *name;
	uint64_t *claimed; /* one bit for each CLAIM_UNIT bytes of the image */
	uint64_t *shared;  /* likewise: a record that may be shared begins here */
};

/* What a reference refers to. */
struct record_kind {
	const char *name;
	size_t size;
	size_t alignment;
	bool may_be_shared; /* several references to one record are in order */
};

static const struct record_kind thread_block_kind = {
	"thread block",
	sizeof(struct thread_block),
	_Alignof(struct thread_block),
	false,
};
static const struct record_kind call_stats_kind = {
	"call",
	sizeof(struct call_stats),
	_Alignof(struct call_stats),
	false,
};
static const struct record_kind call_info_kind = {
	"call description",
	sizeof(struct call_info_record),
	_Alignof(struct call_info_record),
	true,
};
static const struct record_kind histogram_row_kind = {
	"histogram row",
	sizeof(struct histogram_row),
	_Alignof(struct histogram_row),
	false,
};
static const struct record_kind error_stats_kind = {
	"error",
	sizeof(struct error_stats),
	_Alignof(struct error_stats),
	false,
};

static size_t offset_of(const struct check *check, const void *address)
{
	return (size_t)((const char *)address - (const char *)check->image->header);
}

/* The first damage is told, all of it is counted. */
__attribute__((format(printf, 2, 3))) static void note_damage(struct check *check,
							      const char *format, ...)
{
	char text[MESSAGE_SIZE / 2];
	va_list arguments;

	if (check->image->n_damaged++)
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	message_set(&check->image->damage, "%s: %s", check->name, text);
}

static bool bit_is_set(const uint64_t *bits, size_t i)
{
	return bits[i / 64] & (1ULL << (i % 64));
}

static void bit_set(uint64_t *bits, size_t i)
{
	bits[i / 64] |= 1ULL << (i % 64);
}

/* Claims a record's bytes; false, and nothing claimed, when some of them belong to another one. */
static bool claim(struct check *check, size_t offset, const struct record_kind *kind)
{
	size_t first = offset / CLAIM_UNIT;
	size_t end = (offset + kind->size) / CLAIM_UNIT;

	if (kind->may_be_shared && bit_is_set(check->shared, first))
		return true;
	for (size_t i = first; i < end; i++)
		if (bit_is_set(check->claimed, i))
			return false;
	for (size_t i = first; i < end; i++)
		bit_set(check->claimed, i);
	if (kind->may_be_shared)
		bit_set(check->shared, first);
	return true;
}

/* Says what is wrong with a reference that does not lead to a whole record, or returns false. */
static bool note_bad_distance(struct check *check, const relative *reference,
			      const struct record_kind *kind, const char *where)
{
	size_t from = offset_of(check, reference);
	int64_t target = (int64_t)from + *reference;
	int64_t past = target + (int64_t)kind->size - (int64_t)check->image->size;

	if (target < HEADER_SIZE)
		note_damage(check, "%s at %zu refers to a %s at %" PRId64 ", before the records",
			    where, from, kind->name, target);
	else if (past > 0)
		note_damage(check,
			    "%s at %zu refers to a %s that ends %" PRId64 " bytes past the end",
			    where, from, kind->name, past);
	else if (target % (int64_t)kind->alignment)
		note_damage(check, "%s at %zu refers to a %s at %" PRId64 ", not a multiple of %zu",
			    where, from, kind->name, target, kind->alignment);
	else
		return false;
	return true;
}

/*
 * Returns the record that a reference refers to, or NULL when it refers to none; also when it
 * should not be followed: then it is set to none.
 */
static void *check_reference(struct check *check, relative *reference,
			     const struct record_kind *kind, const char *where)
{
	if (!*reference)
		return NULL;
	if (!note_bad_distance(check, reference, kind, where)) {
		void *record = (char *)reference + *reference;

		if (claim(check, offset_of(check, record), kind))
			return record;
		note_damage(
			check, "%s at %zu refers to a %s at %zu, which belongs to another record",
			where, offset_of(check, reference), kind->name, offset_of(check, record));
	}
	*reference = 0;
	return NULL;
}

/* Ends a string that fills its field. */
static void check_string(struct check *check, char *string, size_t size, const char *what)
{
	if (memchr(string, '\0', size))
		return;
	note_damage(check, "%s at %zu has no end", what, offset_of(check, string));
	string[size - 1] = '\0';
}

/* A call without a name cannot be shown: its reference to the description becomes none. */
static void check_info(struct check *check, struct call_stats *stats)
{
	struct call_info_record *info =
		check_reference(check, &stats->info, &call_info_kind, "call's info");

	if (!info) {
		note_damage(check, "call at %zu has no description", offset_of(check, stats));
		return;
	}
	check_string(check, info->name, sizeof(info->name), "call's name");
	check_string(check, info->group, sizeof(info->group), "call's group");
	if (info->name[0])
		return;
	note_damage(check, "call at %zu has no name", offset_of(check, stats));
	stats->info = 0;
}

static void check_call(struct check *check, struct call_stats *stats)
{
	check_info(check, stats);
	for (unsigned int i = 0; i < HISTOGRAM_ROWS; i++)
		check_reference(check, &stats->rows[i], &histogram_row_kind, "call's row");

	relative *next = &stats->errors;

	for (;;) {
		struct error_stats *error =
			check_reference(check, next, &error_stats_kind, "call's errors");

		if (!error)
			return;
		next = &error->next;
	}
}

static void check_thread(struct check *check, struct thread_block *thread)
{
	relative *next = &thread->calls;

	for (;;) {
		struct call_stats *stats =
			check_reference(check, next, &call_stats_kind, "thread's calls");

		if (!stats)
			return;
		check_call(check, stats);
		next = &stats->next;
	}
}

static void check_header(struct check *check, struct region_header *header)
{
	check_string(check, header->executable, sizeof(header->executable), "executable");
	check_string(check, header->allocator, sizeof(header->allocator), "allocator");
	if (header->command[REGION_COMMAND_SIZE - 1])
		note_damage(check, "command has no end");
	header->command[REGION_COMMAND_SIZE - 1] = '\0';
	if (header->state > REGION_EXECUTED) {
		note_damage(check, "state is %" PRIu32 ", at most %d is known", header->state,
			    REGION_EXECUTED);
		header->state = REGION_RUNNING;
	}
}

static void check_threads(struct check *check, relative *next)
{
	for (;;) {
		struct thread_block *thread =
			check_reference(check, next, &thread_block_kind, "list of threads");

		if (!thread)
			return;
		check_thread(check, thread);
		next = &thread->next;
	}
}

/* 0 or -ENOMEM. */
static int check_image(struct region_image *image, const char *name)
{
	size_t n_words = image->size / CLAIM_UNIT / 64 + 1;
	uint64_t *maps = calloc(n_words, 2 * sizeof(*maps));
	struct check check = {
		.image = image,
		.name = name,
		.claimed = maps,
		.shared = maps + n_words,
	};

	if (!maps)
		return -ENOMEM;
	check_header(&check, image->header);
	if (image->header->committed > image->size)
		note_damage(&check, "%" PRIu64 " bytes are committed, %zu can be read",
			    image->header->committed, image->size);
	check_threads(&check, &image->header->threads);
	free(maps);
	return 0;
}

/* Reads up to size bytes; returns how many there were, or a negative errno. */
static ssize_t read_all(int fd, void *buf, size_t size, size_t offset)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n = pread(fd, (char *)buf + done, size - done, (off_t)(offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

/* Whether this is a header that we can make sense of. 0 or -EPROTO. */
static int check_format(const struct region_header *header, ssize_t size, const char *name,
			struct message *ret_message)
{
	if (size < HEADER_SIZE)
		message_set(ret_message, "%s: %zd bytes are too few for a region, %d is the least",
			    name, size, HEADER_SIZE);
	else if (memcmp(header->magic, REGION_MAGIC, sizeof(header->magic)) != 0)
		message_set(ret_message, "%s: not a region file", name);
	else if (header->version != REGION_VERSION)
		message_set(ret_message, "%s: region of version %" PRIu32 ", this sonde reads %d",
			    name, header->version, REGION_VERSION);
	else if (header->header_size != HEADER_SIZE)
		message_set(ret_message, "%s: region header of %" PRIu32 " bytes, expected %d",
			    name, header->header_size, HEADER_SIZE);
	else
		return 0;
	return -EPROTO;
}

/* Makes the copy larger by what the file has from its end up to `end`. 0 or a negative errno. */
static int extend_copy(struct region_image *image, int fd, size_t end)
{
	char *larger = realloc(image->header, end);

	if (!larger)
		return -ENOMEM;
	image->header = (struct region_header *)larger;

	ssize_t n = read_all(fd, larger + image->size, end - image->size, image->size);

	if (n < 0)
		return (int)n;
	image->size += (size_t)n;
	return 0;
}

/* Copies until what is committed lies in the copy or the file ends. */
static int copy_committed(struct region_image *image, int fd)
{
	for (;;) {
		struct region_header header;
		struct stat status;
		ssize_t n = read_all(fd, &header, sizeof(header), 0);

		if (n < 0)
			return (int)n;
		if (fstat(fd, &status) < 0)
			return -errno;
		uint64_t end = header.committed;

		if (n < HEADER_SIZE || end > (uint64_t)status.st_size)
			end = (uint64_t)status.st_size;
		if (end > size_limit)
			end = size_limit;
		size_t size_before = image->size;

		if (end <= size_before)
			return 0;
		int error = extend_copy(image, fd, end);

		if (error || image->size == size_before)
			return error;
	}
}

/* Reads and checks once. */
static int read_image(int fd, const char *name, struct region_image *ret_image,
		      struct message *ret_message)
{
	struct region_image image = {.header = calloc(1, HEADER_SIZE)};
	int error = -ENOMEM;

	if (!image.header)
		return error;
	ssize_t n = read_all(fd, image.header, HEADER_SIZE, 0);

	error = n < 0 ? (int)n : check_format(image.header, n, name, ret_message);
	if (error)
		goto out;
	image.size = HEADER_SIZE;
	error = copy_committed(&image, fd);
	if (!error)
		error = check_image(&image, name);
out:
	if (error)
		free(image.header);
	else
		*ret_image = image;
	return error;
}

/* Reads until nothing looks damaged, or it is certain that something is. */
static int read_settled(int fd, const char *name, struct region_image *ret_image,
			struct message *ret_message)
{
	for (int attempt = 1;; attempt++) {
		int error = read_image(fd, name, ret_image, ret_message);

		if (error || !ret_image->n_damaged || attempt == READ_ATTEMPTS ||
		    ret_image->header->state != REGION_RUNNING)
			return error;
		free(ret_image->header);
	}
}

int region_read(int dirfd, const char *name, struct region_image **ret_image,
		struct message *ret_message)
{
	/* Somebody may have put a pipe or a link in the file's place. */
	int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	int error = fd < 0 ? -errno : 0;
	struct region_image *image = calloc(1, sizeof(*image));

	if (!image)
		error = -ENOMEM;
	if (!error)
		error = read_settled(fd, name, image, ret_message);
	if (fd >= 0)
		close(fd);
	if (!error) {
		*ret_image = image;
		return 0;
	}
	if (error != -EPROTO)
		message_set(ret_message, "%s: %s", name, strerror(-error));
	free(image);
	return error;
}

struct region_image *region_image_free(struct region_image *image)
{
	if (image)
		free(image->header);
	free(image);
	return NULL;
}
