// SPDX-License-Identifier: MIT
/*
 * A file is read in three steps: its text is looked through for what libconfig would read wrong,
 * libconfig parses it, and its tree is walked along the table of settings. The walk goes on after
 * an error, so that all errors of a file are shown at once.
 */
#include "config.h"

#include "host/configuration.h"

#include <errno.h>
#include <libconfig.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "host/config-text.h"
#include "host/nearest.h"
#include "host/settings.h"

enum { SETTING_PATH_SIZE = 256 };

struct loader {
	struct configuration *configuration;
	const char *file;
	const char *folder; /* of included files */
	struct messages *messages;
	int result; /* the first error of a setting's take() */
};

int configuration_init(struct configuration *configuration)
{
	*configuration = (struct configuration){.follow = FOLLOW_ALL};
	configuration->directory = strdup("");
	return configuration->directory ? 0 : -ENOMEM;
}

void configuration_deinit(struct configuration *configuration)
{
	for (size_t i = 0; i < configuration->n_labels; i++) {
		free(configuration->labels[i].key);
		free(configuration->labels[i].value);
	}
	free(configuration->labels);
	for (size_t call = 0; call < CALL_COUNT; call++) {
		struct call_choice *choice = &configuration->calls[call];

		for (size_t i = 0; i < choice->n_expected; i++)
			free(choice->expected[i]);
		free(choice->expected);
	}
	free(configuration->directory);
	free(configuration->file);
	*configuration = (struct configuration){0};
}

static int replace_string(char **string, const char *value)
{
	char *copy = strdup(value);

	if (!copy)
		return -ENOMEM;
	free(*string);
	*string = copy;
	return 0;
}

int configuration_add_label(struct configuration *configuration, const char *key, const char *value)
{
	for (size_t i = 0; i < configuration->n_labels; i++)
		if (strcmp(configuration->labels[i].key, key) == 0)
			return replace_string(&configuration->labels[i].value, value);
	struct label label = {.key = strdup(key), .value = strdup(value)};
	struct label *labels =
		realloc(configuration->labels, (configuration->n_labels + 1) * sizeof(*labels));

	if (labels)
		configuration->labels = labels;
	if (!labels || !label.key || !label.value) {
		free(label.key);
		free(label.value);
		return -ENOMEM;
	}
	labels[configuration->n_labels++] = label;
	return 0;
}

void configuration_apply(const struct configuration *configuration,
			 struct session_settings *settings)
{
	settings->follow = configuration->follow;
	for (size_t call = 0; call < CALL_COUNT; call++) {
		const struct call_choice *choice = &configuration->calls[call];

		if (choice->is_group_off || choice->is_excluded)
			settings->mode[call] |= MODE_OFF;
		if (configuration->accounts_memory && strcmp(call_table[call].group, "memory") == 0)
			settings->mode[call] |= MODE_ACCOUNTED;
		if (choice->period)
			settings->period[call] = choice->period;
		else if (choice->group_period)
			settings->period[call] = choice->group_period;
	}
}

struct failure_classes *configuration_classes(const struct configuration *configuration)
{
	struct failure_classes *classes = failure_classes_new();
	int result = classes ? 0 : -ENOMEM;

	for (size_t call = 0; call < CALL_COUNT && result == 0; call++) {
		const struct call_choice *choice = &configuration->calls[call];

		if (choice->has_expected)
			result = failure_classes_set(classes, call_table[call].name,
						     (const char *const *)choice->expected,
						     choice->n_expected, NULL);
	}
	return result < 0 ? failure_classes_free(classes) : classes;
}

/* Takes over `path`, which may be NULL for want of memory, when such a file is there. */
static int choose_if_there(char *path, char **ret_file)
{
	if (!path)
		return -ENOMEM;
	if (access(path, F_OK) < 0 && (errno == ENOENT || errno == ENOTDIR)) {
		free(path);
		return 0;
	}
	*ret_file = path;
	return 0;
}

static char *join(const char *folder, const char *name)
{
	char *path;

	return asprintf(&path, "%s/%s", folder, name) < 0 ? NULL : path;
}

