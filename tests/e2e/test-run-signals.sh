# SPDX-License-Identifier: MIT
#
# Signals that processes send to sonde reach the command, once. The terminal's are in test-run-terminal.c.
. "${top_srcdir:-.}/tests/e2e/lib.sh"
cd "$scratch" || exit 1
mkfifo said

# begin - starts a command that waits for signals, in the background; $sonde_pid is sonde's.
begin() {
	sonde=$sonde exec_sonde >said 2>err &
	exec 8<said
	read -r -t 20 line <&8
	test "$line" = ready || fail "the command is ready" "$line"
}

# In a subshell that becomes sonde, so that $! is its number.
exec_sonde() {
	exec "$sonde" run --report=none -- "$subject" await
}

# hears - the next signal that the command got.
hears() {
	read -r -t 20 line <&8
	echo "$line"
}

begin
sonde_pid=$!
wrong=
for name in HUP INT QUIT USR1 USR2 CONT WINCH ALRM PIPE URG IO; do
	kill -s "$name" "$sonde_pid"
	heard=$(hears)
	test "$heard" = "$name 0" || test "$heard" = "POLL 0" || wrong="$wrong $name:$heard"
done
check "signals that a process sends to sonde reach the command" -z "$wrong"

kill -s WINCH "$sonde_pid"
hears >/dev/null
kill -s TERM "$sonde_pid"
check "each reaches it once" "$(hears)" = "TERM 0"
wait "$sonde_pid"
check "sonde ends when the command does" "$?" -eq 0

begin
sonde_pid=$!
/bin/kill -s RTMIN -q 42 "$sonde_pid" 2>/dev/null
check "a queued signal keeps its value" "$(hears)" = "RT 42"
kill -s TERM "$sonde_pid"
hears >/dev/null
wait "$sonde_pid"

"$sonde" run --report=none -- sleep 1000 &
sonde_pid=$!
while ! child=$(cat "/proc/$sonde_pid/task/$sonde_pid/children") || test -z "$child"; do :; done
while test "$(cat "/proc/${child% }/comm")" != sleep; do :; done
kill -s TERM "$sonde_pid"
{ wait "$sonde_pid"; } 2>/dev/null
check "a signal that ends the command ends sonde in the same way" "$?" -eq 143

cat >group.sh <<'END'
trap 'n=$((n + 1))' USR1
n=0
kill -USR1 0
kill -USR1 $$
echo "$n"
END
act setsid -w bash -c "trap '' USR1; '$sonde' run --report=none -- env --default-signal=USR1 bash group.sh"
check "what the command sends to its own group comes back to it once only" "$(cat out)" = 2

cat >alarm.pl <<'END'
alarm 1;
exec @ARGV;
END
if command -v perl >/dev/null; then
	act perl alarm.pl "$sonde" run --report=none -- sleep 1000
	check "an alarm that was set before sonde began ends the command" "$status" -eq 142
fi

"$sonde" run --report=none -- "$subject" await >said &
sonde_pid=$!
exec 8<said
hears >/dev/null
child=$(cat "/proc/$sonde_pid/task/$sonde_pid/children")
child=${child% }
kill -s STOP "$child"
while test "$(cut -d' ' -f3 "/proc/$child/stat")" != T; do :; done
kill -s USR1 "$sonde_pid"
kill -s CONT "$child"
heard="$(hears) $(hears)"
check "a command that is stopped by itself and continued by itself is not lost" \
	"$heard" = "USR1 0 CONT 0" -o "$heard" = "CONT 0 USR1 0"
kill -s TERM "$sonde_pid"
hears >/dev/null
wait "$sonde_pid"
check "and ends as it would" "$?" -eq 0
finish
