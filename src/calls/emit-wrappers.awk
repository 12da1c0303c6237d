# SPDX-License-Identifier: MIT
#
# emit-wrappers.awk - wrappers-NAME.gen.c: the wrappers of one table.
#
# Run with -v output=FILE. Lines that come from the table (the prototype, `fails`, `bytes`) are attributed to it
# with #line, so that an error of the compiler points at the row; all others to the output file, so that
# one can step through it.

function emit(   i, name) {
	emit_prologue()
	for (i = 1; i <= n_symbols; i++) {
		name = symbol[i]
		if (kind[name] == "alias")
			out("ALIAS(" name ", " row_of[name] ");\n")
		else if (kind[name] == "row" || kind[name] == "chk")
			emit_wrapper(name, row_of[name])
		else if (kind[name] == "older" && kind[row_of[name]] != "custom")
			emit_older(name, plain_of[name], row_of[name])
		if (is_newer(name) && kind[name] != "custom")
			out("VERSIONS_" name ";\n")
	}
}

function emit_older(name, plain, row) {
	if (plain == row)
		emit_wrapper(name, row)
	else
		out("ALIAS(" name ", older_" row ");\n")
	out("VERSIONS_" plain ";\n")
}

function emit_prologue(   i) {
	out("// SPDX-License-Identifier: MIT")
	out("/* Made by src/calls/emit-wrappers.awk from " file_of[symbol[1]] ". */")
	out("#include \"config.h\"\n")
	out("#include \"preload/wrapper.h\"\n")
	for (i = 1; i <= n_includes; i++)
		out("#include " include[i])
	out("")
	for (i = 1; i <= n_symbols; i++)
		out("#undef " symbol[i])
	out("")
}

# Prints a text and keeps count of its lines.
function out(text) {
	print text
	n_lines += 1 + gsub(/\n/, "\n", text)
}

function out_from_table(name, line, text) {
	out("#line " line " \"" file_of[name] "\"")
	out(text)
	out("#line " n_lines + 2 " \"" output "\"")
}

function declaration(type, name) {
	return type (type ~ /\*$/ ? "" : " ") name
}

function is_variadic(row) {
	return (row, "variadic") in fact
}

# What the wrapper is called in C. libc's headers call the function of today's standard by the name of the older
# one, so the older one has to be defined under a name that they do not know.
function c_name(name) {
	return ((name, "redirected") in fact) ? "redirected_" name : name
}

# Twins are declared in no header.
function emit_declarations(name, row,   twin) {
	if (c_name(name) != name)
		out("extern __typeof__(" name ") " c_name(name) " __asm__(\"" name "\");")
	twin = twin_with_list(name)
	if (is_variadic(row) && kind[twin] == "chk")
		out("extern " declaration(return_type[row], twin) "(" parameters[twin] ");")
}

function emit_wrapper(name, row,   arguments, i) {
	for (i = 1; i <= n_parameters[name]; i++)
		arguments = arguments (i > 1 ? ", " : "") \
			(parameter_name[name, i] == "..." ? "list" : parameter_name[name, i])
	emit_declarations(name, row)
	if ((row, "try") in fact)
		out("static void *beside_" name ";\n")
	if (is_fast(row)) {
		if (kind[name] != "row")
			out("extern " declaration(return_type[row], name) "(" parameters[name] ");")
		emit_general(name, row, arguments, "static GENERAL", "general_" name)
		emit_fast(name, row, arguments)
	} else {
		emit_general(name, row, arguments, "EXPORT", c_name(name))
	}
}

function emit_head(name, row, attributes, called) {
	out_from_table(name, line_of[name], \
		attributes " " declaration(return_type[row], called) "(" parameters[name] ")")
	out("{")
}

# A wrapper for all cases, and the only one of a call that takes its time.
function emit_general(name, row, arguments, attributes, called) {
	emit_head(name, row, attributes, called)
	if ((row, "try") in fact)
		emit_lock(name, row, arguments)
	else
		emit_call(name, row, arguments)
	out("}\n")
}

