// SPDX-License-Identifier: MIT
/*
 * preload.h - getting our library into a program.
 */
#ifndef SONDE_TOOL_PRELOAD_H
#define SONDE_TOOL_PRELOAD_H

#include "model/message.h"

/*
 * Finds libsonde-preload.so: $SONDE_PRELOAD, else in the build tree that this program was built in,
 * else where it was installed. Writes its absolute path to ret_path, to be freed. 0, or a negative
 * errno with ret_message set; -EINVAL when the path is one that LD_PRELOAD cannot name.
 */
int preload_find(char *const *environment, char **ret_path, struct message *ret_message);

/*
 * A copy of an environment that preloads a library, before what it preloads already, and names the
 * session. Its strings are partly the original's. NULL without memory; never freed: it is for exec.
 */
char **preload_environment(char *const *environment, const char *library, const char *session);

#endif
