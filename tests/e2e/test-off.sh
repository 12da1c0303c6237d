# SPDX-License-Identifier: MIT
#
# What the configuration leaves uncounted is told, and no sum is shown that would need it.
. "${top_srcdir:-.}/tests/e2e/lib.sh"
cd "$scratch" || exit 1
# Sessions of other tests are none of ours.
export SONDE_DIRECTORY=$scratch/sessions
mkdir sessions

act sonde run -o all.json -- true
check "nothing is off by default" "$status" -eq 0 -a -z "$(grep 'not counted' err)" -a -z "$(grep -F '"off"' all.json)"
check "and it is known what each process waited for" "$(grep -c -F '"waiting"' all.json)" -gt 1
check "and the report says where the main thread's time went" -n "$(grep '^main thread: ' err)"

act sonde run -o recording.json -s intercept.groups=io -- sleep 0
check "groups that are off are named in the report" -n \
	"$(grep '^not counted by configuration: all of dns, memory, other, path, poll, process,$' err)"
check "a sleep that is not counted is not taken for work" -z "$(grep '^main thread: ' err)"
check "neither there nor of any process in the recording" -z "$(grep -F '"waiting"' recording.json)"
check "nothing is said of calls that are off" -n \
	"$(grep '^nothing was lost: every call that is on of every watched process is counted$' err)"
check "their names are in the recording" -n "$(grep -E '"off":\[.*"malloc",.*"nanosleep"' recording.json)"
act sonde report recording.json
check "what is read from a recording says the same" "$status" -eq 0 -a -n "$(grep '^not counted by configuration: all of dns' out)"

act sonde merge -o both.json recording.json all.json
check "what was off in one of the runs that are merged was counted for a part of the time" "$status" -eq 0 -a \
	-z "$(grep -F '"off"' both.json)" -a -n "$(grep -E '"switched":\[.*"malloc"' both.json)"

act sonde run -s intercept.exclude=malloc,free -- ls /
check "calls that are off are named" -n "$(grep '^not counted by configuration: of memory: free, malloc$' err)"
check "and allocations are not added up without them" -z "$(grep '^memory: ' err)"

mkfifo orders answers
"$sonde" run --report=none -s intercept.exclude=malloc -- "$subject" obey <orders >answers &
run_pid=$!
exec 8>orders 9<answers
echo access 1 >&8
read -r _ <&9
act sonde report "$(pgrep -P "$run_pid")"
check "a process that runs is told of with what is off" -n "$(grep '^not counted by configuration: of memory: malloc$' out)"
exec 8>&-
wait "$run_pid"
finish
