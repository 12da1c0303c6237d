# SPDX-License-Identifier: MIT
#
# The bridge to programs.
. "${top_srcdir:-.}/tests/plugins/lib.sh"

configure 'plugin = "exec"; command = ["sh", "-c", "cat >lines; echo end >>lines"];'
act sonde run -c sonde.cfg -o recording.json --report=none -- sh -c 'sleep 0.4; exit 5'
check "the program runs as it does without" "$status" = 5 -a ! -s out
check "each snapshot is a line" "$(grep -c '^{"taken":.*}$' lines)" = "$(of_plugin exec taken)"
check "the last one is the final one, and then the input ends" \
	"$(tail -2 lines | grep -c '"final":true')$(tail -1 lines)" = 1end

# Ends after each line.
configure 'plugin = "exec"; command = ["sh", "-c", "read -r line; echo \"$line\" >>each"];'
act sonde run -c sonde.cfg -o recording.json --report-file=report -- sh -c \
	'until test "$(wc -l <each)" -ge 3; do sleep 0.05; done 2>/dev/null'
check "a program that ends is started again" "$(grep -c '^{"taken":.*}$' each)" -ge 3
check "which is told" -n "$(python3 -c '
import json
print([l for p in json.load(open("recording.json"))["plugins"] for l in p["log"] if "ended by itself" in l] or "")')" \
	-o "$(of_plugin exec lost)" = 0

# Each reads two lines when there are more.
cat >pair.sh <<'END'
until test -e go; do sleep 0.02; done
for i in 1 2; do
	read -r line && printf '%s\n' "$line" >>pairs
done
END
configure 'plugin = "exec"; command = ["sh", "pair.sh"];'
act sonde run -c sonde.cfg -o recording.json --report=none -- sh -c 'sleep 0.5; : >go
	until test "$(wc -l <pairs)" -ge 6; do sleep 0.05; done 2>/dev/null'
check "a successor gets the lines that were left, each once and in their order" "$(python3 -c '
import json
numbers = [json.loads(line)["sequence"] for line in open("pairs")]
print(numbers == list(range(numbers[0], numbers[0] + len(numbers))))')" = True

configure 'plugin = "exec"; command = ["true"];'
act sonde run -c sonde.cfg -o recording.json --report=none -- sleep 0.3
check "lines that nobody has read are told" "$(python3 -c '
import json
plugin = json.load(open("recording.json"))["plugins"][0]
print("true has left lines unread: %d" % plugin["counts"].get("taken", 0) in plugin["log"] or plugin["counts"].get("taken", 0) == 0)
')" = True

configure 'plugin = "exec"; command = ["sleep", "60"];'
start=$(date +%s)
act sonde run -c sonde.cfg -o recording.json --report=none -- true
check "a program that does not end with its input is killed in time" $(($(date +%s) - start)) -lt 50 -a \
	"$(of_plugin exec state)" = stopped

# What a shell has started hangs, and would hold the end of what sonde says open.
length=97.$$
configure 'plugin = "exec"; command = ["sh", "-c", "sleep '$length' & wait"];'
act sonde run -c sonde.cfg --report=none -- true
left() {
	pgrep -f "^sleep ${length/./[.]}\$"
}
for ((n = 0; n < 600; n++)); do
	left >/dev/null || break
	sleep 0.05
done
check "what such a program has started is killed with it" -z "$(left)"
for process in $(left); do kill "$process"; done

configure 'plugin = "exec"; command = ["/nowhere/program"];'
act sonde run -c sonde.cfg --report-file=report -- true
check "a program that is not there is told" "$status" = 0 -a -n "$(grep 'start: /nowhere/program: No such file' report)"
configure 'plugin = "exec"; command = [];'
act sonde run -c sonde.cfg --report-file=report -- true
check "an empty command is told" -n "$(grep -i 'empty' report err)"

# The sum of counters, in another language.
cat >sum.py <<'END'
import json, sys
for line in sys.stdin:
    total = sum(s["value"] for s in json.loads(line)["series"] if s["name"] == "libc.calls")
    open("sum", "w").write(str(total))
END
# It may take its time to start: what waits for it then has room in its pipe.
echo 'plugins: ( { interval = "2s"; plugin = "exec"; command = ["/usr/bin/python3", "-I", "sum.py"]; } );' >sonde.cfg
act sonde run -c sonde.cfg -o recording.json --report=none -- sh -c 'until test -s sum; do sleep 0.02; done; ls /'
check "it has the figures that the recording has" "$(cat sum)" = "$(calls_in recording.json)"
finish
