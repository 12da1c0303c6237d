# SPDX-License-Identifier: MIT
#
# A sonde that is killed in the midst of a run loses nothing.
. "${top_srcdir:-.}/tests/e2e/lib.sh"
cd "$scratch" || exit 1
export SONDE_DIRECTORY=$scratch/sessions
mkdir "$SONDE_DIRECTORY"
mkfifo done end
# Sessions of some hundred places: totals are written when a quarter of them waits, and not after ten seconds.
ulimit -f 20480

# figures RECORDING - how many reads there were (not those of the shell, of its script), and how many processes
figures() {
	python3 -c '
import json, sys
recording = json.load(sys.stdin)
print(sum(call["count"] for call in recording["calls"] if call["call"] == "read" and call["kind"] == "device"),
      recording["session"]["processes"])' <"$1"
}

# Children begin and end until sonde is dead, and a few more follow.
cat >work <<'END'
n=0
while kill -0 $PPID 2>/dev/null; do
	"$1" fork 1
	n=$((n + 1))
	if test "$2" = totals && test -e "$SONDE_SESSION/totals"; then kill -9 $PPID; fi
done
for i in 1 2 3; do "$1" fork 1; done
echo $((n + 3)) >done
: <end
END

# What removes a region in sonde ends it there: the totals are written, and their regions are still in the file.
cat >removal.c <<'END'
#include <signal.h>
#include <sys/types.h>
int fallocate(int fd, int mode, off_t from, off_t size)
{
	return raise(SIGKILL);
}
END
$CC -shared -fPIC -o removal.so removal.c || exit 1

# killed WHEN PRELOAD SENTENCE
killed() {
	LD_PRELOAD=$2 sonde run --report=none --label run=first -- sh work "$subject" "$1" &
	read -r n <done
	wait $!
	check "sonde is killed $3" $? -eq 137
	session=$(ls -d "$SONDE_DIRECTORY"/sonde-*/*)
	act sonde report --format=json "$session"
	check "no read is lost, and no process" "$(figures out)" = "$n $((2 * n + 1))"
	check "nor what the run was told" -n "$(grep '"labels":{"run":"first"}' out)"
	check "nor its command" -n "$(grep -F "\"command\":[\"sh\",\"work\",\"$subject\",\"$1\"]" out)"
	check "nothing is said to be missing" ! -s err
	: >end
	until test "$(sonde sessions --format=json | grep -c '"running"')" = 0; do :; done
	act sonde sessions --collect
	act sonde report --format=json "$(cat out)"
	check "the recording that is made of it has all, too" "$(figures out)" = "$n $((2 * n + 1))"
	check "and the session is gone" -z "$(ls "$SONDE_DIRECTORY"/sonde-*)"
}

killed totals "" "after it has removed regions"
killed never ./removal.so "before it can remove one"

# A test ends while what it has left behind goes on, and its regions are removed. Then sonde is killed; what begins
# afterwards is of the test all the same. It has no label: only where it came from tells.
cat >rest <<'END'
echo >begun
read go <go
"$S" fork 1
echo >done
: <end
END
cat >driver <<'END'
sh rest &
read begun <begun
END
cat >work <<'END'
export S=$1
sh driver --test-name late --log-file none
totals=$SONDE_SESSION/totals
until grep -q '"test":"late"' "$totals" 2>/dev/null; do "$S" fork 1; done
inode=$(stat -c %i "$totals")
until test "$(stat -c %i "$totals")" != "$inode"; do "$S" fork 1; done
kill -9 $PPID
echo >go
END
mkfifo go begun
export SONDE_LABELS=
sonde run --report=none --label test=whole -- sh work "$subject" &
read -r _ <done
wait $!
check "sonde is killed after the test has ended" $? -eq 137
session=$(ls -d "$SONDE_DIRECTORY"/sonde-*/*)

# processes SUBJECT - those of the test, and whether anything is of none
processes() {
	sonde report --by=test --format=json "$1" | python3 -c '
import json, sys
rows = {row["name"]: row["processes"] for row in json.load(sys.stdin)["rows"]}
print(rows.get("late"), None in rows)'
}
check "what it left behind is still of the test" "$(processes "$session")" = "4 False"
: >end
until test "$(sonde sessions --format=json | grep -c '"running"')" = 0; do :; done
act sonde sessions --collect
check "also in the recording that is made of it" "$(processes "$(cat out)")" = "4 False"

finish
