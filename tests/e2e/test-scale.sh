# SPDX-License-Identifier: MIT
#
# Sessions of many processes: one recording has them all, and neither sonde nor the session's file grows with them.
. "${top_srcdir:-.}/tests/e2e/lib.sh"
cd "$scratch" || exit 1

# figures RECORDING - reads of /dev/zero, processes, those in detail and those that are only in the totals
figures() {
	python3 -c '
import json, sys
recording = json.load(sys.stdin)
print(sum(call["count"] for call in recording["calls"] if call["call"] == "read" and call["kind"] == "device"),
      recording["session"]["processes"],
      len(recording["processes"]) + recording["coverage"]["processes_not_kept"])' <"$1"
}

act sonde run --report=none -o crowd.json -- "$subject" crowd 500
check "500 processes that live at once are all counted" "$(figures crowd.json)" = "500 501 501"

act sonde run --report=none -o chain.json -- "$subject" chain 50
check "a tree that is 50 deep is counted to its end" "$(figures chain.json)" = "50 50 99"

# peak PID - kilobytes that a process had at most
peak() {
	awk '/^VmHWM/ { print $2 }' "/proc/$1/status"
}
export -f peak

# What sonde and the session's file have in memory, after 500 processes and after 5,000.
cat >work <<'END'
for i in 1 2 3 4 5 6 7 8 9 10; do
	"$1" fork 499
	if test $i = 1; then until test -e "$SONDE_SESSION/totals"; do "$1" fork 1; n=$((n + 2)); done; fi
	awk '/^VmHWM/ { print $2 }' "/proc/$PPID/status" >>peaks
	du -k "$SONDE_SESSION/session" >>sizes
done
echo $((n + 0)) >more
END
act sonde run --report=none -o many.json -- sh work "$subject"
more=$(cat more)
read -r reads processes records <<<"$(figures many.json)"
check "5,000 short processes are all counted" "$reads" -eq $((4990 + more / 2))
check "each once" "$processes" -eq $((5000 + more + 1 + 20)) -a "$records" -ge "$processes"
check "sonde does not grow with them" "$(tail -n 1 peaks)" -le $(($(head -n 1 peaks) + 4096))
check "nor does the session's file" "$(sort -n sizes | tail -n 1 | cut -f 1)" -le 32768

finish
