# SPDX-License-Identifier: MIT
#
# Recordings that are too large for the place where they go: that is said, and nothing of them is left there. They are
# of so many processes that they are compressed by two threads.
. "${top_srcdir:-.}/tests/e2e/limits-lib.sh"

kept=$XDG_STATE_HOME/sonde/recordings
options=(--verbose --report=none)
cat >crowd.sh <<'END'
i=0
while test $i -lt 200; do
	/bin/true $i
	i=$((i + 1))
done
END

act sonde run "${options[@]}" -o plain.json -- sh crowd.sh
check "a recording of many processes is large" "$status" -eq 0 -a "$(wc -c <plain.json)" -gt 400000
check "and the one that is kept, compressed, is the same" \
	"$(gzip -dc "$kept"/*.json.gz | cmp plain.json - && echo same)" = same
rm -rf "$kept"
act sonde merge -o whole.json.gz plain.json
size=$(wc -c <whole.json.gz)
check "a compressed file has nothing behind its end" "$(gzip -t whole.json.gz 2>&1; echo $?)" = 0

# refused ERROR - the last run kept nothing and wrote nothing, and said so; the command's status is what it was.
refused() {
	says "a recording that is asked for and too large is said to be: $1" 3 \
		"sonde: run: cannot write the recording: $scratch/small/asked.json.gz: $1"
	check "so is the one that is kept: $1" \
		-n "$(grep "^sonde: run: the recording is not kept: $kept/.*\.json\.gz: $1\$" err)"
	check "nothing of the one is left: $1" -z "$(ls small | grep asked)"
	check "nor of the other: $1" -z "$(ls "$kept")"
	check "nothing else is said: $1" "$(wc -l <err)" -eq 2
}

if mount_small small 16k; then
	XDG_STATE_HOME=$scratch/small
	kept=$XDG_STATE_HOME/sonde/recordings
	mkdir -p "$kept"
	act sonde run "${options[@]}" -o "$scratch/small/asked.json.gz" -- sh -c '. ./crowd.sh; exit 3'
	refused "No space left on device"
	: >small/before.json.gz
	act sonde merge -o small/before.json.gz plain.json
	says "a merged one that is too large is said to be" 1 \
		"sonde: merge: small/before.json.gz: No space left on device"
	check "and the file that was there stays, alone" "$(ls small) $(wc -c <small/before.json.gz)" = "before.json.gz
sonde 0"
	unmount_last
	XDG_STATE_HOME=$scratch/state
	kept=$XDG_STATE_HOME/sonde/recordings
else
	skip "no filesystem can be mounted" "a full place for recordings"
fi

mkdir -p small "$kept"
# The limit is sonde's own: its regions are larger.
if prlimit --pid $$ >/dev/null 2>&1; then
	act sonde run "${options[@]}" -o "$scratch/small/asked.json.gz" -- \
		sh -c '. ./crowd.sh; prlimit --pid $PPID --fsize=4096; exit 3'
	refused "File too large"
else
	skip "there is no prlimit" "a limited size of files"
fi
merge_limited() {
	(
		trap '' XFSZ
		ulimit -f 8
		exec "$sonde" merge -o small/merged.json.gz plain.json
	)
}
act merge_limited
says "a merged one that is larger than files may be is said to be" 1 "sonde: merge: small/merged.json.gz: File too large"
check "and nothing of it is left" -z "$(ls small)"
check "it would have been larger" "$size" -gt 8192

# A link decides what is compressed by where it leads to.
: >there.json.gz
: >there.json
ln -s there.json.gz link.json
ln -s there.json link.json.gz
act sonde run "${options[@]}" --set recordings.keep=0 -o link.json -- true
check "a link to a name in .gz is compressed" "$(gzip -dc there.json.gz | head -c 1)" = "{"
act sonde run "${options[@]}" --set recordings.keep=0 -o link.json.gz -- true
check "a link to another name is not" "$(head -c 1 there.json)" = "{"
finish
