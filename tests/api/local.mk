# SPDX-License-Identifier: MIT
#
# The library as programs use it: sonde.h and libsonde.so, nothing of src/.
api_programs = \
	tests/api/labelled \
	tests/api/one-engine \
	tests/api/test-aggregator \
	tests/api/test-asynchronous \
	tests/api/test-cardinality \
	tests/api/test-collector \
	tests/api/test-dashboard \
	tests/api/test-exports \
	tests/api/test-history \
	tests/api/test-loaded \
	tests/api/test-protocol-arguments \
	tests/api/test-protocol-forks \
	tests/api/test-protocol-threads \
	tests/api/test-resources \
	tests/api/test-restart \
	tests/api/test-stream \
	tests/api/test-stream-events \
	tests/api/test-system \
	tests/api/test-timer \
	tests/api/test-tracker
api_tests = \
	tests/api/test-header.sh \
	tests/api/test-label.sh \
	tests/api/test-aggregator.sh \
	tests/api/test-asynchronous.sh \
	tests/api/test-cardinality.sh \
	tests/api/test-collector.sh \
	tests/api/test-examples.sh \
	tests/api/test-one-engine.sh \
	tests/api/test-dashboard.sh \
	tests/api/test-exports.sh \
	tests/api/test-history.sh \
	tests/api/test-loaded.sh \
	tests/api/test-protocol-arguments.sh \
	tests/api/test-protocol-forks.sh \
	tests/api/test-protocol-threads.sh \
	tests/api/test-resources.sh \
	tests/api/test-restart.sh \
	tests/api/test-stream.sh \
	tests/api/test-stream-events.sh \
	tests/api/test-system.sh \
	tests/api/test-timer.sh \
	tests/api/test-tracker.sh

check_PROGRAMS += $(api_programs)
TESTS += $(api_tests)
EXTRA_DIST += $(api_tests) tests/api/lib.sh docs/api/loop-epoll.c docs/api/loop-poll.c docs/api/loop-uv.c \
	docs/api/protocol.c docs/api/thread-pool.c

API_LIBS = libsonde.la $(CUNIT_LIBS) -lpthread -lm

tests_api_labelled_SOURCES = tests/api/labelled.c
tests_api_labelled_LDADD = libsonde.la -lpthread

tests_api_one_engine_SOURCES = tests/api/one-engine.c
tests_api_one_engine_LDADD = libsonde.la

tests_api_test_aggregator_SOURCES = tests/api/test-aggregator.c tests/api/api.h
tests_api_test_aggregator_CFLAGS = $(UNIT_CFLAGS) $(JANSSON_CFLAGS)
tests_api_test_aggregator_LDADD = $(API_LIBS) $(JANSSON_LIBS)

tests_api_test_asynchronous_SOURCES = tests/api/test-asynchronous.c tests/api/api.h
tests_api_test_asynchronous_CFLAGS = $(UNIT_CFLAGS)
tests_api_test_asynchronous_LDADD = $(API_LIBS)

tests_api_test_cardinality_SOURCES = tests/api/test-cardinality.c tests/api/api.h
tests_api_test_cardinality_CFLAGS = $(UNIT_CFLAGS)
tests_api_test_cardinality_LDADD = $(API_LIBS)

tests_api_test_collector_SOURCES = tests/api/test-collector.c tests/api/api.h
tests_api_test_collector_CFLAGS = $(UNIT_CFLAGS)
tests_api_test_collector_LDADD = $(API_LIBS)

tests_api_test_dashboard_SOURCES = tests/api/test-dashboard.c tests/api/api.h
tests_api_test_dashboard_CFLAGS = $(UNIT_CFLAGS) $(JANSSON_CFLAGS)
tests_api_test_dashboard_LDADD = $(API_LIBS) $(JANSSON_LIBS)

tests_api_test_exports_SOURCES = tests/api/test-exports.c tests/api/api.h
tests_api_test_exports_CPPFLAGS = $(plugin_unit_cppflags)
tests_api_test_exports_CFLAGS = $(UNIT_CFLAGS)
tests_api_test_exports_LDADD = $(API_LIBS)

tests_api_test_history_SOURCES = tests/api/test-history.c tests/api/api.h
tests_api_test_history_CFLAGS = $(UNIT_CFLAGS) $(SQLITE_CFLAGS)
tests_api_test_history_LDADD = $(API_LIBS) $(SQLITE_LIBS)

# It is no program's that is linked with the library.
tests_api_test_loaded_SOURCES = tests/api/test-loaded.c tests/unit/unit.h
tests_api_test_loaded_CFLAGS = $(UNIT_CFLAGS)
tests_api_test_loaded_LDADD = $(CUNIT_LIBS) -lpthread

tests_api_test_protocol_arguments_SOURCES = tests/api/test-protocol-arguments.c tests/api/api.h
tests_api_test_protocol_arguments_CFLAGS = $(UNIT_CFLAGS)
tests_api_test_protocol_arguments_LDADD = $(API_LIBS)

tests_api_test_protocol_forks_SOURCES = tests/api/test-protocol-forks.c tests/api/api.h
tests_api_test_protocol_forks_CFLAGS = $(UNIT_CFLAGS)
tests_api_test_protocol_forks_LDADD = $(API_LIBS)

tests_api_test_protocol_threads_SOURCES = tests/api/test-protocol-threads.c tests/api/api.h
tests_api_test_protocol_threads_CFLAGS = $(UNIT_CFLAGS)
tests_api_test_protocol_threads_LDADD = $(API_LIBS)

tests_api_test_resources_SOURCES = tests/api/test-resources.c tests/api/api.h
tests_api_test_resources_CFLAGS = $(UNIT_CFLAGS)
tests_api_test_resources_LDADD = $(API_LIBS)

tests_api_test_restart_SOURCES = tests/api/test-restart.c tests/api/api.h
tests_api_test_restart_CFLAGS = $(UNIT_CFLAGS)
tests_api_test_restart_LDADD = $(API_LIBS)

tests_api_test_stream_SOURCES = tests/api/test-stream.c tests/api/stream-steps.h tests/api/api.h
tests_api_test_stream_CFLAGS = $(UNIT_CFLAGS)
tests_api_test_stream_LDADD = $(API_LIBS)

tests_api_test_stream_events_SOURCES = tests/api/test-stream-events.c tests/api/stream-steps.h tests/api/api.h
tests_api_test_stream_events_CFLAGS = $(UNIT_CFLAGS)
tests_api_test_stream_events_LDADD = $(API_LIBS)

tests_api_test_system_SOURCES = tests/api/test-system.c tests/api/api.h
tests_api_test_system_CFLAGS = $(UNIT_CFLAGS)
tests_api_test_system_LDADD = $(API_LIBS)

tests_api_test_timer_SOURCES = tests/api/test-timer.c tests/api/api.h
tests_api_test_timer_CFLAGS = $(UNIT_CFLAGS)
tests_api_test_timer_LDADD = $(API_LIBS)

tests_api_test_tracker_SOURCES = tests/api/test-tracker.c tests/api/api.h
tests_api_test_tracker_CFLAGS = $(UNIT_CFLAGS)
tests_api_test_tracker_LDADD = $(API_LIBS)

dist_check_SCRIPTS += scripts/check-abi
TESTS += scripts/check-abi
EXTRA_DIST += include/sonde/sonde.abi
