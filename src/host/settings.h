// SPDX-License-Identifier: MIT
/*
 * settings.h - the table of settings.
 *
 * A setting is a row: from it come parsing, checking, `sonde config print` and `explain`, and the
 * table in docs/configuration.md. Adding one is a row in settings.c with its two functions.
 */
#ifndef SONDE_HOST_SETTINGS_H
#define SONDE_HOST_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "host/vocabulary.h"

struct configuration;

enum setting_type {
	SETTING_BOOLEAN,
	SETTING_INTEGER,
	SETTING_STRING,
	SETTING_STRINGS, /* a list of them */
};

/* A value of the right type, its words and its range checked. */
struct setting_value {
	const char *key; /* what stood for the star of the path, or NULL */
	bool boolean;
	int integer;
	const char *string;
	const char **strings;
	size_t n_strings;
};

struct setting {
	const char *path; /* "session.follow"; "timing.*" has a value for each word of `keys` */
	enum setting_type type;
	enum vocabulary keys;
	enum vocabulary words; /* of strings */
	int min, max;	       /* of integers */
	const char *default_text;
	const char *summary;
	/* Stores a value: 0 or -ENOMEM. */
	int (*take)(struct configuration *configuration, const struct setting_value *value);
	/* Writes the present value, or for a starred path "key = value;" for each key, each line
	 * indented. */
	void (*print)(const struct configuration *configuration, FILE *stream);
};

extern const struct setting settings_table[];
extern const size_t settings_count;

/* The row of a path such as "timing.memory", whose key is not checked, or NULL. */
const struct setting *setting_find(const char *path);

/* The last component of a path: the key, where the row's path has a star. */
const char *setting_key(const char *path);
bool setting_has_star(const struct setting *setting);

/* Whether settings lie below this path; "" is the root. */
bool settings_has_group(const char *path);

/* The name that follows `group` in a row's path, for all rows below it; NULL at other rows. */
const char *setting_name_below(const struct setting *setting, const char *group, char *buf,
			       size_t size);

/* Writes all settings in the syntax of a configuration file. */
void settings_print(const struct configuration *configuration, FILE *stream);

/* "1 to 32767", "all, env, none", "calls": what a value may be. */
void setting_describe_range(const struct setting *setting, char *buf, size_t size);
const char *setting_type_name(enum setting_type type);

#endif
