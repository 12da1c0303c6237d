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

struct plugin_check_request {
	const char *plugin;
	const char *directory;	  /* of plugins */
	const char *const *given; /* "command=cat", ended by NULL; or NULL */
	verdict_function say;
	void *argument;
};

/*
 * Checks a plugin, which runs in processes of its own: its file, its description and options, two
 * instances at once, a made-up snapshot, its times, its end. Options have what is given, else their
 * defaults; those that must be given are made up: a file in a temporary folder for a text, or a folder
 * where it has to be one, the least that is allowed for a number. Returns how many verdicts were failures. For a process with
 * no other thread.
 */
size_t plugin_check(const struct plugin_check_request *request);

#endif
