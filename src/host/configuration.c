// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/configuration.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "host/plugin-choice.h"
#include "model/emitter.h"

enum { RETENTION_DAYS = 30 };
/* As the settings' table says. */
#define RECORDINGS_KEPT 50
#define RECORDINGS_AGE_NS (INT64_C(30) * 24 * 60 * 60 * 1000000000)

int configuration_init(struct configuration *configuration)
{
	*configuration = (struct configuration){
		.follow = FOLLOW_ALL,
		.max_tag_sets = EMITTER_TAG_SETS,
		.max_path_tag_sets = EMITTER_PATH_TAG_SETS,
		.files = {.privacy = PRIVACY_PLAIN, .most = OBJECTS_DEFAULT},
		.peers = {.privacy = PRIVACY_PLAIN, .most = OBJECTS_DEFAULT},
		.stacks = {.slower_ns = UINT64_MAX, .depth = STACK_DEPTH},
		.interval_ns = PLUGIN_INTERVAL_NS,
		.retention_days = RETENTION_DAYS,
		.recordings_kept = RECORDINGS_KEPT,
		.recordings_age_ns = RECORDINGS_AGE_NS,
	};
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
	configuration_set_endpoints(configuration, NULL, 0);
	for (size_t i = 0; i < configuration->n_plugins; i++)
		plugin_config_free(configuration->plugins[i]);
	free(configuration->plugins);
	given_list_deinit(&configuration->given);
	free(configuration->directory);
	free(configuration->file);
	*configuration = (struct configuration){0};
}

int configuration_set_endpoints(struct configuration *configuration, const char *const *names,
				size_t n_names)
{
	char **copies = names ? calloc(n_names + 1, sizeof(*copies)) : NULL;
	size_t n_copies = 0;

	while (copies && n_copies < n_names) {
		copies[n_copies] = strdup(names[n_copies]);
		if (!copies[n_copies])
			break;
		n_copies++;
	}
	for (size_t i = 0; i < configuration->n_endpoints; i++)
		free(configuration->endpoints[i]);
	free(configuration->endpoints);
	configuration->endpoints = copies;
	configuration->n_endpoints = n_copies;
	return !names || (copies && n_copies == n_names) ? 0 : -ENOMEM;
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
	settings->stacks = configuration->stacks;
	if (configuration->follows_blocks)
		settings->stacks.allocated = 1;
	session_complete_stacks(&settings->stacks);
	for (size_t call = 0; call < CALL_COUNT; call++) {
		const struct call_choice *choice = &configuration->calls[call];

		if (choice->is_group_off || choice->is_excluded)
			settings->mode[call] |= MODE_OFF;
		if (configuration->accounts_memory && strcmp(call_table[call].group, "memory") == 0)
			settings->mode[call] |= MODE_ACCOUNTED;
		if (settings->stacks.allocated && strcmp(call_table[call].group, "memory") == 0)
			settings->mode[call] |= MODE_DRAWN;
		if (choice->period)
			settings->period[call] = choice->period;
		else if (choice->group_period)
			settings->period[call] = choice->group_period;
	}
	settings->files = configuration->files;
	settings->peers = configuration->peers;
	session_know_objects(settings);
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

/*
 * Takes over `path`, which may be NULL for want of memory, when such a file is there. Below a folder that we may not search
 * there is none for us: a service may have the home of another user.
 */
static int choose_if_there(char *path, char **ret_file)
{
	if (!path)
		return -ENOMEM;
	if (access(path, F_OK) < 0 && (errno == ENOENT || errno == ENOTDIR || errno == EACCES)) {
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

static int find_file(char *const *environment, bool is_trusted, char **ret_file)
{
	const char *folder = environment_find(environment, "XDG_CONFIG_HOME");
	const char *home = environment_find(environment, "HOME");
	int result = 0;

	if (is_trusted && folder && *folder == '/')
		result = choose_if_there(join(folder, "sonde/sonde.cfg"), ret_file);
	else if (is_trusted && home && *home == '/')
		result = choose_if_there(join(home, ".config/sonde/sonde.cfg"), ret_file);
	if (result == 0 && !*ret_file)
		result = choose_if_there(strdup("/etc/sonde/sonde.cfg"), ret_file);
	return result;
}

int configuration_find_in(const char *given, char *const *environment, bool is_trusted,
			  struct configuration_source *ret_source)
{
	const char *variable = environment_find(environment, "SONDE_CONFIG");
	char *file = NULL;
	int result = 0;

	if (!given && is_trusted && variable && *variable)
		given = variable;
	if (given) {
		file = strdup(given);
		result = file ? 0 : -ENOMEM;
	} else {
		result = find_file(environment, is_trusted, &file);
	}
	*ret_source = (struct configuration_source){
		.file = file,
		.is_named = given != NULL,
		.environment = is_trusted ? environment : NULL,
	};
	return result;
}

int configuration_find(const char *given, char *const *environment,
		       struct configuration_source *ret_source)
{
	return configuration_find_in(given, environment, !getauxval(AT_SECURE), ret_source);
}

void complaints_deinit(struct complaints *complaints)
{
	messages_deinit(&complaints->errors);
	messages_deinit(&complaints->warnings);
}
