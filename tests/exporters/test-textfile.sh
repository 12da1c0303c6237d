#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The exporter textfile, and node_exporter.
. "$top_srcdir/tests/exporters/lib.sh"

# counter FILE NAME - the sum of a counter's samples.
counter() {
	awk -v name="$2" 'index($1, name "{") == 1 { sum += $NF } END { print sum + 0 }' "$1"
}

mkdir folder
configure 'plugin = "textfile"; directory = "folder"; name = "backup";'
act sonde run -c sonde.cfg -o recording.json --report=none -l 'title=a "b" \c' -- \
	sh -c 'until test -e folder/backup.prom; do sleep 0.02; done'
check "the file has the instance's name" "$(ls folder)" = backup.prom
accepted "promtool accepts it" folder/backup.prom
check "in the end it has what the recording has" "$(counter folder/backup.prom libc_calls_total)" = \
	"$(calls_in recording.json)"
check "it was replaced more than once" "$(of_plugin backup taken)" -ge 2
check "other users may read it" "$(stat -c %a folder/backup.prom)" = "$(printf %o $((0644 & ~$(umask))))"

begin_reader() {
	"$python" -I - folder/backup.prom >torn <<'END' &
import os, sys
before = None
while not os.path.exists("stop"):
    text = open(sys.argv[1]).read()
    if not (text.startswith("# TYPE target_info") and text.endswith("\n") and "sonde_plugin_snapshots_total" in text):
        print("torn:", len(text))
END
}
begin_reader
act sonde run -c sonde.cfg --report=none -- sleep 0.5
touch stop
wait
check "no reader ever sees a part of it" -z "$(cat torn)"

configure 'plugin = "textfile"; directory = "folder"; file_name = "other"; sync = true; buckets = "used";'
act sonde run -c sonde.cfg --report=none -- ls /
accepted "a name can be chosen, and finer buckets" folder/other.prom
check "what a family is called is the same in both files" \
	"$(cat folder/*.prom | grep '^# HELP' | sort -u | awk '{ print $3 }' | uniq -d | wc -l)" = 0

prometheus-node-exporter --web.listen-address=127.0.0.1:0 --collector.disable-defaults --collector.textfile \
	--collector.textfile.directory=folder 2>node.log &
node=$!
children+=" $node"
address=$(timeout 30 tail -f -n +1 --pid=$node node.log | sed -n '/"Listening on"/{s/.*address=//p;q}')
for ((n = 0; n < 300; n++)); do
	! curl -sf -m 30 "http://$address/metrics" >node.prom || break
	sleep 0.1
done
check "node_exporter serves the figures of both" "$(grep -c '^libc_calls_total' node.prom)" = \
	"$(cat folder/*.prom | grep -c '^libc_calls_total')"
for run in backup other; do
	check "those of $run are what its file has" "$(grep "run=\"$run\"" node.prom | counter - libc_calls_total)" = \
		"$(counter folder/$run.prom libc_calls_total)"
done
check "and has no complaint" "$(grep -c '^node_textfile_scrape_error 0$' node.prom)" = 1
kill "$node"

configure 'plugin = "textfile"; directory = "nowhere";'
act sonde run -c sonde.cfg --report-file=report -- sh -c 'exit 3'
check "a folder that is not there is told, and the program runs" "$status" = 3 -a \
	-n "$(grep 'nowhere/textfile.prom: No such file' report)"
configure 'plugin = "textfile"; directory = "folder"; file_name = "../escape";'
act sonde run -c sonde.cfg --report-file=report -- true
check "a name that leads elsewhere is refused" -n "$(grep 'no name for a file in folder: Invalid argument' report)"
finish
