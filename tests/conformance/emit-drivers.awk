# SPDX-License-Identifier: MIT
#
# emit-drivers.awk - drivers.gen.c: a driver (driver.h) for each symbol whose wrapper is generated.

# Custom wrappers that need more than values to be driven: drive-custom.c.
BEGIN {
	by_hand = "execv execve execvp execvpe fexecve execveat posix_spawn posix_spawnp vfork __vfork daemon " \
		"wordexp exit _exit _Exit quick_exit abort pthread_exit thrd_exit " \
		"older_posix_spawn older_posix_spawnp pidfd_spawn pidfd_spawnp older_quick_exit " \
		"dlopen dlmopen dlsym dlvsym dlclose"
	n_by_hand = split(by_hand, word, " ")
	for (i = 1; i <= n_by_hand; i++)
		is_by_hand[word[i]] = 1
}

function is_generated(name) {
	return !(name in is_by_hand) && parameters_of(name, row_of[name]) != ""
}

function emit(   i) {
	emit_prologue()
	for (i = 1; i <= n_symbols; i++)
		if (is_generated(symbol[i]))
			emit_driver(symbol[i], row_of[symbol[i]], parameters_of(symbol[i], row_of[symbol[i]]))
	print "const struct driver generated_drivers[] = {"
	for (i = 1; i <= n_symbols; i++)
		if (is_generated(symbol[i]))
			print "\t{SYMBOL_" symbol[i] ", " phases_of(row_of[symbol[i]]) ", drive_" symbol[i] ", " \
				(((row_of[symbol[i]], "try") in fact) ? "true" : "false") "},"
	print "\t{0, 0, NULL, false},\n};\n"
	print "const enum call call_of_symbol[SYMBOL_COUNT] = {"
	for (i = 1; i <= n_symbols; i++)
		print "\t[SYMBOL_" symbol[i] "] = CALL_" row_of[symbol[i]] ","
	print "};"
}

function emit_prologue(   i) {
	print "// SPDX-License-Identifier: MIT"
	print "/* Made by tests/conformance/emit-drivers.awk from the call table. */"
	print "#include \"config.h\"\n"
	print "#include \"driver.h\"\n"
	for (i = 1; i <= n_includes; i++)
		print "#include " include[i]
	print ""
}

function phases_of(row) {
	if (!((row, "fails") in fact))
		return 1
	return fact[row, "error"] == "eai" ? 3 : 2
}

# `like` is the symbol that has the same parameters. A generated wrapper forwards to it, one written by
# hand to any symbol of the row.
function emit_driver(name, row, like,   type, arguments, i) {
	type = return_type[row]
	for (i = 1; i <= n_parameters[like]; i++)
		arguments = arguments (i > 1 ? ", " : "") parameter_name[like, i]

	print type " call_" name "(" parameters[like] ") __asm__(\"" name "\");"
	if (kind[name] == "older" || is_newer(name))
		print "__asm__(\".symver " name ", \" VERSION_" name ");"
	print ""
	print "static void drive_" name "(struct step *step)\n{"
	for (i = 1; i <= n_parameters[like]; i++)
		print "\t" as_variable(parameter[like, i]) ";"
	if (type != "void")
		print "\t" type " result;"
	print ""
	for (i = 1; i <= n_parameters[like]; i++)
		emit_fill(i - 1, parameter[like, i], parameter_name[like, i], row)
	emit_script(row, type)
	print "\tdriver_arm(step, SYMBOL_" name ", CALL_" row ");"
	print "\t" (type == "void" ? "" : "result = ") "call_" name "(" arguments ");"
	if ((row, "try") in fact)
		print "\tdriver_disarm_lock(step, SYMBOL_" first_word(fact[row, "try"]) ", SYMBOL_" like ");"
	else if (kind[row] == "custom")
		print "\tdriver_disarm_row(step);"
	else
		print "\tdriver_disarm(step, SYMBOL_" forwarded(name, like) ");"
	for (i = 1; i <= n_parameters[like]; i++) {
		# Trying wants no more than the lock.
		if (i == 2 && (row, "try") in fact)
			print "\tif (step->phase != PHASE_BUSY)\n\t\treturn;"
		emit_check(i - 1, parameter[like, i], parameter_name[like, i])
	}
	if (type != "void")
		print "\tCHECK_RESULT(step, result);"
	if ((row, "bytes") in fact)
		print "\tif (step->phase == PHASE_SUCCESS)\n\t\tstep->bytes = (uint64_t)(" fact[row, "bytes"] ");"
	print "}\n"
}

