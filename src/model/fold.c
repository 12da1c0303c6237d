// SPDX-License-Identifier: MIT
/*
 * The image has been checked (model/region-reader.h), so its references are followed as they are.
 * Its numbers are the writer's: a thread that is running may have entered a call it has not
 * returned from, and a record may have been copied between two of its stores; no difference is
 * taken without a look at which is larger.
 *
 * A call is first summed up over the threads and buckets of one process, then added to the totals.
 */
#include "config.h"

#include "model/fold.h"

#include "model/fold-metrics.h"
#include "model/fold-objects.h"
#include "model/fold-stacks.h"
#include "model/fold-spans.h"
#include "calls/call.h"
#include "model/shell-quote.h"
#include "model/syscall-name.h"
#include "model/words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* One region on its way into a process record. */
struct folding {
	const struct region_header *header;
	const struct fold_options *options;
	struct process_record *process;
};

/* Most rows are not there; those that are, are full, but for the last, which has the outside buckets only. */
static int fold_buckets(struct call_totals *totals, const struct call_stats *stats)
{
	for (unsigned int row = 0; row < HISTOGRAM_ROWS; row++) {
		const struct histogram_row *counts = relative_get(&stats->rows[row]);

		for (unsigned int i = 0; counts && i < HISTOGRAM_ROW_BUCKETS; i++) {
			unsigned int bucket = row * HISTOGRAM_ROW_BUCKETS + i;

			if (bucket >= HISTOGRAM_BUCKETS)
				break;
			if (!counts->count[i])
				continue;
			if (bucket_counts_add(&totals->buckets, bucket, counts->count[i]))
				return -ENOMEM;
			if (__builtin_add_overflow(totals->timed, counts->count[i], &totals->timed))
				totals->timed = UINT64_MAX;
		}
	}
	return 0;
}

static int fold_durations(struct call_totals *totals, const struct call_stats *stats)
{
	if (fold_buckets(totals, stats))
		return -ENOMEM;
	if (!totals->timed)
		return 0;
	totals->sum_ns = stats->sum_ns;
	totals->max_ns = stats->max_ns;
	/* The bucket is written before the extremes: a copy may have the one without the others. */
	totals->min_ns = stats->min_ns < stats->max_ns ? stats->min_ns : stats->max_ns;
	return 0;
}

static int64_t instant(const struct folding *folding, uint64_t ticks)
{
	return clock_ticks_to_realtime_ns(&folding->header->clock, ticks);
}

/* Adds one failure code to the totals of its call. */
static int fold_error(const struct folding *folding, struct call_totals *totals,
		      const struct error_stats *stats)
{
	const struct failure_classes *classes = folding->options->classes;
	char symbol[FAILURE_SYMBOL_SIZE];

	failure_symbol(stats->code, symbol);
	struct error_totals error = {
		.symbol = symbol,
		.is_expected = classes && failure_is_expected(classes, totals->name, symbol),
		.count = stats->count,
		.timed = stats->timed,
		.sum_ns = stats->sum_ns,
		.first_ns = instant(folding, stats->first_ticks),
		.last_ns = instant(folding, stats->last_ticks),
		.last_pid = folding->header->pid,
	};
	const struct call_totals failures = {
		.failures = stats->count,
		.expected = error.is_expected ? stats->count : 0,
		.errors = &error,
		.n_errors = 1,
	};

	/* Made, but its first failure has not been counted yet. */
	if (!stats->count)
		return 0;
	return call_totals_add(totals, &failures);
}

/* What was entered and has not come back, where every call that comes back is timed or has failed.
 */
static uint64_t unfinished_calls(const struct folding *folding, const struct call_stats *stats,
				 const struct call_info_record *info, uint64_t timed,
				 uint64_t failures)
{
	const struct session_settings *settings = folding->options->settings;
	uint64_t returned;

	if (!settings || info->id >= SESSION_CALLS || session_was_retimed(settings, info->id))
		return 0;
	if (settings->period[info->id] > 1 && !(info->flags & CALL_ALWAYS_TIMED))
		return 0;
	if (__builtin_add_overflow(timed, failures, &returned) || returned >= stats->count)
		return 0;
	return stats->count - returned;
}

