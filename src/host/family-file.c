// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/family-file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MOST = 1 << 16, TEXTS = 3 };
enum { IS_FOREIGN = 1, IS_FORKED = 2, HAS_ENDED = 4, FLAGS_ALL = 7 };

/* -- Writing --------------------------------------------------------------------------------------- */

static void count_image(const struct family_image *image, void *argument)
{
	size_t *n = argument;

	(void)image;
	++*n;
}

size_t family_file_count(const struct family *family)
{
	size_t n = 0;

	family_visit(family, count_image, &n);
	return n;
}

static long length_of(const char *text)
{
	return text ? (long)strlen(text) : -1;
}

static void write_image(const struct family_image *image, void *argument)
{
	FILE *file = argument;
	int flags = (image->is_foreign ? IS_FOREIGN : 0) | (image->is_forked ? IS_FORKED : 0) |
		    (image->has_ended ? HAS_ENDED : 0);

	fprintf(file, "%d %" PRId64 " %" PRId64 " %d %d %d %ld %ld %ld\n", image->pid, image->started_ns, image->ended_ns,
		flags, (int)image->harness, (int)image->started_by, length_of(image->test), length_of(image->labels),
		length_of(image->pytest));
	fprintf(file, "%s%s%s\n", image->test ? image->test : "", image->labels ? image->labels : "",
		image->pytest ? image->pytest : "");
}

void family_file_write(const struct family *family, FILE *file)
{
	family_visit(family, write_image, file);
}

/* -- Reading --------------------------------------------------------------------------------------- */

/* The next so many bytes, to be freed; NULL also for a length of -1. 0, -EBADMSG or -ENOMEM. */
static int read_text(FILE *file, long length, char **ret_text)
{
	*ret_text = NULL;
	if (length == -1)
		return 0;
	if (length < 0 || length > TEXT_MOST)
		return -EBADMSG;
	*ret_text = calloc((size_t)length + 1, 1);
	if (!*ret_text)
		return -ENOMEM;
	return fread(*ret_text, 1, (size_t)length, file) == (size_t)length ? 0 : -EBADMSG;
}

static int read_image(FILE *file, struct family *family)
{
	struct family_image image = {0};
	char *texts[TEXTS] = {NULL};
	long lengths[TEXTS];
	int flags;
	int harness;
	int started_by;
	int result = 0;

	/* Not by a blank in the format, which would take what a text begins with. */
	if (fscanf(file, "%d %" SCNd64 " %" SCNd64 " %d %d %d %ld %ld %ld", &image.pid, &image.started_ns,
		   &image.ended_ns, &flags, &harness, &started_by, &lengths[0], &lengths[1], &lengths[2]) != 9 ||
	    fgetc(file) != '\n' || flags & ~FLAGS_ALL || harness < 0 || harness >= HARNESSES || started_by < 0 ||
	    started_by >= HARNESSES)
		return -EBADMSG;
	for (int i = 0; i < TEXTS && result == 0; i++)
		result = read_text(file, lengths[i], &texts[i]);
	image.is_foreign = flags & IS_FOREIGN;
	image.is_forked = flags & IS_FORKED;
	image.has_ended = flags & HAS_ENDED;
	image.harness = (enum harness)harness;
	image.started_by = (enum harness)started_by;
	image.test = texts[0];
	image.labels = texts[1];
	image.pytest = texts[2];
	if (result == 0)
		result = fgetc(file) == '\n' ? family_restore(family, &image) : -EBADMSG;
	for (int i = 0; i < TEXTS; i++)
		free(texts[i]);
	return result;
}

int family_file_read(FILE *file, size_t n_images, struct family *family)
{
	int result = 0;

	for (size_t i = 0; i < n_images && result == 0; i++)
		result = read_image(file, family);
	return result;
}
