# SPDX-License-Identifier: MIT
#
# A program's own figures and its calls are in one snapshot, one recording, one export.
. "${top_srcdir:-.}/tests/e2e/lib.sh" || exit

program=$top_builddir/tests/api/.libs/one-engine
test -x "$program" || program=$top_builddir/tests/api/one-engine
export LD_LIBRARY_PATH=$top_builddir/.libs SONDE_DIRECTORY=$scratch/sessions
mkdir "$SONDE_DIRECTORY"

# pick EXPRESSION - a value of the recording.
pick() {
	python3 -c "
import json, sys
recording = json.load(open(sys.argv[1]))
calls = {(c['call'], c.get('kind')): c for c in recording['calls']}
metrics = {(m['name'],) + tuple(sorted(v for k, v in m['tags'].items() if k != 'pid')): m for m in recording['metrics']}
print($1)" "${2:-$scratch/recording.json}" 2>&1
}

act sonde run -o "$scratch/recording.json" --report=none -- "$program" export
check "the program runs under the preload" "$status" = 0
check "its export has its calls" "$(cat "$scratch/out")" = "calls 7"
check "the recording has its calls" "$(pick "calls['read', 'device']['count']")" = 7
check "and what it recorded, with what its child did" "$(pick "metrics['jobs.done', 'mail']['value']")" = 50
check "under the tags that it gave" "$(pick "metrics['jobs.done', 'mail']['tags']")" = "{'queue': 'mail'}"
check "its timers are in seconds" "$(pick "metrics['job.duration',]['sum']")" = 0.5
check "a gauge of two processes is two series" \
	"$(pick "sorted(m['value'] for m in recording['metrics'] if m['name'] == 'queue.length')")" = "[8.0, 42.0]"
act sonde report --format=json "$scratch/recording.json"
check "a recording that is read and written again has it still" \
	"$(pick "metrics['jobs.done', 'mail']['value']" "$scratch/out")" = 50

act "$program" export
check "the program runs by itself" "$status" = 0
check "it has no calls then" "$(cat "$scratch/out")" = "calls 0"
session=$(echo "$SONDE_DIRECTORY"/sonde-*/*)
act sonde report --format=json "$session"
check "a session is left that can be reported" "$status" = 0
check "what it recorded is in it" "$(pick "metrics['jobs.done', 'mail']['value']" "$scratch/out")" = 50
check "the processes have gone through exit() or fork()" \
	"$(pick "len(recording['processes'])" "$scratch/out")" = 2
rm -rf "$session"

act env LD_PRELOAD="$top_builddir/.libs/libsonde-preload.so" "$program" export
check "it runs under a bare preload" "$(cat "$scratch/out")" = "calls 7"
check "there is one session then" "$(ls -d "$SONDE_DIRECTORY"/sonde-*/* | wc -l)" = 1
finish