/* -- What the main thread waited for ---------------------------------------------------------------- */

static uint64_t failed_ns(const struct call_stats *stats)
{
	const struct error_stats *error = relative_get(&stats->errors);
	double ns = 0;

	for (; error; error = relative_get(&error->next))
		if (error->timed)
			ns += (double)error->sum_ns * (double)error->count / (double)error->timed;
	return ns < 0x1p63 ? (uint64_t)ns : INT64_MAX;
}

/* 0: it is not known. */
static int64_t end_of(const struct region_header *header, bool is_running, const struct fold_options *options)
{
	if (header->ended_ns)
		return header->ended_ns;
	return is_running ? options->now_ns : options->ended_ns;
}

/* How long ago that was when the process ended or is looked at. */
static uint64_t ns_until_end(const struct folding *folding, uint64_t ticks)
{
	const struct region_header *header = folding->header;
	int64_t end = end_of(header, folding->process->is_running, folding->options);
	int64_t after_start;
	int64_t span;

	if (__builtin_sub_overflow(instant(folding, ticks), header->started_realtime_ns,
				   &after_start) ||
	    __builtin_sub_overflow(end, header->started_ns, &span) ||
	    __builtin_sub_overflow(span, after_start, &span) || span < 0)
		return 0;
	return (uint64_t)span;
}

/* The call that the thread is in, or was when the process ended: none was entered or left after it. */
static const struct call_stats *call_under_way(const struct thread_block *thread)
{
	const struct call_stats *stats = relative_get(&thread->calls);
	const struct call_stats *last = stats;

	for (; stats; stats = relative_get(&stats->next))
		if (stats->moment > last->moment)
			last = stats;
	return last && (last->moment & 1) ? last : NULL;
}

static enum wait_class wait_class_of(const struct call_info_record *info)
{
	return info->waits < WAIT_CLASSES ? info->waits : WAIT_NONE;
}

static void add_waiting(const struct folding *folding, const struct call_stats *stats, const struct call_totals *own)
{
	uint64_t *waiting_ns = &folding->process->waiting_ns[wait_class_of(relative_get(&stats->info))];

	if (__builtin_add_overflow(*waiting_ns, call_totals_time_ns(own), waiting_ns) ||
	    __builtin_add_overflow(*waiting_ns, failed_ns(stats), waiting_ns) ||
	    __builtin_add_overflow(*waiting_ns, own->unfinished_ns, waiting_ns))
		*waiting_ns = UINT64_MAX;
}

/*
 * A main thread is there as long as its process, so a call that it is in lasts until now. Of other threads it is not
 * known when they ended; and what waits for nothing, as exec and exit, is no time spent in a call.
 */
static uint64_t unfinished_ns(const struct folding *folding, const struct call_stats *stats,
			      const struct thread_block *thread)
{
	if (thread->tid != folding->header->pid || wait_class_of(relative_get(&stats->info)) == WAIT_NONE ||
	    stats != call_under_way(thread))
		return 0;
	return ns_until_end(folding, stats->moment);
}

