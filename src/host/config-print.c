// SPDX-License-Identifier: MIT
/*
 * A configuration as a file that says the same, but for what is secret. Behind each value stands
 * where it comes from; what is not set has its default, or is left out where there is none.
 */
#include "config.h"

#include "host/configuration.h"

#include <stdlib.h>
#include <string.h>

#include "host/settings.h"

static void print_indent(int depth, FILE *stream)
{
	for (int i = 0; i < depth; i++)
		fputc('\t', stream);
}

/* A file may have any name; only a line's end would end a comment. */
static void print_origin(const char *origin, FILE *stream)
{
	fputs(" # ", stream);
	for (; *origin; origin++)
		fputc((unsigned char)*origin < ' ' ? '?' : *origin, stream);
	fputc('\n', stream);
}

static void print_value(const char *name, const char *text, const char *origin, int depth,
			FILE *stream)
{
	print_indent(depth, stream);
	fprintf(stream, "%s = %s;", name, text);
	print_origin(origin, stream);
}

/* -- Settings ---------------------------------------------------------------------------------- */

/* Where all words of the rule are the default, there is no text for it. NULL: nothing stands for the default. */
static char *default_text(const struct setting *setting)
{
	struct value value = {0};
	char *text;

	if (setting->default_text)
		return value_text_canonical(&setting->rule, setting->default_text);
	if (setting->rule.type != VALUE_LIST)
		return NULL;
	while (vocabulary_word(setting->rule.words, value.n_strings))
		value.n_strings++;
	value.strings = calloc(value.n_strings + 1, sizeof(*value.strings));
	if (!value.strings)
		return NULL;
	for (size_t i = 0; i < value.n_strings; i++)
		value.strings[i] = vocabulary_word(setting->rule.words, i);
	text = value_to_text(&setting->rule, &value);
	free(value.strings);
	return text;
}

static void print_plain(const struct configuration *configuration, const struct setting *setting,
			int depth, FILE *stream)
{
	const struct given *given = given_list_find(&configuration->given, setting->path);
	char *text = given ? strdup(given->text) : default_text(setting);

	if (text)
		print_value(setting_key(setting->path), text, given ? given->origin : "default",
			    depth, stream);
	free(text);
}

/* The keys of a path with a star, in the order in which they were given. */
static void print_starred(const struct configuration *configuration, const struct setting *setting,
			  FILE *stream)
{
	const char *name = strchr(setting->path, '.') + 1;
	bool is_in_group = strchr(name, '.');

	if (is_in_group)
		fprintf(stream, "\t%.*s: {\n", (int)strcspn(name, "."), name);
	for (size_t i = 0; i < configuration->given.n_items; i++) {
		const struct given *given = &configuration->given.items[i];

		if (setting_find(given->path) == setting)
			print_value(setting_key(given->path), given->text, given->origin,
				    is_in_group ? 2 : 1, stream);
	}
	if (is_in_group)
		fputs("\t};\n", stream);
}

/* "session", of "session.labels.*". */
static bool is_in_same_section(const struct setting *a, const struct setting *b)
{
	size_t len = strcspn(a->path, ".");

	return len == strcspn(b->path, ".") && strncmp(a->path, b->path, len) == 0;
}

static void print_settings(const struct configuration *configuration, FILE *stream)
{
	for (size_t i = 0; i < settings_count; i++) {
		const struct setting *setting = &settings_table[i];

		if (!strchr(setting->path, '.')) {
			print_plain(configuration, setting, 0, stream);
			continue;
		}
		if (i == 0 || !is_in_same_section(setting, setting - 1))
			fprintf(stream, "%.*s: {\n", (int)strcspn(setting->path, "."),
				setting->path);
		if (setting_has_star(setting))
			print_starred(configuration, setting, stream);
		else
			print_plain(configuration, setting, 1, stream);
		if (i + 1 == settings_count || !is_in_same_section(setting, setting + 1))
			fputs("};\n", stream);
	}
}

/* -- Plugins ----------------------------------------------------------------------------------- */

static void print_option(const struct plugin_config *instance, const char *path,
			 const struct sonde_option *option, int depth, FILE *stream)
{
	const struct given *given = given_list_find(&instance->given, path);
	char *text = plugin_config_text(instance, path, option);

	if (given && (option->flags & SONDE_OPTION_SECRET)) {
		print_indent(depth, stream);
		fprintf(stream, "# %s is secret;", option->name);
		print_origin(given->origin, stream);
	} else if (text) {
		print_value(option->name, text, given ? given->origin : "default", depth, stream);
	}
	free(text);
}

static void print_options(const struct plugin_config *instance, const struct option_table *table,
			  const char *prefix, int depth, FILE *stream)
{
	const struct sonde_option *option;

	for (size_t i = 0; (option = option_table_row(table, i)); i++) {
		struct option_table members = option_table_members(table, option);
		char path[OPTION_PATH_SIZE];

		snprintf(path, sizeof(path), "%s%s%s", prefix, *prefix ? "." : "", option->name);
		if (option->type != SONDE_OPTION_GROUP) {
			print_option(instance, path, option, depth, stream);
			continue;
		}
		print_indent(depth, stream);
		fprintf(stream, "%s: {\n", option->name);
		print_options(instance, &members, path, depth + 1, stream);
		print_indent(depth, stream);
		fputs("};\n", stream);
	}
}

static void print_plugins(const struct configuration *configuration, FILE *stream)
{
	if (!configuration->n_plugins)
		return;
	fputs("plugins: (\n", stream);
	for (size_t i = 0; i < configuration->n_plugins; i++) {
		const struct plugin_config *instance = configuration->plugins[i];

		fputs("\t{\n", stream);
		print_options(instance, &plugin_common_table, "", 2, stream);
		print_options(instance, &instance->table, "", 2, stream);
		fputs(i + 1 < configuration->n_plugins ? "\t},\n" : "\t}\n", stream);
	}
	fputs(");\n", stream);
}

void configuration_print(const struct configuration *configuration, FILE *stream)
{
	print_settings(configuration, stream);
	print_plugins(configuration, stream);
}
