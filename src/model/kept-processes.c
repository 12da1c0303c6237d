// SPDX-License-Identifier: MIT
/*
 * Which processes a recording keeps one by one: the images of the command, whose main thread reports are about, and
 * the heaviest of the others. The command is what began first; as its region is added up last, another stands for it
 * until then, which takes no place from the others: so what is kept does not depend on the order of adding.
 */
#include "config.h"

#include "model/recording.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void process_record_weigh(struct process_record *process)
{
	process->weight_ns = 0;
	process->weight_calls = 0;
	for (size_t i = 0; i < process->calls.n_calls; i++) {
		const struct call_totals *call = &process->calls.calls[i];

		if (__builtin_add_overflow(process->weight_ns, call_totals_whole_ns(call), &process->weight_ns))
			process->weight_ns = UINT64_MAX;
		if (__builtin_add_overflow(process->weight_calls, call->count, &process->weight_calls))
			process->weight_calls = UINT64_MAX;
	}
}

bool process_is_of_command(const struct recording *recording, const struct process_record *process)
{
	const struct process_record *first = recording->processes[0];

	return process->pid == first->pid && process->parent_pid == first->parent_pid && process->run == first->run;
}

/* Of two that weigh the same, the later one. */
static bool is_lighter(const struct process_record *process, const struct process_record *than)
{
	if (process->weight_ns != than->weight_ns)
		return process->weight_ns < than->weight_ns;
	if (process->weight_calls != than->weight_calls)
		return process->weight_calls < than->weight_calls;
	if (process->started_ns != than->started_ns)
		return process->started_ns > than->started_ns;
	return process->pid > than->pid;
}

/* Which of the command's images, or of the others, is the lightest; 0: there is none, as the first stays. */
static size_t find_lightest(const struct recording *recording, bool is_of_command)
{
	struct process_record *const *processes = recording->processes;
	size_t lightest = 0;

	for (size_t i = 1; i < recording->n_process_records; i++)
		if (process_is_of_command(recording, processes[i]) == is_of_command &&
		    (!lightest || is_lighter(processes[i], processes[lightest])))
			lightest = i;
	return lightest;
}

static size_t count_others(const struct recording *recording)
{
	size_t n = 0;

	for (size_t i = 0; i < recording->n_process_records; i++)
		n += !process_is_of_command(recording, recording->processes[i]);
	return n;
}

/* What is known of those that are kept is found anew when another one may be the command, or the lightest is gone. */
static void know_kept(struct recording *recording)
{
	if (recording->are_kept_known)
		return;
	recording->n_others_kept = count_others(recording);
	recording->lightest_kept = find_lightest(recording, false);
	recording->are_kept_known = true;
}

static void note_inserted(struct recording *recording, size_t position)
{
	const struct process_record *process = recording->processes[position];
	size_t *lightest = &recording->lightest_kept;

	if (position == 0)
		recording->are_kept_known = false;
	if (!recording->are_kept_known)
		return;
	*lightest += *lightest >= position;
	if (process_is_of_command(recording, process))
		return;
	recording->n_others_kept++;
	if (!*lightest || is_lighter(process, recording->processes[*lightest]))
		*lightest = position;
}

/* Which one is too many; 0: none is. */
static size_t find_superfluous(struct recording *recording)
{
	if (recording->n_process_records <= COMMAND_IMAGES_KEPT)
		return 0;
	know_kept(recording);
	if (recording->n_others_kept > PROCESSES_KEPT)
		return recording->lightest_kept;
	if (recording->n_process_records - recording->n_others_kept > COMMAND_IMAGES_KEPT)
		return find_lightest(recording, true);
	return 0;
}

/* Of a long run, most are lighter than all that are kept: they are not put in their place to be taken out again. */
static bool is_superfluous(struct recording *recording, const struct process_record *process)
{
	if (recording->n_process_records <= PROCESSES_KEPT ||
	    process->started_ns < recording->processes[0]->started_ns || process_is_of_command(recording, process))
		return false;
	know_kept(recording);
	return recording->n_others_kept == PROCESSES_KEPT &&
	       is_lighter(process, recording->processes[recording->lightest_kept]);
}

static void drop(struct recording *recording, size_t position)
{
	struct process_record **process = &recording->processes[position];

	process_record_free(*process);
	recording->n_process_records--;
	recording->processes_not_kept++;
	recording->are_kept_known = false;
	memmove(process, process + 1, (recording->n_process_records - position) * sizeof(struct process_record *));
}

/* Takes the process over. 0 or -ENOMEM. */
static int insert(struct recording *recording, const struct process_record *process)
{
	size_t position = recording->n_process_records;
	struct process_record *own = malloc(sizeof(*own));
	struct process_record **processes = own ? reallocarray(recording->processes, recording->n_process_records + 1,
							       sizeof(struct process_record *))
						: NULL;

	if (!processes) {
		free(own);
		return -ENOMEM;
	}
	*own = *process;
	recording->processes = processes;
	while (position > 0 && processes[position - 1]->started_ns > process->started_ns)
		position--;
	memmove(&processes[position + 1], &processes[position],
		(recording->n_process_records - position) * sizeof(struct process_record *));
	processes[position] = own;
	recording->n_process_records++;
	note_inserted(recording, position);
	return 0;
}

int recording_add_process(struct recording *recording, struct process_record *process)
{
	size_t superfluous;

	process_record_weigh(process);
	if (is_superfluous(recording, process)) {
		process_record_deinit(process);
		recording->processes_not_kept++;
		return 0;
	}
	if (insert(recording, process)) {
		process_record_deinit(process);
		return -ENOMEM;
	}
	while ((superfluous = find_superfluous(recording)) > 0)
		drop(recording, superfluous);
	return 0;
}
