# SPDX-License-Identifier: MIT
#
# emit-symbols.awk - symbols.gen.c: names of the symbols, and room for what they resolve to.

function emit(   i) {
	print "// SPDX-License-Identifier: MIT"
	print "/* Made by src/calls/emit-symbols.awk from the call table. */"
	print "#include \"config.h\"\n"
	print "#include \"preload/resolve.h\"\n"
	print "void *resolved_symbols[SYMBOL_COUNT];\n"
	print "const char symbol_names[SYMBOL_COUNT][SYMBOL_NAME_SIZE] = {"
	for (i = 1; i <= n_symbols; i++)
		print "\t[SYMBOL_" symbol[i] "] = \"" libc_name(symbol[i]) "\","
	print "};"
}
