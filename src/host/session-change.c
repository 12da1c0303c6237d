// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/session-change.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "calls/call.h"
#include "host/settings.h"
#include "record/session.h"

#define TIMING "timing."

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
	int result = parse_name(is_timing ? path + strlen(TIMING) : path, &change, ret_message);

	if (result == 0)
		result = parse_value(path, equals + 1, &change, ret_message);
	if (result == 0)
		*ret_change = change;
	return result;
}

static void change_settings(struct session_settings *settings, const struct session_change *change)
{
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

static int open_session(const char *directory, struct session_file **ret_file)
{
	int fd = session_open_file(directory);

	if (fd < 0)
		return fd;
	int result = session_map_file(fd, NULL, ret_file);

	close(fd);
	return result;
}

/* One that has not ended. */
static int open_to_change(const char *directory, struct session_file **ret_file,
			  struct message *ret_message)
{
	struct session_file *file;
	int result = open_session(directory, &file);

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
