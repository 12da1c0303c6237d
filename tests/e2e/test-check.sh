#!/bin/bash
# SPDX-License-Identifier: MIT
#
# sonde check: budgets that are kept and broken, written, and wrong.
. "$top_srcdir/tests/e2e/lib.sh"
cd "$scratch" || exit 1
export S=$sonde

cat >run.sh <<'END'
work='i=0; while test $i -lt $0; do test -d "/nowhere/$i"; i=$((i + 1)); done'
"$S" label 'test=t/one[a]' -- sh -c "$work" "$1"
"$S" label test=t/two -- sh -c "$work" 20
END
sonde run --report=none -o before.json -- sh run.sh 10
sonde run --report=none -o after.json -- sh run.sh 110

cat >budget.cfg <<'END'
budgets = (
  { limits = [ "errors <= 0", "stat.errors.ENOENT < 1000" ]; },
  { test = "t/one[a]"; limits = [ "stat.errors.ENOENT <= 12", "calls >= 1" ]; },
  { test = "t/*"; limits = [ "stat.errors.ENOENT <= 100" ]; },
  { program = "sh"; limits = [ "processes <= 3" ]; }
);
END
act sonde check --budget=budget.cfg before.json
check "a budget that is kept" "$status $(cat out) $(cat err)" = "0 7 limits, 0 broken "
act sonde check --budget=budget.cfg --junit=junit.xml after.json
check "one that is broken ends with 3" "$status $(cat out)" = "3 7 limits, 2 broken"
check "and names place, test and figure" "$(cat err)" = \
	"sonde: check: budget.cfg:3: test t/one[a]: stat.errors.ENOENT <= 12: is 110
sonde: check: budget.cfg:4: test t/one[a]: stat.errors.ENOENT <= 100: is 110"
check "which are failed tests for continuous integration" "$(python3 -I -c '
import xml.etree.ElementTree as tree
suite = tree.parse("junit.xml").getroot()[0]
failed = [(c.get("classname"), c.get("name"), c[0].get("message")) for c in suite if len(c)]
print(suite.get("tests"), suite.get("failures"), len(suite), failed)')" = \
	"7 2 7 [('test t/one[a]', 'stat.errors.ENOENT <= 12', 'is 110'), ('test t/one[a]', 'stat.errors.ENOENT <= 100', 'is 110')]"

# -- Tests that are not there, and figures
sed 's|t/two|t/three|' run.sh >other.sh
cat >absent.cfg <<'END'
budgets = (
  { test = "t/two"; limits = [ "calls <= 100" ]; },
  { limits = [ "peak <= 1GiB" ]; },
  { program = "hs"; limits = [ "calls <= 100" ]; }
);
END
sonde run --report=none -o other.json -- sh other.sh 1
act sonde check --budget=absent.cfg --junit=junit.xml other.json
says "a test that did not run breaks nothing, and is said" 0 "sonde: check: absent.cfg:2: test t/two: is not in the recording"
says "nor does what is not known" 0 "sonde: check: absent.cfg:3: run: peak <= 1GiB: is not known in this recording"
says "nor does a program that did not run" 0 "sonde: check: absent.cfg:4: program hs: is not in the recording"
check "all are skipped tests" "$(grep -c '<skipped ' junit.xml)" = 3
act sonde check --budget=absent.cfg --update other.json
check "a limit of what did not run stays what it was" "$status $(grep -c '"calls <= 100"' absent.cfg)" = "0 2"

# -- Hostile names in XML, read by a parser that is not ours
sonde run --report=none -o hostile.json -- "$sonde" label "test=<&\"']]>" -- true
printf 'budgets = ( { test = "*"; limits = [ "processes <= 0" ]; } );\n' >hostile.cfg
act sonde check --budget=hostile.cfg --junit=junit.xml hostile.json
check "any name is well-formed XML" "$status $(python3 -I -c '
import xml.etree.ElementTree as tree
print(tree.parse("junit.xml").getroot()[0][0].get("classname"))')" = "3 test <&\"']]>"

# -- Written from a recording
act sonde check --budget=new.cfg --update before.json
check "a budget is written" "$status" = 0 -a -s new.cfg
act sonde check --budget=new.cfg before.json
check "which its recording keeps" "$status" = 0
check "by the run and each test" "$(cut -d' ' -f1 out)" = 18
act sonde check --budget=new.cfg after.json
check "and other work breaks, where it is other" "$status $(grep -c 'test t/two' err) $(grep -c 'test t/one\[a\]: calls' err)" = "3 0 1"
cp budget.cfg kept.cfg
act sonde check --budget=kept.cfg --update --headroom=50 after.json
check "a budget that is there keeps what it is of" "$(grep -c limits kept.cfg)" = 4
check "with room above" "$(sed -n '/t\/one/,/}/s/.*"stat.errors.ENOENT \(.*\)".*/\1/p' kept.cfg)" = "<= 165"
check "a pattern has room for the highest, a least is below" \
	"$(sed -n '/t\/\*/,/}/s/.*"stat.errors.ENOENT \(.*\)".*/\1/p' kept.cfg) $(grep -c 'calls >= ' kept.cfg)" = "<= 165 1"
