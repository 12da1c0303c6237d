# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # top_srcdir comes from the makefile
. "$top_srcdir/tests/scripts/lib.sh" || exit

# log NAME LINE... - what a test printed.
log() {
	mkdir -p "$scratch/$(dirname "$1")"
	printf '%s\n' "${@:2}" >"$scratch/$1.log"
}

# counts TOTALS RESULT... - the results that make check prints give these totals.
counts() {
	printf '%s\n' "${@:2}" | "$top_srcdir/scripts/count-tests" "$scratch" >"$scratch/answer"
	test "$(tail -n 1 "$scratch/answer")" = "$1"
}

log tests/two "ok - one" "ok - two" "2 passed, 0 failed"
log tests/lines "ok - one" "not ok - two" "# because" "ok - three"
log tests/crash "ok - one" "ok - two"
log tests/silent "all is well"
log tests/script "7 passed, 2 failed"
report "totals that a test prints are taken" counts "2 passed, 0 failed" "PASS: tests/two"
report "a test without totals is counted by its lines" counts "2 passed, 1 failed" "FAIL: tests/lines"
report "the reason of a failure is shown" grep -q '# because' "$scratch/answer"
report "a crash after the last line is a failure" counts "2 passed, 1 failed" "FAIL: tests/crash"
report "an error of the harness is a failure" counts "2 passed, 1 failed" "ERROR: tests/two"
report "a test that names no case is one" counts "1 passed, 0 failed" "PASS: tests/silent"
report "a script's log has no suffix of the script" counts "7 passed, 2 failed" "FAIL: tests/script.sh"
report "a test that was not run counts as neither" counts "2 passed, 0 failed" "SKIP: tests/silent" "PASS: tests/two"
report "tests are added up" counts "11 passed, 3 failed" "PASS: tests/two" "FAIL: tests/script.sh" "FAIL: tests/crash"
report "no test at all is a failure" counts "0 passed, 1 failed" "make: *** [check] Error 2"
finish
