#!/bin/bash
# SPDX-License-Identifier: MIT
#
# sonde diff: what has changed is found and named, and nothing else is.
. "$top_srcdir/tests/e2e/lib.sh"
cd "$scratch" || exit 1

# work N_STAT N_CAT - a program whose work is known; the shell asks nobody for numbers, so that nothing depends on when
# a child ends
cat >work.sh <<'END'
i=0; while test $i -lt "$1"; do test -d "/nowhere/$i"; i=$((i + 1)); done
i=0; while test $i -lt "$2"; do cat </dev/null; i=$((i + 1)); done
END
record() {
	sonde run --report=none -o "$1.json" -- sh work.sh "$2" "$3"
}
record same1 10 0
record same2 10 0
record more 110 3
record other 10 8

# row FIGURE - that of the last act: BEFORE AFTER CHANGE
row() {
	awk -v figure="$1" '$1 == figure { print $2, $3, $4 }' out
}

act sonde diff same1.json same2.json
check "two runs of the same work do not differ" "$status $(sed -n 4p out)" = "0 no difference"
date='20..-..-.. ..:..:..'
check "it is said of what that is" \
	"$(sed -n "1,3s/  $date  / DATE /p" out)" = "before  same1.json DATE sh work.sh 10 0
after   same2.json DATE sh work.sh 10 0"
check "and it is said that times are not compared" \
	"$(tail -1 out)" = "times are not compared: that takes 3 recordings of each side"

record same1 10 3
act sonde diff same1.json more.json
check "a hundred calls more are found" "$status $(row stat.calls | awk '{ print $3 }')" = "0 +100"
check "and that they fail, with which errno" "$(row stat.errors.ENOENT | awk '{ print $3 }')" = "+100"
check "and that the commands are not the same" "$(sed -n 3p out)" = "the commands are not the same"
check "no process is said to be new" -z "$(row processes)"
act sonde diff more.json same1.json
check "less is found as well" "$(row stat.calls | awk '{ print $3 }')" = "-100"

act sonde diff same1.json other.json
check "processes that are new are found" "$(row processes | awk '{ print $3 }')" = "+5"
act sonde diff --lines=2 same1.json other.json
check "no more changes are shown than are wanted" "$(sed '1,/^$/d' out | grep -c '\.') $(grep -c '^([0-9]* more)$' out)" = "2 1"

# broken RULE BEFORE AFTER - exits with 3 and names the rule
broken() {
	act sonde diff --fail-on="$1" "$2.json" "$3.json"
	check "$1 is broken by $3" "$status" = 3 -a -n "$(grep -F "sonde: diff: $1: was " err)"
}
kept() {
	act sonde diff --fail-on="$1" "$2.json" "$3.json"
	check "$1 is kept by $3" "$status" = 0 -a ! -s err
}
broken 'stat.calls > +99' same1 more
kept 'stat.calls > +100' same1 more
broken 'stat.calls >= +100' same1 more
broken 'stat.errors.ENOENT > +5%' same1 more
broken 'errors.ENOENT > 0' same1 more
kept 'errors > +0' same1 more
broken 'path.calls > +50%' same1 more
kept 'processes > +0' same1 more
broken 'processes > +4' same1 other
broken 'program:cat/read.calls > +4' same1 other
kept 'program:c?t/read.calls > +5' same1 other
broken 'stat.calls < -50' more same1
kept 'stat.calls < -50%' same1 more
cat=$(sonde report --by=program --format=json other.json | sed -n 's|.*"name": "\(.*/cat\)".*|\1|p')
broken "program:$cat/read.calls > +4" same1 other
kept 'bytes > +1GiB' same1 more

act sonde diff -x 'stat.calls > +0' -x 'processes > +0' -x 'stat.errors.ENOENT > +0' same1.json more.json
check "of several rules each broken one is named" "$status $(grep -c 'was' err)" = "3 2"

# refused RULE MESSAGE
refused() {
	act sonde diff --fail-on="$1" same1.json more.json
	check "the rule '$1' is refused" "$status" = 2 -a "$(head -1 err)" = "sonde: diff: rule '$1': $2"
}
refused 'opn.calls > 1' "'opn' is neither a call nor a group of calls"
refused 'open.call > 1' "unknown figure 'call': calls, failures, errors, errors.ERRNO, bytes, time, mean, p50, p99, processes, threads or peak"
refused 'calls' "no comparison: METRIC > LIMIT, or with >=, < or <="
refused 'calls > many' "'many' is no limit: a number, +N or +N%"
refused 'bytes > 5m' "'5m' is no limit: a number, +N or +N%, or a size"
refused 'calls > 5%' "'5%' is no limit: a number, +N or +N%"
refused 'errors.EFOO > 1' "unknown errno 'EFOO'"
refused 'memory.peak > 1' "'peak' is of processes, not of calls"
refused 'test:x/p99 > 1s' "'p99' is not kept by test"
refused 'user:me/calls > 1' "unknown scope 'user:me/': program:GLOB/ or test:GLOB/"

