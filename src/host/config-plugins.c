// SPDX-License-Identifier: MIT
/*
 * The list of `plugins`: each entry is an instance, whose options are those that every instance has
 * and those of its plugin's table. In errors and overrides it goes by its name: plugins.NAME.OPTION.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/config-loader.h"
#include "host/nearest.h"
#include "host/quantity.h"

enum { NAME_MAX_LENGTH = 63 };

struct instance_loader {
	struct loader *loader;
	struct plugin_config *instance;
};

/* "plugins.NAME.OPTION" */
struct full_path {
	char text[SETTING_PATH_SIZE];
};

static struct full_path full_path(const struct plugin_config *instance, const char *path)
{
	struct full_path full;

	snprintf(full.text, sizeof(full.text), "plugins.%s%s%s", instance->common->name,
		 *path ? "." : "", path);
	return full;
}

static void set_option(struct loader *loader, struct plugin_config *instance, const char *path,
		       const struct value *value, const char *origin)
{
	const struct sonde_option *option = plugin_config_find(instance, path);

	if (option->flags & SONDE_OPTION_DEPRECATED)
		loader_warn(loader, origin, full_path(instance, path).text, "deprecated: %s",
			    option->help);
	if (loader->result == 0)
		loader->result = plugin_config_set(instance, path, value, origin);
}

/* -- From the file ---------------------------------------------------------------------------------- */

static void offer_names(struct nearest *nearest, const struct option_table *table,
			const char *group)
{
	const struct sonde_option *row = *group ? option_table_find(table, group) : NULL;
	struct option_table rows = row ? option_table_members(table, row) : *table;

	for (size_t i = 0; (!*group || row) && option_table_row(&rows, i); i++)
		nearest_offer(nearest, option_table_row(&rows, i)->name);
}

/* `group` is the path without its last component. */
static void complain_unknown(struct loader *loader, const struct plugin_config *instance,
			     const char *group, const char *path, const char *origin)
{
	struct nearest nearest = {.word = setting_key(path)};

	offer_names(&nearest, &plugin_common_table, group);
	offer_names(&nearest, &instance->table, group);
	const char *meant = nearest_word(&nearest);

	if (meant)
		loader_complain(loader, origin, full_path(instance, path).text,
				"unknown option; did you mean '%s'?", meant);
	else
		loader_complain(loader, origin, full_path(instance, path).text, "unknown option");
}

static void load_option(struct loader *loader, struct plugin_config *instance,
			const config_setting_t *found, const char *path)
{
	struct value_rule rule = option_rule(plugin_config_find(instance, path));
	struct value value;

	if (loader_read(loader, found, full_path(instance, path).text, &rule, &value))
		set_option(loader, instance, path, &value, loader_place(loader, found).text);
	free(value.strings);
}

static void load_options(struct loader *loader, struct plugin_config *instance,
			 const config_setting_t *group, const char *prefix)
{
	int n_options = config_setting_length(group);

	for (int i = 0; i < n_options; i++) {
		const config_setting_t *found = config_setting_get_elem(group, (unsigned int)i);
		const char *name = config_setting_name(found);
		char path[OPTION_PATH_SIZE];

		snprintf(path, sizeof(path), "%s%s%s", prefix, *prefix ? "." : "", name);
		const struct sonde_option *option = plugin_config_find(instance, path);

		if (strcmp(path, "name") == 0)
			continue; /* load_instance() has it */
		if (!option && instance->trouble)
			continue;
		if (!option)
			complain_unknown(loader, instance, prefix, path,
					 loader_place(loader, found).text);
		else if (option->type != SONDE_OPTION_GROUP)
			load_option(loader, instance, found, path);
		else if (loader_expect_group(loader, found, full_path(instance, path).text))
			load_options(loader, instance, found, path);
	}
}

static int keep_instance(struct configuration *configuration, struct plugin_config *instance)
{
	struct plugin_config **plugins = realloc(
		configuration->plugins, (configuration->n_plugins + 1) * sizeof(struct plugin_config *));

	if (!plugins)
		return -ENOMEM;
	configuration->plugins = plugins;
	plugins[configuration->n_plugins++] = instance;
	return 0;
}

static struct plugin_config *make_instance(struct loader *loader, const char *plugin,
					     const char *origin, const char *path)
{
	const struct plugin_catalogue *catalogue = loader->source->plugins;
	struct option_table table = {0};
	struct message message = {""};
	int result = catalogue->find(catalogue->context, plugin, &table, &message);

	if (result == 0) {
		result = option_table_check(&table, &plugin_common_table, &message);
		if (result < 0)
			message_set(&message, "plugin '%s': %s", plugin, strdupa(message.text));
	}
	if (result < 0) {
		loader_complain(loader, origin, path, "%s", message.text);
		return NULL;
	}
	/* A plugin that does not work is no reason for a program not to run: its host will report it. */
	if (result == PLUGIN_UNUSABLE)
		loader_warn(loader, origin, path, "%s", message.text);
	struct plugin_config *instance = plugin_config_new(plugin, &table, origin);

	if (instance && result == PLUGIN_UNUSABLE)
		instance->trouble = strdup(message.text);
	result = instance ? keep_instance(loader->configuration, instance) : -ENOMEM;
	if (result == 0)
		return instance;
	loader->result = result;
	return plugin_config_free(instance);
}

