# SPDX-License-Identifier: MIT
#
# Two thousand short processes, one after the other, take no more memory at their end than at their beginning.
. "${top_srcdir:-.}/tests/e2e/limits-lib.sh"

# Samples the session's directory and the memory of sonde, its parent, after every 10 programs that it executed.
cat >many.sh <<'END'
for i in {1..200}; do
	for j in {1..10}; do "$1" calls 3; done
	size=$(du -sk "$SONDE_SESSION")
	read -r _ pages _ <"/proc/$PPID/statm"
	echo "$i ${size%%[!0-9]*} $((pages * $2 / 1024))"
done
END
act sonde run -o recording.json --report=none -- bash many.sh "$subject" "$(getconf PAGESIZE)"
check "the programs run" "$status $(wc -l <out)" = "0 200"

# most FIELD FROM TO - the largest of the samples
most() {
	awk -v field="$1" -v from="$2" -v to="$3" 'NR >= from && NR <= to && $field > most { most = $field } END { print most }' out
}

# least FIELD FROM TO
least() {
	awk -v field="$1" -v from="$2" -v to="$3" 'NR == from || NR > from && NR <= to && $field < least { least = $field } END { print least }' out
}

# What ended processes leave waits to be removed many at once: so what is there right after that is compared. When 500
# programs have run, the totals are as large as they become; one page of each later one would be four megabytes.
check "the session's directory does not grow" "$(least 2 126 200)" -le $(($(least 2 51 125) + 2048))
# Half of what it would be if nothing were given back, and twice what is left to wait.
check "and is small" "$(most 2 1 200)" -le 24576
check "sonde does not grow when it has seen as many processes as it keeps" \
	"$(most 3 101 200)" -le $(($(most 3 51 100) + 512))
check "no call of two thousand programs is lost" \
	"$(value 'count("fsync"), lost("region_full"), r["coverage"]["damaged_regions"], r["unwatched"]')" = "(6000, 0, 0, [])"
check "no process is lost" "$(value 'r["session"]["processes"] >= 2000')" = True
check "those without a record of their own are counted" \
	"$(value 'r["coverage"]["processes_not_kept"] > 1450, 500 <= len(r["processes"]) <= 510')" = "(True, True)"
# Each of these has more than half a megabyte: what waits to be removed is measured by its memory, not by its number.
cat >crowds.sh <<'END'
for i in {1..120}; do
	"$1" crowd 60
	size=$(du -sk "$SONDE_SESSION")
	echo "${size%%[!0-9]*}"
done
END
act sonde run -o recording.json --report=none -- bash crowds.sh "$subject"
check "nor does it grow with processes of many threads" "$(most 1 1 120)" -le 32768
check "of which no thread is lost" \
	"$status $(value 'r["session"]["threads"] >= 120 * 60, lost("region_full"), r["coverage"]["damaged_regions"]')" = \
	"0 (True, 0, 0)"
act sonde run -o recording.json --report=none -- "$subject" children 500
check "nor is any of five hundred forked ones" \
	"$(value 'count("lseek"), count("fork"), r["session"]["processes"], lost("region_full")')" = "(500, 500, 501, 0)"
finish
