# SPDX-License-Identifier: MIT
#
# What watching costs, in figures that do not depend on the machine's mood: instructions, system calls, page faults.
cost_tests = tests/cost/test-instructions.sh tests/cost/test-start.sh

check_PROGRAMS += tests/cost/subject tests/cost/faults
tests_cost_subject_SOURCES = tests/cost/subject.c
tests_cost_subject_CFLAGS = $(AM_CFLAGS) -O1 -fno-builtin
tests_cost_subject_LDADD = -lpthread
tests_cost_faults_SOURCES = tests/cost/faults.c

TESTS += $(cost_tests)
EXTRA_DIST += $(cost_tests)
