# SPDX-License-Identifier: MIT
#
# Plugins: the header that they are written against, the host that runs them, and what bad ones can do.
plugin_tests = \
	tests/plugins/test-header.sh

TESTS += $(plugin_tests)
EXTRA_DIST += $(plugin_tests) tests/plugins/frozen/1.0/sonde/plugin.h
