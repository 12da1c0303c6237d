# SPDX-License-Identifier: MIT
#
# A bridge to programs in any language.
plugin_LTLIBRARIES += plugins/exec.la

plugins_exec_la_SOURCES = \
	plugins/exec/backlog.c plugins/exec/backlog.h \
	plugins/exec/exec.c \
	plugins/exec/program.c plugins/exec/program.h \
	$(buffer_sources) $(window_sources)
plugins_exec_la_CPPFLAGS = $(PLUGIN_CPPFLAGS)
plugins_exec_la_CFLAGS = $(PLUGIN_CFLAGS)
plugins_exec_la_LDFLAGS = $(PLUGIN_LDFLAGS)
