#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A running program's figures in a Prometheus server, which scrapes them in all three formats.
. "$top_srcdir/tests/exporters/lib.sh"

test -e "$top_builddir/plugins/.libs/prometheus.so" || { echo "built without libmicrohttpd"; exit 77; }

configure 'plugin = "prometheus"; listen = "127.0.0.1:0"; address_file = "address"; buckets = "used";'
begin -s stacks.slower_than=1ms -l 'odd=a "b" \c
d' "$python" -I "$top_srcdir/tests/exporters/sleeper.py" 200 took
await_file address
await_file took
"$python" -I "$top_srcdir/tests/exporters/relay.py" "$(cat address)" relay 2>/dev/null &
children+=" $!"
await_file relay

cat >prometheus.yml <<END
global: { scrape_interval: 500ms, scrape_timeout: 500ms }
scrape_configs:
  - job_name: protobuf
    static_configs: [ { targets: [ "$(cat address)" ] } ]
  - job_name: text
    metrics_path: /text
    static_configs: [ { targets: [ "$(cat relay)" ] } ]
  - job_name: openmetrics
    metrics_path: /openmetrics
    static_configs: [ { targets: [ "$(cat relay)" ] } ]
END
port=$(free_port STREAM)
prometheus --config.file=prometheus.yml --storage.tsdb.path=data --web.listen-address="127.0.0.1:$port" \
	--enable-feature=native-histograms,exemplar-storage >server.log 2>&1 &
children+=" $!"
timeout 60 tail -f -n +1 --pid=$! server.log | grep -q 'Server is ready to receive'

protoc --proto_path="$top_srcdir/src/format" --python_out=. prometheus.proto
"$python" -I "$top_srcdir/tests/exporters/ask-prometheus.py" "127.0.0.1:$port" "$(cat address)" "$PWD" took >verdict 2>&1
check "it was asked to the end" $? -le 1
cat verdict
n_passed=$((n_passed + $(grep -c '^ok' verdict)))
n_failed=$((n_failed + $(grep -c '^not ok' verdict)))
end
check "the program ran to its end" "$status" = 0
finish
