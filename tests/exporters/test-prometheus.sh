#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The exporter prometheus, as HTTP sees it.
. "$top_srcdir/tests/exporters/lib.sh"

test -e "$top_builddir/plugins/.libs/prometheus.so" || { echo "built without libmicrohttpd"; exit 77; }

# ask PATH CURL-OPTION... - leaves the answer's head in "head", its body in "body" and its status in $code
ask() {
	code=$(curl -s -m 30 -D head -o body -w '%{http_code}' "${@:2}" "http://$(cat address)$1")
	tr -d '\r' <head >head.plain
}

# Until the first snapshot has come.
await_figures() {
	await_file address
	until ask /metrics "$@" && test "$code" != 503; do :; done
}

# await_line PATTERN - asks until the figures have such a line.
await_line() {
	for ((n = 0; n < 2000; n++)); do
		ask /metrics
		! grep -q "$1" body || return 0
	done
	return 1
}

has_header() {
	grep -qixF -- "$2" head.plain
	check "$1" $? = 0
}

local_port='plugin = "prometheus"; listen = "127.0.0.1:0"; address_file = "address";'

echo "# what is asked for"
configure "$local_port"
begin sh -c 'cat /dev/null; read line'
await_figures
check "figures are at /metrics" "$code" = 200
has_header "they are Prometheus's text if nothing else is asked for" \
	'content-type: text/plain; version=0.0.4; charset=utf-8'
has_header "a cache is told what they depend on" 'vary: Accept, Accept-Encoding'
accepted "promtool accepts them" body
await_line '^libc_calls_total{call="read",group="io",kind="device",result="ok"} 1$'
check "the calls of the program are among them" $? = 0
ask /metrics -H 'Accept: application/openmetrics-text;version=1.0.0,text/plain;q=0.5'
has_header "OpenMetrics is had by asking for it" \
	'content-type: application/openmetrics-text; version=1.0.0; charset=utf-8'
check "and its reader accepts it" -z "$("$python" -I -c '
from prometheus_client.openmetrics.parser import text_string_to_metric_families
list(text_string_to_metric_families(open("body").read()))' 2>&1)"
ask /metrics -H 'Accept-Encoding: gzip'
has_header "it is packed for those who can unpack it" 'content-encoding: gzip'
check "and comes out whole" "$(gzip -dc body | promtool check metrics 2>&1 | grep -c 'error while')" = 0 -a \
	"$(gzip -dc body | tail -c 1 | od -An -tx1)" = " 0a"
ask /metrics -H 'Accept-Encoding: gzip;q=0'
check "but not for those who refuse that" "$(grep -ci '^content-encoding' head)" = 0
exec 7<>"/dev/tcp/127.0.0.1/$(sed 's/.*://' address)"
printf 'HEAD /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n' >&7
timeout 30 tr -d '\r' <&7 >head.plain
exec 7>&-
has_header "HEAD has the same head" 'content-type: text/plain; version=0.0.4; charset=utf-8'
check "and a length, and no body" "$(grep -ci '^content-length: [1-9]' head.plain)" = 1 -a \
	"$(sed '1,/^$/d' head.plain | wc -c)" = 0
ask /healthz
check "/healthz says that it is there" "$code" = 200 -a "$(cat body)" = ok
ask /other
check "there is nothing else" "$code" = 404
ask /metrics -X DELETE
check "nothing can be changed" "$code" = 405 -a "$(grep -ci '^allow: GET, HEAD' head)" = 1
ask /metrics -d "$(head -c 100000 /dev/zero | tr '\0' x)"
check "nothing can be sent" "$code" = 405 -o "$code" = 413
ask /metrics -H "X-Long: $(head -c 100000 /dev/zero | tr '\0' x)"
check "a request that is too long is refused" "$code" -ge 400 -a "$code" -lt 500
ask /metrics
check "and the next one is answered" "$code" = 200
check "a connection is kept for the next request" \
	"$(curl -sv "http://$(cat address)/healthz" "http://$(cat address)/metrics" 2>&1 >/dev/null | grep -ci 're-us')" = 1
await_line '^sonde_plugin_requests_refused_total{instance="prometheus"} 3$'
check "what was refused is counted" $? = 0
end
check "the program ran as it does without" "$status" = 0
check "the address's file is gone with it" ! -e address
check "the address is in the log" "$(log_of prometheus | grep -c 'listening at 127\.0\.0\.1:[1-9]')" = 1

