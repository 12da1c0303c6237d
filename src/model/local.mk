# SPDX-License-Identifier: MIT
libsonde_core_la_SOURCES += \
	src/model/accounted-bytes.c \
	src/model/bucket-counts.c src/model/bucket-counts.h \
	src/model/breakdown.c src/model/breakdown.h \
	src/model/comparison.c src/model/comparison.h \
	src/model/counted-calls.c \
	src/model/distribution.c src/model/distribution.h \
	src/model/emitter.c src/model/emitter.h \
	src/model/exemplar.c src/model/exemplar.h \
	src/model/failure-class.c src/model/failure-class.h \
	src/model/family.c src/model/family.h \
	src/model/call-direction.c src/model/call-direction.h \
	src/model/fold.c src/model/fold.h \
	src/model/fold-metrics.c src/model/fold-metrics.h \
	src/model/fold-objects.c src/model/fold-objects.h \
	src/model/fold-stacks.c src/model/fold-stacks.h \
	src/model/fold-spans.c src/model/fold-spans.h \
	src/model/hash-index.c src/model/hash-index.h \
	src/model/kept-processes.c \
	src/model/labels.c src/model/labels.h \
	src/model/main-thread.c \
	src/model/merge.c src/model/merge.h \
	src/model/message.c src/model/message.h \
	src/model/measure.c src/model/measure.h \
	src/model/metric-list.c src/model/metric-list.h \
	src/model/name-counts.c src/model/name-counts.h \
	src/model/object-list.c src/model/object-list.h \
	src/model/part.c src/model/part.h \
	src/model/pattern.c \
	src/model/pattern.h \
	src/model/plugin-record.c \
	src/model/recording.c src/model/recording.h \
	src/model/region-check.c src/model/region-check.h \
	src/model/region-marks.c src/model/region-marks.h \
	src/model/region-reader.c src/model/region-reader.h \
	src/model/selection.c src/model/selection.h \
	src/model/series-check.c src/model/series-check.h \
	src/model/series.c src/model/series.h \
	src/model/snapshot.c src/model/snapshot.h src/model/snapshot-build.h \
	src/model/shell-quote.c src/model/shell-quote.h \
	src/model/snapshot-difference.c \
	src/model/snapshot-recording.c \
	src/model/stack-merge.c src/model/stack-merge.h \
	src/model/stack-list.c src/model/stack-list.h \
	src/model/stack-name.c src/model/stack-name.h \
	src/model/syscall-name.c src/model/syscall-name.h \
	src/model/test-rule.c src/model/test-rule.h \
	src/model/window.c src/model/window.h \
	src/model/window-ring.c src/model/window-ring.h \
	src/model/window-slot.c src/model/window-slot.h \
	src/model/window-value.c src/model/window-value.h \
	src/model/words.h

# Numbers are the machine's, so names come from the headers of the machine that sonde is built for.
BUILT_SOURCES += src/model/syscalls.gen.h
CLEANFILES += src/model/syscalls.gen.h src/model/syscalls.gen.h-t
src/model/syscalls.gen.h: $(srcdir)/src/model/local.mk
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)echo '#include <sys/syscall.h>' | $(CC) $(CPPFLAGS) -E -dM - | LC_ALL=C sort | \
		sed -n 's/^#define SYS_\([a-z_0-9]*\) .*/{SYS_\1, "\1"},/p' >$@-t && test -s $@-t && mv $@-t $@
