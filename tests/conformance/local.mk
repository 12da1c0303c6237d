# SPDX-License-Identifier: MIT
#
# Tests of the call table and its generator: the conformance test, and a build of the wrappers against glibc's fortified declarations.

conformance_dir = $(srcdir)/tests/conformance
conformance_shape = $(conformance_dir)/shape.awk
conformance_emit = LC_ALL=C $(AWK) -v machine=$(host_cpu) -v glibc=$(GLIBC_MINOR) -f $(calls_parser) -f $(conformance_shape) -f $(conformance_dir)
conformance_generated = tests/conformance/mocks.gen.c tests/conformance/drivers.gen.c
CLEANFILES += $(conformance_generated) tests/conformance/*-t
EXTRA_DIST += $(conformance_shape) $(conformance_dir)/emit-mocks.awk $(conformance_dir)/emit-drivers.awk

tests/conformance/mocks.gen.c: $(calls_tables) $(calls_parser) $(conformance_shape) $(conformance_dir)/emit-mocks.awk
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)$(conformance_emit)/emit-mocks.awk $(calls_tables) >$@-t && mv $@-t $@

tests/conformance/drivers.gen.c: $(calls_tables) $(calls_parser) $(conformance_shape) $(conformance_dir)/emit-drivers.awk
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)$(conformance_emit)/emit-drivers.awk $(calls_tables) >$@-t && mv $@-t $@

# Mocks and drivers call libc's functions by names of their own, which no header declares.
conformance_cppflags = $(AM_CPPFLAGS) -I$(conformance_dir)
conformance_cflags = $(AM_CFLAGS) -O1 -g -fno-builtin -Wno-missing-prototypes -U_FORTIFY_SOURCE

# An -rpath makes libtool build a shared object, although it is not installed. The driver is linked with it for
# the names that nothing new can bind to in libc.
check_LTLIBRARIES += libmock.la
libmock_la_SOURCES = tests/conformance/mock.c tests/conformance/mock.h
nodist_libmock_la_SOURCES = tests/conformance/mocks.gen.c
libmock_la_CPPFLAGS = $(conformance_cppflags)
libmock_la_CFLAGS = $(conformance_cflags) -Wno-sizeof-array-argument
libmock_la_LDFLAGS = -avoid-version -shared -rpath /nowhere \
	-Wl,--version-script=$(builddir)/src/preload/preload.gen.map
libmock_la_DEPENDENCIES = src/preload/preload.gen.map

check_PROGRAMS += conformance-driver
conformance_driver_SOURCES = \
	tests/conformance/driver.c tests/conformance/driver.h \
	tests/conformance/drive-custom.c tests/conformance/step.h
nodist_conformance_driver_SOURCES = tests/conformance/drivers.gen.c
conformance_driver_CPPFLAGS = $(conformance_cppflags)
conformance_driver_CFLAGS = $(conformance_cflags)
conformance_driver_LDFLAGS = -export-dynamic -no-install
conformance_driver_LDADD = libmock.la

check_PROGRAMS += conformance
conformance_SOURCES = tests/conformance/conformance.c tests/conformance/step.h
conformance_CPPFLAGS = $(conformance_cppflags)
conformance_LDADD = libsonde-core.la

conformance_tests = \
	tests/conformance/check-calls.sh tests/conformance/conformance.sh tests/conformance/parser.sh
EXTRA_DIST += $(conformance_tests)
TESTS += $(conformance_tests)

# glibc declares fortify twins only when it fortifies: a wrong chk row is then a conflict of types.
check_LTLIBRARIES += libfortified.la
libfortified_la_SOURCES =
nodist_libfortified_la_SOURCES = $(calls_wrappers)
libfortified_la_CFLAGS = $(AM_CFLAGS) -O2 -Wno-attributes -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
