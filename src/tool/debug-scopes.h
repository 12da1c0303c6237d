// SPDX-License-Identifier: MIT
/*
 * debug-scopes.h - which functions, by a module's debug information, an address of code is in.
 *
 * libdw finds the unit of an address in a table that not all compilers make (.debug_aranges: clang and rustc do not), and does not
 * look into namespaces, nor into what was inlined from another unit. So units are gone through here, once for each module, and
 * the scopes of one from the outside in.
 */
#ifndef SONDE_TOOL_DEBUG_SCOPES_H
#define SONDE_TOOL_DEBUG_SCOPES_H

#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <stdbool.h>
#include <stddef.h>

enum { DEBUG_SCOPES_MOST = 64 }; /* inside each other */

/* The units of one module, found when they are first needed. */
struct debug_units {
	struct unit_range *ranges; /* by address */
	size_t n_ranges;
	bool are_known;
};

struct debug_scopes {
	Dwarf_Die unit;    /* with the line table */
	Dwarf_Addr address; /* as in the unit */
	Dwarf_Die scopes[DEBUG_SCOPES_MOST]; /* the outermost first; blocks are among them */
	size_t n_scopes;
};

/*
 * False: the debug information has no unit with the address, and there are no scopes. There may be none where it has one. The
 * scopes are the module's.
 */
bool debug_scopes_find(struct debug_units *units, Dwfl_Module *module, Dwarf_Addr address, struct debug_scopes *ret_scopes);

void debug_units_deinit(struct debug_units *units);

#endif