function emit_call(name, row, arguments,   real) {
	real = is_variadic(row) ? twin_with_list(name) : name
	if (is_variadic(row))
		out("\tva_list list;\n\n\tva_start(list, " parameter_name[name, n_parameters[name] - 1] ");")
	emit_closed_declaration(row)
	emit_begin(row)
	if (has_object(row))
		emit_object_before(row)
	emit_errno_before(row)
	emit_result(row, "REAL(" real ")(" arguments ")")
	if (is_variadic(row))
		out("\tva_end(list);")
	out("")
	emit_closed(row)
	if (has_object(row))
		emit_object_outcome(name, row)
	else
		emit_outcome(row, "probe_failed(&probe, ", "probe_succeeded(&probe, ")
	if (walks(row))
		out("\tobject_walk_ends();")
	emit_errno_after(row)
	emit_return(row)
}

function emit_result(row, call) {
	if (return_type[row] == "void")
		out("\t" call ";")
	else
		out("\t" declaration(return_type[row], "result") " = " call ";")
}

function emit_return(row) {
	if (return_type[row] != "void")
		out("\treturn result;")
}

function emit_errno_before(row) {
	if (only_errno_tells(row))
		out("\tint code_before = errno;\n\n\terrno = ERRNO_UNTOUCHED;")
}

function emit_errno_after(row) {
	if (only_errno_tells(row))
		out("\tif (errno == ERRNO_UNTOUCHED)\n\t\terrno = code_before;")
}

# -- Fast calls

# Whether a call is counted much more often than anything else is done about it. (One that notes descriptors, passes
# a list on, or may be cancelled at its start is not that fast.)
function is_fast(row) {
	return ((row, "sampled") in fact) && !is_variadic(row) && !((row, "kinds") in fact) && \
		!((row, "opens") in fact) && !((row, "closes") in fact) && \
		!((row, "cancelled_first") in fact) && !(((row, "try") in fact) && error_is_errno(row))
}

# The wrapper of a fast call, for the case that it is to be counted only. All others are general_NAME()'s: without them
# there is little to be saved in registers, and little to step over.
function emit_fast(name, row, arguments,   is_lock) {
	is_lock = (row, "try") in fact
	emit_head(name, row, "EXPORT", c_name(name))
	emit_instead(row, "!probe_is_usual" (((row, "stream") in fact) ? "_stream" : "") "(CALL_" row ")", "OTHERWISE(" name ", CALL_" row ")(" arguments ")")
	out("\tstruct call_stats *stats = probe_find_untimed(" (is_lock ? "SLOT_" row " + LOCK_FREE" : "CALL_" row) ");")
	if (is_lock)
		emit_fast_attempt(name, row, arguments)
	else
		emit_fast_call(name, row, arguments)
	if ((row, "stream") in fact)
		emit_stream_outcome(row)
	else
		emit_outcome(row, "recorder_add_failure(stats, 0, ", "probe_add_bytes(stats, ")
	emit_errno_after(row)
	emit_return(row)
	out("}\n")
}

# Where the condition holds, another function does it all.
function emit_instead(row, condition, call) {
	if (return_type[row] == "void")
		out("\tif (" condition ") {\n\t\t" call ";\n\t\treturn;\n\t}")
	else
		out("\tif (" condition ")\n\t\treturn " call ";")
}

function emit_fast_call(name, row, arguments) {
	out("\t__typeof__(&general_" name ") real = RESOLVED(" name ");\n")
	emit_instead(row, "unlikely(!stats || !real)", "general_" name "(" arguments ")")
	out("\towner_add(&stats->count, 1);")
	emit_errno_before(row)
	emit_result(row, "real(" arguments ")")
	out("")
}

