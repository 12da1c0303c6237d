// SPDX-License-Identifier: MIT
/*
 * series-help.h - what series are, in a sentence, for formats that tell it.
 */
#ifndef SONDE_FORMAT_SERIES_HELP_H
#define SONDE_FORMAT_SERIES_HELP_H

/* NULL for a name that is not ours: only whoever made it knows. */
const char *series_help(const char *name);

#endif
