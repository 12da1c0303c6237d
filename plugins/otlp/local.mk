# SPDX-License-Identifier: MIT
#
# What it has of OpenTelemetry's rules is a library of its own: the plugin has it, and tests do.
otlp_messages = plugins/otlp/answer.pb-c.c plugins/otlp/answer.pb-c.h
libsonde_otlp_la_SOURCES = \
	plugins/otlp/answer.c plugins/otlp/answer.h \
	plugins/otlp/pairs.c plugins/otlp/pairs.h \
	plugins/otlp/settings.c plugins/otlp/settings.h
nodist_libsonde_otlp_la_SOURCES = $(otlp_messages)
libsonde_otlp_la_CPPFLAGS = $(PLUGIN_CPPFLAGS) -I$(builddir)/plugins
libsonde_otlp_la_CFLAGS = $(PLUGIN_CFLAGS) $(CURL_CFLAGS) $(JANSSON_CFLAGS) $(PROTOBUF_C_CFLAGS)
libsonde_otlp_la_LIBADD = $(CURL_LIBS) $(JANSSON_LIBS) $(PROTOBUF_C_LIBS)

plugins_otlp_la_SOURCES = \
	plugins/otlp/otlp.c \
	plugins/otlp/transport.c plugins/otlp/transport.h \
	$(gzip_sources)
plugins_otlp_la_CPPFLAGS = $(PLUGIN_CPPFLAGS)
plugins_otlp_la_CFLAGS = $(PLUGIN_CFLAGS) $(CURL_CFLAGS) $(ZLIB_CFLAGS)
plugins_otlp_la_LDFLAGS = $(PLUGIN_LDFLAGS)
plugins_otlp_la_LIBADD = libsonde-otlp.la $(CURL_LIBS) $(ZLIB_LIBS)

BUILT_SOURCES += plugins/otlp/answer.pb-c.h
CLEANFILES += $(otlp_messages)
plugins/otlp/answer.pb-c.c: $(srcdir)/plugins/otlp/answer.proto
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)$(PROTOC_C) --c_out=plugins --proto_path=$(srcdir)/plugins $<
plugins/otlp/answer.pb-c.h: plugins/otlp/answer.pb-c.c

EXTRA_DIST += plugins/otlp/answer.proto
if HAVE_CURL
noinst_LTLIBRARIES += libsonde-otlp.la
plugin_LTLIBRARIES += plugins/otlp.la
endif