# One that is held by another is tried again there.
function emit_fast_attempt(name, row, arguments,   tried) {
	tried = lock_trier(row)
	out_from_table(row, fact_line[row, "try"], \
		"\t__typeof__(&" tried ") attempt = found_beside(&beside_" name ");")
	out("")
	emit_instead(row, "unlikely(!stats || !attempt)", "general_" name "(" arguments ")")
	if ((row, "try_if") in fact) {
		out_from_table(row, fact_line[row, "try_if"], "\tif (!(" fact[row, "try_if"] "))")
		out("\t\treturn general_" name "(" arguments ");")
	}
	out("\tint result = attempt(" parameter_name[name, 1] ");\n")
	out_from_table(row, fact_line[row, "try"], "\tif (unlikely(" lock_is_busy(row) "))")
	out("\t\treturn general_" name "(" arguments ");")
	out("\towner_add(&stats->count, 1);")
}

# Whether the result says neither success nor failure, so that errno must be seen to change.
function only_errno_tells(row) {
	return ((row, "fails") in fact) && fact[row, "fails"] ~ /(^|[^A-Za-z_0-9])errno([^A-Za-z_0-9]|$)/
}

function emit_begin(row) {
	if ((row, "kinds") in fact)
		out("\tstruct probe probe = descriptor_begin(CALL_" row ", SLOT_" row ", " \
			last_word(fact[row, "kinds"]) ");")
	else
		out("\tstruct probe probe = probe_begin(CALL_" row ");")
}

function last_word(text) {
	sub(/^.* /, "", text)
	return text
}

# What a call came to; the last argument of what it is told to is the code of the failure, or the bytes.
function emit_outcome(row, failed, succeeded) {
	if (!((row, "fails") in fact)) {
		emit_success(row, "\t", succeeded)
		emit_opened(row, "\t")
		return
	}
	out_from_table(row, fact_line[row, "fails"], "\tif (" fact[row, "fails"] ") {")
	out("\t\t" failed error_expression(fact[row, "error"]) ");")
	out("\t} else {")
	emit_success(row, "\t\t", succeeded)
	emit_opened(row, "\t\t")
	out("\t}")
}

# -- Locks, which are tried before they are waited for

function lock_trier(row,   tried) {
	tried = fact[row, "try"]
	sub(/ .*$/, "", tried)
	return tried
}

function lock_is_busy(row,   busy) {
	busy = fact[row, "try"]
	sub(/^[^ ]+ +/, "", busy)
	return busy
}

function error_is_errno(row) {
	return fact[row, "error"] != "result"
}

function emit_lock(name, row, arguments,   tried, busy, has_errno) {
	tried = lock_trier(row)
	busy = lock_is_busy(row)
	has_errno = error_is_errno(row)

	out("\tstruct probe probe = probe_begin_attempt(CALL_" row ", SLOT_" row " + LOCK_FREE);")
	out_from_table(row, fact_line[row, "try"], "\t__typeof__(&" tried ") attempt = NULL;")
	out("")
	if ((row, "try_if") in fact)
		out_from_table(row, fact_line[row, "try_if"], "\tif (probe.stats && (" fact[row, "try_if"] "))")
	else
		out("\tif (probe.stats)")
	out("\t\tattempt = REAL_BESIDE(&beside_" name ", " tried ", " name ");")
	if ((row, "cancelled_first") in fact)
		out("\tif (attempt)\n\t\tattempt_may_be_cancelled(&probe, CALL_" row ");")
	if (has_errno)
		out("\tint code = errno;")
	out("\tint result = attempt ? attempt(" parameter_name[name, 1] ") : 0;")
	out_from_table(row, fact_line[row, "try"], "\tbool is_busy = attempt && (" busy ");")
	out("")
	out("\tif (is_busy) {")
	if (has_errno)
		out("\t\terrno = code;")
	out("\t\tprobe = probe_begin_contended(CALL_" row ", SLOT_" row " + LOCK_CONTENDED);")
	out("\t} else {")
	out("\t\tprobe_count_attempt(&probe, CALL_" row ");")
	out("\t}")
	out("\tif (is_busy || !attempt)")
	out("\t\tresult = REAL(" name ")(" arguments ");")
	emit_outcome(row, "probe_failed(&probe, ", "probe_succeeded(&probe, ")
	emit_return(row)
}

# -- Descriptors that come and go

