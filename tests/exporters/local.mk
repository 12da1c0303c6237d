# SPDX-License-Identifier: MIT
#
# Exporters, before programs that nobody here wrote.
check_PROGRAMS += tests/exporters/busy
tests_exporters_busy_SOURCES = tests/exporters/busy.c
tests_exporters_busy_LDADD = -lpthread

if HAVE_CUNIT
exporter_unit_tests = \
	tests/exporters/test-negotiation \
	tests/exporters/test-packets

if HAVE_CURL
exporter_unit_tests += tests/exporters/test-otlp-settings
endif

check_PROGRAMS += $(exporter_unit_tests)
TESTS += $(exporter_unit_tests)
endif

tests_exporters_test_negotiation_SOURCES = tests/exporters/test-negotiation.c tests/unit/unit.h
tests_exporters_test_negotiation_CPPFLAGS = $(PLUGIN_CPPFLAGS) -I$(srcdir)/tests/unit
tests_exporters_test_negotiation_CFLAGS = $(UNIT_CFLAGS)
tests_exporters_test_negotiation_LDADD = libsonde-prometheus.la $(CUNIT_LIBS)

tests_exporters_test_otlp_settings_SOURCES = tests/exporters/test-otlp-settings.c tests/unit/unit.h
tests_exporters_test_otlp_settings_CPPFLAGS = $(PLUGIN_CPPFLAGS) -I$(srcdir)/tests/unit
tests_exporters_test_otlp_settings_CFLAGS = $(UNIT_CFLAGS)
tests_exporters_test_otlp_settings_LDADD = libsonde-otlp.la $(CUNIT_LIBS)

tests_exporters_test_packets_SOURCES = tests/exporters/test-packets.c tests/unit/unit.h $(statsd_packets_sources)
tests_exporters_test_packets_CPPFLAGS = $(PLUGIN_CPPFLAGS) -I$(srcdir)/tests/unit
tests_exporters_test_packets_CFLAGS = $(UNIT_CFLAGS)
tests_exporters_test_packets_LDADD = $(CUNIT_LIBS)

exporter_tests = \
	tests/exporters/test-manual.sh \
	tests/exporters/test-otlp.sh \
	tests/exporters/test-prometheus.sh \
	tests/exporters/test-prometheus-server.sh \
	tests/exporters/test-statsd.sh \
	tests/exporters/test-textfile.sh

TESTS += $(exporter_tests)
EXTRA_DIST += docs/exporters.md $(exporter_tests) \
	tests/exporters/ask-prometheus.py \
	tests/exporters/await-file \
	tests/exporters/collectd.sh \
	tests/exporters/etsy.sh \
	tests/exporters/lib.sh \
	tests/exporters/otlp-ask.py \
	tests/exporters/otlp-decode.js \
	tests/exporters/otlp-receiver.py \
	tests/exporters/receiver.py \
	tests/exporters/relay.py \
	tests/exporters/scrapes.py \
	tests/exporters/sleeper.py
