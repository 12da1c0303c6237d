# SPDX-License-Identifier: MIT
#
# emit-map.awk - preload.gen.map: the linker's version script. Exported is what the tables name, no more.

function emit(   i) {
	print "# Made by src/calls/emit-map.awk from the call table."
	print "{\n\tglobal:"
	for (i = 1; i <= n_symbols; i++)
		print "\t\t" symbol[i] ";"
	print "\tlocal:\n\t\t*;\n};"
}
