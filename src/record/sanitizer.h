// SPDX-License-Identifier: MIT
/*
 * sanitizer.h - whether a program was built with a sanitizer whose runtime must be loaded before us.
 *
 * Raw system calls only, and little stack: safe in a vfork child and in a signal handler.
 */
#ifndef SONDE_RECORD_SANITIZER_H
#define SONDE_RECORD_SANITIZER_H

#include <stdbool.h>
#include <stddef.h>

struct program_file;

enum { SANITIZER_NAME_SIZE = 40 };

/* Whether a file name is that of a runtime: "libasan.so.8". What follows a separator does not matter. */
bool sanitizer_is_runtime(const char *name) __attribute__((visibility("hidden")));

/*
 * The name of the runtime that a program, whose segments have been found, is linked with, as the loader is to find
 * it; "" when there is none.
 */
void sanitizer_find(struct program_file *file, char ret_name[SANITIZER_NAME_SIZE])
	__attribute__((visibility("hidden")));

#endif
