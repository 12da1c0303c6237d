#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Stacks are switched on and off in a program that runs, are seen while it runs, and are taken where a program forbids itself
# everything and where it holds the loader's lock.
. "${top_srcdir:-.}/tests/stacks/lib.sh"
cd "$scratch" || exit 1
export SONDE_DIRECTORY=$scratch/sessions
mkdir sessions

cat >obey.c <<'END'
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
__attribute__((noinline)) static int fail(void)
{
	volatile int fd = open("/nonexistent/file", O_RDONLY);

	return fd;
}
/* Fails once for each line, and answers with one. */
int main(void)
{
	char line[16];

	while (fgets(line, sizeof(line), stdin)) {
		fail();
		puts("done");
		fflush(stdout);
	}
	return 0;
}
END
$CC -g -O1 -o obey obey.c || exit 1
mkfifo orders answers
"$sonde" run -o recording.json --report=none -- ./obey <orders >answers 2>run.err &
run_pid=$!
exec 8>orders 9<answers

order() {
	echo >&8
	read -r _ <&9
}

n_stacks() {
	sonde report --format=folded "$@" 2>err | awk '/;fail;open \[ENOENT\] / { sum += $NF } END { print sum + 0 }'
}
order
session=$(echo sessions/sonde-*/*)
check "before it is asked for, no stack is taken" "$(n_stacks "$session")" = 0
act sonde set "$session" stacks.failures=on
order
order
check "stacks are taken from when they are switched on" "$(n_stacks "$session")" = 2
act sonde set "$session" stacks.failures=off
order
check "and not from when they are switched off" "$(n_stacks "$session")" = 2
act sonde set "$session" stacks.every=1 timing.open=1
order
check "so can be every call" "$(sonde report -f folded "$session" | grep -c '^every;.*fail;open 1$')" = 1
act sonde set "$session" stacks.allocated=1KiB
says "what needs memory from the start cannot be" 2 \
	"sonde: set: stacks.allocated cannot be changed while programs run; stacks.failures, stacks.slower_than, stacks.every and stacks.depth can"
act sonde set "$session" stacks.depth=0
check "a value out of range is refused" "$status" = 2
exec 8>&-
wait "$run_pid"
exec 9<&-
check "the recording has them, too" "$(n_stacks recording.json)" = 2

cat >locked.c <<'END'
/* A thread that holds the loader's lock waits for one whose calls fail. */
#define _GNU_SOURCE
#include <link.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
static pthread_barrier_t is_held;
static void *fail(void *unused)
{
	pthread_barrier_wait(&is_held);
	for (int i = 0; i < 100; i++) {
		volatile int result = access("/nonexistent/file", F_OK);

		free(malloc(1000 + (size_t)-result));
	}
	return unused;
}
static int hold(struct dl_phdr_info *info, size_t size, void *thread)
{
	pthread_barrier_wait(&is_held);
	pthread_join(*(pthread_t *)thread, NULL);
	return info && size ? 1 : 0;
}
int main(void)
{
	pthread_t thread;

	pthread_barrier_init(&is_held, NULL, 2);
	if (pthread_create(&thread, NULL, fail, NULL) != 0)
		return 1;
	return dl_iterate_phdr(hold, &thread) != 1;
}
END
$CC -g -O1 -fno-builtin -o locked locked.c -pthread || exit 1
act timeout 60 "$sonde" run -s stacks.failures=true -s stacks.allocated=1KiB -o recording.json --report=none -- ./locked
check "a stack needs no lock of the loader's" "$status" = 0
source=$scratch/locked.c
came_from "and is whole all the same" failure access ENOENT 100 fail@- ...

cat >confined.c <<'END'
#include <errno.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
__attribute__((noinline)) static void fail(void)
{
	for (int i = 0; i < 20; i++) {
		char byte;

		if (read(-1, &byte, 1) >= 0 || errno != EBADF)
			syscall(SYS_exit, 3);
	}
}
int main(void)
{
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) != 0)
		return 1;
	fail();
	syscall(SYS_exit, 0);
}
END
$CC -g -O1 -o confined confined.c || exit 1
act "$sonde" run -s stacks.failures=true -s stacks.allocated=1KiB -s stacks.slower_than=1ns -o recording.json --report=none -- ./confined
check "who may hardly ask the kernel for anything is not killed for a stack" "$status" = 0
source=$scratch/confined.c
came_from "and its failures are seen" failure read EBADF 20 fail@- ...

finish
