// SPDX-License-Identifier: MIT
#include "resources/process-table.h"

#include <stdio.h>
#include <stdlib.h>

/* Limits of control groups seldom change, and take a dozen files to find out. */
enum { ROUNDS_PER_LIMIT = 16 };

static int compare_pids(const void *a, const void *b)
{
	int32_t left = *(const int32_t *)a;
	int32_t right = *(const int32_t *)b;

	return (left > right) - (left < right);
}

/* The host's processes, in order; to be freed. NULL: none. */
static int32_t *list_processes(const struct sonde_host *host, size_t *ret_n)
{
	size_t n = SONDE_HAS(host, processes) ? host->processes(host, NULL, 0) : 0;
	int32_t *pids = n ? calloc(n, sizeof(*pids)) : NULL;

	if (!pids)
		return NULL;
	/* By now there may be more, for which there is no room, or fewer. */
	size_t n_now = host->processes(host, pids, n);

	*ret_n = n_now < n ? n_now : n;
	qsort(pids, *ret_n, sizeof(*pids), compare_pids);
	return pids;
}

/* NULL without memory. */
static struct process_before *add(struct process_table *table, const struct process *process)
{
	struct process_before *items =
		reallocarray(table->items, table->n_items + 1, sizeof(*items));

	if (!items)
		return NULL;
	table->items = items;
	items[table->n_items] = (struct process_before){
		.pid = process->pid,
		.start_ticks = process->start_ticks,
		.last_switches = {process->voluntary_switches, process->involuntary_switches},
		.switches = {process->voluntary_switches, process->involuntary_switches},
	};
	return &items[table->n_items++];
}

static struct process_before *get(struct process_table *table, const struct process *process)
{
	for (size_t i = 0; i < table->n_items; i++)
		if (table->items[i].pid == process->pid &&
		    table->items[i].start_ticks == process->start_ticks)
			return &table->items[i];
	return add(table, process);
}

static void read_limits(const struct machine *machine, struct text *text, uint64_t round,
			struct process_before *before)
{
	char number[16];

	if (before->round && round % ROUNDS_PER_LIMIT)
		return;
	snprintf(number, sizeof(number), "%d", (int)before->pid);
	cgroup_read(machine, text, number, &before->cgroup);
}

static void collect_one(struct process_table *table, const struct machine *machine,
			struct text *text, int32_t pid,
			const struct process_surroundings *surroundings,
			const struct emission *emission)
{
	struct process process;

	/* Most likely it has ended. */
	if (process_read(machine, text, pid, table->max_proportional, &process))
		return;
	struct process_before *before = get(table, &process);

	if (!before)
		return;
	read_limits(machine, text, table->round, before);
	before->round = table->round;
	process_emit(&process, before, surroundings, emission);
}

static void forget_gone(struct process_table *table)
{
	size_t n_kept = 0;

	for (size_t i = 0; i < table->n_items; i++)
		if (table->items[i].round == table->round)
			table->items[n_kept++] = table->items[i];
	table->n_items = n_kept;
}

size_t process_table_collect(struct process_table *table, const struct machine *machine,
			     struct text *text, const struct process_surroundings *surroundings,
			     int64_t deadline_ns, const struct emission *emission)
{
	size_t n = 0;
	size_t n_done = 0;
	int32_t *pids = list_processes(emission->host, &n);

	table->round++;
	while (n_done < n && n_done < table->max_processes &&
	       emission->host->now_mono_ns() < deadline_ns)
		collect_one(table, machine, text, pids[n_done++], surroundings, emission);
	free(pids);
	forget_gone(table);
	return n - n_done;
}

void process_table_deinit(struct process_table *table)
{
	free(table->items);
	table->items = NULL;
	table->n_items = 0;
}
