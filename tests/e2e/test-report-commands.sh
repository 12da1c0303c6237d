# SPDX-License-Identifier: MIT
#
# sonde report and sonde calls.
. "${top_srcdir:-.}/tests/e2e/lib.sh"
cd "$scratch" || exit 1

act sonde report
says "without any recording there is nothing to report" 1 \
	"sonde: report: no recording is kept yet ($XDG_STATE_HOME/sonde/recordings)"
sonde run -o a.json --report-file=run.txt -- "$subject" fork 2
sonde run -o b.json.gz --report=none -- "$subject" exit 1

act sonde report a.json
check "a recording is reported as its run was" "$(cat out)" = "$(cat run.txt)"
act sonde report
check "without an argument the latest is reported" -n "$(grep 'exit status 1' out)"
act sonde report b.json.gz
check "a compressed recording is read" -n "$(grep 'exit status 1' out)"
act sonde report --format=json a.json
check "as JSON it is what it was" "$(cat out)" = "$(cat a.json)"
sonde run -o long.json --report=none -- bash -c 'ls -l / | sort | head -1; no-such-command' >/dev/null 2>&1
act sonde report --lines=0 long.json
all=$(wc -l <out)
act sonde report --lines=20 long.json
check "--lines keeps it short" "$(wc -l <out)" -le 20 -a "$all" -gt 20
check "and below each title there is a row that the section is about" \
	"$(grep -E -A1 '^(CALL|FAILED CALL)  ' out | grep -c '^[a-z]')" = 2
act sonde report --width=200 a.json
check "--width is accepted" "$status" -eq 0
for key in time count errors bytes name; do
	act sonde report --sort="$key" a.json
	check "calls can be sorted by $key" "$status" -eq 0
done

head -c 1000 a.json >truncated.json
act sonde report truncated.json
check "a truncated recording is refused by name" "$status" -eq 1 -a -n "$(grep '^sonde: report: truncated.json' err)"
gzip -c a.json | head -c 300 >truncated.json.gz
act sonde report truncated.json.gz
check "so is a truncated compressed one" "$status" -eq 1 -a -n "$(grep '^sonde: report: truncated.json.gz' err)"
sed 's,"sonde.recording/1","sonde.recording/2",' a.json >newer.json
act sonde report newer.json
check "a newer schema is refused by its name" "$status" -eq 1 -a -n "$(grep 'sonde.recording/2' err)"
echo "hello" >text.json
act sonde report text.json
check "what is not JSON is refused" "$status" -eq 1 -a -n "$(grep '^sonde: report: text.json' err)"
: >empty.json
act sonde report empty.json
check "so is an empty file" "$status" -eq 1 -a -n "$(grep '^sonde: report: empty.json' err)"
head -c 4096 /dev/urandom >noise.json
act sonde report noise.json
check "so is noise" "$status" -eq 1
act sonde report none.json
says "a missing file is named" 1 "sonde: report: none.json: No such file or directory"
act sonde report "$scratch"
says "a directory that is no session is named" 1 "sonde: report: $scratch: a directory, but not of a session"
act sonde report 999999999
says "a number that is no watched process is named" 1 \
	"sonde: report: 999999999: no session of a process with this number"
act sonde report --sort=speed a.json
says "an unknown sort key is wrong usage" 2 \
	"sonde: report: unknown sort key 'speed': time, count, errors, bytes or name"
act sonde report --width=20 a.json
says "so is a width out of range" 2 "sonde: report: --width: '20' is not a number from 80 to 200"
act sonde report --lines=many a.json
says "so is a number that is none" 2 "sonde: report: --lines: 'many' is not a number of lines"
act sonde report a.json b.json.gz
says "so are two recordings" 2 "sonde: report: one recording at a time"
act sonde report --frmat=json
says "so is an unknown option" 2 "sonde: report: unknown option '--frmat'; did you mean '--format'?"
if test -e /dev/full; then
	sonde report a.json >/dev/full 2>err
	status=$?
	says "a full disk is said" 1 "sonde: report: cannot write: No space left on device"
