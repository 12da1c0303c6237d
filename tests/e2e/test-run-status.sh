# SPDX-License-Identifier: MIT
#
# What sonde run exits with, and what the command finds.
. "${top_srcdir:-.}/tests/e2e/lib.sh"
cd "$scratch" || exit 1

wrong=
for i in $(seq 0 255); do
	act sonde run --report=none -- "$subject" exit "$i"
	test "$status" -eq "$i" || wrong="$wrong $i"
done
check "every exit status from 0 to 255 comes back" -z "$wrong"

wrong=
for i in 1 2 3 4 6 7 8 9 10 11 13 14 15 31 34 64; do
	act sonde run --report=none -- "$subject" die "$i"
	test "$status" -eq $((128 + i)) || wrong="$wrong $i"
done
check "sonde dies of the signal that the command died of" -z "$wrong"

act bash -c "ulimit -c unlimited; '$sonde' run --report=none -- bash -c 'ulimit -c 0; kill -SEGV \$\$'"
check "sonde leaves no core file of its own" "$status" -eq 139 -a -z "$(find . -name 'core*')"

act sonde run nosuchcommand
says "a command that is not found ends with 127" 127 "sonde: run: nosuchcommand: command not found"
act sonde run ./nosuchfile
says "a path that does not exist ends with 127" 127 "sonde: run: ./nosuchfile: No such file or directory"
: >plain
act sonde run ./plain
says "a file that is not executable ends with 126" 126 "sonde: run: ./plain: Permission denied"
act sonde run "$scratch"
says "a directory ends with 126" 126 "sonde: run: $scratch: Permission denied"
printf '#!/no/such/interpreter\n' >script
chmod +x script
act sonde run ./script
says "a script without its interpreter ends with 126" 126 \
	"sonde: run: ./script: its interpreter was not found"
XDG_STATE_HOME=$scratch/other act sonde run ./script
check "a command that did not start leaves no recording" ! -e "$scratch/other"

act sonde run
says "no command ends with 125" 125 "sonde: run: which command?"
act sonde run --lable=a=b true
says "an unknown option ends with 125 and names the nearest" 125 \
	"sonde: run: unknown option '--lable'; did you mean '--label'?"
act sonde run --report=xml true
says "an unknown report format ends with 125" 125 \
	"sonde: run: unknown report format 'xml': none, text, json, csv, jsonlines, openmetrics, otlp-json, otlp-protobuf, prometheus, prometheus-protobuf, statsd, folded, pprof, chrome"
act sonde run --label nonsense true
says "a label without a value ends with 125" 125 "sonde: run: --label: 'nonsense' is not KEY=VALUE"
act sonde run -o /no/such/folder/x true
says "a recording that cannot be written is said before the command starts" 125 \
	"sonde: run: cannot write the recording: /no/such/folder/x: No such file or directory"
act sonde run --report-file=/no/such/folder/x touch started
says "a report that cannot be written is said before the command starts" 125 \
	"sonde: run: cannot write the report: /no/such/folder/x: No such file or directory"
check "the command did not start then" ! -e started
SONDE_PRELOAD=/no/such.so act sonde run touch started
says "a missing preload library ends with 125" 125 \
	"sonde: run: cannot read the preload library /no/such.so: No such file or directory"
mkdir "with space" && cp "$top_builddir/.libs/libsonde-preload.so" "with space/"
SONDE_PRELOAD="with space/libsonde-preload.so" act sonde run touch started
check "a preload library that LD_PRELOAD cannot name ends with 125" "$status" -eq 125 -a ! -e started
act bash -c "ulimit -n 4; exec '$sonde' run touch started"
says "too few descriptors for sonde end with 125" 125 \
	"sonde: run: 4 open files are allowed (RLIMIT_NOFILE), sonde needs 16"
act bash -c "ulimit -Sn 4; '$sonde' run --report=none bash -c 'ulimit -n'"
check "a small soft limit is the command's, not ours" "$status" -eq 0 -a "$(cat out)" = 4
act bash -c "ulimit -Sf 1; '$sonde' run --report=none bash -c 'ulimit -f'"
check "so is a small file size limit" "$status" -eq 0 -a "$(cat out)" = 1
act bash -c "ulimit -f 1; exec '$sonde' run touch started"
check "files that may not be as large as a session end with 125" "$status" -eq 125 -a ! -e started -a \
	-n "$(grep 'files of 1024 bytes are allowed (RLIMIT_FSIZE), sonde needs' err)"
act sonde runn
says "an unknown subcommand names the nearest" 2 "sonde: unknown command 'runn'; did you mean 'run'?"

printf 'echo from a script without a first line "$@"\n' >bare
chmod +x bare
act sonde run --report=none ./bare x
check "a script without an interpreter line runs as in a shell" \
	"$(cat out)" = "from a script without a first line x"
act sonde run --report=none -- "$subject" exit 3 -o x
check "options after the command are the command's" "$status" -eq 3 -a ! -e x

head -c 1000000 /dev/urandom >random
act sonde run cat random
check "standard output is the command's, byte for byte" "$status" -eq 0 -a "$(cmp random out && echo same)" = same
act sonde run --report=none sh -c 'echo problem >&2'
check "with --report=none standard error is the command's alone" "$(cat err)" = problem

"$subject" descriptors 5<random 7<random >bare.out
sonde run --report=none "$subject" descriptors 5<random 7<random >watched.out
check "the command inherits the descriptors that we were given and no other" \
	"$(cat watched.out)" = "$(cat bare.out)"
"$subject" descriptors <&- 2>&- >bare.out
sonde run --report=none "$subject" descriptors <&- 2>&- >watched.out
check "standard streams that were closed stay closed" "$(cat watched.out)" = "$(cat bare.out)"

(trap '' HUP CHLD PIPE; "$subject" signals >bare.out)
(trap '' HUP CHLD PIPE; sonde run --report=none "$subject" signals >watched.out)
check "ignored signals are ignored, blocked ones blocked in the command as without us" \
	"$(cat watched.out)" = "$(cat bare.out)" -a -s bare.out

library=$top_builddir/.libs/libsonde-preload.so
LD_PRELOAD="libm.so.6 libdl.so.2" act sonde run --report=none "$subject" preload
check "our library is preloaded before the user's, whose order stays" \
	"$(cat out)" = "$library:libm.so.6 libdl.so.2
session"
# The launcher is watched as well, in a session that nobody ends: it goes with the test.
SONDE_DIRECTORY=$scratch LD_PRELOAD="libm.so.6:$library" act sonde run --report=none "$subject" preload
check "our library is not preloaded twice" "$(head -1 out)" = "libm.so.6:$library"
act sonde run --report=none "$sonde" run --report=none "$subject" exit 7
check "sonde under sonde gives the status back" "$status" -eq 7
finish
