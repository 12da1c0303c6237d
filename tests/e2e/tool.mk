# SPDX-License-Identifier: MIT
#
# The command from end to end.
tool_tests = \
	tests/e2e/test-breakdown.sh \
	tests/e2e/test-check.sh \
	tests/e2e/test-ci-examples.sh \
	tests/e2e/test-config-errors.sh \
	tests/e2e/test-config-override.sh \
	tests/e2e/test-config-plugins.sh \
	tests/e2e/test-config-show.sh \
	tests/e2e/test-diff.sh \
	tests/e2e/test-family.sh \
	tests/e2e/test-label.sh \
	tests/e2e/test-host-killed.sh \
	tests/e2e/test-ledger.sh \
	tests/e2e/test-files.sh \
	tests/e2e/test-peers.sh \
	tests/e2e/test-memory.sh \
	tests/e2e/test-off.sh \
	tests/e2e/test-merge.sh \
	tests/e2e/test-report-commands.sh \
	tests/e2e/test-run-recording.sh \
	tests/e2e/test-run-session.sh \
	tests/e2e/test-run-signals.sh \
	tests/e2e/test-run-status.sh \
	tests/e2e/test-scale.sh \
	tests/e2e/test-sessions.sh \
	tests/e2e/test-set.sh \
	tests/e2e/test-test-runs.sh

check_PROGRAMS += tests/e2e/subject tests/e2e/test-run-terminal
tests_e2e_subject_SOURCES = tests/e2e/subject.c
tests_e2e_test_run_terminal_SOURCES = tests/e2e/test-run-terminal.c

TESTS += $(tool_tests) tests/e2e/test-run-terminal
EXTRA_DIST += $(tool_tests) tests/e2e/lib.sh
