// SPDX-License-Identifier: MIT
/*
 * preload-list.h - the value of LD_PRELOAD, with our object in its place.
 *
 * Ours comes before all others, so that it is the first to see a call: but for the runtime of a sanitizer, which
 * refuses to start a program where it is not the first itself. A program that was built with one needs it
 * (DT_NEEDED), so the loader would load it anyway; named before us it is only loaded earlier. A space stands between
 * the two where everybody else writes a colon: by that the program's process finds the runtime that is to be
 * taken out again, for its children, which may have no use for it.
 */
#ifndef SONDE_RECORD_PRELOAD_LIST_H
#define SONDE_RECORD_PRELOAD_LIST_H

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

struct preload_entry {
	const char *path;
	const char *other_path; /* also names us; NULL: nothing else does */
	const char *runtime;    /* the sanitizer's that the program needs; NULL or "": none */
};

/* The length of the element at `list`: the loader takes colons and spaces for separators. */
size_t preload_element_length(const char *list) __attribute__((visibility("hidden")));

/* Appends the list (NULL: an empty one) with us in it, once. All other elements and separators are kept. */
void preload_list_join(struct text *text, const char *list, const struct preload_entry *entry)
	__attribute__((visibility("hidden")));

/* Takes out, in place, the runtime that preload_list_join() has put before us. */
void preload_list_forget_runtime(char *list, const char *path)
	__attribute__((visibility("hidden")));

#endif