int configuration_find_file(const char *given, char *const *environment, char **ret_file)
{
	bool is_trusted = !getauxval(AT_SECURE);
	const char *named = environment_find(environment, "SONDE_CONFIG");
	const char *folder = environment_find(environment, "XDG_CONFIG_HOME");
	const char *home = environment_find(environment, "HOME");
	int result = 0;

	*ret_file = NULL;
	if (!given && is_trusted && named && *named)
		given = named;
	if (given) {
		*ret_file = strdup(given);
		return *ret_file ? 0 : -ENOMEM;
	}
	if (is_trusted && folder && *folder == '/')
		result = choose_if_there(join(folder, "sonde/sonde.cfg"), ret_file);
	else if (is_trusted && home && *home == '/')
		result = choose_if_there(join(home, ".config/sonde/sonde.cfg"), ret_file);
	if (result == 0 && !*ret_file)
		result = choose_if_there(strdup("/etc/sonde/sonde.cfg"), ret_file);
	return result;
}

/* libconfig names no file for the text that it was given, and included ones as the directive does.
 */
static char *source_file(const struct loader *loader, const char *included)
{
	return included ? config_text_included_path(loader->folder, included)
			: strdup(loader->file);
}

/* "FILE:LINE: PATH: " and what is wrong. */
__attribute__((format(printf, 4, 5))) static void complain(struct loader *loader,
							   const config_setting_t *at,
							   const char *path, const char *format,
							   ...)
{
	char *file = source_file(loader, config_setting_source_file(at));
	char *text;
	va_list arguments;

	va_start(arguments, format);
	if (vasprintf(&text, format, arguments) < 0)
		text = NULL;
	va_end(arguments);
	if (file && text)
		messages_add(loader->messages, "%s:%u: %s: %s", file,
			     config_setting_source_line(at), path, text);
	else
		loader->result = -ENOMEM;
	free(file);
	free(text);
}

static void complain_syntax(struct loader *loader, const config_t *config)
{
	char *file = source_file(loader, config_error_file(config));

	if (file)
		messages_add(loader->messages, "%s:%d: %s", file, config_error_line(config),
			     config_error_text(config));
	else
		loader->result = -ENOMEM;
	free(file);
}

static const char *type_name(const config_setting_t *found)
{
	switch (config_setting_type(found)) {
	case CONFIG_TYPE_GROUP:
		return "a group";
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		return "an integer";
	case CONFIG_TYPE_FLOAT:
		return "a number with a fraction";
	case CONFIG_TYPE_STRING:
		return "a string";
	case CONFIG_TYPE_BOOL:
		return "a boolean";
	default:
		return "a list";
	}
}

static bool check_word(struct loader *loader, const config_setting_t *at, const char *path,
		       enum vocabulary vocabulary, const char *word)
{
	const char *nearest;

	if (vocabulary_find(vocabulary, word) >= 0)
		return true;
	nearest = vocabulary_nearest(vocabulary, word);
	if (nearest)
		complain(loader, at, path, "unknown %s '%s'; did you mean '%s'?",
			 vocabulary_noun(vocabulary), word, nearest);
	else
		complain(loader, at, path, "unknown %s '%s'", vocabulary_noun(vocabulary), word);
	return false;
}

static bool read_boolean(struct loader *loader, const config_setting_t *found, const char *path,
			 struct setting_value *value)
{
	if (config_setting_type(found) != CONFIG_TYPE_BOOL) {
		complain(loader, found, path, "expected true or false, found %s", type_name(found));
		return false;
	}
	value->boolean = config_setting_get_bool(found);
	return true;
}

static bool read_integer(struct loader *loader, const config_setting_t *found, const char *path,
			 const struct setting *setting, struct setting_value *value)
{
	int type = config_setting_type(found);
	long long integer = config_setting_get_int64(found);

	if (type != CONFIG_TYPE_INT && type != CONFIG_TYPE_INT64) {
		complain(loader, found, path, "expected an integer, found %s", type_name(found));
		return false;
	}
	if (type == CONFIG_TYPE_INT)
		integer = config_setting_get_int(found);
	if (integer < setting->min || integer > setting->max) {
		complain(loader, found, path, "%lld is out of range: %d to %d", integer,
			 setting->min, setting->max);
		return false;
	}
	value->integer = (int)integer;
	return true;
}

static bool read_string(struct loader *loader, const config_setting_t *found, const char *path,
			const struct setting *setting, struct setting_value *value)
{
	value->string = config_setting_get_string(found);
	if (value->string)
		return check_word(loader, found, path, setting->words, value->string);
	complain(loader, found, path, "expected a string, found %s", type_name(found));
	return false;
}

