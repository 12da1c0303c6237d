#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The exporter statsd, against receivers of the test's own, collectd's, and Etsy's where it can be had.
. "$top_srcdir/tests/exporters/lib.sh"

# receive (udp | PATH) - starts a receiver; its address is in $address, its datagrams are in "received".
receive() {
	rm -f receiver.address
	"$python" -I "$top_srcdir/tests/exporters/receiver.py" "$1" receiver.address received &
	receiver=$!
	children+=" $receiver"
	await_file receiver.address
	address=$(cat receiver.address)
}

end_receiver() {
	kill "$receiver"
	wait "$receiver" 2>/dev/null
}

# ask EXPRESSION - of `datagrams`, and their `lines`, of which total(PREFIX) is a counter's sum.
ask() {
	python3 - "$1" <<'END'
import json, sys
datagrams = [json.loads(line) for line in open("received")]
lines = [line for datagram in datagrams for line in datagram.split("\n")]
def total(prefix):
    return sum(int(l.split(":")[1].split("|")[0]) for l in lines if l.startswith(prefix) and "|c" in l)
print(eval(sys.argv[1]))
END
}

# configure_patient - as configure, for a receiver that may be slow to take a lot.
configure_patient() {
	configure "$@"
	sed -i 's/deadline = "99ms"; //' sonde.cfg
}

echo "# statsd over UDP"
receive udp
configure "plugin = \"statsd\"; address = \"$address\"; prefix = \"my.\";"
# Each snapshot but the first one tells that another was taken.
act sonde run -c sonde.cfg -o recording.json --report=none -- \
	sh -c 'until test "$(grep -c "snapshots.statsd.taken:" received)" -ge 2; do sleep 0.05; done'
check "the sum of all that was sent is what the recording has" "$(ask 'total("my.libc.calls.")')" = \
	"$(calls_in recording.json)"
check "it came in several times, of which each has what is new" "$(of_plugin statsd taken)" -ge 4
check "a count of nothing is not sent" "$(ask 'sum(":0|c" in l for l in lines)')" = 0
check "each line is NAME:VALUE|TYPE" "$(ask 'all(l.count(":") == 1 and l[-2:] in ("|c", "|g") for l in lines)')" = True
check "datagrams hold many lines, and no more than they may" \
	"$(ask 'max(map(len, datagrams)) <= 1432 and max(map(len, datagrams)) > 1300')" = True
check "no datagram ends with a newline, none is empty" "$(ask 'all(l for l in lines)')" = True
end_receiver

echo "# dogstatsd over a socket file"
rm received
receive "$scratch/socket"
configure_patient "plugin = \"statsd\"; address = \"$address\"; dialect = \"dogstatsd\"; packet_size = \"8192B\";"
act sonde run -c sonde.cfg -o recording.json --report=none -- sh -c 'for i in 1 2 3; do sleep 0.2; done'
check "the sum is what the recording has" "$(ask 'total("libc.calls:")')" = "$(calls_in recording.json)"
check "tags are tags" "$(ask 'sum(l.startswith("libc.calls:") and "|c|#call:malloc,group:memory,result:ok" in l
	for l in lines) > 0')" = True
check "datagrams may be larger" "$(ask 'max(map(len, datagrams)) > 1432')" = True
end_receiver

echo "# trouble"
rm received
configure_patient "plugin = \"statsd\"; address = \"$address\";"
begin sh -c 'read line; ls / >/dev/null'
receive "$scratch/socket"
end_receiver
receive "$scratch/socket"
await_file received
end
check "a receiver that starts, and starts again, gets all there is" "$(ask 'total("libc.calls.")')" = "$(calls_in recording.json)"
end_receiver

configure "plugin = \"statsd\"; address = \"unix:$scratch/nobody\";"
act sonde run -c sonde.cfg -o recording.json --report-file=report -- sh -c 'exit 3'
check "without a receiver the program runs" "$status" = 3
check "and the report says what was lost" -n "$(grep 'unix:.*/nobody: No such file' report)"

"$python" -I - >nobody.port <<'END'
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])
END
configure "plugin = \"statsd\"; address = \"127.0.0.1:$(cat nobody.port)\"; packet_size = \"256B\";"
act sonde run -c sonde.cfg -o recording.json --report-file=report -- sh -c 'sleep 0.3; exit 4'
check "where nobody listens it goes on" "$status" = 4 -a "$(of_plugin statsd partial)" -ge 1
check "and says so" -n "$(log_of statsd | grep 'Connection refused')"

# One that takes nothing: its queue holds a few datagrams.
"$python" -I - "$scratch/deaf" <<'END' &
import signal, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
signal.pause()
END
children+=" $!"
await_file deaf
configure "plugin = \"statsd\"; address = \"unix:$scratch/deaf\"; packet_size = \"256B\";"
act sonde run -c sonde.cfg -o recording.json --report-file=report -- sh -c 'sleep 0.3; exit 5'
check "a receiver that takes nothing costs the program nothing" "$status" = 5
check "and what it lost is counted" "$(of_plugin statsd rejected_points)" -ge 1 -a \
	-n "$(log_of statsd | grep 'Resource temporarily unavailable: [1-9][0-9]* lines')"

for bad in 'address = "nonsense"' 'address = "127.0.0.1:"' 'prefix = "a:b"'; do
	configure "plugin = \"statsd\"; $bad;"
	act sonde run -c sonde.cfg -o recording.json --report=none -- true
	check "$bad is refused" "$(of_plugin statsd state)" = failed
done

echo "# collectd"
. "$top_srcdir/tests/exporters/collectd.sh"

echo "# Etsy's statsd"
etsy() {
	command -v npm >/dev/null && timeout 60 npm install --silent --no-audit --no-fund --ignore-scripts \
		--prefix "$scratch/etsy" statsd@0.9.0 >/dev/null 2>&1
}
if etsy; then
	. "$top_srcdir/tests/exporters/etsy.sh"
else
	echo "# left out: npm cannot install statsd here"
fi
finish
