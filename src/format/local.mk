# SPDX-License-Identifier: MIT
libsonde_core_la_SOURCES += \
	src/format/file-sink.c src/format/file-sink.h \
	src/format/json-fields.h \
	src/format/json-output.c src/format/json-output.h \
	src/format/json-reader.c src/format/json-reader.h \
	src/format/json-text.c src/format/json-text.h \
	src/format/junit.c src/format/junit.h \
	src/format/message-json.c src/format/message-json.h \
	src/format/message-memory.c src/format/message-memory.h \
	src/format/metrics-json.c src/format/metrics-json.h \
	src/format/number-text.c src/format/number-text.h \
	src/format/object-table.c src/format/object-table.h \
	src/format/recording-json.h \
	src/format/recording-json-calls.c src/format/recording-json-calls.h \
	src/format/recording-json-coverage.c src/format/recording-json-coverage.h \
	src/format/recording-json-objects.c src/format/recording-json-objects.h \
	src/format/recording-json-parts.c src/format/recording-json-parts.h \
	src/format/recording-json-plugins.c src/format/recording-json-plugins.h \
	src/format/recording-json-stacks.c src/format/recording-json-stacks.h \
	src/format/recording-json-process.c src/format/recording-json-process.h \
	src/format/recording-json-read.c \
	src/format/recording-json-write.c \
	src/format/breakdown-table.c src/format/breakdown-table.h \
	src/format/comparison-json.c src/format/comparison-json.h \
	src/format/exposition-lines.c src/format/exposition-lines.h \
	src/format/exposition-name.c src/format/exposition-name.h \
	src/format/otlp-message.c src/format/otlp-message.h \
	src/format/otlp-resource.c src/format/otlp-resource.h \
	src/format/series-help.c src/format/series-help.h \
	src/format/snapshot-csv.c \
	src/format/snapshot-exposition.c \
	src/format/snapshot-format.c src/format/snapshot-format.h \
	src/format/snapshot-jsonlines.c \
	src/format/snapshot-otlp.c \
	src/format/snapshot-prometheus-protobuf.c \
	src/format/snapshot-statsd.c \
	src/format/stack-values.c src/format/stack-values.h \
	src/format/stacks-chrome.c src/format/stacks-chrome.h \
	src/format/stacks-folded.c src/format/stacks-folded.h \
	src/format/stacks-pprof.c src/format/stacks-pprof.h \
	src/format/text-sink.c src/format/text-sink.h \
	src/format/utf8.c src/format/utf8.h

# What is sent as protocol buffers: schemas of our own, and code that is generated from them.
format_messages = \
	src/format/otlp.pb-c.c src/format/otlp.pb-c.h \
	src/format/profile.pb-c.c src/format/profile.pb-c.h \
	src/format/prometheus.pb-c.c src/format/prometheus.pb-c.h
nodist_libsonde_core_la_SOURCES += $(format_messages)
BUILT_SOURCES += src/format/otlp.pb-c.h src/format/profile.pb-c.h src/format/prometheus.pb-c.h
CLEANFILES += $(format_messages)
src/format/otlp.pb-c.c: $(srcdir)/src/format/otlp.proto
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)$(PROTOC_C) --c_out=src --proto_path=$(srcdir)/src $<
src/format/otlp.pb-c.h: src/format/otlp.pb-c.c
src/format/prometheus.pb-c.c: $(srcdir)/src/format/prometheus.proto
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)$(PROTOC_C) --c_out=src --proto_path=$(srcdir)/src $<
src/format/prometheus.pb-c.h: src/format/prometheus.pb-c.c
src/format/profile.pb-c.c: $(srcdir)/src/format/profile.proto
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)$(PROTOC_C) --c_out=src --proto_path=$(srcdir)/src $<
src/format/profile.pb-c.h: src/format/profile.pb-c.c

EXTRA_DIST += src/format/otlp.proto src/format/profile.proto src/format/prometheus.proto docs/files.md docs/recording.md \
	docs/recording.schema.json