# Several recordings: what is within the spread is no change, and times are compared.
record a1 10 3; record a2 20 3; record a3 30 3
record b1 25 3; record b2 100 3; record b3 110 3
act sonde diff -b a2.json -b a3.json -a b2.json -a b3.json a1.json b1.json
check "what overlaps is no change" "$status" = 0 -a -z "$(row stat.calls)"
act sonde diff -b a2.json -b a3.json -a b2.json -a b3.json a1.json b3.json
check "what does not is one, from median to median" "$(row stat.calls | awk '{ print $2 - $1 }')" = 90
check "of several recordings the number is said" "$(awk '$1 == "before" || $1 == "after" { print $2, $3, $4, $5 }' out)" = \
	"3 recordings, first a2.json
3 recordings, first b2.json"
check "with three of each side times are compared" -z "$(grep '^times are not' out)"
act sonde diff -x 'mean > +1h' -b a2.json -b a3.json -a b2.json -a b3.json a1.json b3.json
check "also by rules" "$status" = 0 -a ! -s err
act sonde diff -x 'p99 > -1h' -x 'time < 1h' a1.json b3.json
check "a rule of how they have changed is judged with fewer, too, and it is said what that is worth" \
	"$status $(grep -c ': was ' err) $(grep -v ': was ' err)" = \
	"3 2 sonde: diff: p99 > -1h: times may differ by chance: to tell takes 3 recordings of each side"

act sonde diff --format=json -x 'stat.calls > +0' same1.json more.json
check "as JSON it has the changes and what was broken" "$(python3 -I -c '
import json, sys
d = json.load(open(sys.argv[1]))
change = [c for c in d["changes"] if c["call"] == "stat" and c["figure"] == "calls"][0]
print(d["before"][0]["name"], d["after"][0]["command"], d["same_command"])
print(d["schema"], change["after"]["median"] - change["before"]["median"], [b["rule"] for b in d["breaches"]])' out)" = \
	"same1.json ['sh', 'work.sh', '110', '3'] False
sonde.diff/1 100 ['stat.calls > +0']"
act sonde diff --format=markdown same1.json more.json
check "as Markdown it is a table" "$(grep -A1 '^| changed' out | tail -1)$(grep -c '^| stat.calls | ' out)" = "|---|--:|--:|--:|--:|1"
check "below a list of what is compared" "$(sed -n "s/, $date, / DATE /p; 3,4p" out)" = "- before: same1.json DATE sh work.sh 10 3
- after: more.json DATE sh work.sh 110 3
- the commands are not the same"
sonde run --report=none -o odd.json -- sh -c 'exit 0 # `|
'
act sonde diff --format=markdown odd.json odd.json
check "whatever the command" "$(sed -n "2s/, $date, / DATE /p" out)" = '- after: odd.json DATE sh -c '"'exit 0 # "'\`\|\\n'"'"

# By test: the same work in three tests, of which one changes and one goes.
cat >tests.sh <<'END'
"$S" label test=t/one -- sh work.sh "$1" 0
"$S" label test=t/two -- sh work.sh 10 0
test -z "$2" || "$S" label test=three -- cat </dev/null
END
export S=$sonde
sonde run --report=none -o before.json -- sh tests.sh 10 three
sonde run --report=none -o again.json -- sh tests.sh 10 three
sonde run --report=none -o after.json -- sh tests.sh 110
act sonde diff before.json again.json
check "tests that do the same work do not differ" "$status $(sed -n 4p out)" = "0 no difference"
act sonde diff --lines=0 before.json after.json
check "changes of a test are found below its name" "$(awk '/^test / { test = $2 } $1 == "stat.errors.ENOENT" && test { print test, $4 }' out)" = \
	"t/one +100"
