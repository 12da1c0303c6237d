// SPDX-License-Identifier: MIT
/*
 * One line for each instance of a plugin, and for one that was in trouble the last lines of its
 * log.
 */
#include "config.h"

#include "report/text-sections.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LOG_LINES_MAX = 2, REASON_LINES_MAX = 3 };

#define INDENT "    "

static bool has_trouble(const struct plugin_record *plugin)
{
	return plugin->n_lost || strcmp(plugin->state, "stopped") != 0 ||
	       name_counts_get(&plugin->counts, "signals_ignored") ||
	       name_counts_get(&plugin->counts, "processes_killed");
}

static size_t log_lines(const struct plugin_record *plugin)
{
	if (!has_trouble(plugin))
		return 0;
	return plugin->n_lines < LOG_LINES_MAX ? plugin->n_lines : LOG_LINES_MAX;
}

/* How many bytes of a text go on one line: up to the last space that does, if there is one. */
static size_t fitting_length(const char *text, size_t columns)
{
	size_t length = strlen(text);

	if (length <= columns)
		return length;
	for (length = columns; length > columns / 2; length--)
		if (text[length] == ' ')
			return length;
	return columns;
}

static size_t reason_lines(const struct page *page, const struct plugin_record *plugin)
{
	size_t columns = page->options->width - strlen(INDENT);
	const char *text = plugin->reason;
	size_t n_lines = 0;

	for (; *text && n_lines < REASON_LINES_MAX; n_lines++) {
		text += fitting_length(text, columns);
		text += *text == ' ';
	}
	return n_lines;
}

size_t text_plugins_lines(const struct page *page)
{
	const struct recording *recording = page->recording;
	size_t n_lines = recording->n_plugins ? 2 : 0; /* an empty one and the title */

	for (size_t i = 0; i < recording->n_plugins; i++)
		n_lines += 1 + reason_lines(page, &recording->plugins[i]) +
			   log_lines(&recording->plugins[i]);
	return n_lines;
}

/* "figures (jsonlines 0.1.0)"; an instance with the name of its plugin is not named twice. */
static void add_name(struct line *line, const struct plugin_record *plugin)
{
	const char *slash = strrchr(plugin->plugin, '/');
	const char *file = slash ? slash + 1 : plugin->plugin;
	bool is_named = strcmp(plugin->name, file) != 0;

	line_add(line, STYLE_PLAIN, plugin->name, 0);
	if (!is_named && !*plugin->version)
		return;
	line_add(line, STYLE_PLAIN, is_named ? " (" : " ", 0);
	if (is_named)
		line_add(line, STYLE_PLAIN, file, 0);
	if (is_named && *plugin->version)
		line_add(line, STYLE_PLAIN, " ", 0);
	line_add(line, STYLE_PLAIN, plugin->version, 0);
	if (is_named)
		line_add(line, STYLE_PLAIN, ")", 0);
}

static void add_count(struct line *line, uint64_t count, const char *what, const char *outcome)
{
	if (count)
		line_print(line, STYLE_PLAIN, ", %" PRIu64 " %s%s %s", count, what,
			   count == 1 ? "" : "s", outcome);
}

static void write_plugin(const struct page *page, const struct plugin_record *plugin)
{
	struct line line;

	page_line(page, &line);
	add_name(&line, plugin);
	line_add(&line, STYLE_PLAIN, ": ", 0);
	line_add(&line, has_trouble(plugin) ? STYLE_ERROR : STYLE_PLAIN, plugin->state, 0);
	add_count(&line,
		  name_counts_get(&plugin->counts, "taken") +
			  name_counts_get(&plugin->counts, "partial"),
		  "snapshot", "taken");
	add_count(&line, plugin->n_lost, "snapshot", "lost");
	add_count(&line, name_counts_get(&plugin->counts, "collected"), "collection", "made");
	line_write(&line, page->file);
}

static void write_reason(const struct page *page, const struct plugin_record *plugin)
{
	size_t columns = page->options->width - strlen(INDENT);
	size_t n_lines = reason_lines(page, plugin);
	const char *text = plugin->reason;

	for (size_t i = 0; i < n_lines; i++) {
		size_t length = fitting_length(text, columns);
		char *piece = i + 1 < n_lines ? strndup(text, length) : strdup(text);
		struct line line;

		page_line(page, &line);
		line_add(&line, STYLE_PLAIN, INDENT, 0);
		line_add(&line, STYLE_PLAIN, piece, 0);
		line_write(&line, page->file);
		free(piece);
		text += length;
		text += *text == ' ';
	}
}

static void write_log(const struct page *page, const struct plugin_record *plugin)
{
	size_t n_lines = log_lines(plugin);

	for (size_t i = plugin->n_lines - n_lines; i < plugin->n_lines; i++) {
		struct line line;

		page_line(page, &line);
		line_add(&line, STYLE_DIM, INDENT, 0);
		line_add(&line, STYLE_DIM, plugin->lines[i], 0);
		line_write(&line, page->file);
	}
}

void text_plugins(const struct page *page)
{
	const struct recording *recording = page->recording;
	struct line title;

	if (!recording->n_plugins)
		return;
	fputc('\n', page->file);
	page_line(page, &title);
	line_add(&title, STYLE_TITLE, "PLUGINS", 0);
	line_write(&title, page->file);
	for (size_t i = 0; i < recording->n_plugins; i++) {
		write_plugin(page, &recording->plugins[i]);
		write_reason(page, &recording->plugins[i]);
		write_log(page, &recording->plugins[i]);
	}
}
