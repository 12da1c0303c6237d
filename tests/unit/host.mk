# SPDX-License-Identifier: MIT
host_unit_tests = \
	tests/unit/test-configuration \
	tests/unit/test-mapped-file \
	tests/unit/test-nearest \
	tests/unit/test-plugin-config \
	tests/unit/test-process-state \
	tests/unit/test-quantity \
	tests/unit/test-session \
	tests/unit/test-value

check_PROGRAMS += $(host_unit_tests)
TESTS += $(host_unit_tests)

tests_unit_test_configuration_SOURCES = tests/unit/test-configuration.c tests/unit/unit.h
tests_unit_test_configuration_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_configuration_LDADD = $(UNIT_LIBS)

tests_unit_test_nearest_SOURCES = tests/unit/test-nearest.c tests/unit/unit.h
tests_unit_test_nearest_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_nearest_LDADD = $(UNIT_LIBS)

tests_unit_test_process_state_SOURCES = tests/unit/test-process-state.c tests/unit/unit.h
tests_unit_test_process_state_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_process_state_LDADD = $(UNIT_LIBS)

tests_unit_test_quantity_SOURCES = tests/unit/test-quantity.c tests/unit/unit.h
tests_unit_test_quantity_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_quantity_LDADD = $(UNIT_LIBS)

tests_unit_test_session_SOURCES = tests/unit/test-session.c tests/unit/unit.h
tests_unit_test_session_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_session_LDADD = $(UNIT_LIBS)

tests_unit_test_value_SOURCES = tests/unit/test-value.c tests/unit/unit.h
tests_unit_test_value_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_value_LDADD = $(UNIT_LIBS)

tests_unit_test_plugin_config_SOURCES = tests/unit/test-plugin-config.c tests/unit/unit.h
tests_unit_test_plugin_config_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_plugin_config_LDADD = $(UNIT_LIBS)

tests_unit_test_mapped_file_SOURCES = tests/unit/test-mapped-file.c tests/unit/unit.h
tests_unit_test_mapped_file_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_mapped_file_LDADD = $(UNIT_LIBS)