fi

# Options stand on both sides of operands, but for what a command is given.
act sonde report a.json --by=test --format=csv
check "an option behind the recording is one of report" "$status $(head -1 out | cut -d, -f1)" = "0 test"
echo 'budgets = ( { limits = [ "calls >= 1" ]; } );' >budget.cfg
act sonde check a.json --budget budget.cfg
check "one of check" "$status $(cat out)" = "0 1 limits, 0 broken"
act sonde merge a.json -o merged.json b.json.gz
check "one of merge, also between two" "$status" -eq 0 -a -s merged.json
act sonde diff a.json b.json.gz -x 'calls >= 0'
check "and one of diff" "$status" -eq 3
act sonde report -- --by=test
says "behind -- there are no options" 1 "sonde: report: --by=test: No such file or directory"
act sonde run --report=none -- sh -c 'exit $#' sh -o nothing
check "what a command is given is the command's" "$status" -eq 2
act sonde run --report=none sh -c 'exit $#' sh -o nothing
check "also without --" "$status" -eq 2

mkfifo said
"$sonde" run --report=none -- "$subject" await >said &
exec 8<said
read -r _ <&8
child=$(cat "/proc/$!/task/$!/children")
session=$(tr '\0' '\n' <"/proc/${child% }/environ" | sed -n 's/^SONDE_SESSION=//p')
act sonde report "$session"
check "the session of a running command is reported" "$status" -eq 0 -a -n "$(grep await out)"
act sonde report "${child% }"
check "so is the running process" "$status" -eq 0 -a -n "$(grep await out)"
cp out before
act sonde report "${child% }"
check "a look from outside takes nothing away" "$(grep await out)" = "$(grep await before)"
kill "$!"
wait

act sonde calls
check "all groups of calls are listed" "$(awk 'NR > 1 { print $2 }' out | sort -u | wc -l)" -ge 9
act sonde calls --group=dns
check "--group lists that group only" "$(awk 'NR > 1 { print $2 }' out | sort -u)" = dns
act sonde calls read
check "a call is told with group, timing, failure and names" -n \
	"$(grep -E '^read +io +all +descriptor +result < 0 .*__read_chk' out)"
act sonde calls __read_chk
check "any of its names will do" -n "$(grep '^read ' out)"
act sonde calls lsek
says "an unknown call names the nearest" 1 "sonde: calls: unknown call 'lsek'; did you mean 'lseek'?"
act sonde calls --group=oi
says "an unknown group names the nearest" 1 "sonde: calls: unknown group 'oi'; did you mean 'io'?"
act sonde calls --format=json read
check "as JSON, too" -n "$(grep '"call": "read"' out)"

for command in run report calls config; do
	act sonde "$command" --help
	check "sonde $command --help goes to standard output" "$status" -eq 0 -a -s out -a ! -s err
done
# synopsis COMMAND - that of the manual, as text
synopsis() {
	sed -n '/^\.SH SYNOPSIS/,/^\.SH DESCRIPTION/p' "$top_srcdir/docs/sonde.1" |
		awk -v command="$1" '$1 == ".B" && $2 == "sonde" { is_in = $3 == command } /^\.(br|SH)/ { is_in = 0 } is_in' | tr -d '\\'
}
for command in $("$sonde" --help | sed -n 's/^  \([a-z]*\)  .*/\1/p'); do
	options=$("$sonde" "$command" --help | sed -n 's/^  .*--\([a-z-]*\).*  .*/\1/p' | grep -vx help | sort)
	check "the manual's synopsis of $command has its options and no others" \
		"$(synopsis "$command" | grep -o -e '--[a-z-]*[a-z]' | cut -c3- | sort)" = "$options"
done
act sonde --version
check "sonde --version tells the version" -n "$(grep -E '^sonde [0-9]+\.[0-9]+' out)"
act sonde --help
check "sonde --help lists the commands" "$(grep -cE '^  (run|report|calls|config) ' out)" -eq 4
finish
