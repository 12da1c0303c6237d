# SPDX-License-Identifier: MIT
#
# strace.awk -v wanted=CALLS RECORDING TRACE - compares the calls that sonde counted with those that strace -k saw the
# program make. The first line printed is what was found; then come differences, and what libc did by itself.

# What is exported, of a name that libc has for itself, where its own table of symbols is installed.
function public(symbol) {
	sub(/^__GI_/, "", symbol)
	sub(/_alias_[0-9]+$/, "", symbol)
	return symbol
}

# By which names libc calls one function, and which are so alike that libc continues one as the other.
function call_of(symbol) {
	sub(/^__libc_|^_IO_|^__/, "", symbol)
	sub(/_(2|chk)$/, "", symbol)
	sub(/64$/, "", symbol)
	sub(/64_l$/, "", symbol)
	if (symbol ~ /^(stat|lstat|fstat|fstatat|xstat|fxstat|lxstat|fxstatat)$/)
		return "fstatat"
	if (symbol ~ /^(wait|waitpid|wait3|wait4)$/)
		return "wait4"
	if (symbol ~ /^(execv|execve)$/)
		return "execve"
	if (symbol ~ /^(futimens|utimensat)$/)
		return "utimensat"
	if (symbol ~ /^(open|creat)$/)
		return "open"
	return symbol
}

# A system call, with the functions on its stack: those of libc up to the first that is not.
function enter_system_call(   name) {
	name = call_of(outermost)
	# Made by a function that has no name in libc, so that strace shows the one before it.
	if (system_call == "utimensat")
		name = "utimensat"
	if (system_call != "" && outermost == "")
		by_loader++
	else if (system_call != "" && name in is_one_to_one)
		traced[name]++
	else if (system_call != "")
		inside[name]++
	system_call = outermost = ""
}

function shown_inside(   name, text, n) {
	for (name in inside) {
		n += inside[name]
		text = text (text == "" ? "" : ", ") name " " inside[name]
	}
	return (n + 0) " system calls inside other functions" (text == "" ? "" : ": " text)
}

function check_wanted(   i, n, calls) {
	n = split(wanted, calls, " ")
	for (i = 1; i <= n; i++)
		if (traced[call_of(calls[i])] + 0 == 0)
			differences = differences "\n" calls[i] ": strace saw none, but this program makes some"
}

function check_equal(   name, n_equal, n_calls) {
	for (name in is_one_to_one) {
		if (traced[name] + 0 != counted[name] + 0)
			differences = differences "\n" name ": strace saw " traced[name] + 0 ", sonde counted " counted[name] + 0
		else if (traced[name] > 0) {
			n_equal++
			n_calls += traced[name]
		}
	}
	return n_calls + 0 " calls of " n_equal + 0 " functions are counted as strace saw them"
}

BEGIN {
	n = split("read write pread pwrite readv writev close open openat fstatat statx lseek access unlink unlinkat rename " \
		"mkdir rmdir ftruncate fsync fdatasync fcntl ioctl dup dup2 pipe pipe2 socket bind listen accept accept4 " \
		"connect send recv copy_file_range getsockname getpeername setsockopt getsockopt sendto recvfrom sendmsg recvmsg shutdown poll readlink " \
		"chdir fchdir wait4 waitid execve chmod fchmod fchmodat utimensat posix_fadvise symlink link mmap munmap", names, " ")
	for (i = 1; i <= n; i++)
		is_one_to_one[names[i]] = 1
}

# The recording: one call a line, first those of all processes.
FILENAME == ARGV[1] {
	if (/^ *"processes": \[/)
		is_past_totals = 1
	if (!is_past_totals && match($0, /"call": *"[a-z0-9_]+"/)) {
		name = substr($0, RSTART, RLENGTH)
		gsub(/"call": *|"/, "", name)
		match($0, /"count": *[0-9]+/)
		count = substr($0, RSTART, RLENGTH)
		sub(/"count": */, "", count)
		counted[call_of(name)] += count
	}
	next
}

# The trace: "PID read(3, ...) = 5", and below it its stack. One that was interrupted by another process's has the
# stack below the line "PID <... read resumed>".
/^[0-9]+ / {
	enter_system_call()
	is_in_libc = 1
	if ($0 !~ /<unfinished \.\.\.>$/ && match($2 == "<..." ? $3 : $2, /^[a-z0-9_]+/))
		system_call = substr($2 == "<..." ? $3 : $2, RSTART, RLENGTH)
	next
}

/^ > / && is_in_libc {
	is_in_libc = $2 ~ /\/libc\.so\.6\(/
	if (is_in_libc) {
		outermost = $2
		sub(/.*\/libc\.so\.6\(/, "", outermost)
		sub(/[+)].*/, "", outermost)
		outermost = public(outermost)
	}
}

END {
	enter_system_call()
	found = check_equal()
	check_wanted()
	print found differences
	print shown_inside() "; " by_loader + 0 " by the dynamic loader or without libc"
	exit differences != ""
}