/* value->strings is to be freed, also when something was wrong. */
static bool read_strings(struct loader *loader, const config_setting_t *found, const char *path,
			 const struct setting *setting, struct setting_value *value)
{
	bool is_good = true;

	if (!config_setting_is_array(found) && !config_setting_is_list(found)) {
		complain(loader, found, path, "expected a list of strings, found %s",
			 type_name(found));
		return false;
	}
	int n_elements = config_setting_length(found);

	value->strings = calloc((size_t)n_elements + 1, sizeof(*value->strings));
	if (!value->strings) {
		loader->result = -ENOMEM;
		return false;
	}
	for (int i = 0; i < n_elements; i++) {
		struct setting_value element = {0};

		if (read_string(loader, config_setting_get_elem(found, (unsigned int)i), path,
				setting, &element))
			value->strings[value->n_strings++] = element.string;
		else
			is_good = false;
	}
	return is_good;
}

static void load_value(struct loader *loader, const config_setting_t *found, const char *path,
		       const struct setting *setting)
{
	struct setting_value value = {.key = setting_key(path)};
	bool is_good = false;

	if (setting_has_star(setting) && !check_word(loader, found, path, setting->keys, value.key))
		return;
	switch (setting->type) {
	case SETTING_BOOLEAN:
		is_good = read_boolean(loader, found, path, &value);
		break;
	case SETTING_INTEGER:
		is_good = read_integer(loader, found, path, setting, &value);
		break;
	case SETTING_STRING:
		is_good = read_string(loader, found, path, setting, &value);
		break;
	case SETTING_STRINGS:
		is_good = read_strings(loader, found, path, setting, &value);
		break;
	}
	if (is_good && loader->result == 0)
		loader->result = setting->take(loader->configuration, &value);
	free(value.strings);
}

static void complain_unknown(struct loader *loader, const config_setting_t *found,
			     const char *group, const char *path)
{
	struct nearest nearest = {.word = config_setting_name(found)};
	char names[SETTING_PATH_SIZE];

	/* The candidates are kept until the end: nearest remembers one of them. */
	for (size_t i = 0; i < settings_count; i++) {
		char *name = setting_name_below(&settings_table[i], group, names, sizeof(names))
				     ? strdupa(names)
				     : NULL;

		if (name)
			nearest_offer(&nearest, name);
	}
	const char *best = nearest_word(&nearest);

	if (best)
		complain(loader, found, path, "unknown setting; did you mean '%s%s%s'?", group,
			 *group ? "." : "", best);
	else
		complain(loader, found, path, "unknown setting");
}

static void load_group(struct loader *loader, const config_setting_t *group, const char *path)
{
	int n_settings = config_setting_length(group);

	for (int i = 0; i < n_settings; i++) {
		const config_setting_t *found = config_setting_get_elem(group, (unsigned int)i);
		char below[SETTING_PATH_SIZE];

		snprintf(below, sizeof(below), "%s%s%s", path, *path ? "." : "",
			 config_setting_name(found));
		const struct setting *setting = setting_find(below);

		if (setting)
			load_value(loader, found, below, setting);
		else if (!settings_has_group(below))
			complain_unknown(loader, found, path, below);
		else if (!config_setting_is_group(found))
			complain(loader, found, below, "expected a group, found %s",
				 type_name(found));
		else
			load_group(loader, found, below);
	}
}

static void parse(struct loader *loader, const char *text)
{
	config_t config;

	config_init(&config);
	config_set_include_dir(&config, loader->folder);
	if (config_read_string(&config, text))
		load_group(loader, config_root_setting(&config), "");
	else
		complain_syntax(loader, &config);
	config_destroy(&config);
}

int configuration_load(struct configuration *configuration, const char *file,
		       struct messages *messages)
{
	char *folder = config_text_folder(file);
	struct loader loader = {
		.configuration = configuration,
		.file = file,
		.folder = folder,
		.messages = messages,
	};
	char *text = config_text_read(file, messages);

	configuration->file = strdup(file);
	if (!folder || !configuration->file)
		loader.result = -ENOMEM;
	else if (text)
		parse(&loader, text);
	free(folder);
	free(text);
	if (loader.result < 0)
		return loader.result;
	return messages_is_empty(messages) ? 0 : -EINVAL;
}
