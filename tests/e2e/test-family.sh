# SPDX-License-Identifier: MIT
#
# Whose child a process is, where the kernel does not know it any more.
. "${top_srcdir:-.}/tests/e2e/lib.sh"

library=$(readlink -f "$top_builddir/.libs/libsonde-preload.so")
export SONDE_DIRECTORY=$scratch/place
mkdir "$SONDE_DIRECTORY"

# As automake's harness starts a test; nobody hosts the session, so that the figures of all are there to the end.
act env LD_PRELOAD="$library" "$subject" heir --test-name lost.sh --log-file lost.log
check "a child makes its first call when its parent has ended" "$status" = 0
session=$(echo "$SONDE_DIRECTORY"/sonde-*/*)
act sonde report --format=json "$session"
mv "$scratch/out" "$scratch/recording"
act sonde report --by=process --format=json "$session"
mv "$scratch/out" "$scratch/tree"

# ask EXPRESSION - of the processes in their order, and the depth of each in the tree.
ask() {
	python3 -I -c '
import json, sys
processes = json.load(open(sys.argv[1]))["processes"]
depths = [row["depth"] for row in json.load(open(sys.argv[2]))["rows"]]
print(eval(sys.argv[3]))' "$scratch/recording" "$scratch/tree" "$1"
}
check "there are the program, its child and a grandchild in two images" "$(ask 'len(processes), len({p["pid"] for p in processes})')" = "(4, 3)"
check "the grandchild has its parent's number" "$(ask 'processes[2]["ppid"] == processes[1]["pid"]')" = True
check "it belongs to their test, also after an exec" "$(ask '[p["test"] for p in processes]')" = \
	"['lost.sh', 'lost.sh', 'lost.sh', 'lost.sh']"
check "and stands below its parent in the tree" "$(ask 'depths')" = "[0, 1, 2, 2]"

# The figures of the test itself go into the totals of the session's host; its child lives on.
mkfifo "$scratch/end"
cat >"$scratch/late" <<'END'
"$1" orphan --test-name late.sh --log-file late.log 9<>"$2" &
wait $!
read -r _ <"$2.2"
END
mkfifo "$scratch/end.2"
"$sonde" run --report=none -o "$scratch/whole" -- sh "$scratch/late" "$subject" "$scratch/end" &
processes() {
	sonde report --format=json "$(echo "$SONDE_DIRECTORY"/sonde-*/*$!)" 2>/dev/null | python3 -I -c '
import json, sys
try:
    found = [p for p in json.load(sys.stdin)["processes"] if p["test"] == "late.sh"]
except ValueError:
    found = []
for p in found:
    if p["ppid"] in [q["pid"] for q in found]:
        print(p["ppid"], p["pid"])'
}
until family=$(processes) && test "$family"; do :; done
read -r parent child <<<"$family"
while sonde report "$parent" >"$scratch/out" 2>&1; do :; done
act sonde report --by=test --format=json "$child"
check "a process by its number knows its test when that is in the totals" "$(python3 -I -c '
import json, sys
print([row["name"] for row in json.load(open(sys.argv[1]))["rows"] if row["calls"]])' "$scratch/out")" = "['late.sh']"
echo >"$scratch/end"
echo >"$scratch/end.2"
wait $!
finish