# Two that the call has put into an array are looked at there, and not where the array may be nowhere.
function emit_opened(row, indent,   n, word, kind, array) {
	if (!((row, "opens") in fact))
		return
	n = split(fact[row, "opens"], word, " ")
	kind = "DESCRIPTOR_" (word[1] == "any" ? "UNKNOWN" : toupper(word[1]))
	array = word[2]
	if (sub(/\[\]$/, "", array))
		out_from_table(row, fact_line[row, "opens"], indent "descriptor_opened_pair(" array ", " kind ");")
	else if ((row, "copies") in fact)
		out_from_table(row, fact_line[row, "opens"], indent "if (" is_other(row) ")\n" indent "\tdescriptor_opened(" \
			word[2] ", " kind ");")
	else
		out_from_table(row, fact_line[row, "opens"], indent "descriptor_opened(" word[2] ", " kind ");")
}

# A copy of itself, of dup2(), is no other.
function is_other(row) {
	return "result != " fact[row, "copies"]
}

# Which ones are closed is asked before the call: it may free what would tell. A connection that was under way there is
# forgotten by then, too: afterwards another thread may have one by the same number.
function emit_closed_declaration(row,   n, word) {
	if (!((row, "closes") in fact))
		return
	n = split(fact[row, "closes"], word, " ")
	out_from_table(row, fact_line[row, "closes"], "\tconst int closed = (int)(" word[1] ");")
	if (n == 3)
		out_from_table(row, fact_line[row, "closes"], "\tconst int last_closed = (int)(" word[3] ");")
	else
		out("\n\tconnection_forget(closed);")
}

function emit_closed(row) {
	if (!((row, "closes") in fact))
		return
	if (fact[row, "closes"] ~ / to /)
		out("\tdescriptor_closed_range(closed, last_closed);")
	else
		out("\tdescriptor_closed(closed);")
}

# -- Files and peers: record/object.h

function emit_object_before(row,   moves) {
	if (uses_descriptor(row)) {
		moves = ((row, "direction") in fact) || ((row, "peering") in fact && fact[row, "peering"] == "accepted")
		out_from_table(row, fact_line[row, "fd"], "\tstruct object_cell *object = " \
			(moves ? "object_begin" : "object_known") "(CALL_" row ", &probe, " fact[row, "fd"] ");")
	}
	if ((row, "to") in fact)
		out_from_table(row, fact_line[row, "to"], \
			"\tstruct object_cell *object_to = object_begin(CALL_" row ", &probe, " fact[row, "to"] ");")
	if ((row, "copies") in fact)
		out_from_table(row, fact_line[row, "copies"], "\tconst uintptr_t copied = object_noted(" fact[row, "copies"] ");")
	if (walks(row))
		out("\tobject_walk_begins();")
}

# Whether it calls functions of the program in one directory after the other.
function walks(row) {
	return ((row, "moves") in fact) && fact[row, "moves"] == "directories"
}

# Who connects is known by the peer, and who could not be bound by the address.
function uses_descriptor(row) {
	return has_descriptor(row) && !(((row, "peering") in fact) && fact[row, "peering"] == "connected")
}

# "CALL_read, &probe, ns"
function object_call(row) {
	return "CALL_" row ", &probe, ns"
}

# The directory that a relative path starts from, and the path.
function object_path(name, row,   i, path) {
	path = fact[row, "path"]
	for (i = 2; i <= n_parameters[name]; i++)
		if (parameter_name[name, i] == path && parameter_name[name, i - 1] ~ /dirfd$/)
			return parameter_name[name, i - 1] ", " path
	return "AT_FDCWD, " path
}

function object_way(row) {
	return ((row, "direction") in fact) && fact[row, "direction"] == "in" ? "OBJECT_IN" : "OBJECT_OUT"
}

function address_size(row) {
	return fact[row, "peer"] ", addrlen"
}

