// SPDX-License-Identifier: MIT
#ifndef SONDE_API_PLUGIN_PLACE_H
#define SONDE_API_PLUGIN_PLACE_H

#include "base/compiler.h"

/*
 * The folder of plugins: $SONDE_PLUGIN_PATH, else in the build tree that this library was built in,
 * else where they were installed. The string is the process's; for one thread at first. NULL: no
 * memory.
 */
const char *plugin_place(void) HIDDEN;

#endif
