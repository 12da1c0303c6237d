// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/settings.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/configuration.h"
#include "host/nearest.h"
#include "model/labels.h"

static int take_follow(struct configuration *configuration, const char *key,
		       const struct value *value)
{
	(void)key;
	configuration->follow = (enum follow)value->integer;
	return 0;
}

static int take_directory(struct configuration *configuration, const char *key,
			  const struct value *value)
{
	char *directory = strdup(value->string);

	(void)key;
	if (!directory)
		return -ENOMEM;
	free(configuration->directory);
	configuration->directory = directory;
	return 0;
}

static int take_grace(struct configuration *configuration, const char *key, const struct value *value)
{
	(void)key;
	configuration->grace_ns = value->integer;
	return 0;
}

static int take_leave(struct configuration *configuration, const char *key, const struct value *value)
{
	(void)key;
	configuration->leaves = value->boolean;
	return 0;
}

static int check_label(const char *key, const struct value *value, struct message *ret_message)
{
	return label_check(key, value->string, ret_message);
}

static int take_label(struct configuration *configuration, const char *key,
		      const struct value *value)
{
	return configuration_add_label(configuration, key, value->string);
}

static bool strings_have(const struct value *value, const char *word)
{
	for (size_t i = 0; i < value->n_strings; i++)
		if (strcmp(value->strings[i], word) == 0)
			return true;
	return false;
}

static int take_groups(struct configuration *configuration, const char *key,
		       const struct value *value)
{
	(void)key;
	for (size_t call = 0; call < CALL_COUNT; call++)
		configuration->calls[call].is_group_off =
			!strings_have(value, call_table[call].group);
	return 0;
}

static int take_exclude(struct configuration *configuration, const char *key,
			const struct value *value)
{
	(void)key;
	for (size_t call = 0; call < CALL_COUNT; call++)
		configuration->calls[call].is_excluded = strings_have(value, call_table[call].name);
	return 0;
}

static int take_timing(struct configuration *configuration, const char *key,
		       const struct value *value)
{
	bool is_group = vocabulary_find(WORDS_GROUP, key) >= 0;

	for (size_t call = 0; call < CALL_COUNT; call++) {
		struct call_choice *choice = &configuration->calls[call];

		if (is_group && strcmp(call_table[call].group, key) == 0)
			choice->group_period = (uint16_t)value->integer;
		else if (!is_group && strcmp(call_table[call].name, key) == 0)
			choice->period = (uint16_t)value->integer;
	}
	return 0;
}

static int take_memory_account(struct configuration *configuration, const char *key,
			       const struct value *value)
{
	(void)key;
	configuration->accounts_memory = value->boolean;
	return 0;
}

/* What may stand in a recording of the names of files, or of peers; in the order of enum privacy. */
static const char *const privacy_words[] = {"plain", "hashed", "off", NULL};

static int take_files_privacy(struct configuration *configuration, const char *key, const struct value *value)
{
	(void)key;
	configuration->files.privacy = (uint16_t)value->integer;
	return 0;
}

static int take_files_most(struct configuration *configuration, const char *key, const struct value *value)
{
	(void)key;
	configuration->files.most = (uint16_t)value->integer;
	return 0;
}

static int take_peers_privacy(struct configuration *configuration, const char *key, const struct value *value)
{
	(void)key;
	configuration->peers.privacy = (uint16_t)value->integer;
	return 0;
}

static int take_peers_most(struct configuration *configuration, const char *key, const struct value *value)
{
	(void)key;
	configuration->peers.most = (uint16_t)value->integer;
	return 0;
}

static int take_memory_exact(struct configuration *configuration, const char *key,
			     const struct value *value)
{
	(void)key;
	configuration->follows_blocks = value->boolean;
	return 0;
}

static int take_stacks_failures(struct configuration *configuration, const char *key,
				const struct value *value)
{
	(void)key;
	configuration->stacks.failures = value->boolean;
	return 0;
}

static int take_stacks_slower(struct configuration *configuration, const char *key,
			      const struct value *value)
{
	(void)key;
	configuration->stacks.slower_ns = value->integer ? (uint64_t)value->integer : UINT64_MAX;
	return 0;
}

