# SPDX-License-Identifier: MIT
#
# Exporters that append to a file, or keep one.
plugin_LTLIBRARIES += plugins/csv.la plugins/jsonlines.la plugins/textfile.la

append_file_sources = plugins/files/append-file.c plugins/files/append-file.h $(buffer_sources)

plugins_csv_la_SOURCES = plugins/files/csv.c $(append_file_sources)
plugins_csv_la_CPPFLAGS = $(PLUGIN_CPPFLAGS)
plugins_csv_la_CFLAGS = $(PLUGIN_CFLAGS)
plugins_csv_la_LDFLAGS = $(PLUGIN_LDFLAGS)

plugins_jsonlines_la_SOURCES = plugins/files/jsonlines.c $(append_file_sources) $(window_sources)
plugins_jsonlines_la_CPPFLAGS = $(PLUGIN_CPPFLAGS)
plugins_jsonlines_la_CFLAGS = $(PLUGIN_CFLAGS)
plugins_jsonlines_la_LDFLAGS = $(PLUGIN_LDFLAGS)

plugins_textfile_la_SOURCES = plugins/files/textfile.c $(buffer_sources) $(sources_sources)
plugins_textfile_la_CPPFLAGS = $(PLUGIN_CPPFLAGS)
plugins_textfile_la_CFLAGS = $(PLUGIN_CFLAGS)
plugins_textfile_la_LDFLAGS = $(PLUGIN_LDFLAGS)
