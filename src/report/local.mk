# SPDX-License-Identifier: MIT
report_sources = \
	src/report/breakdown.c src/report/breakdown.h \
	src/report/diff.c src/report/diff.h \
	src/report/line.c src/report/line.h \
	src/report/off-calls.c src/report/off-calls.h \
	src/report/sites.c src/report/sites.h \
	src/report/runs.c src/report/runs.h \
	src/report/text.c src/report/text.h \
	src/report/text-calls.c \
	src/report/text-coverage.c \
	src/report/text-failures.c \
	src/report/text-memory.c \
	src/report/text-metrics.c \
	src/report/text-objects.c src/report/text-objects.h \
	src/report/text-plugins.c \
	src/report/text-sites.c \
	src/report/text-sections.h \
	src/report/units.c src/report/units.h

sonde_SOURCES += $(report_sources)
