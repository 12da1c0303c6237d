// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/session-change.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "calls/call.h"
#include "host/configuration.h"
#include "host/session-map.h"
#include "host/settings.h"
#include "record/session.h"

#define TIMING "timing."
#define STACKS "stacks."

/* Those that a process looks at each time. */
static const char *const live_settings[] = {"stacks.failures", "stacks.slower_than", "stacks.every", "stacks.depth"};

static bool is_live(const char *path)
{
	for (size_t i = 0; i < sizeof(live_settings) / sizeof(live_settings[0]); i++)
		if (strcmp(path, live_settings[i]) == 0)
			return true;
	return false;
}

static int parse_stacks(const char *path, const char *text, struct session_change *ret_change,
			struct message *ret_message)
{
	const struct found found = {.type = FOUND_TEXT, .text = text};
	struct session_change change = {.of_stacks = setting_find(path)};
	struct message reason;

	if (!is_live(path)) {
		message_set(ret_message,
			    "%s cannot be changed while programs run; stacks.failures, stacks.slower_than, "
			    "stacks.every and stacks.depth can",
			    path);
		return -EINVAL;
	}
	int result = value_read(&change.of_stacks->rule, &found, &change.value, &reason);

	if (result < 0)
		message_set(ret_message, "%s: %s", path, reason.text);
	else
		*ret_change = change;
	return result;
}

/* The name of a group or a call, as the tables have it. */
static int parse_name(const char *name, struct session_change *change, struct message *ret_message)
{
	const struct value_rule rule = {.type = VALUE_STRING, .words = WORDS_GROUP_OR_CALL};
	const struct found found = {.type = FOUND_TEXT, .text = name};
	struct value value;
	int result = value_read(&rule, &found, &value, ret_message);

	if (result < 0)
		return result;
	change->name = value.string;
	change->is_group = vocabulary_find(WORDS_GROUP, name) >= 0;
	return 0;
}

/* Of "timing.memory" the value is a period, of "memory" a switch. */
static int parse_value(const char *path, const char *text, struct session_change *change,
		       struct message *ret_message)
{
	const struct value_rule on_or_off = {.type = VALUE_BOOL};
	struct found found = {.type = FOUND_TEXT, .text = text};
	struct message reason;
	struct value value;

	int result = value_read(change->is_switch ? &on_or_off : &setting_find(path)->rule, &found,
				&value, &reason);

	if (result < 0 && change->is_switch)
		message_set(ret_message, "%s: expected on or off, found '%s'", path, text);
	else if (result < 0)
		message_set(ret_message, "%s: %s", path, reason.text);
	change->is_on = value.boolean;
	change->period = (uint16_t)value.integer;
	return result;
}

int session_change_parse(const char *text, struct session_change *ret_change,
			 struct message *ret_message)
{
	const char *equals = strchr(text, '=');
	char *path = strndupa(text, equals ? (size_t)(equals - text) : 0);
	bool is_timing = strncmp(path, TIMING, strlen(TIMING)) == 0;
	struct session_change change = {.is_switch = !is_timing};

	if (!equals) {
		message_set(ret_message, "'%s' is not NAME=VALUE", text);
		return -EINVAL;
	}
	if (strncmp(path, STACKS, strlen(STACKS)) == 0)
		return parse_stacks(path, equals + 1, ret_change, ret_message);
	int result = parse_name(is_timing ? path + strlen(TIMING) : path, &change, ret_message);

	if (result == 0)
		result = parse_value(path, equals + 1, &change, ret_message);
	if (result == 0)
		*ret_change = change;
	return result;
}

/* Each is a word, or less, that a process looks at by itself. */
static void change_stacks(struct stack_settings *stacks, const struct session_change *change)
{
	struct configuration configuration = {.stacks = *stacks};
	const struct stack_settings *wanted = &configuration.stacks;

	change->of_stacks->take(&configuration, "", &change->value);
	__atomic_store_n(&stacks->slower_ns, wanted->slower_ns, __ATOMIC_RELAXED);
	__atomic_store_n(&stacks->every, wanted->every, __ATOMIC_RELAXED);
	__atomic_store_n(&stacks->depth, wanted->depth, __ATOMIC_RELAXED);
	__atomic_store_n(&stacks->failures, wanted->failures, __ATOMIC_RELAXED);
	session_complete_stacks(stacks);
}

static void change_settings(struct session_settings *settings, const struct session_change *change)
{
	if (change->of_stacks) {
		change_stacks(&settings->stacks, change);
		return;
	}
	for (unsigned int call = 0; call < CALL_COUNT; call++) {
		const struct call_info *row = &call_table[call];

		if (strcmp(change->is_group ? row->group : row->name, change->name) != 0)
			continue;
		if (change->is_switch)
			session_switch_call(settings, call, change->is_on);
		else
			session_set_period(settings, call, change->period);
	}
}

/* One that has not ended. */
static int open_to_change(const char *directory, struct session_file **ret_file,
			  struct message *ret_message)
{
	struct session_file *file;
	int result = session_map(directory, &file);

	if (result == -EPROTO)
		message_set(ret_message, "%s: not a session, or one of another version of sonde",
			    directory);
	else if (result < 0)
		message_set(ret_message, "%s: %s", directory, strerror(-result));
	if (result < 0)
		return result;
	if (__atomic_load_n(&file->settings.state, __ATOMIC_RELAXED) != SESSION_OPEN) {
		message_set(ret_message, "%s: the session has ended", directory);
		munmap(file, sizeof(*file));
		return -ESRCH;
	}
	*ret_file = file;
	return 0;
}

int session_change_all(const char *directory, const struct session_change *changes,
		       size_t n_changes, struct message *ret_message)
{
	struct session_file *file;
	int result = open_to_change(directory, &file, ret_message);

	if (result < 0)
		return result;
	for (size_t i = 0; i < n_changes; i++)
		change_settings(&file->settings, &changes[i]);
	munmap(file, sizeof(*file));
	return 0;
}

int session_ask_reload(const char *directory, struct message *ret_message)
{
	struct session_file *file;
	int result = open_to_change(directory, &file, ret_message);

	if (result < 0)
		return result;
	/* Relaxed: the host looks at nothing else of ours. */
	__atomic_fetch_add(&file->settings.reloads_asked, 1, __ATOMIC_RELAXED);
	munmap(file, sizeof(*file));
	return 0;
}
