# SPDX-License-Identifier: MIT
libsonde_la_SOURCES += \
	src/api/aggregator.c \
	src/api/asynchronous.c \
	src/api/collector.c \
	src/api/collector-thread.c \
	src/api/disk-question.c src/api/disk-question.h \
	src/api/figures.c src/api/figures.h \
	src/api/future.c src/api/future.h \
	src/api/health.c \
	src/api/instance.c src/api/instance.h \
	src/api/label.c \
	src/api/monitor.c src/api/monitor.h \
	src/api/names.c \
	src/api/operation.c src/api/operation.h \
	src/api/request.c src/api/request.h \
	src/api/resources.c src/api/resources.h \
	src/api/timer.c \
	src/api/timer-table.c src/api/timer-table.h \
	src/api/tracker.c \
	src/api/unit.c

EXTRA_DIST += src/api/libsonde.map
