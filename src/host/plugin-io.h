// SPDX-License-Identifier: MIT
/*
 * plugin-io.h - the calls of libc that plugins have from us.
 */
#ifndef SONDE_HOST_PLUGIN_IO_H
#define SONDE_HOST_PLUGIN_IO_H

#include "sonde/plugin.h"

extern const struct sonde_io plugin_io;

#endif
