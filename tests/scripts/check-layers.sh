# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # top_srcdir comes from the makefile
. "$top_srcdir/tests/scripts/lib.sh" || exit

tree=$scratch/tree

# includes FILE HEADER - makes a tree in which one file includes one header.
includes() {
	rm -rf "$tree"
	mkdir -p "$tree/src" "$tree/plugins" "$tree/include" "$tree/$(dirname "$1")"
	printf '#include <stdio.h>\n#include "%s"\n' "$2" >"$tree/$1"
}

check() {
	"$top_srcdir/scripts/check-layers" "$tree"
}

is_refused() {
	includes "$1" "$2"
	finds "$1:2: includes \"$2\"" check
}

is_allowed() {
	includes "$1" "$2"
	passes check
}

report "base may not include record" is_refused src/base/clock.c record/probe.h
report "record may not include preload" is_refused src/record/region.h preload/resolve.h
report "model may not include calls beyond call.h" is_refused src/model/region.c calls/calls.gen.h
report "report may not include host" is_refused src/report/text.c host/config.h
report "tool may not include preload" is_refused src/tool/main.c preload/resolve.h
report "a plugin may not include src" is_refused plugins/statsd.c base/clock.h
report "a public header may not include src" is_refused include/sonde/sonde.h base/clock.h
report "nobody includes a header by the way to it" is_refused src/model/region.c ../base/clock.h
report "a folder that nobody knows is refused" is_refused src/extra/extra.c base/clock.h
report "record may include base" is_allowed src/record/region.h base/clock.h
report "model may include call.h" is_allowed src/model/region.c calls/call.h
report "tool may include host" is_allowed src/tool/main.c host/config.h
report "a plugin may include the public headers" is_allowed plugins/statsd.c sonde/plugin.h
report "a plugin of many files may include its own" is_allowed plugins/statsd/packet.c statsd/packet.h
report "a plugin may include what plugins share" is_allowed plugins/statsd/packet.c shared/buffer.h
report "what plugins share may not include a plugin's" is_refused plugins/shared/buffer.c statsd/packet.h
report "a public header may not include what plugins share" is_refused include/sonde/sonde.h shared/buffer.h
report "a plugin may not include another's" is_refused plugins/statsd/packet.c otlp/packet.h
report "every file may include config.h" is_allowed src/base/clock.c config.h
finish
