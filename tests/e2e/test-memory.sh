# SPDX-License-Identifier: MIT
#
# Live memory is accounted for to the byte, with every allocator that a program may bring.
. "${top_srcdir:-.}/tests/e2e/limits-lib.sh"

truth=$top_builddir/truth-subject
echo 'memory: { account = true; };' >account.cfg

# measure PROGRAM SCALE - runs it; leaves what the program knows in $known_* and what was recorded in $seen_*.
measure() {
	act sonde run -c account.cfg -o recording.json --report-file=report -- "$1" live "$2"
	known_peak=$(sed -n 's/^memory peak //p' out)
	known_live=$(sed -n 's/^memory live //p' out)
	known_child=$(sed -n 's/^memory child //p' out)
	read -r seen_peak seen_live seen_inherited seen_child allocator < <(value '(lambda a, b: print(
		a["memory"]["peak"], a["memory"]["live"], b["memory"]["inherited"], b["memory"]["live"], a["allocator"]))(
		*[[p for p in r["processes"] if (p["ppid"] == r["processes"][0]["pid"]) == is_child][0] for is_child in (False, True)])')
}

# exact NAME PROGRAM - the difference between two runs is what the program says.
exact() {
	measure "$2" 0
	check "$1: a program runs to its end, its memory accounted for" "$status" -eq 0
	local peak=$seen_peak live=$seen_live child=$((seen_child - seen_inherited))
	measure "$2" 100
	check "$1: and one that allocates" "$status" -eq 0
	check "$1: live bytes at the end are exact" "$((seen_live - live))" = "$known_live"
	check "$1: their peak is exact" "$((seen_peak - peak))" = "$known_peak"
	check "$1: a forked child begins with what is live in its parent" "$seen_inherited" = "$seen_live"
	check "$1: and adds what it allocates" "$((seen_child - seen_inherited - child))" = "$known_child"
	check "$1: the allocator is named" "$allocator" = "$1"
	check "$1: the report says what was requested" -n \
		"$(grep -E "^memory: [0-9]+ allocations, [0-9.]+MiB requested \\($1\\)$" report)"
	check "$1: and what was live" -n "$(grep -E \
		"^live: [0-9.]+MiB usable at the end, peak [0-9.]+MiB, in the largest process, [0-9]+$" report)"
}

exact libc.so.6 "$truth"

for name in libjemalloc.so.2 libtcmalloc_minimal.so.4 libmimalloc.so.2; do
	library=$("$CC" -print-file-name="$name")
	if ! test -e "$library"; then
		skip "there is no $name" "$name preloaded" "$name linked"
		continue
	fi
	export LD_PRELOAD=$library
	exact "$name" "$truth"
	unset LD_PRELOAD
done

# A library's constructor may run before that of the allocator, which cannot yet tell how large a block is. All its blocks are freed: some
# by itself, some in main(), some as larger or smaller ones, and some after an attempt to have them too large.
cat >early.c <<'END'
#include <stdint.h>
#include <stdlib.h>

void **early;
long n_early;

static volatile size_t too_much = PTRDIFF_MAX;

void change_early(void)
{
	for (long i = 0; i < n_early; i += 5) {
		early[i] = realloc(early[i], i % 2 ? 50 : 5000);
		if (realloc(early[i], too_much))
			abort();
	}
}

void free_early(long from)
{
	for (long i = from; i < n_early; i += 2) {
		free(early[i]);
		early[i] = NULL;
	}
}

static void *new_block(long i)
{
	void *block = NULL;

	switch (i % 4) {
	case 0:
		return malloc(i % 3 * 100);
	case 1:
		return calloc(3, 100);
	case 2:
		return posix_memalign(&block, 64, 100) ? NULL : block;
	default:
		return aligned_alloc(4096, 4096);
	}
}

static __attribute__((constructor)) void begin(void)
{
	n_early = atol(getenv("EARLY"));
	early = malloc(1000000);
	for (long i = 0; i < n_early; i++)
		early[i] = new_block(i);
	change_early();
	free_early(0);
}
END
cat >late.c <<'END'
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern void **early;
void change_early(void);
void free_early(long from);

int main(void)
{
	char *volatile left = malloc(5000);
	pid_t child = fork();

	change_early();
	free_early(0);
	free_early(1);
	free(early);
	if (child)
		wait(NULL);
	_exit(!left);
}
END
"$CC" -shared -fPIC -w -o libearly.so early.c || exit 1

