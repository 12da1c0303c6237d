# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # top_srcdir comes from the makefile
. "$top_srcdir/tests/scripts/lib.sh" || exit

tree=$scratch/tree
licence='// SPDX-License-Identifier: MIT'

# Prints N lines of code.
lines() {
	yes "	step();" | head -n "$1"
}

# A function of N lines: head, braces and steps.
function_of() {
	printf 'static int\nwork(int argument)\n{\n'
	lines $(($1 - 4))
	printf '}\n'
}

write() {
	rm -rf "$tree"
	mkdir -p "$tree/src"
	cat >"$tree/src/$1"
}

check() {
	"$top_srcdir/scripts/check-size" "$tree"
}

{ echo "$licence"; echo; function_of 100; } | write work.c
report "a function of 100 lines is read in one go" passes check
{ echo "$licence"; echo; function_of 101; } | write work.c
report "a function of 101 lines is refused" finds 'src/work.c:3:.*101 lines' check
{ echo "$licence"; echo "/* The idea. */"; function_of 50; echo; function_of 50; echo; function_of 50; } | write work.c
report "the lengths of functions are not added up" passes check
{ echo "$licence"; lines 799; } | write table.h
report "a file of 800 lines is one idea" passes check
{ echo "$licence"; lines 800; } | write table.h
report "a file of 801 lines is refused" finds 'src/table.h: 801 lines' check
lines 3 | write work.c
report "a source file without its licence is refused" finds 'src/work.c: no line SPDX' check
echo 'x = 1' | write local.mk
report "a makefile without its licence is refused" finds 'src/local.mk: no line SPDX' check
finish
