// SPDX-License-Identifier: MIT
/*
 * plugin-choices.h - the plugins of a configuration, for the host of plugins.
 */
#ifndef SONDE_HOST_PLUGIN_CHOICES_H
#define SONDE_HOST_PLUGIN_CHOICES_H

#include "host/configuration.h"
#include "host/plugin-choice.h"
#include "host/plugin-home.h"

/*
 * As many as the configuration has, which lives longer, as does the list of sessions that the figures are of. To be freed; NULL without memory.
 */
struct plugin_choice *plugin_choices_new(const struct configuration *configuration,
					 const struct session_roster *sessions);

/*
 * Makes the plugins of a home what another configuration wants, and replaces the choices. 0, or -ENOMEM with all as it
 * was.
 */
int plugin_choices_reload(struct plugin_home *home, struct plugin_choice **choices,
			  const struct configuration *before,
			  const struct configuration *configuration,
			  const struct session_roster *sessions);

#endif
