// SPDX-License-Identifier: MIT
/*
 * settings.h - the table of settings.
 *
 * A setting is a row: from it come parsing, checking, `sonde config print` and `explain`, the name
 * of the environment variable that overrides it, and the table in docs/configuration.md. Adding one
 * is a row in settings.c with its function. Options of plugins are rows, too, but the plugins':
 * host/option-table.h.
 */
#ifndef SONDE_HOST_SETTINGS_H
#define SONDE_HOST_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "host/value.h"

struct configuration;

enum { SETTING_PATH_SIZE = 256 };

struct setting {
	const char *path; /* "session.follow"; "timing.*" has a value for each word of `keys` */
	enum vocabulary keys;
	struct value_rule rule;
	const char *default_text;  /* as in an environment variable; NULL: */
	const char *default_words; /* there is none, or all the words of the rule: said in words */
	const char *summary;
	/* What the rule cannot say: 0, or -EINVAL with ret_message set. NULL: there is nothing more to say. */
	int (*check)(const char *key, const struct value *value, struct message *ret_message);
	/* Stores a value that was read by the rule; key stands for the star of the path. 0 or
	 * -ENOMEM. */
	int (*take)(struct configuration *configuration, const char *key,
		    const struct value *value);
};

extern const struct setting settings_table[];
extern const size_t settings_count;

/* The row of a path such as "timing.memory", whose key is not checked, or NULL. */
const struct setting *setting_find(const char *path);

/* The last component of a path: the key, where the row's path has a star. */
const char *setting_key(const char *path);
bool setting_has_star(const struct setting *setting);

/* Whether a row has this path, or lies below it; "" is the root. */
bool setting_is_below(const struct setting *setting, const char *path);

/* Whether settings lie below this path; "" is the root. */
bool settings_has_group(const char *path);

/* The name that follows `group` in a row's path, for all rows below it; NULL at other rows. */
const char *setting_name_below(const struct setting *setting, const char *group, char *buf,
			       size_t size);

/*
 * The setting that an environment variable overrides: for "SONDE_TIMING_MEMORY", writes
 * "timing.memory" to ret_path, which has SETTING_PATH_SIZE bytes, and returns its row. NULL: there
 * is none, and all variables that there are have been offered to `nearest`.
 */
struct nearest;
const struct setting *setting_of_variable(const char *name, char *ret_path,
					  struct nearest *nearest);

/* "SONDE_TIMING_MEMORY", of "timing.memory". Returns ret_name. */
const char *setting_variable(const char *path, char *ret_name, size_t size);

#endif
