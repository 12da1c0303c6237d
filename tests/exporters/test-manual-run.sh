#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The examples of docs/exporters.md, run as they are written: in a network of the test's own, where the ports that they name
# are free, and with folders of its own at the places that they name.
if test "$1" != inside; then
	as_root=
	test "$(id -u)" = 0 || as_root=-r
	unshare $as_root -nm true 2>/dev/null || { echo "no namespaces for users here"; exit 77; }
	exec unshare $as_root -nm bash "$0" inside
fi
. "$top_srcdir/tests/exporters/lib.sh"

# The loopback interface of a new network is down.
"$python" -I -c '
import fcntl, socket, struct
fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh14x", b"lo", 0x41))' &&
	mount -t tmpfs none /var/lib && mount -t tmpfs none /run || { echo "no mounts here"; exit 77; }

manual=$top_srcdir/docs/exporters.md
awk '/^    plugins: /{ n++; inside = 1 } inside { print > ("example" n ".cfg") } /\);$/{ inside = 0 }' "$manual"

# has PLUGIN - it was built, and the examples have it; its configuration is $example.
has() {
	example=$(grep -l "plugin = \"$1\"" example*.cfg | head -1)
	test -n "$example" && test -e "$top_builddir/plugins/.libs/$1.so"
}

# block WORD - the lines of the manual that are indented, from the one that begins so.
block() {
	awk -v word="$1" '!inside && index($0, "    " word) == 1 { inside = 1 } inside && !/^    /{ exit } inside' "$manual" |
		sed 's/^    //'
}

# answers ADDRESS FILE - until somebody answers there; what he says is in the file.
answers() {
	local n
	for ((n = 0; n < 1200; n++)); do
		! curl -sf -m 30 -o "$2" "$1" || return 0
		sleep 0.05
	done
	return 1
}

run_example() {
	act sonde run -c "$example" -o recording.json --report-file=report -- "$@"
}

if has prometheus; then
	cp "$example" sonde.cfg
	begin sh -c 'cat /dev/null; read line'
	answers http://127.0.0.1:9464/metrics body
	check "prometheus: the figures are where the example says" -n "$(grep '^libc_calls_total{' body)"
	end
	block scrape_configs: >prometheus.yml
	check "Prometheus takes the receiving side's example" -s prometheus.yml -a \
		-n "$(promtool check config prometheus.yml 2>&1 | grep SUCCESS)"
fi

if has textfile; then
	mkdir -p /var/lib/prometheus/node-exporter
	run_example ls /
	command=$(block prometheus-node-exporter)
	$command >node.log 2>&1 &
	children+=" $!"
	answers http://127.0.0.1:9100/metrics body
	check "textfile: node_exporter, started as the example says, serves it" \
		-n "$(grep '^libc_calls_total{.*run="backup"' body)"
fi

if has otlp; then
	cat >taker.py <<'END'
import http.server
class Taker(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        open("taken", "ab").write(self.path.encode() + b" " + self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
    def log_message(self, *_):
        pass
server = http.server.HTTPServer(("127.0.0.1", 4318), Taker)
open("listens", "w").close()
server.serve_forever()
END
	"$python" -I taker.py &
	children+=" $!"
	await_file listens
	run_example ls /
	check "otlp: what listens at the example's address gets it" "$(head -c 12 taken)" = "/v1/metrics " -a \
		"$(of_plugin otlp taken)" -ge 1
fi

if has statsd; then
	cat >taker.py <<'END'
import os, select, socket
os.makedirs("/var/run/datadog")
udp, unix = socket.socket(type=socket.SOCK_DGRAM), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
udp.bind(("127.0.0.1", 8125))
unix.bind("/var/run/datadog/dsd.socket")
open("takes", "w").close()
while True:
    for one in select.select([udp, unix], [], [])[0]:
        with open("udp" if one is udp else "unix", "ab") as out:
            out.write(one.recv(65536) + b"\n")
END
	"$python" -I taker.py &
	children+=" $!"
	await_file takes
	run_example ls /
	await_file udp
	await_file unix
	check "statsd: both receivers of the example get their lines" \
		-n "$(grep '^build\.libc\.calls\.[^:]*:[0-9]*|c$' udp)" -a -n "$(grep '^libc\.calls:[0-9]*|c|#' unix)"
fi

if has history; then
	run_example ls /
	block SELECT >query
	check "history: the example's file has it" -n "$(sqlite3 /var/lib/sonde/history.db "SELECT * FROM series LIMIT 1")"
	check "and the example's question can be asked" "$(sqlite3 /var/lib/sonde/history.db <query 2>&1)" = ""
	check "which finds what another program did" \
		-n "$(sed "s/nginx/ls/; s/libc.errors/libc.calls/" query | sqlite3 /var/lib/sonde/history.db)"
fi
finish
