# SPDX-License-Identifier: MIT
#
# What broke other tools, provoked: one test at least for each hazard of docs/hazards.md.
check_LTLIBRARIES += libhazard-plugin.la
libhazard_plugin_la_SOURCES = tests/hazards/plugin.c
libhazard_plugin_la_LDFLAGS = -module -avoid-version -shared -rpath /nowhere

check_PROGRAMS += hazard-subject
hazard_subject_SOURCES = \
	tests/truth/subject.c tests/truth/truth.h \
	tests/hazards/hazard.h \
	tests/hazards/tables.c \
	tests/hazards/cases-control.c \
	tests/hazards/cases-process.c \
	tests/hazards/cases-signal.c \
	tests/hazards/cases-symbol.c \
	tests/hazards/cases-thread.c
hazard_subject_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/truth -I$(srcdir)/tests/hazards
hazard_subject_CFLAGS = $(AM_CFLAGS) -O1 -fno-builtin -U_FORTIFY_SOURCE -Wno-nonnull -Wno-clobbered
hazard_subject_LDFLAGS = -no-install -export-dynamic
hazard_subject_LDADD = -lpthread

hazard_tests = \
	tests/hazards/hazards.sh \
	tests/hazards/test-allocators.sh \
	tests/hazards/test-instrumented.sh \
	tests/hazards/test-linking.sh

TESTS += $(hazard_tests)
EXTRA_DIST += $(hazard_tests) tests/hazards/lib.sh tests/hazards/special.c \
	tests/hazards/old-versions.c tests/hazards/own-malloc.c tests/hazards/own-read.c
EXTRA_DIST += scripts/check-loop docs/hazards.md

# By hand: the same again and again, without TESTS all that docs/hazards.md names and this build has.
#     make check-loop LOOPS=100 TESTS="tests/hazards/hazards.sh tests/truth/truth.sh"
LOOPS = 20
check-loop: all
	@$(MAKE) -s $(check_PROGRAMS) $(check_LTLIBRARIES) $(check_DATA)
	@case ' $(MAKEOVERRIDES)' in \
	*' TESTS='*) loop_tests='$(TESTS)' ;; \
	*) \
		loop_tests=; \
		for test in `$(srcdir)/scripts/check-hazards --tests`; do \
			case ' $(TESTS) ' in \
			*" $$test "*) loop_tests="$$loop_tests $$test" ;; \
			*) echo "$$test: not among the tests of this build" ;; \
			esac; \
		done ;; \
	esac; \
	MAKE='$(MAKE)' $(srcdir)/scripts/check-loop $(LOOPS) $$loop_tests
	@$(srcdir)/scripts/check-hazards --logs .
.PHONY: check-loop

# When the tests are over: what of the table they have run.
check-local: check-TESTS
	@$(srcdir)/scripts/check-hazards --logs . >hazards.log || { cat hazards.log; echo 'FAIL: hazards'; exit 1; }
CLEANFILES += hazards.log
