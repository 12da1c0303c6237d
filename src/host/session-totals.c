// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/session-totals.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/recording-json.h"
#include "host/family-file.h"
#include "model/test-rule.h"
#include "record/session.h"

#define HEADING "sonde totals 2 %zu %zu\n"

enum { REGIONS_MOST = 1 << 20, IMAGES_MOST = 1 << 20, NAME_SIZE = SESSION_PATH_SIZE + 32 };

/* -- Regions ------------------------------------------------------------------------------------ */

int added_regions_add(struct added_regions *added, const struct region_entry *entry)
{
	size_t n = added->n_entries;

	/* Room grows in steps of powers of two. */
	if ((n & (n - 1)) == 0) {
		struct region_entry *entries = realloc(added->entries, (n ? 2 * n : 1) * sizeof(*entries));

		if (!entries)
			return -ENOMEM;
		added->entries = entries;
	}
	added->entries[added->n_entries++] = *entry;
	return 0;
}

bool added_regions_have(const struct added_regions *added, const struct region_entry *entry)
{
	for (size_t i = 0; i < added->n_entries; i++)
		if (added->entries[i].offset == entry->offset && added->entries[i].pid == entry->pid &&
		    added->entries[i].started_ns == entry->started_ns)
			return true;
	return false;
}

void added_regions_deinit(struct added_regions *added)
{
	free(added->entries);
	*added = (struct added_regions){0};
}

/* -- The file ----------------------------------------------------------------------------------- */

static const char *file_name(const char *directory, const char *ending, char ret_name[NAME_SIZE])
{
	snprintf(ret_name, NAME_SIZE, "%s/totals%s", directory, ending);
	return ret_name;
}

static int write_all(FILE *file, const struct recording *totals, const struct added_regions *added,
		     const struct family *family)
{
	fprintf(file, HEADING, added->n_entries, family_file_count(family));
	for (size_t i = 0; i < added->n_entries; i++)
		fprintf(file, "%" PRIu64 " %d %" PRId64 "\n", added->entries[i].offset, added->entries[i].pid,
			added->entries[i].started_ns);
	family_file_write(family, file);
	return recording_json_write(totals, file);
}

int64_t session_totals_write(const char *directory, const struct recording *totals,
			     const struct added_regions *added, const struct family *family)
{
	char name[NAME_SIZE];
	char draft[NAME_SIZE];
	int fd = open(file_name(directory, ".tmp", draft), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

	if (!file) {
		int error = errno;

		if (fd >= 0)
			close(fd);
		return -error;
	}
	int64_t result = write_all(file, totals, added, family);

	if (result == 0)
		result = ftello(file);
	errno = EIO;
	if (fclose(file) != 0 && result >= 0)
		result = -errno;
	if (result >= 0 && rename(draft, file_name(directory, "", name)) < 0)
		result = -errno;
	if (result < 0)
		unlink(draft);
	return result;
}

static int read_regions(FILE *file, size_t n_regions, struct added_regions *added)
{
	int result = 0;

	for (size_t i = 0; result == 0 && i < n_regions; i++) {
		struct region_entry entry = {0};

		result = fscanf(file, "%" SCNu64 " %d %" SCNd64 "\n", &entry.offset, &entry.pid, &entry.started_ns) == 3
				 ? added_regions_add(added, &entry)
				 : -EBADMSG;
	}
	return result;
}

/* What is written of them before the recording. */
static int read_head(FILE *file, struct added_regions *added, struct family *family)
{
	size_t n_regions;
	size_t n_images;

	if (fscanf(file, HEADING, &n_regions, &n_images) != 2 || n_regions > REGIONS_MOST || n_images > IMAGES_MOST)
		return -EBADMSG;
	int result = read_regions(file, n_regions, added);

	return result < 0 ? result : family_file_read(file, n_images, family);
}

/* What belongs to no other test belongs to the run's. */
static int take_test(const struct recording *totals, struct family *family)
{
	for (size_t i = 0; i < totals->n_labels; i++)
		if (strcmp(totals->labels[i].key, TEST_LABEL) == 0)
			return family_set_test(family, totals->labels[i].value);
	return 0;
}

int session_totals_read(const char *directory, struct recording *ret_totals,
			struct added_regions *ret_added, struct family *family)
{
	struct recording totals;
	struct added_regions added = {0};
	char name[NAME_SIZE];
	int fd = open(file_name(directory, "", name), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");

	if (!file) {
		int error = errno;

		if (fd >= 0)
			close(fd);
		return -error;
	}
	int result = read_head(file, &added, family);

	if (result == 0)
		result = recording_json_read(file, name, &totals, NULL);
	fclose(file);
	if (result == 0) {
		result = take_test(&totals, family);
		if (result < 0)
			recording_deinit(&totals);
	}
	if (result < 0) {
		added_regions_deinit(&added);
		return result;
	}
	*ret_totals = totals;
	*ret_added = added;
	return 0;
}

struct totals_mark session_totals_mark(const char *directory)
{
	char name[NAME_SIZE];
	struct stat status;

	if (lstat(file_name(directory, "", name), &status) < 0)
		return (struct totals_mark){0};
	return (struct totals_mark){status.st_ino, status.st_mtim};
}

bool totals_mark_is(const struct totals_mark *a, const struct totals_mark *b)
{
	return a->inode == b->inode && a->written.tv_sec == b->written.tv_sec &&
	       a->written.tv_nsec == b->written.tv_nsec;
}

void session_totals_remove(const char *directory)
{
	char name[NAME_SIZE];

	unlink(file_name(directory, "", name));
	unlink(file_name(directory, ".tmp", name));
}
