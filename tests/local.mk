# SPDX-License-Identifier: MIT
#
# Each kind of test has a fragment that adds to TESTS. A test ends with the line "N passed, N failed" or prints
# "ok" and "not ok" lines, and exits with non-zero if anything failed; scripts/test adds them up.

TEST_EXTENSIONS = .sh .case .suite
SH_LOG_COMPILER = bash
AM_TESTS_ENVIRONMENT = \
	top_srcdir='$(abs_top_srcdir)'; export top_srcdir; \
	top_builddir='$(abs_top_builddir)'; export top_builddir; \
	CC='$(CC)'; export CC;
# A test begins with three descriptors, whatever the caller of make keeps open: some count theirs.
AM_TESTS_FD_REDIRECT = 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-

UNIT_CFLAGS = $(AM_CFLAGS) $(CUNIT_CFLAGS)
UNIT_LIBS = libsonde-core.la $(CUNIT_LIBS)

if HAVE_CUNIT
include tests/unit/base.mk
include tests/unit/host.mk
include tests/unit/model.mk
include tests/unit/record.mk
include tests/api/local.mk
endif
include tests/scripts/local.mk
include tests/conformance/local.mk
include tests/truth/local.mk
include tests/hazards/local.mk
include tests/plugins/local.mk
include tests/resources/local.mk
include tests/e2e/tool.mk
include tests/e2e/limits.mk
include tests/differential/local.mk
include tests/foreign/local.mk
include tests/exporters/local.mk
include tests/formats/local.mk
include tests/cost/local.mk
include tests/stacks/local.mk
include tests/aarch64/local.mk
