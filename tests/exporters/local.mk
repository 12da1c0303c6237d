# SPDX-License-Identifier: MIT
#
# Exporters, before programs that nobody here wrote.
check_PROGRAMS += tests/exporters/busy
tests_exporters_busy_SOURCES = tests/exporters/busy.c
tests_exporters_busy_LDADD = -lpthread

if HAVE_CUNIT
check_PROGRAMS += tests/exporters/test-negotiation
TESTS += tests/exporters/test-negotiation
endif
tests_exporters_test_negotiation_SOURCES = tests/exporters/test-negotiation.c tests/unit/unit.h
tests_exporters_test_negotiation_CPPFLAGS = $(PLUGIN_CPPFLAGS) -I$(srcdir)/tests/unit
tests_exporters_test_negotiation_CFLAGS = $(UNIT_CFLAGS)
tests_exporters_test_negotiation_LDADD = libsonde-prometheus.la $(CUNIT_LIBS)

exporter_tests = \
	tests/exporters/test-prometheus.sh \
	tests/exporters/test-textfile.sh

TESTS += $(exporter_tests)
EXTRA_DIST += docs/exporters.md $(exporter_tests) tests/exporters/lib.sh tests/exporters/await-file tests/exporters/scrapes.py
