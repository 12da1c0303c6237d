# SPDX-License-Identifier: MIT
#
# strace-files.awk -v wanted=FILES -v work=DIRECTORY TABLE TRACE - compares what sonde tells of each file (sonde report --by=file --format=json)
# with what strace -y -k saw the program do: opens, failures by errno, and calls and bytes through descriptors. The first
# line printed is what was found; then come differences.

# What is exported, of a name that libc has for itself, where its own table of symbols is installed.
function public(symbol) {
	sub(/^__GI_/, "", symbol)
	sub(/_alias_[0-9]+$/, "", symbol)
	return symbol
}

# By which names libc calls one function.
function call_of(symbol) {
	sub(/^__libc_|^_IO_new_|^_IO_|^__/, "", symbol)
	sub(/_(2|chk)$/, "", symbol)
	sub(/64$/, "", symbol)
	sub(/^[fl]?xstat(at)?$/, "stat", symbol)
	return symbol
}

# Made absolute, as sonde does it.
function absolute(directory, path) {
	path = path ~ /^\// ? path : directory "/" path
	path = path "/"
	gsub(/\/+/, "/", path)
	while (sub(/\/\.\//, "/", path))
		continue
	sub(/\/$/, "", path)
	return path == "" ? "/" : path
}

# What a path leads to, where strace told.
function real(path) {
	return path in leads_to ? leads_to[path] : path
}

# Without what is another each time.
function same_each_time(path) {
	sub(/\/sed[A-Za-z0-9][A-Za-z0-9][A-Za-z0-9][A-Za-z0-9][A-Za-z0-9][A-Za-z0-9]$/, "/sedXXXXXX", path)
	sub(/\/cc[A-Za-z0-9][A-Za-z0-9][A-Za-z0-9][A-Za-z0-9][A-Za-z0-9][A-Za-z0-9]\./, "/ccXXXXXX.", path)
	return path
}

# What stands there is about the process itself, which is another one, with another library.
function is_told(path) {
	return path != "" && path !~ /^\/proc\//
}

# The working directory of the process that made the call.
function directory_of(pid) {
	return (pid in directories) ? directories[pid] : work
}

# "3</a/b>" and "AT_FDCWD</a/b>": what a descriptor stands for.
function file_of(descriptor) {
	if (!match(descriptor, /<\/[^>]*>/))
		return ""
	descriptor = substr(descriptor, RSTART + 1, RLENGTH - 2)
	sub(/ \(deleted\)$/, "", descriptor)
	return descriptor
}

# The result of a call, and the errno if it failed.
function read_result(line) {
	failure = ""
	if (!match(line, /\) += -?[0-9]+(<.*>)?( E[A-Z0-9]+ \(.*\))?$/))
		return 0
	line = substr(line, RSTART, RLENGTH)
	sub(/^\) += /, "", line)
	result = line + 0
	opened = file_of(line)
	if (match(line, / E[A-Z0-9]+ /))
		failure = substr(line, RSTART + 1, RLENGTH - 2)
	return 1
}

