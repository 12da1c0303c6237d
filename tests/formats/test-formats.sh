#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Figures that have broken other exporters, in each format, as its readers see them.
. "$top_srcdir/tests/e2e/lib.sh"

hostile=$top_builddir/tests/formats/hostile
# Debian's own: it has the packages.
python=/usr/bin/python3

# judge SENTENCE FORMAT [NAME VALUE]... - writes and has it judged; each line of the judge's is a test
judge() {
	echo "# $1"
	if ! "$hostile" "${@:2}" >"$scratch/$2" 2>"$scratch/err"; then
		fail "$1: it is written" "$(head -3 "$scratch/err")"
		return
	fi
	"$python" -I "$top_srcdir/tests/formats/judge.py" "$2" "$scratch/$2" "$scratch" >"$scratch/verdict" 2>&1
	local status=$?
	cat "$scratch/verdict"
	n_passed=$((n_passed + $(grep -c '^ok' "$scratch/verdict")))
	n_failed=$((n_failed + $(grep -c '^not ok' "$scratch/verdict")))
	if test "$status" -gt 1 || ! grep -q '^ok' "$scratch/verdict"; then
		fail "$1: it can be read" "$(tail -3 "$scratch/verdict")"
	fi
}

# accepted SENTENCE FILE - promtool has nothing against it; what it would name otherwise is another matter (3)
accepted() {
	promtool check metrics <"$2" >"$scratch/out" 2>&1
	local status=$?
	if test "$status" = 0 || test "$status" = 3; then pass "$1"; else fail "$1" "$(head -5 "$scratch/out")"; fi
}

protoc --proto_path="$top_srcdir/src/format" --python_out="$scratch" otlp.proto prometheus.proto
for format in prometheus openmetrics csv jsonlines otlp-json otlp-protobuf prometheus-protobuf statsd; do
	judge "$format" "$format"
done
judge "prometheus with the buckets that are used" prometheus buckets used
judge "openmetrics with the buckets that are used" openmetrics buckets used
"$hostile" otlp-json histograms explicit resource.host.name other resource.service.name mine >"$scratch/explicit"
"$python" -I "$top_srcdir/tests/formats/judge.py" otlp-explicit "$scratch/explicit" >"$scratch/verdict" 2>&1
check "explicit bounds and attributes that are given are as they should be" $? = 0
grep -v '^ok' "$scratch/verdict"
accepted "promtool accepts it" "$scratch/prometheus"

"$hostile" prometheus run 'a"b' >"$scratch/run"
accepted "promtool accepts a label of all series" "$scratch/run"
check "every series has it" "$(grep -v '^#' "$scratch/run" | grep -cv '[{]run="a\\"b"')" = 0
act "$hostile" prometheus buckets some
check "a parameter's unknown value is refused" "$status" = 1
act "$hostile" otlp-json resource. some
check "an attribute without a key is refused" "$status" = 1
act "$hostile" xml
check "an unknown format is refused" "$status" = 1

if localedef -i de_DE -f UTF-8 "$scratch/de_DE.UTF-8" >/dev/null 2>&1; then
	for format in prometheus openmetrics csv jsonlines otlp-json otlp-protobuf prometheus-protobuf statsd; do
		LOCPATH=$scratch LC_ALL=de_DE.UTF-8 "$hostile" "$format" >"$scratch/german"
		"$hostile" "$format" >"$scratch/plain"
		cmp -s "$scratch/german" "$scratch/plain"
		check "$format is the same where numbers have a comma" $? = 0
	done
else
	fail "there is a locale with a comma in numbers" "localedef needs the package locales"
fi

# A real run: what calls did, counted by sonde and by Prometheus's own reader.
sonde run -o "$scratch/recording.json" --report=none -- sh -c 'for i in 1 2 3; do cat /dev/null; done'
for format in prometheus openmetrics csv jsonlines otlp-json otlp-protobuf prometheus-protobuf statsd; do
	act sonde report --format="$format" "$scratch/recording.json"
	check "a recording is reported as $format" "$status" = 0
	cp "$scratch/out" "$scratch/run.$format"
done
accepted "promtool accepts a run" "$scratch/run.prometheus"
"$python" -I "$top_srcdir/tests/formats/judge.py" run "$scratch/run.prometheus" "$scratch/recording.json" \
	>"$scratch/verdict" 2>&1
check "and Prometheus's reader finds what was recorded" $? = 0
grep '^#' "$scratch/verdict"
finish
