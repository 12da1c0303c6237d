# SPDX-License-Identifier: MIT
#
# The exporter csv.
. "${top_srcdir:-.}/tests/plugins/lib.sh"

# ask FILE EXPRESSION - of the rows, dictionaries by column.
ask() {
	python3 - "$1" "$2" <<'END'
import csv, sys
with open(sys.argv[1], newline="") as stream:
    rows = list(csv.DictReader(stream, strict=True))
print(eval(sys.argv[2]))
END
}

configure 'plugin = "csv"; file = "out.csv";'
act sonde run -c sonde.cfg -o recording.json --report=none -- sleep 0.4
check "the first row names the columns" "$(head -1 out.csv)" = \
	"taken,sequence,name,tags,type,unit,statistic,value$(printf '\r')"
check "each row has all columns" "$(ask out.csv 'all(None not in r and None not in r.values() for r in rows)')" = True
check "the last snapshot has what the recording has" "$(ask out.csv 'sum(int(r["value"]) for r in rows
	if r["name"] == "libc.calls" and r["sequence"] == rows[-1]["sequence"])')" = "$(calls_in recording.json)"
check "tags can be taken apart" "$(ask out.csv 'sorted({t.split("=")[0] for r in rows
	if r["name"] == "libc.calls" for t in r["tags"].split(",")})')" = "['call', 'group', 'result']"
check "of a histogram there are count, sum, extremes and quantiles" "$(ask out.csv 'sorted({r["statistic"] for r in rows
	if r["name"] == "libc.call.duration"})')" = "['count', 'max', 'min', 'p50', 'p90', 'p99', 'sum']"
act sonde run -c sonde.cfg --report=none -- true
check "a second run is appended without another first row" "$(grep -c '^taken,' out.csv)" = 1

configure 'plugin = "csv"; file = "small.csv"; rotate_at = "8KiB"; keep = 2;'
act sonde run -c sonde.cfg --report=none -- sh -c 'until test -e small.csv.2; do sleep 0.02; done'
check "each file begins with the columns' names" "$(cat small.csv small.csv.1 small.csv.2 | grep -c '^taken,')" = 3 -a \
	"$(head -qn 1 small.csv small.csv.1 small.csv.2 | sort -u | wc -l)" = 1

configure 'plugin = "csv"; file = "torn.csv";'
printf 'taken,sequence,name,tags,type,unit,statistic,value\r\n2026,3,"a"",\r\nb,' >torn.csv
act sonde run -c sonde.cfg --report=none -- true
check "a row that somebody has left within quotes takes no other with it" "$(ask torn.csv '[r["value"] is None for r in rows[:2]]')" = \
	"[True, False]" -a "$(ask torn.csv 'rows[0]["name"]')" = "$(printf 'a",\r\nb,')"

configure 'plugin = "csv"; file = "both.csv";' 'plugin = "csv"; name = "other"; file = "both.csv";'
act sonde run -c sonde.cfg --report=none -- sleep 0.3
check "two instances that begin a file name the columns once" "$(grep -c '^taken,' both.csv)" = 1

act sonde plugins check csv
check "texts that are hard to write are written" "$status" = 0
finish
