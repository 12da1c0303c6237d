// SPDX-License-Identifier: MIT
/*
 * configuration.h - what the user wants: a configuration file and what overrides it, checked.
 *
 *     struct configuration configuration;
 *     struct configuration_source source = {.file = file, .environment = environ};
 *     struct complaints complaints = {0};
 *
 *     configuration_init(&configuration);
 *     if (configuration_load(&configuration, &source, &complaints) < 0)
 *             ... print complaints.errors: one line each, with file, line, setting, what is wrong
 *     configuration_apply(&configuration, &settings);
 *
 * The settings are rows of host/settings.h. A value from the file is overridden by that of an
 * environment variable, and this by one of the command line. A configuration owns all it points
 * to. It is for one thread at a time. (This is not config.h: that name is taken by the build.)
 */
#ifndef SONDE_HOST_CONFIGURATION_H
#define SONDE_HOST_CONFIGURATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "calls/call.h"
#include "host/given.h"
#include "host/messages.h"
#include "host/plugin-config.h"
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
	int64_t grace_ns; /* for processes that outlive the command */
	bool leaves;      /* them to record on */
	struct label *labels;
	size_t n_labels;
	bool accounts_memory;
	struct object_settings files;
	struct object_settings peers;
	bool follows_blocks;
	struct stack_settings stacks;
	bool asks_symbol_servers;
	int64_t max_tag_sets; /* of each name of a plugin's figures, or the program's */
	int64_t max_path_tag_sets; /* of them, with a tag like a path */
	int64_t interval_ns; /* of plugins that have none of their own */
	int64_t retention_days; /* of what a plugin keeps of the past, if it has none of its own */
	int64_t recordings_kept;
	int64_t recordings_age_ns; /* 0: whatever their age */
	struct call_choice calls[CALL_COUNT];
	struct plugin_config **plugins; /* in their order in the file */
	size_t n_plugins;
	double collection_interval; /* seconds; 0: none was given */
	int64_t history_days;	    /* retention_days: for so many history is kept; 0: not given */
	char **endpoints; /* instances that a program exports to; NULL: nothing was said, all of them */
	size_t n_endpoints;
	struct given_list given; /* all settings that are not as they are without a file */
};

/* Where a configuration comes from; all but the catalogue is needed only while it is loaded. */
struct configuration_source {
	const char *file;	  /* NULL: none */
	const char *text;	  /* what stands in it, which is then not read; NULL: nobody knows */
	bool is_named;		  /* by the user, who thereby trusts its owner; else it was found */
	char *const *environment; /* with SONDE_TIMING_MEMORY=1 and the like; NULL: none */
	const char *const *overrides; /* "timing.memory=1", of the command line; NULL: none */
	const char *overrides_origin; /* as errors call it; NULL: "command line" */
	const struct plugin_catalogue *plugins; /* NULL: there are no plugins */
};

/* What is to be said of it: errors, and warnings, with which it can be used all the same. */
struct complaints {
	struct messages errors;
	struct messages warnings;
};

/* Everything as it is without a file. */
int configuration_init(struct configuration *configuration);
void configuration_deinit(struct configuration *configuration);

/*
 * Finds the file to read: `given` if not NULL, else $SONDE_CONFIG, $XDG_CONFIG_HOME/sonde/sonde.cfg
 * (~/.config where that is not set), /etc/sonde/sonde.cfg; never the current directory. The last
 * two need not be there. In a program that runs with more rights than who started it, variables
 * count for nothing: only the last is looked for, and no setting is overridden by a variable.
 *
 * Fills in a source; its file is a new string, or NULL when there is none. 0 or -ENOMEM.
 */
int configuration_find(const char *given, char *const *environment,
		       struct configuration_source *ret_source);

/* The same, when it is known whether the environment is to be trusted. */
int configuration_find_in(const char *given, char *const *environment, bool is_trusted,
			  struct configuration_source *ret_source);

/*
 * Reads a source into a configuration that was just initialised. Returns -EINVAL when there is
 * anything wrong with it, all of which is then in complaints->errors; the configuration is then to
 * be deinitialised only. The caller deinitialises the complaints in any case.
 */
int configuration_load(struct configuration *configuration,
		       const struct configuration_source *source, struct complaints *complaints);
void complaints_deinit(struct complaints *complaints);

/* Writes all settings, with where each comes from, in the syntax of a configuration file. */
void configuration_print(const struct configuration *configuration, FILE *stream);

/* The plugin that keeps history, and the name of the instance that there is without being named. */
#define HISTORY_PLUGIN "history"

/*
 * Adds an instance of it that keeps figures for retention_days, unless there is one already. 0, or a
 * negative errno.
 */
int configuration_add_history(struct configuration *configuration,
			      const struct configuration_source *source,
			      struct complaints *complaints);

/* Keeps a label; a later one with the same key replaces it. 0 or -ENOMEM. */
int configuration_add_label(struct configuration *configuration, const char *key,
			    const char *value);

/* Keeps copies of names instead of those before; NULL: nothing is said of them. 0 or -ENOMEM. */
int configuration_set_endpoints(struct configuration *configuration, const char *const *names,
				size_t n_names);

/* Settings of the session as this configuration wants them. */
void configuration_apply(const struct configuration *configuration,
			 struct session_settings *settings);

/* The failure classes with what failures.expected says; NULL without memory. */
struct failure_classes *configuration_classes(const struct configuration *configuration);

#endif
