// SPDX-License-Identifier: MIT
/*
 * demangle.h - names of C++ functions as they were written.
 */
#ifndef SONDE_TOOL_DEMANGLE_H
#define SONDE_TOOL_DEMANGLE_H

/* A new string: the name as it was written, or as it is when it is no C++ name. NULL: no memory. */
char *demangle(const char *name);

#endif
