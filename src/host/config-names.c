// SPDX-License-Identifier: MIT
/*
 * A stack of scopes, one for each bracket that is open. The settings of a scope lie behind those of the scopes around
 * it and go when it is closed, so that one array has them all. A name is compared with all others of its group, as
 * libconfig does it.
 */
#include "config.h"

#include "host/config-names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct scope {
	char bracket;	   /* that opened it: { has settings, ( and [ have elements */
	size_t n_before;   /* settings in the scopes around it */
	size_t n_elements; /* before the one that is being read */
};

struct setting_name {
	char *name;
	char *place; /* FILE:LINE */
};

struct config_names {
	struct scope *scopes; /* the outermost is the file itself */
	size_t n_scopes;
	struct setting_name *settings; /* of each group the last one is the one that is being read */
	size_t n_settings;
	struct setting_name met; /* the last name of all */
	struct messages *messages;
};

static void setting_name_deinit(struct setting_name *setting)
{
	free(setting->name);
	free(setting->place);
	*setting = (struct setting_name){0};
}

static void open_scope(struct config_names *names, char bracket)
{
	struct scope *scopes = reallocarray(names->scopes, names->n_scopes + 1, sizeof(*scopes));

	if (!scopes) {
		names->messages->is_incomplete = true;
		return;
	}
	scopes[names->n_scopes++] =
		(struct scope){.bracket = bracket, .n_before = names->n_settings};
	names->scopes = scopes;
}

/* The file itself stays open: a bracket too many is libconfig's to tell. */
static void close_scope(struct config_names *names)
{
	if (names->n_scopes < 2)
		return;
	size_t n_left = names->scopes[--names->n_scopes].n_before;

	while (names->n_settings > n_left)
		setting_name_deinit(&names->settings[--names->n_settings]);
}

static void complain_twice(const struct config_names *names, const char *first)
{
	char *path = config_names_path(names);

	messages_add(names->messages, "%s: %s: is there twice; the first one is at %s",
		     names->settings[names->n_settings - 1].place, path ? path : "a setting",
		     first);
	free(path);
}

static void take_setting(struct config_names *names)
{
	const struct scope *scope = &names->scopes[names->n_scopes - 1];
	struct setting_name *settings =
		reallocarray(names->settings, names->n_settings + 1, sizeof(*settings));

	if (!settings) {
		names->messages->is_incomplete = true;
		return;
	}
	names->settings = settings;
	settings[names->n_settings++] = names->met;
	names->met = (struct setting_name){0};
	for (size_t i = scope->n_before; i < names->n_settings - 1; i++)
		if (strcmp(settings[i].name, settings[names->n_settings - 1].name) == 0) {
			complain_twice(names, settings[i].place);
			return;
		}
}

struct config_names *config_names_new(struct messages *messages)
{
	struct config_names *names = calloc(1, sizeof(*names));

	if (!names)
		return NULL;
	names->messages = messages;
	open_scope(names, '{');
	if (names->n_scopes)
		return names;
	config_names_free(names);
	return NULL;
}

void config_names_free(struct config_names *names)
{
	if (!names)
		return;
	for (size_t i = 0; i < names->n_settings; i++)
		setting_name_deinit(&names->settings[i]);
	setting_name_deinit(&names->met);
	free(names->settings);
	free(names->scopes);
	free(names);
}

void config_names_meet(struct config_names *names, const char *name, size_t len, const char *file,
		       int line)
{
	setting_name_deinit(&names->met);
	names->met.name = strndup(name, len);
	if (asprintf(&names->met.place, "%s:%d", file, line) < 0)
		names->met.place = NULL;
	if (names->met.name && names->met.place)
		return;
	setting_name_deinit(&names->met);
	names->messages->is_incomplete = true;
}

void config_names_pass(struct config_names *names, char character)
{
	struct scope *scope = &names->scopes[names->n_scopes - 1];

	if (strchr("{([", character))
		open_scope(names, character);
	else if (strchr("})]", character))
		close_scope(names);
	else if (character == ',' && scope->bracket != '{')
		scope->n_elements++;
	else if (strchr("=:", character) && scope->bracket == '{' && names->met.name)
		take_setting(names);
}

static void print_step(const struct config_names *names, size_t i_scope, FILE *stream)
{
	const struct scope *scope = &names->scopes[i_scope];
	size_t n_until = i_scope + 1 < names->n_scopes ? scope[1].n_before : names->n_settings;

	if (scope->bracket != '{')
		fprintf(stream, "[%zu]", scope->n_elements);
	else if (n_until > scope->n_before)
		fprintf(stream, "%s%s", i_scope ? "." : "", names->settings[n_until - 1].name);
}

char *config_names_path(const struct config_names *names)
{
	char *path = NULL;
	size_t size;
	FILE *stream = names->n_settings ? open_memstream(&path, &size) : NULL;

	if (!stream)
		return NULL;
	for (size_t i = 0; i < names->n_scopes; i++)
		print_step(names, i, stream);
	fclose(stream);
	return path;
}
