// SPDX-License-Identifier: MIT
/*
 * libdw does the work. Of a frame the call is what counts, which is before the return address: hence all the "- 1".
 *
 * An inlined function is a scope in the function that it was inlined into; the line of the innermost is in the line table, those
 * of the others are where the next inner one was called.
 */
#include "config.h"

#include "tool/symbols.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tool/debug-scopes.h"
#include "tool/demangle.h"
#include "tool/scope-name.h"

enum { SYMBOLS_MOST = 32 }; /* of one frame: so many inlined into each other */

/* One module that is being looked at. */
struct symbol_source {
	Dwfl *dwfl;
	Dwfl_Module *module;
	Dwarf_Addr bias; /* of the module's addresses, to those in its file */
	struct debug_units units;
};

/* The symbols of one frame, on their way. */
struct symbol_list {
	struct stack_symbol symbols[SYMBOLS_MOST];
	size_t n_symbols;
	bool has_failed;
};

static const Dwfl_Callbacks callbacks = {
	.find_elf = dwfl_build_id_find_elf,
	.find_debuginfo = dwfl_standard_find_debuginfo,
	.section_address = dwfl_offline_section_address,
};

/* -- Which file ---------------------------------------------------------------------------------------- */

static bool has_build_id(Dwfl_Module *module, const char *wanted)
{
	const unsigned char *bits;
	GElf_Addr address;
	int size = dwfl_module_build_id(module, &bits, &address);
	char byte[3];

	if (size <= 0 || strlen(wanted) != 2 * (size_t)size)
		return false;
	for (int i = 0; i < size; i++) {
		snprintf(byte, sizeof(byte), "%02x", bits[i]);
		if (strncmp(byte, wanted + 2 * i, 2) != 0)
			return false;
	}
	return true;
}

static bool is_older_than(const char *path, int64_t instant_ns)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISREG(status.st_mode) &&
	       (int64_t)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec <= instant_ns;
}

