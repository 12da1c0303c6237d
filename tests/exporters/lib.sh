# SPDX-License-Identifier: MIT
#
# lib.sh - for tests of exporters: those of plugins, and a run that goes on as long as the test wants:
#
#     configure 'plugin = "prometheus"; listen = "127.0.0.1:0"; address_file = "address";'
#     begin sh -c 'cat /dev/null; read line'          options of sonde run may stand before the command
#     ... it runs, and reads its line in the end
#     end
#
# leaves $status, recording.json and report.

. "${top_srcdir:-.}/tests/plugins/lib.sh"
# Debian's own: it has the packages.
python=/usr/bin/python3

# What was started and must not outlive the test.
children=
trap 'kill $children 2>/dev/null; wait; rm -rf "$scratch"' EXIT

await_file() {
	"$python" -I "$top_srcdir/tests/exporters/await-file" "$1"
}

# free_port (STREAM | DGRAM) - for programs that cannot choose one by themselves.
free_port() {
	"$python" -I -c '
import socket
with socket.socket(socket.AF_INET, socket.SOCK_'"$1"') as s:
    s.bind(("127.0.0.1", 0))
    print(s.getsockname()[1])'
}

begin() {
	rm -f go
	mkfifo go
	# Opened for both, so that nobody waits for the other end.
	exec 8<>go
	"$sonde" run -c sonde.cfg -o recording.json --report-file=report "$@" <&8 >out 2>err 8>&- &
	run=$!
	children+=" $run"
}

end() {
	echo >&8
	wait "$run"
	status=$?
	exec 8>&-
}

# log_of INSTANCE - the lines that it wrote.
log_of() {
	python3 - "$1" <<'END'
import json, sys
for plugin in json.load(open("recording.json"))["plugins"]:
    if plugin["name"] == sys.argv[1]:
        print("\n".join(plugin["log"]))
END
}

# accepted SENTENCE FILE - promtool has nothing against it; what it would name otherwise is another matter (3)
accepted() {
	promtool check metrics <"$2" >"$scratch/out" 2>&1
	local status=$?
	if test "$status" = 0 || test "$status" = 3; then pass "$1"; else fail "$1" "$(head -5 "$scratch/out")"; fi
}
