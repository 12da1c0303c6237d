# SPDX-License-Identifier: MIT
#
# emit-table.awk - calls.gen.c: call_table of call.h.

function emit(   i, name) {
	for (i = 1; i <= n_symbols; i++) {
		name = row_of[symbol[i]]
		symbols_of[name] = symbols_of[name] (name in symbols_of ? " " : "") symbol[i]
	}
	print "// SPDX-License-Identifier: MIT"
	print "/* Made by src/calls/emit-table.awk from the call table. */"
	print "#include \"config.h\"\n"
	print "#include \"calls/call.h\"\n"
	print "const struct call_info call_table[CALL_COUNT] = {"
	for (i = 1; i <= n_rows; i++)
		emit_row(row[i])
	print "};"
}

function emit_row(name) {
	print "\t[CALL_" name "] = {"
	print "\t\t.name = \"" name "\","
	print "\t\t.group = \"" group_of[name] "\","
	print "\t\t.symbols = \"" symbols_of[name] "\","
	print "\t\t.fails = \"" fact[name, "fails"] "\","
	print "\t\t.is_sampled = " (((name, "sampled") in fact) ? "true" : "false") ","
	print "\t},"
}
