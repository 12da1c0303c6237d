# SPDX-License-Identifier: MIT
#
# Plugins: the header that they are written against, the host that runs them, and what bad ones can do.
plugin_tests = \
	tests/plugins/test-agent.sh \
	tests/plugins/test-bare.sh \
	tests/plugins/test-bare-settings.sh \
	tests/plugins/test-commands.sh \
	tests/plugins/test-csv.sh \
	tests/plugins/test-exec.sh \
	tests/plugins/test-frozen.sh \
	tests/plugins/test-header.sh \
	tests/plugins/test-history.sh \
	tests/plugins/test-jsonlines.sh \
	tests/plugins/test-manual.sh \
	tests/plugins/test-reload.sh \
	tests/plugins/test-windows.sh \
	tests/plugins/test-zoo.sh

TESTS += $(plugin_tests)
EXTRA_DIST += $(plugin_tests) tests/plugins/lib.sh tests/plugins/bare-lib.sh \
	tests/plugins/frozen/1.0/sonde/plugin.h \
	tests/plugins/frozen/1.1/sonde/plugin.h \
	tests/plugins/frozen/1.2/sonde/plugin.h

# The animals of the zoo, all from one source: see there.
zoo_animals = \
	well newest delta monitor \
	wrong-abi small unresolved declines no-export leaks \
	fails-probe fails-flush keeps-back garbage retries fatal floods refuses-reload \
	hang-load hang-create hang-start hang-export hang-reload hang-collect hang-flush hang-stop hang-destroy \
	crash-load crash-create crash-start crash-export crash-reload crash-collect crash-stop abort-export exit-export \
	term-export hup-export group-export forks-export daemon-export closes-export

check_DATA += tests/plugins/zoo/made
EXTRA_DIST += tests/plugins/zoo.c docs/plugins.md plugins/examples/total.c plugins/examples/spool.c
CLEANFILES += tests/plugins/zoo/*
tests/plugins/zoo/made: $(srcdir)/tests/plugins/zoo.c $(srcdir)/include/sonde/plugin.h $(srcdir)/tests/plugins/local.mk
	@$(MKDIR_P) $(@D) && chmod go-w $(@D)
	$(AM_V_GEN)set -e; umask 022; for animal in $(zoo_animals); do \
		macro=`echo $$animal | tr a-z- A-Z_`; \
		$(CC) -std=c11 -O1 -g -fPIC -shared -fvisibility=hidden $(WARN_CFLAGS) -I$(srcdir)/include \
			-D_GNU_SOURCE -DZOO="\"$$animal\"" -DZOO_$$macro \
			-o $(@D)/$$animal.so $(srcdir)/tests/plugins/zoo.c; \
	done; touch $@

if HAVE_CUNIT
plugin_unit_tests = \
	tests/plugins/test-plugin-loader \
	tests/plugins/test-plugin-parts \
	tests/plugins/test-plugin-runner \
	tests/plugins/test-plugin-sources \
	tests/plugins/test-plugin-windows

check_PROGRAMS += $(plugin_unit_tests)
TESTS += $(plugin_unit_tests)

plugin_unit_cppflags = $(AM_CPPFLAGS) -I$(srcdir)/tests -DZOO_DIRECTORY='"$(abs_builddir)/tests/plugins/zoo"'

tests_plugins_test_plugin_loader_SOURCES = tests/plugins/test-plugin-loader.c tests/unit/unit.h
tests_plugins_test_plugin_loader_CPPFLAGS = $(plugin_unit_cppflags)
tests_plugins_test_plugin_loader_CFLAGS = $(UNIT_CFLAGS)
tests_plugins_test_plugin_loader_LDADD = $(UNIT_LIBS)

tests_plugins_test_plugin_parts_SOURCES = tests/plugins/test-plugin-parts.c tests/unit/unit.h
tests_plugins_test_plugin_parts_CPPFLAGS = $(plugin_unit_cppflags)
tests_plugins_test_plugin_parts_CFLAGS = $(UNIT_CFLAGS)
tests_plugins_test_plugin_parts_LDADD = $(UNIT_LIBS) -lm

tests_plugins_test_plugin_runner_SOURCES = tests/plugins/test-plugin-runner.c tests/unit/unit.h
tests_plugins_test_plugin_runner_CPPFLAGS = $(plugin_unit_cppflags)
tests_plugins_test_plugin_runner_CFLAGS = $(UNIT_CFLAGS)
tests_plugins_test_plugin_runner_LDADD = $(UNIT_LIBS)

tests_plugins_test_plugin_sources_SOURCES = tests/plugins/test-plugin-sources.c tests/unit/unit.h
tests_plugins_test_plugin_sources_CPPFLAGS = $(plugin_unit_cppflags)
tests_plugins_test_plugin_sources_CFLAGS = $(UNIT_CFLAGS)
tests_plugins_test_plugin_sources_LDADD = $(UNIT_LIBS)

tests_plugins_test_plugin_windows_SOURCES = tests/plugins/test-plugin-windows.c tests/unit/unit.h
tests_plugins_test_plugin_windows_CPPFLAGS = $(plugin_unit_cppflags)
tests_plugins_test_plugin_windows_CFLAGS = $(UNIT_CFLAGS)
tests_plugins_test_plugin_windows_LDADD = $(UNIT_LIBS) -lm
endif
