// SPDX-License-Identifier: MIT
/*
 * A scanner that knows just enough of libconfig's syntax to tell numbers, names and include directives
 * from comments and strings. It leaves syntax errors to libconfig.
 */
#include "config.h"

#include "host/config-text.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/config-names.h"

enum { INCLUDE_DEPTH_MAX = 10 };

struct scan {
	const char *folder; /* where included files are looked for: the first file's; NULL: nowhere */
	const char *file;
	const char *next; /* of the text */
	int line;
	int depth; /* of includes */
	bool is_named;
	struct config_names *names;
	struct messages *messages;
};

static char *read_text(const char *file, bool is_named, const char **ret_reason);
static void scan_text(struct scan *scan);

char *config_text_folder(const char *file)
{
	const char *slash = strrchr(file, '/');

	return slash ? strndup(file, slash == file ? 1 : (size_t)(slash - file)) : strdup(".");
}

char *config_text_included_path(const char *folder, const char *name)
{
	char *path;

	if (strcmp(folder, ".") == 0)
		return strdup(name);
	return asprintf(&path, "%s/%s", folder, name) < 0 ? NULL : path;
}

static void skip_line(struct scan *scan)
{
	scan->next += strcspn(scan->next, "\n");
}

static void skip_comment(struct scan *scan)
{
	int line = scan->line;
	const char *end = strstr(scan->next + 2, "*/");

	for (; *scan->next && scan->next != end; scan->next++)
		scan->line += *scan->next == '\n';
	if (end)
		scan->next += 2;
	else
		messages_add(scan->messages, "%s:%d: this comment has no end", scan->file, line);
}

static void skip_string(struct scan *scan)
{
	int line = scan->line;

	for (scan->next++; *scan->next && *scan->next != '"'; scan->next++) {
		if (*scan->next == '\\' && scan->next[1])
			scan->next++;
		scan->line += *scan->next == '\n';
	}
	if (*scan->next)
		scan->next++;
	else
		messages_add(scan->messages, "%s:%d: this string has no end", scan->file, line);
}

static void complain_too_large(const struct scan *scan, const char *number, size_t len)
{
	char *path = config_names_path(scan->names);

	messages_add(scan->messages, "%s:%d: %s%sinteger %.*s is too large (at most %d)",
		     scan->file, scan->line, path ? path : "", path ? ": " : "", (int)len, number,
		     INT_MAX);
	free(path);
}

/* libconfig keeps what has no L after it in 32 bits, and drops the rest. */
static void scan_number(struct scan *scan)
{
	const char *start = scan->next;
	bool is_hexadecimal = start[0] == '0' && (start[1] == 'x' || start[1] == 'X');
	size_t len = is_hexadecimal ? 2 + strspn(start + 2, "0123456789abcdefABCDEF")
				    : strspn(start, "0123456789");
	char following = start[len];

	errno = 0;
	unsigned long long value = strtoull(start, NULL, is_hexadecimal ? 16 : 10);
	bool is_too_large = errno == ERANGE ||
			    value > (following == 'L' ? (unsigned long long)LLONG_MAX : INT_MAX);

	scan->next += len;
	if (!is_hexadecimal && following && strchr(".eE", following)) {
		scan->next += strspn(scan->next, ".eE+-0123456789");
		return;
	}
	scan->next += strspn(scan->next, "L");
	if (is_too_large)
		complain_too_large(scan, start, len);
}

static void scan_included(struct scan *scan, const char *name)
{
	char *path = scan->folder ? config_text_included_path(scan->folder, name) : NULL;
	const char *reason = "out of memory";
	char *text = NULL;

	if (!scan->folder)
		reason = "this text lies in no folder";
	else if (scan->depth == INCLUDE_DEPTH_MAX)
		reason = "too many files include each other";
	else if (*name == '/' || strchr(name, '\\'))
		reason = "give its name relative to the folder of the first file";
	else if (path)
		text = read_text(path, scan->is_named, &reason);
	if (text) {
		struct scan inner = *scan;

		inner.file = path;
		inner.next = text;
		inner.line = 1;
		inner.depth++;
		scan_text(&inner);
	} else {
		messages_add(scan->messages, "%s:%d: cannot include '%s': %s", scan->file,
			     scan->line, name, reason);
	}
	free(text);
	free(path);
}

/* Leaves what is no include directive to libconfig, which will call it a syntax error. */
static void scan_include(struct scan *scan)
{
	const char *quote = scan->next + strlen("@include");

	quote += strspn(quote, " \t");
	size_t len = *quote == '"' ? strcspn(quote + 1, "\"\n") : 0;
	char *name = len && quote[1 + len] == '"' ? strndup(quote + 1, len) : NULL;

	if (name)
		scan_included(scan, name);
	free(name);
	skip_line(scan);
}

