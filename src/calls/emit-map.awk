# SPDX-License-Identifier: MIT
#
# emit-map.awk - preload.gen.map: the linker's version script. It names the versions of symbols that have two, and of
# those that are newer than libc; the lowest comes first, as in libc: a program without versions binds to it. What is
# in no version is found whatever version a program asks for. It is exported if it is an EXPORT.

function emit(   i, row, k, n, list) {
	for (i = 1; i <= n_symbols; i++)
		if (kind[symbol[i]] == "older") {
			row = row_of[symbol[i]]
			n = note_version(version_of[symbol[i]], list, n)
			for (k = 1; k <= n_newer[row]; k++)
				n = note_version(newer[row, k], list, n)
		} else if (is_newer(symbol[i]))
			n = note_version("GLIBC_2." since(symbol[i]), list, n)
	print "# Made by src/calls/emit-map.awk from the call table."
	if (!n)
		print "{\n\tlocal:\n\t\t__bss_start; _edata; _end; _init; _fini;\n};"
	for (i = 1; i <= n; i++)
		print list[i] " {" (i == 1 ? "\n\tlocal:\n\t\tolder_*; same_*;\n" \
			"\t\t__bss_start; _edata; _end; _init; _fini;\n" : " ") "};"
}

# Adds a version to the sorted list, once; returns how many there are.
function note_version(version, list, n,   i, k) {
	for (i = 1; i <= n && is_lower(list[i], version); i++)
		;
	if (i <= n && list[i] == version)
		return n
	for (k = n; k >= i; k--)
		list[k + 1] = list[k]
	list[i] = version
	return n + 1
}

# "GLIBC_2.2.5" is lower than "GLIBC_2.10".
function is_lower(a, b,   left, right, n_left, n_right, i) {
	n_left = split(substr(a, 7), left, ".")
	n_right = split(substr(b, 7), right, ".")
	for (i = 1; i <= n_left && i <= n_right; i++)
		if (left[i] + 0 != right[i] + 0)
			return left[i] + 0 < right[i] + 0
	return n_left < n_right
}
