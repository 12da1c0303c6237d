// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/explain.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "host/nearest.h"
#include "host/settings.h"

/* What is told of a row, whichever table it is in. */
struct entry {
	const char *path;
	const char *type; /* NULL: as the rule says */
	struct value_rule rule;
	const char *default_text;
	const char *summary;
	const char *variable; /* NULL: none */
	const char *remark;   /* NULL: none */
};

static void print_text(const struct entry *entry, FILE *stream)
{
	char range[256];

	fprintf(stream, "%s\n    %s: %s; default: %s%s%s\n    %s\n", entry->path,
		value_type_name(entry->rule.type),
		value_describe_range(&entry->rule, range, sizeof(range)), entry->default_text,
		entry->remark ? "; " : "", entry->remark ? entry->remark : "", entry->summary);
	if (entry->variable)
		fprintf(stream, "    environment: %s\n", entry->variable);
	fputc('\n', stream);
}

/* A bar would end the table's cell. */
static void print_cell(const char *text, FILE *stream)
{
	for (; *text; text++)
		fprintf(stream, "%s%c", *text == '|' ? "\\" : "", *text);
}

static void print_markdown(const struct entry *entry, FILE *stream)
{
	char range[256];

	fputs("| `", stream);
	print_cell(entry->path, stream);
	fprintf(stream, "` | %s: ", value_type_name(entry->rule.type));
	print_cell(value_describe_range(&entry->rule, range, sizeof(range)), stream);
	fputs(" | ", stream);
	print_cell(entry->default_text, stream);
	fprintf(stream, "%s%s | ", entry->remark ? "; " : "", entry->remark ? entry->remark : "");
	print_cell(entry->summary, stream);
	fputs(" |\n", stream);
}

static void print_entry(const struct entry *entry, enum explain_format format, FILE *stream)
{
	if (format == EXPLAIN_MARKDOWN)
		print_markdown(entry, stream);
	else
		print_text(entry, stream);
}

static char *default_of(const struct value_rule *rule, const char *text, const char *words)
{
	return text ? value_text_canonical(rule, text) : strdup(words);
}

/* -- Settings ---------------------------------------------------------------------------------- */

/* "*" stands for a name in the table; people read NAME. */
static const char *readable_path(const struct setting *setting, char *ret_path, size_t size)
{
	size_t len = strlen(setting->path);
	const char *key = setting->keys == WORDS_ANY	? "KEY"
			  : setting->keys == WORDS_CALL ? "CALL"
							: "NAME";

	if (setting_has_star(setting))
		snprintf(ret_path, size, "%.*s%s", (int)len - 1, setting->path, key);
	else
		snprintf(ret_path, size, "%s", setting->path);
	return ret_path;
}

static void explain_setting(const struct setting *setting, const char *path,
			    enum explain_format format, FILE *stream)
{
	char variable[SETTING_PATH_SIZE];
	char *text = default_of(&setting->rule, setting->default_text, setting->default_words);
	struct entry entry = {
		.path = path,
		.rule = setting->rule,
		.default_text = text ? text : "",
		.summary = setting->summary,
		.variable = setting_variable(path, variable, sizeof(variable)),
	};

	print_entry(&entry, format, stream);
	free(text);
}

/* All settings of a group. -ENOENT: there are none. */
static int explain_settings(const char *group, enum explain_format format, FILE *stream)
{
	int result = -ENOENT;

	for (size_t i = 0; i < settings_count; i++) {
		const struct setting *setting = &settings_table[i];
		char path[SETTING_PATH_SIZE];

		if (!setting_is_below(setting, group))
			continue;
		explain_setting(setting, readable_path(setting, path, sizeof(path)), format,
				stream);
		result = 0;
	}
	return result;
}

static bool has_key(const struct setting *setting, const char *path)
{
	return !setting_has_star(setting) || strcmp(setting_key(path), "*") == 0 ||
	       vocabulary_find(setting->keys, setting_key(path)) >= 0;
}

/* -- Options ----------------------------------------------------------------------------------- */

struct explanation {
	const char *prefix;
	const char *wanted; /* an option, or a group of them; "": all */
	enum explain_format format;
	FILE *stream;
	struct nearest nearest; /* of what is wanted */
	int n_told;
};

static const char *remark(const struct sonde_option *option)
{
	if (option->flags & SONDE_OPTION_DEPRECATED)
		return "deprecated";
	return option->flags & SONDE_OPTION_SECRET ? "never printed" : NULL;
}