/* The text of an option that must be known before all others. NULL: not there, or no text. */
static const char *peek(const config_setting_t *group, const char *name)
{
	const config_setting_t *found = config_setting_get_member(group, name);

	return found ? config_setting_get_string(found) : NULL;
}

/* The name comes first: the errors in all other options tell it. */
static void load_instance(struct loader *loader, const config_setting_t *group, const char *path)
{
	struct place place = loader_place(loader, group);
	const char *plugin = peek(group, "plugin");
	const config_setting_t *name = config_setting_get_member(group, "name");

	if (!plugin) {
		loader_complain(loader, place.text, path,
				"which plugin? An entry begins with plugin = \"NAME\"");
		return;
	}
	struct plugin_config *instance = make_instance(loader, plugin, place.text, path);

	if (instance && name)
		load_option(loader, instance, name, "name");
	if (instance)
		load_options(loader, instance, group, "");
}

void loader_load_plugins(struct loader *loader, const config_setting_t *list)
{
	int n_entries = config_setting_length(list);

	if (!config_setting_is_list(list)) {
		loader_complain(loader, loader_place(loader, list).text, "plugins",
				"expected a list of groups: ( { plugin = \"NAME\"; }, ... )");
		return;
	}
	for (int i = 0; i < n_entries; i++) {
		const config_setting_t *found = config_setting_get_elem(list, (unsigned int)i);
		char path[32];

		snprintf(path, sizeof(path), "plugins[%d]", i);
		if (loader_expect_group(loader, found, path))
			load_instance(loader, found, path);
	}
}

/* -- Overrides -------------------------------------------------------------------------------------- */

static void override(struct loader *loader, struct plugin_config *instance, const char *path,
		     const char *text, const char *origin)
{
	struct value_rule rule = option_rule(plugin_config_find(instance, path));
	struct value_text value;

	if (!loader_read_text(loader, origin, full_path(instance, path).text, &rule, text, &value))
		return;
	set_option(loader, instance, path, &value.value, origin);
	value_text_release(&value);
}

/* Which plugin it is, and under which name, is what the override goes by. */
static bool may_be_overridden(const struct sonde_option *option, const char *path)
{
	return option && option->type != SONDE_OPTION_GROUP && strcmp(path, "plugin") != 0 &&
	       strcmp(path, "name") != 0;
}

bool loader_override_option(struct loader *loader, const char *path, const char *text,
			    const char *origin)
{
	struct configuration *configuration = loader->configuration;

	for (size_t i = 0; i < configuration->n_plugins; i++) {
		struct plugin_config *instance = configuration->plugins[i];
		size_t len = strlen(instance->common->name);

		if (strncmp(path, instance->common->name, len) != 0 || path[len] != '.')
			continue;
		const char *option = path + len + 1;

		if (may_be_overridden(plugin_config_find(instance, option), option))
			override(loader, instance, option, text, origin);
		else
			complain_unknown(loader, instance, "", option, origin);
		return true;
	}
	return false;
}

struct variable_search {
	const struct plugin_config *instance;
	const char *name;
	struct nearest *nearest;
	char path[OPTION_PATH_SIZE]; /* of the option that has this variable */
};

static int match_variable(void *argument, const char *path, const struct sonde_option *option)
{
	struct variable_search *search = argument;
	char name[SETTING_PATH_SIZE];

	if (!may_be_overridden(option, path))
		return 0;
	setting_variable(full_path(search->instance, path).text, name, sizeof(name));
	nearest_offer(search->nearest, name);
	if (strcmp(name, search->name) != 0)
		return 0;
	snprintf(search->path, sizeof(search->path), "%s", path);
	return 1;
}

bool loader_override_option_by_variable(struct loader *loader, const char *variable,
					const char *text, struct nearest *nearest)
{
	struct configuration *configuration = loader->configuration;

	for (size_t i = 0; i < configuration->n_plugins; i++) {
		struct variable_search search = {configuration->plugins[i], variable,
						 nearest, ""};

		if (!plugin_config_visit(search.instance, match_variable, &search))
			continue;
		override(loader, configuration->plugins[i], search.path, text, variable);
		return true;
	}
	return false;
}

/* -- When all is there ------------------------------------------------------------------------------ */

static int check_required(void *argument, const char *path, const struct sonde_option *option)
{
	struct instance_loader *pair = argument;

	if ((option->flags & SONDE_OPTION_REQUIRED) &&
	    !given_list_find(&pair->instance->given, path))
		loader_complain(pair->loader, pair->instance->origin,
				full_path(pair->instance, path).text, "must be given");
	return 0;
}

static const char *origin_of(const struct plugin_config *instance, const char *path)
{
	const struct given *given = given_list_find(&instance->given, path);

	return given ? given->origin : instance->origin;
}

