# SPDX-License-Identifier: MIT
#
# shape.awk - which parameters the symbols of custom rows have, for the emitters of this folder.

# The symbol whose parameters this one has, or "" if the table does not tell. A custom sibling has those
# of its row if it is the row's name with something before it (__isoc99_vscanf of vscanf).
function parameters_of(name, row) {
	if (parameters[name] ~ /[.][.][.]/)
		return ""
	if (kind[name] == "row" || kind[name] == "chk")
		return name
	if (kind[name] == "older" && parameters[row] !~ /[.][.][.]/)
		return name
	if (parameters[row] ~ /[.][.][.]/)
		return ""
	if (kind[name] == "alias" || substr(name, length(name) - length(row) + 1) == row)
		return row
	return ""
}

