# SPDX-License-Identifier: MIT
#
# sonde merge: recordings of several machines become one, which has all that they have.
. "${top_srcdir:-.}/tests/e2e/lib.sh"
cd "$scratch" || exit 1

sonde run --report=none -o one.json --label job=first -- "$sonde" label test=reads -- "$subject" fork 20
sonde run --report=none -o two.json.gz --label job=second -- "$sonde" label test=reads -- "$subject" fork 30
# The second is of another machine, with processes of the same numbers.
gzip -d <two.json.gz | python3 -I -c '
import json, sys
one = json.load(open("one.json"))
two = json.load(sys.stdin)
two["session"]["host"] = "elsewhere"
same = {b["pid"]: a["pid"] for a, b in zip(one["processes"], two["processes"])}
for process in two["processes"]:
    for key in "pid", "ppid":
        process[key] = same.get(process[key], process[key])
json.dump(two, open("two.json", "w"))'
act sonde merge -o both.json.gz one.json two.json
check "two recordings are merged" "$status" = 0 -a ! -s out -a ! -s err
gzip -d <both.json.gz >both.json
check "every count, error and bucket is the sum of theirs" "$(python3 -I -c '
import json
from collections import Counter
def figures(recording):
    sums = Counter()
    for c in recording["calls"]:
        name = c["call"], c.get("kind")
        for key in ("count", "failures", "expected", "unfinished", "timed", "bytes"):
            sums[name, key] += c[key]
        for e in c["errors"]:
            sums[name, e["errno"]] += e["count"]
        h = c["histogram"]
        sums[name, "zero"] += h["zero_count"]
        for i, n in enumerate(h["buckets"]):
            sums[name, h["offset"] + i] += n
    sums["processes"] = recording["session"]["processes"]
    sums["images"] = len(recording["processes"]) + recording["coverage"]["processes_not_kept"]
    for p in recording["parts"]:
        for c in p["calls"]:
            sums[p["test"], p["program"], c["call"], c.get("kind")] += c["count"]
    return +sums
one, two, both = (figures(json.load(open(name))) for name in ("one.json", "two.json", "both.json"))
print(both == one + two and both["processes"] == 52)')" = True
act sonde report --by=label:host --format=csv both.json.gz
check "machines are told apart" "$(grep -c '"elsewhere",0,31,' out) $(grep -c ',0,21,' out)" = "1 1"
act sonde report --by=label:job --format=csv both.json.gz
check "and what else differed" "$(grep -c '"first",0,21,' out) $(grep -c '"second",0,31,' out)" = "1 1"
act sonde report --by=test --format=csv both.json.gz
check "one test of both is one" "$(grep -c '"reads",0,52,' out)" = 1
act sonde report --by=process --format=json both.json.gz
check "each machine has a tree of its own" "$(python3 -I -c '
import json
rows = json.load(open("out"))["rows"]
children = {}
for r in rows:
    if r["depth"]:
        children[top] += 1
    else:
        top = len(children)
        children[top] = 0
print(sorted(n for n in children.values() if n), max(r["depth"] for r in rows))')" = "[20, 30] 1"
act sonde report both.json.gz
check "the report says that it is of two runs" -n "$(grep ' of 2 runs' out)"
act sonde merge -o again.json both.json.gz one.json
check "what was merged is merged again" "$(grep -o '"runs":3' again.json)" = '"runs":3'
act sonde merge -o double.json one.json two.json one.json
says "a session that is merged twice is said" 0 \
	"sonde: merge: one.json and one.json are of the same session: what both have is counted twice"
act sonde merge both.json.gz
says "a place for it must be given" 2 "sonde: merge: where to? --output=FILE"
act sonde merge -o all.json
says "and recordings" 2 "sonde: merge: which recordings?"
act sonde merge -o all.json one.json nowhere.json
says "one that cannot be read is told" 1 "sonde: merge: nowhere.json: No such file or directory"
check "and nothing is written" ! -e all.json
finish
