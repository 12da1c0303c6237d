// SPDX-License-Identifier: MIT
/*
 * plugin-figures.h - how plugins fare, as series and as records of a recording.
 */
#ifndef SONDE_HOST_PLUGIN_FIGURES_H
#define SONDE_HOST_PLUGIN_FIGURES_H

#include "host/plugin-choice.h"
#include "host/plugin-health.h"
#include "model/recording.h"
#include "model/snapshot.h"

/* Adds the series of one instance to a snapshot that is not sealed yet. 0 or -ENOMEM. */
int plugin_figures_add(struct snapshot *snapshot, const struct plugin_choice *choice,
		       const struct plugin_health *health, int64_t start_ns);

/* Adds the record of one instance to a recording. 0 or -ENOMEM. */
int plugin_figures_describe(const struct plugin_choice *choice, const struct plugin_health *health,
			    struct recording *recording);

#endif
