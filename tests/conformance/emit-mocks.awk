# SPDX-License-Identifier: MIT
#
# emit-mocks.awk - mocks.gen.c: a mock for each symbol of the table (mock.h).
#
# For C, mocks have names of their own, so that no declaration of libc's headers gets in the way. A symbol
# whose parameters the table does not tell (variadic functions, and siblings of another shape) gets a
# mock that notes eight words, whatever the caller passed.

BEGIN {
	unarmed["malloc"] = "mock_allocate(16, size)"
	unarmed["calloc"] = "mock_allocate(16, n * size)"
	unarmed["realloc"] = "mock_reallocate(p, size)"
	unarmed["reallocarray"] = "mock_reallocate(p, n * size)"
	unarmed["memalign"] = unarmed["aligned_alloc"] = "mock_allocate(alignment, size)"
}

function emit(   i) {
	print "// SPDX-License-Identifier: MIT"
	print "/* Made by tests/conformance/emit-mocks.awk from the call table. */"
	print "#include \"config.h\"\n"
	print "#include \"mock.h\"\n"
	print "#include \"preload/symbols.gen.h\"\n"
	for (i = 1; i <= n_includes; i++)
		print "#include " include[i]
	print ""
	for (i = 1; i <= n_symbols; i++)
		emit_mock(symbol[i], row_of[symbol[i]])
}

function emit_mock(name, row,   like, type, list, i) {
	like = parameters_of(name, row)
	type = return_type[row]
	list = parameters[like]
	if (like == "") {
		list = "uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f, uint64_t g, uint64_t h"
		split("a b c d e f g h", word, " ")
	}
	print type " mock_" name "(" list ") __asm__(\"" name "\");"
	if (kind[name] == "older" || is_newer(name))
		print "VERSIONS_" (kind[name] == "older" ? plain_of[name] : name) ";"
	print type " mock_" name "(" list ")\n{"
	if (name in unarmed)
		print "\tif (!mock.is_armed)\n\t\treturn " unarmed[name] ";"
	print "\tmock_enter(SYMBOL_" name ");"
	if (like == "")
		for (i = 1; i <= 8; i++)
			emit_note(i - 1, "uint64_t " word[i], word[i])
	else
		for (i = 1; i <= n_parameters[like]; i++)
			emit_note(i - 1, parameter[like, i], parameter_name[like, i])
	emit_return(type)
	print "}\n"
}

function emit_note(i, declaration, name) {
	if (declaration ~ /^va_list /)
		print "\tmock_note_list(" i ", " name ");"
	else
		print "\tMOCK_NOTE(" i ", " name ");"
}

function emit_return(type) {
	print "\tmock_leave();"
	if (type == "void")
		return
	print "\t" type " result;\n"
	print "\tmock_answer(&result, sizeof(result));"
	print "\treturn result;"
}
