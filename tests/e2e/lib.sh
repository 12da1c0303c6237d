# SPDX-License-Identifier: MIT
#
# lib.sh - for tests of the sonde command. A test acts, then checks what came out with the functions below:
#
#     act sonde run -- false       runs a command: leaves $status, $scratch/out and $scratch/err
#     check "false stays false" "$status" = 1
#     finish
#
# Recordings are kept in the test's own folder; no configuration of the user is read.

: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${top_builddir:=$PWD}"

n_passed=0
n_failed=0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM

sonde=$top_builddir/sonde
subject=$top_builddir/tests/e2e/subject
export XDG_STATE_HOME=$scratch/state XDG_CONFIG_HOME=$scratch/config
test -x "$sonde" || { echo "not ok - $sonde is there"; exit 1; }
unset SONDE_CONFIG SONDE_PRELOAD SONDE_SESSION LD_PRELOAD

sonde() {
	"$sonde" "$@"
}

# act COMMAND... - runs it; a signal that ends it is 128 + n, as in every shell.
act() {
	{ "$@" >"$scratch/out" 2>"$scratch/err"; } 2>/dev/null
	status=$?
}

pass() {
	echo "ok - $1"
	n_passed=$((n_passed + 1))
}

fail() {
	echo "not ok - $1"
	shift
	for line; do echo "#   $line"; done
	n_failed=$((n_failed + 1))
}

# check SENTENCE TEST... - the arguments of test(1) must hold.
check() {
	local sentence=$1
	shift
	if test "$@"; then pass "$sentence"; else fail "$sentence" "test $*" "$(head -5 "$scratch/err" 2>/dev/null)"; fi
}

# says SENTENCE STATUS TEXT - the last act ended so, and this exact line is among those on stderr.
says() {
	if test "$status" = "$2" && grep -qxF -- "$3" "$scratch/err"; then
		pass "$1"
	else
		fail "$1" "status $status, expected $2" "expected: $3" "found: $(head -5 "$scratch/err")"
	fi
}

finish() {
	echo "$n_passed passed, $n_failed failed"
	test "$n_failed" -eq 0
}
