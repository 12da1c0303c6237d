// SPDX-License-Identifier: MIT
/*
 * What can be seen without running code of the plugin is looked at first: who may have written the
 * file, and which major version it speaks, which its entry's name tells. Then comes dlopen(), and
 * then the description, of which nothing is read before its size is known.
 */
#include "config.h"

#include "host/plugin-loader.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/plugin-symbols.h"
#include "host/plugin-table.h"

enum { DESC_SIZE_LEAST = offsetof(struct sonde_plugin_desc, probe) };

typedef const struct sonde_plugin_desc *(*entry_function)(const struct sonde_host *host);

char *plugin_find(const char *name, const char *directory)
{
	char *path;

	if (*name == '/')
		return strdup(name);
	return asprintf(&path, "%s/%s.so", directory, name) < 0 ? NULL : path;
}

/* Nobody but root and the user could have put something else there. */
static bool is_ours(const struct stat *status)
{
	return status->st_uid == 0 || status->st_uid == geteuid();
}

static bool others_may_write(const struct stat *status)
{
	return (status->st_mode & (S_IWGRP | S_IWOTH)) != 0;
}

static int check_folder(const char *path, struct message *ret_message)
{
	char *folder = strndup(path, (size_t)(strrchr(path, '/') - path) + 1);
	struct stat status;
	int result = 0;

	if (!folder)
		return -ENOMEM;
	if (stat(folder, &status) < 0)
		result = -errno;
	else if (!is_ours(&status) || (others_may_write(&status) && !(status.st_mode & S_ISVTX)))
		result = -EPERM;
	if (result == -EPERM)
		message_set(ret_message,
			    "%s: its folder may be changed by others than root and you", path);
	else if (result < 0)
		message_set(ret_message, "%s: %s", folder, strerror(-result));
	free(folder);
	return result;
}

/* The folder in which it is named, and the one in which it lies if that name is a link. */
static int check_folders(const char *path, struct message *ret_message)
{
	int result = check_folder(path, ret_message);
	char *target = result < 0 ? NULL : realpath(path, NULL);

	if (target) {
		result = check_folder(target, ret_message);
	} else if (result == 0) {
		result = -errno;
		message_set(ret_message, "%s: %s", path, strerror(errno));
	}
	free(target);
	return result;
}

int plugin_check_file(const char *path, struct message *ret_message)
{
	struct stat status;

	if (stat(path, &status) < 0) {
		int result = -errno;

		message_set(ret_message, "%s: %s", path, strerror(errno));
		return result;
	}
	if (!is_ours(&status)) {
		message_set(ret_message, "%s: belongs neither to root nor to you", path);
		return -EPERM;
	}
	if (others_may_write(&status)) {
		message_set(ret_message, "%s: may be written by others than its owner", path);
		return -EPERM;
	}
	return check_folders(path, ret_message);
}

/* The version in the name of its entry says whether we may call it at all. */
static int check_entry(const struct plugin *plugin, int abi_major, struct message *ret_message)
{
	if (abi_major == SONDE_ABI_MAJOR)
		return 0;
	if (abi_major)
		message_set(ret_message, "%s: speaks ABI %d, this sonde speaks ABI %d",
			    plugin->path, abi_major, SONDE_ABI_MAJOR);
	else
		message_set(ret_message,
			    "%s: not a plugin: it does not export " SONDE_PLUGIN_SYMBOL,
			    plugin->path);
	return abi_major ? -EPROTONOSUPPORT : -ENOEXEC;
}

static int read_symbols(struct plugin *plugin, struct message *ret_message)
{
	struct plugin_symbols symbols;
	int result = plugin_symbols_read(plugin->path, &symbols, ret_message);

	if (result < 0)
		return result;
	plugin->leaked = symbols.leaked;
	plugin->n_leaked = symbols.n_leaked;
	return check_entry(plugin, symbols.abi_major, ret_message);
}

static int open_object(const struct plugin *plugin, entry_function *ret_entry,
		       struct message *ret_message)
{
	void *object = dlopen(plugin->path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	void *entry = object ? dlsym(object, SONDE_PLUGIN_SYMBOL) : NULL;

	if (!entry) {
		message_set(ret_message, "%s", dlerror());
		return -ENOEXEC;
	}
	memcpy(ret_entry, &entry, sizeof(entry));
	return 0;
}

/* Copies what the plugin has of a description. */
static int take_description(struct plugin *plugin, const struct sonde_plugin_desc *theirs,
			    struct message *ret_message)
{
	size_t size = theirs->struct_size;

