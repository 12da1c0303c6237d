# SPDX-License-Identifier: MIT
#
# The exporter history, in its own process, as another tool reads its file.
. "${top_srcdir:-.}/tests/plugins/lib.sh"

ask() {
	sqlite3 history.db "PRAGMA busy_timeout = 20000; $1" | tail -n +2
}

calls="SELECT sum(count) FROM point JOIN series ON id = series WHERE name = 'libc.calls'"

configure 'plugin = "history"; file = "folder/history.db"; retention_days = 2;'
act sonde run -c sonde.cfg -o recording.json --report=none -- sh -c 'sleep 0.3; ls /'
check "the program runs as it does without" "$status" = 0
mv folder/history.db history.db
check "all calls of a run are in the file, each once" "$(ask "$calls")" = "$(calls_in recording.json)"
check "the file is all there is" "$(ls folder)" = ""
check "it tells which program they are of" "$(ask "SELECT DISTINCT program FROM series WHERE name = 'libc.calls'")" = sh
check "durations have their buckets" "$(ask "SELECT count(*) > 0 AND min(length(buckets)) > 4 FROM point
	JOIN series ON id = series WHERE name = 'libc.call.duration'")" = 1

configure 'plugin = "history"; file = "history.db"; retention_days = 2;'
for i in 1 2 3; do
	sonde run -c sonde.cfg -o "recording.$i.json" --report=none -- sh -c 'sleep 0.2; ls /' >/dev/null 2>"err.$i" &
done
wait
sum=$(calls_in recording.json)
for i in 1 2 3; do
	sum=$((sum + $(calls_in "recording.$i.json")))
done
check "several runs write to one file at once" "$(ask "$calls")" = "$sum"
check "and the file is whole" "$(ask "PRAGMA integrity_check")" = ok

ask "UPDATE point SET start = start - 90000" >/dev/null
n_before=$(ask "SELECT count(*) FROM point")
total=$(ask "$calls")
act sonde run -c sonde.cfg --report=none -- true
check "minutes of yesterday become hours" "$(ask "SELECT count(*) > 0 AND min(span) = 3600 FROM point
	WHERE start < unixepoch() - 90000")" = 1 -a "$(ask "SELECT count(*) FROM point WHERE start < unixepoch() - 80000")" -le "$n_before"
check "which are as many calls" "$(ask "$calls AND start < unixepoch() - 80000")" = "$total"
ask "UPDATE point SET start = start - 90000" >/dev/null
act sonde run -c sonde.cfg --report=none -- true
check "what is older than retention_days is deleted" \
	"$(ask "SELECT count(*) FROM point WHERE start < unixepoch() - 170000")" = 0

# A short run that is told by the session's own setting.
echo 'retention_days = 1; plugins: ({ plugin = "history"; file = "history.db"; });' >session.cfg
sonde config print -c session.cfg >printed 2>&1
check "retention_days of the session is that of the plugin" -n "$(grep 'retention_days = 1; # session.cfg:1' printed)" -a \
	"$(grep -c 'retention_days = 1;' printed)" = 2

echo 'this is no database, however long one looks at it' >broken.db
chmod 600 broken.db
configure 'plugin = "history"; file = "broken.db";'
act sonde run -c sonde.cfg -o recording.json --report=none -- true
check "a file that is none stays as it is, and the program runs" "$status" = 0 -a "$(wc -l <broken.db)" = 1
check "the report says why" -n "$(grep 'not a database' recording.json)"

mkdir users
XDG_STATE_HOME=$scratch/users act sonde plugins check history
check "to check the plugin leaves the user's own file alone" "$status" = 0 -a -z "$(ls users)"
finish
