#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Labels that a program gives to what it does: counts come to them exactly, and none is lost or told twice.
. "${top_srcdir:-.}/tests/e2e/lib.sh" || exit

program=$top_builddir/tests/api/.libs/labelled
test -x "$program" || program=$top_builddir/tests/api/labelled
export LD_LIBRARY_PATH=$top_builddir/.libs

# record WHAT [ASSIGNMENT...] - runs it under the preload.
record() {
	act env "${@:2}" "$sonde" run -o "$scratch/r.json" --report=none -- "$program" "$1"
}

# parts CALL KEY - "TEST LABELS KEY" of each part that has the call, in order.
parts() {
	python3 -I -c '
import json, sys
document = json.load(open(sys.argv[1]))
call, key = sys.argv[2:]
rows, total = {}, sum(c[key] for c in document["calls"] if c["call"] == call)
for part in document["parts"]:
    labels = ",".join(k + "=" + v for k, v in sorted(part["labels"].items()))
    n = sum(c[key] for c in part["calls"] if c["call"] == call)
    if n:
        rows[part["test"] or "-", labels] = rows.get((part["test"] or "-", labels), 0) + n
print(total == sum(rows.values()), *["%s[%s]:%d" % (t, l, n) for (t, l), n in sorted(rows.items())])' \
		"$scratch/r.json" "$1" "$2"
}

# programs NAME - the tests of the processes of a program.
programs() {
	python3 -I -c '
import json, sys
print(*sorted({p["test"] or "-" for p in json.load(open(sys.argv[1]))["parts"] if p["program"].endswith("/" + sys.argv[2])}))' \
		"$scratch/r.json" "$1"
}

record nested
check "a program labels what it does" "$status" = 0
check "calls come to the label of the moment" "$(parts access count)" = \
	"True -[]:3 a[phase=late,test=a]:2 a[test=a]:17 b;%[test=b;%]:7"
check "so do failures" "$(parts access failures)" = "True a[test=a]:12 b;%[test=b;%]:7"
check "what was labelled has the time from its first begin to its last end" "$(python3 -I -c '
import json, sys
document = json.load(open(sys.argv[1]))
wall = {part["test"]: part["wall_seconds"] for part in document["parts"] if "phase" not in part["labels"]}
print(0 < wall["b;%"] < wall["a"] <= wall[None])' "$scratch/r.json")" = True
check "and times are told" "$(parts access timed)" = "True -[]:3 a[phase=late,test=a]:2 a[test=a]:5"
record nested SONDE_LABELS=test=whole
check "labels of the environment come back at the end" "$(parts access count)" = \
	"True a[phase=late,test=a]:2 a[test=a]:17 b;%[test=b;%]:7 whole[test=whole]:3"

record forked
check "a forked child goes on with its parent's labels, and may end them" "$status" = 0
check "its calls come to them" "$(parts access count)" = \
	"True -[]:8 child[test=child]:6 parent[test=parent]:4"
check "what is executed under a label has it" "$(programs cat)" = parent
check "and what is executed afterwards has not" "$(programs tac)" = -

for i in 1 2 3 4 5; do
	record threads
	check "threads' calls are told exactly, round $i" "$status $(parts access count)" = \
		"0 True -[]:4040 threads[test=threads]:400"
done

record many
check "a thousand tests in one process are told apart" "$(parts access count | wc -w)" = 901
act sonde report --by=test --only=call:access --sort=name --format=csv "$scratch/r.json"
check "each with its calls" "$(awk -F, '$1 ~ /case/ { gsub(/"|case-/, "", $1); if ($4 != $1 % 10) wrong++; n++ } END { print n, wrong + 0 }' "$scratch/out")" = \
	"1000 0"

record wrong
check "what is no label is refused, and errno is kept" "$status" = 0 -a ! -s "$scratch/err"
act "$program" wrong
check "also without the preload" "$status" = 0 -a ! -s "$scratch/err"
act "$program" nested
check "where labels do nothing" "$status" = 0
finish
