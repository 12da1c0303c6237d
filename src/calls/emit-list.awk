# SPDX-License-Identifier: MIT
#
# emit-list.awk - one line for each symbol: its kind, its name, its row, and "since" if it may be missing; for
# kind "older" also its version and those that it is older than.

function emit(   i, name, s, line, k) {
	for (i = 1; i <= n_symbols; i++) {
		name = symbol[i]
		line = kind[name] " " (kind[name] == "older" ? plain_of[name] : name) " " row_of[name]
		if (kind[name] == "older")
			line = line " " version_of[name] newer_versions(row_of[name])
		else if (since(name))
			line = line " since"
		print line
	}
	for (s in skip_reason)
		print "skip", s
}

function newer_versions(row,   i, list) {
	for (i = 1; i <= n_newer[row]; i++)
		list = list " " newer[row, i]
	return list
}
