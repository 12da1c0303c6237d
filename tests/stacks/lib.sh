# SPDX-License-Identifier: MIT
#
# lib.sh - for tests of stacks: programs with known places, and what a recording must say of them.
. "${top_srcdir:-.}/tests/e2e/lib.sh"

here=$top_srcdir/tests/stacks
recording=$scratch/recording.json
CXX=${CXX:-g++}

# build NAME OPTION... - a program of sites.c
build() {
	$CC -g -Wall -Werror -o "$scratch/$1" "${@:2}" "$here/sites.c" -pthread -ldl || exit 1
}

# watch SETTING... -- COMMAND...
watch() {
	local settings=()
	while test "$1" != --; do
		settings+=(-s "$1")
		shift
	done
	shift
	sonde run "${settings[@]}" -o "$recording" --report=none -- "$@" >"$scratch/out" 2>"$scratch/err"
	status=$?
}

# came_from SENTENCE KIND CALL ERRNO COUNT FRAME... - see expect.py; of the source $source
source=$here/sites.c
came_from() {
	if python3 "$here/expect.py" "$recording" "$source" "${@:2}" >"$scratch/expected" 2>&1; then
		pass "$1"
	else
		fail "$1" "$(head -12 "$scratch/expected")"
	fi
}