static void check_deadline(struct loader *loader, const struct plugin_config *instance)
{
	const struct plugin_common *common = instance->common;
	char deadline[QUANTITY_TEXT_SIZE];
	char interval[QUANTITY_TEXT_SIZE];

	if (common->deadline_ns < common->interval_ns)
		return;
	loader_complain(loader, origin_of(instance, "deadline"),
			full_path(instance, "deadline").text,
			"%s is not less than the interval, %s",
			quantity_format(QUANTITY_DURATION, common->deadline_ns, deadline),
			quantity_format(QUANTITY_DURATION, common->interval_ns, interval));
}

static bool is_name(const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

	return len > 0 && !name[len] && len <= NAME_MAX_LENGTH;
}

static void check_name(struct loader *loader, const struct plugin_config *instance)
{
	const char *name = instance->common->name;
	const char *origin = origin_of(instance, "name");

	if (!is_name(name))
		loader_complain(loader, origin, full_path(instance, "name").text,
				"'%s' is no name of 1 to %d letters, digits, _ and -", name,
				NAME_MAX_LENGTH);
	for (size_t i = 0; loader->configuration->plugins[i] != instance; i++) {
		const struct plugin_config *other = loader->configuration->plugins[i];

		if (strcmp(other->common->name, name) != 0)
			continue;
		loader_complain(loader, origin, full_path(instance, "name").text,
				"%s has an instance of this name; give one another", other->origin);
		return;
	}
}

/* A program that keeps history has an instance for it without saying so. */
static bool is_endpoint(const struct configuration *configuration, const char *name,
			struct nearest *nearest)
{
	for (size_t i = 0; i < configuration->n_plugins; i++) {
		nearest_offer(nearest, configuration->plugins[i]->common->name);
		if (strcmp(configuration->plugins[i]->common->name, name) == 0)
			return true;
	}
	return configuration->history_days && strcmp(name, HISTORY_PLUGIN) == 0;
}

static void check_endpoints(struct loader *loader)
{
	const struct configuration *configuration = loader->configuration;
	const struct given *given = given_list_find(&configuration->given, "export_endpoints");

	for (size_t i = 0; given && i < configuration->n_endpoints; i++) {
		const char *name = configuration->endpoints[i];
		struct nearest nearest = {.word = name};

		if (is_endpoint(configuration, name, &nearest))
			continue;
		const char *meant = nearest_word(&nearest);

		loader_complain(loader, given->origin, given->path,
				"no entry of plugins has the name '%s'%s%s%s", name,
				meant ? "; did you mean '" : "", meant ? meant : "",
				meant ? "'?" : "");
	}
}

/* What is said of all plugins, and what of history alone, which goes before. */
static const struct given *given_retention(const struct configuration *configuration)
{
	const struct given *given = given_list_find(&configuration->given, "retention_days");

	return given ? given : given_list_find(&configuration->given, "metrics.retention_days");
}

/* History is kept for as long as retention_days says, where the instance says nothing itself. */
static void apply_retention(struct loader *loader)
{
	const struct configuration *configuration = loader->configuration;
	const struct given *given = given_retention(configuration);
	const struct value value = {.integer = given ? strtoll(given->text, NULL, 10) : 0};

	for (size_t i = 0; given && i < configuration->n_plugins; i++) {
		struct plugin_config *instance = configuration->plugins[i];

		if (strcmp(instance->common->plugin, HISTORY_PLUGIN) == 0 &&
		    plugin_config_find(instance, "retention_days") &&
		    !given_list_find(&instance->given, "retention_days"))
			set_option(loader, instance, "retention_days", &value, given->origin);
	}
}

void loader_check_plugins(struct loader *loader)
{
	const struct configuration *configuration = loader->configuration;

	apply_retention(loader);
	for (size_t i = 0; i < configuration->n_plugins; i++) {
		struct instance_loader pair = {loader, configuration->plugins[i]};

		if (plugin_config_inherit_interval(pair.instance, configuration->interval_ns) < 0)
			loader->result = -ENOMEM;
		check_name(loader, pair.instance);
		check_deadline(loader, pair.instance);
		plugin_config_visit(pair.instance, check_required, &pair);
	}
	if (loader->source->plugins)
		check_endpoints(loader);
}

int configuration_add_history(struct configuration *configuration,
			      const struct configuration_source *source,
			      struct complaints *complaints)
{
	struct loader loader = {
		.configuration = configuration,
		.source = source,
		.complaints = complaints,
	};

	for (size_t i = 0; i < configuration->n_plugins; i++)
		if (strcmp(configuration->plugins[i]->common->plugin, HISTORY_PLUGIN) == 0)
			return 0;
	struct plugin_config *instance =
		make_instance(&loader, HISTORY_PLUGIN, "retention_days", "plugins." HISTORY_PLUGIN);

	if (loader.result < 0 || !instance)
		return loader.result < 0 ? loader.result : -EINVAL;
	const struct value value = {.integer = configuration->history_days};

	if (plugin_config_find(instance, "retention_days"))
		set_option(&loader, instance, "retention_days", &value, "retention_days");
	return loader.result;
}