# of_both EXPRESSION - its values for the memory of the process and of the child that it forked.
of_both() {
	value "[(lambda memory: ($1))(p['memory']) for p in r['processes']]"
}

# early NAME PROGRAM - nothing is left of the blocks, nor in a child that was forked when some were.
early() {
	local few
	export EARLY=0
	act sonde run -c account.cfg -o recording.json --report-file=report -- "$2"
	few=$(of_both 'memory["live"]')
	check "$1: a block that was allocated early was live" \
		"$status $(of_both 'memory["before"], memory["peak"] >= 1005000')" = "0 [(0, True), (0, True)]"
	check "$1: and no longer is, but a late one" "$(of_both '5000 <= memory["live"] < 500000')" = "[True, True]"
	EARLY=10000
	act sonde run -c account.cfg -o recording.json --report-file=report -- "$2"
	check "$1: of ten thousand that were freed not a byte is left" "$status $(of_both 'memory["live"]')" = "0 $few"
	check "$1: they were live" "$(of_both 'memory["before"], memory["peak"] > 10000000')" = "[(0, True), (0, True)]"
	unset EARLY
}

"$CC" -o late late.c libearly.so -Wl,-rpath,"$PWD" || exit 1
early libc.so.6 ./late
for name in libjemalloc.so.2 libtcmalloc_minimal.so.4 libmimalloc.so.2; do
	library=$("$CC" -print-file-name="$name")
	test -e "$library" || continue
	export LD_PRELOAD=$library
	early "$name preloaded" ./late
	unset LD_PRELOAD
	"$CC" -o late-linked late.c libearly.so -Wl,-rpath,"$PWD" -Wl,--no-as-needed "$library" || exit 1
	early "$name linked" ./late-linked
done

# Linked, the program has its allocator without a word in its environment.
cat >linked.c <<'END'
#include <stdlib.h>

int main(int argc, char **argv)
{
	void *volatile blocks[10];

	for (int i = 0; i < 10; i++)
		blocks[i] = malloc(1000);
	free(blocks[argc]);
	return argv[0] == NULL;
}
END
for name in libjemalloc.so.2 libtcmalloc_minimal.so.4 libmimalloc.so.2; do
	library=$("$CC" -print-file-name="$name")
	test -e "$library" || continue
	"$CC" -o linked linked.c -Wl,--no-as-needed "$library" || exit 1
	act sonde run -c account.cfg -o recording.json --report-file=report -- ./linked
	check "$name linked: it is named, and calls through the PLT are counted" \
		"$status $(value 'r["processes"][0]["allocator"], count("malloc") >= 10')" = "0 ('$name', True)"
done

# An allocator in the program itself is called past us by the program, and must stay in use.
cat >own.c <<'END'
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static char heap[1 << 20] __attribute__((aligned(16)));
static size_t used;

void *malloc(size_t size)
{
	char *block = heap + used;

	used += (size + 31) / 16 * 16;
	*(size_t *)(void *)block = size;
	return block + 16;
}

void free(void *block)
{
	(void)block;
}

void *calloc(size_t n, size_t size)
{
	return malloc(n * size);
}

void *realloc(void *block, size_t size)
{
	void *moved = malloc(size);

	if (block)
		memcpy(moved, block, size);
	return moved;
}

int main(void)
{
	char *copy = strdup("from my own heap");
	int is_mine = copy >= heap && copy < heap + sizeof(heap);

	printf("%s: %d\n", copy, is_mine);
	return !is_mine;
}
END
"$CC" -fno-builtin -rdynamic -o own own.c || exit 1
act sonde run -c account.cfg -o recording.json --report-file=report -- ./own
check "an allocator in the program stays in use" "$status $(cat out)" = "0 from my own heap: 1"
check "and is named" "$(value 'r["processes"][0]["allocator"]')" = "the program"

act sonde run -o recording.json --report-file=report -- "$truth" live 10
check "without the setting, live bytes are not known" \
	"$(value 'r["processes"][0]["memory"], r["session"]["largest_memory"]')" = "(None, None)"
check "and the report says what was requested" -n "$(grep -E '^memory: [0-9]+ allocations, [0-9.]+[KM]iB requested \(libc.so.6\)$' report)"
finish
