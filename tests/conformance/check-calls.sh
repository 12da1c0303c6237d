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
report "a missing name of the past is found" \
	complains "llseek, a variant of lseek, is neither" io.calls '/alias *llseek/d'
report "a missing fortified name of an unlocked one is found" complains \
	"__fread_unlocked_chk, a variant of fread, is neither" stdio.calls '/chk *__fread_unlocked_chk/d'
report "a missing inner name of libc is found" \
	complains "_IO_puts, a variant of puts, is neither" stdio.calls '/chk *_IO_puts/d'
report "a missing name of the inline functions of old headers is found" \
	complains "__fxstatat64, a variant of fstatat, is neither" path.calls '/chk *__fxstatat64/d'
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
report "a second version with other code is found" complains \
	"realpath@GLIBC_2.2.5 is other code than the default version of realpath" path.calls \
	'/^char \*realpath/,/version/s/version.*/# none/'
report "a function with two versions that is not in the table is found" complains \
	"regexec, which libc has in two versions, is neither" other.calls '/^skip *regexec/d'
report "a version that is no other code is found" complains \
	"lio_listio@GLIBC_2.4 is no other code" io.calls 's/GLIBC_2.2.5 before GLIBC_2.4/GLIBC_2.4 before/'
report "a further version of the same code that is missing is found" complains \
	"lio_listio64@GLIBC_2.4 is in no \`version\`" io.calls 's/before GLIBC_2.4 GLIBC_2.34/before GLIBC_2.34/'
report "a version that libc lacks is found" complains \
	"quick_exit@GLIBC_2.9 is in the table, but not in" process.calls 's/GLIBC_2.10 before/GLIBC_2.9 before/'
report "a skipped symbol needs no row" \
	accepts io.calls 's/^\tchk *__pipe$/#/; $a skip __pipe for a reason'
report "a name that only newer libraries have may be missing" \
	accepts io.calls '$a int not_yet(int fd)\n\tsince glibc 2.99'
finish
