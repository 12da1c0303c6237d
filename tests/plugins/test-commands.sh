# SPDX-License-Identifier: MIT
#
# sonde plugins.
. "${top_srcdir:-.}/tests/plugins/lib.sh"

act sonde plugins
check "plugins that come with sonde are listed" "$status" = 0 -a -n "$(grep '^jsonlines .* exporter ' out)" -a \
	-n "$(grep '^resources .* monitor ' out)"
act sonde plugins help jsonlines
check "their options are explained" "$status" = 0 -a -n "$(grep -A 1 '^rotate_at' out | grep 'size: at least 1KiB')"
act sonde plugins --format=markdown help jsonlines
check "also as a table" -n "$(grep '^| `file` | string' out)"
act sonde plugins help jsonline
says "one that there is not is told with the nearest" 1 \
	"sonde: plugins: there is no plugin 'jsonline' in $top_builddir/plugins/.libs; did you mean 'jsonlines'?"
act sonde plugins chek
check "so is an action" "$status" = 2 -a -n "$(grep "did you mean 'check'" err)"
act sonde plugins check csv jsonlines textfile resources prometheus
check "those that come with sonde pass their check" "$status" = 0 -a -z "$(grep -v '^PASS' out)"

# Two addresses that are nobody else's: one takes what it is sent; where the other is nobody listens.
cat >hold.py <<'END'
import signal, socket
taker, other = socket.socket(type=socket.SOCK_DGRAM), socket.socket()
for one in taker, other:
    one.bind(("127.0.0.1", 0))
print(taker.getsockname()[1], other.getsockname()[1], flush=True)
signal.pause()
END
mkfifo ports
/usr/bin/python3 -I hold.py >ports &
trap 'kill '$!'; rm -rf "$scratch"' EXIT
read -r taker nobody <ports
act sonde plugins check -o address="127.0.0.1:$taker" statsd
check "also one that sends what nobody answers" "$status" = 0 -a -z "$(grep -v '^PASS' out)"
export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:$nobody
act sonde plugins check otlp
check "also where nobody takes what they send, which is told" "$status" = 0 -a \
	"$(grep -c 'takes snapshots: and finds no receiver' out)" -ge 1
act sonde plugins check -o endpoint="http://127.0.0.1:$nobody" otlp
check "unless they are told of one that is not there" "$status" = 1 -a -n "$(grep '^FAIL .*takes snapshots.*127.0.0.1' out)"
act sonde plugins check -o command=cat exec
check "also the one that needs to be given something" "$status" = 0 -a -z "$(grep -v '^PASS' out)"
act sonde plugins check exec -o command=cat
check "options may come after the plugin" "$status" = 0 -a -z "$(grep FAIL out)"
act sonde plugins help csv --format=markdown jsonlines
check "and between plugins" "$status" = 0 -a "$(grep -c '^| option ' out)" -eq 2
act sonde plugins help -- csv -o
check "after two dashes there are none" "$status" = 1 -a -s out -a "$(cat err)" = \
	"sonde: plugins: there is no plugin '-o' in $top_builddir/plugins/.libs"

export SONDE_PLUGIN_PATH=$zoo
act sonde plugins list
check "one that crashes when it is loaded is listed with that" "$status" = 1 -a \
	-n "$(grep '^crash-load .*crashed when it was loaded: SIGSEGV' out)"

# fails ANIMAL TEXT - the check finds it.
fails() {
	act sonde plugins check "$1"
	check "check finds out: $1" "$status" = 1 -a -n "$(grep "^FAIL .*$2" out)"
}
act sonde plugins check well
check "a good plugin passes" "$status" = 0 -a -z "$(grep -v '^PASS' out)"
act sonde plugins check monitor
check "so does a good monitor" "$status" = 0 -a -z "$(grep -v '^PASS' out)"
fails wrong-abi 'speaks ABI 2'
fails small '12 bytes'
fails unresolved no_such_function
fails crash-load SIGSEGV
fails hang-load 'not come back'
fails leaks 'exports .*compress'
fails garbage '4711'
fails crash-export 'SIGSEGV in .*export_snapshot'
fails forks-export 'ends what it has started'
fails hang-stop 'stop has not come back'
fails retries 'nobody is there'
cp "$zoo/well.so" renamed.so
chmod go-w renamed.so .
act sonde plugins check renamed.so
check "a file in the current folder can be checked, and its name is" "$status" = 1 -a \
	-n "$(grep '^FAIL name .*well is in renamed.so' out)"
finish
