// SPDX-License-Identifier: MIT
/*
 * show PLUGIN [OPTION=VALUE]... [pid=N]... [-- COMMAND ARGUMENT...] - collects once, or before and
 * after a command, and prints the last collection: a line KEY TYPE UNIT VALUE for each series.
 * Values of a list have a comma between.
 *
 * The plugin is loaded and its options are filled in by its own table, as a host does it.
 */
#include "resources/plain-host.h"

#include <dlfcn.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PIDS_MAX = 64, ITEMS_MAX = 64 };

static void fail(const char *what, const char *which)
{
	fprintf(stderr, "show: %s: %s\n", what, which);
	exit(2);
}

static struct sonde_list split(const char *text)
{
	const char **items = calloc(ITEMS_MAX, sizeof(*items));
	char *copy = strdup(text);
	size_t n = 0;

	for (char *item = strtok(copy, ", "); item && n < ITEMS_MAX; item = strtok(NULL, ", "))
		items[n++] = item;
	return (struct sonde_list){items, n};
}

/* "2GiB" */
static uint64_t read_size(const char *text)
{
	static const char units[] = "BKMG";
	char *end;
	uint64_t size = strtoull(text, &end, 10);
	const char *unit = *end ? strchr(units, *end) : units;

	if (!unit)
		fail("no size", text);
	return size << (10 * (unit - units));
}

static void set_option(const struct sonde_option *option, char *options, const char *text)
{
	void *place = options + option->offset;

	if (!text)
		return;
	switch (option->type) {
	case SONDE_OPTION_BOOL:
		*(bool *)place = strcmp(text, "true") == 0;
		break;
	case SONDE_OPTION_INT:
		*(int64_t *)place = strtoll(text, NULL, 10);
		break;
	case SONDE_OPTION_SIZE:
		*(uint64_t *)place = read_size(text);
		break;
	case SONDE_OPTION_STRING:
		*(const char **)place = text;
		break;
	case SONDE_OPTION_LIST:
		*(struct sonde_list *)place = split(text);
		break;
	default:
		fail("an option of a type that this does not know", option->name);
	}
}

/* What was given on the command line, or else the default. */
static void set_options(const struct sonde_plugin_desc *plugin, char *options, char **arguments)
{
	for (const struct sonde_option *option = plugin->options; option->name; option++) {
		size_t len = strlen(option->name);
		const char *text = option->default_text;

		for (char **argument = arguments; *argument; argument++)
			if (strncmp(*argument, option->name, len) == 0 && (*argument)[len] == '=')
				text = *argument + len + 1;
		set_option(option, options, text);
	}
}

static const struct sonde_plugin_desc *load(const char *path, const struct sonde_host *host)
{
	void *object = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	const struct sonde_plugin_desc *(*entry)(const struct sonde_host *host);

	if (!object)
		fail("dlopen", dlerror());
	*(void **)&entry = dlsym(object, SONDE_PLUGIN_SYMBOL);
	if (!entry)
		fail("dlsym", dlerror());
	return entry(host);
}

static void collect(const struct sonde_plugin_desc *plugin, void *instance,
		    struct plain_host *plain)
{
	plain_host_clear(plain);
	if (plugin->collect(instance, plain_host_emit(plain),
			    plain->host.now_mono_ns() + 5000000000))
		fail("collect", "failed");
}

static void run(char **command)
{
	pid_t child = fork();

	if (child == 0) {
		execvp(command[0], command);
		_exit(127);
	}
	waitpid(child, NULL, 0);
}

static void print(const struct plain_host *plain)
{
	static const char *const types[] = {"?", "counter", "gauge"};

	for (size_t i = 0; i < plain->n_series; i++) {
		const struct plain_series *series = &plain->series[i];

		printf("%s %s %s ", series->key, types[series->type], series->unit);
		if (series->type == SONDE_TYPE_COUNTER && !series->flags)
			printf("%" PRIu64 "\n", series->count);
		else
			printf("%.17g\n", series->number);
	}
}

int main(int argc, char **argv)
{
	static struct plain_host plain;
	static int32_t pids[PIDS_MAX];
	char **command = argv;
	struct sonde_err err = {""};
	void *instance;

	if (argc < 2)
		fail("no plugin", "");
	plain_host_init(&plain);
	plain.pids = pids;
	while (*command && strcmp(*command, "--") != 0) {
		if (strncmp(*command, "pid=", 4) == 0 && plain.n_pids < PIDS_MAX)
			pids[plain.n_pids++] = (int32_t)strtol(*command + 4, NULL, 10);
		command++;
	}
	if (*command)
		*command++ = NULL;

	const struct sonde_plugin_desc *plugin = load(argv[1], &plain.host);
	char *options = calloc(1, plugin->options_size);

	set_options(plugin, options, argv + 2);
	if (plugin->create(&plain.host, options, &instance, &err) || plugin->start(instance, &err))
		fail("create", err.text);
	collect(plugin, instance, &plain);
	if (*command) {
		run(command);
		collect(plugin, instance, &plain);
	}
	plugin->stop(instance, plain.host.now_mono_ns() + 1000000000);
	print(&plain);
	if (plain.n_lines)
		fprintf(stderr, "show: the plugin said: %s\n", plain.last_line);
	if (plain.n_refused)
		fail("series came twice", "");
	for (size_t i = 0; i < plain.n_threads; i++)
		pthread_join(plain.threads[i], NULL);
	plugin->destroy(instance);
	return 0;
}
