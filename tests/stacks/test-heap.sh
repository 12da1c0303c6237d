#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The heap profile: estimates that are right, and exact figures where every block is followed.
. "${top_srcdir:-.}/tests/stacks/lib.sh"

$CC -g -O2 -fno-builtin -Wall -Werror -o "$scratch/heap" "$here/heap.c" -pthread || exit 1

# is_near A B PERCENT
is_near() {
	awk -v a="$1" -v b="$2" -v percent="$3" 'BEGIN { exit !(b > 0 && a > b * (1 - percent / 100) && a < b * (1 + percent / 100)) }'
}

n_near=0
for seed in 1 2 3 4 5 6 7 8 9 10; do
	watch stacks.allocated=64KiB -- "$scratch/heap" "$seed" 1000000
	read -r allocated kept _ <"$scratch/out"
	read -r allocated_seen live_seen _ < <(python3 "$here/heap-totals.py" "$recording")
	echo "# seed $seed: allocated $allocated_seen of $allocated, live $live_seen of $kept"
	is_near "$allocated_seen" "$allocated" 5 && is_near "$live_seen" "$kept" 5 && n_near=$((n_near + 1))
done
check "estimates are within 5 % over ten seeds of a million allocations" "$n_near" = 10

watch memory.exact=true -- "$scratch/heap" 11 30000
check "where every block is followed, all bytes and those that were kept are exact, also at one place" \
	"$(python3 "$here/heap-totals.py" "$recording")" = "$(cat "$scratch/out")"
# Without threads: a preload makes what libc allocates for one larger.
watch memory.exact=true -- "$scratch/heap" 12 30000 alone
live=$(sonde report -f folded --sample=live "$recording" | awk '{ sum += $NF } END { printf "%.0f", sum }')
leaked=$(valgrind --leak-check=full --show-leak-kinds=all --run-libc-freeres=no "$scratch/heap" 12 30000 alone 2>&1 >/dev/null |
	sed -n 's/.*in use at exit: \([0-9,]*\) bytes.*/\1/p' | tr -d ,)
check "what is live at the end is what valgrind says is in use at exit" "$live" = "$leaked"

# heaptrack_sum COST [PATTERN] - what heaptrack says of the program's own blocks, at places like the pattern
heaptrack_sum() {
	heaptrack_print -f "$scratch"/tracked.* --flamegraph-cost-type "$1" -F "$scratch/flames" >/dev/null 2>&1
	awk -v pattern="${2:-main}" '$0 ~ /main/ && $0 ~ pattern { sum += $NF } END { printf "%.0f", sum }' "$scratch/flames"
}

# folded_sum SAMPLE [PATTERN] - the same of the recording
folded_sum() {
	sonde report -f folded --sample="$1" "$recording" |
		awk -v pattern="${2:-main}" '$0 ~ /;main;/ && $0 ~ pattern { sum += $NF } END { printf "%.0f", sum }'
}

if heaptrack -o "$scratch/tracked" "$scratch/heap" 12 30000 alone >"$scratch/tracking" 2>&1; then
	check "what is live at the end is what heaptrack says is leaked, to the byte" \
		"$(folded_sum live)" = "$(heaptrack_sum leaked)"
	check "so it is at one place" "$(folded_sum live keep_seldom)" = "$(heaptrack_sum leaked keep_seldom)"
	check "there were as many allocations as heaptrack saw" "$(folded_sum calls)" = "$(heaptrack_sum allocations)"
	check "heaptrack saw what the program did" "$(heaptrack_sum leaked)" = "$(cut -d ' ' -f 2 "$scratch/out")"
fi

build sites -O1 -fno-builtin
watch memory.exact=true -- "$scratch/sites" heap
came_from "a leak has its place" allocation malloc - 1000 allocate_kept@leak main@- ...
came_from "what was moved has another" allocation realloc - 500 allocate_kept@realloc main@- ...
rows=$(sonde report --by=site "$recording" | sed -nE 's/^(\w+) +(live|allocated) +(\S+) +\S+ +(allocate_\w+) .*/\1 \2 \3 \4/p')
check "the report says what is live, and where; and what was allocated, with what was freed" "$rows" = \
	"malloc live 2.38MiB allocate_kept
realloc live 1.67MiB allocate_kept
malloc allocated 4.77MiB allocate_kept
realloc allocated 3.34MiB allocate_kept
malloc allocated 1.43MiB allocate_some"
check "what was freed is not live" "$(sonde report -f folded --sample=live "$recording" | grep -c allocate_some)" = 0

watch memory.exact=true -- "$scratch/sites" ways
check "what is at no stack for want of room is added up all the same" "$(python3 -c '
import json, sys
d = json.load(open(sys.argv[1]))
kept = [s for s in d["stacks"] if s["kind"] == "allocation"]
others = d["coverage"]["stacks"]["others"]["allocation"]
print(len(kept), others["calls"] > 4000, sum(s["calls"] for s in kept) + others["calls"],
      sum(s["live_bytes"] for s in kept) + others["live_bytes"])' "$recording")" = "4096 True 8192.0 81920"

# A child follows its own blocks only, and frees its parent's.
cat >"$scratch/fork.c" <<'END'
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void)
{
	void *volatile parents[100];
	void *volatile own;

	for (int i = 0; i < 100; i++)
		parents[i] = malloc(1000);
	if (fork() == 0) {
		own = malloc(77);
		for (int i = 0; i < 100; i++)
			free(parents[i]);
		_exit(!own);
	}
	wait(NULL);
	return 0;
}
END
$CC -g -O1 -fno-builtin -o "$scratch/fork" "$scratch/fork.c" || exit 1
watch memory.exact=true -- "$scratch/fork"
check "a forked child that frees its parent's blocks takes nothing off its parent's figures" \
	"$(sonde report -f folded --sample=live "$recording" | awk '/main;malloc/ { sum += $NF } END { print sum }')" = 100077

# Threads draw the first blocks of a process at once, again and again.
cat >"$scratch/first.c" <<'END'
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
enum { PROCESSES = 60, THREADS = 8 };
static pthread_barrier_t all_are_there;
static void *draw(void *unused)
{
	pthread_barrier_wait(&all_are_there);
	for (int i = 0; i < 3; i++) {
		void *volatile block = malloc((size_t)16 << 20);

		free(block);
	}
	return unused;
}
static void draw_at_once(void)
{
	pthread_t threads[THREADS];

	pthread_barrier_init(&all_are_there, NULL, THREADS);
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, draw, NULL);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}
int main(void)
{
	for (int i = 0; i < PROCESSES; i++) {
		if (fork() == 0) {
			draw_at_once();
			_exit(0);
		}
		wait(NULL);
	}
	return 0;
}
END
$CC -g -O1 -fno-builtin -o "$scratch/first" "$scratch/first.c" -pthread || exit 1
watch stacks.allocated=512KiB -- "$scratch/first"
check "threads that draw the first blocks at once follow all of them" "$(python3 -c '
import json, sys
d = json.load(open(sys.argv[1]))
own = [s for s in d["stacks"] if s["bytes"] > 1e8]
print(sum(s["calls"] for s in own), sum(s["live_bytes"] for s in own), d["coverage"]["stacks"]["shortages"]["unfollowed"])' "$recording")" = \
	"1440.0 0 0"

finish
