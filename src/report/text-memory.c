// SPDX-License-Identifier: MIT
/*
 * How often and how much was allocated; and in a line of its own, where that was accounted for, how much was live.
 */
#include "config.h"

#include "report/text-sections.h"

#include "report/units.h"

#include <inttypes.h>
#include <string.h>

enum { COUNT_DIGITS = 12 };

struct requests {
	uint64_t count;
	uint64_t bytes;
};

static void add(uint64_t *sum, uint64_t amount)
{
	if (__builtin_add_overflow(*sum, amount, sum))
		*sum = UINT64_MAX;
}

static struct requests sum_up(const struct recording *recording)
{
	struct requests requests = {0};

	for (size_t i = 0; i < recording->calls.n_calls; i++) {
		const struct call_totals *call = &recording->calls.calls[i];

		if (!call_is_allocation(call))
			continue;
		add(&requests.count, call->count);
		add(&requests.bytes, call->bytes);
	}
	return requests;
}

/* Of allocations of which some are not counted no sum is told. */
static bool has_sum(const struct page *page)
{
	return recording_counts_allocations(page->recording) && sum_up(page->recording).bytes;
}

size_t text_memory_lines(const struct page *page)
{
	if (!has_sum(page))
		return 0;
	return page->recording->largest_memory.is_known ? 2 : 1;
}

static bool is_one_process(const struct recording *recording)
{
	return recording->n_process_records == 1 && !recording->processes_not_kept;
}

/* Of the process whose live memory is shown; where none is, of all. NULL: not known, or not the same. */
static const char *shown_allocator(const struct recording *recording)
{
	const char *allocator = NULL;

	for (size_t i = 0; i < recording->n_process_records; i++) {
		const struct process_record *process = recording->processes[i];

		if (recording->largest_memory.is_known) {
			if (process->pid == recording->largest_memory_pid && process->memory.is_known)
				return process->allocator;
			continue;
		}
		if (!process->allocator || (allocator && strcmp(allocator, process->allocator) != 0))
			return NULL;
		allocator = process->allocator;
	}
	return allocator;
}

static void write_live(const struct page *page)
{
	const struct recording *recording = page->recording;
	const struct memory_totals *memory = &recording->largest_memory;
	char live[UNITS_SIZE];
	char peak[UNITS_SIZE];
	struct line line;

	page_line(page, &line);
	line_print(&line, STYLE_PLAIN, "live: %s usable at the end, peak %s",
		   units_bytes(memory->live, live), units_bytes(memory->peak, peak));
	if (!is_one_process(recording))
		line_print(&line, STYLE_PLAIN, ", in the largest process, %d",
			   recording->largest_memory_pid);
	line_write(&line, page->file);
}

void text_memory(const struct page *page)
{
	const struct recording *recording = page->recording;
	const char *allocator = shown_allocator(recording);
	struct requests requests = sum_up(recording);
	char count[UNITS_SIZE];
	char bytes[UNITS_SIZE];
	struct line line;

	if (!has_sum(page))
		return;
	page_line(page, &line);
	line_print(&line, STYLE_PLAIN, "memory: %s allocation%s, %s requested",
		   units_count(requests.count, COUNT_DIGITS, count), requests.count == 1 ? "" : "s",
		   units_bytes(requests.bytes, bytes));
	if (allocator) {
		line_add(&line, STYLE_PLAIN, " (", 0);
		line_add(&line, STYLE_PLAIN, allocator, 0);
		line_add(&line, STYLE_PLAIN, ")", 0);
	}
	line_write(&line, page->file);
	if (recording->largest_memory.is_known)
		write_live(page);
}
