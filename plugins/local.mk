# SPDX-License-Identifier: MIT
#
# The plugins that come with sonde. A folder of them sees itself, shared/, include/ and its own libraries, nothing of
# src/; a plugin exports one symbol. To add one: plugins/NAME.la in its folder's local.mk, with the flags below.
plugindir = $(pkglibdir)/plugins
plugin_LTLIBRARIES =

PLUGIN_LDFLAGS = -module -avoid-version -shared -Wl,-z,defs -export-symbols-regex '^sonde_plugin_v1$$'
PLUGIN_CPPFLAGS = -I$(srcdir)/include -I$(srcdir)/plugins -D_GNU_SOURCE
PLUGIN_CFLAGS = $(AM_CFLAGS) -fvisibility=hidden

# What several of them need.
buffer_sources = plugins/shared/buffer.c plugins/shared/buffer.h
window_sources = plugins/shared/window.c plugins/shared/window.h
sources_sources = plugins/shared/sources.c plugins/shared/sources.h
gzip_sources = plugins/shared/gzip.c plugins/shared/gzip.h $(buffer_sources)

include plugins/exec/local.mk
include plugins/files/local.mk
include plugins/history/local.mk
include plugins/otlp/local.mk
include plugins/prometheus/local.mk
include plugins/resources/local.mk
include plugins/statsd/local.mk
