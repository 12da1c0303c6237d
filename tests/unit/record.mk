# SPDX-License-Identifier: MIT
record_unit_tests = \
	tests/unit/test-sampling

check_PROGRAMS += $(record_unit_tests)
TESTS += $(record_unit_tests)

tests_unit_test_sampling_SOURCES = tests/unit/test-sampling.c tests/unit/unit.h src/record/sampling.c
tests_unit_test_sampling_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_sampling_LDADD = $(UNIT_LIBS) -lm
