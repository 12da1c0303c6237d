# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154 # who reads this has $scratch
#
# strace-lib.sh - files for programs that are watched twice, by strace and by sonde, and how they are run with them.

make_tree() {
	local directory
	for directory in one one/two one/three; do
		mkdir "$directory"
		seq 3000 >"$directory/numbers"
		echo text >"$directory/text"
	done
}

# So old that git need not ask whether they changed in the second in which it looked.
make_old() {
	find . -exec touch -h -d @1000000000 {} +
}

# in_copy COMMAND... - in a copy of the files. Its output goes to a pipe, since that is read and written by everything.
in_copy() {
	rm -rf "$scratch/copy"
	cp -a "$scratch/files" "$scratch/copy"
	(
		cd "$scratch/copy" || exit
		exec env -i PATH=/usr/bin:/bin HOME="$scratch/home" LC_ALL=C GIT_OPTIONAL_LOCKS=0 "$@" \
			2>&1 </dev/null
	) | cat >"$scratch/output"
}
