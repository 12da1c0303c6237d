# SPDX-License-Identifier: MIT
#
# Exporters under an agent, which hosts several sessions: each is a source of its own.
. "$top_srcdir/tests/exporters/lib.sh"

library=$top_builddir/.libs/libsonde-preload.so
export SONDE_DIRECTORY=$scratch/sessions
mkdir "$SONDE_DIRECTORY" text

test -e "$top_builddir/plugins/.libs/prometheus.so" || { echo "built without libmicrohttpd"; exit 77; }

# await TEST... - until it succeeds.
await() {
	local n
	for ((n = 0; n < 1200; n++)); do
		! "$@" || return 0
		sleep 0.05
	done
	return 1
}

# bare NAME - a program without a launcher, which does what is written to the pipe NAME; descriptor $fd.
bare() {
	mkfifo "$1"
	cp "$subject" "$scratch/$1-subject"
	LD_PRELOAD=$library "$scratch/$1-subject" obey <"$1" >"$1.done" 2>/dev/null &
	children+=" $!"
	exec {fd}>"$1"
}

# tell FD NAME LINE - the program has done it.
tell() {
	local n
	n=$(wc -l <"$2.done")
	echo "$3" >&"$1"
	await eval "test \$(wc -l <$2.done) -gt $n"
}

agent() {
	SONDE_PLUGIN_PATH=$top_builddir/plugins/.libs "$sonde" agent -c sonde.cfg >agent.out 2>agent.err &
	agent_pid=$!
	children+=" $agent_pid"
}

end_agent() {
	kill -TERM "$agent_pid"
	wait "$agent_pid"
	status=$?
}

scrape() {
	curl -s -m 30 -o body "$@" "http://$(cat address)/metrics"
}

# calls FILE - how often access() was called, of each session, ordered
calls() {
	sed -n 's/^libc_calls_total{.*sonde_session="[^"]*".*call="access".* \([0-9]*\)$/\1/p' "$1" | sort -n | tr '\n' ' '
}

scrape_has() {
	scrape && test "$(calls body)" = "$1"
}

textfile_has() {
	test "$(calls text/machine.prom 2>/dev/null)" = "$1"
}

has_own() {
	scrape && grep -q '^sonde_plugin_snapshots_total{sonde_agent="[0-9]*",' body
}

configure 'plugin = "prometheus"; listen = "127.0.0.1:0"; address_file = "address";' \
	"plugin = \"textfile\"; directory = \"$scratch/text\"; file_name = \"machine\";" \
	'plugin = "csv"; file = "table.csv";'
bare one
one=$fd
bare two
two=$fd
tell "$one" one 'access 10'
tell "$two" two 'access 20'
agent
await_file address
await scrape_has '10 20 '
check "a scrape has the figures of all sessions" "$(calls body)" = '10 20 '
await has_own
check "and those of the agent" $? = 0
accepted "promtool accepts them" body
check "target_info says what each of them is of" \
	"$(grep '^target_info{' body | grep -c 'process_command_line="[^"]*/\(one\|two\)-subject obey".*sonde_session="[^"]*"}')" = 2
check "no series is there twice" -z "$(sed -n 's/^\([^#].*\) [^ ]*$/\1/p' body | sort | uniq -d)"
check "each family is in one piece" -z "$(sed -n 's/^# TYPE \([^ ]*\) .*/\1/p' body | sort | uniq -d)"
scrape -H 'Accept: application/openmetrics-text;version=1.0.0'
check "a reader of OpenMetrics accepts them" -z "$("$python" -I -c '
from prometheus_client.openmetrics.parser import text_string_to_metric_families
list(text_string_to_metric_families(open("body").read()))' 2>&1)"
scrape -H 'Accept: application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited'
check "protocol buffers have the same sessions" "$(grep -ao 'sonde_session' body | wc -l)" -gt 4
await textfile_has '10 20 '
check "a textfile has the figures of all sessions" "$(calls text/machine.prom)" = '10 20 '
accepted "which promtool accepts" text/machine.prom

"$python" -I "$top_srcdir/tests/exporters/scrapes.py" "$(cat address)" 5 has-ended >scrapes 2>&1 &
scraping=$!
children+=" $scraping"
tell "$one" one 'access 100'
echo 'end now' >&"$two"
await grep -q 'has ended' agent.err
await scrape_has '20 110 '
touch has-ended
wait "$scraping"
check "no count falls from one scrape to the next while they work and end" -z "$(head -5 scrapes)"
check "a session that has ended stays with its last figures" "$(calls body)" = '20 110 '
check "two rows of a table are told apart by their session" \
	"$(sed -n 's/.*,libc\.calls,"\(sonde\.session=[^,]*\),call=access,.*/\1/p' table.csv | sort -u | wc -l)" = 2
end_agent
check "the agent came to its end" "$status" = 0
check "the textfile that stays has them all" "$(calls text/machine.prom)" = '20 110 '

# The one that has ended leaves.
rm -f address
configure 'plugin = "prometheus"; listen = "127.0.0.1:0"; address_file = "address"; keep = "0s";'
bare three
three=$fd
tell "$three" three 'access 30'
agent
await_file address
await scrape_has '30 110 '
check "an agent that comes later has the totals" "$(calls body)" = '30 110 '
echo 'end now' >&"$three"
await scrape_has '110 '
check "one that has ended is not there after its time" "$(calls body)" = '110 '
end_agent
echo 'end now' >&"$one"

# Under a launcher there is one source, which needs no label.
rm -f address
configure 'plugin = "prometheus"; listen = "127.0.0.1:0"; address_file = "address";'
begin sh -c 'cat /dev/null; read line'
await_file address
await eval 'scrape && grep -q "^libc_calls_total" body'
check "the only source has no label for it" "$(grep '^libc_calls' body | grep -c sonde_session)" = 0
end
finish
