# SPDX-License-Identifier: MIT
#
# lib.sh - tests/e2e/limits-lib.sh, and subjects that are built in special ways (tests/truth/truth.h):
#
#     build NAME SOURCE FLAGS... && truthful "H7 a program bound at once:" NAME
. "${top_srcdir:-.}/tests/e2e/limits-lib.sh"

here=$top_srcdir/tests/hazards
includes=(-I"$top_srcdir/src" -I"$top_builddir" -I"$top_srcdir/tests/truth" -I"$here")

# build NAME SOURCE FLAGS... - from a source file of this folder; false, silently, where that cannot be done.
build() {
	"$CC" -std=gnu11 -D_GNU_SOURCE -O1 -g -w -fno-builtin "${includes[@]}" -o "$1" "$here/$2" \
		"$top_srcdir/tests/truth/subject.c" "${@:3}" -lpthread 2>build.log
}

# truthful KEYS NAME [VARIABLE=VALUE...] - runs all cases of a subject; each is a test named KEYS and its sentence.
truthful() {
	env "${@:3}" "$top_builddir/truth-driver" "$sonde" "$PWD/$2" >trials 2>&1
	sed -n "s|^\(not \)\{0,1\}ok - |&$1 |p; /^#/p" trials
	n_passed=$((n_passed + $(grep -c '^ok - ' trials)))
	n_failed=$((n_failed + $(grep -c '^not ok - ' trials)))
	grep -q ' passed, ' trials || fail "$1 its cases can be listed" "$(head -5 trials)"
}
