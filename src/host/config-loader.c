// SPDX-License-Identifier: MIT
/*
 * A file is read in three steps: its text is looked through for what libconfig would read wrong,
 * libconfig parses it, and its tree is walked along the table of settings.
 */
#include "config.h"

#include "host/config-loader.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/config-text.h"
#include "host/nearest.h"

/* As its directive names it. Since 1.7 libconfig puts the folder before that. */
static const char *included_name(const struct loader *loader, const char *included)
{
#if LIBCONFIG_VER_MAJOR > 1 || LIBCONFIG_VER_MINOR >= 7
	size_t len = strlen(loader->folder);

	if (strncmp(included, loader->folder, len) == 0 && included[len] == '/')
		return included + len + 1;
#endif
	(void)loader;
	return included;
}

/* libconfig names no file for the text that it was given. */
static struct place place_of(const struct loader *loader, const char *included, unsigned int line)
{
	char *path = included ? config_text_included_path(loader->folder, included_name(loader, included))
			      : NULL;
	struct place place;

	snprintf(place.text, sizeof(place.text), "%s:%u",
		 path	    ? path
		 : included ? included
			    : loader->source->file,
		 line);
	free(path);
	return place;
}

struct place loader_place(const struct loader *loader, const config_setting_t *found)
{
	return place_of(loader, config_setting_source_file(found),
			config_setting_source_line(found));
}

__attribute__((format(printf, 5, 0))) static void add(struct loader *loader,
						      struct messages *messages, const char *origin,
						      const char *path, const char *format,
						      va_list arguments)
{
	char *text;

	if (vasprintf(&text, format, arguments) < 0) {
		loader->result = -ENOMEM;
		return;
	}
	messages_add(messages, "%s: %s: %s", origin, path, text);
	free(text);
}

void loader_complain(struct loader *loader, const char *origin, const char *path,
		     const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	add(loader, &loader->complaints->errors, origin, path, format, arguments);
	va_end(arguments);
}

void loader_warn(struct loader *loader, const char *origin, const char *path, const char *format,
		 ...)
{
	va_list arguments;

	va_start(arguments, format);
	add(loader, &loader->complaints->warnings, origin, path, format, arguments);
	va_end(arguments);
}

static struct found find_value(const config_setting_t *setting)
{
	switch (config_setting_type(setting)) {
	case CONFIG_TYPE_GROUP:
		return (struct found){.type = FOUND_GROUP};
	case CONFIG_TYPE_INT:
		return (struct found){.type = FOUND_INTEGER,
				      .integer = config_setting_get_int(setting)};
	case CONFIG_TYPE_INT64:
		return (struct found){.type = FOUND_INTEGER,
				      .integer = config_setting_get_int64(setting)};
	case CONFIG_TYPE_FLOAT:
		return (struct found){.type = FOUND_DOUBLE,
				      .number = config_setting_get_float(setting)};
	case CONFIG_TYPE_STRING:
		return (struct found){.type = FOUND_STRING,
				      .text = config_setting_get_string(setting)};
	case CONFIG_TYPE_BOOL:
		return (struct found){.type = FOUND_BOOL,
				      .boolean = config_setting_get_bool(setting)};
	default:
		return (struct found){.type = FOUND_LIST};
	}
}

static bool read_one(struct loader *loader, const config_setting_t *setting, const char *path,
		     const struct value_rule *rule, struct value *ret_value)
{
	struct found found = find_value(setting);
	struct message message;

	if (value_read(rule, &found, ret_value, &message) == 0)
		return true;
	loader_complain(loader, loader_place(loader, setting).text, path, "%s", message.text);
	return false;
}

static bool read_list(struct loader *loader, const config_setting_t *list, const char *path,
		      const struct value_rule *rule, struct value *value)
{
	int n_elements = config_setting_length(list);
	bool is_good = true;

	if (!config_setting_is_array(list) && !config_setting_is_list(list)) {
		loader_complain(loader, loader_place(loader, list).text, path,
				"expected a list of strings, found %s",
				found_type_name(find_value(list).type));
		return false;
	}
	value->strings = calloc((size_t)n_elements + 1, sizeof(*value->strings));
	if (!value->strings) {
		loader->result = -ENOMEM;
		return false;
	}
	for (int i = 0; i < n_elements; i++) {
		struct value element;

		if (read_one(loader, config_setting_get_elem(list, (unsigned int)i), path, rule,
			     &element))
			value->strings[value->n_strings++] = element.string;
		else
			is_good = false;
	}
	return is_good;
}

bool loader_read(struct loader *loader, const config_setting_t *found, const char *path,
		 const struct value_rule *rule, struct value *ret_value)
{
	*ret_value = (struct value){0};
	return rule->type == VALUE_LIST ? read_list(loader, found, path, rule, ret_value)
					: read_one(loader, found, path, rule, ret_value);
}

