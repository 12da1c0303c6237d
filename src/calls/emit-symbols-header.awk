# SPDX-License-Identifier: MIT
#
# emit-symbols-header.awk - symbols.gen.h: the number of each symbol.

function emit(   i) {
	print "// SPDX-License-Identifier: MIT"
	print "/* Made by src/calls/emit-symbols-header.awk from the call table. */"
	print "#ifndef SONDE_PRELOAD_SYMBOLS_GEN_H"
	print "#define SONDE_PRELOAD_SYMBOLS_GEN_H\n"
	print "enum symbol {"
	for (i = 1; i <= n_symbols; i++) {
		print "\tSYMBOL_" symbol[i] ","
		if (length(symbol[i]) >= size)
			size = length(symbol[i]) + 1
	}
	print "\tSYMBOL_COUNT\n};\n"
	print "enum { SYMBOL_NAME_SIZE = " size " };\n"
	print "#endif"
}
