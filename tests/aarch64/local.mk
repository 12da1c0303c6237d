# SPDX-License-Identifier: MIT
#
# By hand, since it needs a compiler for another machine: the preload on aarch64, in qemu.
EXTRA_DIST += scripts/check-aarch64 tests/aarch64/deep.c tests/aarch64/judge.awk tests/aarch64/launcher.c
.PHONY: check-aarch64
check-aarch64: all
	$(srcdir)/scripts/check-aarch64 '$(abs_builddir)/aarch64'
