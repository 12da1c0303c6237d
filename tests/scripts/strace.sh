# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # top_srcdir comes from the makefile
#
# Traces and recordings of a program that never was: the comparison with strace sees every difference.
. "$top_srcdir/tests/scripts/lib.sh" || exit

cat >"$scratch/trace" <<'END'
7 openat(AT_FDCWD, "/etc/ld.so.cache", O_RDONLY|O_CLOEXEC) = 3
 > /usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2(_dl_catch_error+0x7d3f) [0x201bf]
7 read(3, "a"..., 100) = 100
 > /usr/lib/x86_64-linux-gnu/libc.so.6(read+0xd) [0xf82ad]
 > /usr/bin/program() [0x5d26]
7 read(3,  <unfinished ...>
8 close(4) = 0
 > /usr/lib/x86_64-linux-gnu/libc.so.6(__close+0x10) [0xf89f0]
 > /usr/bin/program() [0x2cf8]
 > /usr/lib/x86_64-linux-gnu/libc.so.6(__libc_start_main+0x85) [0x27305]
7 <... read resumed>"b"..., 100) = 1
 > /usr/lib/x86_64-linux-gnu/libc.so.6(__read+0xd) [0xf82ad]
 > /usr/bin/program() [0x5d26]
7 close(1) = 0
 > /usr/lib/x86_64-linux-gnu/libc.so.6(__close_nocancel+0x7) [0xfce67]
 > /usr/lib/x86_64-linux-gnu/libc.so.6(_IO_fclose+0x128) [0x75ac8]
 > /usr/bin/program() [0x6a3c]
END

# compared READS CLOSES [WANTED] - with a recording of so many.
compared() {
	printf ' "calls": [\n  {"call":"close","count":%d},\n  {"call":"fclose","count":1},\n  {"call":"read","count":%d}],\n' \
		"$2" "$1" >"$scratch/recording"
	printf ' "processes": [\n  {"pid":7,"calls":[\n  {"call":"read","count":%d}]}]\n' "$1" >>"$scratch/recording"
	awk -v wanted="${3-}" -f "$top_srcdir/tests/truth/strace.awk" "$scratch/recording" "$scratch/trace"
}

report "calls that strace saw as often are equal" passes compared 2 1
report "and are counted" grep -q '^3 calls of 2 functions' "$scratch/answer"
report "what libc does by itself is told apart" grep -q '^1 system calls inside other functions: fclose 1; 1 by' "$scratch/answer"
report "a call too many is seen" finds 'read: strace saw 2, sonde counted 3' compared 3 1
report "a call too few is seen" finds 'close: strace saw 1, sonde counted 0' compared 2 0
report "a call that the program should have made is missed" finds 'write: strace saw none' compared 2 1 "read write"
finish