	if (size < DESC_SIZE_LEAST) {
		message_set(ret_message,
			    "%s: its description has %zu bytes, at least %d are needed",
			    plugin->path, size, DESC_SIZE_LEAST);
		return -EPROTO;
	}
	memcpy(&plugin->desc, theirs, size < sizeof(plugin->desc) ? size : sizeof(plugin->desc));
	if (plugin->desc.abi_major != SONDE_ABI_MAJOR) {
		message_set(ret_message,
			    "%s: its description is one of ABI %u, this sonde speaks ABI %d",
			    plugin->path, plugin->desc.abi_major, SONDE_ABI_MAJOR);
		return -EPROTONOSUPPORT;
	}
	return 0;
}

/* What is missing for what it says to be; NULL: nothing. */
static const char *missing(const struct sonde_plugin_desc *desc)
{
	const uint32_t kinds = SONDE_KIND_EXPORTER | SONDE_KIND_MONITOR;

	if (!desc->name || !desc->version || !desc->license || !desc->summary)
		return "name, version, license or summary";
	if (!(desc->kind & kinds))
		return "a kind that this sonde knows: exporter, monitor";
	if ((desc->kind & SONDE_KIND_EXPORTER) && !desc->export_snapshot)
		return "export_snapshot()";
	if ((desc->kind & SONDE_KIND_MONITOR) && !desc->collect)
		return "collect()";
	return NULL;
}

static int check_description(const struct plugin *plugin, struct message *ret_message)
{
	const char *lack = missing(&plugin->desc);

	if (!lack)
		return 0;
	message_set(ret_message, "%s: its description lacks %s", plugin->path, lack);
	return -EPROTO;
}

static int describe(struct plugin *plugin, entry_function entry, struct message *ret_message)
{
	struct plugin_table table;

	plugin_table_init(&table, plugin->path, NULL, NULL);
	const struct sonde_plugin_desc *theirs = entry(&table.host);
	int result = theirs ? take_description(plugin, theirs, ret_message) : -ENOTSUP;

	plugin_table_deinit(&table);
	if (!theirs)
		message_set(ret_message, "%s: declines to work with sonde %s, ABI %d.%d",
			    plugin->path, PACKAGE_VERSION, SONDE_ABI_MAJOR, SONDE_ABI_MINOR);
	return result < 0 ? result : check_description(plugin, ret_message);
}

/* Neither depends on where we happen to be, nor on who may write there. */
static int check_name(const char *name, struct message *ret_message)
{
	if (*name && (*name == '/' || !strchr(name, '/')))
		return 0;
	message_set(ret_message, "%s: neither an absolute path nor the name of a plugin", name);
	return -EINVAL;
}

static int load(struct plugin *plugin, const char *name, struct message *ret_message)
{
	entry_function entry = NULL;
	int result = check_name(name, ret_message);

	if (result == 0)
		result = plugin_check_file(plugin->path, ret_message);

	if (result == 0)
		result = read_symbols(plugin, ret_message);
	if (result == 0)
		result = open_object(plugin, &entry, ret_message);
	return result < 0 ? result : describe(plugin, entry, ret_message);
}

int plugin_load(const char *name, const char *directory, struct plugin **ret_plugin,
		struct message *ret_message)
{
	struct plugin *plugin = calloc(1, sizeof(*plugin));

	if (plugin)
		plugin->path = plugin_find(name, directory);
	if (!plugin || !plugin->path) {
		plugin_free(plugin);
		message_set(ret_message, "out of memory");
		return -ENOMEM;
	}
	int result = -EPERM;

	if (getauxval(AT_SECURE))
		message_set(ret_message, "%s: no plugin is loaded with more rights than the user's",
			    name);
	else
		result = load(plugin, name, ret_message);
	if (result < 0)
		plugin_free(plugin);
	else
		*ret_plugin = plugin;
	return result;
}

struct plugin *plugin_free(struct plugin *plugin)
{
	if (!plugin)
		return NULL;
	for (size_t i = 0; i < plugin->n_leaked; i++)
		free(plugin->leaked[i]);
	free(plugin->leaked);
	free(plugin->path);
	free(plugin);
	return NULL;
}
