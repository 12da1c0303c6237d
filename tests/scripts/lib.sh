# SPDX-License-Identifier: MIT
#
# lib.sh - for tests of the scripts. A test makes a broken tree or library and says which line of the script's
# answer it expects; finish prints the totals.

n_passed=0
n_failed=0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# report NAME COMMAND... - a test is passed if the command succeeds.
report() {
	local name=$1
	shift
	if "$@"; then
		echo "ok - $name"
		n_passed=$((n_passed + 1))
	else
		echo "not ok - $name"
		test ! -s "$scratch/answer" || sed 's/^/#   /' "$scratch/answer"
		n_failed=$((n_failed + 1))
	fi
}

# finds EXPRESSION COMMAND... - the command fails and prints a line that matches.
finds() {
	local expression=$1
	shift
	! "$@" >"$scratch/answer" 2>&1 && grep -q -- "$expression" "$scratch/answer"
}

# passes COMMAND... - the command succeeds.
passes() {
	"$@" >"$scratch/answer" 2>&1
}

finish() {
	echo "$n_passed passed, $n_failed failed"
	test "$n_failed" -eq 0
}
