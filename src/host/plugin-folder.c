// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/plugin-folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/nearest.h"
#include "host/plugin-loader.h"

#define SUFFIX ".so"

void plugin_folder_deinit(struct plugin_folder *folder)
{
	for (size_t i = 0; i < folder->n_descriptions; i++)
		plugin_description_free(folder->descriptions[i]);
	free(folder->descriptions);
	*folder = (struct plugin_folder){0};
}

static bool is_plugin(const char *file)
{
	size_t len = strlen(file);

	return *file != '.' && len > strlen(SUFFIX) &&
	       strcmp(file + len - strlen(SUFFIX), SUFFIX) == 0;
}

static int keep_name(char ***names, size_t *n_names, const char *file)
{
	char **larger = reallocarray(*names, *n_names + 1, sizeof(*larger));

	if (!larger)
		return -ENOMEM;
	*names = larger;
	larger[*n_names] = strndup(file, strlen(file) - strlen(SUFFIX));
	return larger[(*n_names)++] ? 0 : -ENOMEM;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int plugin_folder_list(const struct plugin_folder *folder, char ***ret_names, size_t *ret_n_names)
{
	DIR *stream = opendir(folder->path);
	char **names = NULL;
	size_t n_names = 0;
	int result = 0;

	if (!stream)
		return -errno;
	for (struct dirent *entry = readdir(stream); entry && result == 0; entry = readdir(stream))
		if (is_plugin(entry->d_name))
			result = keep_name(&names, &n_names, entry->d_name);
	closedir(stream);
	if (result < 0) {
		plugin_names_free(names, n_names);
		return result;
	}
	if (n_names)
		qsort(names, n_names, sizeof(*names), compare_names);
	*ret_names = names;
	*ret_n_names = n_names;
	return 0;
}

void plugin_names_free(char **names, size_t n_names)
{
	for (size_t i = 0; i < n_names; i++)
		free(names[i]);
	free(names);
}

static void say_missing(const struct plugin_folder *folder, const char *plugin,
			struct message *ret_message)
{
	struct nearest nearest = {.word = plugin};
	char **names = NULL;
	size_t n_names = 0;

	if (plugin_folder_list(folder, &names, &n_names) < 0)
		n_names = 0;
	for (size_t i = 0; i < n_names; i++)
		nearest_offer(&nearest, names[i]);
	const char *meant = nearest_word(&nearest);

	if (meant)
		message_set(ret_message, "there is no plugin '%s' in %s; did you mean '%s'?",
			    plugin, folder->path, meant);
	else
		message_set(ret_message, "there is no plugin '%s' in %s", plugin, folder->path);
	plugin_names_free(names, n_names);
}

static bool is_missing(const struct plugin_folder *folder, const char *plugin)
{
	char *path = strchr(plugin, '/') ? NULL : plugin_find(plugin, folder->path);
	bool is_there = !path || access(path, F_OK) == 0;

	free(path);
	return !is_there;
}

static int keep_description(struct plugin_folder *folder, struct plugin_description *description)
{
	struct plugin_description **larger =
		reallocarray(folder->descriptions, folder->n_descriptions + 1, sizeof(*larger));

	if (!larger) {
		plugin_description_free(description);
		return -ENOMEM;
	}
	folder->descriptions = larger;
	larger[folder->n_descriptions++] = description;
	return 0;
}

/* One that was asked for before; NULL: it was not, or does not work. */
static const struct plugin_description *find_known(const struct plugin_folder *folder,
						   const char *plugin)
{
	const struct plugin_description *known = NULL;
	char *path = plugin_find(plugin, folder->path);

	for (size_t i = 0; path && !known && i < folder->n_descriptions; i++)
		if (strcmp(folder->descriptions[i]->path, path) == 0)
			known = folder->descriptions[i];
	free(path);
	return known;
}

int plugin_folder_describe(struct plugin_folder *folder, const char *plugin,
			   const struct plugin_description **ret_description,
			   struct message *ret_message)
{
	const struct plugin_description *known = find_known(folder, plugin);
	struct plugin_description *description;

	if (known) {
		*ret_description = known;
		return 0;
	}
	if (is_missing(folder, plugin)) {
		say_missing(folder, plugin, ret_message);
		return -ENOENT;
	}
	int result = plugin_describe(plugin, folder->path, &description, ret_message);

	if (result == 0)
		result = keep_description(folder, description);
	if (result == 0)
		*ret_description = description;
	return result;
}

static int find(void *context, const char *plugin, struct option_table *ret_table,
		struct message *ret_message)
{
	const struct plugin_description *description;
	int result = plugin_folder_describe(context, plugin, &description, ret_message);

	if (result == 0)
		*ret_table = description->options;
	return result == -ENOMEM ? result : result < 0 ? PLUGIN_UNUSABLE : 0;
}

struct plugin_catalogue plugin_folder_catalogue(struct plugin_folder *folder)
{
	return (struct plugin_catalogue){.find = find, .context = folder};
}