echo "# who may ask"
configure "$local_port user = \"eve\"; password = \"pass: w\\\"ord\";"
begin sh -c 'read line'
await_figures
check "without a password there are no figures" "$code" = 401
has_header "and one is asked for" 'www-authenticate: Basic realm="sonde", charset="UTF-8"'
ask /metrics -u 'eve:pass'
check "a wrong one does not help" "$code" = 401
until ask /metrics -u 'eve:pass: w"ord' && test "$code" != 503; do :; done
check "the right one does" "$code" = 200
ask /healthz
check "/healthz needs none" "$code" = 200
end
check "the password is not in the recording" "$(grep -c 'pass: w' recording.json report | grep -cv ':0$')" = 0
sonde config print -c sonde.cfg >printed 2>&1
check "nor is it printed with the configuration" "$(grep -c 'pass: w' printed)" = 0 -a \
	"$(grep -c eve printed)" -ge 1

configure "$local_port user = \"eve\";"
act sonde run -c sonde.cfg --report-file=report -- sh -c 'exit 5'
check "a user without a password is told, and the program runs" "$status" = 5 -a \
	-n "$(grep 'user and password must both be given' report)"

echo "# TLS"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
	-addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out certificate.pem >/dev/null 2>&1
configure "$local_port tls = { certificate = \"$scratch/certificate.pem\"; key = \"$scratch/key.pem\"; };"
begin sh -c 'read line'
await_file address
check "it speaks TLS" "$(curl -s -m 30 --cacert certificate.pem "https://$(cat address)/healthz")" = ok
ask /healthz
check "and nothing else then" "$code" = 000
end
configure "$local_port tls = { certificate = \"$scratch/certificate.pem\"; };"
act sonde run -c sonde.cfg --report-file=report -- true
check "a certificate without a key is told" -n "$(grep 'tls needs both' report)"
configure "$local_port tls = { certificate = \"$scratch/key.pem\"; key = \"$scratch/key.pem\"; };"
act sonde run -c sonde.cfg --report-file=report -- true
check "a file that is no certificate is told" -n "$(grep 'cannot serve HTTP' report)" -a ! -e address

echo "# where it listens"
configure "plugin = \"prometheus\"; listen = \"unix:$scratch/socket\"; address_file = \"address\";" \
	'plugin = "prometheus"; name = "second"; listen = "[::1]:0"; address_file = "second";' \
	'plugin = "prometheus"; name = "third"; listen = "localhost:0"; address_file = "third";'
"$python" -I -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$scratch/socket"
begin sh -c 'read line'
await_file address
await_file third
check "a socket file that nobody listens at is replaced" "$(curl -s -m 30 --unix-socket socket http://x/healthz)" = ok
check "several instances are there at the same time" "$(curl -s -m 30 "http://$(cat third)/healthz")" = ok
if test -e /proc/net/if_inet6 && grep -q ' lo$' /proc/net/if_inet6; then
	await_file second
	check "an IPv6 address is possible" "$(curl -s -m 30 "http://$(cat second)/healthz")" = ok
fi
end
check "the socket file is gone in the end" ! -e socket

configure "$local_port"
begin sh -c 'read line'
await_file address
first=$(cat address)
configure "plugin = \"prometheus\"; listen = \"$first\";"
act sonde run -c sonde.cfg --report-file=report2 -- sh -c 'exit 6'
check "an address that is taken is told, and the program runs" "$status" = 6 -a \
	-n "$(grep "cannot listen at $first: Address already in use" report2)"
end
configure 'plugin = "prometheus"; listen = "nonsense";'
act sonde run -c sonde.cfg --report-file=report -- true
check "an address that is none is told" -n "$(grep 'cannot listen at nonsense: Invalid argument' report)"

echo "# too early, and too slow"
configure "interval = \"1h\"; $local_port connections = 1; timeout = \"1s\";"
sed -i 's/interval = "100ms"; //' sonde.cfg
begin sh -c 'read line'
await_file address
ask /metrics
check "before there are figures it says so, and when to come again" "$code" = 503 -a \
	"$(grep -ci '^retry-after: 1' head)" = 1
exec 7<>"/dev/tcp/127.0.0.1/$(sed 's/.*://' address)"
printf 'GET /metr' >&7
ask /healthz
check "a client that is silent is cut off, and the next one served" "$code" = 200 -a -z "$(timeout 30 cat <&7)"
exec 7>&-
end

echo "# while a program works"
configure "$local_port"
begin "$top_builddir/tests/exporters/busy" 16
await_figures
"$python" -I "$top_srcdir/tests/exporters/scrapes.py" "$(cat address)" 30 >scrapes 2>&1
check "each scrape of sixteen busy threads is consistent, and no count falls" -z "$(head -5 scrapes)"
end
check "the program ran to its end" "$status" = 0
finish
