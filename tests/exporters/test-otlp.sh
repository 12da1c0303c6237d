#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The exporter otlp, against a receiver that answers as it is told: what it gets, how often, and when.
. "$top_srcdir/tests/exporters/lib.sh"
receivers=
protoc --proto_path="$top_srcdir/src/format" --python_out="$scratch" otlp.proto
for variable in ${!OTEL_@}; do unset "$variable"; done

# receive NAME PLAN... - starts a receiver, whose log is in NAME.
receive() {
	rm -f "$1" "$1.address"
	"$python" -I "$top_srcdir/tests/exporters/otlp-receiver.py" "$1.address" "$@" &
	receivers+=" $!"
	children+=" $!"
	await_file "$1.address"
}

address_of() {
	cat "$1.address"
}

end_receivers() {
	# shellcheck disable=SC2086 # several
	kill $receivers
	wait $receivers 2>/dev/null
	receivers=
}

# ask_of NAME EXPRESSION, ask EXPRESSION - see otlp-ask.py
ask_of() {
	"$python" "$top_srcdir/tests/exporters/otlp-ask.py" "$@"
}

ask() {
	ask_of received "$@"
}

# configure_otlp OPTIONS [INSTANCE]... - one that gets figures every two seconds, and has that long for each.
configure_otlp() {
	configure "plugin = \"otlp\"; $1" "${@:2}"
	sed -i 's/interval = "100ms"; deadline = "99ms"/interval = "2s"; deadline = "1999ms"/' sonde.cfg
}

# await_requests NAME N - until so many have come; half a minute is too long.
await_requests() {
	await_file "$1"
	timeout 30 tail -n +1 -f "$1" | head -n "$2" >/dev/null
}

echo "# totals, as protocol buffers"
receive received 200
address=$(address_of received)
configure_otlp "endpoint = \"$address\";"
begin sh -c 'read line; cat /dev/null'
await_requests received 3
end
check "what came last is what the recording has" "$(ask 'calls(requests[-1])')" = "$(calls_in recording.json)"
check "to v1/metrics below the endpoint" "$(ask '{r["path"] for r in requests}')" = "{'/v1/metrics'}"
check "it is said to be packed protocol buffers, of sonde" "$(ask '{(h["Content-Type"], h["Content-Encoding"],
	h["User-Agent"].split("/")[0]) for h in (r["headers"] for r in requests)}')" = \
	"{('application/x-protobuf', 'gzip', 'OTel-OTLP-Exporter-sonde')}"
check "all come by one connection" "$(ask 'len({r["port"] for r in requests})')" = 1
check "totals have one start, which stays" "$(ask 'len(set().union(*map(starts, requests)))')" = 1
check "and an end that moves on" "$(ask '[len(ends(r)) for r in requests] == [1] * len(requests) and
	sorted(sum(map(list, map(ends, requests)), [])) == sum(map(list, map(ends, requests)), [])')" = True
check "they never fall" "$(ask '[calls(r) for r in requests] == sorted(calls(r) for r in requests)')" = True
check "histograms are exponential, and add up" "$(ask 'all(p["scale"] == 3 and adds_up(p) for r in requests
	for p in durations(r)) and len(durations(requests[-1])) > 0')" = True
check "it is told that they are totals" "$(ask '{metrics(r)["libc.calls"]["sum"]["aggregationTemporality"] for r in
	requests}')" = "{2}"
check "the service has the program's name" "$(ask 'resource(requests[0])["service.name"]')" = unknown_service:sh
check "and one id in all of them" "$(ask 'len({resource(r)["service.instance.id"] for r in requests})')" = 1
check "no request was lost, and all were taken" "$(of_plugin otlp lost)$(of_plugin otlp partial)" = 00
end_receivers

echo "# differences, as JSON"
receive received 200
address=$(address_of received)
configure_otlp "endpoint = \"$address/base/\"; protocol = \"http/json\"; compression = \"none\"; temporality = \"delta\";
	histograms = \"explicit\";"
begin sh -c 'read line; cat /dev/null'
await_requests received 3
end
check "their sum is what the recording has" "$(ask 'sum(map(calls, requests))')" = "$(calls_in recording.json)"
check "each starts where the one before ended" "$(ask 'all(starts(b) == ends(a) for a, b in
	zip(requests, requests[1:]))')" = True
check "it is told that they are differences" "$(ask '{metrics(r)["libc.calls"]["sum"]["aggregationTemporality"] for r in
	requests}')" = "{1}"
check "histograms have bounds, and add up" "$(ask 'all(len(p["bucketCounts"]) == len(p["explicitBounds"]) + 1 and
	adds_up(p) for r in requests for p in durations(r)) and len(durations(requests[-1])) > 0')" = True
check "it is JSON that is not packed" "$(ask '{(h["Content-Type"], h.get("Content-Encoding")) for h in
	(r["headers"] for r in requests)}')" = "{('application/json', None)}"
check "below the endpoint's path" "$(ask '{r["path"] for r in requests}')" = "{'/base/v1/metrics'}"
end_receivers