check "a test that is not there any more is said" "$(awk '/^test / { test = $2 } $1 == "calls" && test { print test, $5 }' out)" = "three gone"
check "a test that did not change is not told" -z "$(grep t/two out)"
cat >order.sh <<'END'
"$S" label test=a/small -- sh work.sh "$1" 0
"$S" label test=b/great -- sh work.sh "$2" 0
"$S" label "test=$3" -- cat </dev/null
END
sonde run --report=none -o order1.json -- sh order.sh 100 10 a/gone
sonde run --report=none -o order2.json -- sh order.sh 110 110 a/new
act sonde diff --lines=0 order1.json order2.json
check "the test that has changed most comes first, what is new or gone last" \
	"$(awk '/^test / { printf "%s ", $2 }' out)" = "b/great a/small a/gone a/new "

# breached RULE TEXT... - exits with 3 and says each of them, and nothing else.
breached() {
	act sonde diff --fail-on="$1" before.json after.json
	check "$1 names the tests that break it" "$status $(cat err)" = "3 $(printf "sonde: diff: $1: %s\n" "${@:2}")"
}
breached 'test:*/stat.errors.ENOENT > +50' "t/one: was 10, is 110"
breached 'test:t/one/stat.errors.ENOENT > 109' "t/one: was 10, is 110"
breached 'test:t/*/stat.errors.ENOENT >= 10' "t/one: was 10, is 110" "t/two: was 10, is 10"
breached 'test:t/*/processes > 0' "t/one: was 1, is 1" "t/two: was 1, is 1"
act sonde diff --fail-on='test:*/calls > +1000%' after.json before.json
check "a test that is new has not changed" "$status" = 0 -a ! -s err
act sonde diff --fail-on='test:tow/calls > 5' before.json after.json
says "a rule of no test is said" 0 "sonde: diff: test:tow/calls > 5: there is no such test"
act sonde diff --fail-on='program:tac/calls >= 0' before.json after.json
says "so is one of no program" 0 "sonde: diff: program:tac/calls >= 0: there is no such program"
act sonde diff --format=json before.json after.json
check "as JSON a change has its test" "$(python3 -I -c '
import json
print({c["test"] for c in json.load(open("out"))["changes"]} == {None, "t/one", "three"})')" = True

act sonde diff same1.json
says "one recording is not enough" 2 "sonde: diff: two recordings are compared: BEFORE and AFTER"
act sonde diff same1.json missing.json
check "a recording that is not there is said" "$status" = 1 -a -n "$(grep -F missing.json err)"
# What is not counted is not less.
sonde run --report=none -o less.json -s intercept.exclude=stat -- sh work.sh 10 3
act sonde diff same1.json less.json
check "a call that is off on one side is not compared, and that is said" \
	"$status $(row stat.calls) $(grep -x 'not compared, as not all recordings have counted it: of path: stat' out)" = \
	"0  not compared, as not all recordings have counted it: of path: stat"
act sonde diff --fail-on='stat.calls > +1' --fail-on='stat.calls <= 0' same1.json less.json
check "nor is a rule about it judged" "$status $(cat err)" = \
	"0 sonde: diff: stat.calls > +1: is not known in the recordings after
sonde: diff: stat.calls <= 0: is not known in the recordings after"
act sonde diff -b same1.json -b less.json -a more.json --fail-on='stat.calls > 0' --fail-on='stat.calls > +0'
check "nor where it was counted in another recording of that side" "$status $(row stat.calls) $(sed 's/[0-9]*$//' err)" = \
	"3  sonde: diff: stat.calls > +0: is not known in the recordings before
sonde: diff: stat.calls > 0: was -, is "
act sonde diff --fail-on='path.calls < -1%' --fail-on='calls < -1%' --fail-on='io.calls > +50%' same1.json less.json
check "nor are sums over other calls" "$status $(cat err)" = \
	"0 sonde: diff: path.calls < -1%: is not known, as not all recordings have counted the same calls
sonde: diff: calls < -1%: is not known, as not all recordings have counted the same calls"
act sonde diff - - <same1.json
check "standard input is one of them at most" "$status $(cat err)" = \
	"1 sonde: diff: -: standard input can be read once only"
act sonde diff --format=json same1.json less.json
check "as JSON, too" "$(python3 -c 'import json; print(json.load(open("out"))["not_compared"])')" = "['stat']"
act sonde diff less.json less.json
check "nothing is said of what nobody wanted to be counted" -z "$(grep 'not compared, as' out)"
echo 'budgets = ( { limits = [ "stat.calls <= 1000", "calls >= 1" ]; } );' >budget.cfg
act sonde check --budget=budget.cfg less.json
check "a limit of it is not known to be kept" "$status $(cat err)" = \
	"0 sonde: check: budget.cfg:1: run: stat.calls <= 1000: is not known in this recording"

finish