static int explain_option(void *argument, const char *path, const struct sonde_option *option)
{
	struct explanation *explanation = argument;
	struct value_rule rule = option_rule(option);
	size_t len = strlen(explanation->wanted);
	char full_path[SETTING_PATH_SIZE];
	bool is_required = option->flags & SONDE_OPTION_REQUIRED;
	char *text = default_of(&rule, option->default_text,
				is_required ? "none, must be given" : "none");
	struct entry entry = {
		.path = full_path,
		.rule = rule,
		.default_text = text ? text : "",
		.summary = option->help,
		.remark = remark(option),
	};

	nearest_offer(&explanation->nearest, path);
	snprintf(full_path, sizeof(full_path), "%s%s%s", explanation->prefix,
		 *explanation->prefix ? "." : "", path);
	if (len == 0 ||
	    (strncmp(path, explanation->wanted, len) == 0 && (path[len] == '.' || !path[len]))) {
		print_entry(&entry, explanation->format, explanation->stream);
		explanation->n_told++;
	}
	free(text);
	return 0;
}

void explain_options(const struct option_table *table, const char *prefix,
		     enum explain_format format, FILE *stream)
{
	struct explanation explanation = {
		.prefix = prefix, .wanted = "", .format = format, .stream = stream};

	explanation.nearest.word = explanation.wanted;

	option_table_visit(table, explain_option, &explanation);
}

/* "prometheus", or "prometheus.listen". */
static int explain_plugin(const char *path, const struct plugin_catalogue *plugins,
			  enum explain_format format, FILE *stream, struct message *ret_message)
{
	size_t len = strcspn(path, ".");
	char *plugin = strndupa(path, len);
	char prefix[SETTING_PATH_SIZE];
	struct option_table table;
	int result = plugins->find(plugins->context, plugin, &table, ret_message);

	if (result == 0)
		result = option_table_check(&table, &plugin_common_table, ret_message);
	if (result)
		return result == PLUGIN_UNUSABLE ? -ENOENT : result;
	snprintf(prefix, sizeof(prefix), "plugins.%s", plugin);
	struct explanation explanation = {
		.prefix = prefix,
		.wanted = path[len] ? path + len + 1 : "",
		.format = format,
		.stream = stream,
	};

	explanation.nearest.word = explanation.wanted;
	option_table_visit(&plugin_common_table, explain_option, &explanation);
	option_table_visit(&table, explain_option, &explanation);
	if (explanation.n_told)
		return 0;
	const char *meant = nearest_word(&explanation.nearest);

	message_set(ret_message, "plugin '%s' has no option '%s'%s%s%s", plugin, explanation.wanted,
		    meant ? "; did you mean '" : "", meant ? meant : "", meant ? "'?" : "");
	return -ENOENT;
}

/* The setting is the one with a star that the path leads to, or NULL. */
static void say_unknown(const char *path, const struct setting *setting,
			struct message *ret_message)
{
	struct nearest nearest = {.word = path};
	const char *key;

	nearest_offer(&nearest, "plugins");
	for (size_t i = 0; setting && (key = vocabulary_word(setting->keys, i)); i++) {
		char known[SETTING_PATH_SIZE];

		snprintf(known, sizeof(known), "%.*s%s", (int)strlen(setting->path) - 1,
			 setting->path, key);
		nearest_offer(&nearest, known);
	}
	for (size_t i = 0; i < settings_count; i++) {
		size_t section = strcspn(settings_table[i].path, ".");

		nearest_offer(&nearest, settings_table[i].path);
		nearest_offer(&nearest, strndupa(settings_table[i].path, section));
	}
	const char *meant = nearest_word(&nearest);

	if (meant)
		message_set(ret_message, "unknown setting '%s'; did you mean '%s'?", path, meant);
	else
		message_set(ret_message, "unknown setting '%s'", path);
}

static bool is_about_all_plugins(const char *path)
{
	return !*path || strcmp(path, "plugins") == 0;
}

int explain(const char *path, const struct plugin_catalogue *plugins, enum explain_format format,
	    FILE *stream, struct message *ret_message)
{
	const struct setting *setting = setting_find(path);
	bool tells_of_plugins = plugins && is_about_all_plugins(path);
	int result = 0;

	if (plugins && strncmp(path, "plugins.", 8) == 0)
		return explain_plugin(path + 8, plugins, format, stream, ret_message);
	if (setting && has_key(setting, path))
		explain_setting(setting, path, format, stream);
	else
		result = explain_settings(path, format, stream);
	if (tells_of_plugins)
		explain_options(&plugin_common_table, "plugins.NAME", format, stream);
	if (result == 0 || tells_of_plugins)
		return 0;
	say_unknown(path, setting, ret_message);
	return result;
}
