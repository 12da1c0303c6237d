# SPDX-License-Identifier: MIT
stacks_tests = tests/stacks/test-sites.sh tests/stacks/test-cpp.sh tests/stacks/test-heap.sh tests/stacks/test-formats.sh tests/stacks/test-live.sh tests/stacks/test-debuginfod.sh
stacks_files = tests/stacks/lib.sh tests/stacks/exemplars.py tests/stacks/expect.py tests/stacks/sites.c tests/stacks/sites.cc tests/stacks/library.c tests/stacks/heap.c tests/stacks/heap-totals.py tests/stacks/debuginfod.py
TESTS += $(stacks_tests)
dist_check_SCRIPTS += $(stacks_tests)
EXTRA_DIST += $(stacks_files)
