# SPDX-License-Identifier: MIT
#
# Recordings and reports of a run: where they go and what they say.
. "${top_srcdir:-.}/tests/e2e/lib.sh"
cd "$scratch" || exit 1
kept=$XDG_STATE_HOME/sonde/recordings

act sonde run -o recording.json -- "$subject" fork 5
check "the report goes to standard error" -s err -a ! -s out
check "the recording has the reads of all processes" -n \
	"$(grep '"call":"read"' recording.json | head -1 | grep '"count":5,.*"bytes":50,')"
check "the recording has the command" -n "$(grep "\"command\":\\[\"$subject\",\"fork\",\"5\"\\]" recording.json)"
check "the recording has the exit status" -n "$(grep '"exit":{"status":0}' recording.json)"
check "so has the command's own process, whose main() has just returned" -n \
	"$(grep "\"command\":\"[^\"]*subject fork 5\"" recording.json | grep '"exit":{"status":0}' | head -1)"
check "the recording that is kept is the same" "$(gzip -dc "$kept"/*.json.gz | cmp recording.json - && echo same)" = same
check "it is its owner's alone" "$(stat -c %a "$kept"/*)" = 600
check "it is named after the run's begin, its program and sonde's process" \
	-n "$(ls "$kept" | grep -xE '20[0-9]{6}T[0-9]{6}\.[0-9]{3}Z-subject-[0-9]+\.json\.gz')"
check "no draft is left" "$(ls "$kept" | wc -l)" -eq 1

act sonde run -o recording.json.gz --report=none -- "$subject" die 15
check "a name in .gz is compressed" "$(gzip -dc recording.json.gz | head -c 1)" = "{"
check "a signal is recorded" -n "$(gzip -dc recording.json.gz | grep '"exit":{"signal":15}')"

: >keep
ln -s keep link.json
act sonde run -o link.json --report=none true
check "a symbolic link is followed, not replaced" -L link.json -a -s keep
mkfifo fifo
cat fifo >from-fifo &
act sonde run -o fifo --report=none true
wait
check "a FIFO is written to, not replaced" -p fifo -a -s from-fifo
act sonde run -o /dev/stdout --report=none true
check "so is /dev/stdout" "$(head -c 1 out)" = "{"
act sonde run -o - --report=none sh -c 'echo before'
check "- is the standard output, behind what the command has written" "$(head -c 8 out) $(ls -- ./- 2>&1 >&-)" = \
	"before
{ ls: cannot access './-': No such file or directory"
tail -n +2 out >from-standard
sonde run -o - --report=none touch started >&- 2>err
check "where there is none that is said before the command starts" "$? $(cat err) $(ls started 2>/dev/null)" = \
	"125 sonde: run: cannot write the recording: -: Bad file descriptor "
act sonde report - <from-standard
check "where a recording is read it is the standard input" "$(head -1 out)" = "sonde: sh -c 'echo before'"
act sonde merge -o - from-standard from-standard
cp out merged
act sonde report - <merged
check "also that of a merge" "$(grep -c ' of 2 runs' out)" = 1

act sonde run --report=json true
check "--report=json is a recording on standard error" "$(head -c 1 err)" = "{"
act sonde run --report-file=report.txt true
check "--report-file keeps standard error clean" ! -s err -a -s report.txt
act sonde run --report-file=- sh -c 'echo before'
check "- is the standard output there, too" "$(head -2 out) $(wc -c <err)" = "before
sonde: sh -c 'echo before' 0"
act sonde run --report=none true
check "--report=none says nothing" ! -s err

XDG_STATE_HOME=/dev/null/x act sonde run --report=none true
check "a place for recordings that cannot be had is no error" "$status" -eq 0 -a ! -s err
XDG_STATE_HOME=/dev/null/x act sonde run --report=none --verbose true
says "--verbose says so" 0 \
	"sonde: run: the recording is not kept: /dev/null/x/sonde/recordings: Not a directory"
act sonde run --report=none --verbose true
says "--verbose says where it is kept" 0 "sonde: run: the recording is kept in $(ls -d "$kept"/* | tail -n 1)"

if test -e /dev/full; then
	act sonde run -o /dev/full --report=none sh -c 'exit 3'
	says "a recording that could not be written leaves the command its status" 3 \
		"sonde: run: cannot write the recording: /dev/full: No space left on device"
	act sonde run --report-file=/dev/full sh -c 'exit 3'
	says "nor does a report that could not be" 3 "sonde: run: cannot write the report: No space left on device"
fi
{ sonde run sh -c 'exit 4' 2>&1 >/dev/null; echo $? >code; } | true
check "a standard error that nobody reads leaves the command its status" "$(cat code)" -eq 4

echo 'int main(void) { return 0; }' >static.c
if ${CC:-cc} -static static.c -o static 2>/dev/null; then
	act sonde run -o recording.json --report=none ./static
	check "a static program runs and is named as unwatched" "$status" -eq 0 -a -n \
		"$(grep '"reason":"static"' recording.json)"
fi

# One that hangs, and is ended: the name of the call is what its user looks for.
mkfifo "$scratch/never"
exec 9<>"$scratch/never"
"$sonde" run -o "$scratch/hangs.json" -- dd of=/dev/null bs=1 <"$scratch/never" 2>"$scratch/err" &
until hanging=$(pgrep -P $! dd) && grep -q '^0 ' "/proc/$hanging/syscall"; do :; done 2>/dev/null
kill -TERM "$hanging"
wait $!
exec 9<&-
check "the call that a program hung in is the first of the report" \
	"$(grep -A1 '^CALL' "$scratch/err" | tail -1 | cut -c1-9)" = "read pipe"
check "which says that it had not come back" -n "$(grep '^had not come back: read pipe 1$' "$scratch/err")"
check "and the recording how long it took" "$(python3 -c "
import json
r = json.load(open('$scratch/hangs.json'))
read = next(c for c in r['calls'] if c['call'] == 'read' and c['kind'] == 'pipe')
print(read['unfinished'], 0 < read['unfinished_seconds'] <= r['session']['wall_seconds'])")" = "1 True"

# Who is killed cannot say when it ended. It ran for the time of the first sleep, and not of the second.
sonde run --report=none -o "$scratch/killed.json" -- bash -c 'sleep 100 & sleep 0.5; kill -9 $!; wait; sleep 1.5' 2>/dev/null
check "a process that was killed has the time that it ran, and the call that it was in" "$(python3 -c "
import json
r = json.load(open('$scratch/killed.json'))
killed = next(p for p in r['processes'] if p['command'] == 'sleep 100')
sleeps = next(c for c in r['calls'] if c['call'] in ('nanosleep', 'clock_nanosleep'))
print(0.3 < killed['wall_seconds'] < r['session']['wall_seconds'] - 1, sleeps['unfinished'],
      0.3 < sleeps['unfinished_seconds'] < r['session']['wall_seconds'] - 1)")" = "True 1 True"
finish
