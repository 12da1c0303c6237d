# SPDX-License-Identifier: MIT
#
# Whatever a plugin does, the program runs as it does without, the figures are whole, other plugins get them, and
# the report says whose fault it was.
. "${top_srcdir:-.}/tests/plugins/lib.sh"
export SONDE_PLUGIN_PATH=$zoo

# A program that goes on until a good exporter has been fed a few times.
cat >program.sh <<'END'
echo out; echo err >&2
until test "$(wc -l <good)" -ge "$1"; do sleep 0.02; done 2>/dev/null
exit 3
END

# run_with ANIMAL OPTIONS REASON - runs the program with the animal and a good exporter; its report is on $report.
run_with() {
	rm -f good report recording.json
	configure "plugin = \"$1\"; name = \"culprit\"; $2" 'plugin = "well"; name = "good"; file = "good";'
	act sonde run -c sonde.cfg -o recording.json --report-file=report -- bash program.sh 4
	check "$1: the program's status is its own" "$status" = 3
	check "$1: its output is its own" "$(cat out)$(grep -v '^sonde: ' err)" = outerr
	check "$1: the other plugin has it all" \
		"$(of_plugin good state)$(of_plugin good lost)$(tail -2 good | head -1 | cut -d ' ' -f 2-)" = \
		"stopped02 $(calls_in recording.json)"
	check "$1: the report says so" -n "$(tr -s '\n ' '  ' <report | grep -o "culprit.*$3")"
}

run_with wrong-abi '' 'failed.*speaks ABI 2, this sonde speaks ABI 1'
run_with small '' 'failed.*has 12 bytes'
run_with unicorn '' "failed.*no plugin 'unicorn'"
run_with unresolved '' 'failed.*undefined symbol: no_such_function'
run_with declines '' 'failed.*declines'
run_with fails-probe '' 'failed.*there is no zoo here'
run_with hang-load '' 'failed.*has not come back from its loading'
run_with hang-export '' 'stuck.*export_snapshot has not come back'
run_with hang-collect '' 'stuck.*collect has not come back'
run_with hang-start '' 'stuck.*start has not come back'
run_with crash-load '' 'failed.*crashed when it was loaded: SIGSEGV'
run_with crash-start '' 'crashed.*SIGSEGV in start'
run_with crash-export '' 'crashed.*SIGSEGV in export_snapshot'
run_with abort-export '' 'crashed.*SIGABRT in export_snapshot'
run_with exit-export '' 'crashed.*exit with status 0 in export_snapshot'
run_with crash-collect '' 'crashed.*SIGSEGV in collect'
run_with crash-stop '' 'crashed.*SIGSEGV in stop'
run_with garbage '' 'backing off.*returned 4711, which is no status\|stopped.*lost.*4711'
run_with retries '' 'stopped.*lost.*SONDE_RETRY: nobody is there'
run_with fatal '' 'failed.*SONDE_FATAL: nobody is there'
run_with floods 'file = "culprit";' 'stopped'
check "floods: of its lines few are kept, and the others counted" \
	"$(of_plugin culprit lines)" -le 64 -a "$(of_plugin culprit lines_suppressed)" -ge 10000
run_with leaks 'file = "culprit";' 'stopped'
check "leaks: nothing goes wrong by that" "$(of_plugin culprit lost)" = 0


# What it does to others.
run_with term-export '' 'stopped.*it has sent SIGTERM to sonde, which ignores it'
run_with hup-export '' 'stopped.*it has sent SIGHUP to sonde, which ignores it'
run_with group-export '' 'stopped'
run_with closes-export '' 'it has closed descriptors that are not its own'
for animal in forks daemon; do
	run_with $animal-export '' 'stopped.*it has left processes behind, which were killed'
	configure "plugin = \"$animal-export\";"
	"$sonde" run -c sonde.cfg --report=none -- true 2>&1 >/dev/null | timeout 100 cat >/dev/null
	check "$animal-export: nobody keeps the standard error open" "${PIPESTATUS[0]} ${PIPESTATUS[1]}" = "0 0"
done

# How long the end may take is one budget for all.
start=$(date +%s%N)
configure 'plugin = "hang-flush";' 'plugin = "hang-stop";' 'plugin = "hang-destroy";' \
	'plugin = "hang-export";' 'plugin = "well"; name = "good"; file = "good";'
act sonde run -c sonde.cfg -o recording.json --report=none -- true
check "plugins that hang at the end hold it up for two seconds together" \
	$((($(date +%s%N) - start) / 1000000)) -lt 7900 # one after the other, they would take eight
check "and the one that does not hang has its figures" "$(of_plugin good state)$(of_plugin good lost)" = stopped0

# Ten, of which one hangs.
rm -f good
instances=('plugin = "hang-export"; name = "culprit";' 'plugin = "well"; name = "good"; file = "good";')
for i in 2 3 4 5 6 7 8 9; do
	instances+=("plugin = \"well\"; name = \"good$i\"; file = \"good$i\";")
done
configure "${instances[@]}"
act sonde run -c sonde.cfg -o recording.json --report=none -- bash program.sh 6
lost=0
for i in '' 2 3 4 5 6 7 8 9; do
	lost=$((lost + $(of_plugin "good$i" lost)))
	test "$(tail -1 "good$i")" = stopped || lost=$((lost + 1))
done
check "of ten exporters of which one hangs, nine lose nothing" "$status" = 3 -a "$lost" = 0
check "and the tenth is named" "$(of_plugin culprit state)" = stuck

# Two monitors with the same figures.
rm -f good
configure 'plugin = "monitor"; name = "first";' 'plugin = "monitor"; name = "second";' \
	"plugin = \"$PWD/jsonlines.so\"; name = \"lines\"; file = \"lines\";"
cp "$top_builddir/plugins/.libs/jsonlines.so" .
chmod go-w . jsonlines.so
cat >collected.sh <<'END'
for name in first second; do
	until grep -Eq '"instance":"'$name'","outcome":"collected"},"value":([2-9]|[1-9][0-9])' lines; do sleep 0.05; done
done 2>/dev/null
END
act sonde run -c sonde.cfg -o recording.json --report-file=report -- sh collected.sh
check "those of the first are taken" "$(of_plugin first series_left_out)" = 0
check "those of the second are left out, and counted" "$(of_plugin second series_left_out)" -gt 0
check "which the report says" -n "$(grep 'second: [1-9][0-9]* series left out: ' report)"

# A crash is not the end.
rm -f good
configure 'plugin = "crash-export"; name = "culprit";' 'plugin = "well"; name = "good"; file = "good";'
act sonde run -c sonde.cfg -o recording.json --report=none -- bash program.sh 14
check "a plugin that crashes is started again" -n "$(of_plugin culprit reason | grep 'crash number 2')"


# Nor is sonde's own end, however it comes; it leaves its session behind.
export SONDE_DIRECTORY=$scratch/sessions
mkdir "$SONDE_DIRECTORY"
rm -f good
mkfifo alive
exec 9<>alive
configure 'plugin = "well"; name = "good"; file = "good";'
"$sonde" run -c sonde.cfg --report=none -- sh -c 'read -r line <alive' >out 2>err &

has_ended() {
	test "$(tail -1 good)" = stopped
}
until_there test -s good
kill -9 $!
until_there has_ended
check "plugins come to their end when sonde is killed" "$(tail -1 good)" = stopped
echo >&9
finish
