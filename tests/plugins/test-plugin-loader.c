// SPDX-License-Identifier: MIT
#include "config.h"

#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/plugin-loader.h"
#include "unit/unit.h"

static struct message message;

/* Whether the plugin is refused with a message that has these words. */
static bool is_refused(const char *name, const char *words)
{
	struct plugin *plugin;

	message.text[0] = '\0';
	if (plugin_load(name, ZOO_DIRECTORY, &plugin, &message) == 0) {
		plugin_free(plugin);
		printf("# %s is loaded\n", name);
		return false;
	}
	if (strstr(message.text, words))
		return true;
	printf("# %s: %s\n", name, message.text);
	return false;
}

/* A copy of a file, for tests that change it. */
static const char *copy_of(const char *animal)
{
	static char path[64];
	char folder[] = "/tmp/sonde-loader-XXXXXX";
	char command[256];

	if (!mkdtemp(folder))
		abort();
	snprintf(path, sizeof(path), "%s/copy.so", folder);
	snprintf(command, sizeof(command), "cp " ZOO_DIRECTORY "/%s.so %s && chmod 755 %s", animal,
		 path, path);
	if (system(command) != 0)
		abort();
	return path;
}

static void remove_copy(const char *path)
{
	char folder[64];

	unlink(path);
	snprintf(folder, sizeof(folder), "%.*s", (int)(strrchr(path, '/') - path), path);
	rmdir(folder);
}

static void a_good_plugin_is_loaded_by_name_and_by_path(void)
{
	struct plugin *plugin = NULL;

	CU_ASSERT_EQUAL(plugin_load("well", ZOO_DIRECTORY, &plugin, &message), 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(plugin);
	CU_ASSERT_STRING_EQUAL(plugin->desc.name, "well");
	CU_ASSERT_PTR_NOT_NULL(plugin->desc.export_snapshot);
	CU_ASSERT_EQUAL(plugin->n_leaked, 0);
	plugin_free(plugin);
	plugin = NULL;
	CU_ASSERT_EQUAL(plugin_load(ZOO_DIRECTORY "/well.so", "/nowhere", &plugin, &message), 0);
	plugin_free(plugin);
}

static void one_of_another_abi_is_told_which_abi_both_speak(void)
{
	CU_ASSERT(is_refused("wrong-abi", "wrong-abi.so: speaks ABI 2, this sonde speaks ABI 1"));
}

static void a_missing_file_is_named(void)
{
	CU_ASSERT(is_refused("unicorn", ZOO_DIRECTORY "/unicorn.so: No such file"));
}

static void a_symbol_that_is_nowhere_is_named(void)
{
	CU_ASSERT(is_refused("unresolved", "undefined symbol: no_such_function"));
}

static void a_description_that_is_too_small_is_refused(void)
{
	CU_ASSERT(is_refused("small", "its description has 12 bytes, at least 64 are needed"));
}

static void an_exporter_that_exports_nothing_is_refused(void)
{
	CU_ASSERT(is_refused("no-export", "lacks export_snapshot()"));
}

static void a_plugin_may_decline(void)
{
	CU_ASSERT(is_refused("declines", "declines to work with sonde"));
}

static void what_is_no_plugin_is_refused(void)
{
	CU_ASSERT(is_refused("/etc/passwd", "not a shared object"));
	CU_ASSERT(is_refused("../zoo/well", "neither an absolute path nor the name"));
	const char *empty = copy_of("well");

	CU_ASSERT_EQUAL(truncate(empty, 100), 0);
	CU_ASSERT(is_refused(empty, "not a shared object"));
	remove_copy(empty);
}

static void a_damaged_object_is_refused_before_it_is_loaded(void)
{
	const char *path = copy_of("well");
	int fd = open(path, O_RDWR);
	off_t size = lseek(fd, 0, SEEK_END);
	Elf64_Ehdr header;
	char byte = (char)0xff;

	CU_ASSERT_EQUAL(pread(fd, &header, sizeof(header), 0), sizeof(header));
	for (off_t at = (off_t)header.e_shoff; at < size; at++)
		CU_ASSERT_EQUAL(pwrite(fd, &byte, 1, at), 1);
	close(fd);
	CU_ASSERT(is_refused(path, "not a shared object"));
	remove_copy(path);
}

static void a_file_that_others_may_write_is_refused(void)
{
	const char *path = copy_of("well");

	chmod(path, 0757);
	CU_ASSERT(is_refused(path, "may be written by others"));
	chmod(path, 0775);
	CU_ASSERT(is_refused(path, "may be written by others"));
	chmod(path, 0755);
	if (geteuid() == 0) {
		CU_ASSERT_EQUAL(chown(path, 65534, 65534), 0);
		CU_ASSERT(is_refused(path, "belongs neither to root nor to you"));
	}
	remove_copy(path);
}

static void a_file_in_a_folder_that_others_may_change_is_refused(void)
{
	const char *path = copy_of("well");
	char folder[64];

	snprintf(folder, sizeof(folder), "%.*s", (int)(strrchr(path, '/') - path), path);
	chmod(folder, 0777);
	CU_ASSERT(is_refused(path, "its folder may be changed by others"));
	remove_copy(path);
}

static void a_link_into_a_folder_that_others_may_change_is_refused(void)
{
	const char *path = copy_of("well");
	char folder[64];
	char links[] = "/tmp/sonde-links-XXXXXX";
	char link_path[64];

	snprintf(folder, sizeof(folder), "%.*s", (int)(strrchr(path, '/') - path), path);
	chmod(folder, 0777);
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(links));
	snprintf(link_path, sizeof(link_path), "%s/copy.so", links);
	CU_ASSERT_EQUAL(symlink(path, link_path), 0);
	CU_ASSERT(is_refused(link_path, "its folder may be changed by others"));
	remove_copy(link_path);
	remove_copy(path);
}

static void symbols_that_leak_are_listed(void)
{
	struct plugin *plugin = NULL;

	CU_ASSERT_EQUAL(plugin_load("leaks", ZOO_DIRECTORY, &plugin, &message), 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(plugin);
	CU_ASSERT_EQUAL_FATAL(plugin->n_leaked, 2);
	CU_ASSERT(strcmp(plugin->leaked[0], "compress") == 0 ||
		  strcmp(plugin->leaked[1], "compress") == 0);
	plugin_free(plugin);
}

UNIT_MAIN("plugin-loader",
	  {"a good plugin is loaded by name and by path",
	   a_good_plugin_is_loaded_by_name_and_by_path},
	  {"one of another ABI is told which ABI both speak",
	   one_of_another_abi_is_told_which_abi_both_speak},
	  {"a missing file is named", a_missing_file_is_named},
	  {"a symbol that is nowhere is named", a_symbol_that_is_nowhere_is_named},
	  {"a description that is too small is refused",
	   a_description_that_is_too_small_is_refused},
	  {"an exporter that exports nothing is refused",
	   an_exporter_that_exports_nothing_is_refused},
	  {"a plugin may decline", a_plugin_may_decline},
	  {"what is no plugin is refused", what_is_no_plugin_is_refused},
	  {"a damaged object is refused before it is loaded",
	   a_damaged_object_is_refused_before_it_is_loaded},
	  {"a file that others may write is refused", a_file_that_others_may_write_is_refused},
	  {"a file in a folder that others may change is refused",
	   a_file_in_a_folder_that_others_may_change_is_refused},
	  {"so is a link to one", a_link_into_a_folder_that_others_may_change_is_refused},
	  {"symbols that leak are listed", symbols_that_leak_are_listed})