echo "# variables"
receive received 200
address=$(address_of received)
configure_otlp ""
export OTEL_EXPORTER_OTLP_METRICS_ENDPOINT="$address/verbatim" OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1"
export OTEL_EXPORTER_OTLP_HEADERS="x-all=1" OTEL_EXPORTER_OTLP_METRICS_HEADERS="x-key=a%2Cb%20c, x-other = 2"
export OTEL_EXPORTER_OTLP_METRICS_COMPRESSION=none OTEL_EXPORTER_OTLP_COMPRESSION=gzip
export OTEL_SERVICE_NAME=shop OTEL_RESOURCE_ATTRIBUTES="service.name=other,team=a%2Cb"
export OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE=Delta OTEL_EXPORTER_OTLP_PROTOCOL=grpc
act sonde run -c sonde.cfg -o recording.json --report=none -- sh -c 'cat /dev/null'
check "that of metrics is taken as it is" "$(ask '{r["path"] for r in requests}')" = "{'/verbatim'}"
check "its headers replace those of all signals" "$(ask '{(h.get("x-all"), h["x-key"], h["x-other"]) for h in
	(r["headers"] for r in requests)}')" = "{(None, 'a,b c', '2')}"
check "and so does its way to pack" "$(ask '{r["headers"].get("Content-Encoding") for r in requests}')" = "{None}"
check "the service's name, and other attributes, are there" "$(ask '{(resource(r)["service.name"], resource(r)["team"])
	for r in requests}')" = "{('shop', 'a,b')}"
check "differences are preferred" "$(ask '{metrics(r)["libc.calls"]["sum"]["aggregationTemporality"] for r in
	requests}')" = "{1}"
check "a protocol that there is not is told, and not taken" -n "$(log_of otlp | grep 'PROTOCOL is "grpc"')" -a \
	"$(ask 'requests[0]["headers"]["Content-Type"]')" = application/x-protobuf
configure_otlp "endpoint = \"$address/mine\"; headers = \"x-mine=3\"; resource = \"service.name=given\"; compression = \"gzip\";"
: >received
act sonde run -c sonde.cfg -o recording.json --report=none -- sh -c 'cat /dev/null'
check "the configuration goes before variables" "$(ask '{(r["path"], r["headers"].get("x-key"), r["headers"]["x-mine"],
	r["headers"]["Content-Encoding"], resource(r)["service.name"], resource(r)["team"]) for r in requests}')" = \
	"{('/mine/v1/metrics', None, '3', 'gzip', 'given', 'a,b')}"
for variable in ${!OTEL_@}; do unset "$variable"; done
end_receivers

echo "# every kind of answer, each to an exporter of its own"
receive refused 400 200
receive partial partial 200
receive seconds 429:seconds=2 200
receive date 429:date=3 200
receive busy 503 502 504 503 200
receive close close 200
receive garbage garbage
receive flood flood
receive nonsense nonsense
receive warn warn
receive slow slow
instances=()
for name in refused partial seconds date busy close garbage flood nonsense warn slow; do
	instances+=("plugin = \"otlp\"; name = \"$name\"; endpoint = \"$(address_of "$name")\";")
done
instances[1]+=' temporality = "delta";'
instances[5]+=' temporality = "delta"; protocol = "http/json";'
"$python" -I - >nobody.port <<'END'
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])
END
configure_otlp "name = \"dead\"; endpoint = \"http://127.0.0.1:$(cat nobody.port)\";" "${instances[@]}" \
	'plugin = "jsonlines"; file = "figures";'
begin sh -c 'read line; cat /dev/null; exit 3'
await_requests busy 5
for name in refused partial seconds date close flood nonsense warn; do await_requests "$name" 2; done
end
total=$(calls_in recording.json)
check "the program's status is its own" "$status" = 3
check "another exporter has all figures" "$(of_plugin jsonlines state)$(of_plugin jsonlines lost)$(python3 -c '
import json
print(sum(s["value"] for s in json.loads(list(open("figures"))[-1])["series"] if s["name"] == "libc.calls"))')" = \
	"stopped0$total"

# has NAME COUNT... - what the recording has of an instance, one after the other
has() {
	local name=$1 key
	for key in "${@:2}"; do of_plugin "$name" "$key"; done | paste -sd ' '
}
check "400: it is not sent again, but told" "$(has refused refused retried partial)" = "1 0 0" -a \
	-n "$(log_of refused | grep 'HTTP 400: as planned')"
check "what comes next says it all" "$(ask_of refused 'max(ends(requests[1])) > max(ends(requests[0])), calls(requests[-1])')" = \
	"(True, $total)"
check "partial: it counts, with what was refused" "$(has partial partial rejected_points retried refused)" = "1 7 0 0"
check "its words come as letters" -n "$(log_of partial | grep '7 data points were refused: too ?\[31mold')"
check "and nothing is sent twice" "$(ask_of partial 'sum(map(calls, requests)), all(starts(b) == ends(a) for a, b in
	zip(requests, requests[1:]))')" = "($total, True)"
