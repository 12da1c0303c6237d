# SPDX-License-Identifier: MIT
#
# SONDE_SESSION may name anything: the program runs as it does bare, and nothing is made or changed.
. "${top_srcdir:-.}/tests/e2e/limits-lib.sh"

export SONDE_DIRECTORY=$scratch/place
mkdir place
LD_PRELOAD=$library "$subject" seek 1
good=$(echo place/sonde-*/*)
check "a good session to begin with" -s "$good/session"
mv "$good/session" session
rm -r place/*

# tolerated SENTENCE DIRECTORY - the program and its children run with it.
tolerated() {
	local sentence=$1 wrong=
	for command in "seek 5" "children 3" "start posix_spawn /bin/echo x" "start execve /bin/echo x" "start system true"; do
		# shellcheck disable=SC2086 # words
		act "$subject" $command
		mv out out.bare
		# shellcheck disable=SC2086
		act env LD_PRELOAD="$library" SONDE_SESSION="$2" "$subject" $command
		test "$status $(cat out err)" = "0 $(cat out.bare)" || wrong="$wrong; $command: $status $(cat out err)"
	done
	test -z "$(ls -A place)" || wrong="$wrong; made $(ls place/*)"
	if test -z "$wrong"; then pass "$sentence"; else fail "$sentence" "$wrong"; fi
}

# patched NAME OFFSET BYTES - a session's directory whose file has other bytes there.
patched() {
	mkdir "$1" && cp session "$1/session"
	printf "$3" | dd of="$1/session" bs=1 seek="$2" conv=notrunc status=none
	echo "$scratch/$1"
}

tolerated "a session that is not there" /no/such/session
tolerated "a folder without a session" "$scratch/place"
tolerated "a file" "$scratch/session"
tolerated "a file of something else" "$(mkdir foreign && echo hello >foreign/session && echo "$scratch/foreign")"
tolerated "an empty file" "$(mkdir empty && : >empty/session && echo "$scratch/empty")"
tolerated "a truncated file" "$(mkdir short && head -c 20000 session >short/session && echo "$scratch/short")"
tolerated "one page of it" "$(mkdir page && head -c 4096 session >page/session && echo "$scratch/page")"
tolerated "a file of another kind" "$(patched magic 0 X)"
tolerated "a file of a newer version" "$(patched version 8 '\377')"
tolerated "a file of another table of calls" "$(patched table 16 '\377\377\377')"
tolerated "a folder in its place" "$(mkdir -p folder/session && echo "$scratch/folder")"
tolerated "a pipe in its place" "$(mkdir pipe && mkfifo pipe/session && echo "$scratch/pipe")"
tolerated "a link in its place" "$(mkdir link && ln -s ../session link/session && echo "$scratch/link")"
tolerated "a device in its place" "$(mkdir device && ln -s /dev/zero device/session && echo "$scratch/device")"

# A path that is one byte too long for us, but not for the kernel.
long=$scratch/long
while test ${#long} -lt 190; do long=$long/0123456; done
long=$long/$(printf "%$((201 - ${#long}))s" | tr ' ' x)
mkdir -p "$long" && cp session "$long/session"
before=$(stat -c '%s %b' "$long/session")
tolerated "a path that is too long" "$long"
# Behind the head there are gigabytes of nothing.
check "which is left as it was" "$(cmp -n 65536 session "$long/session" && stat -c '%s %b' "$long/session")" = "$before"
tolerated "a path that is much too long" "$(head -c 5000 /dev/zero | tr '\0' x)"
if test "$(id -u)" -eq 0; then
	mkdir -m 700 private && cp session private/session && mkdir bin && cp "$library" "$subject" bin/
	act setpriv --reuid=65534 --clear-groups env LD_PRELOAD="$scratch/bin/libsonde-preload.so" \
		SONDE_SESSION="$scratch/private" bin/limits-subject children 3
	check "a session of another user" "$status $(cat out err)" = "0 "
else
	skip "not root" "a session of another user"
fi

LD_PRELOAD=$library SONDE_SESSION= act "$subject" seek 5
check "an empty variable is none: a session is made" "$status $(cat err) $(ls place/*/*/session | wc -l)" = "0  1"
finish