static int take_stacks_every(struct configuration *configuration, const char *key,
			     const struct value *value)
{
	(void)key;
	configuration->stacks.every = (uint32_t)value->integer;
	return 0;
}

static int take_stacks_allocated(struct configuration *configuration, const char *key,
				 const struct value *value)
{
	(void)key;
	configuration->stacks.allocated = (uint64_t)value->integer;
	return 0;
}

static int take_stacks_depth(struct configuration *configuration, const char *key,
			     const struct value *value)
{
	(void)key;
	configuration->stacks.depth = (uint16_t)value->integer;
	return 0;
}

static int take_stacks_debuginfod(struct configuration *configuration, const char *key,
				  const struct value *value)
{
	(void)key;
	configuration->asks_symbol_servers = value->boolean;
	return 0;
}

static int take_tag_sets(struct configuration *configuration, const char *key,
			 const struct value *value)
{
	(void)key;
	configuration->max_tag_sets = value->integer;
	return 0;
}

static int take_path_tag_sets(struct configuration *configuration, const char *key,
			      const struct value *value)
{
	(void)key;
	configuration->max_path_tag_sets = value->integer;
	return 0;
}

static int take_interval(struct configuration *configuration, const char *key,
			 const struct value *value)
{
	(void)key;
	configuration->interval_ns = value->integer;
	return 0;
}

static int take_retention(struct configuration *configuration, const char *key,
			  const struct value *value)
{
	(void)key;
	configuration->retention_days = value->integer;
	return 0;
}

static int take_recordings_kept(struct configuration *configuration, const char *key,
				const struct value *value)
{
	(void)key;
	configuration->recordings_kept = value->integer;
	return 0;
}

static int take_recordings_age(struct configuration *configuration, const char *key,
			       const struct value *value)
{
	(void)key;
	configuration->recordings_age_ns = value->integer;
	return 0;
}

static void free_expected(struct call_choice *choice)
{
	for (size_t i = 0; i < choice->n_expected; i++)
		free(choice->expected[i]);
	free(choice->expected);
	choice->expected = NULL;
	choice->n_expected = 0;
}

static int take_expected(struct configuration *configuration, const char *key,
			 const struct value *value)
{
	int call = vocabulary_find(WORDS_CALL, key);
	struct call_choice *choice = &configuration->calls[call];

	free_expected(choice);
	choice->has_expected = true;
	choice->expected = calloc(value->n_strings + 1, sizeof(*choice->expected));
	if (!choice->expected)
		return -ENOMEM;
	for (size_t i = 0; i < value->n_strings; i++) {
		choice->expected[i] = strdup(value->strings[i]);
		if (!choice->expected[i])
			return -ENOMEM;
		choice->n_expected++;
	}
	return 0;
}

static int take_collection_interval(struct configuration *configuration, const char *key,
				    const struct value *value)
{
	(void)key;
	configuration->collection_interval = value->number;
	return 0;
}

static int take_retention_days(struct configuration *configuration, const char *key,
			       const struct value *value)
{
	(void)key;
	configuration->history_days = value->integer;
	return 0;
}

static int take_endpoints(struct configuration *configuration, const char *key,
			  const struct value *value)
{
	(void)key;
	return configuration_set_endpoints(configuration, value->strings, value->n_strings);
}

