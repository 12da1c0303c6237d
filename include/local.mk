# SPDX-License-Identifier: MIT
#
# What is installed for those who write plugins, and programs that record figures.
sondeincludedir = $(includedir)/sonde
dist_sondeinclude_HEADERS = include/sonde/asynchronous.h include/sonde/plugin.h include/sonde/sonde.h

pkgconfigdir = $(libdir)/pkgconfig
nodist_pkgconfig_DATA = include/sonde-plugin.pc include/sonde.pc
