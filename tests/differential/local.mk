# SPDX-License-Identifier: MIT
#
# Real commands, bare and watched: what they do has to be the same. One case, one file; see compare.
CASE_LOG_COMPILER = $(srcdir)/tests/differential/compare

differential_cases = \
	tests/differential/addresses.case \
	tests/differential/awk.case \
	tests/differential/bash.case \
	tests/differential/control-flow.case \
	tests/differential/coreutils.case \
	tests/differential/cpp-exceptions.case \
	tests/differential/curl.case \
	tests/differential/daemon.case \
	tests/differential/dash.case \
	tests/differential/descriptors.case \
	tests/differential/environment.case \
	tests/differential/errno.case \
	tests/differential/find.case \
	tests/differential/gcc.case \
	tests/differential/git.case \
	tests/differential/grep.case \
	tests/differential/jemalloc-linked.case \
	tests/differential/jemalloc-preloaded.case \
	tests/differential/killed.case \
	tests/differential/limits.case \
	tests/differential/locks.case \
	tests/differential/loader.case \
	tests/differential/make.case \
	tests/differential/namespaces.case \
	tests/differential/node.case \
	tests/differential/older-versions.case \
	tests/differential/openssl.case \
	tests/differential/other-preload.case \
	tests/differential/perl.case \
	tests/differential/process-calls.case \
	tests/differential/pty.case \
	tests/differential/python-subprocess.case \
	tests/differential/python-threads.case \
	tests/differential/sed.case \
	tests/differential/set-uid.case \
	tests/differential/signals.case \
	tests/differential/sort.case \
	tests/differential/sqlite.case \
	tests/differential/ssh-keygen.case \
	tests/differential/static.case \
	tests/differential/stdio.case \
	tests/differential/strains.case \
	tests/differential/tar-gzip.case \
	tests/differential/xz.case

TESTS += $(differential_cases)
EXTRA_DIST += $(differential_cases) tests/differential/compare \
	tests/differential/programs/addresses.c \
	tests/differential/programs/allocate.c \
	tests/differential/programs/daemonise.c \
	tests/differential/programs/descriptors.c \
	tests/differential/programs/errors.c \
	tests/differential/programs/formats.c \
	tests/differential/programs/hello.c \
	tests/differential/programs/jumps.c \
	tests/differential/programs/load.c \
	tests/differential/programs/next.c \
	tests/differential/programs/locks.c \
	tests/differential/programs/processes.c \
	tests/differential/programs/shout.c \
	tests/differential/programs/grow.c \
	tests/differential/programs/strains.c \
	tests/differential/programs/throws.cc \
	tests/differential/programs/versions.c
