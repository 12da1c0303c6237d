# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # top_srcdir comes from the makefile
. "$top_srcdir/tests/scripts/lib.sh" || exit

tree=$scratch/tree

# table LINE... - a tree with rows for all hazards but the last, and these.
table() {
	rm -rf "$tree"
	mkdir -p "$tree/docs" "$tree/src" "$tree/tests"
	echo 'check "it is harmless" "$x" = 1' >"$tree/tests/all.sh"
	echo 'TESTS += tests/all.sh' >"$tree/tests/local.mk"
	for i in $(seq 40); do echo "| H$i so | tests/all.sh | it is harmless | rule |"; done >"$tree/docs/hazards.md"
	printf '%s\n' "$@" >>"$tree/docs/hazards.md"
}

check() {
	"$top_srcdir/scripts/check-hazards" "$@" "$tree"
}

# ran LINE... - what tests/all.sh printed, later than it was written.
ran() {
	mkdir -p "$scratch/build/tests"
	printf '%s\n' "$@" >"$scratch/build/tests/all.log"
	echo ":test-result: ${result:-PASS}" >"$scratch/build/tests/all.trs"
	touch -d '-1 hour' "$tree"/tests/*
}

# answers LINES COMMAND... - the command succeeds, and prints this.
answers() {
	passes "${@:2}" && test "$(cat "$scratch/answer")" = "$1"
}

table "| H41 last | tests/all.sh | it is harmless | rule |"
report "a table with a test for each hazard passes" passes check
table ""
report "a hazard without a row is found" finds 'H41 has no test' check
table "| H41 last | tests/none.sh | it is harmless | rule |"
report "a file that is not there is found" finds 'H41: there is no tests/none.sh' check
table "| H41 last | tests/all.sh | it is harmful | rule |"
report "a test that is not there is found" finds "H41: tests/all.sh has no test 'it is harmful'" check
table "| H41 last | tests/more.sh | it is well | rule |"
echo "it is well" >"$tree/tests/more.sh"
report "a test that make check does not run is found" finds 'H41: make check does not run tests/more.sh' check

table "| H41 last | tests/odd/cases-a.c | a | |" "| H41 | tests/odd/alone.c | b | |" "| H41 | tests/odd/driven.c | c | |" \
	"| H41 | tests/odd/cases-b.c | d | |"
mkdir -p "$tree/tests/odd"
touch "$tree/tests/odd/driven.sh"
report "tests are named as make check names them, once" answers "$(printf '%s\n' tests/all.sh tests/odd/alone \
	tests/odd/driven.sh tests/odd/odd.sh)" check --tests

table '| H41 last | tests/all.sh | a $kind of [two] has ${some%%.*} | |'
ran "ok - H1 it is harmless, too" "ok - a third of [two] has 1"
report "what was run is found in a log" answers "check-hazards: 41 sentences of docs/hazards.md were run" \
	check --logs "$scratch/build"
ran "ok 12 - it is harmless" "not ok - a third of [two] has 1"
report "numbered, and if it failed" passes check --logs "$scratch/build"
ran "ok - it is harmless" "# a third of [two] has 1"
report "what was not run is found" finds 'not ok - H41: tests/all.sh ran' check --logs "$scratch/build"
ran "ok - it is harmless" "ok - the rest # skipped: there is none"
report "unless something was skipped" passes check --logs "$scratch/build"
result=SKIP ran "nothing"
report "or all" answers "check-hazards: 0 sentences of docs/hazards.md were run" check --logs "$scratch/build"
ran "nothing"
touch "$tree/tests/all.sh"
touch -d '-1 minute' "$scratch/build/tests/all.log"
report "a log of an older test tells nothing" passes check --logs "$scratch/build"
rm "$scratch/build/tests/all.log"
report "nor does one that is not there" passes check --logs "$scratch/build"
finish
