// SPDX-License-Identifier: MIT
#include "resources/memory.h"

#include <errno.h>

#include "resources/amount.h"
#include "resources/cgroup.h"

/* A line of /proc/meminfo, in bytes; 0 when it is not there. */
static uint64_t find_kilobytes(const struct text *text, const char *label)
{
	uint64_t kilobytes = 0;

	find_number(text->data, label, &kilobytes);
	return amount_times(kilobytes, 1024);
}

static void read_meminfo(const struct text *text, struct memory *memory)
{
	memory->total = find_kilobytes(text, "MemTotal:");
	memory->free = find_kilobytes(text, "MemFree:");
	memory->available = find_kilobytes(text, "MemAvailable:");
	memory->buffers = find_kilobytes(text, "Buffers:");
	memory->cached =
		amount_plus(find_kilobytes(text, "Cached:"), find_kilobytes(text, "SReclaimable:"));
	memory->shared = find_kilobytes(text, "Shmem:");
	memory->swap_total = find_kilobytes(text, "SwapTotal:");
	memory->swap_free = find_kilobytes(text, "SwapFree:");
	/* Some kernels in containers say that nothing is available while much is free. */
	if (!memory->available)
		memory->available = memory->free;
	memory->used = amount_minus(memory->total, memory->available);
}

static void read_faults(const struct text *text, struct memory *memory)
{
	uint64_t all;

	memory->has_faults = find_number(text->data, "pgfault ", &all) &&
			     find_number(text->data, "pgmajfault ", &memory->major_faults);
	if (memory->has_faults)
		memory->minor_faults = amount_minus(all, memory->major_faults);
}

int memory_read(const struct machine *machine, struct text *text, struct memory *ret_memory)
{
	struct memory memory = {0};
	struct cgroup cgroup;
	int error = text_read(text, machine, "/proc/meminfo");

	if (error)
		return error;
	read_meminfo(text, &memory);
	if (!memory.total)
		return -EBADMSG;
	if (text_read(text, machine, "/proc/vmstat") == 0)
		read_faults(text, &memory);
	cgroup_read(machine, text, "self", &cgroup);
	memory.limit = cgroup.memory_limit < memory.total ? cgroup.memory_limit : memory.total;
	*ret_memory = memory;
	return 0;
}

static void emit_state(const struct memory *memory, const struct emission *emission,
		       const char *state, uint64_t size)
{
	emit_gauge(emission, "system.memory.usage", "By", (double)size,
		   TAGS({"system.memory.state", state}));
	emit_gauge(emission, "system.memory.utilization", "1", (double)size / (double)memory->total,
		   TAGS({"system.memory.state", state}));
}

static void emit_swap(const struct memory *memory, const struct emission *emission)
{
	emit_gauge(emission, "system.paging.usage", "By",
		   (double)amount_minus(memory->swap_total, memory->swap_free),
		   TAGS({"system.paging.state", "used"}));
	emit_gauge(emission, "system.paging.usage", "By", (double)memory->swap_free,
		   TAGS({"system.paging.state", "free"}));
}

void memory_emit(const struct memory *memory, const struct emission *emission)
{
	emit_state(memory, emission, "used", memory->used);
	emit_state(memory, emission, "free", memory->free);
	emit_state(memory, emission, "buffers", memory->buffers);
	emit_state(memory, emission, "cached", memory->cached);
	emit_gauge(emission, "system.memory.limit", "By", (double)memory->limit, NO_TAGS);
	emit_gauge(emission, "system.memory.linux.available", "By", (double)memory->available,
		   NO_TAGS);
	emit_gauge(emission, "system.memory.linux.shared", "By", (double)memory->shared, NO_TAGS);
	emit_swap(memory, emission);
	if (!memory->has_faults)
		return;
	emit_counter(emission, "system.paging.faults", "{fault}", memory->minor_faults,
		     TAGS({"system.paging.fault.type", "minor"}));
	emit_counter(emission, "system.paging.faults", "{fault}", memory->major_faults,
		     TAGS({"system.paging.fault.type", "major"}));
}
