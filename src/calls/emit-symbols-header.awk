# SPDX-License-Identifier: MIT
#
# emit-symbols-header.awk - symbols.gen.h: the number of each symbol, and the versions of those that have two.

function emit(   i) {
	print "// SPDX-License-Identifier: MIT"
	print "/* Made by src/calls/emit-symbols-header.awk from the call table. */"
	print "#ifndef SONDE_PRELOAD_SYMBOLS_GEN_H"
	print "#define SONDE_PRELOAD_SYMBOLS_GEN_H\n"
	print "enum symbol {"
	for (i = 1; i <= n_symbols; i++) {
		print "\tSYMBOL_" symbol[i] ","
		if (length(libc_name(symbol[i])) >= size)
			size = length(libc_name(symbol[i])) + 1
	}
	print "\tSYMBOL_COUNT\n};\n"
	print "enum { SYMBOL_NAME_SIZE = " size " };\n"
	print "/* VERSIONS_glob makes older_glob() and glob() the two versions of glob. */"
	for (i = 1; i <= n_symbols; i++)
		if (kind[symbol[i]] == "older") {
			print "#define VERSION_" symbol[i] " \"" libc_name(symbol[i]) "\""
			emit_versions(symbol[i], plain_of[symbol[i]], row_of[symbol[i]])
		} else if (is_newer(symbol[i])) {
			print "#define VERSION_" symbol[i] " \"" libc_name(symbol[i]) "\""
			print "#define VERSIONS_" symbol[i] " __asm__(\".symver " symbol[i] ", " libc_name(symbol[i]) "\")"
		}
	print "\n#endif"
}

# "@@@" is the assembler's word for the default version of a symbol that is defined here.
function emit_versions(older_name, name, row,   i, same) {
	print "#define VERSIONS_" name " __asm__( \\"
	print "\t\".symver " older_name ", " libc_name(older_name) "\\n\" \\"
	for (i = 1; i < n_newer[row]; i++) {
		same = "same_" i "_" name
		print "\t\".globl " same "\\n.set " same ", " name "\\n\" \\"
		print "\t\".symver " same ", " name "@" newer[row, i] "\\n\" \\"
	}
	print "\t\".symver " name ", " name "@@@" newer[row, i] "\")"
}
