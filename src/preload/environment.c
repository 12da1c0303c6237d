// SPDX-License-Identifier: MIT
#include "config.h"

#include "preload/environment.h"

#include "base/compiler.h"
#include "base/raw.h"
#include "base/text.h"
#include "record/marks.h"
#include "record/preload-list.h"
#include "record/recorder.h"
#include "record/startup.h"

#include <sys/mman.h>
#include <unistd.h>

#define PRELOAD_VARIABLE "LD_PRELOAD"

/* "SONDE_SESSION=" and the directory; "" while there is no session. */
static KEPT char session_entry[sizeof(SESSION_VARIABLE) + SESSION_PATH_SIZE];

/* Our object, as an absolute path: children may run in another directory. Where the loader has it so, it is not copied. */
static KEPT const char *known_own_path;
static char own_path_copy[ENVIRONMENT_PRELOAD_SIZE / 2];

static const char *own_path(void)
{
	return known_own_path ? known_own_path : "";
}

static void copy_own_path(const char *name)
{
	struct text path = text_init(own_path_copy, sizeof(own_path_copy));

	if (*name != '/') {
		raw_syscall(SYS_getcwd, (long)own_path_copy, sizeof(own_path_copy) - 1, 0, 0, 0, 0);
		path.len = text_length(own_path_copy);
		text_add_char(&path, '/');
	}
	text_add(&path, name);
	known_own_path = own_path_copy;
}

static void find_own_path(void)
{
	struct link_map *own = startup_own_object();

	if (!own)
		return;
	if (own->l_name[0] == '/' && text_length(own->l_name) < sizeof(own_path_copy))
		known_own_path = own->l_name;
	else
		copy_own_path(own->l_name);
}

static void prepare(void)
{
	if (*session_entry || !*recorder_session_directory())
		return;
	struct text entry = text_init(session_entry, sizeof(session_entry));

	find_own_path();
	text_add(&entry, SESSION_VARIABLE "=");
	text_add(&entry, recorder_session_directory());
}

static bool element_is(const char *list, size_t len, const char *path)
{
	return text_length(path) == len && text_starts_with(list, path);
}

static bool element_is_ours(const char *list, size_t len)
{
	const struct link_map *own = startup_own_object();

	return element_is(list, len, own_path()) || (own && element_is(list, len, own->l_name));
}

/* The one path that names us wherever the next program may run; a relative one does not. */
static bool element_is_own_path(const char *list, size_t len)
{
	return element_is(list, len, own_path());
}

static bool list_has(const char *list, bool (*is_wanted)(const char *list, size_t len))
{
	while (list && *list) {
		size_t len = preload_element_length(list);

		if (is_wanted(list, len))
			return true;
		list += len + (list[len] != '\0');
	}
	return false;
}

bool environment_names_us(char *const *environment)
{
	return environment_find(environment, SESSION_VARIABLE) &&
	       list_has(environment_find(environment, PRELOAD_VARIABLE), element_is_own_path);
}

bool environment_can_reach_us(void)
{
	char session[SESSION_PATH_SIZE + sizeof("/" SESSION_FILE)];
	struct text path = text_init(session, sizeof(session));

	prepare();
	text_add(&path, recorder_session_directory());
	text_add(&path, "/" SESSION_FILE);
	return raw_access_after_exec(own_path(), R_OK) == 0 &&
	       raw_access_after_exec(session, R_OK | W_OK) == 0;
}

size_t environment_copy_room(char *const *environment)
{
	size_t n_entries = 0;

	while (environment && environment[n_entries])
		n_entries++;
	return n_entries + ENVIRONMENT_ADDED;
}

/* The list without our path; the other elements keep their order and separators. */
static void leave_list(struct text *ret_entry, const char *list)
{
	bool is_first = true;

	text_add(ret_entry, PRELOAD_VARIABLE "=");
	while (*list) {
		size_t len = preload_element_length(list);

		if (!element_is_ours(list, len)) {
			if (!is_first)
				text_add_char(ret_entry, ':');
			for (size_t i = 0; i < len; i++)
				text_add_char(ret_entry, list[i]);
			is_first = false;
		}
		list += len + (list[len] != '\0');
	}
}

/* Another thread may have added to the environment since its entries were counted. */
static bool is_full(const struct environment_copy *copy, size_t n_entries)
{
	return n_entries + ENVIRONMENT_ADDED >= copy->room;
}

