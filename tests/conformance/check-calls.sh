# SPDX-License-Identifier: MIT
#
# check-calls finds what is missing from the call table, or wrong in it.
#
# shellcheck disable=SC2154 # top_srcdir comes from the makefile
. "$top_srcdir/tests/scripts/lib.sh"

# change FILE EXPRESSION - a copy of the table with one file changed by sed.
change() {
	rm -rf "$scratch/tree"
	mkdir -p "$scratch/tree/src/calls" "$scratch/tree/scripts"
	cp "$top_srcdir"/src/calls/*.{awk,calls,list} "$scratch/tree/src/calls"
	cp "$top_srcdir/scripts/check-calls" "$scratch/tree/scripts"
	chmod -R u+w "$scratch/tree"
	sed -i "$2" "$scratch/tree/src/calls/$1"
}

# complains MESSAGE FILE EXPRESSION
complains() {
	change "$2" "$3"
	finds "$1" "$scratch/tree/scripts/check-calls"
}

accepts() {
	change "$1" "$2"
	passes "$scratch/tree/scripts/check-calls"
}

report "the table as it is passes" accepts io.calls ''
report "a missing 64-bit twin is found" \
	complains "pread64, a variant of pread, is neither" io.calls '/alias *pread64/d'
report "a missing fortify twin is found" \
	complains "__read_chk, a variant of read, is neither" io.calls '/chk *__read_chk/d'
report "a missing unlocked twin is found" \
	complains "fgets_unlocked, a variant of fgets, is neither" stdio.calls '/chk *fgets_unlocked/d'
report "a name that libc lacks is found" \
	complains "fsink is in the table, but not in" io.calls 's/^int fsync(/int fsink(/'
report "a call of the minimum that is missing is found" \
	complains "fsync is in the minimum, but neither" io.calls 's/^int fsync(/int fsink(/'
report "an alias for other code is found" \
	complains "posix_fallocate64 is an alias of posix_fallocate" io.calls 's/chk *posix_fallocate64/alias posix_fallocate64/'
report "an entry of the open list that is covered is found" \
	complains "read is on the open list, but in the table" open.list '$a read some reason'
report "an entry of the open list that libc lacks is found" \
	complains "raed is on the open list, but not in" open.list '$a raed some reason'
report "an entry of the open list needs a reason" \
	complains "regexec is on the open list without a reason" open.list '$a regexec'
report "a skipped symbol needs no row" \
	accepts io.calls 's/^\talias *__pipe$/#/; $a skip __pipe for a reason'
report "a name that only newer libraries have may be missing" \
	accepts io.calls '$a int not_yet(int fd)\n\tsince glibc 9.99'
finish