check "429: it waits as many seconds as it is asked to" "$(ask_of seconds '2 <= gaps()[0] < 12, calls(requests[-1])')" = \
	"(True, $total)"
check "or until the date" "$(ask_of date '2 <= gaps()[0] < 12, calls(requests[-1])')" = "(True, $total)"
check "503, 502, 504: it waits a second, more or less, and then longer" "$(ask_of busy '[0.8 <= g < 8 for g in gaps()[:3]],
	1.6 <= gaps()[3] < 12, calls(requests[-1])')" = "([True, True, True], True, $total)"
check "each of them is an attempt" "$(has busy retried)" -ge 4 -a "$(has busy refused lost)" = "0 0"
check "a connection that is closed: it is sent again, later" "$(ask_of close '0.8 <= gaps()[0] < 8, starts(requests[0]) ==
	starts(requests[1]), sum(map(calls, requests[1:]))')" = "(True, True, $total)"
check "what is no HTTP: it is not sent again" "$(has garbage taken retried partial)" = "0 0 0" -a "$(has garbage refused)" -ge 2
check "too many words, the wrong ones, and warnings: it was taken" \
	"$(for name in flood nonsense warn; do has $name refused partial; done | sort -u)" = "0 0" -a "$(has flood taken)" -ge 1 -a \
	"$(has nonsense taken)" -ge 1 -a "$(has warn taken)" -ge 1
check "warnings are told" -n "$(log_of warn | grep '^.*deprecated')"
check "no answer: it was not taken" "$(has slow taken refused partial)" = "0 0 0" -a "$(has slow retried)" -ge 1
check "nobody there: likewise" "$(has dead taken refused partial)" = "0 0 0" -a "$(has dead retried)" -ge 2
check "the report says what was lost, and how" "$(grep -cx -e 'refused: 1 snapshot not taken: 1 refused' \
	-e 'partial: 7 figures not taken by the receiver' -e 'dead: 1 snapshot not taken: 1 left at the end' report)" = 3
check "and why is in the report" -n "$(grep -A 3 '^dead' report | grep 'Failed to connect to 127.0.0.1')"
end_receivers

echo "# OpenTelemetry's own decoder"
transformer() {
	command -v npm >/dev/null && timeout 60 npm install --silent --no-audit --no-fund --ignore-scripts \
		--prefix "$scratch/npm" @opentelemetry/otlp-transformer@0.203.0 >/dev/null 2>&1
}
if transformer; then
	for histograms in exponential explicit; do
		for format in json protobuf; do
			"$top_builddir/tests/formats/hostile" "otlp-$format" histograms "$histograms" >"hostile.$format"
		done
		act node "$top_srcdir/tests/exporters/otlp-decode.js" npm hostile.protobuf hostile.json
		check "it finds what the JSON form says, with $histograms histograms" "$status" = 0 -a \
			"$(grep -c "^[1-9][0-9]* metrics, all equal$" out)" = 1
	done
else
	echo "# left out: npm cannot install @opentelemetry/otlp-transformer here"
fi

echo "# TLS, and secrets"
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out certificate.pem -days 2 -subj /CN=localhost \
	-addext subjectAltName=DNS:localhost >/dev/null 2>&1
RECEIVER_CERTIFICATE=certificate.pem RECEIVER_KEY=key.pem receive secure 200
configure_otlp "endpoint = \"$(address_of secure)\"; certificate = \"$scratch/certificate.pem\"; headers = \"x-key=secr%65t\";" \
	"plugin = \"otlp\"; name = \"distrustful\"; endpoint = \"$(address_of secure)\";" \
	"plugin = \"otlp\"; name = \"spy\"; endpoint = \"http://me:secret@127.0.0.1:$(cat nobody.port)/?key=secret\";"
act sonde run -c sonde.cfg -o recording.json --report-file=report -- sh -c 'cat /dev/null'
check "it speaks TLS with those whose certificate it has" "$(ask_of secure 'calls(requests[-1])')" = "$(calls_in recording.json)" -a \
	"$(has otlp lost)" = 0
check "with its headers" "$(ask_of secure '{r["headers"]["x-key"] for r in requests}')" = "{'secret'}"
check "and with nobody else" "$(has distrustful taken)" = 0 -a -n "$(log_of distrustful | grep -i certificate)"
check "no secret is told" "$(grep -ci 'secr' recording.json report | grep -cv ':0$')" = 0 -a \
	-n "$(log_of spy | grep 'http://127.0.0.1:[0-9]*/v1/metrics: ')"
end_receivers

for bad in 'endpoint = "127.0.0.1:4318"' 'endpoint = "ftp://127.0.0.1"' 'headers = "key"' 'resource = "=value"'; do
	configure_otlp "$bad;"
	act sonde run -c sonde.cfg -o recording.json --report=none -- true
	check "$bad is refused" "$(of_plugin otlp state)" = failed
done
finish
