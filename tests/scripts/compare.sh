# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # top_srcdir comes from the makefile
#
# Watchers that each change one thing: the comparison has to see it.
. "$top_srcdir/tests/scripts/lib.sh" || exit

cat >"$scratch/subject.case" <<'END'
# SPDX-License-Identifier: MIT
# a subject
# mask: s/pid [0-9]+/pid N/
# ignore: ^random$
echo "pid $$"; echo quiet >&2; echo content >file; echo $RANDOM$$ >random; chmod 640 file; exit 3
END

# watched_by SCRIPT - compares with a watcher that runs the case and does something of its own.
watched_by() {
	printf '#!/bin/bash\n%s\n' "$1" >"$scratch/watcher"
	chmod +x "$scratch/watcher"
	SONDE_WATCH=$scratch/watcher "$top_srcdir/tests/differential/compare" "$scratch/subject.case"
}

report "a watcher that changes nothing passes" passes watched_by '"$@"'
report "a pid is masked and a random file's contents are ignored" grep -q '^ok - a subject$' "$scratch/answer"
report "a line on stdout is seen" finds 'not ok - a subject' watched_by 'echo more; "$@"'
report "a line on stderr is seen" finds '+more' watched_by 'echo more >&2; "$@"'
report "another exit status is seen" finds '+exit status 0' watched_by '"$@"; exit 0'
report "one more file is seen" finds '+left f 644' watched_by 'echo >left; "$@"'
report "an ignored file that is missing is seen" finds '^#   -random' watched_by '"$@"; s=$?; rm random; exit $s'
report "another mode is seen" finds '+file f 600' watched_by '"$@"; s=$?; chmod 600 file; exit $s'
report "other contents are seen" finds '^#   -.*  file' watched_by '"$@"; s=$?; echo >file; exit $s'
report "the sonde that was built has to record something" \
	finds 'nothing was recorded' env -u SONDE_WATCH top_builddir="$scratch/none" \
	"$top_srcdir/tests/differential/compare" "$scratch/subject.case"
finish
