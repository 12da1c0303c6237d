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

/* An environment for exec: an array of its own, whose strings are partly the original's. */
struct preload_environment {
	char **variables;
	char *preload;
	char *session;
};

/*
 * Makes one that preloads a library, before what is preloaded already but behind a sanitizer's runtime (which may
 * be ""), and names the session. 0 or -ENOMEM; to be deinitialised in any case.
 */
int preload_environment_init(struct preload_environment *environment, char *const *original,
			     const char *library, const char *runtime, const char *session);
void preload_environment_deinit(struct preload_environment *environment);

#endif
