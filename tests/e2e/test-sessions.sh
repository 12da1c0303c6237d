# SPDX-License-Identifier: MIT
#
# sonde sessions, and the recordings that are kept.
. "${top_srcdir:-.}/tests/e2e/lib.sh"
cd "$scratch" || exit 1
export SONDE_DIRECTORY=$scratch/sessions
mkdir "$SONDE_DIRECTORY"
kept=$XDG_STATE_HOME/sonde/recordings
preload=$(readlink -f "$top_builddir/.libs/libsonde-preload.so")

act sonde sessions
check "without any it says so" "$(cat out)" = "no session is there, and no recording is kept"
act sonde report @
says "no recording can be named" 1 "sonde: report: no recording is kept yet ($kept)"

sonde run --report=none -- "$subject" fork 2
sonde run --report=none -- "$subject" exit 3
sonde run --report=none -- "$subject" die 15
act sonde sessions
check "recordings are listed, the latest first" "$(awk 'NR > 1 { print $1 }' out | tr '\n' ' ')" = "@ @1 @2 "
check "with how they ended" "$(awk 'NR > 1 { print $5 == "exit" ? $5 $6 : $5 }' out | tr '\n' ' ')" = "SIGTERM exit3 exit0 "
act sonde sessions --lines=1
check "--lines keeps it short" "$(tail -n 1 out)" = "and 2 more"
act sonde sessions --format=json
check "as JSON with their whole command, too" "$(python3 -c '
import json, sys
rows = json.load(sys.stdin)["recordings"]
print([row["end"] for row in rows], rows[2]["command"][1:])' <out)" = "['SIGTERM', 'exit 3', 'exit 0'] ['fork', '2']"

act sonde report @1
check "@1 is the recording before the latest" -n "$(grep 'exit status 3' out)"
act sonde report @3
says "there is an end to them" 1 "sonde: report: @3: no more than 3 recordings are kept ($kept)"
echo '{}' >@1
act sonde report @1
check "a file of such a name goes first" "$status" -eq 1 -a -n "$(grep '^sonde: report: @1: ' err)"
rm @1
act sonde diff
check "sonde diff compares the last two" "$status" -eq 0 -a -s out
act sonde diff @2 @
check "or any" "$status" -eq 0 -a -n "$(grep read out)"

