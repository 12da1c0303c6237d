# SPDX-License-Identifier: MIT
#
# bare-lib.sh - for tests of programs under LD_PRELOAD alone, whose environment names a configuration:
#
#     configure 'plugin = "jsonlines"; file = "out.jsonl";'
#     bare COMMAND...          as act
#     ended 1
#     check "..." "$(lines access)" = 10
. "${top_srcdir:-.}/tests/plugins/lib.sh"
library=$top_builddir/.libs/libsonde-preload.so
python=$(python3 -c 'import sys; print(sys.executable)')
export SONDE_DIRECTORY=$scratch/sessions SONDE_PLUGIN_PATH=$top_builddir/plugins/.libs
mkdir "$SONDE_DIRECTORY"

# hosts - the processes that host sessions of this test.
hosts() {
	local process command
	for process in /proc/[0-9]*; do
		command=$({ tr '\0' ' ' <"$process/cmdline"; } 2>/dev/null)
		case $command in
		"sonde agent --detached --session $SONDE_DIRECTORY/"*) echo "${process#/proc/}" ;;
		esac
	done
}

# One that is stuck, or whose test has failed, is not left behind.
end_all() {
	local process
	for process in $(hosts) $(jobs -p); do kill -KILL "$process" 2>/dev/null; done
	rm -rf "$scratch"
}
trap end_all EXIT

bare() {
	act env LD_PRELOAD="$library" SONDE_CONFIG="$scratch/sonde.cfg" "$@"
}

cat >read-lines.py <<'END'
"""read-lines.py FILE WHAT - of the lines that jsonlines wrote of sessions."""
import json, sys

file, what = sys.argv[1:]
lines = []
try:
    for line in open(file):
        try:
            lines.append(json.loads(line))
        except ValueError:
            pass  # is being written
except FileNotFoundError:
    pass
last = {l["source"]["sonde.session"]: l for l in lines}

def count(line, **tags):
    return sum(s["value"] for s in line["series"] if s["name"] == "libc.calls" and tags.items() <= s["tags"].items())

if what == "final":
    print(sum(l["final"] for l in lines))
elif what == "sources":
    print(len(last))
elif what == "groups":
    print(" ".join(sorted({s["tags"]["group"] for l in last.values() for s in l["series"] if s["name"] == "libc.calls"})))
elif what == "names":
    print(" ".join(sorted({s["name"] for l in lines for s in l["series"]})))
elif what == "label":
    print(lines[-1]["source"].get("label.branch"))
else:
    print(" ".join(str(n) for n in sorted(count(l, call=what) for l in last.values())))
END

lines() {
	"$python" -I "$scratch/read-lines.py" "${file:-$scratch/out.jsonl}" "$1"
}

# counted CALL - in the sessions that lie there.
counted() {
	"$sonde" report --format=json "$SONDE_DIRECTORY"/*/* | "$python" -I -c 'import json, sys
print(sum(c["count"] for c in json.load(sys.stdin)["calls"] if c["call"] == sys.argv[1]))' "$1"
}

# has N WHAT - the lines say so.
has() {
	test "$(lines "$2")" = "$1"
}

no_hosts() {
	test -z "$(hosts)"
}

# ended N - so many sessions have ended, and their figures been handed out.
ended() {
	until_there has "$1" final
	until_there no_hosts
}

anew() {
	rm -f "$scratch"/*.jsonl
}
