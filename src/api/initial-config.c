// SPDX-License-Identifier: MIT
/*
 * What stands in the struct is taken as what stands on a command line: it is checked by the same
 * rules, and counts for more than a file.
 */
#include "config.h"

#include "api/initial-config.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/plugin-place.h"
#include "format/number-text.h"
#include "host/plugin-loader.h"

enum { OVERRIDES_MAX = 5 };

/* "setting=value"; after the last one NULL. */
struct overrides {
	char *texts[OVERRIDES_MAX + 1];
	size_t n;
};

__attribute__((format(printf, 2, 3))) static int say(struct sonde_problem *ret_problem,
						     const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	if (ret_problem)
		vsnprintf(ret_problem->text, sizeof(ret_problem->text), format, arguments);
	va_end(arguments);
	return SONDE_ECONFIG;
}

/* All that is wrong, one line each. */
static int say_messages(struct sonde_problem *ret_problem, const struct messages *messages)
{
	size_t len = 0;

	for (size_t i = 0; ret_problem && i < messages->n_lines; i++) {
		int n = snprintf(ret_problem->text + len, sizeof(ret_problem->text) - len, "%s%s",
				 i ? "\n" : "", messages->lines[i]);

		len += (size_t)n;
		if (len >= sizeof(ret_problem->text))
			break;
	}
	return SONDE_ECONFIG;
}

/* -- The struct ------------------------------------------------------------------------------- */

static int check_endpoints(const struct sonde_config *config, struct sonde_problem *ret_problem)
{
	for (size_t i = 0; i < config->n_export_endpoints; i++)
		if (!config->export_endpoints || !config->export_endpoints[i] ||
		    !*config->export_endpoints[i] || strchr(config->export_endpoints[i], ','))
			return say(ret_problem, "export_endpoints[%zu] is no name", i);
	return 0;
}

int initial_config_check(const struct sonde_config *given, struct sonde_config *ret_config,
			 struct sonde_problem *ret_problem)
{
	const size_t least = offsetof(struct sonde_config, retention_days);

	*ret_config = (struct sonde_config){0};
	if (!given)
		return 0;
	if (given->struct_size < least || given->struct_size > sizeof(*given))
		return say(ret_problem, "struct_size is %u, expected %zu", given->struct_size,
			   sizeof(*given));
	memcpy(ret_config, given, given->struct_size);
	if (given->file && given->text)
		return say(ret_problem, "file and text: at most one of them can be given");
	if (isnan(given->collection_interval) || given->collection_interval < 0 ||
	    given->collection_interval > 86400)
		return say(ret_problem, "collection_interval is %g, expected 0 to 86400 seconds",
			   given->collection_interval);
	if (isnan(ret_config->abandoned_after) || ret_config->abandoned_after < 0 ||
	    ret_config->abandoned_after > 1e9)
		return say(ret_problem, "abandoned_after is %g, expected 0 to 1e9 seconds",
			   ret_config->abandoned_after);
	return check_endpoints(ret_config, ret_problem);
}

/* "export_endpoints=a,b" */
static char *endpoints_text(const struct sonde_config *config)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		return NULL;
	fputs("export_endpoints=", stream);
	for (size_t i = 0; i < config->n_export_endpoints; i++)
		fprintf(stream, "%s%s", i ? "," : "", config->export_endpoints[i]);
	if (fclose(stream) == 0)
		return text;
	free(text);
	return NULL;
}

__attribute__((format(printf, 2, 3))) static int override(struct overrides *overrides,
							  const char *format, ...)
{
	char **text = &overrides->texts[overrides->n];
	va_list arguments;

	va_start(arguments, format);
	if (vasprintf(text, format, arguments) < 0)
		*text = NULL;
	va_end(arguments);
	if (!*text)
		return SONDE_ENOMEM;
	overrides->n++;
	return 0;
}

static int override_endpoints(struct overrides *overrides, const struct sonde_config *config)
{
	char *text = endpoints_text(config);

	if (!text)
		return SONDE_ENOMEM;
	overrides->texts[overrides->n++] = text;
	return 0;
}

/* 0 or SONDE_ENOMEM; what was made is to be freed in both cases. */
static int make_overrides(const struct sonde_config *config, struct overrides *overrides)
{
	int error = 0;

	if (config->collection_interval > 0)
		error = override(overrides, "collection_interval=%.9g",
				 config->collection_interval);
	if (!error && config->retention_days)
		error = override(overrides, "retention_days=%u", config->retention_days);
	if (!error && config->max_tag_sets)
		error = override(overrides, "metrics.max_tag_sets=%u", config->max_tag_sets);
	if (!error && config->max_path_tag_sets)
		error = override(overrides, "metrics.max_path_tag_sets=%u",
				 config->max_path_tag_sets);
	if (!error && config->n_export_endpoints)
		error = override_endpoints(overrides, config);
	return error;
}

/* -- Files and texts -------------------------------------------------------------------------- */

/* The program is going to run them anyhow: they are loaded to be looked at. */
static int find_plugin(void *context, const char *name, struct option_table *ret_table,
		       struct message *ret_message)
{
	const char *directory = plugin_place();
	struct plugin *plugin;
	int result = directory ? plugin_load(name, directory, &plugin, ret_message) : -ENOMEM;

	(void)context;
	if (result < 0)
		return result == -ENOMEM ? result : PLUGIN_UNUSABLE;
	*ret_table = (struct option_table){
		.rows = plugin->desc.options,
		.row_size = plugin->desc.option_size,
		.options_size = plugin->desc.options_size,
	};
	/* That is its description only: the plugin stays. */
	plugin_free(plugin);
	return 0;
}

static int load(struct configuration *configuration, const struct sonde_config *config,
		char *const *overrides, struct sonde_problem *ret_problem)
{
	const struct plugin_catalogue catalogue = {.find = find_plugin};
	const struct configuration_source source = {
		.file = config->text ? "<text>" : config->file,
		.text = config->text,
		.is_named = true,
		.overrides = (const char *const *)overrides,
		.overrides_origin = "struct sonde_config",
		.plugins = &catalogue,
	};
	struct complaints complaints = {0};
	int result = configuration_load(configuration, &source, &complaints);

	if (result == 0 && configuration->history_days)
		result = configuration_add_history(configuration, &source, &complaints);
	if (result == -EINVAL)
		result = say_messages(ret_problem, &complaints.errors);
	else if (result < 0)
		result = SONDE_ENOMEM;
	complaints_deinit(&complaints);
	return result;
}

static int read_all(const struct sonde_config *config, struct configuration *configuration,
		    struct sonde_problem *ret_problem)
{
	struct overrides overrides = {.n = 0};
	int result = make_overrides(config, &overrides);

	if (!result)
		result = load(configuration, config, overrides.texts, ret_problem);
	for (size_t i = 0; i < overrides.n; i++)
		free(overrides.texts[i]);
	return result;
}

int initial_config_read(const struct sonde_config *config, struct configuration *configuration,
			struct sonde_problem *ret_problem)
{
	int result = configuration_init(configuration) < 0 ? SONDE_ENOMEM : 0;
	struct number_locale locale;

	if (result)
		return result;
	/* Numbers have a point in them, whatever the program's language is. */
	locale = number_locale_enter();
	result = read_all(config, configuration, ret_problem);
	number_locale_leave(&locale);
	return result;
}
