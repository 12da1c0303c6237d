# SPDX-License-Identifier: MIT
#
# emit-list.awk - one line for each symbol: its kind, its name, its row, and "since" if it may be missing.

function emit(   i, name, s) {
	for (i = 1; i <= n_symbols; i++) {
		name = symbol[i]
		print kind[name], name, row_of[name], ((row_of[name], "since") in fact) ? "since" : ""
	}
	for (s in skip_reason)
		print "skip", s
}
