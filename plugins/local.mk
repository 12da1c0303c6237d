# SPDX-License-Identifier: MIT
#
# Plugins see include/ and nothing of src/, and export one symbol.
plugindir = $(pkglibdir)/plugins
plugin_LTLIBRARIES =
PLUGIN_LDFLAGS = -module -avoid-version -shared -Wl,-z,defs -export-symbols-regex '^sonde_plugin_v1$$'

include plugins/resources/local.mk
