# SPDX-License-Identifier: MIT
#
# emit-exports.awk - exports.gen.list: what the preload exports, each as nm prints it, "read" or "glob@GLIBC_2.2.5" or
# "glob@@GLIBC_2.27".

function emit(   i, k, name, row) {
	for (i = 1; i <= n_symbols; i++) {
		name = symbol[i]
		row = row_of[name]
		if (!has_older(name))
			print libc_name(name)
		for (k = 1; has_older(name) && k <= n_newer[row]; k++)
			print name (k < n_newer[row] ? "@" : "@@") newer[row, k]
	}
}
