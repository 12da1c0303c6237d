// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/configuration.h"

static void print_string(FILE *stream, const char *string)
{
	fputc('"', stream);
	for (; *string; string++) {
		unsigned char c = (unsigned char)*string;

		if (c == '"' || c == '\\')
			fprintf(stream, "\\%c", c);
		else if (c < ' ' || c == 0x7f)
			fprintf(stream, "\\x%02x", c);
		else
			fputc(c, stream);
	}
	fputc('"', stream);
}

static int take_follow(struct configuration *configuration, const struct setting_value *value)
{
	configuration->follow = (enum follow)vocabulary_find(WORDS_FOLLOW, value->string);
	return 0;
}

static void print_follow(const struct configuration *configuration, FILE *stream)
{
	print_string(stream, vocabulary_word(WORDS_FOLLOW, configuration->follow));
}

static int take_directory(struct configuration *configuration, const struct setting_value *value)
{
	char *directory = strdup(value->string);

	if (!directory)
		return -ENOMEM;
	free(configuration->directory);
	configuration->directory = directory;
	return 0;
}

static void print_directory(const struct configuration *configuration, FILE *stream)
{
	print_string(stream, configuration->directory);
}

static int take_label(struct configuration *configuration, const struct setting_value *value)
{
	return configuration_add_label(configuration, value->key, value->string);
}

static void print_labels(const struct configuration *configuration, FILE *stream)
{
	for (size_t i = 0; i < configuration->n_labels; i++) {
		fprintf(stream, "\t\t%s = ", configuration->labels[i].key);
		print_string(stream, configuration->labels[i].value);
		fputs(";\n", stream);
	}
}

static bool strings_have(const struct setting_value *value, const char *word)
{
	for (size_t i = 0; i < value->n_strings; i++)
		if (strcmp(value->strings[i], word) == 0)
			return true;
	return false;
}

static int take_groups(struct configuration *configuration, const struct setting_value *value)
{
	for (size_t call = 0; call < CALL_COUNT; call++)
		configuration->calls[call].is_group_off =
			!strings_have(value, call_table[call].group);
	return 0;
}

static bool is_group_on(const struct configuration *configuration, const char *group)
{
	for (size_t call = 0; call < CALL_COUNT; call++)
		if (strcmp(call_table[call].group, group) == 0)
			return !configuration->calls[call].is_group_off;
	return false;
}

static void print_groups(const struct configuration *configuration, FILE *stream)
{
	const char *separator = "";
	const char *group;

	fputc('[', stream);
	for (size_t i = 0; (group = vocabulary_word(WORDS_GROUP, i)); i++) {
		if (!is_group_on(configuration, group))
			continue;
		fputs(separator, stream);
		print_string(stream, group);
		separator = ", ";
	}
	fputc(']', stream);
}

static int take_exclude(struct configuration *configuration, const struct setting_value *value)
{
	for (size_t call = 0; call < CALL_COUNT; call++)
		configuration->calls[call].is_excluded = strings_have(value, call_table[call].name);
	return 0;
}

static void print_exclude(const struct configuration *configuration, FILE *stream)
{
	const char *separator = "";

	fputc('[', stream);
	for (size_t call = 0; call < CALL_COUNT; call++) {
		if (!configuration->calls[call].is_excluded)
			continue;
		fputs(separator, stream);
		print_string(stream, call_table[call].name);
		separator = ", ";
	}
	fputc(']', stream);
}

static int take_timing(struct configuration *configuration, const struct setting_value *value)
{
	bool is_group = vocabulary_find(WORDS_GROUP, value->key) >= 0;

	for (size_t call = 0; call < CALL_COUNT; call++) {
		struct call_choice *choice = &configuration->calls[call];

		if (is_group && strcmp(call_table[call].group, value->key) == 0)
			choice->group_period = (uint16_t)value->integer;
		else if (!is_group && strcmp(call_table[call].name, value->key) == 0)
			choice->period = (uint16_t)value->integer;
	}
	return 0;
}

static uint16_t group_period(const struct configuration *configuration, const char *group)
{
	for (size_t call = 0; call < CALL_COUNT; call++)
		if (strcmp(call_table[call].group, group) == 0)
			return configuration->calls[call].group_period;
	return 0;
}

