# SPDX-License-Identifier: MIT
base_unit_tests = \
	tests/unit/test-clock \
	tests/unit/test-elf-object \
	tests/unit/test-filter-program \
	tests/unit/test-histogram \
	tests/unit/test-owner \
	tests/unit/test-readable \
	tests/unit/test-relative

check_PROGRAMS += $(base_unit_tests)
TESTS += $(base_unit_tests)

tests_unit_test_clock_SOURCES = tests/unit/test-clock.c tests/unit/unit.h
tests_unit_test_clock_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_clock_LDADD = $(UNIT_LIBS)

tests_unit_test_elf_object_SOURCES = tests/unit/test-elf-object.c tests/unit/unit.h
tests_unit_test_elf_object_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_elf_object_LDADD = $(UNIT_LIBS)

tests_unit_test_filter_program_SOURCES = tests/unit/test-filter-program.c tests/unit/unit.h \
	src/record/filter-program.c
tests_unit_test_filter_program_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_filter_program_LDADD = $(UNIT_LIBS)

tests_unit_test_histogram_SOURCES = tests/unit/test-histogram.c tests/unit/unit.h
tests_unit_test_histogram_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_histogram_LDADD = $(UNIT_LIBS) -lm

tests_unit_test_owner_SOURCES = tests/unit/test-owner.c tests/unit/unit.h
tests_unit_test_owner_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_owner_LDADD = $(UNIT_LIBS)

tests_unit_test_readable_SOURCES = tests/unit/test-readable.c tests/unit/unit.h
tests_unit_test_readable_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_readable_LDADD = $(UNIT_LIBS)

tests_unit_test_relative_SOURCES = tests/unit/test-relative.c tests/unit/unit.h
tests_unit_test_relative_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_relative_LDADD = $(UNIT_LIBS)
