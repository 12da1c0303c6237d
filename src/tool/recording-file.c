// SPDX-License-Identifier: MIT
#include "config.h"

#include "tool/recording-file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "format/recording-json.h"

static int fail(int error, const char *path, struct message *ret_message)
{
	message_set(ret_message, "%s: %s", path, strerror(error));
	return -error;
}

/* Whether there is something that must be written to and not replaced. */
static bool is_special(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && !S_ISREG(status.st_mode);
}

static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
}

int recording_file_check(const char *path, struct message *ret_message)
{
	struct stat status;
	char *folder = folder_of(path);
	int error = 0;

	if (!folder)
		return fail(ENOMEM, path, ret_message);
	if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
		error = EISDIR;
	else if (access(is_special(path) ? path : folder, W_OK) < 0)
		error = errno;
	free(folder);
	return error ? fail(error, path, ret_message) : 0;
}

static ssize_t read_compressed(void *cookie, char *data, size_t size)
{
	return gzread(cookie, data, (unsigned int)size);
}

static int close_compressed(void *cookie)
{
	return gzclose(cookie) == Z_OK ? 0 : -1;
}

static bool is_compressed_name(const char *path)
{
	size_t len = strlen(path);

	return len > 3 && strcmp(path + len - 3, ".gz") == 0;
}

int recording_text_init(struct recording_text *text, const struct recording *recording)
{
	*text = (struct recording_text){0};
	FILE *stream = open_memstream(&text->bytes, &text->size);

	if (!stream)
		return -ENOMEM;
	int result = recording_json_write(recording, stream);

	/* Nothing else can be wrong with memory. */
	if (fclose(stream) != 0 || result < 0)
		return -ENOMEM;
	return 0;
}

void recording_text_deinit(struct recording_text *text)
{
	free(text->bytes);
	*text = (struct recording_text){0};
}

/* Takes the descriptor over, as the next one does. */
static int write_plain(int fd, const struct recording_text *text)
{
	size_t n_written = 0;
	int result = 0;

	while (result == 0 && n_written < text->size) {
		ssize_t n = write(fd, text->bytes + n_written, text->size - n_written);

		if (n > 0)
			n_written += (size_t)n;
		else if (n == 0 || errno != EINTR)
			result = n == 0 ? -EIO : -errno;
	}
	if (close(fd) < 0 && result == 0)
		result = -errno;
	return result;
}

/* Level 2 of 9: the default takes four times as long, for two thirds of the bytes. */
static int write_compressed(int fd, const struct recording_text *text)
{
	gzFile compressed = gzdopen(fd, "wbe2");
	size_t n_written = 0;
	int result = 0;

	if (!compressed) {
		close(fd);
		return -ENOMEM;
	}
	errno = EIO;
	while (result == 0 && n_written < text->size) {
		size_t rest = text->size - n_written;
		int n = gzwrite(compressed, text->bytes + n_written, rest < INT_MAX ? (unsigned int)rest : INT_MAX);

		result = n > 0 ? 0 : -errno;
		n_written += n > 0 ? (size_t)n : 0;
	}
	if (gzclose(compressed) != Z_OK && result == 0)
		result = -errno;
	return result;
}

static int write_descriptor(int fd, const char *path, const struct recording_text *text)
{
	return is_compressed_name(path) ? write_compressed(fd, text) : write_plain(fd, text);
}

static int write_special(const char *path, const struct recording_text *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);

	return fd < 0 ? -errno : write_descriptor(fd, path, text);
}

/* Writes next to the file and renames; `target` is where symbolic links lead. */
static int replace(const char *target, mode_t mode, const struct recording_text *text)
{
	char *draft;

	if (asprintf(&draft, "%s.%d.tmp", target, (int)getpid()) < 0)
		return -ENOMEM;
	int fd = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	int result = fd < 0 ? -errno : write_descriptor(fd, target, text);

	if (result == 0 && rename(draft, target) < 0)
		result = -errno;
	if (result < 0 && fd >= 0)
		unlink(draft);
	free(draft);
	return result;
}

int recording_file_write(const char *path, const struct recording_text *text,
			 struct message *ret_message)
{
	char *target = realpath(path, NULL);
	int result = is_special(path) ? write_special(path, text)
				      : replace(target ? target : path, 0666, text);

	free(target);
	return result < 0 ? fail(-result, path, ret_message) : 0;
}

int recording_file_write_private(const char *path, const struct recording_text *text,
				 struct message *ret_message)
{
	int result = replace(path, 0600, text);

	return result < 0 ? fail(-result, path, ret_message) : 0;
}

int recording_file_read(const char *path, struct recording *ret_recording,
			struct message *ret_message)
{
	static const cookie_io_functions_t functions = {.read = read_compressed,
							.close = close_compressed};
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return fail(errno, path, ret_message);
	/* zlib passes through what is not compressed. */
	gzFile compressed = gzdopen(fd, "rbe");

	if (!compressed) {
		close(fd);
		return fail(ENOMEM, path, ret_message);
	}
	FILE *stream = fopencookie(compressed, "r", functions);

	if (!stream) {
		gzclose(compressed);
		return fail(ENOMEM, path, ret_message);
	}
	int result = recording_json_read(stream, path, ret_recording, ret_message);

	fclose(stream);
	return result;
}
