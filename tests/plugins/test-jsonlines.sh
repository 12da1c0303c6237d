# SPDX-License-Identifier: MIT
#
# The exporter jsonlines.
. "${top_srcdir:-.}/tests/plugins/lib.sh"

# lines FILE... - one word for each line: its number, and "final" if it is.
lines() {
	cat "$@" | python3 -c '
import json, sys
for line in sys.stdin:
    snapshot = json.loads(line)
    print(snapshot["sequence"], "final" if snapshot["final"] else "")'
}

# sum_of FILE - the calls that the last snapshot of it has.
sum_of() {
	tail -1 "$1" | python3 -c '
import json, sys
print(sum(s["value"] for s in json.load(sys.stdin)["series"] if s["name"] == "libc.calls"))'
}

configure 'plugin = "jsonlines"; file = "out.jsonl";'
echo 'until test "$(wc -l <out.jsonl)" -ge 2; do sleep 0.02; done 2>/dev/null; echo "$1"' >wait.sh
act sonde run -c sonde.cfg -o recording.json --report=none -l branch=main -- sh wait.sh 'odd " name'
check "the program runs as it does without" "$status" = 0 -a "$(cat out)" = 'odd " name'
check "each snapshot is a line, the last one says that it is" "$(lines out.jsonl | tail -1)" = \
	"$(wc -l <out.jsonl) final" -a "$(wc -l <out.jsonl)" -ge 3
check "the last one has what the recording has" "$(sum_of out.jsonl)" = "$(calls_in recording.json)"
check "it tells what the figures are of" "$(tail -1 out.jsonl | python3 -c '
import json, sys
source = json.load(sys.stdin)["source"]
print(source["label.branch"], source["process.command_line"])')" = 'main sh wait.sh odd " name'
check "counts never fall" -z "$(python3 - <<'END'
import json
last = {}
for line in open("out.jsonl"):
    for s in json.loads(line)["series"]:
        if s["type"] == "counter":
            key = (s["name"], tuple(sorted(s["tags"].items())))
            if s["value"] < last.get(key, (0, 0))[0] or last.get(key, (0, s["start"]))[1] != s["start"]:
                print(key)
            last[key] = (s["value"], s["start"])
END
)"

act sonde run -c sonde.cfg --report=none -- true
check "a second run is appended" "$(lines out.jsonl | grep -c final)" = 2

configure 'plugin = "jsonlines"; file = "small.jsonl"; rotate_at = "25KiB"; keep = 2;'
act sonde run -c sonde.cfg -o recording.json --report=none -- sh -c 'until test -e small.jsonl.2; do sleep 0.02; done'
check "a file that has become too large is renamed" -s small.jsonl.1 -a -s small.jsonl.2 -a ! -e small.jsonl.3
check "no file is larger than it may be" -z "$(find . -name 'small.jsonl*' -size +25k)"
check "no line is torn by that" "$(lines small.jsonl.2 small.jsonl.1 small.jsonl | tail -1)" = \
	"$(of_plugin jsonlines taken) final"

printf '{"taken":"20' >torn.jsonl
configure 'plugin = "jsonlines"; file = "torn.jsonl";'
act sonde run -c sonde.cfg --report=none -- true
check "what somebody has left without an end is a line of its own" "$(head -1 torn.jsonl)" = '{"taken":"20' -a \
	"$(tail -n +2 torn.jsonl | lines | tail -1)" = "$(($(wc -l <torn.jsonl) - 1)) final"

configure 'plugin = "jsonlines"; file = "both.jsonl"; rotate_at = "90KiB"; keep = 100;' \
	'plugin = "jsonlines"; name = "other"; file = "both.jsonl"; rotate_at = "90KiB"; keep = 100;'
act sonde run -c sonde.cfg -o recording.json --report=none -- sh -c 'until test -e both.jsonl.3; do sleep 0.02; done'
check "two instances share a file, and lose nothing when one begins it again" "$(lines both.jsonl* | wc -l)" = \
	$(($(of_plugin jsonlines taken) + $(of_plugin other taken)))
sizes=$(stat -c %s both.jsonl.*)
check "each has as much as there is room for" "$(echo "$sizes" | sort -n | head -1)" -gt 50000

configure 'plugin = "jsonlines"; file = "moved.jsonl";'
act sonde run -c sonde.cfg -o recording.json --report=none -- sh -c 'until test -s moved.jsonl; do sleep 0.02; done
	mv moved.jsonl moved; until test -s moved.jsonl; do sleep 0.02; done'
check "a file that somebody else has renamed is begun again" "$(lines moved moved.jsonl | wc -l)" = "$(of_plugin jsonlines taken)"

configure 'plugin = "jsonlines"; file = "/nowhere/out.jsonl";'
act sonde run -c sonde.cfg --report-file=report -- sh -c 'exit 4'
check "a file that cannot be made is told, and the program runs" "$status" = 4 -a \
	-n "$(grep 'start: /nowhere/out.jsonl: No such file' report)"

configure 'plugin = "jsonlines"; file = "/dev/full";'
act sonde run -c sonde.cfg -o recording.json --report-file=report -- true
check "a full disk loses snapshots and says so" "$(of_plugin jsonlines lost)" -ge 1 -a \
	-n "$(grep 'RETRY: /dev/full: No space' report)"

configure 'plugin = "jsonlines";'
act sonde run -c sonde.cfg --report=none -- touch started
check "without its file it is a mistake in the configuration" "$status" = 125 -a ! -e started -a \
	-n "$(grep 'plugins.jsonlines.file: must be given' err)"
finish
