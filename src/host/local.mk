# SPDX-License-Identifier: MIT
libsonde_core_la_SOURCES += \
	src/host/choice-wire.c src/host/choice-wire.h \
	src/host/config-loader.c src/host/config-loader.h \
	src/host/config-overrides.c \
	src/host/config-plugins.c \
	src/host/config-print.c \
	src/host/config-text.c src/host/config-text.h \
	src/host/configuration.c src/host/configuration.h \
	src/host/explain.c src/host/explain.h \
	src/host/given.c src/host/given.h \
	src/host/mapped-file.c src/host/mapped-file.h \
	src/host/messages.c src/host/messages.h \
	src/host/nearest.c src/host/nearest.h \
	src/host/option-table.c src/host/option-table.h \
	src/host/plugin-backoff.c src/host/plugin-backoff.h \
	src/host/plugin-bases.c src/host/plugin-bases.h \
	src/host/plugin-channel.c src/host/plugin-channel.h \
	src/host/plugin-check.c src/host/plugin-check.h \
	src/host/plugin-child.c src/host/plugin-child.h \
	src/host/plugin-choice.h \
	src/host/plugin-config.c src/host/plugin-config.h \
	src/host/plugin-describe.c src/host/plugin-describe.h \
	src/host/plugin-emit.c src/host/plugin-emit.h \
	src/host/plugin-figures.c src/host/plugin-figures.h \
	src/host/plugin-folder.c src/host/plugin-folder.h \
	src/host/plugin-format.c src/host/plugin-format.h \
	src/host/plugin-health.c src/host/plugin-health.h \
	src/host/plugin-home.c src/host/plugin-home.h \
	src/host/plugin-io.c src/host/plugin-io.h \
	src/host/plugin-leavers.c src/host/plugin-leavers.h \
	src/host/plugin-life.c src/host/plugin-life.h \
	src/host/plugin-loader.c src/host/plugin-loader.h \
	src/host/plugin-log.c src/host/plugin-log.h \
	src/host/plugin-memory.c src/host/plugin-memory.h \
	src/host/plugin-process.c src/host/plugin-process.h \
	src/host/plugin-queue.c src/host/plugin-queue.h \
	src/host/plugin-runner.c src/host/plugin-runner.h \
	src/host/plugin-snapshot.c src/host/plugin-snapshot.h \
	src/host/plugin-symbols.c src/host/plugin-symbols.h \
	src/host/plugin-table.c src/host/plugin-table.h \
	src/host/plugin-tag.c src/host/plugin-tag.h \
	src/host/plugin-thread.c src/host/plugin-thread.h \
	src/host/plugin-watch.c src/host/plugin-watch.h \
	src/host/process-file.c src/host/process-file.h \
	src/host/process-io.c src/host/process-io.h \
	src/host/process-sights.c src/host/process-sights.h \
	src/host/process-state.c src/host/process-state.h \
	src/host/quantity.c src/host/quantity.h \
	src/host/region-list.c src/host/region-list.h \
	src/host/session-change.c src/host/session-change.h \
	src/host/session-host.c src/host/session-host.h \
	src/host/session-list.c src/host/session-list.h \
	src/host/session-view.c src/host/session-view.h \
	src/host/settings.c src/host/settings.h \
	src/host/snapshot-wire.c src/host/snapshot-wire.h \
	src/host/value.c src/host/value.h \
	src/host/vocabulary.c src/host/vocabulary.h
