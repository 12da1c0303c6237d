# SPDX-License-Identifier: MIT
#
# The examples of docs/api are built with the header and the library alone, as a reader would build them, and run.
. "${top_srcdir:-.}/tests/scripts/lib.sh" || exit

export LD_LIBRARY_PATH=$top_builddir/.libs SONDE_DIRECTORY=$scratch/sessions
mkdir "$SONDE_DIRECTORY"

# builds NAME [LIBRARY...] - with all warnings; as scratch/NAME.
builds() {
	local name=$1
	shift
	passes gcc -std=c11 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -pedantic -Werror "$top_srcdir/docs/api/$name.c" -pthread \
		-I"$top_srcdir/include" -L"$top_builddir/.libs" -lsonde "$@" -o "$scratch/$name"
}

# prints NAME LINE - it ends well, and this is among what it prints.
prints() {
	(cd "$scratch" && "./$1" ${config:+"$config"}) >"$scratch/$1.out" 2>&1 && grep -q -- "$2" "$scratch/$1.out" && return
	cat "$scratch/$1.out"
	return 1
}

report "the examples of the protocol are built" builds protocol
report "a query is timed" prints protocol '^Query took [0-9.e-]* milliseconds$'
report "statistics are told" prints protocol '^Average: 250ms, P95: 250ms$'
report "a success rate is told" prints protocol '^Success rate: 100.00%$'
report "failures are told, most frequent first" prints protocol '^network_error: 5$'
report "the use of memory is told" prints protocol '^Memory usage: [0-9.]*%$'
report "health is told" prints protocol '^System healthy: yes$'
report "the export has what was recorded" prints protocol '^git_commits_created_total{.*branch="main".*} 1'
report "what has no unit is exported without one" prints protocol "^active_connections 42"
report "the pool of threads is built" builds thread-pool
report "each job of the pool is counted and timed" prints thread-pool '^100000 jobs, 100000 durations, 0 workers left'

# The protocol's own configuration: both endpoints are there, the history is kept.
cat >"$scratch/protocol.cfg" <<'END'
plugins: (
	{ plugin = "textfile"; name = "prometheus"; directory = "text"; interval = "60s"; },
	{ plugin = "jsonlines"; name = "grafana"; file = "figures.jsonl"; interval = "60s"; },
	{ plugin = "history"; file = "history.db"; interval = "60s"; }
);
END
chmod 600 "$scratch/protocol.cfg"
mkdir "$scratch/text"
config=protocol.cfg
report "the protocol's configuration is understood" prints protocol '^Exported to prometheus: true$'
report "and its other endpoint" prints protocol '^Exported to grafana: true$'
report "which has its figures" grep -rq git_commits_created_total "$scratch/text"
report "what is collected is streamed" prints protocol '^Streamed: git.commits.created$'
config=
report "an endpoint that there is not is told of" prints protocol '^Exported to grafana: false$'
report "a dashboard is made" prints protocol '^{"schema":"sonde.dashboard/1"'

report "a loop of poll is built" builds loop-poll
report "it waits for an export" prints loop-poll '^exported to jsonlines: yes'
report "one result for each endpoint" prints loop-poll '^exported to grafana: no there is no endpoint'
report "and for a stream" prints loop-poll '^requests.processed: 1 more$'
report "a loop of epoll is built" builds loop-epoll
report "it waits for a collection" prints loop-epoll '^collected: done$'
report "and for a stream" prints loop-epoll '^queue.length is 7 $'
report "a loop of libuv is built" builds loop-uv -luv
report "it waits for an export" prints loop-uv '^nobody: there is no endpoint of this name$'
report "and for a stream" prints loop-uv '^job.sort took 0.250 s in all$'
finish
