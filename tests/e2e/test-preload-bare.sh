# SPDX-License-Identifier: MIT
#
# LD_PRELOAD without the launcher: the first process makes a session, its children join it, and it can be reported.
. "${top_srcdir:-.}/tests/e2e/limits-lib.sh"

# bare COMMAND... - leaves the session's directory in $session, its report in recording.json.
bare() {
	rm -rf place && mkdir place
	act env SONDE_DIRECTORY="$scratch/place" LD_PRELOAD="$library" "$@"
	session=$(echo place/sonde-"$(id -u)"/*)
	"$sonde" report --format=json "$session" >recording.json
}

bare "$subject" seek 5
check "a program is watched" "$status $(cat out err) $(value 'count("lseek")')" = "0  5"
check "its session is for its user alone" "$(stat -c %a place/sonde-* "$session" "$session/session" | tr '\n' ' ')" = \
	"700 700 600 "
bare "$subject" children 4
check "its forked children are in its session" "$(value 'count("lseek"), r["session"]["processes"]')" = "(4, 5)"
bare "$subject" start posix_spawn "$subject" seek 6
check "those that it spawns, too" "$(value 'count("lseek"), len(r["processes"])')" = "(6, 2)"
bare "$subject" start system "$subject seek 7"
check "what a shell starts as well" -d "$session" -a \
	"$(value '[p["command"].split()[0].split("/")[-1] for p in r["processes"]][:2]')" = "['limits-subject', 'sh']"
bare sh -c "env -i '$subject' seek 3; unset SONDE_SESSION LD_PRELOAD; '$subject' seek 4"
check "and what has lost its environment" "$(value 'count("lseek")')" = 7
bare sh -c 'kill -KILL $$'
check "a program that is killed leaves its figures" "$status $(value 'len(r["processes"]), count("kill")')" = "137 (1, 1)"
bare "$subject" start vfork /none
check "what it starts in vain is nowhere" "$status $(value 'r["unwatched"]')" = "98 []"

act sonde report "$session"
check "sonde report shows the session as text" "$status" -eq 0 -a -n "$(grep '^vfork' out)"
mkfifo hold
exec 9<>hold
SONDE_DIRECTORY=$scratch/place LD_PRELOAD=$library bash -c 'read -r line <&9' &
pid=$!
until act sonde report --format=json "$pid" && test "$status" -eq 0; do :; done
check "sonde report shows a process that runs by its number" "$(value 'r["processes"][0]["pid"]' out)" = "$pid"
echo >&9
wait "$pid"
exec 9>&-

# With relative names: the program and its children may run elsewhere.
rm -rf place && mkdir place && cp "$library" place/
cd place || exit 1
act env SONDE_DIRECTORY=. LD_PRELOAD=./libsonde-preload.so \
	bash -c "cd / && '$subject' children 2 && '$subject' start system '$subject seek 3; exit 4'"
cd ..
"$sonde" report --format=json place/sonde-*/* >recording.json
check "relative names are those of the first process" "$status $(cat out err) $(value 'count("lseek"), r["unwatched"]')" = \
	"4  (5, [])"
rm -rf place/sonde-*
printf 'session: { directory = "place"; };' >relative.cfg
act sonde run -c relative.cfg -o recording.json --report=none -- bash -c "cd / && '$subject' children 2 && '$subject' seek 3"
check "so is the place that a configuration names" "$status $(cat err) $(value 'count("lseek"), r["unwatched"]')" = "0  (5, [])"
rm -rf place/sonde-*
act env SONDE_DIRECTORY="$scratch/place" LD_LIBRARY_PATH="$scratch/place" LD_PRELOAD=libsonde-preload.so \
	sh -c "unset LD_LIBRARY_PATH; '$subject' seek 3; :"
"$sonde" report --format=json place/sonde-*/* >recording.json
check "a library that was found in LD_LIBRARY_PATH is found without" "$status $(cat err) $(value 'count("lseek")')" = "0  3"

act env LD_PRELOAD="$library" sh -c 'env | sed -n s/^SONDE_SESSION=//p'
session=$(cat out)
check "the session is in the memory of the user" "$(dirname "$session")" = "/dev/shm/sonde-$(id -u)"
rm -rf "$session"
finish
