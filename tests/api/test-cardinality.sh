# SPDX-License-Identifier: MIT
. "${top_srcdir:-.}/tests/api/lib.sh" && run test-cardinality
