# SPDX-License-Identifier: MIT
#
# The readers are a library of their own: the plugin has them, and tests do.
noinst_LTLIBRARIES += libsonde-resources.la
plugin_LTLIBRARIES += plugins/resources.la

libsonde_resources_la_SOURCES = \
	plugins/resources/amount.h \
	plugins/resources/cgroup.c plugins/resources/cgroup.h \
	plugins/resources/cpu.c plugins/resources/cpu.h \
	plugins/resources/disk-io.c plugins/resources/disk-io.h \
	plugins/resources/disk-space.c plugins/resources/disk-space.h \
	plugins/resources/emission.c plugins/resources/emission.h \
	plugins/resources/growth.c plugins/resources/growth.h \
	plugins/resources/load.c plugins/resources/load.h \
	plugins/resources/machine.c plugins/resources/machine.h \
	plugins/resources/memory.c plugins/resources/memory.h \
	plugins/resources/mounts.c plugins/resources/mounts.h \
	plugins/resources/name-filter.c plugins/resources/name-filter.h \
	plugins/resources/network.c plugins/resources/network.h \
	plugins/resources/pressure.c plugins/resources/pressure.h \
	plugins/resources/process.c plugins/resources/process.h \
	plugins/resources/process-emit.c \
	plugins/resources/process-table.c plugins/resources/process-table.h \
	plugins/resources/space-asker.c \
	plugins/resources/uptime.c plugins/resources/uptime.h
libsonde_resources_la_CFLAGS = $(AM_CFLAGS) -fvisibility=hidden
libsonde_resources_la_CPPFLAGS = -I$(srcdir)/include -I$(srcdir)/plugins -D_GNU_SOURCE

plugins_resources_la_SOURCES = plugins/resources/resources.c
plugins_resources_la_CFLAGS = $(AM_CFLAGS) -fvisibility=hidden
plugins_resources_la_CPPFLAGS = $(libsonde_resources_la_CPPFLAGS)
plugins_resources_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_resources_la_LIBADD = libsonde-resources.la -lm

EXTRA_DIST += docs/resources.md
