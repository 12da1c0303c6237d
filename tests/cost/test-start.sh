#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What each process pays once: system calls of ours, by strace, and page faults, over those with an empty preload.
. "$top_srcdir/tests/e2e/lib.sh"

subject=$top_builddir/tests/cost/subject
faults=$top_builddir/tests/cost/faults
ours=$top_builddir/.libs/libsonde-preload.so
$CC -shared -o "$scratch/empty.so" -x c /dev/null || exit 1
echo 'session: { follow = "env"; };' >"$scratch/env.cfg"

# inside COMMAND... - as a watched process would be started, but with no preload yet
inside() {
	# shellcheck disable=SC2016 # for the shell in the session
	sonde run -c "$scratch/env.cfg" -o "$scratch/recording.json" --report=none -- sh -c '
		session=$SONDE_SESSION
		unset LD_PRELOAD SONDE_SESSION
		session=$session exec "$@"' sh "$@"
}

# n_calls PRELOAD OPERATION N - system calls of the subject and its children
n_calls() {
	# shellcheck disable=SC2016
	inside sh -c 'strace -f -o "$1" -E LD_PRELOAD="$2" -E SONDE_SESSION="$session" "$3" "$4" "$5"' sh \
		"$scratch/calls" "$1" "$subject" "$2" "$3"
	grep -c '^[0-9]* *[a-z0-9_]*(' "$scratch/calls"
}

# n_faults PRELOAD OPERATION N - page faults, in hundredths
n_faults() {
	# shellcheck disable=SC2016
	inside sh -c 'exec "$2" 100 /usr/bin/env LD_PRELOAD="$1" SONDE_SESSION="$session" "$3" "$4" "$5"' sh \
		"$1" "$faults" "$subject" "$2" "$3"
}

# How many pages of a file the kernel maps at once depends on how they came into memory, which is by chance: by one or two
# for each file, for as long as it is there. So the least of three, each beside another empty preload.
least_start_faults() {
	local n least=
	for _ in 1 2 3; do
		cp "$scratch/empty.so" "$scratch/other.so" && mv "$scratch/other.so" "$scratch/empty.so"
		n=$((($(n_faults "$ours" malloc 0) - $(n_faults "$scratch/empty.so" malloc 0)) / 100))
		test -n "$least" && test "$least" -le "$n" || least=$n
	done
	echo "$least"
}

# costs SENTENCE N LIMIT
costs() {
	echo "# $1: $2 of $3"
	if test "$2" -ge 0 && test "$2" -le "$3"; then pass "$1"; else fail "$1" "$2, at most $3"; fi
}

costs "a process that starts makes few system calls more" \
	$(($(n_calls "$ours" malloc 0) - $(n_calls "$scratch/empty.so" malloc 0))) 13
costs "a forked child makes few system calls more" \
	$((($(n_calls "$ours" fork 11) - $(n_calls "$ours" fork 1) -
		$(n_calls "$scratch/empty.so" fork 11) + $(n_calls "$scratch/empty.so" fork 1)) / 10)) 12
costs "a process that starts takes few page faults more" "$(least_start_faults)" 5
costs "a forked child takes few page faults more" \
	$((($(n_faults "$ours" fork 11) - $(n_faults "$ours" fork 1) -
		$(n_faults "$scratch/empty.so" fork 11) + $(n_faults "$scratch/empty.so" fork 1)) / 1000)) 6

# Names of sections are .text.FUNCTION; what the compiler makes of a function has more letters behind it.
unknown=$(sed -n 's/^[[:space:]]*\(\.text\..*\)$/\1/p' "$top_srcdir/src/preload/order.ld" | tr ' ' '\n' |
	sed -e 's/^\.text\.//' -e 's/\*$//' | grep -v -e '^first$' -e '^often$' -e '^:$' | sort -u |
	comm -23 - <(nm "$ours" | sed 's/.* //; s/\..*//' | sort -u) | while read -r name; do
		grep -Erq --include='*.c' "\\<$name\\(" "$top_srcdir/src/record" "$top_srcdir/src/preload" "$top_srcdir/src/base" || echo "$name"
	done)
if test -z "$unknown"; then pass "what is said to run often is there"; else fail "what is said to run often is there" "$unknown"; fi

finish
