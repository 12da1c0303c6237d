# SPDX-License-Identifier: MIT
#
# The plugins that come with sonde. Each sees include/ and its own libraries, nothing of src/, and exports one symbol.
# To add one: plugins/NAME.la here, for plugins/NAME.c, and its flags below; one of several files has a folder.
plugindir = $(pkglibdir)/plugins
plugin_LTLIBRARIES = \
	plugins/jsonlines.la

PLUGIN_LDFLAGS = -module -avoid-version -shared -Wl,-z,defs -export-symbols-regex '^sonde_plugin_v1$$'
PLUGIN_CPPFLAGS = -I$(srcdir)/include -D_GNU_SOURCE

plugins_jsonlines_la_CPPFLAGS = $(PLUGIN_CPPFLAGS)
plugins_jsonlines_la_LDFLAGS = $(PLUGIN_LDFLAGS)

include plugins/resources/local.mk