sonde run --set recordings.keep=2 --report=none -- "$subject" exit 4
act sonde sessions
check "no more are kept than are wanted" "$(awk 'NR > 1 { print $6 }' out | head -n 1)" = 4 -a "$(ls "$kept" | wc -l)" -eq 2
touch -d '-3 days' "$kept"/*
SONDE_RECORDINGS_AGE=2d sonde run --report=none -- "$subject" exit 5
check "nor older ones" "$(ls "$kept" | wc -l)" -eq 1
act sonde report
check "the latest stays" -n "$(grep 'exit status 5' out)"
before=$(ls "$kept")
sonde run --set recordings.keep=0 --report=none -- "$subject" exit 6
check "0 keeps none, and removes none" "$(ls "$kept")" = "$before"
echo mine >"$kept/notes"
sonde run --set recordings.keep=1 --report=none -- "$subject" exit 7
check "what is no recording is left alone" "$(cat "$kept/notes")" = mine -a "$(ls "$kept" | wc -l)" -eq 2

LD_PRELOAD=$preload "$subject" fork 3
session=$(ls "$SONDE_DIRECTORY"/sonde-*)
act sonde sessions
check "a session that nobody hosted is listed" -n "$(grep "^$session .* left " out)"
act sonde report "$session"
check "it is reported by its name" -n "$(grep '^sonde: .* fork 3$' out)"
act sonde report --format=json "$session"
reads=$(grep -o '"call":"read"[^}]*"count":[0-9]*' out | head -n 1)
act sonde sessions --collect
check "it is collected" "$status" -eq 0 -a "$(cat out)" = "$(ls -d "$kept"/*.json.gz | tail -n 1)"
act sonde report --format=json @
check "its recording has what it had" -n "$reads" -a "$(grep -o '"call":"read"[^}]*"count":[0-9]*' out | head -n 1)" = "$reads"
check "and it is gone" -z "$(ls "$SONDE_DIRECTORY"/sonde-*)"

# Nothing is lost unless it is asked for: what is not kept, and what cannot be read.
LD_PRELOAD=$preload "$subject" fork 3
session=$(echo "$SONDE_DIRECTORY"/sonde-*/*)
SONDE_RECORDINGS_KEEP=0 act sonde sessions --collect
says "what would not be kept is not collected" 0 "sonde: sessions: sessions that stay, as their recordings would not \
be kept (recordings.keep is 0): 1; --discard removes them"
SONDE_RECORDINGS_KEEP=1 act sonde sessions --collect
check "the latest one is" "$status" -eq 0 -a "$(cat out)" = "$(ls -d "$kept"/*.json.gz)" -a ! -e "$session"
LD_PRELOAD=$preload "$subject" fork 3
session=$(echo "$SONDE_DIRECTORY"/sonde-*/*)
sonde run --set recordings.keep=1 --report=none -- "$subject" exit 8
SONDE_RECORDINGS_KEEP=1 act sonde sessions --collect
check "nor is it if later ones are to be kept" "$status" -eq 0 -a ! -s out -a -e "$session" -a \
	-n "$(grep '(recordings.keep is 1): 1;' err)"
truncate -s 4096 "$session/session"
act sonde sessions --discard
check "what may just be in the making is not discarded" "$(cat out)" = "sessions discarded: 0" -a -e "$session"
touch -d '-2 minutes' "$session/session"
act sonde sessions --collect
says "what cannot be read is not collected" 0 "sonde: sessions: sessions that stay, as they are of another version \
of sonde: 1; --discard removes them"
exec 7<"$session/session"
flock 7
act sonde sessions --discard
check "a session that somebody hosts is not discarded" "$(cat out)" = "sessions discarded: 0" -a -e "$session"
exec 7<&-
coproc python3 -c '
import mmap, sys
with open(sys.argv[1]) as file, mmap.mmap(file.fileno(), 4096, prot=mmap.PROT_READ):
    print(flush=True)
    sys.stdin.read()' "$session/session"
holder=$!
read -r _ <&"${COPROC[0]}"
act sonde sessions --discard
check "nor one that a process has its part in" "$(cat out)" = "sessions discarded: 0" -a -e "$session"
eval "exec ${COPROC[1]}>&-"
wait "$holder"
act sonde sessions --discard
check "what cannot be read is discarded" "$status" -eq 0 -a "$(cat out)" = "sessions discarded: 1" -a ! -e "$session"

mkfifo go there
sonde run --report=none -- sh -c 'echo >there; read -r _ <go' &
read -r _ <there
act sonde sessions
check "a session that runs is listed as such" "$(awk 'NR == 2 { print $3 }' out)" = running
check "with its command, in 80 columns" "$(awk 'NR == 2 { print $6, $7 }' out)" = "sh -c"
act sonde sessions --collect
check "it is not collected" "$status" -eq 0 -a ! -s out -a -n "$(ls "$SONDE_DIRECTORY"/sonde-*)"
touch -d '-2 minutes' "$SONDE_DIRECTORY"/sonde-*/*/session
act sonde sessions --discard
check "nor discarded" "$(cat out)" = "sessions discarded: 0" -a -n "$(ls "$SONDE_DIRECTORY"/sonde-*)"
echo >go
wait
mkfifo stay
exec 8<>stay
sonde run --set session.grace=1h --report=none -o waited.json -- "$subject" orphan 9<stay &
echo >&8
wait $!
check "what outlives the command is waited for if that is wanted" -z "$(grep '"running":true' waited.json)"

act sonde run --set session.leave=true --report=none -o left.json -- "$subject" orphan 9<stay
session=$(ls -d "$SONDE_DIRECTORY"/sonde-*/*)
says "or goes on in a session of its own" 0 "sonde: run: processes still run; their session is $session"
check "it is in the recording as running" -n "$(grep '"running":true' left.json)"
act sonde sessions
check "and in the list" -n "$(grep "^${session##*/} .* running " out)"
echo >&8
until test "$(sonde sessions --format=json | grep -c '"running"')" = 0; do :; done
act sonde sessions --collect
act sonde report --format=json "$(cat out)"
check "what it did since then is in what is collected of it" \
	"$(python3 -c '
import json, sys
recording = json.load(sys.stdin)
print(recording["session"]["exit"], recording["session"]["processes"],
      [call["count"] for call in recording["calls"] if call["call"] == "read"])' <out)" = "{'status': 0} 2 [1]"
exec 8>&-

act sonde sessions nonsense
check "it takes no names" "$status" -eq 2

finish
