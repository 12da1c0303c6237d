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
	"$(grep '^kernel: .* read, 0B written; calls account for 0.0 % of the reads$' err)"
# A library whose functions are chosen while it is being prepared, which is before ours is.
cat >chosen.c <<'END'
#include <unistd.h>

static int answer(void)
{
	return 42;
}

static int (*choose(void))(void)
{
	for (int i = 0; i < 5; i++)
		lseek(-1, 0, SEEK_SET);
	return answer;
}

static int chosen(void) __attribute__((ifunc("choose")));

int call_chosen(void)
{
	return chosen();
}
END
cat >chooses.c <<'END'
#include <stdio.h>
#include <unistd.h>

int call_chosen(void);

int main(void)
{
	for (int i = 0; i < 3; i++)
		lseek(-1, 0, SEEK_SET);
	printf("%d\n", call_chosen());
	return 0;
}
END
for binding in lazy now; do
	"$CC" -shared -fPIC -Wl,-z,"$binding" -o libchosen.so chosen.c &&
		"$CC" -Wl,-z,"$binding" -o chooses chooses.c -L. -lchosen -Wl,-rpath,"$scratch" || exit 1
	unharmed "a library that calls before ours is ready works as it does bare ($binding)" ./chooses
	check "its calls are said to be lost, to the last one" "$(value 'lost("early"), count("lseek")')" = "(5, 3)"
done
act sonde run -- ./chooses
check "and the report says so" -n "$(grep '^5 calls not recorded: made before sonde was ready$' err)"
finish
