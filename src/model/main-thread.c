// SPDX-License-Identifier: MIT
/*
 * The command's process is the one that began first. It may have been several programs, one after another:
 * images with one number. Of an image that was killed nobody noted the end; the run's is the nearest known.
 */
#include "config.h"

#include "model/recording.h"

static int64_t end_of(const struct recording *recording, const struct process_record *process)
{
	if (process->wall_ns)
		return (int64_t)((uint64_t)process->started_ns + process->wall_ns);
	return (int64_t)((uint64_t)recording->started_ns + recording->wall_ns);
}

static void add_image(struct main_thread *thread, const struct process_record *process)
{
	for (unsigned int i = WAIT_NONE + 1; i < WAIT_CLASSES; i++)
		if (__builtin_add_overflow(thread->spent_ns[i], process->waiting_ns[i],
					   &thread->spent_ns[i]))
			thread->spent_ns[i] = UINT64_MAX;
}

/*
 * A time that is scaled up from a sample, or counted in two calls of which one interrupted the other, may be
 * more than there was.
 */
static void bound_by_wall(struct main_thread *thread)
{
	uint64_t left = thread->wall_ns;

	for (unsigned int i = WAIT_NONE + 1; i < WAIT_CLASSES; i++) {
		if (thread->spent_ns[i] > left)
			thread->spent_ns[i] = left;
		left -= thread->spent_ns[i];
	}
	thread->spent_ns[WAIT_NONE] = left;
}

bool recording_main_thread(const struct recording *recording, struct main_thread *ret_thread)
{
	struct main_thread thread = {0};
	int64_t end = 0;
	int64_t span;

	/* Several commands have none in common. */
	if (recording->n_runs > 1)
		return false;
	/* A wait that is not counted would be taken for work. */
	if (!recording_counts_waiting(recording))
		return false;
	for (size_t i = 0; i < recording->n_process_records; i++) {
		const struct process_record *process = recording->processes[i];

		if (!process_is_of_command(recording, process))
			continue;
		if (!process->has_waiting)
			return false;
		add_image(&thread, process);
		end = end_of(recording, process);
	}
	if (!end || __builtin_sub_overflow(end, recording->processes[0]->started_ns, &span) || span <= 0)
		return false;
	thread.wall_ns = (uint64_t)span;
	bound_by_wall(&thread);
	*ret_thread = thread;
	return true;
}

const char *wait_class_name(enum wait_class wait_class)
{
	static const char *const names[WAIT_CLASSES] = {
		[WAIT_NONE] = "work",	  [WAIT_IO] = "io",	  [WAIT_NETWORK] = "network",
		[WAIT_LOCK] = "lock",	  [WAIT_SLEEP] = "sleep", [WAIT_CHILD] = "child",
		[WAIT_EVENTS] = "events",
	};

	return names[wait_class];
}
