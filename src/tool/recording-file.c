// SPDX-License-Identifier: MIT
#include "config.h"

#include "tool/recording-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "format/recording-json.h"
#include "tool/whole-write.h"

/* Ours, and not a file of that name. */
static bool is_standard(const char *path)
{
	return strcmp(path, "-") == 0;
}

static int fail(int error, const char *path, struct message *ret_message)
{
	message_set(ret_message, "%s: %s", path, strerror(error));
	return -error;
}

/* Whether there is something that must be written to and not replaced. */
static bool is_special(const char *path)
{
	struct stat status;

	return is_standard(path) || (stat(path, &status) == 0 && !S_ISREG(status.st_mode));
}

static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
}

/* 0 or an errno. */
static int check_standard_output(void)
{
	int flags = fcntl(STDOUT_FILENO, F_GETFL);

	return flags < 0 ? errno : (flags & O_ACCMODE) == O_RDONLY || (flags & O_PATH) ? EBADF : 0;
}

/* 0 or an errno. */
static int check_path(const char *path)
{
	struct stat status;

	if (is_standard(path))
		return check_standard_output();
	if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
		return EISDIR;
	if (is_special(path))
		return access(path, W_OK) < 0 ? errno : 0;
	char *folder = folder_of(path);
	int error = !folder ? ENOMEM : access(folder, W_OK) < 0 ? errno : 0;

	free(folder);
	return error;
}

int recording_file_check(const char *path, struct message *ret_message)
{
	int error = check_path(path);

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

bool recording_file_is_compressed(const char *path)
{
	char *target = is_special(path) ? NULL : realpath(path, NULL);
	bool is_compressed = is_compressed_name(target ? target : path);

	free(target);
	return is_compressed;
}

static int write_all(void *argument, const void *data, size_t size)
{
	const int *fd = argument;

	return whole_write(*fd, data, size);
}

/* Takes the descriptor over. */
static int write_descriptor(int fd, const char *path, const struct recording_text *text)
{
	const struct format_sink sink = {.write = write_all, .argument = &fd};
	int result = is_compressed_name(path) ? recording_text_write_compressed(text, &sink)
							: recording_text_write(text, &sink);

	if (close(fd) < 0 && result == 0)
		result = -errno;
	return result;
}

static int write_special(const char *path, const struct recording_text *text)
{
	int fd = is_standard(path) ? fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)
				   : open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);

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

/* A descriptor, or a negative errno with ret_message set. */
static int open_to_read(const char *path, struct message *ret_message)
{
	static bool was_read;

	if (is_standard(path) && was_read) {
		message_set(ret_message, "-: standard input can be read once only");
		return -EINVAL;
	}
	was_read |= is_standard(path);
	int fd = is_standard(path) ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? fail(errno, path, ret_message) : fd;
}

int recording_file_read(const char *path, struct recording *ret_recording,
			struct message *ret_message)
{
	static const cookie_io_functions_t functions = {.read = read_compressed,
							.close = close_compressed};
	int fd = open_to_read(path, ret_message);

	if (fd < 0)
		return fd;
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
