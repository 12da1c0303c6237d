// SPDX-License-Identifier: MIT
/*
 * config-names.h - which setting a place in a configuration's text belongs to, and which settings are there twice.
 *
 * Of a setting that is there twice libconfig tells the line, but not which it is. So whoever looks through a text
 * tells here what it meets, of included files as well.
 */
#ifndef SONDE_HOST_CONFIG_NAMES_H
#define SONDE_HOST_CONFIG_NAMES_H

#include <stddef.h>

#include "host/messages.h"

struct config_names;

/* NULL: there is no memory. What goes wrong later is added to messages. */
struct config_names *config_names_new(struct messages *messages);
void config_names_free(struct config_names *names);

/* A name, which may or may not turn out to be a setting's. */
void config_names_meet(struct config_names *names, const char *name, size_t len, const char *file,
		       int line);

/* Any character outside of names, numbers, strings and comments. */
void config_names_pass(struct config_names *names, char character);

/* Whose value this is, such as "plugins[1].queue.size"; to be freed. NULL: nobody's, or there is no memory. */
char *config_names_path(const struct config_names *names);

#endif
