# SPDX-License-Identifier: MIT
#
# make bench: what watching costs on this machine, beside what it could cost at least. Not a part of make check.
bench_programs = bench/calls bench/forks bench/metrics bench/pairs bench/regions bench/requests \
	bench/scrapes bench/snapshots
bench_libraries = bench/empty.la bench/forward.la bench/outlive.la bench/timed.la
bench_flags = -module -avoid-version -shared -rpath /nowhere
bench_cflags = $(AM_CFLAGS) -O2 -fno-builtin

EXTRA_PROGRAMS = $(bench_programs)
EXTRA_LTLIBRARIES = $(bench_libraries)

bench_calls_SOURCES = bench/calls.c
bench_calls_CFLAGS = $(bench_cflags)
bench_forks_SOURCES = bench/forks.c
bench_metrics_SOURCES = bench/metrics.c
bench_metrics_CFLAGS = $(bench_cflags)
bench_metrics_LDADD = libsonde.la
bench_pairs_SOURCES = bench/pairs.c
bench_regions_SOURCES = bench/regions.c
bench_regions_CFLAGS = $(bench_cflags)
bench_regions_LDADD = -lpthread
bench_requests_SOURCES = bench/requests.c
bench_requests_LDFLAGS = -all-static
bench_scrapes_SOURCES = bench/scrapes.c
bench_scrapes_LDADD = libsonde-core.la
bench_snapshots_SOURCES = bench/snapshots.c
bench_snapshots_LDADD = libsonde-core.la

bench_empty_la_SOURCES = bench/empty.c
bench_empty_la_LDFLAGS = $(bench_flags)
bench_forward_la_SOURCES = bench/forward.c
nodist_bench_forward_la_SOURCES = bench/forward.gen.c
bench_forward_la_LDFLAGS = $(bench_flags) -Wl,-z,now
bench_outlive_la_SOURCES = bench/forward.c bench/outlive.c
nodist_bench_outlive_la_SOURCES = bench/forward.gen.c
bench_outlive_la_CFLAGS = $(bench_cflags)
bench_outlive_la_LDFLAGS = $(bench_flags) -Wl,-z,now
bench_timed_la_SOURCES = bench/timed.c
bench_timed_la_CFLAGS = $(bench_cflags)
bench_timed_la_LDFLAGS = $(bench_flags) -Wl,-z,now

bench/forward.gen.c: src/preload/exports.gen.list $(srcdir)/bench/emit-forward.awk
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)LC_ALL=C $(AWK) -f $(srcdir)/bench/emit-forward.awk src/preload/exports.gen.list >$@-t && mv $@-t $@

EXTRA_DIST += bench/emit-forward.awk bench/run
CLEANFILES += bench/forward.gen.c $(bench_programs) $(bench_libraries)

.PHONY: bench
bench: all $(bench_programs) $(bench_libraries)
	top_builddir='$(abs_builddir)' $(srcdir)/bench/run
