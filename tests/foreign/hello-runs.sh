#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The test suite of GNU hello, as Debian has its source, built and run by its own make check: bare, watched twice, and
# with one test that does a hundred failing opens more. All gives the same results; the tests are told by name; what
# the one does more is found and named, and nothing else is.
#
# Fetches and builds, so it is not a part of make check: make check-hello-runs.
. "$top_srcdir/tests/e2e/lib.sh"
export S=$sonde
unset MAKEFLAGS MFLAGS MAKELEVEL TESTS
mkdir "$scratch/hello" && cd "$scratch/hello" || exit 1
{ "$top_srcdir/tests/foreign/fetch-source" hello source && cd source && ./configure -q && make -s; } >"$scratch/log" 2>&1 ||
	{ fail "hello is built" "$(tail -3 "$scratch/log")"; finish; exit 1; }

# suite [COMMAND...] - runs the tests, by a command before make; the results of all of them are in $scratch/results.
suite() {
	rm -f tests/*.log tests/*.trs test-suite.log
	"$@" make -s check >"$scratch/out" 2>"$scratch/err"
	grep -E '^(PASS|FAIL|SKIP|XFAIL|XPASS|ERROR): ' "$scratch/out" | LC_ALL=C sort >"$scratch/results"
}
watched() {
	suite sonde run --report=none -o "$scratch/$1.json" --
}

# The first run makes what the others find.
suite
suite
cp "$scratch/results" "$scratch/bare"
check "hello has tests" "$(wc -l <"$scratch/bare")" -ge 5
for run in before again; do
	watched $run
	check "watched, each test gives the same result ($run)" "$(cat "$scratch/results")" = "$(cat "$scratch/bare")"
done
names=$(sed 's/^[A-Z]*: //' "$scratch/bare" | LC_ALL=C sort)
check "the report lists the tests by name" "$(sonde report --by=test --format=json "$scratch/before.json" | python3 -I -c '
import json, sys
print("\n".join(sorted(r["name"] for r in json.load(sys.stdin)["rows"] if r["name"] and r["calls"])))')" = "$names"

# changes BEFORE AFTER - the tests that differ, each once; what differs goes to $scratch/changes.
#
# Not looked at is what the program does not decide. The tests have pipelines, "hello | tr -d": how much there is in a
# pipe when it is read, and so how many reads it takes, depends on which process comes first; and tr writes once for
# each read.
changes() {
	sonde diff --format=json "$scratch/$1.json" "$scratch/$2.json" | python3 -I -c '
import json, sys
undetermined = {("read", "pipe", "calls"), ("fwrite", "", "calls")}
changes = [c for c in json.load(sys.stdin)["changes"] if c["test"]]
changes = [c for c in changes if (c["call"], c["kind"], c["figure"]) not in undetermined]
with open(sys.argv[1], "w") as told:
    for c in changes:
        print(c["test"], c["call"], c["kind"], c["figure"], c["errno"], c["before"]["median"], c["after"]["median"], file=told)
print(*sorted({c["test"] for c in changes}))' "$scratch/changes"
}
check "two runs of the unchanged suite differ in nothing that a test decides" -z "$(changes before again)"
sed 's/^/# /' "$scratch/changes"
act sonde check --budget="$scratch/budget.cfg" --update --headroom=5 "$scratch/before.json"
act sonde check --budget="$scratch/budget.cfg" "$scratch/again.json"
check "and keep to one budget" "$status" = 0

test=$(echo "$names" | sed -n 2p)
file=$(find . -path "*/${test%.sh}" -o -path "*/$test" | head -1)
check "there is a test to be changed: $test" -f "$file"
sed -i '1a i=0; while test $i -lt 100; do { : </nowhere/$i; } 2>/dev/null; i=$((i + 1)); done' "$file"
watched after
check "with a hundred failing opens more, each test still gives the same result" "$(cat "$scratch/results")" = "$(cat "$scratch/bare")"
check "the difference is found in that test alone" "$(changes before after)" = "$test"
act sonde diff --fail-on='test:*/open.errors.ENOENT > +0' "$scratch/before.json" "$scratch/after.json"
n_before=$(sed -n "s|.*> +0: $test: was \([0-9]*\), is.*|\1|p" "$scratch/err")
says "and named, with its number" 3 \
	"sonde: diff: test:*/open.errors.ENOENT > +0: $test: was $n_before, is $((n_before + 100))"
act sonde check --budget="$scratch/budget.cfg" "$scratch/after.json"
check "the budget stops it" "$status" = 3
check "and names nothing else" "$(grep -o 'test [^:]*: ' "$scratch/err" | sort -u)" = "test $test: "
finish
