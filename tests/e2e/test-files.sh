#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # variables of lib.sh
#
# Files and peers in reports, and what stands there of their names.
. "${top_srcdir:-.}/tests/e2e/lib.sh"

cd "$scratch" || exit 1
mkdir tree
seq 100 >tree/numbers
# shellcheck disable=SC2016 # perl's variables
program='open(my $in, "<", "tree/numbers") or die; sysread($in, my $text, 1000) for 1..3; close $in;
	open(my $none, "<", "tree/secret-$_") for (1, 2, 2, 2); open(my $out, ">", "tree/out"); syswrite($out, "12345");
	if (fork() == 0) { syswrite($out, "1234"); exit 0 } wait;
	use Socket; socket(my $s, PF_UNIX, SOCK_STREAM, 0); connect($s, pack_sockaddr_un("tree/socket")); exit 0'

# record CONFIGURATION RECORDING
record() {
	echo "$1" >sonde.cfg
	act sonde run -c sonde.cfg -o "$2" --report-file=report -- perl -e "$program"
	check "a program is watched with '$1'" "$status" = 0
}

# row PATH COLUMN - of the table that was written last.
row() {
	awk -F, -v path="\"$1\"" -v column="$2" 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
		$1 == path { print $at[column] }' out
}

record '' plain.json
act sonde report --by=file --format=csv plain.json
check "a file's row tells how often it was opened" "$(row "$scratch/tree/numbers" opens)" = 1
check "how much was read from it" "$(row "$scratch/tree/numbers" read_bytes)" = "$(wc -c <tree/numbers)"
check "with how many calls" "$(row "$scratch/tree/numbers" reads)" = 3
check "what a child wrote to it, too" "$(row "$scratch/tree/out" written_bytes)" = 9
check "and how often it was not there" "$(row "$scratch/tree/secret-2" failures)" = 3
act sonde report --lines=0 --width=160 plain.json
check "the report shows the file that was missing most often" -n "$(grep -F "3 of them: $scratch/tree/secret-2" out)"
check "and what was read and written" -n "$(grep -E 'tree/out +1 +- +9B' out)"
act sonde report --by=file --sort=errors --lines=2 plain.json
check "the rows that are shown are those that were asked for" -n "$(sed -n 2p out | grep -F more)" -o \
	-n "$(sed -n 2p out | grep -F secret-2)"
act sonde report --by=peer --format=json plain.json
check "a peer's row tells why it was not to be had" -n \
	"$(grep '"peer":"unix:tree/socket".*"call":"connect","errno":"ENOENT"' out)"
act sonde report --by=stone plain.json
check "what there is no row for is refused" "$status" = 2
act sonde report --by=file --format=prometheus plain.json
check "names are no labels of metrics" "$status" = 2
act sonde report --format=prometheus plain.json
check "also where metrics are asked for" -z "$(grep -F "$scratch" out)"

# Names have the room of figures that are not there.
long=tree/appendonly.aof.1.incr.aof
echo 12345 >"$long"
act sonde run -o long.json --report=none -- perl -e "open(my \$f, '<', '$long'); sysread(\$f, my \$t, 9)"
act sonde report --by=file long.json
check "more of a long path is shown where columns are empty" -n "$(grep -F "/${long#tree/} " out)"
check "one in which nothing stands is left out" -z "$(sed -n 1p out | grep -w WRITTEN)"
check "but none of the others" -n "$(sed -n 1p out | grep -w READ)"
check "and the lines are as long as ever" "$(wc -L <out)" -le 80
act sonde report --by=file --width=160 long.json
check "where there is room, all columns stand" -n "$(sed -n 1p out | grep -w WRITTEN)"

# What a process has from its parent: a pipe, a device, a pipe with a name, a file.
mkfifo named
sonde run -o inherited.json --report=none -- sh -c '
	(exec <named; cat) | cat >/dev/null &
	echo 12345678 >named
	wait
	dd bs=16 count=1 <tree/numbers 2>/dev/null | cat >inherited'
act sonde report --by=file --format=csv inherited.json
check "what is written to the null device is told by that name" "$(row /dev/null written_bytes)" -ge 9
check "a pipe with a name has it" "$(row "$scratch/named" read_bytes)" = 9
check "a file that was open already has its path" "$(row "$scratch/tree/numbers" read_bytes)" = 16
check "so has one that is written to" "$(row "$scratch/inherited" written_bytes)" = 16
check "a pipe without a name is no file" -z "$(grep -i pipe: out)"

record 'files: { privacy = "hashed"; }; peers: { privacy = "hashed"; };' hashed.json
# The command, which is perl with its program, stands elsewhere in the recording.
act sonde report --by=file --format=csv hashed.json
check "hashed, no path is in the recording" -z "$(grep -F tree out)"
check "but a row for each file is, in a parent and its child the same" "$(awk -F, '$10 == 9 || $9 == 2 { n++ } END { print n }' out)" = 1
cut -d, -f1 out | sort >first
record 'files: { privacy = "hashed"; }; peers: { privacy = "hashed"; };' again.json
act sonde report --by=file --format=csv again.json
check "and in another session each has another hash" "$(cut -d, -f1 out | sort | comm -12 first - | grep -c '"')" = 0

record 'files: { privacy = "off"; };' off.json
act sonde report --by=file --format=json off.json
check "off, there are no files" "$(cat out)" = "[]"
act sonde report --by=peer --format=json off.json
check "but peers" -n "$(grep unix:tree/socket out)"
record 'peers: { privacy = "off"; }; files: { most = 2; };' few.json
act sonde report --by=peer --format=json few.json
check "or the other way around" "$(cat out)" = "[]"
act sonde report --by=file --format=csv few.json
check "beyond the limit there is one row, with what is missing elsewhere" \
	"$(awk -F, 'NR > 1 { n += $3; f += $15; b += $5 + $10 } END { print n, f, b }' out)" = \
	"$(sonde report --by=file --format=csv plain.json | awk -F, 'NR > 1 { n += $3; f += $15; b += $5 + $10 } END { print n, f, b }')"

finish