/* Adds one thread's figures of one call to those of the process. */
static int fold_call(const struct folding *folding, const struct call_stats *stats,
		     const struct thread_block *thread)
{
	const struct call_info_record *info = relative_get(&stats->info);

	/* Without a call: a lock that was waited for each time has a record for when it is free. */
	if (!info || !stats->count)
		return 0;
	struct call_totals *totals =
		call_list_get(&folding->process->calls, info->name, info->kind, info->group);
	struct call_totals own = {.count = stats->count, .bytes = stats->bytes};

	if (!totals)
		return -ENOMEM;
	uint64_t failures_before = totals->failures;
	const struct error_stats *error = relative_get(&stats->errors);

	for (; error; error = relative_get(&error->next))
		if (fold_error(folding, totals, error))
			return -ENOMEM;
	int result = fold_durations(&own, stats);

	own.unfinished = unfinished_calls(folding, stats, info, own.timed,
					  totals->failures - failures_before);
	own.unfinished_ns = unfinished_ns(folding, stats, thread);
	if (thread->tid == folding->header->pid) {
		struct call_totals successes = own;

		successes.failures = totals->failures - failures_before;
		add_waiting(folding, stats, &successes);
	}
	if (result == 0)
		result = call_totals_add(totals, &own);
	bucket_counts_deinit(&own.buckets);
	return result;
}

static int fold_calls(const struct folding *folding)
{
	const struct thread_block *thread = relative_get(&folding->header->threads);

	for (; thread; thread = relative_get(&thread->next)) {
		const struct call_stats *stats = relative_get(&thread->calls);

		for (; stats; stats = relative_get(&stats->next))
			if (fold_call(folding, stats, thread))
				return -ENOMEM;
	}
	return 0;
}

static int fold_raw_calls(const struct folding *folding)
{
	const struct thread_block *thread = relative_get(&folding->header->threads);
	char name[SYSCALL_NAME_SIZE];

	for (; thread; thread = relative_get(&thread->next)) {
		const struct raw_call_stats *raw = relative_get(&thread->raw_calls);

		for (; raw; raw = relative_get(&raw->next))
			if (raw->count &&
			    name_counts_add(&folding->process->coverage.raw_calls,
					    syscall_name(raw->number, name), raw->count))
				return -ENOMEM;
	}
	return 0;
}

/*
 * The arguments of a header, each ended by NUL; the field may have been too short for the last of
 * them, and what follows them is zero. An empty argument cannot be told from the end: the last is
 * never empty.
 */
static char *quote_command(const char *words, size_t size)
{
	const char *end = words + words_of(words, size).size;

	char *command = malloc(shell_quote_room((size_t)(end - words)));
	char *place = command;

	for (const char *word = words; command && word < end; word += strlen(word) + 1) {
		if (word > words)
			*place++ = ' ';
		place = shell_quote(place, word);
	}
	if (!command)
		return NULL;
	*place++ = '\0';
	char *fitting = realloc(command, (size_t)(place - command));

	return fitting ? fitting : command;
}

static uint64_t wall_ns(const struct region_header *header, bool is_running, const struct fold_options *options)
{
	int64_t end = end_of(header, is_running, options);
	int64_t span;

	if (!end || __builtin_sub_overflow(end, header->started_ns, &span) || span < 0)
		return 0;
	return (uint64_t)span;
}

static struct exit_info exit_of(const struct region_header *header, bool is_running)
{
	if (header->state == REGION_EXECUTED)
		return (struct exit_info){.kind = EXIT_EXECUTED};
	if (!is_running && header->state == REGION_EXITED && (header->flags & REGION_EXIT_KNOWN))
		return (struct exit_info){.kind = EXIT_STATUS, .value = header->exit_status};
	return (struct exit_info){.kind = EXIT_UNKNOWN};
}

/* NULL for an empty string. */
static char *copy_known(const char *string, bool *has_failed)
{
	char *copy = string[0] ? strdup(string) : NULL;

	if (string[0] && !copy)
		*has_failed = true;
	return copy;
}

/* A thread that records nothing is not seen; but a process has at least its main thread. */
static uint64_t threads_of(const struct region_header *header)
{
	return header->n_threads ? header->n_threads : 1;
}