const struct setting settings_table[] = {
	{
		.path = "session.follow",
		.rule = {.type = VALUE_ENUM, .words = WORDS_FOLLOW},
		.default_text = "all",
		.summary = "Which children are watched: all of them, those whose environment still "
			   "names sonde, or none.",
		.take = take_follow,
	},
	{
		.path = "session.directory",
		.rule = {.type = VALUE_STRING},
		.default_text = "",
		.summary = "Folder in which the session's directory is made; empty for /dev/shm, "
			   "$XDG_RUNTIME_DIR or $TMPDIR.",
		.take = take_directory,
	},
	{
		.path = "session.grace",
		.rule = {.type = VALUE_DURATION, .min = 0, .max = INT64_C(86400000000000)},
		.default_text = "0s",
		.summary = "So long sonde run waits at the end for processes that outlive its command.",
		.take = take_grace,
	},
	{
		.path = "session.leave",
		.rule = {.type = VALUE_BOOL},
		.default_text = "false",
		.summary = "Those that run even then record on, in a session that sonde sessions lists and collects when "
			   "they have ended; else they are not watched any more.",
		.take = take_leave,
	},
	{
		.path = "session.labels.*",
		.rule = {.type = VALUE_STRING},
		.default_words = "none",
		.summary =
			"A label that is kept in the recording; --label KEY=VALUE adds or replaces "
			"one.",
		.check = check_label,
		.take = take_label,
	},
	{
		.path = "intercept.groups",
		.rule = {.type = VALUE_LIST, .words = WORDS_GROUP},
		.default_words = "all groups",
		.summary = "Groups of calls that are counted; the others are passed through "
			   "uncounted.",
		.take = take_groups,
	},
	{
		.path = "intercept.exclude",
		.rule = {.type = VALUE_LIST, .words = WORDS_CALL},
		.default_text = "",
		.summary = "Calls that are not counted although their group is.",
		.take = take_exclude,
	},
	{
		.path = "timing.*",
		.keys = WORDS_GROUP_OR_CALL,
		.rule = {.type = VALUE_INTEGER, .min = 1, .max = TIMING_PERIOD_MAX},
		.default_words = "64 for fast calls, 1 for others",
		.summary =
			"One call in so many is timed, all are counted; a call's own number goes "
			"before its group's, and a name that is both means the group.",
		.take = take_timing,
	},
	{
		.path = "memory.account",
		.rule = {.type = VALUE_BOOL},
		.default_text = "false",
		.summary =
			"Bytes that are live in each process, and their peak, are accounted for; "
			"each allocation then costs some 10 ns more.",
		.take = take_memory_account,
	},
	{
		.path = "memory.exact",
		.rule = {.type = VALUE_BOOL},
		.default_text = "false",
		.summary = "Every block is followed from its allocation to its end, with its stack: for "
			   "short runs; stacks.allocated then means nothing.",
		.take = take_memory_exact,
	},
	{
		.path = "stacks.failures",
		.rule = {.type = VALUE_BOOL},
		.default_text = "false",
		.summary = "Stacks of failing calls: of each caller and error the first ones, then "
			   "fewer and fewer.",
		.take = take_stacks_failures,
	},
	{
		.path = "stacks.slower_than",
		.rule = {.type = VALUE_DURATION, .min = 0, .max = INT64_C(86400) * 1000000000},
		.default_text = "0s",
		.summary = "Stacks of calls that take at least so long, and are timed; 0s: of none.",
		.take = take_stacks_slower,
	},
	{
		.path = "stacks.every",
		.rule = {.type = VALUE_INTEGER, .min = 0, .max = 1000000000},
		.default_text = "0",
		.summary = "The stack of one call in so many; 0: of none.",
		.take = take_stacks_every,
	},
	{
		.path = "stacks.allocated",
		.rule = {.type = VALUE_SIZE, .min = 0, .max = INT64_C(1) << 40},
		.default_text = "0B",
		.summary = "The stack of an allocation each time that so many bytes were allocated, on "
			   "average: the heap profile; 512KiB is cheap enough to leave on; 0B: of none.",
		.take = take_stacks_allocated,
	},
	{
		.path = "stacks.depth",
		.rule = {.type = VALUE_INTEGER, .min = 1, .max = STACK_DEPTH_MAX},
		.default_text = "32",
		.summary = "So many frames of a stack are kept, the innermost ones.",
		.take = take_stacks_depth,
	},
	{
		.path = "stacks.debuginfod",
		.rule = {.type = VALUE_BOOL},
		.default_text = "false",
		.summary = "The servers in $DEBUGINFOD_URLS are asked for what names functions and "
			   "lines, where it is not on this machine.",
		.take = take_stacks_debuginfod,
	},
	{
		.path = "files.privacy",
		.rule = {.type = VALUE_ENUM, .choices = privacy_words},
		.default_text = "plain",
		.summary = "What is recorded of each file: its path, a hash in its place that is the same in all "
			   "of the session, or nothing at all.",
		.take = take_files_privacy,
	},
	{
		.path = "files.most",
		.rule = {.type = VALUE_INTEGER, .min = 1, .max = OBJECTS_MAX},
		.default_text = "1000",
		.summary = "So many files each process is recorded with; what it does to others is added up in one "
			   "row. Half of them can be files that never opened.",
		.take = take_files_most,
	},
	{
		.path = "peers.privacy",
		.rule = {.type = VALUE_ENUM, .choices = privacy_words},
		.default_text = "plain",
		.summary = "The same for the addresses of sockets.",
		.take = take_peers_privacy,
	},
	{
		.path = "peers.most",
		.rule = {.type = VALUE_INTEGER, .min = 1, .max = OBJECTS_MAX},
		.default_text = "1000",
		.summary = "The same for the addresses of sockets.",
		.take = take_peers_most,
	},
	{
		.path = "metrics.interval",
		.rule = {.type = VALUE_DURATION, .min = 100000000, .max = INT64_C(86400000000000)},
		.default_text = "10s",
		.summary = "How often plugins collect and export that have no interval of their own.",
		.take = take_interval,
	},
	{
		.path = "metrics.retention_days",
		.rule = {.type = VALUE_INTEGER, .min = 1, .max = 36500},
		.default_text = "30",
		.summary = "So many days plugins keep that keep figures of the past, if they have no number "
			   "of their own.",
		.take = take_retention,
	},
	{
		.path = "metrics.max_tag_sets",
		.rule = {.type = VALUE_INTEGER, .min = 1, .max = 100000},
		.default_text = "2000",
		.summary = "So many series a name may have, of a plugin's figures or of the program's; "
			   "those beyond go into one that has the tag otel.metric.overflow.",
		.take = take_tag_sets,
	},
	{
		.path = "metrics.max_path_tag_sets",
		.rule = {.type = VALUE_INTEGER, .min = 1, .max = 100000},
		.default_text = "200",
		.summary = "So many of them may have a tag that is like a path: its value begins with / or "
			   "has :// in it, or its key ends with a word such as path, file, url, address or peer.",
		.take = take_path_tag_sets,
	},
	{
		.path = "recordings.keep",
		.rule = {.type = VALUE_INTEGER, .min = 0, .max = 10000},
		.default_text = "50",
		.summary = "So many recordings of the last runs are kept for sonde report, diff and sessions; "
			   "0 keeps none.",
		.take = take_recordings_kept,
	},
	{
		.path = "recordings.age",
		.rule = {.type = VALUE_DURATION, .min = 0, .max = INT64_MAX},
		.default_text = "30d",
		.summary = "Recordings that are older are not kept; 0s keeps them whatever their age.",
		.take = take_recordings_age,
	},
	{
		.path = "failures.expected.*",
		.keys = WORDS_CALL,
		.rule = {.type = VALUE_LIST, .words = WORDS_ERROR},
		.default_words = "built in",
		.summary = "Failures of this call that are expected and no errors; replaces the "
			   "built-in list of the call.",
		.take = take_expected,
	},
	{
		.path = "collection_interval",
		.rule = {.type = VALUE_DOUBLE, .least = 0, .most = 86400},
		.default_text = "0",
		.summary = "For programs with libsonde: every so many seconds a thread looks at "
			   "figures, for windows and streams; 0: only as often as is needed.",
		.take = take_collection_interval,
	},
	{
		.path = "retention_days",
		.rule = {.type = VALUE_INTEGER, .min = 1, .max = 36500},
		.default_words = "30 days",
		.summary = "For so many days the history plugin keeps figures, where it is not "
			   "told otherwise; in programs with libsonde there is then one named "
			   "history.",
		.take = take_retention_days,
	},
	{
		.path = "export_endpoints",
		.rule = {.type = VALUE_LIST},
		.default_text = "",
		.summary = "For programs with libsonde: the instances of plugins that they export "
			   "to; an empty list is all of them.",
		.take = take_endpoints,
	},
};

