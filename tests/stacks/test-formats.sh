#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Profiles for other tools: what they read there adds up to the same.
. "${top_srcdir:-.}/tests/stacks/lib.sh"

build sites -O2 -fno-builtin
for what in many heap slow; do
	watch stacks.failures=true stacks.slower_than=20ms memory.exact=true -- "$scratch/sites" "$what"
	cp "$recording" "$scratch/$what.json"
done

# folded_sum RECORDING VALUE KIND
folded_sum() {
	sonde report --format=folded --sample="$2" "$1" | awk -v kind="$3" 'index($0, kind ";") == 1 { sum += $NF } END { printf "%.0f", sum }'
}

check "folded: a line has frames and a whole number" \
	"$(sonde report -f folded "$scratch/many.json" | grep -cvE '^[^ ].*;[^;]+ [0-9]+$')" = 0
check "folded: the calls of a kind are all there" "$(folded_sum "$scratch/many.json" calls failure)" = 5000

# decode RECORDING - the sums of all values by kind, "KIND CALLS TIME BYTES ERRORS LIVE"; by a decoder that knows our schema
# only, to be compared with one that knows the real one.
decode() {
	sonde report -f pprof "$1" | zcat | protoc --decode=pprof.Profile -I "$top_srcdir/src/format" profile.proto |
		python3 -c '
import re, sys
text = sys.stdin.read()
strings = re.findall(r"^string_table: \"(.*)\"$", text, re.M)
sums = {}
for sample in re.findall(r"^sample \{\n(.*?)^\}", text, re.M | re.S):
    values = [int(v) for v in re.findall(r"^  value: (-?\d+)$", sample, re.M)]
    kind = strings[int(re.search(r"key: %d\n    str: (\d+)" % strings.index("kind"), sample).group(1))]
    sums[kind] = [a + b for a, b in zip(sums.get(kind, [0] * 5), values)]
for kind in sorted(sums):
    print(kind, *sums[kind])'
}

# folded RECORDING - the same from the other format
folded() {
	local kind
	for kind in allocation failure slow; do
		if sonde report -f folded "$1" | grep -q "^$kind;"; then
			echo "$kind $(for value in calls time bytes errors live; do folded_sum "$1" "$value" "$kind"; echo; done | xargs)"
		fi
	done
}

for what in many heap slow; do
	check "pprof and folded have the same sums: $what" "$(decode "$scratch/$what.json")" = "$(folded "$scratch/$what.json")"
done

# A decoder of somebody else's, where there is one.
if command -v go >/dev/null && go tool pprof -help 2>&1 | grep -q -- -raw; then
	sonde report -f pprof "$scratch/many.json" >"$scratch/many.pb.gz"
	go tool pprof -raw "$scratch/many.pb.gz" >"$scratch/raw" 2>"$scratch/err"
	check "pprof reads the profile" "$(awk '/^ *[0-9]+ +[0-9]+ +[0-9]+ +[0-9]+ +[0-9]+: / { sum += $4 } END { print sum }' \
		"$scratch/raw")" = 5000
	check "pprof sees functions, files and inlined functions" \
		"$(go tool pprof -sample_index=errors -traces "$scratch/many.pb.gz" 2>/dev/null | grep -cE '^ +(inner|inlined|middle|outer|main)( \(inline\))?$')" -ge 5
fi
if command -v npm >/dev/null && (cd "$scratch" && npm install --silent --no-audit --no-fund pprof-format@2 >/dev/null 2>&1); then
	sonde report -f pprof "$scratch/heap.json" | zcat >"$scratch/heap.pb"
	check "the npm package pprof-format reads the profile" "$(cd "$scratch" && node -e '
		const { Profile } = require("pprof-format");
		const p = Profile.decode(require("fs").readFileSync("heap.pb"));
		const value = p.sampleType.findIndex((t) => p.stringTable.strings[Number(t.type)] === "bytes");
		console.log(String(p.sample.reduce((sum, s) => sum + BigInt(s.value[value]), 0n)));')" = \
		"$(folded_sum "$scratch/heap.json" bytes allocation)"
fi

sonde report -f chrome "$scratch/slow.json" >"$scratch/trace.json"
check "the trace has each slow call, with its thread, length and stack" "$(python3 -c '
import json, sys
events = [e for e in json.load(open(sys.argv[1]))["traceEvents"] if e["ph"] == "X"]
print(len(events), events[0]["name"], events[0]["dur"] >= 30000, events[0]["pid"] == events[0]["tid"],
      events[0]["args"]["stack"][0].split()[0])' "$scratch/trace.json")" = "1 usleep True True sleep_long"

# Exemplars: slow calls of all buckets, from a read of a pipe, whose kinds are told apart, in two processes.
watch stacks.slower_than=5ms -- sh -c 'for time in 0.01 0.02 0.04 0.07; do sleep $time | cat; done; ls /nowhere'
/usr/bin/python3 -I "$here/exemplars.py" "$recording" <(sonde report --format=openmetrics "$recording") >"$scratch/verdict" 2>&1
cat "$scratch/verdict"
n_passed=$((n_passed + $(grep -c '^ok' "$scratch/verdict")))
n_failed=$((n_failed + $(grep -c '^not ok' "$scratch/verdict")))
check "exemplars were looked at to the end" "$(grep -c '^\(not \)\?ok' "$scratch/verdict")" = 6

act sonde report --sample=nothing "$recording"
says "an unknown value is refused" 2 "sonde: report: unknown value 'nothing': calls, time, bytes, errors or live"

finish
