# SPDX-License-Identifier: MIT
#
# emit-table.awk - calls.gen.c: call_table of call.h.

function emit(   i) {
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
	print "\t[CALL_" name "] = {\"" name "\", \"" group_of[name] "\", " \
		(((name, "sampled") in fact) ? "true" : "false") ", KINDS_" kinds_of(name) ", WAIT_" \
		toupper(wait_of(name)) ", " (has_object(name) ? "true" : "false") ", DIRECTION_" direction_of(name) ", " (kinds_of(name) == "NONE" ? "CALL_" : "SLOT_") name "},"
}

function direction_of(name) {
	return ((name, "direction") in fact) ? toupper(fact[name, "direction"]) : "NONE"
}