/* All of the process but its calls. 0 or -ENOMEM. */
static int describe_process(struct process_record *process, const struct region_header *header,
			    bool is_running, const struct fold_options *options)
{
	bool has_failed = false;

	process->pid = header->pid;
	process->parent_pid = header->parent_pid;
	process->executable = copy_known(header->executable, &has_failed);
	process->allocator = copy_known(header->allocator, &has_failed);
	process->command = quote_command(header->command, sizeof(header->command));
	process->started_ns = header->started_realtime_ns;
	process->wall_ns = wall_ns(header, is_running, options);
	process->exit = exit_of(header, is_running);
	process->is_running = is_running && header->state != REGION_EXECUTED;
	process->n_threads = threads_of(header);
	process->has_waiting = true;
	memcpy(process->coverage.lost, header->lost, sizeof(process->coverage.lost));
	memcpy(process->coverage.unwatched, header->unwatched, sizeof(process->coverage.unwatched));
	return has_failed || !process->command ? -ENOMEM : 0;
}

static void add_losses(struct recording *recording, const struct region_image *image)
{
	for (unsigned int i = 0; i < LOSS_REASONS; i++)
		if (__builtin_add_overflow(recording->lost[i], image->header->lost[i],
					   &recording->lost[i]))
			recording->lost[i] = UINT64_MAX;
	for (unsigned int i = 0; i < SERIES_REFUSALS; i++)
		recording->refused[i] += image->header->refused[i];
	recording->respelled += image->header->respelled;
	recording->overflowed += image->header->overflowed;
	recording->damaged_regions += image->n_damaged > 0;
}

/*
 * A process that went on as another program is counted there, or among the unwatched; and so is the
 * one thread that survives an exec.
 */
static void count_process(struct recording *recording, const struct region_header *header)
{
	bool goes_on = header->state == REGION_EXECUTED;

	recording->n_processes += !goes_on;
	recording->n_threads += threads_of(header) - goes_on;
}

static struct memory_totals memory_of(const struct region_header *header)
{
	const struct region_memory *memory = &header->memory;
	uint64_t all = memory->inherited + memory->before + memory->allocated;

	if (!(header->flags & REGION_MEMORY_KNOWN))
		return (struct memory_totals){0};
	return (struct memory_totals){
		.is_known = true,
		.allocated = memory->allocated,
		.freed = memory->freed,
		.inherited = memory->inherited,
		.before = memory->before,
		/* What is freed while we look may be in the one number and not yet in the other. */
		.live = all > memory->freed ? all - memory->freed : 0,
		.peak = memory->peak,
	};
}

static void note_memory(struct recording *recording, const struct process_record *process)
{
	if (!process->memory.is_known || (recording->largest_memory.is_known &&
					  recording->largest_memory.peak >= process->memory.peak))
		return;
	recording->largest_memory = process->memory;
	recording->largest_memory_pid = process->pid;
}

static void add_sight(struct process_coverage *coverage, const struct region_header *header,
		      const struct process_sight *sight)
{
	coverage->is_sandboxed =
		(header->flags & REGION_SANDBOXED) || (sight && sight->has_seccomp);
	if (sight)
		coverage->io = sight->io;
}

static int note_membership(struct recording *recording, struct process_record *process,
			   const struct membership *membership)
{
	bool has_failed = false;

	if (!membership)
		return 0;
	process->test = copy_known(membership->test ? membership->test : "", &has_failed);
	if (has_failed || label_set_parse(&process->labels, membership->labels))
		return -ENOMEM;
	return part_list_add(recording, process);
}

