// SPDX-License-Identifier: MIT
/*
 * Makes a copy of a region that may grow while it is read. A record is complete before anything
 * refers to it, and memory is committed before a record is made in it; so when `committed`, read
 * after the copy, lies inside the copy, then everything that the copy refers to does. What the copy
 * cannot have is one instant: a record at a low address may have been filled after it was copied,
 * and the reference to it, at a higher one, before. That looks like damage and goes away when the
 * region is read again.
 */
#include "config.h"

#include "model/region-reader.h"

#include "model/region-check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	READ_ATTEMPTS = 4, /* of a file that is being written and looks damaged */
	HEADER_SIZE = sizeof(struct region_header),
	FIRST_READ = 16 * 1024, /* all that most processes have */
};

_Static_assert((int)FIRST_READ >= (int)HEADER_SIZE && (int)FIRST_READ <= (int)REGION_CAPACITY_LEAST,
	       "a header, and nothing of the next place");

/* Where a region lies. */
struct place {
	int fd;
	uint64_t offset;
	uint64_t capacity; /* a writer hands out no more; nor do we believe in more */
	const char *name;
};

/* Reads up to size bytes; returns how many there were, or a negative errno. */
static ssize_t read_all(const struct place *place, void *buf, size_t size, size_t offset)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n = pread(place->fd, (char *)buf + done, size - done,
				  (off_t)(place->offset + offset + done));

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

/* The writer stores the magic last. */
static bool is_unfinished(const struct region_header *header, ssize_t size)
{
	static const char no_magic[sizeof(header->magic)];

	return size == 0 ||
	       (size == HEADER_SIZE && memcmp(header->magic, no_magic, sizeof(no_magic)) == 0);
}

/* Whether this is a header that we can make sense of. 0, -EPROTO or -ENODATA. */
static int check_format(const struct region_header *header, ssize_t size, const char *name,
			struct message *ret_message)
{
	if (is_unfinished(header, size)) {
		message_set(ret_message, "%s: region without a header", name);
		return -ENODATA;
	}
	if (size < HEADER_SIZE)
		message_set(ret_message, "%s: %zd bytes are too few for a region, %d is the least",
			    name, size, HEADER_SIZE);
	else if (memcmp(header->magic, REGION_MAGIC, sizeof(header->magic)) != 0)
		message_set(ret_message, "%s: not a region", name);
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
static int extend_copy(struct region_image *image, const struct place *place, size_t end)
{
	char *larger = realloc(image->header, end);

	if (!larger)
		return -ENOMEM;
	image->header = (struct region_header *)larger;

	ssize_t n = read_all(place, larger + image->size, end - image->size, image->size);

	if (n < 0)
		return (int)n;
	image->size += (size_t)n;
	return 0;
}

/* Bytes that the file has from the region's start on, at most its room. Or a negative errno. */
static int64_t readable_size(const struct place *place)
{
	struct stat status;

	if (fstat(place->fd, &status) < 0)
		return -errno;
	if ((uint64_t)status.st_size <= place->offset)
		return 0;
	uint64_t size = (uint64_t)status.st_size - place->offset;

	return (int64_t)(size < place->capacity ? size : place->capacity);
}

/* Copies until what is committed lies in the copy or the file ends. */
static int copy_committed(struct region_image *image, const struct place *place)
{
	for (;;) {
		struct region_header header;
		ssize_t n = read_all(place, &header, sizeof(header), 0);
		int64_t readable = readable_size(place);

		if (n < 0 || readable < 0)
			return n < 0 ? (int)n : (int)readable;
		uint64_t end = header.committed;

		if (n < HEADER_SIZE || end > (uint64_t)readable)
			end = (uint64_t)readable;
		size_t size_before = image->size;

		if (end <= size_before)
			return 0;
		int error = extend_copy(image, place, end);

		if (error || image->size == size_before)
			return error;
	}
}

/* What of the first bytes is the region's. */
static size_t first_size(const struct region_header *header, size_t n_read)
{
	if (header->committed >= n_read)
		return n_read;
	return header->committed > HEADER_SIZE ? header->committed : HEADER_SIZE;
}

/* Reads and checks once. */
static int read_image(const struct place *place, struct region_image *ret_image,
		      struct message *ret_message)
{
	struct region_image image = {.header = malloc(FIRST_READ)};
	int error = -ENOMEM;

