# SPDX-License-Identifier: MIT
#
# limits-lib.sh - lib.sh, and what tests of hostile surroundings need besides:
#
#     unharmed "it runs as it does bare" COMMAND...   and leaves recording.json
#     check "it is noted" "$(value 'reason("/bin/x")')" = static
#
# They run in the test's own folder, which other users may enter.
. "${top_srcdir:-.}/tests/e2e/lib.sh"
cd "$scratch" || exit 1
chmod 755 "$scratch"

subject=$top_builddir/tests/e2e/limits-subject
library=$top_builddir/.libs/libsonde-preload.so
python=$(python3 -c 'import sys; print(sys.executable)')
options=()
mounts=()

unmount_all() {
	for mount in "${mounts[@]}"; do umount -l "$mount"; done
	rm -rf "$scratch"
}
trap unmount_all EXIT

# mount_small FOLDER SIZE - a filesystem that is soon full; false where that may not be done.
mount_small() {
	mkdir -p "$1" && mount -t tmpfs -o "size=$2,mode=755" sonde-test "$1" 2>/dev/null && mounts+=("$1")
}

unmount_last() {
	umount -l "${mounts[-1]}"
	unset 'mounts[-1]'
}

# preloading LIST COMMAND... - with libraries of the user's. Where ours is one of them and the command is sonde, that is
# watched, too, in a session that nobody ends: it goes with the test.
preloading() {
	env SONDE_DIRECTORY="$scratch" LD_PRELOAD="$1" "${@:2}"
}

# skip WHY SENTENCE...
skip() {
	local why=$1
	shift
	for sentence; do echo "ok - $sentence # skipped: $why"; done
}

is_root() {
	test "$(id -u)" -eq 0
}

# unharmed SENTENCE COMMAND... - bare and watched with $options it says the same on both streams
# and ends with the same status.
unharmed() {
	local sentence=$1 bare
	shift
	act "$@"
	bare=$status
	mv out out.bare
	mv err err.bare
	rm -f recording.json
	act "$sonde" run "${options[@]}" -o recording.json --report=none -- "$@"
	if test "$status" -eq "$bare" && cmp -s out out.bare && cmp -s err err.bare; then
		pass "$sentence"
	else
		fail "$sentence" "status $status, bare $bare" "$(diff out.bare out | head -5)" "$(diff err.bare err | head -5)"
	fi
}

# value EXPRESSION [FILE] - of a recording r, in Python; reason(), started(), told(), count() and lost() look things
# up.
value() {
	"$python" -I -S - "$1" "${2:-recording.json}" <<'END' 2>&1
import json, sys
try:
    r = json.load(open(sys.argv[2]))
except OSError:
    sys.exit("there is no recording")

def notes(program):
    return [u for u in r["unwatched"] if u["command"].endswith(program)]

def reason(program):
    return " ".join(u["reason"] for u in notes(program))

def started(program):
    return sum(u["count"] for u in notes(program))

def told(reason):
    return sum(p["coverage"]["unwatched"].get(reason, 0) for p in r["processes"])

def count(*names):
    return sum(c["count"] for c in r["calls"] if c["call"] in names)

def lost(reason):
    return r["coverage"]["lost"][reason]

print(eval(sys.argv[1]))
END
}
