// SPDX-License-Identifier: MIT
/*
 * configured.h - the configuration of a command.
 */
#ifndef SONDE_TOOL_CONFIGURED_H
#define SONDE_TOOL_CONFIGURED_H

#include "host/configuration.h"
#include "tool/command.h"

/*
 * Loads the file that was given, or else found, and what overrides it: environment variables, then
 * `overrides` ("timing.memory=1", ended by NULL; or NULL). Says what is wrong, one line an error. 0,
 * or a negative errno with ret_configuration untouched.
 */
int configured_load(const struct command *command, const char *given,
		    const char *const *overrides, struct configuration *ret_configuration);

/* The same, which says nothing: all that is wrong is in the complaints, which are the caller's to deinitialise. */
int configured_read(const char *given, const char *const *overrides,
		    struct configuration *ret_configuration, struct complaints *complaints);

/* The plugins that are installed, and their options. NULL: no memory. */
const struct plugin_catalogue *configured_plugins(void);

#endif
