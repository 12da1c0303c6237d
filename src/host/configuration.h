// SPDX-License-Identifier: MIT
/*
 * configuration.h - what a configuration file says, checked.
 *
 *     struct configuration configuration;
 *     struct messages messages = {0};
 *
 *     configuration_init(&configuration);
 *     if (configuration_load(&configuration, file, &messages) < 0)
 *             ... print messages: one line each, with file, line, setting and what is wrong
 *     configuration_apply(&configuration, &settings);
 *
 * The settings are rows of host/settings.h. A configuration owns all it points to. It is for one
 * thread at a time. (This is not config.h: that name is taken by the build.)
 */
#ifndef SONDE_HOST_CONFIGURATION_H
#define SONDE_HOST_CONFIGURATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "calls/call.h"
#include "host/messages.h"
#include "model/failure-class.h"
#include "model/recording.h"
#include "record/session.h"

/* What the configuration says of one call; all zero is nothing. */
struct call_choice {
	bool is_group_off; /* its group is not among intercept.groups */
	bool is_excluded;
	uint16_t group_period; /* timing.GROUP, or 0 */
	uint16_t period;       /* timing.CALL, or 0 */
	bool has_expected;     /* failures.expected.CALL is there: */
	char **expected;       /* errors that are expected of it; replaces what is built in */
	size_t n_expected;
};

struct configuration {
	char *file; /* where it was read from; NULL: nowhere, all is default */
	enum follow follow;
	char *directory; /* "" for the default places */
	struct label *labels;
	size_t n_labels;
	bool accounts_memory;
	struct call_choice calls[CALL_COUNT];
};

/* Everything as it is without a file. */
int configuration_init(struct configuration *configuration);
void configuration_deinit(struct configuration *configuration);

/*
 * Finds the file to read: `given` if not NULL, else $SONDE_CONFIG, $XDG_CONFIG_HOME/sonde/sonde.cfg
 * (~/.config where that is not set), /etc/sonde/sonde.cfg; never the current directory. The last
 * two need not be there. Writes a new string, or NULL when there is no file, to ret_file. 0 or
 * -ENOMEM.
 */
int configuration_find_file(const char *given, char *const *environment, char **ret_file);

/*
 * Reads a file into a configuration that was just initialised. Returns -EINVAL when there is
 * anything wrong with it, all of which is then in messages; the configuration is then to be
 * deinitialised only.
 */
int configuration_load(struct configuration *configuration, const char *file,
		       struct messages *messages);

/* Keeps a label; a later one with the same key replaces it. 0 or -ENOMEM. */
int configuration_add_label(struct configuration *configuration, const char *key,
			    const char *value);

/* Settings of the session as this configuration wants them. */
void configuration_apply(const struct configuration *configuration,
			 struct session_settings *settings);

/* The failure classes with what failures.expected says; NULL without memory. */
struct failure_classes *configuration_classes(const struct configuration *configuration);

#endif
