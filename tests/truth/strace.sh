#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # top_builddir comes from the makefile
#
# sonde counts the calls of real programs as strace does. strace -k prints the stack of every system call: the
# outermost frame of libc in it is the function that the program called, and that is what sonde counts. So the two
# must agree to the last call wherever a libc call is one system call. The system calls that libc and the dynamic
# loader make for themselves (fopen opens, setlocale reads) are told apart by the same stack; they are why strace's
# totals are higher, and for each program a line says how many there were and inside which functions.

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=tests/truth/strace-lib.sh
. "$here/strace-lib.sh"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
n_passed=0
n_failed=0

traced=read,write,pread64,pwrite64,readv,writev,close,open,openat,creat,stat,lstat,fstat,newfstatat,statx,lseek
traced+=,access,faccessat,faccessat2,unlink,unlinkat,rename,mkdir,rmdir,ftruncate,fsync,fdatasync,fcntl,ioctl,dup,dup2
traced+=,pipe,pipe2,socket,bind,listen,accept,accept4,connect,getsockname,getpeername,setsockopt,getsockopt,sendto
traced+=,recvfrom,sendmsg,recvmsg,shutdown,poll,readlink,chdir,fchdir,wait4,waitid,execve,chmod,fchmod,fchmodat,utimensat
traced+=,copy_file_range,fadvise64,getdents64,symlink,link,mmap,munmap

if ! command -v strace >/dev/null || ! strace -k -o "$scratch/probe" true 2>/dev/null ||
	! grep -q '^ > .*libc' "$scratch/probe"; then
	echo "ok - counts are those of strace # SKIP strace is missing, or may not trace, or cannot unwind"
	exit 77
fi

make_files() {
	make_tree
	ln -s numbers one/link
	make_old
}

# compare NAME CALLS COMMAND... - CALLS are some that the program certainly makes.
compare() {
	local name=$1 wanted=$2
	shift 2
	in_copy strace -f -k -qq -e signal=none -e trace="$traced" -o "$scratch/trace" "$@"
	in_copy "$top_builddir/sonde" run --report=none -o "$scratch/recording.json" -- "$@"
	say_whether "$name" awk -v wanted="$wanted" -f "$here/strace.awk" "$scratch/recording.json" "$scratch/trace"
}

mkdir "$scratch/files" "$scratch/home"
(
	cd "$scratch/files" && make_files && git init -q . && git add one && echo changed >>one/text && touch -d @1000000001 one/text
	sqlite3 table.db 'create table t(a); insert into t values (1), (2)'
) >/dev/null 2>&1

# shellcheck disable=SC2016 # perl's variables
sockets='use Socket; socket(my $s, PF_INET, SOCK_STREAM, 0); bind($s, sockaddr_in(0, INADDR_LOOPBACK)); listen($s, 1);
	socket(my $c, PF_INET, SOCK_STREAM, 0); connect($c, getsockname($s)); accept(my $a, $s); send($c, "hello", 0);
	recv($a, my $text, 5, 0); shutdown($c, 1); print $text; syswrite(STDOUT, "x") for 1..50; sysseek(STDIN, 0, 0)'
# shellcheck disable=SC2016 # the shell's that is watched
shell='for i in 1 2 3; do echo $i; done >numbers; cat numbers | wc -l; (cd one && /bin/true); x=$(<numbers); test -e one'
python='import os, subprocess, socket; subprocess.run(["/bin/true"], start_new_session=True); a, b = socket.socketpair(); a.send(b"x"); b.recv(1)
f = os.open("new", os.O_RDWR | os.O_CREAT); os.pwrite(f, b"x" * 100, 5); os.pread(f, 10, 0); os.fsync(f); os.unlink("new")'
table='insert into t values (3); update t set a = a + 1; select sum(a) from t'

compare cat "read write open close" cat one/numbers one/text
compare cp "copy_file_range openat fstatat" cp -r one another
compare dd "read write lseek" dd if=one/numbers of=copy bs=512 count=20 skip=2
compare find "close fstatat" find one -type f -newer one/link
compare git "open read close" git status --short
compare gzip "read write close" gzip -k one/numbers
compare perl "socket bind listen connect accept4 write" perl -e "$sockets"
compare bash "read write close open dup2" bash --norc -c "$shell"
compare python "read pread pwrite fsync open close send recv execve" /usr/bin/python3 -S -E -c "$python"
compare sort "open close dup2" sort -n -o sorted one/numbers one/text
compare sqlite "pread pwrite fcntl open" sqlite3 table.db "$table"
compare tar "read write openat close" tar --numeric-owner -cf one.tar one
echo "$n_passed passed, $n_failed failed"
test "$n_failed" -eq 0
