# SPDX-License-Identifier: MIT
#
# The agent: sessions that nobody hosts, their figures, and what becomes of them.
. "${top_srcdir:-.}/tests/plugins/lib.sh"
library=$top_builddir/.libs/libsonde-preload.so
plugins=$top_builddir/plugins/.libs
export SONDE_DIRECTORY=$scratch/sessions
mkdir "$SONDE_DIRECTORY"

trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$scratch"' EXIT

cat >read-lines.py <<'END'
"""read-lines.py FILE WHAT [COMMAND] - of the lines of jsonlines of the sessions whose command begins so."""
import json, sys

file, what, command = (sys.argv + [""])[1:4]
lines = []
try:
    for line in open(file):
        try:
            lines.append(json.loads(line))
        except ValueError:
            pass  # is being written
except FileNotFoundError:
    pass
if command == "agent":
    lines = [l for l in lines if "sonde.agent" in l["source"]]
else:
    lines = [l for l in lines if l["source"].get("process.command_line", "").startswith(command)
             and "sonde.session" in l["source"]]

def value(line, **tags):
    return sum(s["value"] for s in line["series"] if s["name"] == "libc.calls" and tags.items() <= s["tags"].items())

if what == "n":
    print(len(lines))
elif what == "final":
    print(sum(l["final"] for l in lines))
elif what == "sources":
    print(len({(l["source"]["sonde.session"], l["start"]) for l in lines}))
elif what == "sequence":
    wrong = 0
    last = {}
    for l in lines:
        key = (l["source"]["sonde.session"], l["start"])
        wrong += l["sequence"] <= last.get(key, 0)
        last[key] = l["sequence"]
    print(wrong)
elif what == "falls":
    wrong = 0
    last = {}
    for l in lines:
        for s in l["series"]:
            if s["type"] == "counter":
                key = (l["source"]["sonde.session"], s["start"], s["name"], tuple(sorted(s["tags"].items())))
                wrong += s["value"] < last.get(key, 0)
                last[key] = s["value"]
    print(wrong)
elif what == "names":
    print(" ".join(sorted({s["name"] for s in lines[-1]["series"]})))
elif what == "pids":
    print(" ".join(sorted({s["tags"]["process.pid"] for s in lines[-1]["series"] if s["name"] == "process.memory.usage"}
                          if lines else [])))
elif what == "label":
    print(lines[-1]["source"].get("label.branch"))
else:
    print(value(lines[-1], call=what) if lines else 0)
END

lines() {
	python3 read-lines.py "${file:-out.jsonl}" "$@"
}

is_said() {
	grep -q -- "$1" agent.err
}

# has N WHAT COMMAND - the lines say so.
has() {
	test "$(lines "$2" "$3")" = "$1"
}

agent() {
	rm -f agent.err
	SONDE_PLUGIN_PATH=${plugin_path:-$plugins} "$sonde" agent -c sonde.cfg >agent.out 2>agent.err &
	agent_pid=$!
}

end_agent() {
	kill -TERM "$agent_pid"
	wait "$agent_pid"
	status=$?
}

# bare NAME - a program under LD_PRELOAD alone, which does what is written to the pipe NAME; descriptor $fd.
bare() {
	mkfifo "$1"
	cp "$subject" "$scratch/$1-subject"
	LD_PRELOAD=$library "$scratch/$1-subject" obey <"$1" >"$1.done" 2>/dev/null &
	bare_pid=$!
	exec {fd}>"$1"
}

# tell FD NAME LINE - the program has done it.
tell() {
	local n
	n=$(wc -l <"$2.done")
	echo "$3" >&"$1"
	until_there eval "test \$(wc -l <$2.done) -gt $n"
}

configure 'plugin = "jsonlines"; file = "out.jsonl";'
sed -i 's/^);$/, { plugin = "resources"; interval = "500ms"; } );/' sonde.cfg
echo 'session: { labels: { branch = "main"; }; };' >>sonde.cfg

bare one
one=$fd one_pid=$bare_pid
bare two
two=$fd two_pid=$bare_pid
tell "$one" one 'access 10'
tell "$two" two 'access 20'
agent
until_there has 10 access "$scratch/one"
until_there has 20 access "$scratch/two"
check "two sessions are two sources with figures of their own" \
	"$(lines access "$scratch/one") $(lines access "$scratch/two") $(lines sources)" = "10 20 2"
