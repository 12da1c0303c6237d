// SPDX-License-Identifier: MIT
/*
 * plugin-child.h - the process that runs one instance of a plugin.
 */
#ifndef SONDE_HOST_PLUGIN_CHILD_H
#define SONDE_HOST_PLUGIN_CHILD_H

#include "host/plugin-choice.h"
#include "host/plugin-health.h"

/*
 * Becomes it: keeps the channel's end, standard error and what it is given, and nothing else; ends
 * the process when the other end asks for it or is gone.
 */
_Noreturn void plugin_child_run(const struct plugin_choice *choice, const char *directory,
				struct plugin_health *health, int channel);

/* What any process of ours does first that will run a plugin's code. Returns the channel's new
 * number. */
int plugin_child_isolate(const char *name, int channel);

#endif
