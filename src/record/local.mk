# SPDX-License-Identifier: MIT
libsonde_preload_la_SOURCES += \
	src/record/recorder.c src/record/recorder.h \
	src/record/process.c src/record/process.h \
	src/record/thread.c src/record/thread.h \
	src/record/statistics.c \
	src/record/code-object.c src/record/code-object.h \
	src/record/heap-samples.c src/record/heap-samples.h \
	src/record/sampling.c src/record/sampling.h \
	src/record/stack-table.c src/record/stack-table.h \
	src/record/stacks.c src/record/stacks.h \
	src/record/unmeasured.c src/record/unmeasured.h \
	src/record/unwind.c src/record/unwind.h src/record/unwind-bytes.h \
	src/record/unwind-expression.c src/record/unwind-expression.h \
	src/record/unwind-table.c src/record/unwind-table.h \
	src/record/engine.c src/record/engine.h src/record/home.h \
	src/record/descriptor.c src/record/descriptor.h \
	src/record/filter.c src/record/filter.h \
	src/record/filter-program.c src/record/filter-program.h \
	src/record/identity.c src/record/identity.h src/record/inheritance.c src/record/inheritance.h \
	src/record/marks.c src/record/marks.h \
	src/record/memory.c src/record/memory.h \
	src/record/metric.c src/record/metric-cell.c src/record/metric.h src/record/metric-private.h \
	src/record/private-memory.c src/record/private-memory.h \
	src/record/region-writer.c src/record/region-writer.h src/record/region.h \
	src/record/session.c src/record/session.h \
	src/record/span.c src/record/span.h \
	src/record/startup.c src/record/startup.h \
	src/record/executable.c src/record/executable.h \
	src/record/program-file.c src/record/program-file.h \
	src/record/sanitizer.c src/record/sanitizer.h \
	src/record/preload-list.h \
	src/record/probe.h \
	src/record/connection.c src/record/connection.h \
	src/record/object.c src/record/object.h \
	src/record/object-address.c src/record/object-name.c src/record/object-name.h

# The recording side, but for what only intercepted calls need.
libsonde_record_la_SOURCES += \
	src/record/connection.h \
	src/record/descriptor.c src/record/descriptor.h \
	src/record/filter.c src/record/filter.h \
	src/record/filter-program.c src/record/filter-program.h \
	src/record/engine.c src/record/engine.h src/record/home.h \
	src/record/identity.c src/record/identity.h src/record/inheritance.c src/record/inheritance.h \
	src/record/marks.c src/record/marks.h \
	src/record/memory.c src/record/memory.h \
	src/record/object-address.c src/record/object-name.c src/record/object-name.h \
	src/record/metric.c src/record/metric-cell.c src/record/metric.h src/record/metric-private.h \
	src/record/private-memory.c src/record/private-memory.h \
	src/record/probe.h \
	src/record/process.c src/record/process.h \
	src/record/recorder.c src/record/recorder.h \
	src/record/region-writer.c src/record/region-writer.h src/record/region.h \
	src/record/span.c src/record/span.h \
	src/record/startup.c src/record/startup.h \
	src/record/thread.c src/record/thread.h

# Whoever makes or reads sessions needs this much of the recording side.
libsonde_core_la_SOURCES += src/record/session.c src/record/session.h src/record/region.h \
	src/record/executable.c src/record/executable.h \
	src/record/program-file.c src/record/program-file.h \
	src/record/sanitizer.c src/record/sanitizer.h \
	src/record/preload-list.c src/record/preload-list.h