/* Whether a program with this environment is to have other labels than it says. */
static bool needs_labels(char *const *environment)
{
	const char *value = environment_find(environment, LABELS_VARIABLE);

	return marks_have_changed() && marks_are_first(value ? value : "");
}

static char *const *join(char *const *environment, struct environment_copy *copy)
{
	const char *list = environment_find(environment, PRELOAD_VARIABLE);
	const struct link_map *own = startup_own_object();
	struct preload_entry ours = {own_path(), own ? own->l_name : NULL, copy->runtime};
	bool has_list = false;
	bool has_labels = !needs_labels(environment);
	struct text entry = text_init(copy->preload, ENVIRONMENT_PRELOAD_SIZE);
	size_t n = 0;

	text_add(&entry, PRELOAD_VARIABLE "=");
	preload_list_join(&entry, list, &ours);
	if (entry.is_cut)
		return environment;
	for (char *const *next = environment; next && *next; next++) {
		if (is_full(copy, n))
			return environment;
		bool is_list = text_starts_with(*next, PRELOAD_VARIABLE "=");

		if (!has_labels && text_starts_with(*next, LABELS_VARIABLE "="))
			continue;
		copy->entries[n++] = is_list && !has_list ? copy->preload : *next;
		if (is_list)
			has_list = true;
	}
	if (!has_list)
		copy->entries[n++] = copy->preload;
	if (!has_labels)
		copy->entries[n++] = (char *)marks_entry();
	copy->entries[n] = NULL;
	if (!environment_find(copy->entries, SESSION_VARIABLE)) {
		copy->entries[n++] = session_entry;
		copy->entries[n] = NULL;
	}
	return copy->entries;
}

static char *const *leave(char *const *environment, struct environment_copy *copy)
{
	size_t n = 0;

	for (char *const *next = environment; next && *next; next++) {
		if (is_full(copy, n))
			return environment;
		if (text_starts_with(*next, SESSION_VARIABLE "="))
			continue;
		if (text_starts_with(*next, PRELOAD_VARIABLE "=")) {
			struct text entry = text_init(copy->preload, ENVIRONMENT_PRELOAD_SIZE);

			leave_list(&entry, *next + sizeof(PRELOAD_VARIABLE));
			if (entry.is_cut)
				copy->entries[n++] = *next;
			else if (entry.len > sizeof(PRELOAD_VARIABLE))
				copy->entries[n++] = copy->preload;
			continue;
		}
		copy->entries[n++] = *next;
	}
	copy->entries[n] = NULL;
	return copy->entries;
}

char *const *environment_change(char *const *environment, enum environment_change change,
				struct environment_copy *copy)
{
	prepare();
	if (!*session_entry)
		return environment;
	bool names_us = environment_names_us(environment);
	bool needs_more = (copy->runtime && *copy->runtime) || needs_labels(environment);

	if (change == ENVIRONMENT_JOIN && (!names_us || needs_more))
		return join(environment, copy);
	if (change == ENVIRONMENT_KEEP && names_us && needs_more)
		return join(environment, copy);
	if (change == ENVIRONMENT_LEAVE &&
	    (environment_find(environment, SESSION_VARIABLE) ||
	     list_has(environment_find(environment, PRELOAD_VARIABLE), element_is_ours)))
		return leave(environment, copy);
	return environment;
}

void environment_forget_runtime(void)
{
	const char *list = environment_find(environ, PRELOAD_VARIABLE);

	prepare();
	/* The kernel put it on the stack, where the program may change it as well. */
	if (list && *session_entry)
		preload_list_forget_runtime((char *)list, own_path());
}

void environment_announce_session(void)
{
	size_t room;
	long address;

	if (environment_find(environ, SESSION_VARIABLE))
		return;
	prepare();
	if (!*session_entry)
		return;
	room = environment_copy_room(environ);
	address = raw_mmap(NULL, room * sizeof(char *), PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1);
	if (raw_failed(address))
		return;
	char **entries = (char **)address;
	size_t n = 0;

	for (char **entry = environ; entry && *entry && n + ENVIRONMENT_ADDED < room; entry++)
		entries[n++] = *entry;
	entries[n] = session_entry;
	environ = entries;
}