int fold_region(struct recording *recording, const struct region_image *image, bool is_running,
		const struct fold_options *options)
{
	const struct region_header *header = image->header;
	struct process_record process = {0};
	struct folding folding = {header, options, &process};
	struct fold_scope scope = {.is_running = is_running, .is_alone = options->is_alone};
	size_t n_slow_before = recording->stacks.n_slow_calls;

	if (describe_process(&process, header, is_running, options) ||
	    fold_calls(&folding) || fold_raw_calls(&folding) ||
	    call_list_add(&recording->calls, &process.calls) ||
	    fold_metrics(&recording->metrics, image, scope) ||
	    fold_objects(recording, image, options->classes) ||
	    fold_stacks(&recording->stacks, image) || recording_add_exemplars(recording, n_slow_before) ||
	    name_counts_add_all(&recording->raw_calls, &process.coverage.raw_calls)) {
		process_record_deinit(&process);
		return -ENOMEM;
	}
	add_sight(&process.coverage, header, options->sight);
	process.memory = memory_of(header);
	if (note_membership(recording, &process, options->membership) ||
	    (options->membership && fold_spans(recording, image, &process, options->classes))) {
		process_record_deinit(&process);
		return -ENOMEM;
	}
	note_memory(recording, &process);
	count_process(recording, header);
	recording->n_sandboxed +=
		process.coverage.is_sandboxed && header->state != REGION_EXECUTED;
	add_losses(recording, image);
	return recording_add_process(recording, &process);
}

static int add_unwatched(struct recording *recording, const struct session_note *note)
{
	size_t n = recording->n_unwatched;
	struct unwatched_record *unwatched =
		reallocarray(recording->unwatched, n + 1, sizeof(*unwatched));
	char *path;

	if (!unwatched)
		return -ENOMEM;
	recording->unwatched = unwatched;
	path = strndup(note->path, sizeof(note->path));
	if (!path)
		return -ENOMEM;
	unwatched[n] = (struct unwatched_record){
		.pid = note->pid,
		.command = path,
		.reason = note->reason,
		.count = __atomic_load_n(&note->count, __ATOMIC_RELAXED),
	};
	recording->n_unwatched++;
	return 0;
}

/* Which were off all the time; a session that is closed has all of them off. */
static int fold_off(struct recording *recording, const struct session_settings *settings)
{
	if (settings->state == SESSION_CLOSED)
		return 0;
	for (unsigned int call = 0; call < CALL_COUNT; call++) {
		/* Relaxed: what is switched just now is told by whichever of the two is seen. */
		uint8_t mode = __atomic_load_n(&settings->mode[call], __ATOMIC_RELAXED);

		if ((mode & MODE_OFF) && !session_was_switched(settings, call) &&
		    name_set_add(&recording->off, call_table[call].name))
			return -ENOMEM;
	}
	return 0;
}

/* What they waited for in calls that were not counted would be taken for work. */
static void forget_waiting(struct recording *recording)
{
	for (size_t i = 0; i < recording->n_process_records; i++)
		recording->processes[i]->has_waiting = false;
}

int fold_settings(struct recording *recording, const struct session_settings *settings)
{
	for (unsigned int call = 0; call < CALL_COUNT; call++) {
		const char *name = call_table[call].name;

		if (session_was_switched(settings, call) && name_set_add(&recording->switched, name))
			return -ENOMEM;
		if (session_was_retimed(settings, call) && name_set_add(&recording->retimed, name))
			return -ENOMEM;
	}
	int result = fold_off(recording, settings);

	if (!recording_counts_waiting(recording))
		forget_waiting(recording);
	return result;
}

int fold_notes(struct recording *recording, const struct session_file *file)
{
	for (unsigned int i = 0; i < SESSION_NOTES; i++) {
		const struct session_note *note = &file->notes[i];

		/* Acquire: pairs with the release in session_note(), which fills the note before.
		 */
		if (__atomic_load_n(&note->state, __ATOMIC_ACQUIRE) != NOTE_READY)
			continue;
		if (note->reason == NOTE_NONE || note->reason >= NOTE_REASONS)
			continue;
		if (__atomic_load_n(&note->count, __ATOMIC_RELAXED) == 0)
			continue;
		if (add_unwatched(recording, note))
			return -ENOMEM;
	}
	recording->notes_lost += __atomic_load_n(&file->settings.notes_lost, __ATOMIC_RELAXED);
	return fold_settings(recording, &file->settings);
}

void fold_unreadable(struct recording *recording)
{
	recording->damaged_regions++;
}