# A call that the program made, by what strace shows of it.
function take_call(line,   name, arguments, path, directory) {
	name = line
	sub(/\(.*/, "", name)
	arguments = substr(line, length(name) + 2)
	if (!read_result(line))
		return
	if (name ~ /^(openat|newfstatat|faccessat2?|readlinkat|unlinkat|mkdirat|open|stat|lstat|access|readlink|unlink|mkdir|rmdir|chdir|creat)$/) {
		if (!match(arguments, /"[^"]*"/))
			return
		path = substr(arguments, RSTART + 1, RLENGTH - 2)
		directory = name ~ /^(open|newfstat|faccess|readlink|unlink|mkdir)at2?$/ ? file_of(substr(arguments, 1, RSTART)) : directory_of(pid)
		if (path == "")
			return
		path = same_each_time(absolute(directory, path))
		if (!is_told(path))
			return
		if (name == "chdir" && failure == "")
			directories[pid] = path
		if (failure == "EINVAL")
			return
		if (failure != "")
			failed[path " " failure]++
		else if (name ~ /^(openat|open|creat)$/) {
			leads_to[path] = same_each_time(opened)
			opens_by_path[path]++
		}
	} else if (failure == "" && name ~ /^(read|pread64|readv|write|pwrite64|writev)$/) {
		move(substr(arguments, 1, index(arguments, ",")), name ~ /read/ ? "reads" : "writes")
	} else if (failure == "" && name == "copy_file_range") {
		split(arguments, word, ", ")
		move(word[1], "reads")
		move(word[3], "writes")
	}
}

function move(descriptor, way,   path) {
	path = same_each_time(file_of(descriptor))
	if (!is_told(path))
		return
	calls[path " " way]++
	bytes[path " " way] += result
}

# fopen() and mkstemp() have no names in the libc without debugging symbols: strace shows those before them.
function opens() {
	return inner == "_IO_file_fopen" || outermost == "tempnam" || call_of(outermost) ~ /^(opendir|fdopendir|fopen|gen_tempname)$/
}

# A call counts where the function of libc that the program called is one that does just that. A stream opens as well.
function enter_system_call() {
	if (line != "" && (call_of(outermost) in is_one_to_one || (line ~ /^open/ && opens())))
		take_call(line)
	line = outermost = inner = ""
}

BEGIN {
	n = split("read write pread pwrite readv writev open openat creat fstatat stat lstat access faccessat readlink " \
		"readlinkat unlink unlinkat mkdir mkdirat rmdir chdir copy_file_range", names, " ")
	for (i = 1; i <= n; i++)
		is_one_to_one[names[i]] = 1
}

function number(text, key) {
	if (!match(text, "\"" key "\":[0-9]+"))
		return 0
	return substr(text, RSTART + length(key) + 3, RLENGTH - length(key) - 3) + 0
}

# The object that stands under a key.
function part(text, key,   at) {
	at = index(text, "\"" key "\":{")
	if (!at)
		return ""
	text = substr(text, at)
	return substr(text, 1, index(text, "}"))
}

# A line of the table.
FILENAME == ARGV[1] {
	if (!match($0, /"file":"[^"]*"/))
		next
	path = substr($0, RSTART + 8, RLENGTH - 9)
	path = same_each_time(path)
	if (is_told(path)) {
		sonde_line[++n_lines] = $0
		sonde_path[n_lines] = path
	}
	next
}

/^[0-9]+ / {
	is_in_libc = 1
	enter_system_call()
	pid = $1
	text = $0
	sub(/^[0-9]+ +/, "", text)
	if (text ~ /<unfinished \.\.\.>$/) {
		sub(/ <unfinished \.\.\.>$/, "", text)
		begun[pid] = text
		next
	}
	if (text ~ /^<\.\.\. [a-z0-9_]+ resumed>/) {
		sub(/^<\.\.\. [a-z0-9_]+ resumed>/, "", text)
		text = begun[pid] text
	}
	if (text ~ /^[a-z0-9_]+\(/)
		line = text
	next
}

/^ > / && is_in_libc {
	is_in_libc = $2 ~ /\/libc\.so\.6\(/
	if (is_in_libc) {
		inner = outermost
		outermost = $2
		sub(/.*\/libc\.so\.6\(/, "", outermost)
		sub(/[+)].*/, "", outermost)
		outermost = public(outermost)
	}
}

function differ(what, seen, told) {
	n_compared++
	if (seen + 0 != told + 0)
		differences = differences "\n" what ": strace saw " seen + 0 ", sonde tells " told + 0
}

function take_failures(path, text,   count, code) {
	while (match(text, /"errno":"[A-Z0-9]+","class":"[a-z]+","count":[0-9]+/)) {
		code = count = substr(text, RSTART, RLENGTH)
		sub(/"errno":"/, "", code)
		sub(/".*/, "", code)
		sub(/.*:/, "", count)
		if (code != "EINVAL" && substr(text, 1, RSTART - 1) ~ /"call":"(open|openat|creat|fopen|freopen|opendir|stat|lstat|fstatat|access|faccessat|readlink|readlinkat|unlink|unlinkat|mkdir|mkdirat|rmdir)",$/)
			told_failed[path " " code] += count
		text = substr(text, RSTART + RLENGTH)
	}
}

function compare_all(   i, text, path, key, w, n) {
	for (i = 1; i <= n_lines; i++) {
		text = sonde_line[i]
		path = real(sonde_path[i])
		told_opens[sonde_path[i]] += number(part(text, "opens"), "count")
		n = split("reads writes", names, " ")
		for (w = 1; w <= n; w++) {
			told_calls[path " " names[w]] += number(part(text, names[w]), "count")
			told_bytes[path " " names[w]] += number(part(text, names[w]), "bytes")
		}
		take_failures(sonde_path[i], text)
	}
	for (path in opens_by_path)
		differ("opens of " path, opens_by_path[path], told_opens[path])
	for (path in told_opens)
		if (!(path in opens_by_path))
			differ("opens of " path, 0, told_opens[path])
	for (key in calls) {
		differ(key, calls[key], told_calls[key])
		differ("bytes of " key, bytes[key], told_bytes[key])
	}
	for (key in told_calls)
		if (!(key in calls))
			differ(key, 0, told_calls[key])
	for (key in failed)
		differ("failures of " key, failed[key], told_failed[key])
	for (key in told_failed)
		if (!(key in failed))
			differ("failures of " key, 0, told_failed[key])
}

function check_wanted(   i, n, files, is_there, path) {
	n = split(wanted, files, " ")
	for (i = 1; i <= n; i++) {
		is_there = 0
		for (path in opens_by_path)
			if (substr(path, length(path) - length(files[i]) + 1) == files[i])
				is_there = 1
		if (!is_there)
			differences = differences "\n" files[i] ": strace saw no open of it, but this program opens it"
	}
}

END {
	enter_system_call()
	compare_all()
	check_wanted()
	print n_compared + 0 " figures of files are as strace saw them" differences
	exit differences != ""
}
