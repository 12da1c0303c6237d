// SPDX-License-Identifier: MIT
/*
 * executable.h - whether a program can be watched, asked before it is executed.
 *
 * Raw system calls only: safe in a vfork child. An answer is a forecast; the kernel decides.
 */
#ifndef SONDE_RECORD_EXECUTABLE_H
#define SONDE_RECORD_EXECUTABLE_H

#include "record/program-file.h"
#include "record/sanitizer.h"
#include "record/session.h"

/*
 * NOTE_NONE: the dynamic loader of this machine would load a preload into it, or the file cannot be read
 * or is no program, and exec will say so itself. Else why not: NOTE_STATIC, NOTE_SETUID or
 * NOTE_ARCHITECTURE. A script is judged by its interpreter. `file`: room to work in. ret_runtime: what must be preloaded
 * before us, or "".
 */
enum note_reason executable_inspect(const char *path, struct program_file *file,
				    char ret_runtime[SANITIZER_NAME_SIZE]);

/*
 * Finds what execvp(3) would execute for a name, in the value of PATH (NULL: the system's default).
 * Writes it to buf and returns it; returns name itself when it has a slash or is not found.
 */
const char *executable_search(const char *name, const char *search_path, char *buf, size_t size);

#endif
