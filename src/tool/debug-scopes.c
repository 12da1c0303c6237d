// SPDX-License-Identifier: MIT
#include "config.h"

#include "tool/debug-scopes.h"

#include <dwarf.h>
#include <stdint.h>
#include <stdlib.h>

/* Addresses are as in the unit. */
struct unit_range {
	Dwarf_Addr start;
	Dwarf_Addr end;
	Dwarf_Addr bias; /* of the module's addresses, to those in the unit */
	Dwarf_Die *unit;
};

/* -- Units ------------------------------------------------------------------------------------------- */

static bool add_range(struct debug_units *units, const struct unit_range *range)
{
	/* It grows at each power of two. */
	if ((units->n_ranges & (units->n_ranges - 1)) == 0) {
		size_t n = units->n_ranges ? 2 * units->n_ranges : 1;
		struct unit_range *ranges = realloc(units->ranges, n * sizeof(*ranges));

		if (!ranges)
			return false;
		units->ranges = ranges;
	}
	units->ranges[units->n_ranges++] = *range;
	return true;
}

static bool add_unit(struct debug_units *units, Dwarf_Die *unit, Dwarf_Addr bias)
{
	struct unit_range range = {.bias = bias, .unit = unit};
	Dwarf_Addr base = 0;
	ptrdiff_t next = 0;

	for (;;) {
		next = dwarf_ranges(unit, next, &base, &range.start, &range.end);
		if (next <= 0)
			return true;
		if (range.start < range.end && !add_range(units, &range))
			return false;
	}
}

static int compare_ranges(const void *a, const void *b)
{
	const struct unit_range *one = a, *other = b;

	return one->start < other->start ? -1 : one->start > other->start;
}

/* Where memory runs out, those are known that were found. */
static void find_units(struct debug_units *units, Dwfl_Module *module)
{
	Dwarf_Addr bias;
	Dwarf_Die *unit = NULL;

	units->are_known = true;
	do
		unit = dwfl_module_nextcu(module, unit, &bias);
	while (unit && add_unit(units, unit, bias));
	if (units->n_ranges)
		qsort(units->ranges, units->n_ranges, sizeof(*units->ranges), compare_ranges);
}

/* NULL: none has code there. */
static Dwarf_Die *search(const struct debug_units *units, Dwarf_Addr address, Dwarf_Addr *ret_bias)
{
	size_t low = 0;

	/* Before `low` are those that begin at or before the address. */
	for (size_t high = units->n_ranges; low < high;) {
		size_t middle = low + (high - low) / 2;
		const struct unit_range *range = &units->ranges[middle];

		if (range->start <= address - range->bias)
			low = middle + 1;
		else
			high = middle;
	}
	const struct unit_range *last = low ? &units->ranges[low - 1] : NULL;

	if (!last || address - last->bias >= last->end)
		return NULL;
	*ret_bias = last->bias;
	return last->unit;
}

static Dwarf_Die *find_unit(struct debug_units *units, Dwfl_Module *module, Dwarf_Addr address, Dwarf_Addr *ret_bias)
{
	Dwarf_Die *unit = dwfl_module_addrdie(module, address, ret_bias);

	if (unit)
		return unit;
	if (!units->are_known)
		find_units(units, module);
	return search(units, address, ret_bias);
}

void debug_units_deinit(struct debug_units *units)
{
	free(units->ranges);
	*units = (struct debug_units){.n_ranges = 0};
}

/* -- Scopes ------------------------------------------------------------------------------------------ */

enum insides { NOTHING, CODE, MORE_SCOPES };

static enum insides insides_of(Dwarf_Die *scope)
{
	switch (dwarf_tag(scope)) {
	case DW_TAG_subprogram:
	case DW_TAG_inlined_subroutine:
	case DW_TAG_lexical_block:
	case DW_TAG_try_block:
	case DW_TAG_catch_block:
	case DW_TAG_with_stmt:
		return CODE;
	case DW_TAG_namespace:
	case DW_TAG_module:
	case DW_TAG_class_type:
	case DW_TAG_structure_type:
		return MORE_SCOPES;
	default:
		return NOTHING;
	}
}

/* The scope that the address is in among those in another; these may stand in namespaces, `depth` deep. False: none. */
static bool find_inside(Dwarf_Die *outer, Dwarf_Addr address, int depth, Dwarf_Die *ret_scope)
{
	Dwarf_Die scope;

	if (depth == DEBUG_SCOPES_MOST || dwarf_child(outer, &scope) != 0)
		return false;
	do {
		enum insides insides = insides_of(&scope);

		if (insides == MORE_SCOPES && find_inside(&scope, address, depth + 1, ret_scope))
			return true;
		if (insides == CODE && dwarf_haspc(&scope, address) == 1) {
			*ret_scope = scope;
			return true;
		}
	} while (dwarf_siblingof(&scope, &scope) == 0);
	return false;
}

/* Where the unit is but the skeleton of one in a file of its own (split DWARF), that one. */
static Dwarf_Die whole_unit(Dwarf_Die *unit)
{
	Dwarf_Die split;
	uint8_t type;

	if (dwarf_cu_info(unit->cu, NULL, &type, NULL, &split, NULL, NULL, NULL) == 0 && type == DW_UT_skeleton && split.addr)
		return split;
	return *unit;
}

bool debug_scopes_find(struct debug_units *units, Dwfl_Module *module, Dwarf_Addr address, struct debug_scopes *ret_scopes)
{
	Dwarf_Addr bias;
	Dwarf_Die *unit = find_unit(units, module, address, &bias);

	ret_scopes->n_scopes = 0;
	if (!unit)
		return false;
	Dwarf_Die outer = whole_unit(unit);

	ret_scopes->unit = *unit;
	ret_scopes->address = address - bias;
	while (ret_scopes->n_scopes < DEBUG_SCOPES_MOST && find_inside(&outer, ret_scopes->address, 0, &outer))
		ret_scopes->scopes[ret_scopes->n_scopes++] = outer;
	return true;
}
