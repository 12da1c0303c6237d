# SPDX-License-Identifier: MIT
#
# Its file is a library of its own: the plugin writes it, and libsonde asks it.
noinst_LTLIBRARIES += libsonde-history.la
plugin_LTLIBRARIES += plugins/history.la

libsonde_history_la_SOURCES = \
	plugins/history/buckets.c plugins/history/buckets.h \
	plugins/history/store.c plugins/history/store.h
libsonde_history_la_CPPFLAGS = $(PLUGIN_CPPFLAGS)
libsonde_history_la_CFLAGS = $(PLUGIN_CFLAGS) $(SQLITE_CFLAGS)
libsonde_history_la_LIBADD = $(SQLITE_LIBS)

plugins_history_la_SOURCES = plugins/history/history.c $(buffer_sources)
plugins_history_la_CPPFLAGS = $(PLUGIN_CPPFLAGS)
plugins_history_la_CFLAGS = $(PLUGIN_CFLAGS)
plugins_history_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_history_la_LIBADD = libsonde-history.la
