# SPDX-License-Identifier: MIT
#
# Programs that cannot be watched, places that are full, limits that are small, and LD_PRELOAD in all its forms.
limits_tests = \
	tests/e2e/test-limits-directory.sh \
	tests/e2e/test-limits-follow.sh \
	tests/e2e/test-limits-many.sh \
	tests/e2e/test-limits-recording.sh \
	tests/e2e/test-limits-resources.sh \
	tests/e2e/test-limits-unwatched.sh \
	tests/e2e/test-preload-bare.sh \
	tests/e2e/test-preload-list.sh \
	tests/e2e/test-preload-session.sh

check_PROGRAMS += tests/e2e/limits-subject
tests_e2e_limits_subject_SOURCES = tests/e2e/limits-subject.c

TESTS += $(limits_tests)
EXTRA_DIST += $(limits_tests) tests/e2e/limits-lib.sh
