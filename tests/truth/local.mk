# SPDX-License-Identifier: MIT
#
# Programs that know the truth about themselves, and the program that compares a recording with it.

check_LTLIBRARIES += libtruth-early.la
libtruth_early_la_SOURCES = tests/truth/early.c
libtruth_early_la_LDFLAGS = -avoid-version -shared -rpath /nowhere

check_PROGRAMS += truth-subject truth-driver
truth_subject_SOURCES = \
	tests/truth/subject.c tests/truth/tables.c tests/truth/truth.h tests/truth/children.h tests/truth/directory.h \
	tests/truth/cases-codes.c \
	tests/truth/cases-connection.c \
	tests/truth/cases-death.c \
	tests/truth/cases-descriptor.c \
	tests/truth/cases-hostile.c \
	tests/truth/cases-instruction.c \
	tests/truth/cases-io.c \
	tests/truth/cases-lock.c \
	tests/truth/cases-ledger.c \
	tests/truth/cases-memory.c \
	tests/truth/cases-directory.c \
	tests/truth/cases-object.c \
	tests/truth/cases-process.c \
	tests/truth/cases-thread.c \
	tests/truth/cases-wait.c
truth_subject_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/truth
truth_subject_CFLAGS = $(AM_CFLAGS) -O1 -fno-builtin -U_FORTIFY_SOURCE
truth_subject_LDADD = libtruth-early.la -lpthread
truth_subject_LDFLAGS = -no-install

truth_driver_SOURCES = tests/truth/truth.c
truth_driver_LDADD = libsonde-core.la

dist_check_SCRIPTS += tests/truth/truth.sh
TESTS += tests/truth/truth.sh

# Programs that strace knows the truth about.
dist_check_SCRIPTS += tests/truth/strace.sh
EXTRA_DIST += tests/truth/newer.c tests/truth/strace.awk tests/truth/strace-lib.sh
TESTS += tests/truth/strace.sh
dist_check_SCRIPTS += tests/truth/strace-files.sh
EXTRA_DIST += tests/truth/strace-files.awk
TESTS += tests/truth/strace-files.sh
