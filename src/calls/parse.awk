# SPDX-License-Identifier: MIT
#
# parse.awk - reads call tables and hands them to an emitter.
#
#     awk -f parse.awk -f emit-NAME.awk TABLE.calls...
#
# The grammar stands in README.md. An error names the file and the line of the row, and nothing is
# emitted. The emitter defines emit(), which is called once all tables are read and finds them here:
#
#   n_rows, row[1..]             names of the calls, in the order of the tables
#   group_of[ROW], return_type[ROW], fact[ROW, NAME], fact_line[ROW, NAME]
#   kinds_of(ROW)                NONE, DESCRIPTOR or LOCK
#   wait_of(ROW)                 none, io, network, ...
#   n_symbols, symbol[1..]       each row's name, followed by its other symbols
#   row_of[SYMBOL], kind[SYMBOL] kind is "row", "alias", "chk" or "custom"
#   file_of[SYMBOL], line_of[SYMBOL]
#   parameters[SYMBOL]           as text, without the parentheses
#   n_parameters[SYMBOL], parameter[SYMBOL, 1..], parameter_name[SYMBOL, 1..]
#   n_includes, include[1..]     each header once
#   skip_reason[SYMBOL]
#
#
# since(SYMBOL) is the minor version of glibc that first had it, 0 if all have.
#
# With -v glibc=MINOR, is_newer(SYMBOL) tells of symbols that are newer than that; they are exported and looked up only
# under their version.
#
# With -v machine=NAME, a symbol that libc for that machine has in two versions is followed by one of kind
# "older", called older_SYMBOL:
#
#   plain_of[OLDER]              the symbol's name without older_
#   version_of[OLDER]            the version of libc's that it stands for
#   n_newer[ROW], newer[ROW, 1..]  the versions that the row's other symbols stand for, the default one last

BEGIN {
	n_rows = n_symbols = n_includes = n_errors = 0
	current = ""
	MAX_CALL_NAME = 31  # CALL_NAME_SIZE and CALL_GROUP_SIZE of call.h, less the NUL
	MAX_GROUP_NAME = 14
	IDENTIFIER = "[A-Za-z_][A-Za-z_0-9]*"

	words = "void char short int long unsigned signed float double const struct union enum restrict"
	n_words = split(words, word, " ")
	for (i = 1; i <= n_words; i++)
		is_type_word[word[i]] = 1
	is_reserved["result"] = is_reserved["probe"] = is_reserved["attempt"] = is_reserved["closed"] = 1
	is_reserved["object"] = is_reserved["copied"] = is_reserved["moved"] = is_reserved["code"] = is_reserved["ns"] = 1
	PEERINGS = "bound|connected|asked|reached|accepted|addressed|message|messages"
	WAITS = "none|io|network|lock|sleep|child|events"
	DESCRIPTORS = "any|file|socket|pipe|terminal|device|other"
}

FNR == 1 { group = ""; group_waits = ""; current = "" }

