// SPDX-License-Identifier: MIT
/*
 * program-file.h - what a program's file says of how it will be started.
 *
 * Each exec looks at one, and a system call costs more than all that is done with what it read. So the file is read
 * through a window, and its segments are gone through once. Raw system calls only; nothing in the file is trusted.
 */
#ifndef SONDE_RECORD_PROGRAM_FILE_H
#define SONDE_RECORD_PROGRAM_FILE_H

#include "base/compiler.h"

#include <link.h>
#include <stdbool.h>
#include <stddef.h>

enum {
	PROGRAM_WINDOW = 1024,
	PROGRAM_SEGMENTS = 64, /* looked at */
	PROGRAM_LOADED = 16,   /* of them, remembered */
	PROGRAM_DYNAMIC = 128, /* entries of the dynamic section, looked at */
};

struct program_segment {
	long offset;   /* in the file */
	size_t size;   /* there; 0: there is no such segment */
	ElfW(Addr) address;
};

/* 1.5 KiB: not for a stack that may be a signal handler's. */
struct program_file {
	int fd;
	long start; /* of the window, in the file */
	size_t size;
	struct program_segment interpreter;
	struct program_segment dynamic;
	struct program_segment loaded[PROGRAM_LOADED];
	int n_loaded;
	_Alignas(ElfW(Ehdr)) unsigned char window[PROGRAM_WINDOW];
};

void program_file_init(struct program_file *file, int fd) HIDDEN;

/* Copies what there is, at most `size` bytes, no more than half a window; returns how many. */
size_t program_file_read(struct program_file *file, long offset, void *buf, size_t size) HIDDEN;

/* Finds the segments of a program of this machine. False: the file is none. */
bool program_file_find_segments(struct program_file *file) HIDDEN;

/* Reads an entry of the dynamic section. False: there is none, or it is the end. */
bool program_file_read_dynamic(struct program_file *file, int i, ElfW(Dyn) *ret_entry) HIDDEN;

/* Where in the file the strings are that the dynamic section names things by; -1: nowhere. */
long program_file_find_strings(struct program_file *file) HIDDEN;

/* Where in the file an address of the program lies; -1: nowhere. */
long program_file_offset(const struct program_file *file, ElfW(Addr) address) HIDDEN;

#endif
