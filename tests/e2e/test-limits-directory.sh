# SPDX-License-Identifier: MIT
#
# A session's directory that is full, read-only or taken away: the program runs as it does bare, and what was not
# recorded is counted.
. "${top_srcdir:-.}/tests/e2e/limits-lib.sh"

all='sum(c["count"] for c in r["calls"])'

unharmed "a program of many threads runs as it does bare" "$subject" crowd 100
check "and its calls need no more memory than there is" \
	"$(value "count('lseek'), count('fsync'), lost('region_full'), lost('detail')")" = "(250, 100, 0, 0)"
truth=$(value "$all")

printf 'session: { directory = "%s/small"; };' "$scratch" >small.cfg
# As large as the session file: not one page is left.
if mount_small small 36k; then
	options=(-c small.cfg)
	unharmed "where there is no room for a region the program runs as it does bare" "$subject" crowd 20
	check "and is reported as no_region" "$(value 'reason("limits-subject"), r["calls"]')" = "('no_region', [])"
	unharmed "also its children" sh -c "'$subject' seek 5; '$subject' seek 6; :"
	check "each is counted" "$(value 'started("limits-subject"), started("/sh")')" = "(2, 1)"
	unmount_last

	for size in 112k 128k 192k 320k 512k; do
		mount_small small "$size"
		unharmed "a program whose region cannot grow beyond $size runs as it does bare" "$subject" crowd 100
		check "what it recorded and what it lost is what it did" \
			"$(value "$all + lost('region_full')")" = "$truth"
		check "and something was lost" "$(value "lost('region_full') > 0")" = True
		value "lost('detail')" >>details
		unmount_last
	done
	check "details that were lost are told apart from calls that were" "$(grep -c '^[1-9]' details)" -gt 0

	mount_small small 128k
	act sonde run -c small.cfg -o recording.json -- "$subject" crowd 100
	check "the report says how many calls were not recorded" -n \
		"$(grep '^[0-9,.kM]* calls not recorded: no memory' err)"
	unmount_last
	mount_small small 256k
	unharmed "children of whom some find room for a region and some not run as they do bare" \
		"$subject" start vfork "$subject" children 30
	check "each seeks, or is reported" \
		"$(value 'count("lseek") + started("limits-subject") >= 30')" = True
	unmount_last

	# More than twice as much as there is room for, if nothing were given back before the end.
	mount_small small 6m
	act sonde run -c small.cfg -o recording.json --report=none -- \
		sh -c 'n=0; while test $n -lt 1000; do "$1" calls 3; n=$((n + 1)); done' sh "$subject"
	check "in a small place many programs, one after the other, lose nothing" \
		"$status $(value 'count("fsync"), lost("region_full"), r["unwatched"]')" = "0 (3000, 0, [])"
	unmount_last

	# By then sonde looks for processes that have ended once a second; each of these takes more than half a megabyte.
	mount_small small 16m
	act sonde run -c small.cfg -o recording.json --report=none -- \
		sh -c 'sleep 1.6; n=0; while test $n -lt 60; do "$1" crowd 60; n=$((n + 1)); done' sh "$subject"
	check "nor do programs of many threads that begin all at once after a quiet time" \
		"$status $(value 'count("fsync"), lost("region_full"), r["unwatched"]')" = "0 (3600, 0, [])"
	unmount_last

	mount_small small 400k
	act sonde run -c small.cfg --report=none -- "$subject" heir small/fill
	check "a child of a program that found it full, and limits its address space, has its memory" "$status" = 0
	unmount_last

	mount_small small 4k
	act sonde run -c small.cfg touch started
	says "where there is no room for the session that is said before the command starts" 125 \
		"sonde: run: cannot make a session in $scratch/small: No space left on device"
	check "and nothing is left behind" -z "$(ls small/sonde-*)"
	check "the command did not start then" ! -e started
	act env SONDE_DIRECTORY="$scratch/small" LD_PRELOAD="$library" "$subject" seek 5
	check "without the launcher the program runs without a word" "$status $(cat out err)" = "0 "
	check "and leaves nothing behind, either" -z "$(ls small/sonde-*)"
	unmount_last

	mount_small small 1m
	mount -o remount,ro "$scratch/small"
	act sonde run -c small.cfg touch started
	says "a read-only place is said before the command starts" 125 \
		"sonde: run: cannot make a session in $scratch/small: Read-only file system"
	act env SONDE_DIRECTORY="$scratch/small" LD_PRELOAD="$library" "$subject" seek 5
	check "without the launcher the program runs without a word there, too" "$status $(cat out err)" = "0 "
	unmount_last
else
	skip "no filesystem can be mounted" "a full place" "a read-only place"
fi

# A place that turns read-only under a running session, and one that goes away.
options=(-c there.cfg)
printf 'session: { directory = "%s/there"; };' "$scratch" >there.cfg
if mount_small there 4m; then
	unharmed "a place that becomes read-only does no harm" \
		sh -c "mount -o remount,ro '$scratch/there' 2>/dev/null; '$subject' children 3; mount -o remount,rw '$scratch/there' 2>/dev/null; :"
	unmount_last
else
	skip "no filesystem can be mounted" "a place that becomes read-only"
fi
mkdir -p there
act "$sonde" run -c there.cfg -o recording.json --report=none -- \
	sh -c "rm -rf '$scratch'/there/sonde-*; '$subject' seek 3; '$subject' seek 4; echo done; exit 7"
says "a session that is removed does no harm to those that run, and is said to be" 7 \
	"sonde: run: the recording is incomplete: the session's directory: No such file or directory"
check "nothing else is said" "$(wc -l <err) $(cat out)" = "1 done"
check "those that began afterwards are reported as unreachable" \
	"$(value 'reason("limits-subject"), started("limits-subject")')" = "('unreachable', 2)"

# without_memory_files SCRIPT - runs it where /dev/shm is there for reading only.
without_memory_files() {
	act unshare -m sh -c "mount -t tmpfs -o ro sonde-test /dev/shm && cd '$scratch' && $1"
}

without_memory_files true
if test "$status" -eq 0; then
	mkdir -m 755 temporary
	export TMPDIR=$scratch/temporary
	without_memory_files "'$sonde' run -o recording.json --report=none -- sh -c 'echo \$SONDE_SESSION'"
	check "without a writable /dev/shm the session is made in TMPDIR" \
		"$status $(grep -c "^$scratch/temporary/sonde-" out) $(cat err)" = "0 1 "
	check "and everything is recorded" "$(value 'count("exit", "write") > 0')" = True
	without_memory_files "LD_PRELOAD='$library' '$subject' seek 5"
	check "also without the launcher" "$status $(cat out err)" = "0 "
	act sonde report --format=json temporary/sonde-*/*
	check "which can be reported" "$(value 'count("lseek")' out)" = 5
else
	skip "no namespace can be made" "a read-only /dev/shm"
fi
finish
