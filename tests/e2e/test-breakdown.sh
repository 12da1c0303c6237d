#!/bin/bash
# SPDX-License-Identifier: MIT
#
# sonde report --by and --only: a run of more processes than a recording keeps is divided, and nothing is lost.
. "$top_srcdir/tests/e2e/lib.sh"
cd "$scratch" || exit 1
export S=$sonde

cat >many.sh <<'END'
i=0; while test $i -lt "$1"; do cat </dev/null; i=$((i + 1)); done
test -e "/nowhere/$2"
END
cat >run.sh <<'END'
"$S" label test=first owner=me -- sh many.sh 400 1
"$S" label test=second -- sh many.sh 300 2
sh many.sh 2 3
END
act sonde run --report=none -o r.json --label branch=main -- sh run.sh
check "more processes ran than are kept" "$(python3 -I -c '
import json
d = json.load(open("r.json"))
print(d["session"]["processes"], d["coverage"]["processes_not_kept"] > 190)')" = "706 True"

# figure BY NAME KEY [OPTION...] - a number of a row; "total" is the last one.
figure() {
	sonde report --by="$1" --format=json "${@:4}" r.json | python3 -I -c '
import json, sys
document = json.load(sys.stdin)
name, key = sys.argv[1:]
rows = [document["total"]] if name == "total" else [r for r in document["rows"] if (r["name"] or "").endswith(name)]
print(rows[0][key] if rows else None)' "$2" "$3"
}
check "tests have their processes" "$(figure test first processes) $(figure test second processes)" = "401 301"
check "programs have theirs" "$(figure program /cat processes)" = 702
check "and labels" "$(figure label:owner me processes) $(figure label:branch main processes)" = "401 706"
whole=$(python3 -I -c 'import json; print(sum(c["count"] for c in json.load(open("r.json"))["calls"]))')
for by in test program label:owner call; do
	check "by $by the run is whole" "$(figure "$by" total calls)" = "$whole"
done
per_process=$(($(figure program /cat calls) / 702))
check "each process did the same" "$(figure program /cat calls --only=test:first)" = $((400 * per_process))
check "an errno has its calls" "$(figure errno ENOENT failures --only=test:second --only=call:stat --only=program:sh)" -gt 0
check "failures have their time, in whatever they are added up" "$(for by in errno call test; do
	figure $by total seconds --only=errno:ENOENT
done | python3 -I -c '
import json, sys
time = sum(e["seconds"] for c in json.load(open("r.json"))["calls"] for e in c["errors"] if e["errno"] == "ENOENT")
print(time > 0, [abs(float(line) - time) <= time / 100 for line in sys.stdin])')" = "True [True, True, True]"
check "a selection of several keys is of all of them" "$(figure call cat calls --only=test:first --only=program:no)" = None
check "a label of the run selects" "$(figure test total processes --only=label:branch=ma*)" = 706
check "a group selects calls" "$(figure call total calls --only=group:path)" = "$(figure test total calls --only=group:path)"

cat=$(sonde report --by=program --format=json r.json | sed -n 's|.*"name": "\(.*/cat\)".*|\1|p')
check "a program is selected by its path as well" "$(figure program total processes --only="program:$cat") $(figure program total processes --only='program:/nowhere/*')" = "702 0"

act sonde report --by=test --sort=name r.json
check "rows are in the order that is wanted" "$(awk 'NR > 1 { print $1 }' out | tr '\n' ' ')" = "first second (no total "
act sonde report --by=test --sort=count --lines=1 r.json
check "no more rows than are wanted, the greatest first" "$(awk 'NR == 2 { print $1 } /more\)$/' out | tr '\n' ' ')" = "first (2 more) "
act sonde report --only='call:wait*' r.json
check "without --by the selected calls are shown" "$status $(awk 'NR == 1 { print $1 }' out)" = "0 CALL"
act sonde report --by=test --only='test:nosuch*' r.json
says "a selection of nothing is said" 0 "sonde: report: nothing in this recording matches --only"
act sonde report --by=test --only=call:opn r.json
says "so is one of calls that nobody made" 0 "sonde: report: nothing in this recording matches --only"

act sonde report --by=process --format=json r.json
check "by process, what is not kept stands behind the tree, by program" "$(python3 -I -c '
import json
d = json.load(open("out"))
rows = d["rows"]
others = [r for r in rows if r.get("others")]
print(rows[-len(others):] == others, sum(r["calls"] for r in rows) == d["total"]["calls"], d["total"]["processes"],
      len(rows) - len(others) >= 500, any(r["name"].endswith("/cat") and r["processes"] > 150 for r in others))')" = "True True 706 True True"
check "and the run is whole" "$(figure process total calls)" = "$whole"
check "the command is among those that are kept" "$(python3 -I -c '
import json
print(json.load(open("out"))["rows"][0]["name"])')" = "sh run.sh"
check "a selection is of the others, too" "$(figure process total processes --only=test:first) $(figure process total calls --only=test:first)" = \
	"401 $(figure test first calls)"

sonde run --report=none -o r.json -- sh -c 'sh -c "cat </dev/null; cat </dev/null" & wait'
sonde report --by=process --format=json r.json >tree.json
check "processes are a tree" "$(python3 -I -c '
import json
rows = json.load(open("tree.json"))["rows"]
at = {}
ok = rows[0]["depth"] == 0
for row in rows:
    if row["depth"]:
        ok = ok and at[row["depth"] - 1] == row["ppid"]
    at[row["depth"]] = row["pid"]
print(ok, [r["depth"] for r in rows if r["name"] == "cat"])')" = "True [2, 2]"

act sonde report --by=program --format=csv r.json
check "a table is as CSV, too" "$(python3 -I -c '
import csv
rows = list(csv.DictReader(open("out", newline="")))
print(sum(int(r["processes"]) for r in rows))')" = 4
act sonde report --by=test --format=prometheus r.json
says "other formats are refused" 2 "sonde: report: with --by and --only the format is text, json or csv"
act sonde report --by=tests r.json
says "so is an unknown key" 2 "sonde: report: --by: 'tests' is none of test, program, process, label:KEY, call, errno, file, peer or site"
act sonde report --only=test r.json
check "and a selection that is none" "$status" = 2 -a -n "$(grep "'test' is none of" err)"
act sonde report --by=test --sort=size r.json
says "and an order" 2 "sonde: report: unknown sort key 'size': time, count, errors, bytes, name or start"
act sonde report --by=test "$top_srcdir/tests/golden/ordinary.json"
says "a recording of an older version is said to tell no parts" 1 \
	"sonde: report: the recording is of an older version, which did not tell its parts"
sonde run --report=none -o long.json -- sh -c 'for i in 1 2; do
	"$1" label "test=tests/test_io.py::test_what_is_read_is_what_was_written[$i]" -- true; done' sh "$sonde"
act sonde report --by=test --width=80 long.json
check "names of tests that are too long have their ends" "$(grep -c '^[.][.][.].*\[1\] ' out) $(grep -c '^[.][.][.].*\[2\] ' out)" = "1 1"
finish
