// SPDX-License-Identifier: MIT
#include "resources/process.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "resources/amount.h"

static double ticks_to_seconds(uint64_t ticks)
{
	return (double)ticks / (double)sysconf(_SC_CLK_TCK);
}

/* A figure beside PROCESS_UNKNOWN. */
static int64_t known(uint64_t amount)
{
	return amount > INT64_MAX ? INT64_MAX : (int64_t)amount;
}

/* Fields of /proc/PID/stat, from the one after the name on. */
enum {
	MINOR_FAULTS = 7,
	MAJOR_FAULTS = 9,
	USER_TICKS = 11,
	SYSTEM_TICKS = 12,
	N_THREADS = 17,
	START_TICKS = 19,
	VIRTUAL_SIZE = 20,
	RESIDENT_PAGES = 21,
	FIELDS,
};

/* Some are negative; those that are wanted never are. */
static void read_fields(const char *place, uint64_t fields[FIELDS])
{
	for (unsigned int i = 0; i < FIELDS; i++) {
		const char *number = place;

		fields[i] = 0;
		if (!skip_words(&place, 1))
			break;
		parse_number(&number, &fields[i]);
	}
}

static void copy_name(const char *open, const char *close, char *ret_name, size_t size)
{
	snprintf(ret_name, size, "%.*s", (int)(close - open - 1), open + 1);
}

/* The name, in brackets, may have brackets, spaces and newlines in it. */
static int read_stat(const struct machine *machine, struct text *text, struct process *process)
{
	uint64_t fields[FIELDS];
	int error = text_read(text, machine, "/proc/%d/stat", (int)process->pid);
	const char *open = error ? NULL : strchr(text->data, '(');
	const char *close = error ? NULL : strrchr(text->data, ')');

	if (error)
		return error;
	if (!open || !close || close < open)
		return -EBADMSG;
	copy_name(open, close, process->name, sizeof(process->name));
	read_fields(close + 1, fields);
	process->minor_faults = fields[MINOR_FAULTS];
	process->major_faults = fields[MAJOR_FAULTS];
	process->user_seconds = ticks_to_seconds(fields[USER_TICKS]);
	process->system_seconds = ticks_to_seconds(fields[SYSTEM_TICKS]);
	process->n_threads = fields[N_THREADS];
	process->start_ticks = fields[START_TICKS];
	process->virtual_size = fields[VIRTUAL_SIZE];
	process->resident_size =
		amount_times(fields[RESIDENT_PAGES], (uint64_t)sysconf(_SC_PAGESIZE));
	return 0;
}

/* "Cpus_allowed:\tff,ffffffff" -> 40 */
static uint64_t count_cpus(const char *status)
{
	static const char digits[] = "0123456789abcdef";
	const char *c = find_line(status, "Cpus_allowed:");
	uint64_t n = 0;

	for (; c && *c && *c != '\n'; c++) {
		const char *digit = strchr(digits, *c);

		if (digit)
			n += (uint64_t)__builtin_popcount((unsigned int)(digit - digits));
	}
	return n;
}

static void read_status(const struct machine *machine, struct text *text, struct process *process)
{
	uint64_t kilobytes;

	if (text_read(text, machine, "/proc/%d/status", (int)process->pid))
		return;
	/* More exact than the number of pages in stat. */
	if (find_number(text->data, "VmRSS:", &kilobytes))
		process->resident_size = amount_times(kilobytes, 1024);
	process->n_cpus = count_cpus(text->data);
}

static void read_proportional_size(const struct machine *machine, struct text *text,
				   struct process *process)
{
	uint64_t kilobytes;

	if (text_read(text, machine, "/proc/%d/smaps_rollup", (int)process->pid) == 0 &&
	    find_number(text->data, "Pss:", &kilobytes))
		process->proportional_size = known(amount_times(kilobytes, 1024));
}

static void read_descriptors(const struct machine *machine, struct text *text,
			     struct process *process)
{
	uint64_t limit;

	int64_t n = machine_count(machine, "/proc/%d/fd", (int)process->pid);

	if (n >= 0)
		process->n_descriptors = n;
	/* The descriptor that is used to count. */
	if (process->n_descriptors > 0 && process->pid == getpid())
		process->n_descriptors--;
	if (text_read(text, machine, "/proc/%d/limits", (int)process->pid) == 0 &&
	    find_number(text->data, "Max open files", &limit))
		process->max_descriptors = known(limit);
}

/* Adds the switches of one thread; the file of the process has only those of its first. */
static void add_switches(const struct machine *machine, struct text *text, const char *thread,
			 struct process *process)
{
	uint64_t voluntary;
	uint64_t involuntary;

	if (text_read(text, machine, "/proc/%d/task/%s/status", (int)process->pid, thread) ||
	    !find_number(text->data, "voluntary_ctxt_switches:", &voluntary) ||
	    !find_number(text->data, "nonvoluntary_ctxt_switches:", &involuntary))
		return;
	process->has_switches = true;
	process->voluntary_switches = amount_plus(process->voluntary_switches, voluntary);
	process->involuntary_switches = amount_plus(process->involuntary_switches, involuntary);
}

static void read_switches(const struct machine *machine, struct text *text, struct process *process)
{
	struct folder folder;

	if (folder_open(&folder, machine, "/proc/%d/task", (int)process->pid))
		return;
	for (const char *thread = folder_next(&folder); thread; thread = folder_next(&folder))
		add_switches(machine, text, thread, process);
	folder_close(&folder);
}

static void read_io(const struct machine *machine, struct text *text, struct process *process)
{
	process->has_io = text_read(text, machine, "/proc/%d/io", (int)process->pid) == 0 &&
			  find_number(text->data, "read_bytes:", &process->read_size) &&
			  find_number(text->data, "write_bytes:", &process->written_size);
}

int process_read(const struct machine *machine, struct text *text, int32_t pid,
		 uint64_t max_proportional, struct process *ret_process)
{
	struct process process = {
		.pid = pid,
		.proportional_size = PROCESS_UNKNOWN,
		.n_descriptors = PROCESS_UNKNOWN,
		.max_descriptors = PROCESS_UNKNOWN,
	};
	int error = read_stat(machine, text, &process);

	if (error)
		return error;
	read_status(machine, text, &process);
	if (process.resident_size <= max_proportional)
		read_proportional_size(machine, text, &process);
	read_descriptors(machine, text, &process);
	read_switches(machine, text, &process);
	read_io(machine, text, &process);
	*ret_process = process;
	return 0;
}