act sonde check --budget=kept.cfg after.json
check "and is kept then" "$status" = 0

# -- Names that would be patterns
cat >names.sh <<'END'
work='i=0; while test $i -lt $0; do test -d "/nowhere/$i"; i=$((i + 1)); done'
"$S" label 'test=x[1]' -- sh -c "$work" "$1"
n=10
for name in x1 'a*' ab 'a?' '[!a]' 'b\' 'b\c' 'b[c'; do
	"$S" label "test=$name" -- sh -c "$work" $((n += 10))
done
END
sonde run --report=none -o names.json -- sh names.sh 10
sonde run --report=none -o other-names.json -- sh names.sh 110
act sonde check --budget=names.cfg --update names.json
check "each name has a budget, whatever is in it" "$status $(grep -c 'test = ' names.cfg)" = "0 9"
act sonde check --budget=names.cfg names.json
check "which is its own and no other's" "$status $(cat out)" = "0 60 limits, 0 broken"
act sonde check --budget=names.cfg other-names.json
check "also when it is broken" "$status $(cut -d: -f5 err | sort -u)" = "3  run
 test x[1]"

# -- Wrong budgets: refused LINE MESSAGE TEXT
refused() {
	printf '%s\n' "$3" >wrong.cfg
	act sonde check --budget=wrong.cfg before.json
	says "refused: $2" 2 "sonde: check: wrong.cfg:$1: $2"
}
refused 2 "unknown key 'tests'; did you mean 'test'?" 'budgets = (
  { tests = "a"; limits = [ "calls <= 1" ]; } );'
refused 1 "unknown key 'budget'; did you mean 'budgets'?" 'budget = ( );'
refused 3 "rule 'opn.calls <= 1': 'opn' is neither a call nor a group of calls" 'budgets = ( { limits = [
  "calls <= 1",
  "opn.calls <= 1" ]; } );'
refused 1 "'calls <= +5%': a limit is a number without a sign: there is nothing before it" 'budgets = ( { limits = [ "calls <= +5%" ]; } );'
refused 1 "'test:a/calls <= 5': a limit is of what its budget is of: say test or program there" 'budgets = ( { limits = [ "test:a/calls <= 5" ]; } );'
refused 1 "'p99 <= 5ms': 'p99' is not kept by test" 'budgets = ( { test = "a"; limits = [ "p99 <= 5ms" ]; } );'
refused 1 "a limit is a text: \"calls <= 1000\"" 'budgets = ( { limits = [ 5 ]; } );'
refused 1 'a budget has limits = [ "calls <= 1000", .. ]' 'budgets = ( { test = "a"; } );'
refused 1 "a budget is of a test or of a program, not of both" 'budgets = ( { test = "a"; program = "b"; limits = [ "calls <= 1" ]; } );'
refused 1 'a budget is a group: { test = "NAME"; limits = [ .. ]; }' 'budgets = ( 5 );'
refused 2 "syntax error" 'budgets = (
  { test = ; } );'
act sonde check before.json
says "without a budget it refuses" 2 "sonde: check: which budget? --budget=FILE"
act sonde check --budget=missing.cfg before.json
says "one that is not there is said" 1 "sonde: check: missing.cfg: No such file or directory"
act sonde check --budget=budget.cfg missing.json
check "so is a recording" "$status" = 1 -a -n "$(grep missing.json err)"
act sonde check --budget=/nowhere/new.cfg --update before.json
says "and a place that cannot be written to" 1 "sonde: check: cannot write /nowhere/new.cfg: No such file or directory"
act sonde check --budget=budget.cfg --headroom=-5 before.json
says "and a headroom that is none" 2 "sonde: check: --headroom: '-5' is not a number of percent from 0 to 10000"
# What was not counted gets no limit.
sonde run --report=none -s intercept.groups=io,path -o part.json -- ls / >/dev/null
act sonde check --budget=part.cfg --update part.json
check "a budget has no limits of what was not counted" "$status $(grep -c 'calls <= ' part.cfg) $(grep -c memory part.cfg)" = "0 1 0"

finish