static void print_timing(const struct configuration *configuration, FILE *stream)
{
	const char *group;

	for (size_t i = 0; (group = vocabulary_word(WORDS_GROUP, i)); i++)
		if (group_period(configuration, group))
			fprintf(stream, "\t%s = %u;\n", group, group_period(configuration, group));
	for (size_t call = 0; call < CALL_COUNT; call++)
		if (configuration->calls[call].period)
			fprintf(stream, "\t%s = %u;\n", call_table[call].name,
				configuration->calls[call].period);
}

static int take_memory_account(struct configuration *configuration,
			       const struct setting_value *value)
{
	configuration->accounts_memory = value->boolean;
	return 0;
}

static void print_memory_account(const struct configuration *configuration, FILE *stream)
{
	fputs(configuration->accounts_memory ? "true" : "false", stream);
}

static void free_expected(struct call_choice *choice)
{
	for (size_t i = 0; i < choice->n_expected; i++)
		free(choice->expected[i]);
	free(choice->expected);
	choice->expected = NULL;
	choice->n_expected = 0;
}

static int take_expected(struct configuration *configuration, const struct setting_value *value)
{
	int call = vocabulary_find(WORDS_CALL, value->key);
	struct call_choice *choice = &configuration->calls[call];

	free_expected(choice);
	choice->has_expected = true;
	choice->expected = calloc(value->n_strings + 1, sizeof(*choice->expected));
	if (!choice->expected)
		return -ENOMEM;
	for (size_t i = 0; i < value->n_strings; i++) {
		choice->expected[i] = strdup(value->strings[i]);
		if (!choice->expected[i])
			return -ENOMEM;
		choice->n_expected++;
	}
	return 0;
}

static void print_expected(const struct configuration *configuration, FILE *stream)
{
	for (size_t call = 0; call < CALL_COUNT; call++) {
		const struct call_choice *choice = &configuration->calls[call];

		if (!choice->has_expected)
			continue;
		fprintf(stream, "\t\t%s = [", call_table[call].name);
		for (size_t i = 0; i < choice->n_expected; i++) {
			fputs(i ? ", " : "", stream);
			print_string(stream, choice->expected[i]);
		}
		fputs("];\n", stream);
	}
}

const struct setting settings_table[] = {
	{
		.path = "session.follow",
		.type = SETTING_STRING,
		.words = WORDS_FOLLOW,
		.default_text = "\"all\"",
		.summary = "Which children are watched: all of them, those whose environment still "
			   "names sonde, or none.",
		.take = take_follow,
		.print = print_follow,
	},
	{
		.path = "session.directory",
		.type = SETTING_STRING,
		.default_text = "\"\"",
		.summary = "Folder in which the session's directory is made; empty for /dev/shm, "
			   "$XDG_RUNTIME_DIR or $TMPDIR.",
		.take = take_directory,
		.print = print_directory,
	},
	{
		.path = "session.labels.*",
		.type = SETTING_STRING,
		.default_text = "none",
		.summary =
			"A label that is kept in the recording; --label KEY=VALUE adds or replaces "
			"one.",
		.take = take_label,
		.print = print_labels,
	},
	{
		.path = "intercept.groups",
		.type = SETTING_STRINGS,
		.words = WORDS_GROUP,
		.default_text = "all groups",
		.summary = "Groups of calls that are counted; the others are passed through "
			   "uncounted.",
		.take = take_groups,
		.print = print_groups,
	},
	{
		.path = "intercept.exclude",
		.type = SETTING_STRINGS,
		.words = WORDS_CALL,
		.default_text = "[]",
		.summary = "Calls that are not counted although their group is.",
		.take = take_exclude,
		.print = print_exclude,
	},
	{
		.path = "timing.*",
		.type = SETTING_INTEGER,
		.keys = WORDS_GROUP_OR_CALL,
		.min = 1,
		.max = TIMING_PERIOD_MAX,
		.default_text = "64 for fast calls, 1 for others",
		.summary =
			"One call in so many is timed, all are counted; a call's own number goes "
			"before its group's, and a name that is both means the group.",
		.take = take_timing,
		.print = print_timing,
	},
	{
		.path = "memory.account",
		.type = SETTING_BOOLEAN,
		.default_text = "false",
		.summary = "Bytes that are live in each process, and their peak, are accounted for; "
			   "each allocation then costs some 10 ns more.",
		.take = take_memory_account,
		.print = print_memory_account,
	},
	{
		.path = "failures.expected.*",
		.type = SETTING_STRINGS,
		.keys = WORDS_CALL,
		.words = WORDS_ERROR,
		.default_text = "built in",
		.summary = "Failures of this call that are expected and no errors; replaces the "
			   "built-in list of the call.",
		.take = take_expected,
		.print = print_expected,
	},
};

