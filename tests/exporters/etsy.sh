# SPDX-License-Identifier: MIT
#
# etsy.sh - the part of test-statsd.sh that has Etsy's statsd, in $scratch/etsy.

# manage COMMAND - what statsd answers on its management port, as soon as it is there.
manage() {
	"$python" -I - "$management" "$1" <<'END'
import socket, sys, time
until = time.monotonic() + 30
while True:
    try:
        connection = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=30)
        break
    except ConnectionRefusedError:
        if time.monotonic() > until:
            sys.exit("statsd has not come")
connection.sendall(sys.argv[2].encode() + b"\n")
text = b""
while b"END\n" not in text:
    text += connection.recv(65536)
print(text.decode())
END
}

port=$(free_port DGRAM)
management=$(free_port STREAM)
cat >etsy.js <<END
{ port: $port, address: "127.0.0.1", mgmt_port: $management, mgmt_address: "127.0.0.1", backends: [],
  flushInterval: 3600000 }
END
node etsy/node_modules/statsd/stats.js etsy.js >etsy.log 2>&1 &
children+=" $!"
manage stats >/dev/null

configure "plugin = \"statsd\"; address = \"127.0.0.1:$port\";"
act sonde run -c sonde.cfg -o recording.json --report=none -- sh -c 'for i in 1 2 3; do sleep 0.2; done'
"$top_builddir/tests/formats/hostile" statsd >hostile.lines
"$python" -I - "$port" <<'END'
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.connect(("127.0.0.1", int(sys.argv[1])))
lines = open("hostile.lines").read().splitlines()
for first in range(0, len(lines), 10):
    s.send("\n".join(lines[first:first + 10]).encode())
# After all that came before it.
s.send(b"the.end:1|c")
END
until manage counters >counters && grep -q 'the.end' counters; do :; done
check "Etsy's statsd has the sum" "$("$python" -I -c '
import re
print(sum(int(n) for n in re.findall(r"libc\.calls\.\S+?[\x27\"]?: ([0-9]+)", open("counters").read())))')" = \
	"$(calls_in recording.json)"
check "and saw no bad line" "$(manage stats | grep -c '^messages.bad_lines_seen: 0$')" = 1
check "a gauge below zero is what it was" "$(manage gauges | grep -c "g\.below.*: -273\.15")" = 1
