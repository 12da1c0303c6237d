# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154 # who reads this has $scratch
#
# strace-lib.sh - files for programs that are watched twice, by strace and by sonde, how they are run with them, and how
# what came of it is told (who reads this has n_passed and n_failed).

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

# say_whether NAME COMMAND... - what the command finds is equal, or not; it prints how much, and what is not.
say_whether() {
	if "${@:2}" >"$scratch/answer"; then
		echo "ok - $1: $(head -n 1 "$scratch/answer")"
		n_passed=$((n_passed + 1))
	else
		echo "not ok - $1: $(head -n 1 "$scratch/answer")"
		n_failed=$((n_failed + 1))
	fi
	tail -n +2 "$scratch/answer" | sed 's/^/#   /'
}