check "a label of the configuration is a tag of theirs" "$(lines label)" = main
pids=$(printf '%s\n' "$one_pid" "$two_pid" | sort | tr '\n' ' ')
until_there has "${pids% }" pids agent
check "the resources plugin has the processes of all sessions" "$(lines pids agent)" = "${pids% }"
tell "$one" one 'fork 5'
until_there has 15 access "$scratch/one"
check "what children count that have ended is in it" "$(lines access "$scratch/one")" = 15
tell "$two" two 'access 7'
kill -KILL "$two_pid"
{ wait "$two_pid"; } 2>/dev/null
until_there has 1 final "$scratch/two"
check "one that is killed has all of its calls in its final figures" \
	"$(lines access "$scratch/two") $(lines final "$scratch/two")" = "27 1"
until_there has "$one_pid" pids agent
check "and no more of one that has ended" "$(lines pids agent)" = "$one_pid"
check "and its session is cleaned up" "$(ls "$SONDE_DIRECTORY"/sonde-* | wc -l)" = 1

kill -KILL "$agent_pid"
{ wait "$agent_pid"; } 2>/dev/null
tell "$one" one 'access 100'
mv out.jsonl before.jsonl
agent
until_there has 115 access "$scratch/one"
check "an agent that comes after one that was killed goes on from where that had come to" \
	"$(lines access "$scratch/one")" = 115
bare three
three=$fd
tell "$three" three 'access 3'
until_there has 3 access "$scratch/three"
check "a session that begins later is found" "$(lines access "$scratch/three")" = 3

configure 'plugin = "jsonlines"; file = "out.jsonl";' 'plugin = "nothing";'
kill -HUP "$agent_pid"
until_there is_said 'all stays as it was\|plugin nothing: failed'
check "a plugin that there is not is told at a reload" -n "$(grep 'nothing' agent.err)"
configure 'plugin = "jsonlines"; file = "out.jsonl";' 'plugin = "jsonlines"; name = "second"; file = "second.jsonl";'
kill -HUP "$agent_pid"
until_there eval 'file=second.jsonl has 3 access "$scratch/three"'
check "SIGHUP brings another exporter, which gets everything" \
	"$(file=second.jsonl lines access "$scratch/one") $(file=second.jsonl lines access "$scratch/three")" = "115 3"

session=$(sed -n 's/^sonde: agent: \(.*\): hosted.*/\1/p' agent.err | tail -1)
: >second.jsonl
configure 'plugin = "jsonlines"; file = "out.jsonl";'
"$sonde" set --reload "$session"
until_there eval 'test "$(grep -c "read again" agent.err)" = 3'
check "so does asking in one of its sessions" "$(grep -c 'read again' agent.err)" = 3
echo 'end now' >&"$one"
echo 'end now' >&"$three"
until_there has 1 final "$scratch/one"
until_there has 1 final "$scratch/three"
end_agent
check "SIGTERM ends it in order" "$status" = 0
check "no session is left" -z "$(ls "$SONDE_DIRECTORY"/sonde-*)"
check "of each source the sequence grows" "$(lines sequence) $(file=before.jsonl lines sequence)" = "0 0"
check "and no counter falls" "$(lines falls) $(file=before.jsonl lines falls)" = "0 0"
check "monitors and plugins are a source of the agent's own" \
	-n "$(lines names agent | grep 'sonde.plugin.snapshots')" -a "$(lines final agent)" = 1

# What sonde run hosts is its own.
rm -f out.jsonl
configure 'plugin = "jsonlines"; file = "out.jsonl";'
agent
mkfifo hold
"$sonde" run -o recording.json --report=none -- sh -c 'read -r line <hold' 2>err &
run_pid=$!
exec 8>hold
until_there eval 'test "$(lines n agent)" -gt 15'
check "a session that sonde run hosts is left to it" "$(lines sources)" = 0
kill -KILL "$run_pid"
{ wait "$run_pid"; } 2>/dev/null
until_there has 1 sources sh
check "until its host is killed" "$(lines sources sh)" = 1
exec 8>&-
until_there has 1 final sh
end_agent
check "and then it has its end" "$(lines final sh)" = 1

# A host that is killed has emptied places that its totals still name; the next one leaves them to who has them by now.
cat >reuse <<'END'
until test -e "$SONDE_SESSION/totals"; do "$1" fork 1; done
"$1" obey <obeyed >obeyed.done &
echo $! >obeyed.pid
wait
END
cat >place-is-named.py <<'END'
"""place-is-named.py PID TOTALS - whether the totals name the place of the process's region."""
import sys