static bool is_regular(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

static void source_close(struct symbol_source *source)
{
	debug_units_deinit(&source->units);
	if (source->dwfl)
		dwfl_end(source->dwfl);
	*source = (struct symbol_source){0};
}

/* A relative path begins where `sonde run` was called, if anywhere: that can be told by the build id alone. */
static bool may_be_it(const struct stack_module *module)
{
	return *module->path && (*module->path == '/' || *module->build_id) && is_regular(module->path);
}

/* False: the file is not there any more, or is another one. */
static bool source_open(struct symbol_source *source, const struct stack_module *module, int64_t started_ns)
{
	bool is_it;

	*source = (struct symbol_source){0};
	if (!may_be_it(module))
		return false;
	source->dwfl = dwfl_begin(&callbacks);
	if (!source->dwfl)
		return false;
	dwfl_report_begin(source->dwfl);
	source->module = dwfl_report_offline(source->dwfl, module->path, module->path, -1);
	dwfl_report_end(source->dwfl, NULL, NULL);
	is_it = source->module && (*module->build_id ? has_build_id(source->module, module->build_id)
						     : is_older_than(module->path, started_ns));
	if (is_it && dwfl_module_getelf(source->module, &source->bias))
		return true;
	source_close(source);
	return false;
}

/* -- Names --------------------------------------------------------------------------------------------- */

/* The name is the list's from now on. */
static void add_symbol(struct symbol_list *list, char *name, const char *file, int line)
{
	if (list->n_symbols == SYMBOLS_MOST) {
		free(name);
		return;
	}
	struct stack_symbol symbol = {
		.function = name,
		.file = file ? strdup(file) : NULL,
		.line = line > 0 ? (unsigned int)line : 0,
	};

	list->has_failed |= !symbol.function || (file && !symbol.file);
	list->symbols[list->n_symbols++] = symbol;
}

static bool is_function(Dwarf_Die *scope)
{
	int tag = dwarf_tag(scope);

	return tag == DW_TAG_inlined_subroutine || tag == DW_TAG_subprogram;
}

/* Where the function that was inlined there is called. */
static void find_call(Dwarf_Die *scope, const char **ret_file, int *ret_line)
{
	Dwarf_Attribute attribute;
	Dwarf_Die unit;
	Dwarf_Files *files;
	Dwarf_Word number;
	size_t n_files;

	*ret_file = NULL;
	*ret_line = 0;
	if (dwarf_formudata(dwarf_attr(scope, DW_AT_call_file, &attribute), &number) == 0 &&
	    dwarf_diecu(scope, &unit, NULL, NULL) && dwarf_getsrcfiles(&unit, &files, &n_files) == 0 && number < n_files)
		*ret_file = dwarf_filesrc(files, number, NULL, NULL);
	if (dwarf_formudata(dwarf_attr(scope, DW_AT_call_line, &attribute), &number) == 0)
		*ret_line = (int)number;
}

static const char *find_line(Dwarf_Die *unit, Dwarf_Addr address, int *ret_line)
{
	Dwarf_Line *line = dwarf_getsrc_die(unit, address);

	*ret_line = 0;
	if (!line)
		return NULL;
	dwarf_lineno(line, ret_line);
	return dwarf_linesrc(line, NULL, NULL);
}

/* A symbol of the file's own table, if the address is in what it names and not somewhere behind it. */
static void add_from_table(struct symbol_list *list, struct symbol_source *source, Dwarf_Addr address, const char *file,
			   int line)
{
	GElf_Off offset;
	GElf_Sym symbol;
	const char *name = dwfl_module_addrinfo(source->module, address, &offset, &symbol, NULL, NULL, NULL);

	if (name && offset < symbol.st_size)
		add_symbol(list, demangle(name), file, line);
}

/* Debug information may know lines, but not functions. */
static void add_all(struct symbol_list *list, struct symbol_source *source, Dwarf_Addr address)
{
	struct debug_scopes found;
	const char *file = NULL;
	int line = 0;

	if (debug_scopes_find(&source->units, source->module, address, &found))
		file = find_line(&found.unit, found.address, &line);
	for (size_t i = found.n_scopes; i-- > 0;) {
		Dwarf_Die *scope = &found.scopes[i];

		if (!is_function(scope))
			continue;
		add_symbol(list, scope_name(scope), file, line);
		if (dwarf_tag(scope) == DW_TAG_subprogram)
			return;
		find_call(scope, &file, &line);
	}
	add_from_table(list, source, address, file, line);
}

static void free_symbols(struct symbol_list *list)
{
	for (size_t i = 0; i < list->n_symbols; i++) {
		free(list->symbols[i].function);
		free(list->symbols[i].file);
	}
}

static int name_frame(struct symbol_source *source, struct stack_frame *frame)
{
	Dwarf_Addr address = frame->place - 1 + source->bias;
	struct symbol_list list = {.n_symbols = 0};
	struct stack_symbol *symbols;

	add_all(&list, source, address);
	symbols = list.n_symbols ? malloc(list.n_symbols * sizeof(*symbols)) : NULL;
	if (list.has_failed || (list.n_symbols && !symbols)) {
		free_symbols(&list);
		free(symbols);
		return -ENOMEM;
	}
	if (list.n_symbols) {
		memcpy(symbols, list.symbols, list.n_symbols * sizeof(*symbols));
		stack_frame_set_symbols(frame, symbols, list.n_symbols);
	}
	return 0;
}

static int name_frames(struct stack_list *list, size_t module, int64_t started_ns)
{
	struct symbol_source source;
	int result = 0;

	if (!source_open(&source, &list->modules[module], started_ns))
		return 0;
	for (size_t i = 0; i < list->n_frames && result == 0; i++)
		if (list->frames[i].module == module && !list->frames[i].n_symbols)
			result = name_frame(&source, &list->frames[i]);
	source_close(&source);
	return result;
}

int symbols_find(struct recording *recording, bool may_ask_servers)
{
	int result = 0;

	if (!may_ask_servers)
		unsetenv("DEBUGINFOD_URLS");
	for (size_t module = 0; module < recording->stacks.n_modules && result == 0; module++)
		result = name_frames(&recording->stacks, module, recording->started_ns);
	return result;
}
