# SPDX-License-Identifier: MIT
#
# The examples of docs/api are built with the header and the library alone, as a reader would build them, and run.
. "${top_srcdir:-.}/tests/scripts/lib.sh" || exit

export LD_LIBRARY_PATH=$top_builddir/.libs SONDE_DIRECTORY=$scratch/sessions
mkdir "$SONDE_DIRECTORY"

# builds NAME - with all warnings; as scratch/NAME.
builds() {
	passes gcc -std=c11 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -pedantic -Werror "$top_srcdir/docs/api/$1.c" -pthread \
		-I"$top_srcdir/include" -L"$top_builddir/.libs" -lsonde -o "$scratch/$1"
}

# prints NAME LINE - it ends well, and this is among what it prints.
prints() {
	"$scratch/$1" >"$scratch/$1.out" 2>&1 && grep -q -- "$2" "$scratch/$1.out" && return
	cat "$scratch/$1.out"
	return 1
}

report "the examples of the protocol are built" builds protocol
report "a query is timed" prints protocol '^Query took [0-9.e-]* milliseconds$'
report "statistics are told" prints protocol '^Average: 250ms, P95: 250ms$'
report "a success rate is told" prints protocol '^Success rate: 100.00%$'
report "failures are told, most frequent first" prints protocol '^network_error: 5$'
report "health is told" prints protocol '^System healthy: yes$'
report "the export has what was recorded" prints protocol '^git_commits_created_total{.*branch="main".*} 1'
report "what has no unit is exported without one" prints protocol "^active_connections 42"
report "the pool of threads is built" builds thread-pool
report "each job of the pool is counted and timed" prints thread-pool '^100000 jobs, 100000 durations, 0 workers left'
finish
