# SPDX-License-Identifier: MIT
#
# What is installed for those who write plugins.
sondeincludedir = $(includedir)/sonde
dist_sondeinclude_HEADERS = include/sonde/plugin.h

pkgconfigdir = $(libdir)/pkgconfig
nodist_pkgconfig_DATA = include/sonde-plugin.pc
