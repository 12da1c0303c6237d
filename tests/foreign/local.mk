# SPDX-License-Identifier: MIT
#
# Tests of other projects, bare and watched: see run-suite. make check runs a short subset, make check-foreign all.
SUITE_LOG_COMPILER = $(srcdir)/tests/foreign/run-suite

foreign_short = \
	tests/foreign/python.suite \
	tests/foreign/stress-ng.suite

foreign_suites = $(foreign_short) \
	tests/foreign/bash.suite \
	tests/foreign/coreutils.suite \
	tests/foreign/git.suite \
	tests/foreign/glib.suite \
	tests/foreign/perl.suite \
	tests/foreign/sqlite.suite

TESTS += $(foreign_short)
EXTRA_DIST += $(foreign_suites) \
	tests/foreign/fetch-source \
	tests/foreign/hello-runs.sh \
	tests/foreign/read-junit \
	tests/foreign/read-tap \
	tests/foreign/run-suite \
	tests/foreign/table \
	tests/foreign/verdicts

# What the suites leave: results, recordings, and sources that were fetched and built.
clean-local:
	rm -rf foreign

# A whole suite by its tests: what differs, and what does not.
.PHONY: check-hello-runs
check-hello-runs: all
	top_srcdir='$(abs_top_srcdir)' top_builddir='$(abs_top_builddir)' bash $(srcdir)/tests/foreign/hello-runs.sh

# The table comes last, whatever differs.
.PHONY: check-foreign
check-foreign: all
	rm -f foreign/*.row
	-FOREIGN=all; export FOREIGN; $(MAKE) $(AM_MAKEFLAGS) check TESTS='$(foreign_suites)'
	$(srcdir)/tests/foreign/table foreign