const size_t settings_count = sizeof(settings_table) / sizeof(settings_table[0]);

bool setting_has_star(const struct setting *setting)
{
	return setting->path[strlen(setting->path) - 1] == '*';
}

static bool has_prefix(const char *path, const char *prefix, size_t len)
{
	return strncmp(path, prefix, len) == 0;
}

const struct setting *setting_find(const char *path)
{
	for (size_t i = 0; i < settings_count; i++) {
		const struct setting *setting = &settings_table[i];
		size_t len = strlen(setting->path) - 1;

		if (strcmp(setting->path, path) == 0)
			return setting;
		if (setting_has_star(setting) && has_prefix(path, setting->path, len) &&
		    path[len] && !strchr(path + len, '.'))
			return setting;
	}
	return NULL;
}

const char *setting_key(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot ? dot + 1 : path;
}

bool setting_is_below(const struct setting *setting, const char *path)
{
	size_t len = strlen(path);

	return len == 0 || (has_prefix(setting->path, path, len) &&
			    (setting->path[len] == '.' || !setting->path[len]));
}

const char *setting_name_below(const struct setting *setting, const char *group, char *buf,
			       size_t size)
{
	size_t len = strlen(group);

	if (!setting_is_below(setting, group) || (len && !setting->path[len]))
		return NULL;
	const char *name = setting->path + len + (len ? 1 : 0);

	snprintf(buf, size, "%.*s", (int)strcspn(name, "."), name);
	return buf;
}

