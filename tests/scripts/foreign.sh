# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # top_srcdir comes from the makefile
# shellcheck disable=SC2016 # what a watcher does is expanded in it
#
# A suite of one small program, and watchers that each change one thing: run-suite has to see it.
. "$top_srcdir/tests/scripts/lib.sh" || exit

cat >"$scratch/small.suite" <<END
# SPDX-License-Identifier: MIT
# a small suite
# short: one
# known: environment: a watcher shows in it
# unstable: weather: it does as it likes
# seconds: 5
rounds=$scratch/rounds
END
cat >>"$scratch/small.suite" <<'END'
run_part() {
	echo round >>"$rounds"
	echo "pass: sum"
	echo "pass: loop"
	echo "pass: loop"
	echo "${BY_WATCHER-pass}: ${CHANGED-sum of two}"
	echo "${IN_ENVIRONMENT-pass}: environment"
	echo "${WEATHER-fine}: weather"
	test ! -e "$rounds-waver" || test $(($(wc -l <"$rounds") / 2 % 2)) -eq 0 || echo "pass: wavering"
	test -z "${NEVER_ENDS-}" || exec sleep 100
}
read_part() {
	sed 's/: / /'
}
END

# with SCRIPT - runs the suite with a watcher that is this script.
with() {
	printf '#!/bin/bash\n%s\n' "$1" >"$scratch/watcher"
	chmod +x "$scratch/watcher"
	: >"$scratch/rounds"
	top_builddir=$scratch FOREIGN_WATCH=$scratch/watcher "$top_srcdir/tests/foreign/run-suite" "$scratch/small.suite"
}

# row TESTS EQUAL UNSTABLE KNOWN DIFFERENT - the last run comes to this line of the table.
row() {
	test "$(cat "$scratch/foreign/small.row")" = "small $*"
}

n_rounds() {
	test "$(wc -l <"$scratch/rounds")" -eq "$1"
}

report "equal results pass" passes with '"$@"'
report "and are counted, the exit status as one" row 6 6 0 0 0
report "they are asked for once" n_rounds 2
FOREIGN_RESUME=1 with '"$@"' >"$scratch/answer"
report "and not again by a run that goes on" n_rounds 0
report "which counts them all the same" row 6 6 0 0 0
report "another result is a difference" finds 'different sum of two: bare pass' with 'BY_WATCHER=fail "$@"'
report "and is tried three times more each way" n_rounds 8
FOREIGN_RESUME=1 with '"$@"' >"$scratch/answer"
report "a run that goes on asks for it again" n_rounds 2
report "a test that is missing is a difference" finds 'sum of two: bare pass.*, watched missing' with 'CHANGED=other "$@"'
report "a test that is new is a difference" grep -q 'different other: bare missing' "$scratch/answer"
report "one run less of a loop is a difference" finds 'bare pass+pass.*, watched pass' with '"$@" | sed "0,/loop/{/loop/d}"'
report "an exit status is a difference" finds 'one: exit status: bare status-0' with '"$@"; exit 3'
touch "$scratch/rounds-waver"
report "what wavers bare as well is told apart" passes with '"$@"'
report "and is counted as such" row 7 6 1 0 0
rm "$scratch/rounds-waver"
report "a known difference passes" passes with 'IN_ENVIRONMENT=fail "$@"'
report "with its reason" grep -q 'a watcher shows in it' "$scratch/answer"
report "and is counted as such" row 6 5 0 1 0
report "what is known to be unstable passes" passes with 'WEATHER=rain "$@"'
report "a part that does not end is no equal result" finds 'did not end in time' with 'NEVER_ENDS=1 "$@"'
report "the sonde that was built has to record something" \
	finds 'nothing-recorded' env top_builddir="$scratch" "$top_srcdir/tests/foreign/run-suite" "$scratch/small.suite"

sed -i 's/^run_part() {/&\n\techo "no such option"; return 2/; s/^\tsed .*/\tgrep "^pass"/' "$scratch/small.suite"
report "a part that fails at once shows nothing" finds 'nothing-run' with '"$@"'

sed -i 's/^# seconds/# packages: no-such-package\n# seconds/' "$scratch/small.suite"
with '"$@"' >"$scratch/answer"
report "a suite whose package is missing says so" \
	grep -q '^ok - a small suite # SKIP needs the Debian package no-such-package$' "$scratch/answer"
finish
