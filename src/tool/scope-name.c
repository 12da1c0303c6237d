// SPDX-License-Identifier: MIT
/*
 * Rust has mangled names of two kinds, neither of which the C++ library knows, but each function stands in the scopes that its
 * path is made of.
 */
#include "config.h"

#include "tool/scope-name.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "tool/demangle.h"

enum { PATH_MOST = 1024 };

/* The name that the linker knows says of which class and which arguments the function is. */
static const char *linkage_name(Dwarf_Die *scope)
{
	Dwarf_Attribute attribute;

	if (!dwarf_attr_integrate(scope, DW_AT_linkage_name, &attribute))
		dwarf_attr_integrate(scope, DW_AT_MIPS_linkage_name, &attribute);
	return dwarf_formstring(&attribute);
}

static bool is_of_rust(Dwarf_Die *scope)
{
	Dwarf_Die unit;

	return dwarf_diecu(scope, &unit, NULL, NULL) && dwarf_srclang(&unit) == DW_LANG_Rust;
}

/* Where the function is declared, which is where its path is. */
static Dwarf_Die declaration_of(Dwarf_Die *scope)
{
	static const unsigned int links[] = {DW_AT_abstract_origin, DW_AT_specification};
	Dwarf_Attribute attribute;
	Dwarf_Die die = *scope, next;

	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++)
		if (dwarf_attr(&die, links[i], &attribute) && dwarf_formref_die(&attribute, &next))
			die = next;
	return die;
}

static bool is_of_path(Dwarf_Die *scope)
{
	int tag = dwarf_tag(scope);

	return tag == DW_TAG_namespace || tag == DW_TAG_structure_type || tag == DW_TAG_enumeration_type ||
	       tag == DW_TAG_union_type || tag == DW_TAG_subprogram;
}

static char *rust_path(Dwarf_Die *scope)
{
	char buf[PATH_MOST];
	struct text path = text_init(buf, sizeof(buf));
	Dwarf_Die function = declaration_of(scope);
	Dwarf_Die *scopes = NULL;
	int n_scopes = dwarf_getscopes_die(&function, &scopes);

	for (int i = n_scopes - 1; i >= 0; i--) {
		const char *name = is_of_path(&scopes[i]) ? dwarf_diename(&scopes[i]) : NULL;

		if (!name)
			continue;
		if (path.len)
			text_add(&path, "::");
		text_add(&path, name);
	}
	if (n_scopes > 0)
		free(scopes);
	return strdup(path.len ? buf : "??");
}

char *scope_name(Dwarf_Die *scope)
{
	if (is_of_rust(scope))
		return rust_path(scope);
	const char *name = linkage_name(scope);

	if (!name)
		name = dwarf_diename(scope);
	return demangle(name ? name : "??");
}
