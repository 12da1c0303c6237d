// SPDX-License-Identifier: MIT
/*
 * config-loader.h - what the parts of loading a configuration share; nobody else needs it.
 *
 * All of them go on after an error, so that all errors are shown at once. Each takes what it finds
 * by the table that has the row, and complains with the place, the path and the reason:
 *
 *     sonde.cfg:5: timing.memory: 0 is out of range: 1 to 32767
 *     SONDE_TIMING_MEMORY: timing.memory: 0 is out of range: 1 to 32767
 */
#ifndef SONDE_HOST_CONFIG_LOADER_H
#define SONDE_HOST_CONFIG_LOADER_H

#include <libconfig.h>
#include <limits.h>
#include <stdbool.h>

#include "host/configuration.h"
#include "host/settings.h"

struct loader {
	struct configuration *configuration;
	const struct configuration_source *source;
	struct complaints *complaints;
	const char *folder; /* of the file, and of those that it includes */
	int result;	    /* -ENOMEM */
};

/* "FILE:LINE" */
struct place {
	char text[PATH_MAX + 16];
};

struct place loader_place(const struct loader *loader, const config_setting_t *found);

/* An error, and a warning: "ORIGIN: PATH: " and what is wrong. */
void loader_complain(struct loader *loader, const char *origin, const char *path,
		     const char *format, ...) __attribute__((format(printf, 4, 5)));
void loader_warn(struct loader *loader, const char *origin, const char *path, const char *format,
		 ...) __attribute__((format(printf, 4, 5)));

/* Complains unless a group was found. */
bool loader_expect_group(struct loader *loader, const config_setting_t *found, const char *path);

/*
 * Reads what was found by a rule, complaining of what is wrong with it. value->strings is to be
 * freed in any case.
 */
bool loader_read(struct loader *loader, const config_setting_t *found, const char *path,
		 const struct value_rule *rule, struct value *ret_value);

/* The same from a text; the value is to be released when this returns true. */
bool loader_read_text(struct loader *loader, const char *origin, const char *path,
		      const struct value_rule *rule, const char *text,
		      struct value_text *ret_value);

/* Takes a setting whose value was read, if its key may be. */
void loader_take(struct loader *loader, const struct setting *setting, const char *path,
		 const struct value *value, const char *origin);
bool loader_check_key(struct loader *loader, const struct setting *setting, const char *path,
		      const char *origin);

/* host/config-plugins.c: takes the list of `plugins`. */
void loader_load_plugins(struct loader *loader, const config_setting_t *list);

/* Takes an option of an instance: "prometheus.listen". Returns false when there is no such one. */
bool loader_override_option(struct loader *loader, const char *path, const char *text,
			    const char *origin);

/* The same by the name of a variable: "SONDE_PLUGINS_PROMETHEUS_LISTEN". Offers all that there are.
 */
struct nearest;
bool loader_override_option_by_variable(struct loader *loader, const char *variable,
					const char *text, struct nearest *nearest);

/* When all is loaded: what is required and missing, or does not fit together. */
void loader_check_plugins(struct loader *loader);

/* host/config-overrides.c: takes environment variables, then what the command line says. */
void loader_override(struct loader *loader);

#endif
