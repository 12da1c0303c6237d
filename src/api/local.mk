# SPDX-License-Identifier: MIT
libsonde_la_SOURCES += \
	src/api/aggregator.c \
	src/api/asynchronous.c \
	src/api/collector.c \
	src/api/collector-thread.c \
	src/api/dashboard.c src/api/dashboard.h \
	src/api/dashboard-grafana.c \
	src/api/dashboard-panels.c src/api/dashboard-panels.h \
	src/api/deadline.h \
	src/api/detached-thread.c src/api/detached-thread.h \
	src/api/disk-question.c src/api/disk-question.h \
	src/api/document.c src/api/document.h \
	src/api/endpoint.c src/api/endpoint.h \
	src/api/export-batch.c src/api/export-batch.h \
	src/api/event-ring.c src/api/event-ring.h \
	src/api/events.c src/api/events.h \
	src/api/exports.c src/api/exports.h \
	src/api/figures.c src/api/figures.h \
	src/api/future.c src/api/future.h \
	src/api/health.c \
	src/api/history.c src/api/history.h \
	src/api/initial-config.c src/api/initial-config.h \
	src/api/instance.c src/api/instance.h \
	src/api/label.c \
	src/api/monitor.c src/api/monitor.h \
	src/api/names.c \
	src/api/operation.c src/api/operation.h \
	src/api/plugin-place.c src/api/plugin-place.h \
	src/api/recording.c src/api/recording.h \
	src/api/request.c src/api/request.h \
	src/api/resources.c src/api/resources.h \
	src/api/signed.c src/api/signed.h \
	src/api/stream.c src/api/stream.h \
	src/api/stream-filter.c src/api/stream-filter.h \
	src/api/timer.c \
	src/api/timer-table.c src/api/timer-table.h \
	src/api/tracker.c \
	src/api/unit.c \
	src/api/values.c src/api/values.h

EXTRA_DIST += src/api/libsonde.map
