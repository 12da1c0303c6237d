// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/plugin-config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/quantity.h"

static const struct sonde_option queue_rows[] = {
	{
		.name = "snapshots",
		.type = SONDE_OPTION_INT,
		.default_text = "64",
		.min = "1",
		.max = "100000",
		.offset = offsetof(struct plugin_common, queue_snapshots),
		.help = "So many snapshots wait at most for an exporter that is slow.",
	},
	{
		.name = "size",
		.type = SONDE_OPTION_SIZE,
		.default_text = "8MiB",
		.min = "64KiB",
		.max = "1GiB",
		.offset = offsetof(struct plugin_common, queue_size),
		.help = "So large are they at most, taken together.",
	},
	{0},
};

static const struct sonde_option common_rows[] = {
	{
		.name = "plugin",
		.type = SONDE_OPTION_STRING,
		.flags = SONDE_OPTION_REQUIRED,
		.offset = offsetof(struct plugin_common, plugin),
		.help = "The plugin's name, or the absolute path of its file.",
	},
	{
		.name = "name",
		.type = SONDE_OPTION_STRING,
		.offset = offsetof(struct plugin_common, name),
		.help = "What this instance is called, if not as its plugin; no two have one name.",
	},
	{
		.name = "interval",
		.type = SONDE_OPTION_DURATION,
		.default_text = "10s",
		.min = "100ms",
		.max = "1d",
		.offset = offsetof(struct plugin_common, interval_ns),
		.help = "How often it collects or exports; without it, as metrics.interval says.",
	},
	{
		.name = "deadline",
		.type = SONDE_OPTION_DURATION,
		.min = "1ms",
		.max = "1h",
		.offset = offsetof(struct plugin_common, deadline_ns),
		.help = "How long that may take, less than the interval; without it, 250ms to "
			"collect and 5s to export.",
	},
	{
		.name = "queue",
		.type = SONDE_OPTION_GROUP,
		.members = queue_rows,
		.help = "What waits for an exporter; what does not fit is dropped, and counted.",
	},
	{0},
};

const struct option_table plugin_common_table = {
	.rows = common_rows,
	.row_size = sizeof(struct sonde_option),
	.options_size = sizeof(struct plugin_common),
};

/* "x", of "/opt/plugins/x.so" */
static char *default_name(const char *plugin)
{
	const char *slash = strrchr(plugin, '/');
	const char *name = slash ? slash + 1 : plugin;
	size_t len = strlen(name);

	if (len > 3 && strcmp(name + len - 3, ".so") == 0)
		len -= 3;
	return strndup(name, len);
}

static int set_names(struct plugin_config *instance, const char *plugin)
{
	char *name = default_name(plugin);
	struct value value = {.string = plugin};
	int result = name ? option_values_set(&instance->common_values, &common_rows[0], &value)
			  : -ENOMEM;

	value.string = name;
	if (result == 0)
		result = option_values_set(&instance->common_values, &common_rows[1], &value);
	free(name);
	return result;
}

struct plugin_config *plugin_config_new(const char *plugin, const struct option_table *table,
					    const char *origin)
{
	struct plugin_config *instance = calloc(1, sizeof(*instance));
	int result = instance ? 0 : -ENOMEM;

	if (result == 0)
		result = option_values_init(&instance->common_values, &plugin_common_table);
	if (result == 0)
		result = option_values_init(&instance->values, table);
	if (result == 0)
		result = set_names(instance, plugin);
	if (result < 0)
		return plugin_config_free(instance);
	instance->table = *table;
	instance->common = instance->common_values.data;
	instance->options = instance->values.data;
	instance->origin = strdup(origin);
	return instance->origin ? instance : plugin_config_free(instance);
}

struct plugin_config *plugin_config_free(struct plugin_config *instance)
{
	if (!instance)
		return NULL;
	option_values_deinit(&instance->common_values);
	option_values_deinit(&instance->values);
	given_list_deinit(&instance->given);
	free(instance->origin);
	free(instance->trouble);
	free(instance);
	return NULL;
}

const struct sonde_option *plugin_config_find(const struct plugin_config *instance,
						const char *path)
{
	const struct sonde_option *option = option_table_find(&plugin_common_table, path);

	return option ? option : option_table_find(&instance->table, path);
}

int plugin_config_set(struct plugin_config *instance, const char *path,
			const struct value *value, const char *origin)
{
	bool is_common = option_table_find(&plugin_common_table, path);
	const struct sonde_option *option = plugin_config_find(instance, path);
	struct value_rule rule = option_rule(option);
	int result = option_values_set(is_common ? &instance->common_values : &instance->values,
				       option, value);

	return result < 0 ? result
			  : given_list_set(&instance->given, path, &rule, value, origin);
}

int plugin_config_inherit_interval(struct plugin_config *instance, int64_t interval_ns)
{
	const struct sonde_option *option = option_table_find(&plugin_common_table, "interval");
	const struct value value = {.integer = interval_ns};

	if (given_list_find(&instance->given, "interval"))
		return 0;
	return option_values_set(&instance->common_values, option, &value);
}

int plugin_config_visit(const struct plugin_config *instance, option_visitor visit,
			  void *argument)
{
	int result = option_table_visit(&plugin_common_table, visit, argument);

	return result ? result : option_table_visit(&instance->table, visit, argument);
}

/* Which another setting may have given. */
static char *interval_text(const struct plugin_config *instance, const struct value_rule *rule)
{
	char text[QUANTITY_TEXT_SIZE];

	return value_text_canonical(rule, quantity_format(QUANTITY_DURATION,
							  instance->common->interval_ns, text));
}

char *plugin_config_text(const struct plugin_config *instance, const char *path,
			   const struct sonde_option *option)
{
	const struct given *given = given_list_find(&instance->given, path);
	struct value_rule rule = option_rule(option);

	if (given)
		return strdup(given->text);
	if (strcmp(path, "name") == 0)
		return value_text_canonical(&rule, instance->common->name);
	if (strcmp(path, "interval") == 0)
		return interval_text(instance, &rule);
	return option->default_text ? value_text_canonical(&rule, option->default_text) : NULL;
}

/* -- Comparing -------------------------------------------------------------------------------------- */

struct comparison {
	const struct plugin_config *before;
	const struct plugin_config *after;
	enum plugin_change change;
};

/* Values are compared by their text, which is the same for the same value. */
static bool has_same_value(const struct comparison *comparison, const char *path,
			   const struct sonde_option *option)
{
	char *before = plugin_config_text(comparison->before, path, option);
	char *after = plugin_config_text(comparison->after, path, option);
	bool is_same = before && after ? strcmp(before, after) == 0 : before == after;

	free(before);
	free(after);
	return is_same;
}

static int compare_option(void *argument, const char *path, const struct sonde_option *option)
{
	struct comparison *comparison = argument;

	if (has_same_value(comparison, path, option))
		return 0;
	bool is_common = option_table_find(&plugin_common_table, path);
	bool is_name = is_common && (strcmp(path, "plugin") == 0 || strcmp(path, "name") == 0);

	if (is_name || (!is_common && !(option->flags & SONDE_OPTION_RELOADABLE)))
		comparison->change = PLUGIN_OTHER;
	else if (comparison->change == PLUGIN_SAME)
		comparison->change = PLUGIN_RELOADABLE;
	return 0;
}

enum plugin_change plugin_config_compare(const struct plugin_config *before,
					   const struct plugin_config *after)
{
	struct comparison comparison = {.before = before, .after = after};

	if (before->table.rows != after->table.rows)
		return PLUGIN_OTHER;
	plugin_config_visit(after, compare_option, &comparison);
	return comparison.change;
}
