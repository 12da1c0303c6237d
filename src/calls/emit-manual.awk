# SPDX-License-Identifier: MIT
#
# emit-manual.awk - manual.gen.c: call_manual of manual.h.

function emit(   i, name) {
	for (i = 1; i <= n_symbols; i++) {
		name = row_of[symbol[i]]
		symbols_of[name] = symbols_of[name] (name in symbols_of ? " " : "") libc_name(symbol[i])
	}
	print "// SPDX-License-Identifier: MIT"
	print "/* Made by src/calls/emit-manual.awk from the call table. */"
	print "#include \"config.h\"\n"
	print "#include \"calls/manual.h\"\n"
	print "const struct call_manual call_manual[CALL_COUNT] = {"
	for (i = 1; i <= n_rows; i++)
		print "\t[CALL_" row[i] "] = {\"" symbols_of[row[i]] "\", \"" fact[row[i], "fails"] "\"},"
	print "};"
}
