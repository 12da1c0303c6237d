# SPDX-License-Identifier: MIT
#
# Small resource limits: whatever runs bare runs watched, with the same output and status and no signal because of
# us, and its calls are counted or it is reported.
. "${top_srcdir:-.}/tests/e2e/limits-lib.sh"

# limited SENTENCE LIMIT COMMAND... - the command executes itself under the limit, as ulimit sets it.
limited() {
	local sentence=$1 limit=$2
	shift 2
	unharmed "$sentence" bash -c "ulimit $limit && exec \"\$@\"" limited "$@"
}

limited "with four descriptors a program runs as it does bare" "-n 4" "$subject" seek 5
check "and is counted" "$(value 'count("lseek")')" = 5
unharmed "with no descriptor left a program runs as it does bare" \
	bash -c "ulimit -n 4; exec '$subject' full seek 5"
check "and is counted, as it had begun before" "$(value 'count("lseek")')" = 5
unharmed "so do its children" bash -c "ulimit -n 4; exec '$subject' full children 3"
check "and those without a region are reported" \
	"$(value 'reason("limits-subject"), started("limits-subject"), count("fork")')" = "('no_region', 3, 3)"
act bash -c "ulimit -n 4; exec '$sonde' run --report=none -- '$subject' seek 5"
says "where sonde itself has too few descriptors it says so" 125 \
	"sonde: run: 4 open files are allowed (RLIMIT_NOFILE), sonde needs $(grep -o '[0-9]*$' err)"
unharmed "where only the soft limit is small the program finds it as it is" \
	bash -c "ulimit -Sn 4; exec bash -c 'ulimit -n; ls -d /'"

for size in 65536 20480; do
	limited "with $size KiB of address space a program runs as it does bare" "-v $size" "$subject" seek 5
	check "and is counted" "$(value 'count("lseek")')" = 5
	unharmed "a shell that limits itself to $size KiB runs as it does bare" bash -c "
		ulimit -v $size
		echo \$(seq 1000 | sort -rn | head -n 1)
		(text=\$(printf '%1000000s'); echo \${#text})"
	check "and is counted with its children" "$(value 'count("fork") > 2, r["unwatched"]')" = "(True, [])"
done
for size in 20000000 60000000; do
	unharmed "a program that limits itself to $size bytes runs as it does bare" "$subject" limit "$size" seek 5
	unharmed "its children and threads do, too" "$subject" limit "$size" children 5
	check "and are counted" "$(value 'count("lseek"), r["coverage"]["lost"]["region_full"]')" = "(5, 0)"
	unharmed "and its threads" "$subject" limit "$size" crowd 20
	check "and are counted, too" "$(value 'count("lseek"), lost("region_full")')" = "(50, 0)"
done
unharmed "a limit that is refused fails as it does bare" "$subject" limit -1 limit 60000000 limit 70000000 seek 1
check "and is counted as a failure, or not" "$(value 'count("setrlimit")')" = 3

for size in 65536 1048576 3000000 8388608; do
	for left in 256 4096 16384; do
		limited "of $size KiB of address space $left are left, and children run as they do bare" "-v $size" \
			"$subject" fill $left children 3
		check "and they are counted" "$(value 'count("lseek")')" = 3
	done
done

for size in 0 4 64 100; do
	limited "with files of at most $size KiB a program runs as it does bare" "-f $size" "$subject" seek 5
	check "and is counted, or reported" \
		"$(value 'count("lseek") == 5 or reason("limits-subject") == "no_region"')" = True
	limited "one with many threads does, too" "-f $size" "$subject" crowd 50
	limited "and one that writes beyond the limit gets its signal" "-f $size" dd if=/dev/zero of=file bs=128k count=1
done
# Regions are far apart, so that each makes the session's file longer.
many='n=0; while test $n -lt 900; do "$1" calls 3; n=$((n + 1)); done'
act bash -c "ulimit -f 65536; exec '$sonde' run -o recording.json --report=none -- sh -c '$many' sh '$subject'"
check "where sonde itself may write small files only, many programs lose nothing" \
	"$status $(value 'count("fsync"), r["unwatched"]')" = "0 (2700, [])"
unharmed "a shell that limits its files and starts many programs runs as it does bare" \
	bash -c "ulimit -f 4194304; $many" sh "$subject"
check "and they are counted" "$(value 'count("fsync"), r["unwatched"]')" = "(2700, [])"
printf 'session: { directory = "%s"; };' "$scratch" >here.cfg
options=(-c here.cfg)
limited "with small files in a folder on disk a program runs as it does bare" "-f 64" "$subject" crowd 50
options=()
act bash -c "{ ulimit -f 0; '$sonde' run --report=none -- '$subject' seek 5; echo \$? >&2; } 2>&1 | cat"
check "where sonde itself may not write files it says so" \
	"$(sed 's/needs .*/needs N/' out)" = "sonde: run: files of 0 bytes are allowed (RLIMIT_FSIZE), sonde needs N
125"

limited "with a small stack a program runs as it does bare" "-s 64" "$subject" children 3
check "and is counted" "$(value 'count("lseek")')" = 3
limited "it starts others" "-s 128" "$subject" start posix_spawn /bin/echo x
limited "without locked memory a program runs as it does bare" "-l 0" "$subject" seek 5
if is_root; then
	chmod 755 .
	unharmed "a user who may start no further process gets the same failure as bare" \
		setpriv --reuid=64123 --clear-groups bash -c 'ulimit -u 1; exec bash -c "ulimit -u; exec echo x"'
else
	skip "not root" "a user who may start no further process"
fi
finish