static void scan_name(struct scan *scan)
{
	const char *start = scan->next;

	while (isalnum((unsigned char)*scan->next) || (*scan->next && strchr("-_*", *scan->next)))
		scan->next++;
	config_names_meet(scan->names, start, (size_t)(scan->next - start), scan->file, scan->line);
}

static void scan_other(struct scan *scan)
{
	config_names_pass(scan->names, *scan->next);
	scan->line += *scan->next++ == '\n';
}

static void scan_text(struct scan *scan)
{
	while (*scan->next) {
		const char *next = scan->next;

		if (*next == '#' || (next[0] == '/' && next[1] == '/'))
			skip_line(scan);
		else if (next[0] == '/' && next[1] == '*')
			skip_comment(scan);
		else if (*next == '"')
			skip_string(scan);
		else if (strncmp(next, "@include", strlen("@include")) == 0)
			scan_include(scan);
		else if (isdigit((unsigned char)*next))
			scan_number(scan);
		else if (isalpha((unsigned char)*next) || *next == '*')
			scan_name(scan);
		else
			scan_other(scan);
	}
}

static void scan_all(struct scan *scan)
{
	scan->names = config_names_new(scan->messages);
	if (scan->names)
		scan_text(scan);
	else
		scan->messages->is_incomplete = true;
	config_names_free(scan->names);
}

static char *read_descriptor(int fd, const char **ret_reason)
{
	char *text = malloc(CONFIG_TEXT_MAX + 2);
	size_t size = 0;
	ssize_t got = 1;

	if (!text) {
		*ret_reason = "out of memory";
		return NULL;
	}
	while (got > 0 && size <= CONFIG_TEXT_MAX) {
		got = read(fd, text + size, CONFIG_TEXT_MAX + 1 - size);
		if (got > 0)
			size += (size_t)got;
	}
	text[size] = '\0';
	*ret_reason = got < 0		       ? strerror(errno)
		      : size > CONFIG_TEXT_MAX ? "larger than 1 MiB"
		      : strlen(text) != size   ? "not a text: it has a zero byte"
					       : NULL;
	if (!*ret_reason)
		return text;
	free(text);
	return NULL;
}

/*
 * Why a file is not to be read; NULL: it is. A device might never end, and what is included is read
 * twice, so only regular files will do.
 */
static const char *find_objection(const struct stat *status, bool is_named)
{
	if (S_ISDIR(status->st_mode))
		return "is a directory";
	if (!S_ISREG(status->st_mode))
		return "not a regular file";
	if (status->st_mode & S_IWOTH)
		return "anybody may write to it; try chmod o-w";
	if (!is_named && status->st_uid != 0 && status->st_uid != geteuid())
		return "belongs to another user; it is used if you name it with -c or SONDE_CONFIG";
	return NULL;
}

static char *read_text(const char *file, bool is_named, const char **ret_reason)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat status;
	char *text = NULL;

	*ret_reason = NULL;
	if (fd < 0 || fstat(fd, &status) < 0)
		*ret_reason = strerror(errno);
	else
		*ret_reason = find_objection(&status, is_named);
	if (!*ret_reason)
		text = read_descriptor(fd, ret_reason);
	if (fd >= 0)
		close(fd);
	return text;
}

char *config_text_read(const char *file, bool is_named, struct messages *messages)
{
	size_t n_before = messages->n_lines;
	const char *reason;
	char *folder = config_text_folder(file);
	char *text = read_text(file, is_named, &reason);
	struct scan scan = {
		.folder = folder,
		.file = file,
		.next = text,
		.line = 1,
		.is_named = is_named,
		.messages = messages,
	};

	if (!text)
		messages_add(messages, "%s: %s", file, reason);
	else if (folder)
		scan_all(&scan);
	if (!folder || messages->n_lines != n_before || messages->is_incomplete) {
		free(text);
		text = NULL;
	}
	free(folder);
	return text;
}

char *config_text_copy(const char *text, const char *name, struct messages *messages)
{
	size_t n_before = messages->n_lines;
	char *copy = strdup(text);
	struct scan scan = {
		.file = name,
		.next = copy,
		.line = 1,
		.messages = messages,
	};

	if (!copy)
		messages_add(messages, "%s: out of memory", name);
	else if (strlen(copy) > CONFIG_TEXT_MAX)
		messages_add(messages, "%s: larger than 1 MiB", name);
	else
		scan_all(&scan);
	if (messages->n_lines == n_before && !messages->is_incomplete)
		return copy;
	free(copy);
	return NULL;
}
