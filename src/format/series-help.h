// SPDX-License-Identifier: MIT
/*
 * series-help.h - what series are, in a sentence, for formats that tell it.
 */
#ifndef SONDE_FORMAT_SERIES_HELP_H
#define SONDE_FORMAT_SERIES_HELP_H

#include "model/series.h"

enum { SERIES_HELP_SIZE = 768 };

/* Of a series that is not ours only name and unit are known. May return a constant, or ret_text. */
const char *series_help(const struct series *series, char ret_text[SERIES_HELP_SIZE]);

#endif