const size_t settings_count = sizeof(settings_table) / sizeof(settings_table[0]);

bool setting_has_star(const struct setting *setting)
{
	return setting->path[strlen(setting->path) - 1] == '*';
}

static bool has_prefix(const char *path, const char *prefix, size_t len)
{
	return strncmp(path, prefix, len) == 0;
}

const struct setting *setting_find(const char *path)
{
	for (size_t i = 0; i < settings_count; i++) {
		const struct setting *setting = &settings_table[i];
		size_t len = strlen(setting->path) - 1;

		if (strcmp(setting->path, path) == 0)
			return setting;
		if (setting_has_star(setting) && has_prefix(path, setting->path, len) &&
		    path[len] && !strchr(path + len, '.'))
			return setting;
	}
	return NULL;
}

const char *setting_key(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot ? dot + 1 : path;
}

const char *setting_name_below(const struct setting *setting, const char *group, char *buf,
			       size_t size)
{
	size_t len = strlen(group);

	if (!has_prefix(setting->path, group, len) || (len && setting->path[len] != '.'))
		return NULL;
	const char *name = setting->path + len + (len ? 1 : 0);

	snprintf(buf, size, "%.*s", (int)strcspn(name, "."), name);
	return buf;
}

bool settings_has_group(const char *path)
{
	char name[64];

	for (size_t i = 0; i < settings_count; i++)
		if (setting_name_below(&settings_table[i], path, name, sizeof(name)))
			return true;
	return false;
}

/* "session", of "session.labels.*". */
static bool is_in_same_section(const struct setting *a, const struct setting *b)
{
	size_t len = strcspn(a->path, ".");

	return len == strcspn(b->path, ".") && has_prefix(a->path, b->path, len);
}

/* The part of a path between its section and its last component has a group of its own. */
static void print_one(const struct setting *setting, const struct configuration *configuration,
		      FILE *stream)
{
	const char *name = strchr(setting->path, '.') + 1;

	if (!setting_has_star(setting)) {
		fprintf(stream, "\t%s = ", name);
		setting->print(configuration, stream);
		fputs(";\n", stream);
	} else if (strchr(name, '.')) {
		fprintf(stream, "\t%.*s: {\n", (int)strcspn(name, "."), name);
		setting->print(configuration, stream);
		fputs("\t};\n", stream);
	} else {
		setting->print(configuration, stream);
	}
}

void settings_print(const struct configuration *configuration, FILE *stream)
{
	for (size_t i = 0; i < settings_count; i++) {
		const struct setting *setting = &settings_table[i];

		if (i == 0 || !is_in_same_section(setting, setting - 1))
			fprintf(stream, "%.*s: {\n", (int)strcspn(setting->path, "."),
				setting->path);
		print_one(setting, configuration, stream);
		if (i + 1 == settings_count || !is_in_same_section(setting, setting + 1))
			fputs("};\n", stream);
	}
}

void setting_describe_range(const struct setting *setting, char *buf, size_t size)
{
	if (setting->type == SETTING_INTEGER)
		snprintf(buf, size, "%d to %d", setting->min, setting->max);
	else if (setting->type == SETTING_BOOLEAN)
		snprintf(buf, size, "true, false");
	else if (setting->words == WORDS_FOLLOW)
		snprintf(buf, size, "all, env, none");
	else
		snprintf(buf, size, "any %s", vocabulary_noun(setting->words));
}

const char *setting_type_name(enum setting_type type)
{
	static const char *const names[] = {
		[SETTING_BOOLEAN] = "boolean",
		[SETTING_INTEGER] = "integer",
		[SETTING_STRING] = "string",
		[SETTING_STRINGS] = "list of strings",
	};

	return names[type];
}