# The wrapper of an alias is that of its row; of two versions, each reaches its own.
function forwarded(name, like) {
	return kind[name] == "older" ? "older_" row_of[name] : like
}

# "int pipefd[2]" as a parameter is "int *pipefd".
function as_variable(declaration) {
	if (sub(/\[[^]]*\]$/, "", declaration))
		sub(/[A-Za-z_0-9]+$/, "*&", declaration)
	return declaration
}

# Whether an expression of the row mentions a parameter.
function is_mentioned(row, name,   text) {
	text = " " value_of(row, "fails") " " value_of(row, "error") " " value_of(row, "bytes") " " \
		value_of(row, "try_if") " " value_of(row, "peer") " "
	return text ~ ("[^A-Za-z_0-9]" name "[^A-Za-z_0-9]")
}

function value_of(row, name) {
	return ((row, name) in fact) ? fact[row, name] : ""
}

function first_word(text) {
	sub(/ .*$/, "", text)
	return text
}

function emit_fill(i, declaration, name, row) {
	# A text that the wrapper measures must be one.
	if (index(value_of(row, "bytes"), "strlen(" name ")")) {
		print "\t" name " = driver_text;"
		return
	}
	# One that the kernel took is looked at.
	if (value_of(row, "path") == name && declaration ~ /char \*/)
		print "\t" name " = driver_text;"
	else if (declaration ~ /^FILE \*/)
		print "\t" name " = driver_stream(step);"
	else if (declaration ~ /timespec .*abstime$|timespec .*time_point$/ && (row, "try") in fact)
		print "\t" name " = driver_time();"
	else if (name == "clockid" && (row, "try") in fact)
		print "\t" name " = CLOCK_MONOTONIC;"
	else if (declaration ~ /^DIR \*/)
		print "\t" name " = driver_directory();"
	else if (declaration ~ /^int [a-z_]+\[2\]$/)
		print "\t" name " = driver_pair();"
	else if (declaration ~ /\*/ && (is_mentioned(row, name) || (declaration ~ /^off_t \*/ && (row, "to") in fact)))
		print "\t" name " = driver_object();"
	else if (declaration ~ /^va_list /)
		print "\tdriver_make_list(" i ", &" name ");"
	else
		print "\tFILL(" i ", " name ");"
}

function emit_check(i, declaration, name) {
	if (declaration !~ /^va_list /)
		print "\tCHECK(step, " i ", " name ");"
	else
		print "\tdriver_check_list(step, " i ");"
}

function emit_script(row, type,   fails, busy) {
	if ((row, "try") in fact) {
		busy = fact[row, "try"]
		sub(/^[^ ]+ +/, "", busy)
		print "\tSCRIPT_BUSY(step, result, " busy ");"
	}
	fails = ((row, "fails") in fact) ? fact[row, "fails"] : "0"
	if (fails ~ /\(stdin\)/)
		print "\tdriver_mark_stream(step, stdin);"
	if (type == "void")
		return
	if (fails ~ /errno/)
		print "\terrno = mock.code;"
	if (fact[row, "error"] == "eai")
		print "\tdriver_script_eai(step);"
	else if (fact[row, "error"] == "result")
		print "\tdriver_script_code(step);"
	else
		print "\tSCRIPT(step, result, " fails ");"
	if ((row, "binds") in fact && type ~ /\*$/)
		print "\tif (step->phase == PHASE_SUCCESS)\n\t\tmock.result = (uint64_t)(uintptr_t)" \
			(type ~ /^FILE/ ? "driver_stream(step)" : "driver_directory()") ";"
	if (fact[row, "error"] ~ /^\(/)
		print "\tmock.code = 0;\n\tstep->code = step->phase == PHASE_SUCCESS ? 0 : " fact[row, "error"] ";"
}