{
	sub(/#.*/, "")
	sub(/[ \t\r]+$/, "")
}

/^$/             { next }
/^[ \t]/         { read_fact(); next }
$1 == "include"  { read_include(); next }
$1 == "group"    { read_group(); next }
$1 == "waits"    { read_group_waits(); next }
$1 == "skip"     { read_skip(); next }
                 { read_row($0) }

END {
	for (i = 1; i <= n_symbols; i++)
		check_custom(symbol[i])
	add_older_symbols()
	if (!n_errors)
		emit()
	close("cat 1>&2")
	exit n_errors != 0
}

function complain(text) {
	complain_at(FILENAME, FNR, text)
}

function complain_at(file, line, text) {
	print file ":" line ": " text | "cat 1>&2"
	n_errors++
}

# A wrapper that is written by hand can have no generated ones beside it.
function check_custom(name) {
	if (kind[row_of[name]] == "custom" && kind[name] != "custom")
		complain_at(file_of[name], line_of[name], \
			kind[name] " " name ": " row_of[name] " is custom, so name it there")
}

function rest_after_words(text, n) {
	sub(/^[ \t]+/, "", text)
	for (; n > 0; n--)
		sub(/^[^ \t]+[ \t]*/, "", text)
	return text
}

function read_include() {
	current = ""
	if (NF != 2 || $2 !~ /^<[^>]+>$/)
		complain("include wants one <header>")
	else if (!is_included[$2]) {
		is_included[$2] = 1
		include[++n_includes] = $2
	}
}

function read_group() {
	current = ""
	if (NF != 2 || $2 !~ ("^" IDENTIFIER "$"))
		complain("group wants one name")
	else if (length($2) > MAX_GROUP_NAME)
		complain("group name '" $2 "' is longer than " MAX_GROUP_NAME " characters")
	group = $2
	group_waits = ""
}

# What the calls below wait for that say nothing of it themselves.
function read_group_waits() {
	current = ""
	check_choice("waits", rest_after_words($0, 1), WAITS)
	group_waits = $2
}

function read_skip() {
	current = ""
	if (NF < 3)
		complain("skip wants a symbol and a reason")
	else {
		if (claim($2, "skip"))
			skip_reason[$2] = rest_after_words($0, 2)
	}
}

# Takes a symbol's name; false if another row has it.
function claim(name, what) {
	if (name !~ ("^" IDENTIFIER "$")) {
		complain("'" name "' is not the name of a symbol")
		return 0
	}
	if (name in claimed) {
		complain("symbol '" name "' stands already at " claimed[name])
		return 0
	}
	claimed[name] = FILENAME ":" FNR
	kind[name] = what
	file_of[name] = FILENAME
	line_of[name] = FNR
	return 1
}

function add_symbol(name, what) {
	if (!claim(name, what))
		return 0
	symbol[++n_symbols] = name
	row_of[name] = current
	return 1
}

# "ssize_t read(int fd, ...)": the text before the first parenthesis ends with the name.
function read_row(text,   open, head, name, type) {
	current = ""
	open = index(text, "(")
	head = substr(text, 1, open - 1)
	if (!open || text !~ /\)$/ || !match(head, IDENTIFIER "$") || RSTART == 1) {
		complain("cannot read '" text "' as a directive or a prototype")
		return
	}
	name = substr(head, RSTART)
	type = substr(head, 1, RSTART - 1)
	sub(/[ \t]+$/, "", type)
	if (group == "") {
		complain("'" name "' stands before any group")
		return
	}
	if (length(name) > MAX_CALL_NAME)
		complain("call name '" name "' is longer than " MAX_CALL_NAME " characters")

	current = name
	if (!add_symbol(name, "row")) {
		current = ""
		return
	}
	row[++n_rows] = name
	group_of[name] = group
	return_type[name] = type
	waits_of_group[name] = group_waits
	read_parameters(name, substr(text, open + 1, length(text) - open - 1))
}

# Splits at the commas outside parentheses.
function read_parameters(name, text,   depth, i, c, piece) {
	parameters[name] = text
	n_parameters[name] = 0
	if (text == "void")
		return
	depth = 0
	piece = ""
	text = text ","
	for (i = 1; i <= length(text); i++) {
		c = substr(text, i, 1)
		depth += (c == "(") - (c == ")")
		if (c == "," && depth == 0) {
			add_parameter(name, piece)
			piece = ""
		} else
			piece = piece c
	}
	if (depth)
		complain(name ": parentheses do not match")
}

function add_parameter(name, text,   n) {
	sub(/^[ \t]+/, "", text)
	sub(/[ \t]+$/, "", text)
	n = ++n_parameters[name]
	parameter[name, n] = text
	parameter_name[name, n] = name_of_parameter(text)
	if (parameter_name[name, n] == "")
		complain(name ": parameter " n ", '" text "', has no name")
	else if (parameter_name[name, n] in is_reserved)
		complain(name ": parameter " n " has a name that wrappers use themselves")
}