	if (!image.header)
		return error;
	ssize_t n = read_all(place, image.header, FIRST_READ, 0);

	/* Nothing is there but what was read: most regions fill it. */
	if (n >= 0)
		memset((char *)image.header + n, 0, FIRST_READ - (size_t)n);
	error = n < 0 ? (int)n
		      : check_format(image.header, n < HEADER_SIZE ? n : HEADER_SIZE, place->name, ret_message);
	if (error)
		goto out;
	image.size = first_size(image.header, (size_t)n);
	error = copy_committed(&image, place);
	if (!error)
		error = region_check(&image, place->name);
out:
	if (error)
		free(image.header);
	else
		*ret_image = image;
	return error;
}

/* Reads until nothing looks damaged, or it is certain that something is. */
static int read_settled(const struct place *place, struct region_image *ret_image,
			struct message *ret_message)
{
	for (int attempt = 1;; attempt++) {
		int error = read_image(place, ret_image, ret_message);

		if (error || !ret_image->n_damaged || attempt == READ_ATTEMPTS ||
		    ret_image->header->state != REGION_RUNNING)
			return error;
		free(ret_image->header);
	}
}

int region_read(int fd, uint64_t offset, uint64_t capacity, const char *name,
		struct region_image **ret_image, struct message *ret_message)
{
	const struct place place = {fd, offset, capacity, name};
	struct region_image *image = calloc(1, sizeof(*image));
	int error = image ? read_settled(&place, image, ret_message) : -ENOMEM;

	if (!error) {
		*ret_image = image;
		return 0;
	}
	if (error != -EPROTO && error != -ENODATA)
		message_set(ret_message, "%s: %s", name, strerror(-error));
	free(image);
	return error;
}

/*
 * Word by word, for others write to it meanwhile. Records that are just being filled in are copied
 * as well, half as they may be: nothing refers to them yet. That is what a sanitizer would see.
 */
static __attribute__((no_sanitize("thread"))) void copy_words(uint64_t *to, const uint64_t *from,
							      size_t n_words)
{
	for (size_t i = 0; i < n_words; i++)
		to[i] = __atomic_load_n(&from[i], __ATOMIC_RELAXED);
}

/* One with `committed` bytes; what is handed out meanwhile looks like damage. */
static int copy_image(const struct region_header *region, struct region_image *ret_image)
{
	size_t size = __atomic_load_n(&region->committed, __ATOMIC_RELAXED);

	*ret_image = (struct region_image){.header = malloc(size), .size = size};
	if (!ret_image->header)
		return -ENOMEM;
	copy_words((uint64_t *)ret_image->header, (const uint64_t *)region,
		   size / sizeof(uint64_t));
	int error = region_check(ret_image, "own region");

	if (error)
		free(ret_image->header);
	return error;
}

int region_copy(const struct region_header *region, struct region_image **ret_image)
{
	struct region_image *image = calloc(1, sizeof(*image));
	int error = image ? copy_image(region, image) : -ENOMEM;

	for (int attempt = 1; !error && image->n_damaged && attempt < READ_ATTEMPTS; attempt++) {
		free(image->header);
		error = copy_image(region, image);
	}
	if (error)
		free(image);
	else
		*ret_image = image;
	return error;
}

char **region_command_words(const struct region_header *header)
{
	const char *word = header->command;
	const char *end = word + sizeof(header->command);
	/* Each word takes two bytes at least. */
	char **words = calloc(sizeof(header->command) / 2 + 1, sizeof(*words));

	/* An empty word, or the field's end, is behind the last one. */
	for (size_t n = 0; words && word < end && *word; n++) {
		size_t len = strnlen(word, (size_t)(end - word));

		words[n] = strndup(word, len);
		if (!words[n]) {
			while (n > 0)
				free(words[--n]);
			free(words);
			return NULL;
		}
		word += len + 1;
	}
	return words;
}

struct region_image *region_image_free(struct region_image *image)
{
	if (image)
		free(image->header);
	free(image);
	return NULL;
}
