// SPDX-License-Identifier: MIT
/*
 * plugin-check.h - whether a plugin keeps its side of plugin.h, for those who write one.
 */
#ifndef SONDE_HOST_PLUGIN_CHECK_H
#define SONDE_HOST_PLUGIN_CHECK_H

#include <stdbool.h>
#include <stddef.h>

/* Takes one verdict; `detail` may be "". */
typedef void (*verdict_function)(void *argument, bool has_passed, const char *what,
				 const char *detail);

/*
 * Checks a plugin, which runs in processes of its own: its file, its description and options, two instances at once with
 * all options at their defaults, a made-up snapshot, its times, its end. Options that must be given are made up as well:
 * a file in a temporary folder for a text, the least that is allowed for a number. Returns how many verdicts were
 * failures. For a process with no other thread.
 */
size_t plugin_check(const char *plugin, const char *directory, verdict_function say, void *argument);

#endif
