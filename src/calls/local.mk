# SPDX-License-Identifier: MIT
#
# The call table and what is generated from it; see README.md.

calls_tables = \
	$(srcdir)/src/calls/dns.calls \
	$(srcdir)/src/calls/io.calls \
	$(srcdir)/src/calls/memory.calls \
	$(srcdir)/src/calls/other.calls \
	$(srcdir)/src/calls/path.calls \
	$(srcdir)/src/calls/poll.calls \
	$(srcdir)/src/calls/process.calls \
	$(srcdir)/src/calls/socket.calls \
	$(srcdir)/src/calls/stdio.calls \
	$(srcdir)/src/calls/thread.calls

calls_parser = $(srcdir)/src/calls/parse.awk
calls_emit = LC_ALL=C $(AWK) -v machine=$(host_cpu) -v glibc=$(GLIBC_MINOR) -f $(calls_parser) -f $(srcdir)/src/calls

calls_headers = src/calls/calls.gen.h src/preload/symbols.gen.h
calls_wrappers = \
	src/preload/wrappers-dns.gen.c \
	src/preload/wrappers-io.gen.c \
	src/preload/wrappers-memory.gen.c \
	src/preload/wrappers-other.gen.c \
	src/preload/wrappers-path.gen.c \
	src/preload/wrappers-poll.gen.c \
	src/preload/wrappers-process.gen.c \
	src/preload/wrappers-socket.gen.c \
	src/preload/wrappers-stdio.gen.c \
	src/preload/wrappers-thread.gen.c

BUILT_SOURCES += $(calls_headers)
CLEANFILES += $(calls_headers) $(calls_wrappers) \
	src/calls/calls.gen.c src/calls/manual.gen.c src/preload/symbols.gen.c src/preload/preload.gen.map \
	src/preload/exports.gen.list \
	src/calls/*-t src/preload/*-t
EXTRA_DIST += $(calls_tables) $(calls_parser) src/calls/README.md \
	src/calls/emit-ids.awk src/calls/emit-table.awk src/calls/emit-manual.awk \
	src/calls/emit-symbols-header.awk src/calls/emit-symbols.awk src/calls/emit-map.awk src/calls/emit-exports.awk \
	src/calls/emit-wrappers.awk \
	src/calls/emit-list.awk src/calls/minimum.list
check_DATA += src/preload/exports.gen.list
dist_check_SCRIPTS += scripts/check-calls
TESTS += scripts/check-calls

libsonde_core_la_SOURCES += src/calls/call.h src/calls/kinds.c src/calls/kinds.h src/calls/manual.h
nodist_libsonde_core_la_SOURCES += src/calls/calls.gen.c src/calls/manual.gen.c
libsonde_preload_la_SOURCES += src/calls/call.h src/calls/kinds.c src/calls/kinds.h src/preload/wrapper.h
nodist_libsonde_preload_la_SOURCES += \
	src/calls/calls.gen.c src/preload/symbols.gen.c $(calls_wrappers)

src/calls/calls.gen.h: $(calls_tables) $(calls_parser) $(srcdir)/src/calls/emit-ids.awk
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)$(calls_emit)/emit-ids.awk $(calls_tables) >$@-t && mv $@-t $@

src/calls/calls.gen.c: $(calls_tables) $(calls_parser) $(srcdir)/src/calls/emit-table.awk
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)$(calls_emit)/emit-table.awk $(calls_tables) >$@-t && mv $@-t $@

src/calls/manual.gen.c: $(calls_tables) $(calls_parser) $(srcdir)/src/calls/emit-manual.awk
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)$(calls_emit)/emit-manual.awk $(calls_tables) >$@-t && mv $@-t $@

src/preload/symbols.gen.h: $(calls_tables) $(calls_parser) $(srcdir)/src/calls/emit-symbols-header.awk
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)$(calls_emit)/emit-symbols-header.awk $(calls_tables) >$@-t && mv $@-t $@

src/preload/symbols.gen.c: $(calls_tables) $(calls_parser) $(srcdir)/src/calls/emit-symbols.awk
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)$(calls_emit)/emit-symbols.awk $(calls_tables) >$@-t && mv $@-t $@

src/preload/preload.gen.map: $(calls_tables) $(calls_parser) $(srcdir)/src/calls/emit-map.awk
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)$(calls_emit)/emit-map.awk $(calls_tables) >$@-t && mv $@-t $@

src/preload/exports.gen.list: $(calls_tables) $(calls_parser) $(srcdir)/src/calls/emit-exports.awk
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)$(calls_emit)/emit-exports.awk $(calls_tables) >$@-t && mv $@-t $@

# One file of wrappers for each table.
calls_wrap = $(calls_emit)/emit-wrappers.awk -v output=$@
calls_wrap_with = $(calls_parser) $(srcdir)/src/calls/emit-wrappers.awk

src/preload/wrappers-dns.gen.c: $(srcdir)/src/calls/dns.calls $(calls_wrap_with)
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)$(calls_wrap) $(srcdir)/src/calls/dns.calls >$@-t && mv $@-t $@

src/preload/wrappers-io.gen.c: $(srcdir)/src/calls/io.calls $(calls_wrap_with)
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)$(calls_wrap) $(srcdir)/src/calls/io.calls >$@-t && mv $@-t $@

src/preload/wrappers-memory.gen.c: $(srcdir)/src/calls/memory.calls $(calls_wrap_with)
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)$(calls_wrap) $(srcdir)/src/calls/memory.calls >$@-t && mv $@-t $@

src/preload/wrappers-other.gen.c: $(srcdir)/src/calls/other.calls $(calls_wrap_with)
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)$(calls_wrap) $(srcdir)/src/calls/other.calls >$@-t && mv $@-t $@

src/preload/wrappers-path.gen.c: $(srcdir)/src/calls/path.calls $(calls_wrap_with)
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)$(calls_wrap) $(srcdir)/src/calls/path.calls >$@-t && mv $@-t $@

src/preload/wrappers-poll.gen.c: $(srcdir)/src/calls/poll.calls $(calls_wrap_with)
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)$(calls_wrap) $(srcdir)/src/calls/poll.calls >$@-t && mv $@-t $@

src/preload/wrappers-process.gen.c: $(srcdir)/src/calls/process.calls $(calls_wrap_with)
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)$(calls_wrap) $(srcdir)/src/calls/process.calls >$@-t && mv $@-t $@

src/preload/wrappers-socket.gen.c: $(srcdir)/src/calls/socket.calls $(calls_wrap_with)
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)$(calls_wrap) $(srcdir)/src/calls/socket.calls >$@-t && mv $@-t $@

src/preload/wrappers-stdio.gen.c: $(srcdir)/src/calls/stdio.calls $(calls_wrap_with)
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)$(calls_wrap) $(srcdir)/src/calls/stdio.calls >$@-t && mv $@-t $@

src/preload/wrappers-thread.gen.c: $(srcdir)/src/calls/thread.calls $(calls_wrap_with)
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)$(calls_wrap) $(srcdir)/src/calls/thread.calls >$@-t && mv $@-t $@
