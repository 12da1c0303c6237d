# SPDX-License-Identifier: MIT
libsonde_la_SOURCES += \
	src/api/aggregator.c \
	src/api/collector.c \
	src/api/collector-thread.c \
	src/api/figures.c src/api/figures.h \
	src/api/health.c \
	src/api/instance.c src/api/instance.h \
	src/api/names.c \
	src/api/operation.c src/api/operation.h \
	src/api/request.c src/api/request.h \
	src/api/timer.c \
	src/api/timer-table.c src/api/timer-table.h \
	src/api/tracker.c \
	src/api/unit.c

EXTRA_DIST += src/api/libsonde.map
