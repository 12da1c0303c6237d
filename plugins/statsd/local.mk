# SPDX-License-Identifier: MIT
plugin_LTLIBRARIES += plugins/statsd.la

statsd_packets_sources = plugins/statsd/packets.c plugins/statsd/packets.h $(buffer_sources)

plugins_statsd_la_SOURCES = \
	$(statsd_packets_sources) \
	plugins/statsd/sender.c plugins/statsd/sender.h \
	plugins/statsd/statsd.c
plugins_statsd_la_CPPFLAGS = $(PLUGIN_CPPFLAGS)
plugins_statsd_la_CFLAGS = $(PLUGIN_CFLAGS)
plugins_statsd_la_LDFLAGS = $(PLUGIN_LDFLAGS)
