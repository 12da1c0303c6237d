# SPDX-License-Identifier: MIT
#
# collectd.sh - the part of test-statsd.sh that has collectd's plugin statsd, which writes what it has into files.

# collected EXPECTED - the sum of the counters, as soon as it is what is expected, or after half a minute.
collected() {
	"$python" -I - "$1" <<'END'
import glob, sys, time
until = time.monotonic() + 30
while True:
    total = 0
    for name in glob.glob("collectd/csv/here/statsd/derive-libc.calls.*"):
        rows = open(name).read().splitlines()[1:]
        # The last row may be written at this moment.
        total += int(rows[-1].split(",")[1] or 0) if rows and rows[-1].count(",") == 1 else 0
    if str(total) == sys.argv[1] or time.monotonic() > until:
        break
    time.sleep(0.05)
print(total)
END
}

mkdir collectd
port=$(free_port DGRAM)
cat >collectd.conf <<END
Hostname "here"
FQDNLookup false
BaseDir "$scratch/collectd"
PIDFile "$scratch/collectd/pid"
TypesDB "/usr/share/collectd/types.db"
Interval 0.2
LoadPlugin logfile
LoadPlugin csv
LoadPlugin statsd
<Plugin logfile>
	LogLevel info
	File "$scratch/collectd/log"
</Plugin>
<Plugin csv>
	DataDir "$scratch/collectd/csv"
</Plugin>
<Plugin statsd>
	Host "127.0.0.1"
	Port "$port"
</Plugin>
END
collectd -f -C collectd.conf >collectd.out 2>&1 &
children+=" $!"
await_file collectd/log
timeout 30 tail -f -n +1 --pid=$! collectd/log | grep -q 'Listening on'

configure "plugin = \"statsd\"; address = \"127.0.0.1:$port\";"
act sonde run -c sonde.cfg -o recording.json --report=none -- sh -c 'for i in 1 2 3; do sleep 0.2; done'
check "collectd has the sum" "$(collected "$(calls_in recording.json)")" = "$(calls_in recording.json)"
check "and complains about no line" -z "$(grep -i 'unable to\|error\|fail' collectd/log)"