bool settings_has_group(const char *path)
{
	char name[64];

	for (size_t i = 0; i < settings_count; i++)
		if (setting_name_below(&settings_table[i], path, name, sizeof(name)))
			return true;
	return false;
}

/* -- Environment variables --------------------------------------------------------------------- */

const char *setting_variable(const char *path, char *ret_name, size_t size)
{
	snprintf(ret_name, size, "SONDE_%s", path);
	for (char *c = ret_name; *c; c++)
		*c = *c == '.' || *c == '-' ? '_' : (char)toupper((unsigned char)*c);
	return ret_name;
}

/* The path of a row with one of its keys in the place of the star. */
static const char *path_with_key(const struct setting *setting, const char *key, char *ret_path)
{
	snprintf(ret_path, SETTING_PATH_SIZE, "%.*s%s", (int)strlen(setting->path) - 1,
		 setting->path, key);
	return ret_path;
}

/* A label may have any key; in a variable's name all letters are capitals, in the key none is. */
static const char *label_of_variable(const struct setting *setting, const char *name,
				     char *ret_path)
{
	char prefix[SETTING_PATH_SIZE];
	size_t len = strlen(setting_variable(setting->path, prefix, sizeof(prefix))) - 1;

	if (!has_prefix(name, prefix, len) || !name[len])
		return NULL;
	path_with_key(setting, name + len, ret_path);
	for (char *c = ret_path + strlen(setting->path) - 1; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return ret_path;
}

/* Whether this path's variable has the name. If not, it may be offered: nearest may be NULL. */
static bool is_variable_of(const char *path, const char *wanted, struct nearest *nearest)
{
	char name[SETTING_PATH_SIZE];

	if (strcmp(setting_variable(path, name, sizeof(name)), wanted) == 0)
		return true;
	if (nearest)
		nearest_offer(nearest, name);
	return false;
}

static bool is_variable_of_row(const struct setting *setting, const char *name, char *ret_path,
			       struct nearest *nearest)
{
	const char *key;

	if (!setting_has_star(setting)) {
		snprintf(ret_path, SETTING_PATH_SIZE, "%s", setting->path);
		return is_variable_of(ret_path, name, nearest);
	}
	if (setting->keys == WORDS_ANY)
		return label_of_variable(setting, name, ret_path) != NULL;
	for (size_t i = 0; (key = vocabulary_word(setting->keys, i)); i++)
		if (is_variable_of(path_with_key(setting, key, ret_path), name, nearest))
			return true;
	return false;
}

const struct setting *setting_of_variable(const char *name, char *ret_path, struct nearest *nearest)
{
	for (size_t i = 0; i < settings_count; i++)
		if (is_variable_of_row(&settings_table[i], name, ret_path, NULL))
			return &settings_table[i];
	for (size_t i = 0; i < settings_count; i++)
		is_variable_of_row(&settings_table[i], name, ret_path, nearest);
	return NULL;
}
