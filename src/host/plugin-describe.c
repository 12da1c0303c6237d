// SPDX-License-Identifier: MIT
/*
 * The child writes the description into a pipe, piece by piece; the parent reads all of it and
 * builds it again. A text is a byte that says whether it is there, and the text with its NUL.
 */
#include "config.h"

#include "host/plugin-describe.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "host/plugin-child.h"
#include "host/plugin-choice.h"
#include "host/plugin-config.h"
#include "host/plugin-loader.h"

enum {
	TOLD_SIZE_MAX = 1024 * 1024,
	TOLD_ROWS_MAX = 10000, /* words, members, symbols */
	GROUPS_MAX = 8,	       /* one in the other */
};

/* The first byte of what the child tells. */
enum { TOLD_ERROR = 'e', TOLD_DESCRIPTION = 'd' };

/* -- The child -------------------------------------------------------------------------------- */

static void tell_number(FILE *stream, uint64_t number)
{
	fwrite(&number, sizeof(number), 1, stream);
}

static void tell_text(FILE *stream, const char *text)
{
	fputc(text != NULL, stream);
	if (text)
		fwrite(text, 1, strlen(text) + 1, stream);
}

static void tell_words(FILE *stream, const char *const *words)
{
	uint64_t n_words = 0;

	while (words && words[n_words])
		n_words++;
	tell_number(stream, n_words);
	for (uint64_t i = 0; i < n_words; i++)
		tell_text(stream, words[i]);
}

static void tell_table(FILE *stream, const struct option_table *table);

static void tell_row(FILE *stream, const struct option_table *table, const struct sonde_option *row)
{
	bool is_group = row->type == SONDE_OPTION_GROUP;
	struct option_table members =
		is_group ? option_table_members(table, row) : (struct option_table){0};

	tell_text(stream, row->name);
	tell_number(stream, row->type);
	tell_number(stream, row->flags);
	tell_number(stream, row->offset);
	tell_text(stream, row->default_text);
	tell_text(stream, row->min);
	tell_text(stream, row->max);
	tell_text(stream, row->help);
	tell_words(stream, row->type == SONDE_OPTION_ENUM ? row->words : NULL);
	tell_table(stream, &members);
}

static void tell_table(FILE *stream, const struct option_table *table)
{
	uint64_t n_rows = 0;

	while (option_table_row(table, n_rows))
		n_rows++;
	tell_number(stream, n_rows);
	for (uint64_t i = 0; i < n_rows; i++)
		tell_row(stream, table, option_table_row(table, i));
}

static void tell_description(FILE *stream, const struct plugin *plugin)
{
	const struct sonde_plugin_desc *desc = &plugin->desc;
	const struct option_table table = {desc->options, desc->option_size, desc->options_size};

	fputc(TOLD_DESCRIPTION, stream);
	tell_text(stream, plugin->path);
	tell_text(stream, desc->name);
	tell_text(stream, desc->version);
	tell_text(stream, desc->license);
	tell_text(stream, desc->summary);
	tell_number(stream, desc->kind);
	tell_number(stream, desc->flags);
	tell_number(stream, desc->options_size);
	tell_table(stream, &table);
	tell_number(stream, plugin->n_leaked);
	for (size_t i = 0; i < plugin->n_leaked; i++)
		tell_text(stream, plugin->leaked[i]);
}

static int refuse_reloadable(void *argument, const char *path, const struct sonde_option *option)
{
	if (!(option->flags & SONDE_OPTION_RELOADABLE))
		return 0;
	message_set(argument, "option '%s' has the flag RELOADABLE, and there is no reload()", path);
	return -EINVAL;
}

static int check_options(const struct plugin *plugin, const struct option_table *table,
			 struct message *ret_message)
{
	int result = option_table_check(table, &plugin_common_table, ret_message);

	if (result < 0 || plugin->desc.reload)
		return result;
	return option_table_visit(table, refuse_reloadable, ret_message);
}

