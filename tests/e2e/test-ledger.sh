# SPDX-License-Identifier: MIT
#
# What a recording says of its own completeness, from end to end.
. "${top_srcdir:-.}/tests/e2e/limits-lib.sh"

truth=$top_builddir/truth-subject

kernel_read() {
	act sonde run --report=none -o recording.json -- "$truth" raw-read "$1"
	value 'r["coverage"]["kernel_io"]["read"], r["coverage"]["accounted_io"]["read"]' |
		tr -d '(),'
}

read -r none_read none_accounted <<<"$(kernel_read 0)"
read -r some_read some_accounted <<<"$(kernel_read 123456)"
check "bytes that were read past libc are in the kernel's figure, to the byte" \
	"$((some_read - none_read))" -eq 123456
check "and not in that of calls" "$some_accounted $none_accounted" = "0 0"

act sonde run -- "$truth" raw-read 1000000
check "the report holds the one against the other" -n \
	"$(grep '^kernel counted .* read, 0B written; calls account for 0.0 % and 100 %$' err)"
finish
