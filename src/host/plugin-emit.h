// SPDX-License-Identifier: MIT
/*
 * plugin-emit.h - what a monitor emits, on its way into the model.
 */
#ifndef SONDE_HOST_PLUGIN_EMIT_H
#define SONDE_HOST_PLUGIN_EMIT_H

#include "host/plugin-health.h"
#include "model/emitter.h"
#include "sonde/plugin.h"

/* What collect() gets. */
struct sonde_emit {
	struct emitter *emitter;
	struct plugin_health *health;
};

/* As plugin.h says of the table's function. */
int plugin_emit_series(struct sonde_emit *emit, const struct sonde_series *series);

#endif
