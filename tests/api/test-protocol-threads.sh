# SPDX-License-Identifier: MIT
#
# A hundred million records take their time where others are at work, too.
patience_s=1200
. "${top_srcdir:-.}/tests/api/lib.sh" && run test-protocol-threads
