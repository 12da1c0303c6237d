# SPDX-License-Identifier: MIT
#
# The checks of the tree and of the built library, and tests that they find what they are for.
script_tests = \
	tests/scripts/check-exports.sh \
	tests/scripts/check-hazards.sh \
	tests/scripts/check-layers.sh \
	tests/scripts/check-protocol.sh \
	tests/scripts/check-size.sh \
	tests/scripts/compare.sh \
	tests/scripts/count-tests.sh \
	tests/scripts/foreign.sh \
	tests/scripts/sonde.sh \
	tests/scripts/strace.sh

dist_check_SCRIPTS += scripts/check-exports scripts/check-hazards scripts/check-layers scripts/check-protocol scripts/check-size
TESTS += scripts/check-exports scripts/check-hazards scripts/check-layers scripts/check-protocol scripts/check-size $(script_tests)
EXTRA_DIST += $(script_tests) tests/scripts/lib.sh
