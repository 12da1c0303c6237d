# SPDX-License-Identifier: MIT
#
# sonde set changes what is counted and timed in programs that run, from the next call on.
. "${top_srcdir:-.}/tests/e2e/lib.sh"
cd "$scratch" || exit 1
# Sessions of other tests are none of ours.
export SONDE_DIRECTORY=$scratch/sessions
mkdir sessions

# begin OPTION... - runs a subject that obeys; leaves its number in $subject_pid and $run_pid.
begin() {
	mkfifo orders answers
	"$sonde" run -o recording.json --report=none "$@" -- sh -c 'echo $$; exec "$@"' - "$subject" obey <orders >answers 2>run.err &
	run_pid=$!
	exec 8>orders 9<answers
	read -r subject_pid <&9
}

# order CALL N - has the subject call it, and waits until it has.
order() {
	echo "$@" >&8
	read -r _ <&9
}

end() {
	exec 8>&-
	wait "$run_pid"
	exec 9<&-
	rm orders answers
}

# field CALL KEY - a number of a call in the last recording.
field() {
	sed -n "s/.*{\"call\":\"$1\",.*\"$2\":\([0-9]*\),.*/\1/p" recording.json | head -1
}

# timed_now CALL - how many have been timed until now.
timed_now() {
	sonde report --format=json "$subject_pid" 2>err | sed -n "s/.*{\"call\":\"$1\",.*\"timed\":\([0-9]*\),.*/\1/p" | head -1
}

begin
order access 10
act sonde set access=off
check "a call is switched off in the latest session that runs" "$status" -eq 0 -a ! -s err
order access 7
order fork 7
act sonde set access=on
order access 5
order fork 3
end
check "none is counted while it is off, in the process and its children, and every one while it is on" "$(field access count)" -eq 18
check "the recording says that it was switched" -n "$(grep -F '"switched":["access"]' recording.json)"
act sonde report recording.json
check "the report says so" -n "$(grep '^counted for a part of the time only, switched off or on: access$' out)"
check "and does not claim to be complete" -z "$(grep 'nothing was lost' out)"

begin
order access 4
act sonde set "$subject_pid" path=off access=on
check "the process says which session; changes come one after the other" "$status" -eq 0
order access 3
act sonde set "$subject_pid" path=off
order access 9
end
check "a group is switched off, and a call of it on again" "$(field access count)" -eq 7

begin -s intercept.groups=io
order access 6
act sonde set "$(echo sessions/sonde-*/*)" path=on
order access 2
end
check "what was off from the start is switched on, in a session by its directory" "$(field access count)" -eq 2

# Which call is timed next has been chosen; it is at most twice the old period away.
begin
order posix_memalign 300
act sonde set timing.posix_memalign=1
order posix_memalign 128
before=$(timed_now posix_memalign)
order posix_memalign 200
check "every call is timed, at the latest after twice the old period" "$(timed_now posix_memalign)" -eq $((before + 200))
act sonde set timing.memory=32767
before=$(timed_now posix_memalign)
order posix_memalign 1000
check "one in so many is, at once" "$(timed_now posix_memalign)" -le $((before + 4))
order access 100
act sonde set timing.access=100
order access 1000
end
check "all are counted" "$(field posix_memalign count)" -eq 1628
check "calls that are not timed any more are not taken for unfinished" "$(field access unfinished)" -eq 0 -a \
	"$(field access count)" -eq 1100 -a "$(field access timed)" -lt 200
check "the recording says that the timing was changed" -n "$(grep -F '"posix_memalign"' recording.json | grep -F '"retimed":[')"

begin
act sonde set "$subject_pid" acess=off
says "an unknown name is refused with the nearest" 2 "sonde: set: unknown group or call 'acess'; did you mean 'access'?"
act sonde set "$subject_pid" access=of
says "so is what is neither on nor off" 2 "sonde: set: access: expected on or off, found 'of'"
act sonde set "$subject_pid" timing.access=0
says "a period out of range" 2 "sonde: set: timing.access: 0 is out of range: 1 to 32767"
act sonde set "$subject_pid" access=off timing.access=70000
says "and all that comes with it" 2 "sonde: set: timing.access: 70000 is out of range: 1 to 32767"
act sonde set "$subject_pid"
says "nothing to set" 2 "sonde: set: set what? For example memory=off"
act sonde set "$scratch" access=off
says "a directory of no session" 1 "sonde: set: $scratch: No such file or directory"
order access 1
end
check "of which nothing was done" "$(field access count)" -eq 1
act sonde set access=off
says "without a session there is nothing to change" 1 "sonde: set: no session of yours is running"

# Without the launcher, the session is the first process's.
mkfifo orders answers
LD_PRELOAD=$(readlink -f "$top_builddir"/.libs/libsonde-preload.so) "$subject" obey <orders >answers &
run_pid=$!
exec 8>orders 9<answers
order access 2
act sonde set access=off
check "a session of LD_PRELOAD alone is changed, too" "$status" -eq 0
order access 8
session=$(echo sessions/sonde-*/*)
end
sonde report --format=json "$session" >recording.json
check "with effect" "$(field access count)" -eq 2
rm -r "$session"

act sonde run -o recording.json --report=none -- sh -c 'test -e /; "$1" set stat=off access=off io=off' - "$sonde"
check "a program in a session changes its own" "$status" -eq 0 -a -n "$(grep -F '"switched":["access",' recording.json)"
finish