static _Noreturn void tell(const char *name, const char *directory, int pipe)
{
	FILE *stream = fdopen(plugin_child_isolate("sonde-plugin", pipe), "w");
	struct plugin *plugin;
	struct message message = {.text = ""};
	int result = stream ? plugin_load(name, directory, &plugin, &message) : -errno;

	if (!stream)
		_exit(EXIT_FAILURE);
	if (result == 0) {
		const struct option_table table = {plugin->desc.options, plugin->desc.option_size,
						   plugin->desc.options_size};

		result = check_options(plugin, &table, &message);
	}
	if (result == 0) {
		tell_description(stream, plugin);
	} else {
		fputc(TOLD_ERROR, stream);
		tell_text(stream, message.text);
	}
	_exit(fclose(stream) == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
}

/* -- The parent ------------------------------------------------------------------------------- */

struct told {
	const char *place;
	const char *end;
	bool is_bad;
};

/* A description, what it was told in, and the arrays in it. */
struct storage {
	struct plugin_description description;
	char *bytes;
	void **arrays;
	size_t n_arrays;
	bool has_failed; /* without memory */
};

static void *keep_array(struct storage *storage, size_t n, size_t size)
{
	void *array = calloc(n, size);
	void **larger = reallocarray(storage->arrays, storage->n_arrays + 1, sizeof(*larger));

	if (larger)
		storage->arrays = larger;
	if (!array || !larger) {
		free(array);
		storage->has_failed = true;
		return NULL;
	}
	larger[storage->n_arrays++] = array;
	return array;
}

static uint64_t take_number(struct told *told)
{
	uint64_t number = 0;

	if (told->is_bad || (size_t)(told->end - told->place) < sizeof(number)) {
		told->is_bad = true;
		return 0;
	}
	memcpy(&number, told->place, sizeof(number));
	told->place += sizeof(number);
	return number;
}

static size_t take_length(struct told *told)
{
	uint64_t length = take_number(told);

	if (length > TOLD_ROWS_MAX)
		told->is_bad = true;
	return told->is_bad ? 0 : (size_t)length;
}

static const char *take_text(struct told *told)
{
	if (told->is_bad || told->place == told->end) {
		told->is_bad = true;
		return NULL;
	}
	if (!*told->place++)
		return NULL;
	const char *text = told->place;
	const char *nul = memchr(text, '\0', (size_t)(told->end - text));

	told->is_bad = !nul;
	told->place = nul ? nul + 1 : told->end;
	return nul ? text : NULL;
}

/* Ended by NULL; NULL when there are none. */
static const char **take_words(struct storage *storage, struct told *told)
{
	size_t n_words = take_length(told);
	const char **words = n_words ? keep_array(storage, n_words + 1, sizeof(*words)) : NULL;

	for (size_t i = 0; words && i < n_words; i++)
		words[i] = take_text(told);
	return words;
}

static const struct sonde_option *take_table(struct storage *storage, struct told *told, int depth)
{
	size_t n_rows = take_length(told);
	struct sonde_option *rows = n_rows ? keep_array(storage, n_rows + 1, sizeof(*rows)) : NULL;

	if (depth > GROUPS_MAX)
		told->is_bad = true;
	for (size_t i = 0; rows && !told->is_bad && i < n_rows; i++) {
		struct sonde_option *row = &rows[i];

		row->name = take_text(told);
		row->type = (uint32_t)take_number(told);
		row->flags = (uint32_t)take_number(told);
		row->offset = take_number(told);
		row->default_text = take_text(told);
		row->min = take_text(told);
		row->max = take_text(told);
		row->help = take_text(told);
		row->words = take_words(storage, told);
		row->members = take_table(storage, told, depth + 1);
	}
	return rows;
}

static int take_description(struct storage *storage, struct told *told)
{
	struct plugin_description *description = &storage->description;

	description->path = take_text(told);
	description->name = take_text(told);
	description->version = take_text(told);
	description->license = take_text(told);
	description->summary = take_text(told);
	description->kind = (uint32_t)take_number(told);
	description->flags = (uint32_t)take_number(told);
	description->options.row_size = sizeof(struct sonde_option);
	description->options.options_size = take_number(told);
	description->options.rows = take_table(storage, told, 0);
	description->leaked = take_words(storage, told);
	if (storage->has_failed)
		return -ENOMEM;
	return told->is_bad ? -EPROTO : 0;
}

/* Reads until the other end is closed, or the time is up: -ETIME. */
static int read_all(int fd, char *bytes, size_t *ret_size, int64_t until_ns)
{
	struct pollfd readable = {.fd = fd, .events = POLLIN};
	ssize_t n = 1;

	*ret_size = 0;
	while (n > 0 && *ret_size < TOLD_SIZE_MAX) {
		int64_t left_ns = until_ns - clock_kernel_ns(CLOCK_MONOTONIC);

		if (left_ns <= 0 || poll(&readable, 1, (int)(left_ns / 1000000) + 1) == 0)
			return -ETIME;
		n = read(fd, bytes + *ret_size, TOLD_SIZE_MAX - *ret_size);
		if (n > 0)
			*ret_size += (size_t)n;
	}
	return n < 0 ? -errno : 0;
}

static void say_how_it_ended(const char *plugin, int status, struct message *ret_message)
{
	if (WIFSIGNALED(status))
		message_set(ret_message, "%s: crashed when it was loaded: SIG%s", plugin,
			    sigabbrev_np(WTERMSIG(status)));
	else
		message_set(ret_message, "%s: ended its process when it was loaded", plugin);
}

static int listen_to(const char *plugin, int fd, pid_t pid, struct storage *storage,
		     struct message *ret_message)
{
	size_t size;
	int status = 0;
	int result = read_all(fd, storage->bytes, &size,
			      clock_kernel_ns(CLOCK_MONOTONIC) + PLUGIN_START_NS);

	if (result < 0)
		kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	struct told told = {storage->bytes, storage->bytes + size, false};

	if (result == -ETIME) {
		message_set(ret_message, "%s: has not come back from its loading after 1 s",
			    plugin);
	} else if (size == 0 || status) {
		say_how_it_ended(plugin, status, ret_message);
		result = -ENOEXEC;
	} else if (*told.place++ == TOLD_ERROR) {
		const char *text = take_text(&told);

		message_set(ret_message, "%s", text ? text : plugin);
		result = -ENOEXEC;
	} else {
		result = take_description(storage, &told);
		if (result < 0)
			message_set(ret_message, "%s: %s", plugin, strerror(-result));
	}
	return result;
}

int plugin_describe(const char *plugin, const char *directory,
		    struct plugin_description **ret_description, struct message *ret_message)
{
	struct storage *storage = calloc(1, sizeof(*storage));
	int ends[2];
	pid_t pid = -1;

	if (storage)
		storage->bytes = malloc(TOLD_SIZE_MAX);
	int result = storage && storage->bytes ? 0 : -ENOMEM;

	if (result == 0 && pipe2(ends, O_CLOEXEC) < 0)
		result = -errno;
	if (result == 0) {
		pid = fork();
		if (pid == 0)
			tell(plugin, directory, ends[1]);
		result = pid < 0 ? -errno : 0;
		close(ends[1]);
		if (result == 0)
			result = listen_to(plugin, ends[0], pid, storage, ret_message);
		close(ends[0]);
	}
	if (pid < 0)
		message_set(ret_message, "%s: %s", plugin, strerror(-result));
	if (result == 0)
		*ret_description = &storage->description;
	else if (storage)
		plugin_description_free(&storage->description);
	return result;
}

struct plugin_description *plugin_description_free(struct plugin_description *description)
{
	/* It is the first in its storage. */
	struct storage *storage = (struct storage *)description;

	if (!storage)
		return NULL;
	for (size_t i = 0; i < storage->n_arrays; i++)
		free(storage->arrays[i]);
	free(storage->arrays);
	free(storage->bytes);
	free(storage);
	return NULL;
}
