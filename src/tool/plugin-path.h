// SPDX-License-Identifier: MIT
/*
 * plugin-path.h - where plugins are.
 */
#ifndef SONDE_TOOL_PLUGIN_PATH_H
#define SONDE_TOOL_PLUGIN_PATH_H

/*
 * The folder of plugins: $SONDE_PLUGIN_PATH, else in the build tree that this program was built in,
 * else where they were installed. The string is the process's; NULL: no memory.
 */
const char *plugin_path(void);

#endif
