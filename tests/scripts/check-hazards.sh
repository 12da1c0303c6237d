# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # top_srcdir comes from the makefile
. "$top_srcdir/tests/scripts/lib.sh" || exit

tree=$scratch/tree

# table LINE... - a tree with rows for all hazards but the last, and these.
table() {
	rm -rf "$tree"
	mkdir -p "$tree/docs" "$tree/tests"
	echo 'check "it is harmless" "$x" = 1' >"$tree/tests/all.sh"
	for i in $(seq 40); do echo "| H$i so | tests/all.sh | it is harmless | rule |"; done >"$tree/docs/hazards.md"
	printf '%s\n' "$@" >>"$tree/docs/hazards.md"
}

check() {
	"$top_srcdir/scripts/check-hazards" "$tree"
}

table "| H41 last | tests/all.sh | it is harmless | rule |"
report "a table with a test for each hazard passes" passes check
table ""
report "a hazard without a row is found" finds 'H41 has no test' check
table "| H41 last | tests/none.sh | it is harmless | rule |"
report "a file that is not there is found" finds 'H41: there is no tests/none.sh' check
table "| H41 last | tests/all.sh | it is harmful | rule |"
report "a test that is not there is found" finds "H41: tests/all.sh has no test 'it is harmful'" check
finish
