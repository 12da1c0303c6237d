#!/bin/bash
# SPDX-License-Identifier: MIT
#
# How many instructions watching adds to a call, counted by callgrind: the same in each run. Limits are a little
# above what is needed; who needs more says why, with the times of make bench.
. "$top_srcdir/tests/e2e/lib.sh"

if test "$(uname -m)" != x86_64; then
	echo "0 passed, 0 failed"
	exit 0
fi

subject=$top_builddir/tests/cost/subject
echo >"$scratch/sampled.cfg"
echo 'timing: { memory = 1; thread = 1; };' >"$scratch/timed.cfg"
echo 'intercept: { groups = ["io"]; };' >"$scratch/off.cfg"
echo 'stacks: { allocated = "512KiB"; };' >"$scratch/drawn.cfg"
echo 'stacks: { failures = true; };' >"$scratch/failures.cfg"

# watch CONFIGURATION COMMAND...; bare: unwatched
watch() {
	if test "$1" = bare; then
		"${@:2}"
	else
		sonde run -c "$scratch/$1.cfg" -o "$scratch/recording.json" --report=none -- "${@:2}"
	fi
}

# total CONFIGURATION OPERATION N - instructions of the whole program
total() {
	watch "$1" valgrind --tool=callgrind --callgrind-out-file=/dev/null "$subject" "$2" "$3" 2>&1 |
		sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}

# each CONFIGURATION OPERATION - instructions of one operation, a hundredfold
each() {
	local few many
	few=$(total "$1" "$2" 2000)
	many=$(total "$1" "$2" 12000)
	echo $(((${many:-0} - ${few:-0}) / 100))
}

# adds SENTENCE CONFIGURATION OPERATION LIMIT - watching adds at most so many instructions to the operation
adds() {
	local added=$(($(each "$2" "$3") - ${bare[$3]}))

	echo "# $1: $((added / 100)) of $4"
	if test "$added" -gt 0 && test "$added" -le "$(($4 * 100))"; then
		pass "$1"
	else
		fail "$1" "$((added / 100)) instructions, at most $4"
	fi
}

echo 'files: { privacy = "off"; }; peers: { privacy = "off"; };' >"$scratch/nameless.cfg"

declare -A bare
for operation in malloc malloc-failing mutex; do
	bare[$operation]=$(each bare "$operation")
done

adds "malloc() and free() that are switched off are passed on at once" off malloc 30
adds "malloc() and free() that are only counted cost little more" sampled malloc 60
adds "malloc() and free() that are timed stay below a limit" timed malloc 300
adds "malloc() and free() of which some blocks are drawn cost little more than those that are counted" drawn malloc 90
adds "a failing malloc() whose caller is looked at stays below a limit" failures malloc-failing 1750
adds "a failing malloc() is found by its errno and no more" sampled malloc-failing 110
adds "a lock and an unlock that are switched off are passed on at once" off mutex 30
adds "a lock and an unlock that are only counted cost little more" sampled mutex 68
adds "a lock and an unlock that are timed stay below a limit" timed mutex 305

# What is known by file: a read() over one that is not, a character over a bare one.
bare[read]=$(each nameless read)
adds "a read() that is known by file costs little more than one that is not" sampled read 45
bare[send]=$(each nameless send)
adds "a send() and a recv() that are known by peer cost little more than those that are not" sampled send 90
bare[fgetc]=$(each bare fgetc)
adds "an fgetc() that is counted, and known by file, stays below a limit" sampled fgetc 60

finish