# The row of whom a message is for: that is a parameter, or stands in the message, or in the first of several.
function emit_addressee(row, indent, has_been_read,   peering) {
	peering = ((row, "peering") in fact) ? fact[row, "peering"] : ""
	if (peering == "addressed")
		out(indent "object = object_addressed(CALL_" row ", object, " fact[row, "fd"] ", " address_size(row) ", " \
			has_been_read ");")
	else if (peering ~ /^(message|messages)$/)
		out(indent "object = object_messaged(CALL_" row ", object, " fact[row, "fd"] ", " \
			(peering == "message" ? fact[row, "peer"] : "&" fact[row, "peer"] "->msg_hdr") ", " has_been_read ");")
}

function emit_object_outcome(name, row,   is_peer) {
	is_peer = ((row, "peering") in fact) && fact[row, "peering"] ~ /^(bound|connected)$/
	if ((row, "fails") in fact) {
		out_from_table(row, fact_line[row, "fails"], "\tif (" fact[row, "fails"] ") {")
		out("\t\tconst int code = " error_expression(fact[row, "error"]) ";")
		out("\t\tconst uint64_t ns = probe_measured_failure(&probe, code);\n")
		emit_object_failure(name, row, is_peer)
		out("\t} else {")
		emit_object_success(name, row, "\t\t", is_peer)
		out("\t}")
	} else {
		out("\t{")
		emit_object_success(name, row, "\t\t", is_peer)
		out("\t}")
	}
}

function emit_object_failure(name, row, is_peer) {
	if (is_peer)
		out("\t\tobject_" (fact[row, "peering"] == "bound" ? "unbound" : "connected") "(" object_call(row) ", " \
			(fact[row, "peering"] == "bound" ? "" : fact[row, "fd"] ", ") address_size(row) ", code);")
	else if ((row, "stream") in fact)
		out("\t\tobject_stream_failed(CALL_" row ", " fact[row, "stream"] ", &probe, ns, code);")
	else if ((row, "path") in fact)
		out("\t\tobject_path_failed(" object_call(row) ", " object_path(name, row) ", code);")
	else if (has_descriptor(row)) {
		emit_addressee(row, "\t\t", "object_is_refused(code)")
		emit_not_moved(row, "object", fact[row, "fd"])
	} else {
		out("\t\t(void)ns;")
	}
	if ((row, "to") in fact)
		emit_not_moved(row, "object_to", fact[row, "to"])
}

function emit_not_moved(row, object, descriptor) {
	if ((row, "direction") in fact)
		out("\t\tobject_not_moved(" object ", &probe, code, ns, " descriptor ");")
	else
		out("\t\tobject_failed(" object ", &probe, code, ns);")
}

function emit_object_success(name, row, indent, is_peer,   way) {
	way = object_way(row)
	if ((row, "bytes") in fact)
		out_from_table(row, fact_line[row, "bytes"], \
			indent "const uint64_t moved = (uint64_t)(" fact[row, "bytes"] ");")
	out(indent "const uint64_t ns = probe_measured(&probe, " moved_bytes(row) ");\n")
	emit_opened(row, indent)
	if (is_peer)
		emit_object_peer(row, indent)
	else if ((row, "stream") in fact)
		out(indent "object_streamed(CALL_" row ", " fact[row, "stream"] ", &probe, ns, " way ", " moved_bytes(row) ");")
	else if ((row, "peering") in fact && fact[row, "peering"] == "accepted")
		out(indent "object_accepted(object, &probe, ns, " fact[row, "fd"] ", result);")
	else if (has_descriptor(row))
		emit_object_use(row, indent, way)
	if ((row, "binds") in fact)
		out_from_table(row, fact_line[row, "binds"], \
			indent "object_opened(" object_call(row) ", " object_path(name, row) ", " fact[row, "binds"] ");")
	else if (!has_descriptor(row) && !((row, "stream") in fact))
		out(indent "(void)ns;")
	if ((row, "copies") in fact)
		out(indent "if (" is_other(row) ")\n" indent "\tobject_note(result, copied);")
	if ((row, "moves") in fact && fact[row, "moves"] == "directory")
		out(indent "object_directory_changed();")
}

# What a call without a number of bytes has moved is not known, and nothing is added for it.
function moved_bytes(row) {
	return ((row, "bytes") in fact) ? "moved" : "0"
}

