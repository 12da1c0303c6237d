# SPDX-License-Identifier: MIT
#
# emit-ids.awk - calls.gen.h: the number of each call.

function emit(   i) {
	print "// SPDX-License-Identifier: MIT"
	print "/* Made by src/calls/emit-ids.awk from the call table. */"
	print "#ifndef SONDE_CALLS_CALLS_GEN_H"
	print "#define SONDE_CALLS_CALLS_GEN_H\n"
	print "#include \"calls/kinds.h\"\n"
	print "enum call {"
	for (i = 1; i <= n_rows; i++)
		print "\tCALL_" row[i] ","
	print "\tCALL_COUNT\n};\n"
	emit_slots()
	print "/* Names and order of the calls: two programs with the same hash agree on the numbers. */"
	print "#define CALLS_HASH " hash_of_names() "\n"
	print "_Static_assert(CALL_COUNT <= 1024, \"the session's settings have room for so many\");\n"
	print "#endif"
}

# A call that is not told apart has the slot with its number. One that is told apart has a slot for each
# kind, after those: SLOT_read + DESCRIPTOR_PIPE.
function emit_slots(   i, last) {
	print "enum {"
	last = "CALL_COUNT"
	for (i = 1; i <= n_rows; i++)
		if (kinds_of(row[i]) != "NONE") {
			print "\tSLOT_" row[i] " = " last ","
			last = "SLOT_" row[i] " + " (kinds_of(row[i]) == "LOCK" ? "LOCK_KINDS" : "DESCRIPTOR_KINDS")
		}
	print "\tSLOT_COUNT = " last "\n};\n"
}

# Two sums below 2^24 each, because awk counts in doubles and has no bit operators.
function hash_of_names(   i, k, text, low, high) {
	for (i = 1; i < 128; i++)
		code[sprintf("%c", i)] = i
	low = 1
	high = 2
	for (i = 1; i <= n_rows; i++) {
		text = row[i] " "
		for (k = 1; k <= length(text); k++) {
			low = (low * 257 + code[substr(text, k, 1)]) % 16777213
			high = (high * 509 + code[substr(text, k, 1)]) % 16777199
		}
	}
	return sprintf("0x%06x%06xULL", high, low)
}
