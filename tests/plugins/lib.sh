# SPDX-License-Identifier: MIT
#
# lib.sh - for tests of plugins with the sonde command: those of the command, and
#
#     configure 'plugin = "well"; file = "out";' 'plugin = "hang-export";'
#
# writes sonde.cfg with these instances, each of which is fed ten times a second.

. "${top_srcdir:-.}/tests/e2e/lib.sh"
cd "$scratch" || exit 1
zoo=$top_builddir/tests/plugins/zoo

configure() {
	local instance deadline comma=
	echo 'plugins: ('
	for instance; do
		# What does not hang is not to be given up because the machine is slow.
		case $instance in *'"hang-'*) deadline=50ms ;; *) deadline=99ms ;; esac
		echo "$comma { interval = \"100ms\"; deadline = \"$deadline\"; $instance }"
		comma=,
	done
	echo ');'
} >sonde.cfg

# until_there TEST... - at most a minute.
until_there() {
	local end=$((SECONDS + 60))
	while test "$SECONDS" -lt "$end"; do
		! "$@" || return 0
		sleep 0.02
	done
	return 1
}

# of_plugin NAME KEY - what a recording says of an instance.
of_plugin() {
	python3 - "$1" "$2" <<'END'
import json, sys
name, key = sys.argv[1:]
for plugin in json.load(open("recording.json"))["plugins"]:
    if plugin["name"] == name:
        print(plugin.get(key, plugin["counts"].get(key, 0)))
END
}

# calls_in RECORDING - all that have come back.
calls_in() {
	python3 - "$1" <<'END'
import json, sys
print(sum(c["count"] - c["unfinished"] for c in json.load(open(sys.argv[1]))["calls"]))
END
}
