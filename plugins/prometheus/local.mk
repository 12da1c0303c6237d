# SPDX-License-Identifier: MIT
#
# What it has of HTTP that is no socket is a library of its own: the plugin has it, and tests do.
libsonde_prometheus_la_SOURCES = \
	plugins/prometheus/access.c plugins/prometheus/access.h \
	plugins/prometheus/negotiation.c plugins/prometheus/negotiation.h
libsonde_prometheus_la_CPPFLAGS = $(PLUGIN_CPPFLAGS)
libsonde_prometheus_la_CFLAGS = $(PLUGIN_CFLAGS)

plugins_prometheus_la_SOURCES = \
	plugins/prometheus/listener.c plugins/prometheus/listener.h \
	plugins/prometheus/prometheus.c \
	plugins/prometheus/request.c plugins/prometheus/request.h \
	plugins/prometheus/server.c plugins/prometheus/server.h \
	$(gzip_sources)
plugins_prometheus_la_CPPFLAGS = $(PLUGIN_CPPFLAGS)
plugins_prometheus_la_CFLAGS = $(PLUGIN_CFLAGS) $(MICROHTTPD_CFLAGS) $(ZLIB_CFLAGS)
plugins_prometheus_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_prometheus_la_LIBADD = libsonde-prometheus.la $(MICROHTTPD_LIBS) $(ZLIB_LIBS)

noinst_LTLIBRARIES += libsonde-prometheus.la
if HAVE_MICROHTTPD
plugin_LTLIBRARIES += plugins/prometheus.la
endif
