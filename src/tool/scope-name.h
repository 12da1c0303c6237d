// SPDX-License-Identifier: MIT
/*
 * scope-name.h - what a function is called, by the debug information.
 */
#ifndef SONDE_TOOL_SCOPE_NAME_H
#define SONDE_TOOL_SCOPE_NAME_H

#include <elfutils/libdw.h>

/* Of a function of Rust its path, of others as the linker knows it, to be demangled. To be freed; NULL: no memory. */
char *scope_name(Dwarf_Die *scope);

#endif
