// SPDX-License-Identifier: MIT
/*
 * plugin-memory.h - memory for plugins, counted and bounded for each instance.
 */
#ifndef SONDE_HOST_PLUGIN_MEMORY_H
#define SONDE_HOST_PLUGIN_MEMORY_H

#include <stddef.h>

#include "sonde/plugin.h"

/* As plugin.h says of the table's functions. */
void *plugin_memory_alloc(const struct sonde_host *host, size_t size);
void *plugin_memory_realloc(const struct sonde_host *host, void *memory, size_t size);
void plugin_memory_free(const struct sonde_host *host, void *memory);

#endif