function name_of_parameter(text) {
	if (text == "...")
		return text
	if (match(text, /\(\*[A-Za-z_][A-Za-z_0-9]*\)/))
		return substr(text, RSTART + 2, RLENGTH - 3)
	sub(/\[.*$/, "", text)
	if (!match(text, IDENTIFIER "$") || RSTART == 1)
		return ""
	text = substr(text, RSTART)
	return (text in is_type_word) ? "" : text
}

function is_parameter(name, word,   i) {
	for (i = 1; i <= n_parameters[name]; i++)
		if (parameter_name[name, i] == word)
			return 1
	return 0
}

function read_fact(   name, value) {
	name = $1
	value = rest_after_words($0, 1)
	if (current == "") {
		complain("fact '" name "' belongs to no prototype")
		return
	}
	if (name == "alias")
		add_symbol($2, "alias")
	else if (name == "chk")
		read_chk(value)
	else if (name == "custom")
		read_custom()
	else if (name == "version")
		read_version()
	else if (name == "since")
		read_since()
	else
		read_plain_fact(name, value)
	if (name == "alias" && NF != 2)
		complain("alias wants one symbol")
}

function read_plain_fact(name, value) {
	if ((current, name) in fact)
		complain("fact '" name "' is given twice")
	if (name == "fd" || name == "path" || name == "peer")
		check_object(name, value)
	else if (name == "bytes" || name == "fails")
		check_expression(name, value)
	else if (name == "direction")
		check_choice(name, value, "in|out")
	else if (name == "error")
		check_choice(name, value, "errno|result|eai|[(].+[)]")
	else if (name == "waits")
		check_choice(name, value, WAITS)
	else if (name == "kinds")
		check_kinds(value)
	else if (name == "opens")
		check_opens(value)
	else if (name == "closes")
		check_closes(value)
	else if (name == "try")
		check_try(value)
	else if (name == "try_if")
		check_expression(name, value)
	else if (name == "cancelled_first")
		check_choice(name, value, "")
	else if (name == "to" || name == "copies")
		check_object(name, value)
	else if (name == "stream" || name == "binds")
		check_expression(name, value)
	else if (name == "peering")
		check_choice(name, value, PEERINGS)
	else if (name == "moves")
		check_choice(name, value, "directory|directories|position")
	else if (name == "sampled")
		check_choice(name, value, "")
	else if (name == "variadic")
		check_variadic(value)
	else if (name == "redirected")
		check_choice(name, value, "")
	else
		complain("unknown fact '" name "'")
	fact[current, name] = value
	fact_line[current, name] = FNR
}

function check_choice(name, value, choices) {
	if (value !~ ("^(" choices ")$"))
		complain(name ": '" value "' is not possible")
}

function check_variadic(value) {
	check_choice("variadic", value, "")
	if (parameters[current] !~ /[.][.][.]$/)
		complain("variadic: " current " is not")
}

# "since glibc 2.N SYMBOL...": of the row, or only of some of its symbols.
function read_since(   i) {
	if (NF < 3 || $2 != "glibc" || $3 !~ /^2[.][0-9]+$/)
		complain("since wants glibc 2.N")
	for (i = 4; i <= NF; i++)
		since_of[$i] = substr($3, 3) + 0
	if (NF == 3)
		row_since[current] = substr($3, 3) + 0
}

function check_object(name, value) {
	match(value, IDENTIFIER)
	value = substr(value, RSTART, RLENGTH)
	if (value != "result" && !is_parameter(current, value))
		complain(name ": '" value "' is not a parameter of " current)
}

function check_kinds(value) {
	if (value !~ /^descriptor [^ ]+$/)
		complain("kinds: '" value "' is not possible")
	else
		check_object("kinds", rest_after_words(value, 1))
}

# "try SYMBOL EXPR": that it is a call of the table says the compiler.
function check_try(value) {
	if (value !~ ("^" IDENTIFIER " [^ ]"))
		complain("try wants a symbol, and when it says that one must wait")
	else if (return_type[current] != "int")
		complain("try: " current " has no int as result")
}

# Expressions without spaces; whether they make sense says the compiler, which is told where they stand.
function check_opens(value) {
	if (value !~ ("^(" DESCRIPTORS ") [^ ]+$"))
		complain("opens: '" value "' is no kind of descriptor and where it is to be found")
}

function check_closes(value) {
	if (value !~ /^[^ ]+( to [^ ]+)?$/)
		complain("closes: '" value "' is no descriptor, and no range of them")
}

function kinds_of(row) {
	if ((row, "try") in fact)
		return "LOCK"
	return ((row, "kinds") in fact) ? "DESCRIPTOR" : "NONE"
}

function wait_of(row) {
	if ((row, "waits") in fact)
		return fact[row, "waits"]
	return waits_of_group[row] == "" ? "none" : waits_of_group[row]
}

# Whether what a call does is known by the file or the peer that it is about. The names of shared memory are no paths.
function has_object(row) {
	if (group_of[row] == "memory")
		return has_descriptor(row)
	return group_of[row] ~ /^(io|path|stdio|socket)$/ && (has_descriptor(row) || is_own_wrapper(row) || ((row, "path") in fact) || \
		((row, "peer") in fact) || ((row, "stream") in fact) || ((row, "moves") in fact))
}

# One that is written by hand looks at its descriptor when it can.
function is_own_wrapper(row) {
	return kind[row] == "custom" && ((row, "fd") in fact)
}

# Whether its descriptor is known before it is made: what a pointer leads to is not looked at.
function has_descriptor(row) {
	return ((row, "fd") in fact) && fact[row, "fd"] !~ /->|\*|\[|\(/
}

function check_expression(name, value) {
	if (value == "")
		complain(name " wants an expression")
	else if (return_type[current] == "void" && value ~ /(^|[^A-Za-z_0-9])result([^A-Za-z_0-9]|$)/)
		complain(name ": " current " has no result")
}

# "chk SYMBOL PARAM..." adds parameters to the row's; "chk SYMBOL(PARAM...)" gives all of them.
function read_chk(value,   name, extra) {
	name = value
	sub(/[ \t(].*$/, "", name)
	if (!add_symbol(name, "chk"))
		return
	extra = substr(value, length(name) + 1)
	sub(/^[ \t]+/, "", extra)
	if (extra ~ /^\(/)
		extra = substr(extra, 2, length(extra) - 2)
	else if (extra == "")
		extra = parameters[current]
	else if (parameters[current] != "void")
		extra = parameters[current] ", " extra
	read_parameters(name, extra)
}

function read_custom(   i) {
	kind[current] = "custom"
	for (i = 2; i <= NF; i++)
		add_symbol($i, "custom")
}

# "version MACHINE OLDER before NEWER...": kept if it is about the machine that is built for.
function read_version(   i) {
	if (NF < 5 || $4 != "before")
		complain("version wants MACHINE OLDER before NEWER...")
	for (i = 3; i <= NF; i++)
		if (i != 4 && $i !~ /^GLIBC_[0-9]+([.][0-9]+)+$/)
			complain("version: '" $i "' is not a version of glibc")
	if ((current, $2) in has_version)
		complain("version: " current " has one for " $2 " already")
	has_version[current, $2] = 1
	if ($2 != machine)
		return
	older[current] = $3
	for (i = 5; i <= NF; i++)
		newer[current, ++n_newer[current]] = $i
}

# Whether the symbol has the versions that its row tells; a twin with code of its own has not.
function has_older(name,   row) {
	row = row_of[name]
	return (row in older) && (name == row || kind[name] == "alias")
}

# Puts the older versions of a row's symbols behind its last symbol.
function add_older_symbols(   i, n, first, all) {
	first = 1
	for (i = 1; i <= n_symbols; i++) {
		all[++n] = symbol[i]
		if (i < n_symbols && row_of[symbol[i + 1]] == row_of[symbol[i]])
			continue
		for (; first <= i; first++)
			if (has_older(symbol[first]))
				all[++n] = add_older(symbol[first])
	}
	n_symbols = n
	for (i = 1; i <= n; i++)
		symbol[i] = all[i]
}

function add_older(name,   added) {
	added = "older_" name
	kind[added] = "older"
	row_of[added] = row_of[name]
	plain_of[added] = name
	version_of[added] = older[row_of[name]]
	file_of[added] = file_of[name]
	line_of[added] = line_of[name]
	read_parameters(added, parameters[row_of[name]])
	return added
}

# The minor version of glibc that first had a symbol; 0: all have it.
function since(name) {
	return (name in since_of) ? since_of[name] : row_since[row_of[name]] + 0
}

# A program that looks at run time whether there is such a function must not find ours where libc has none.
function is_newer(name) {
	return glibc != "" && since(name) > glibc + 0
}

# A variadic symbol's twin has a "v" before the plain name: __vprintf_chk of __printf_chk.
function twin_with_list(name,   at) {
	match(name, /^__isoc[0-9]+_|^__/)
	at = RSTART ? RLENGTH : 0
	return substr(name, 1, at) "v" substr(name, at + 1)
}

# As in "glob", or "glob@GLIBC_2.2.5": what the symbol is called in libc.
function libc_name(name) {
	if (kind[name] == "older")
		return plain_of[name] "@" version_of[name]
	return is_newer(name) ? name "@GLIBC_2." since(name) : name
}