function emit_object_peer(row, indent) {
	if (fact[row, "peering"] == "bound")
		out(indent "object_forget(" fact[row, "fd"] ");\n" indent "object_touched(object, &probe, ns);")
	else
		out(indent "object_connected(" object_call(row) ", " fact[row, "fd"] ", " address_size(row) ", 0);")
}

# What the descriptor itself was used for. Bytes that go on to another descriptor come from this one.
function emit_object_use(row, indent, way) {
	if ((row, "peering") in fact && fact[row, "peering"] ~ /^(asked|reached)$/) {
		emit_learned(row, indent)
		return
	}
	if (!((row, "direction") in fact)) {
		out(indent "object_touched(object, &probe, ns);")
		if ((row, "moves") in fact && fact[row, "moves"] == "position")
			out(indent "object_sought(object, " fact[row, "fd"] ", result);")
		return
	}
	if ((row, "peering") in fact && fact[row, "peering"] == "messages") {
		out(indent "object_sent(CALL_" row ", object, &probe, ns, " fact[row, "fd"] ", " fact[row, "peer"] ", (unsigned int)result);")
		return
	}
	emit_addressee(row, indent, "object_is_granted(moved)")
	out(indent "object_moved(object, &probe, ns, " fact[row, "fd"] ", " (((row, "to") in fact) ? "OBJECT_IN" : way) \
		", moved, " object_offset(row) ");")
	if ((row, "to") in fact)
		out(indent "object_moved(object_to, &probe, ns, " fact[row, "to"] ", OBJECT_OUT, moved, " \
			moved_offset(row, "off_out") ");")
}

# What came of a connection.
function emit_learned(row, indent) {
	if (fact[row, "peering"] == "asked")
		out(indent "object_asked(object, &probe, ns, " fact[row, "fd"] ", " \
			"level == SOL_SOCKET && optname == SO_ERROR ? optval : NULL, optlen);")
	else
		out(indent "object_reached(object, &probe, ns, " fact[row, "fd"] ");")
}

# The call has moved an offset that it was given by address, if it was the kernel's.
function moved_offset(row, name,   i) {
	for (i = 1; i <= n_parameters[row]; i++)
		if (parameter[row, i] == "off_t *" name)
			return name " && object_is_granted(moved) ? *" name " - (off_t)moved : OBJECT_AT_END"
	return "OBJECT_AT_END"
}

function object_offset(row,   i) {
	for (i = 1; i <= n_parameters[row]; i++)
		if (parameter[row, i] == "off_t offset")
			return "offset"
	return moved_offset(row, ((row, "to") in fact) && fact[row, "to"] == "out_fd" ? "offset" : "off_in")
}

# Of a call that is only counted: it is not timed.
function emit_stream_outcome(row,   way) {
	way = object_way(row)
	if ((row, "fails") in fact) {
		out_from_table(row, fact_line[row, "fails"], "\tif (" fact[row, "fails"] ") {")
		out("\t\tobject_stream_failed_untimed(CALL_" row ", " fact[row, "stream"] ", stats, " \
			error_expression(fact[row, "error"]) ");")
		out("\t} else {")
	} else {
		out("\t{")
	}
	if ((row, "bytes") in fact) {
		out_from_table(row, fact_line[row, "bytes"], "\t\tconst uint64_t moved = (uint64_t)(" fact[row, "bytes"] ");")
		out("")
		out("\t\tprobe_add_bytes(stats, moved);")
	}
	out("\t\tobject_streamed_untimed(CALL_" row ", " fact[row, "stream"] ", " way ", " moved_bytes(row) ");")
	out("\t}")
}

function error_expression(error) {
	if (error == "result")
		return "(int)result"
	if (error == "eai")
		return "result == EAI_SYSTEM ? errno : result"
	return error ~ /^\(/ ? error : "errno"
}

function emit_success(row, indent, succeeded) {
	if (!((row, "bytes") in fact))
		out(indent succeeded "0);")
	else
		out_from_table(row, fact_line[row, "bytes"], \
			indent succeeded "(uint64_t)(" fact[row, "bytes"] "));")
}
