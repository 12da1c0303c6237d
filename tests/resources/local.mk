# SPDX-License-Identifier: MIT
#
# The resources plugin: its readers on trees of made-up files, and the plugin itself beside the tools that people
# ask for the same figures.
RESOURCES_CPPFLAGS = -I$(srcdir)/include -I$(srcdir)/plugins -I$(srcdir)/tests -I$(srcdir)/tests/unit -D_GNU_SOURCE
plain_host_sources = tests/resources/plain-host.c tests/resources/plain-host.h

check_PROGRAMS += tests/resources/show
tests_resources_show_SOURCES = tests/resources/show.c $(plain_host_sources)
tests_resources_show_CPPFLAGS = $(RESOURCES_CPPFLAGS)
tests_resources_show_CFLAGS = $(AM_CFLAGS)

if HAVE_CUNIT
resources_unit_tests = \
	tests/resources/test-disk-space \
	tests/resources/test-machine \
	tests/resources/test-memory \
	tests/resources/test-process

check_PROGRAMS += $(resources_unit_tests)
TESTS += $(resources_unit_tests)

stage_sources = tests/resources/stage.c tests/resources/stage.h tests/unit/unit.h $(plain_host_sources)
RESOURCES_LIBS = libsonde-resources.la $(CUNIT_LIBS) -lm

tests_resources_test_disk_space_SOURCES = tests/resources/test-disk-space.c $(stage_sources)
tests_resources_test_disk_space_CPPFLAGS = $(RESOURCES_CPPFLAGS)
tests_resources_test_disk_space_CFLAGS = $(UNIT_CFLAGS)
tests_resources_test_disk_space_LDADD = $(RESOURCES_LIBS)

tests_resources_test_machine_SOURCES = tests/resources/test-machine.c $(stage_sources)
tests_resources_test_machine_CPPFLAGS = $(RESOURCES_CPPFLAGS)
tests_resources_test_machine_CFLAGS = $(UNIT_CFLAGS)
tests_resources_test_machine_LDADD = $(RESOURCES_LIBS)

tests_resources_test_memory_SOURCES = tests/resources/test-memory.c $(stage_sources)
tests_resources_test_memory_CPPFLAGS = $(RESOURCES_CPPFLAGS)
tests_resources_test_memory_CFLAGS = $(UNIT_CFLAGS)
tests_resources_test_memory_LDADD = $(RESOURCES_LIBS)

tests_resources_test_process_SOURCES = tests/resources/test-process.c $(stage_sources)
tests_resources_test_process_CPPFLAGS = $(RESOURCES_CPPFLAGS)
tests_resources_test_process_CFLAGS = $(UNIT_CFLAGS)
tests_resources_test_process_LDADD = $(RESOURCES_LIBS)
endif

resources_tests = tests/resources/test-plugin.sh
TESTS += $(resources_tests)
EXTRA_DIST += $(resources_tests)
