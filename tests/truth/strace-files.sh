#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # top_builddir comes from the makefile
#
# sonde tells of real programs which file they opened how often, what they moved through descriptors from and to it,
# and what failed with it, as strace -y does. As in strace.sh, the stacks of strace -k tell the calls of the program from those
# that libc makes for itself.

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=tests/truth/strace-lib.sh
. "$here/strace-lib.sh"
scratch=$(readlink -f "$(mktemp -d)")
trap 'rm -rf "$scratch"' EXIT
n_passed=0
n_failed=0

traced=open,openat,creat,read,write,pread64,pwrite64,readv,writev,newfstatat,stat,lstat,access,faccessat,faccessat2
traced+=,readlink,readlinkat,unlink,unlinkat,mkdir,mkdirat,rmdir,chdir,copy_file_range

if ! command -v strace >/dev/null || ! strace -k -y -o "$scratch/probe" cat /etc/passwd >/dev/null 2>&1 ||
	! grep -q '^ > .*libc' "$scratch/probe" || ! grep -q 'AT_FDCWD</' "$scratch/probe"; then
	echo "ok - files are those of strace # SKIP strace is missing, or may not trace, or cannot unwind"
	exit 77
fi

make_files() {
	make_tree
	printf '#include "own.h"\nint main(void) { return OWN; }\n' >main.c
	echo '#define OWN 0' >one/own.h
	printf 'all: made\nmade: one/numbers\n\tcp one/numbers made\n-include none.mk\n' >Makefile
	make_old
}

# compare NAME FILES COMMAND... - FILES are the ends of some paths that the program certainly opens.
compare() {
	local name=$1 wanted=$2
	shift 2
	in_copy strace -f -k -y -s 0 -qq -e signal=none -e trace="$traced" -o "$scratch/trace" "$@"
	in_copy "$top_builddir/sonde" run --report=none -o "$scratch/recording.json" -- "$@"
	"$top_builddir/sonde" report --by=file --format=json "$scratch/recording.json" >"$scratch/table"
	say_whether "$name" awk -v wanted="$wanted" -v work="$scratch/copy" -f "$here/strace-files.awk" "$scratch/table" "$scratch/trace"
}

mkdir "$scratch/files" "$scratch/home"
(
	cd "$scratch/files" && make_files && git init -q . && git add one && echo changed >>one/text && touch -d @1000000001 one/text
	ssh-keygen -q -t ed25519 -N '' -C '' -f key
	sqlite3 table.db 'create table t(a); insert into t values (1), (2)'
) >/dev/null 2>&1

python='import os
f = os.open("new", os.O_RDWR | os.O_CREAT); os.pwrite(f, b"x" * 100, 5); os.pread(f, 10, 0); os.unlink("new")
os.chdir("one"); print(len(open("numbers").read()), os.path.exists("none"), os.listdir("two"))
if os.fork() == 0: os.write(f, b"x"); os._exit(0)
os.wait()'
# shellcheck disable=SC2016 # perl's variables
perl='open(my $in, "<", "one/numbers"); my $n = 0; $n++ while <$in>; open(my $out, ">", "out"); syswrite($out, $n);
	open(my $none, "<", "none/at/all")'
table='insert into t values (3); update t set a = a + 1; select sum(a) from t'

compare git "/.git/HEAD /.git/index" git status --short
compare gcc "/main.c /own.h" gcc -fsyntax-only -I one -I none main.c
compare python "/new /one/numbers" /usr/bin/python3 -S -E -c "$python"
compare sqlite "/table.db" sqlite3 table.db "$table"
compare tar "/one/two/numbers /one.tar" tar --numeric-owner -cf one.tar one
compare grep "/one/three/text" grep -r 299 one none
compare find "/one" find one none -type f -newer main.c
compare sed "/one/numbers" sed -i s/1/2/ one/numbers
compare make "/Makefile /made" make
compare perl "/one/numbers /out" perl -e "$perl"
compare cp "/one/numbers" cp -r one another
compare sort "/sorted /one/numbers" sort -n -o sorted one/numbers one/text
compare curl "/one/numbers" curl -s -o fetched "file://$scratch/copy/one/numbers"
compare ssh-keygen "/key" ssh-keygen -y -f key
compare bash "/one/numbers" bash -c 'while read -r line; do :; done <one/numbers; echo x >>out; test -e none || . ./none'
compare diff "/one/numbers /one/text" diff one/numbers one/text
compare gzip "/numbers.gz" gzip -k one/numbers
echo "$n_passed passed, $n_failed failed"
test "$n_failed" -eq 0
