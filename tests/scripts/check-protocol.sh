# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # top_srcdir comes from the makefile
. "$top_srcdir/tests/scripts/lib.sh" || exit

tree=$scratch/tree

# change FILE SCRIPT - a copy of what is looked at, in which sed changes a file.
change() {
	rm -rf "$tree"
	mkdir -p "$tree/docs" "$tree/include/sonde" "$tree/tests/api"
	cp "$top_srcdir/docs/protocol.md" "$tree/docs"
	cp "$top_srcdir"/include/sonde/sonde.* "$tree/include/sonde"
	cp "$top_srcdir"/tests/api/*.[ch] "$tree/tests/api"
	sed "$2" "$top_srcdir/$1" >"$tree/$1"
}

check() {
	"$top_srcdir/scripts/check-protocol" "$tree"
}

change docs/protocol.md ''
report "the tree as it is passes" passes check
change docs/protocol.md '/^| increment | threads/d; /a million records/d'
report "a kind of tests that is missing is found" finds "increment has no test of the kind 'threads'" check
change tests/api/test-timer.c 's/"a timer stops once"/"a timer stops"/'
report "a test that is not there is found" finds "test-timer.c runs no test 'a timer stops once'" check
change docs/protocol.md 's/^| get_success_rate | empty/| record_success get_success_rate | empty/'
report "a test that does not call the method is found" \
	finds "'nothing is neither 0 nor 1' of test-tracker.c does not call sonde_record_success" check
change include/sonde/sonde.abi '/sonde_get_network_stats/d'
report "a function that is not there is found" finds 'there is no sonde_get_network_stats' check
change include/sonde/sonde.abi '/sonde_timing_result.success/d'
report "a field that is not there is found" finds 'TimingResult.success has no sonde_timing_result.success' check
finish
