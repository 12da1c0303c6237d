# SPDX-License-Identifier: MIT
#
# What series did lately, as exporters get it from the launcher and from the agent.
. "${top_srcdir:-.}/tests/plugins/lib.sh"
plugins=$top_builddir/plugins/.libs

trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$scratch"' EXIT

# check-windows.py FILE WHAT... - of the lines of one session, which were exported with a window that reaches back to the
# first of them. Between two lines a window grows by what the totals grow by.
cat >check-windows.py <<'END'
import json, sys

lines = [json.loads(line) for line in open(sys.argv[1])]
lines = [l for l in lines if "sonde.session" in l["source"]]

def key(series):
    return series["name"], tuple(sorted(series["tags"].items()))

def by_key(line):
    return {key(s): s for s in line["series"]}

def amounts(series):
    if series["type"] == "counter":
        return series["value"], series["window"]["count"]
    return series["value"]["count"], series["window"]["count"]

for what in sys.argv[2:]:
    if what == "sums":
        wrong, n = 0, 0
        for a, b in zip(lines, lines[1:]):
            before = by_key(a)
            for s in b["series"]:
                if s["type"] not in ("counter", "timer") or "window" not in s or isinstance(s["value"], float):
                    continue
                old = before.get(key(s))
                if old and "window" in old:
                    (total, lately), (old_total, old_lately) = amounts(s), amounts(old)
                elif old is None and a["window"]["covered"]:
                    (total, lately), (old_total, old_lately) = amounts(s), (0, 0)
                else:
                    continue
                n += 1
                wrong += total - old_total != lately - old_lately
                if total - old_total != lately - old_lately:
                    print(key(s), old_total, total, old_lately, lately, file=sys.stderr)
        print("wrong" if wrong or n < 20 else "right")
    elif what == "cover":
        # Both are told by the same instants; a machine that is busy may be late between two clocks.
        from datetime import datetime
        def taken(line):
            return datetime.fromisoformat(line["taken"][:26] + "+00:00").timestamp()
        off = [abs((b["window"]["covered"] - a["window"]["covered"]) - (taken(b) - taken(a)))
               for a, b in zip(lines, lines[1:]) if a["window"]["covered"]]
        print("right" if off and max(off) < 2 and all(l["window"]["truncated"] for l in lines) else "wrong")
    elif what == "rates":
        off = [abs(s["window"]["rate"] * l["window"]["covered"] - s["window"]["count"]) > 1e-6 * s["window"]["count"] + 1e-9
               for l in lines if l["window"]["covered"] >= 0.5
               for s in l["series"] if s["type"] in ("counter", "timer") and "count" in s.get("window", {})]
        print("wrong" if any(off) or not off else "right")
    elif what == "calls":
        print(sum(s["value"] for s in lines[-1]["series"] if s["name"] == "libc.calls"))
END

# Each child is a process of its own, which is added up and forgotten while others go on.
cat >children.sh <<'END'
until test "$(wc -l <lines)" -ge "$1"; do
	for i in 1 2 3 4 5; do
		"${BASH:-sh}" -c 'test -e /nowhere'
	done
	sleep 0.05
done 2>/dev/null
END

configure 'plugin = "jsonlines"; file = "lines"; window = "24h";'
act sonde run -c sonde.cfg -o recording.json --report=none -- bash children.sh 12
check "a window grows by what the totals grow by, while processes come and go" \
	"$status $(python3 check-windows.py lines sums)" = '0 right'
check "and by the time that has passed" "$(python3 check-windows.py lines cover)" = right
check "a rate is the amount by the time that is covered" "$(python3 check-windows.py lines rates)" = right
check "the totals beside it are the recording's" \
	"$(python3 check-windows.py lines calls)" = "$(calls_in recording.json)"

# The last one exports every second, and its lines tell that so many have passed.
cat >sonde.cfg <<'END'
plugins: ( { plugin = "jsonlines"; name = "short"; file = "short"; interval = "1h"; window = "1s"; },
           { plugin = "jsonlines"; name = "long"; file = "long"; interval = "1h"; window = "1h"; },
           { plugin = "jsonlines"; name = "each"; file = "each"; interval = "1s"; } );
END
act sonde run -c sonde.cfg --report=none -- bash -c 'until test "$(wc -l <each)" -ge 5; do sleep 0.1; done 2>/dev/null'
covered() {
	python3 -c 'import json, sys; print(json.loads(open(sys.argv[1]).readlines()[-1])["window"]["covered"])' "$1"
}
check "windows are fed each second, however seldom is exported" \
	"$(awk -v short="$(covered short)" -v long="$(covered long)" 'BEGIN { print short + 1 < long }')" = 1
check "which takes no numbers of snapshots" \
	"$(python3 -c 'import json; print(*(json.loads(l)["sequence"] for l in open("each")))')" = \
	"$(seq -s ' ' "$(wc -l <each)")"

configure "plugin = \"exec\"; command = [\"sh\", \"-c\", \"cat >from-exec\"]; window = \"24h\";"
act sonde run -c sonde.cfg --report=none -- sh -c 'until test "$(wc -l <from-exec)" -ge 8; do sleep 0.05; done 2>/dev/null'
check "a program that exec feeds has them, too" "$(python3 check-windows.py from-exec sums)" = right

for wrong in '0s' '999ms' '25h'; do
	configure "plugin = \"jsonlines\"; file = \"lines\"; window = \"$wrong\";"
	act sonde run -c sonde.cfg --report=none -- true
	check "a window of $wrong is out of range" "$status" = 125 -a -n "$(grep 'window: .*out of range' err)"
done

# The agent: each session has windows of its own, and the last figures come with them.
export SONDE_DIRECTORY=$scratch/sessions
mkdir "$SONDE_DIRECTORY"
rm -f lines
configure "plugin = \"$plugins/jsonlines.so\"; file = \"lines\"; window = \"24h\";"
"$sonde" agent -c sonde.cfg 2>agent.err &
agent=$!

n_lines() {
	test "$(grep -c 'sonde.session' lines 2>/dev/null)" -ge "$1"
}
has_final() {
	test "$(grep 'sonde.session' lines | grep -c '"final":true')" -ge 1
}
LD_PRELOAD=$top_builddir/.libs/libsonde-preload.so bash children.sh 12 &
until_there n_lines 12
check "under an agent, a window grows by what the session's totals grow by" \
	"$(python3 check-windows.py lines sums)" = right
check "until the session has ended" -n "$(until_there has_final && echo yes)" -a \
	"$(python3 check-windows.py lines sums)" = right
kill $agent
wait $agent
check "the agent ends as ever" "$?" = 0
finish