pid, totals = sys.argv[1:]
offsets = {int(line.split()[2], 16) for line in open(f"/proc/{pid}/maps") if line.endswith("/session\n")}
head = open(totals, errors="replace").read().split("\n")
named = {int(line.split()[0]) for line in head[1:1 + int(head[0].split()[3])]}
sys.exit(not offsets & named)
END
accesses() {
	"$sonde" report --format=json "$1" | python3 -c '
import json, sys
print(sum(call["count"] for call in json.load(sys.stdin)["calls"] if call["call"] == "access"))'
}
configure 'plugin = "jsonlines"; file = "out.jsonl";'
mkfifo obeyed
for attempt in 1 2 3 4 5 6 7 8 9 10; do
	: >obeyed.done
	# A session of some hundred places: totals are written when a quarter of them waits, and not after ten seconds.
	(ulimit -f 20480 && exec "$sonde" run --report=none -- sh reuse "$subject") 2>err &
	run_pid=$!
	exec 8>obeyed
	tell 8 obeyed 'access 10'
	kill -KILL "$run_pid"
	{ wait "$run_pid"; } 2>/dev/null
	session=$(ls -d "$SONDE_DIRECTORY"/sonde-*/*)
	python3 place-is-named.py "$(cat obeyed.pid)" "$session/totals" && break
	echo 'end now' >&8
	exec 8>&-
	until_there eval '"$sonde" sessions --collect | grep -q .'
done
check "a process has taken a place that the totals of a killed host name" -d "$session"
expected=$(($(accesses "$session") + 107))
rm -f out.jsonl
inode=$(stat -c %i "$session/totals")
agent
until_there has 1 sources "sh reuse"
for i in {1..100}; do tell 8 obeyed 'fork 1'; done
until_there eval 'test "$(stat -c %i "$session/totals")" != "$inode"'
tell 8 obeyed 'access 7'
until_there has "$expected" access "sh reuse"
check "the next host leaves it alone" "$(lines access "sh reuse") $(accesses "$session")" = "$expected $expected"
echo 'end now' >&8
exec 8>&-
until_there has 1 final "sh reuse"
end_agent
check "and has all of it at the end" "$(lines access "sh reuse")" = "$expected"

# Trouble with a plugin.
rm -f good
for animal in crash-export hang-export; do
	rm -f good
	plugin_path=$zoo
	configure "plugin = \"$animal\"; name = \"culprit\";" 'plugin = "well"; name = "good"; file = "good";'
	rm -f four five
	bare four
	four=$fd
	bare five
	five=$fd
	agent
	tell "$four" four 'access 40'
	tell "$five" five 'access 50'
	until_there is_said 'culprit: \(crashed\|stuck\)'
	check "$animal: the agent names the culprit" -n "$(grep 'culprit: \(crashed\|stuck\).*export_snapshot' agent.err)"
	echo 'end now' >&"$four"
	echo 'end now' >&"$five"
	until_there eval 'test $(grep -c "has ended" agent.err) = 2'
	end_agent
	# SONDE_SNAPSHOT_FINAL | SONDE_SNAPSHOT_ONE_OF_SEVERAL
	check "$animal: the other plugin has the end of each session" "$(grep -c '^[0-9]* 6 ' good)" = 3
	check "$animal: and its own end" "$(tail -1 good)" = stopped
done

# One that sends signals to its host.
for animal in term-export hup-export; do
	rm -f good six
	configure "plugin = \"$animal\"; name = \"culprit\";" 'plugin = "well"; name = "good"; file = "good";'
	bare six
	six=$fd
	agent
	until_there is_said 'a plugin has sent SIG'
	tell "$six" six 'access 60'
	echo 'end now' >&"$six"
	until_there is_said 'has ended'
	check "$animal: the agent says so, and goes on" -n "$(grep 'has ended' agent.err)" -a \
		-n "$(grep "a plugin has sent SIG$(echo "${animal%-export}" | tr a-z A-Z), which is ignored" agent.err)" -a \
		-z "$(grep 'read again' agent.err)"
	end_agent
	check "$animal: the other plugin has the end of the session" "$(grep -c '^[0-9]* 6 ' good)$(tail -1 good)" = 2stopped
done

check "the unit starts the command that is installed" \
	-n "$(grep '^ExecStart=/[^@$]*/sonde agent$' "$top_builddir/data/sonde-agent.service")"
act sonde agent
says "without plugins it says so" 1 "sonde: agent: the configuration names no plugins: nobody would get the figures"
finish
