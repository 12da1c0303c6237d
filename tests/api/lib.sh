# SPDX-License-Identifier: MIT
#
# lib.sh - runs a test program of the library twice: bare, where the library records by itself, and under the preload,
# whose engine it then uses. A test has one line:
#
#     . "${top_srcdir:-.}/tests/api/lib.sh" && run test-collector

: "${top_builddir:=$PWD}"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM
unset SONDE_CONFIG SONDE_PRELOAD SONDE_SESSION LD_PRELOAD
export SONDE_DIRECTORY=$scratch/sessions
mkdir "$SONDE_DIRECTORY"
has_failed=0

# Each line of the program's tests says how it was run. What only counts them is left out, being counted twice.
run_as() {
	local how=$1
	shift
	timeout "${patience_s:-300}" env LD_LIBRARY_PATH="$top_builddir/.libs" "$@" >"$scratch/out" 2>&1
	local status=$?
	sed -n "s/^\(ok\|not ok\) - .*/&, $how/p; /^#/p" "$scratch/out"
	grep -q '^[0-9]* passed, 0 failed$' "$scratch/out" && test "$status" -eq 0 && return
	grep -q '^not ok' "$scratch/out" || {
		echo "not ok - $1 ends by itself, $how"
		tail -5 "$scratch/out" | sed 's/^/#   /'
	}
	has_failed=1
}

run() {
	local program=$top_builddir/tests/api/.libs/$1
	test -x "$program" || program=$top_builddir/tests/api/$1
	run_as "bare" "$program"
	run_as "under the preload" LD_PRELOAD="$top_builddir/.libs/libsonde-preload.so" "$program"
	exit "$has_failed"
}
