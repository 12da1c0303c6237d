# SPDX-License-Identifier: MIT
#
# The session's directory: its place, what is left of it, and how large it becomes.
. "${top_srcdir:-.}/tests/e2e/lib.sh"
cd "$scratch" || exit 1
mkdir place
printf 'session: { directory = "%s"; };' "$scratch/place" >here.cfg
home=$scratch/place/sonde-$(id -u)

act sonde run -c here.cfg --report=none -- sh -c 'echo "$SONDE_SESSION"; ls "$SONDE_SESSION"'
check "the session is made in session.directory" -n "$(grep "^$home/[0-9]*-[0-9]*\$" out)"
check "its name is as long as that of any other, which programs see" -n "$(grep -E "/[0-9]{16}-[0-9]{7}\$" out)"
check "it holds the session file" -n "$(grep '^session$' out)"
check "it is removed at the end" -z "$(ls -A "$home")"
act sonde run -c here.cfg --report=none -- nosuchcommand
check "also when the command cannot be started" -z "$(ls -A "$home")"
act sonde run -c here.cfg --report=none -- "$subject" die 9
check "also when the command is killed" -z "$(ls -A "$home")"

printf 'session: { directory = "/proc/none"; };' >bad.cfg
act sonde run -c bad.cfg touch started
check "a place that cannot be had is said before the command starts" "$status" -eq 125 -a ! -e started -a \
	-n "$(grep 'cannot make a session in /proc/none' err)"

mkfifo alive
exec 9<>alive
act sonde run -c here.cfg -o recording.json --report=none -- "$subject" orphan
check "a process that is left behind does not keep sonde" "$status" -eq 0
check "and leaves no directory" -z "$(ls -A "$home")"
echo >&9
exec 9>&-

# The child may have been forked, be about to execute sleep, or be in the midst of it.
n_silent=0
for _ in $(seq 20); do
	act sonde run -- sh -c 'sleep 1 & exit 0'
	grep -qE 'still running|not watched: .*/sleep' err || n_silent=$((n_silent + 1))
done
check "a process that was started just before the command ended is never passed over in silence" "$n_silent" -eq 0
act sonde run -o recording.json -- sh -c 'sleep 0.01 & wait'
check "those that have ended leave nothing to be told" -z "$(grep 'still running' err; grep -o processes_uncounted recording.json)"

# The memory of the session is taken by the command itself, while the session is open.
cat >many.sh <<'END'
most=0
for i in $(seq 25); do
	"$1" fork 40
	n=$(du -k "$SONDE_SESSION/session" | cut -f 1)
	test "$n" -le "$most" || most=$n
done
echo "$most"
END
act sonde run -c here.cfg -o recording.json --report=none -- bash many.sh "$subject"
check "a thousand short processes take the memory of at most two hundred" "$(cat out)" -le 6400
check "nor loses one of their processes" \
	"$(sed -n 's/.*"processes":\([0-9]*\),.*/\1/p' recording.json | head -1)" -ge 1026
act sonde run -c here.cfg -o recording.json --report=none -- "$subject" fork 1000
check "none of the calls of a thousand processes is lost" -n \
	"$(grep '"call":"read"' recording.json | head -1 | grep '"count":1000,.*"bytes":10000,')"

echo 'intercept: { groups = ["io"]; };' >io.cfg
act sonde run -c io.cfg -- "$subject" vfork
check "a vfork child's first call is one of its parent's" "$status" -eq 0 -a -n "$(grep '^2 processes, 2 threads' err)"

if test "$(id -u)" -eq 0 && command -v setpriv >/dev/null; then
	act sonde run -- setpriv --reuid=65534 ls -d /
	check "a program of another user, who may not enter the session, is told to be unwatched" \
		"$status" -eq 0 -a -n "$(grep 'not watched: .*/ls' err)"
fi
finish
