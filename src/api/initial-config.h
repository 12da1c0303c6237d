// SPDX-License-Identifier: MIT
/*
 * initial-config.h - what a program wants, from a file, a text or a struct, as one configuration.
 */
#ifndef SONDE_API_INITIAL_CONFIG_H
#define SONDE_API_INITIAL_CONFIG_H

#include "base/compiler.h"
#include "host/configuration.h"

#include "sonde/sonde.h"

/*
 * Makes a copy of a program's struct, as this library knows it: one that was built with an older
 * header knows less of it. NULL is all zero. 0, or SONDE_ECONFIG with ret_problem filled in, which
 * may be NULL.
 */
int initial_config_check(const struct sonde_config *given, struct sonde_config *ret_config,
			 struct sonde_problem *ret_problem) HIDDEN;

/* Reads it all, into a configuration that the caller deinitialises in any case. 0, SONDE_ECONFIG as
 * above, SONDE_ENOMEM. */
int initial_config_read(const struct sonde_config *config, struct configuration *configuration,
			struct sonde_problem *ret_problem) HIDDEN;

#endif
