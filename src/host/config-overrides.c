// SPDX-License-Identifier: MIT
/*
 * Each setting has an environment variable, each option of an instance of a plugin has one, and
 * both can stand on the command line. A wrong value is an error. A variable that belongs to nothing
 * is only warned of: the environment may be meant for another version of sonde.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/config-loader.h"
#include "host/nearest.h"
#include "record/marks.h"

#define PREFIX	     "SONDE_"

/* Variables that are no settings; the manual has them under ENVIRONMENT. */
static const char *const other_variables[] = {
	"SONDE_CONFIG",
	"SONDE_DIRECTORY",
	LABELS_VARIABLE,
	"SONDE_PLUGIN_PATH",
	"SONDE_PRELOAD",
	SESSION_VARIABLE,
};

enum { N_OTHER_VARIABLES = sizeof(other_variables) / sizeof(other_variables[0]) };

static bool is_other_variable(const char *name)
{
	for (size_t i = 0; i < N_OTHER_VARIABLES; i++)
		if (strcmp(other_variables[i], name) == 0)
			return true;
	return false;
}

static const char *origin_of_overrides(const struct loader *loader)
{
	const char *origin = loader->source->overrides_origin;

	return origin ? origin : "command line";
}

static void override(struct loader *loader, const struct setting *setting, const char *path,
		     const char *text, const char *origin)
{
	struct value_text value;

	if (!loader_check_key(loader, setting, path, origin) ||
	    !loader_read_text(loader, origin, path, &setting->rule, text, &value))
		return;
	loader_take(loader, setting, path, &value.value, origin);
	value_text_release(&value);
}

static void warn_unknown(struct loader *loader, const char *name, struct nearest *nearest)
{
	struct messages *warnings = &loader->complaints->warnings;

	for (size_t i = 0; i < N_OTHER_VARIABLES; i++)
		nearest_offer(nearest, other_variables[i]);
	const char *meant = nearest_word(nearest);

	if (meant)
		messages_add(warnings, "%s: unknown variable; did you mean '%s'?", name, meant);
	else
		messages_add(warnings, "%s: unknown variable", name);
}

static void take_variable(struct loader *loader, const char *name, const char *text)
{
	char path[SETTING_PATH_SIZE];
	struct nearest nearest = {.word = name};

	if (is_other_variable(name))
		return;
	const struct setting *setting = setting_of_variable(name, path, &nearest);

	if (setting)
		override(loader, setting, path, text, name);
	else if (!loader_override_option_by_variable(loader, name, text, &nearest))
		warn_unknown(loader, name, &nearest);
}

static void take_environment(struct loader *loader, char *const *environment)
{
	for (; environment && *environment; environment++) {
		const char *equals = strchr(*environment, '=');

		if (!equals || strncmp(*environment, PREFIX, strlen(PREFIX)) != 0)
			continue;
		char *name = strndup(*environment, (size_t)(equals - *environment));

		if (name)
			take_variable(loader, name, equals + 1);
		else
			loader->result = -ENOMEM;
		free(name);
	}
}

/* The nearest among whole paths, as they were written. */
static void complain_unknown(struct loader *loader, const char *path)
{
	struct nearest nearest = {.word = path};

	for (size_t i = 0; i < settings_count; i++)
		if (!setting_has_star(&settings_table[i]))
			nearest_offer(&nearest, settings_table[i].path);
	const char *meant = nearest_word(&nearest);

	if (meant)
		loader_complain(loader, origin_of_overrides(loader), path, "unknown setting; did you mean '%s'?",
				meant);
	else
		loader_complain(loader, origin_of_overrides(loader), path, "unknown setting");
}

static void take_override(struct loader *loader, const char *given)
{
	size_t len = strcspn(given, "=");
	char *path = strndup(given, len);

	if (!path) {
		loader->result = -ENOMEM;
		return;
	}
	const struct setting *setting = setting_find(path);

	if (!given[len])
		messages_add(&loader->complaints->errors, "%s: '%s' is not KEY=VALUE",
			     origin_of_overrides(loader), given);
	else if (setting)
		override(loader, setting, path, given + len + 1, origin_of_overrides(loader));
	else if (strncmp(path, "plugins.", 8) != 0 ||
		 !loader_override_option(loader, path + 8, given + len + 1, origin_of_overrides(loader)))
		complain_unknown(loader, path);
	free(path);
}

void loader_override(struct loader *loader)
{
	take_environment(loader, loader->source->environment);
	for (const char *const *given = loader->source->overrides; given && *given; given++)
		take_override(loader, *given);
}
