# SPDX-License-Identifier: MIT
#
# Tests of what reads and reports: model, format, report.

model_unit_tests = \
	tests/unit/test-bucket-counts \
	tests/unit/test-emitter \
	tests/unit/test-failure-class \
	tests/unit/test-family \
	tests/unit/test-fold-metrics \
	tests/unit/test-fold-objects \
	tests/unit/test-merge \
	tests/unit/test-number-text \
	tests/unit/test-recording \
	tests/unit/test-recording-fuzz \
	tests/unit/test-recording-json \
	tests/unit/test-recording-text \
	tests/unit/test-region \
	tests/unit/test-report \
	tests/unit/test-series \
	tests/unit/test-snapshot-format \
	tests/unit/test-snapshot \
	tests/unit/test-window \
	tests/unit/test-whole-write

check_PROGRAMS += $(model_unit_tests)
TESTS += $(model_unit_tests)

region_builder_sources = tests/unit/region-builder.c tests/unit/region-builder.h tests/unit/unit.h

tests_unit_test_bucket_counts_SOURCES = tests/unit/test-bucket-counts.c tests/unit/unit.h
tests_unit_test_bucket_counts_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_bucket_counts_LDADD = $(UNIT_LIBS)

tests_unit_test_emitter_SOURCES = tests/unit/test-emitter.c tests/unit/unit.h
tests_unit_test_emitter_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_emitter_LDADD = $(UNIT_LIBS)

tests_unit_test_merge_SOURCES = tests/unit/test-merge.c tests/unit/unit.h
tests_unit_test_merge_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_merge_LDADD = $(UNIT_LIBS)

tests_unit_test_number_text_SOURCES = tests/unit/test-number-text.c tests/unit/unit.h
tests_unit_test_number_text_CFLAGS = $(UNIT_CFLAGS) $(JANSSON_CFLAGS)
tests_unit_test_number_text_LDADD = $(UNIT_LIBS) $(JANSSON_LIBS)

tests_unit_test_failure_class_SOURCES = tests/unit/test-failure-class.c tests/unit/unit.h
tests_unit_test_failure_class_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_failure_class_LDADD = $(UNIT_LIBS)

tests_unit_test_family_SOURCES = tests/unit/test-family.c tests/unit/unit.h
tests_unit_test_family_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_family_LDADD = $(UNIT_LIBS)

tests_unit_test_fold_metrics_SOURCES = tests/unit/test-fold-metrics.c $(region_builder_sources)
tests_unit_test_fold_metrics_CFLAGS = $(UNIT_CFLAGS) $(JANSSON_CFLAGS)
tests_unit_test_fold_metrics_LDADD = $(UNIT_LIBS) $(JANSSON_LIBS)

tests_unit_test_fold_objects_SOURCES = tests/unit/test-fold-objects.c $(region_builder_sources)
tests_unit_test_fold_objects_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_fold_objects_LDADD = $(UNIT_LIBS)

tests_unit_test_recording_SOURCES = tests/unit/test-recording.c tests/unit/unit.h
tests_unit_test_recording_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_recording_LDADD = $(UNIT_LIBS) -lm

tests_unit_test_recording_fuzz_SOURCES = tests/unit/test-recording-fuzz.c \
	$(region_builder_sources) $(report_sources)
tests_unit_test_recording_fuzz_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_recording_fuzz_LDADD = $(UNIT_LIBS)

tests_unit_test_recording_json_SOURCES = tests/unit/test-recording-json.c \
	$(region_builder_sources)
tests_unit_test_recording_json_CFLAGS = $(UNIT_CFLAGS) $(JANSSON_CFLAGS)
tests_unit_test_recording_json_LDADD = $(UNIT_LIBS) $(JANSSON_LIBS)

tests_unit_test_whole_write_SOURCES = tests/unit/test-whole-write.c tests/unit/unit.h src/tool/whole-write.c
tests_unit_test_whole_write_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_whole_write_LDADD = $(UNIT_LIBS)

tests_unit_test_recording_text_SOURCES = tests/unit/test-recording-text.c tests/unit/unit.h \
	src/tool/gzip-piece.c src/tool/recording-text.c
tests_unit_test_recording_text_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_recording_text_LDFLAGS = -Wl,--wrap=recording_json_write_to
tests_unit_test_recording_text_LDADD = $(UNIT_LIBS) $(ZLIB_LIBS)

tests_unit_test_region_SOURCES = tests/unit/test-region.c $(region_builder_sources)
tests_unit_test_region_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_region_LDADD = $(UNIT_LIBS)

tests_unit_test_report_SOURCES = tests/unit/test-report.c tests/unit/unit.h $(report_sources)
tests_unit_test_report_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_report_LDADD = $(UNIT_LIBS)

tests_unit_test_series_SOURCES = tests/unit/test-series.c tests/unit/unit.h
tests_unit_test_series_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_series_LDADD = $(UNIT_LIBS)

tests_unit_test_snapshot_SOURCES = tests/unit/test-snapshot.c tests/unit/unit.h
tests_unit_test_snapshot_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_snapshot_LDADD = $(UNIT_LIBS)

tests_unit_test_window_SOURCES = tests/unit/test-window.c tests/unit/unit.h
tests_unit_test_window_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_window_LDADD = $(UNIT_LIBS) -lm

tests_unit_test_snapshot_format_SOURCES = tests/unit/test-snapshot-format.c tests/unit/unit.h
tests_unit_test_snapshot_format_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_snapshot_format_LDADD = $(UNIT_LIBS) -lm

EXTRA_DIST += \
	tests/golden/empty.json \
	tests/golden/empty.txt \
	tests/golden/failures-only.json \
	tests/golden/failures-only.txt \
	tests/golden/hanging.json \
	tests/golden/hanging.txt \
	tests/golden/hostile-written.json \
	tests/golden/hostile.json \
	tests/golden/hostile.txt \
	tests/golden/huge-written.json \
	tests/golden/huge.json \
	tests/golden/huge.txt \
	tests/golden/kinds-wide.txt \
	tests/golden/kinds.json \
	tests/golden/kinds.txt \
	tests/golden/ledger.json \
	tests/golden/ledger.txt \
	tests/golden/lossy-all-by-name.txt \
	tests/golden/metrics.json \
	tests/golden/metrics.txt \
	tests/golden/metrics-short.txt \
	tests/golden/lossy-written.json \
	tests/golden/lossy.json \
	tests/golden/lossy.txt \
	tests/golden/ordinary-colour.txt \
	tests/golden/ordinary-short-by-errors.txt \
	tests/golden/ordinary-wide-by-bytes.txt \
	tests/golden/ordinary-written.json \
	tests/golden/ordinary.json \
	tests/golden/ordinary.txt \
	tests/golden/plugins.json \
	tests/golden/plugins.txt
