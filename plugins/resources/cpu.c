// SPDX-License-Identifier: MIT
#include "resources/cpu.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "resources/amount.h"

/* Columns of /proc/stat. */
enum {
	USER,
	NICE,
	SYSTEM,
	IDLE,
	IOWAIT,
	IRQ,
	SOFTIRQ,
	STEAL,
	GUEST,
	GUEST_NICE,
	COLUMNS,
};

static const char *const mode_names[CPU_MODES] = {
	[CPU_USER] = "user",	       [CPU_NICE] = "nice",   [CPU_GUEST] = "guest",
	[CPU_SYSTEM] = "system",       [CPU_IDLE] = "idle",   [CPU_IOWAIT] = "iowait",
	[CPU_INTERRUPT] = "interrupt", [CPU_STEAL] = "steal",
};

static void sort_into_modes(const uint64_t ticks[COLUMNS], double *ret_seconds)
{
	const uint64_t modes[CPU_MODES] = {
		[CPU_USER] = amount_minus(ticks[USER], ticks[GUEST]),
		[CPU_NICE] = amount_minus(ticks[NICE], ticks[GUEST_NICE]),
		[CPU_GUEST] = amount_plus(ticks[GUEST], ticks[GUEST_NICE]),
		[CPU_SYSTEM] = ticks[SYSTEM],
		[CPU_IDLE] = ticks[IDLE],
		[CPU_IOWAIT] = ticks[IOWAIT],
		[CPU_INTERRUPT] = amount_plus(ticks[IRQ], ticks[SOFTIRQ]),
		[CPU_STEAL] = ticks[STEAL],
	};
	double ticks_per_second = (double)sysconf(_SC_CLK_TCK);

	for (unsigned int i = 0; i < CPU_MODES; i++)
		ret_seconds[i] = (double)modes[i] / ticks_per_second;
}

/* Lines "cpu0", "cpu1", ... */
static uint64_t count_cpus(const char *text)
{
	uint64_t n = 0;

	for (const char *line = text; line && strncmp(line, "cpu", 3) == 0; line = next_line(line))
		n += line[3] >= '0' && line[3] <= '9';
	return n;
}

int cpu_read(const struct machine *machine, struct text *text, struct cpu *ret_cpu)
{
	uint64_t ticks[COLUMNS] = {0};
	int error = text_read(text, machine, "/proc/stat");

	if (error)
		return error;

	const char *place = find_line(text->data, "cpu ");
	unsigned int n_columns = 0;

	/* Old kernels have fewer columns. */
	while (place && n_columns < COLUMNS && parse_number(&place, &ticks[n_columns]))
		n_columns++;
	if (n_columns <= IDLE)
		return -EBADMSG;
	sort_into_modes(ticks, ret_cpu->seconds);
	ret_cpu->n_cpus = count_cpus(text->data);
	return 0;
}

/* Of the time that all processors together had. */
static void emit_shares(const double *more, double all, const struct emission *emission)
{
	for (unsigned int i = 0; i < CPU_MODES; i++)
		emit_gauge(emission, "system.cpu.utilization", "1", more[i] / all,
			   TAGS({"cpu.mode", mode_names[i]}));
}

void cpu_emit(const struct cpu *cpu, struct cpu_before *before, const struct emission *emission)
{
	double more[CPU_MODES];
	double all = 0;

	for (unsigned int i = 0; i < CPU_MODES; i++) {
		double seconds =
			cpu->seconds[i] > before->seconds[i] ? cpu->seconds[i] : before->seconds[i];

		emit_seconds(emission, "system.cpu.time", seconds,
			     TAGS({"cpu.mode", mode_names[i]}));
		more[i] = seconds - before->seconds[i];
		all += more[i];
		before->seconds[i] = seconds;
	}
	emit_gauge(emission, "system.cpu.logical.count", "{cpu}", (double)cpu->n_cpus, NO_TAGS);
	if (before->is_known && all > 0)
		emit_shares(more, all, emission);
	before->is_known = true;
}