bool loader_read_text(struct loader *loader, const char *origin, const char *path,
		      const struct value_rule *rule, const char *text, struct value_text *ret_value)
{
	struct message message;
	int result = value_text_read(rule, text, ret_value, &message);

	if (result == -EINVAL)
		loader_complain(loader, origin, path, "%s", message.text);
	else if (result < 0)
		loader->result = result;
	return result == 0;
}

bool loader_check_key(struct loader *loader, const struct setting *setting, const char *path,
		      const char *origin)
{
	struct value_rule rule = {.type = VALUE_STRING, .words = setting->keys};
	struct found found = {.type = FOUND_TEXT, .text = setting_key(path)};
	struct value key;
	struct message message;

	if (!setting_has_star(setting) || value_read(&rule, &found, &key, &message) == 0)
		return true;
	loader_complain(loader, origin, path, "%s", message.text);
	return false;
}

void loader_take(struct loader *loader, const struct setting *setting, const char *path,
		 const struct value *value, const char *origin)
{
	struct configuration *configuration = loader->configuration;
	struct message message;

	if (setting->check && setting->check(setting_key(path), value, &message) < 0) {
		loader_complain(loader, origin, path, "%s", message.text);
		return;
	}
	if (loader->result == 0)
		loader->result = setting->take(configuration, setting_key(path), value);
	if (loader->result == 0)
		loader->result =
			given_list_set(&configuration->given, path, &setting->rule, value, origin);
}

static void load_value(struct loader *loader, const config_setting_t *found, const char *path,
		       const struct setting *setting)
{
	struct place place = loader_place(loader, found);
	struct value value;

	if (!loader_check_key(loader, setting, path, place.text))
		return;
	if (loader_read(loader, found, path, &setting->rule, &value))
		loader_take(loader, setting, path, &value, place.text);
	free(value.strings);
}

static void complain_unknown(struct loader *loader, const config_setting_t *found,
			     const char *group, const char *path)
{
	struct nearest nearest = {.word = config_setting_name(found)};
	struct place place = loader_place(loader, found);
	char name[SETTING_PATH_SIZE];

	for (size_t i = 0; i < settings_count; i++)
		if (setting_name_below(&settings_table[i], group, name, sizeof(name)))
			nearest_offer(&nearest, name);
	if (!*group && loader->source->plugins)
		nearest_offer(&nearest, "plugins");
	const char *best = nearest_word(&nearest);

	if (best)
		loader_complain(loader, place.text, path, "unknown setting; did you mean '%s%s%s'?",
				group, *group ? "." : "", best);
	else
		loader_complain(loader, place.text, path, "unknown setting");
}

bool loader_expect_group(struct loader *loader, const config_setting_t *found, const char *path)
{
	if (config_setting_is_group(found))
		return true;
	loader_complain(loader, loader_place(loader, found).text, path,
			"expected a group, found %s", found_type_name(find_value(found).type));
	return false;
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
		else if (strcmp(below, "plugins") == 0 && loader->source->plugins)
			loader_load_plugins(loader, found);
		else if (!settings_has_group(below))
			complain_unknown(loader, found, path, below);
		else if (loader_expect_group(loader, found, below))
			load_group(loader, found, below);
	}
}

static void complain_syntax(struct loader *loader, const config_t *config)
{
	struct place place = place_of(loader, config_error_file(config),
				      (unsigned int)config_error_line(config));

	messages_add(&loader->complaints->errors, "%s: %s", place.text, config_error_text(config));
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

static void load_file(struct loader *loader)
{
	const struct configuration_source *source = loader->source;
	char *folder = config_text_folder(source->file);
	struct messages *errors = &loader->complaints->errors;
	char *text = source->text ? config_text_copy(source->text, source->file, errors)
				  : config_text_read(source->file, source->is_named, errors);

	loader->folder = folder;
	loader->configuration->file = strdup(source->file);
	if (!folder || !loader->configuration->file)
		loader->result = -ENOMEM;
	else if (text)
		parse(loader, text);
	loader->folder = NULL;
	free(folder);
	free(text);
}

int configuration_load(struct configuration *configuration,
		       const struct configuration_source *source, struct complaints *complaints)
{
	struct loader loader = {
		.configuration = configuration,
		.source = source,
		.complaints = complaints,
	};

	if (source->file)
		load_file(&loader);
	if (loader.result == 0)
		loader_override(&loader);
	if (loader.result == 0)
		loader_check_plugins(&loader);
	if (loader.result < 0)
		return loader.result;
	return messages_is_empty(&complaints->errors) ? 0 : -EINVAL;
}
