// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/merge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/labels.h"
#include "model/stack-merge.h"

struct merging {
	struct recording *sum;
	struct recording *recordings;
	size_t n_recordings;
	bool has_hosts; /* more than one */
	struct message *message;
};

static void add_count(uint64_t *sum, uint64_t amount)
{
	if (__builtin_add_overflow(*sum, amount, sum))
		*sum = UINT64_MAX;
}

static bool is_same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* 0 or -ENOMEM; NULL is copied as NULL. */
static int copy(const char *text, char **ret_copy)
{
	*ret_copy = text ? strdup(text) : NULL;
	return text && !*ret_copy ? -ENOMEM : 0;
}

/* -- What is common, and what differs -------------------------------------------------------------- */

static const char *label_of(const struct recording *recording, const char *key)
{
	for (size_t i = 0; i < recording->n_labels; i++)
		if (strcmp(recording->labels[i].key, key) == 0)
			return recording->labels[i].value;
	return NULL;
}

static bool is_common(const struct merging *merging, const struct label *label)
{
	for (size_t i = 0; i < merging->n_recordings; i++)
		if (!is_same(label_of(&merging->recordings[i], label->key), label->value))
			return false;
	return true;
}

static bool has_one_command(const struct merging *merging)
{
	for (size_t i = 1; i < merging->n_recordings; i++) {
		char *const *a = merging->recordings[0].command;
		char *const *b = merging->recordings[i].command;

		for (; a && b && *a && *b && strcmp(*a, *b) == 0; a++, b++)
			;
		if (!a || !b || *a || *b)
			return false;
	}
	return true;
}

static int take_common_labels(struct merging *merging)
{
	const struct recording *first = merging->recordings;
	struct recording *sum = merging->sum;
	int result = 0;

	sum->labels = calloc(first->n_labels + 1, sizeof(*sum->labels));
	for (size_t i = 0; sum->labels && i < first->n_labels && result == 0; i++) {
		struct label *label = &sum->labels[sum->n_labels];

		if (!is_common(merging, &first->labels[i]))
			continue;
		sum->n_labels++;
		result = copy(first->labels[i].key, &label->key);
		if (result == 0)
			result = copy(first->labels[i].value, &label->value);
	}
	return sum->labels ? result : -ENOMEM;
}

/* Of the first; NULL where another has another. */
static int take_common_texts(struct merging *merging)
{
	struct recording *first = merging->recordings;
	bool has_versions = false;
	int result = 0;

	for (size_t i = 1; i < merging->n_recordings; i++) {
		merging->has_hosts |= !is_same(first->host, first[i].host);
		has_versions |= !is_same(first->version, first[i].version);
	}
	if (!merging->has_hosts)
		result = copy(first->host, &merging->sum->host);
	if (result == 0 && !has_versions)
		result = copy(first->version, &merging->sum->version);
	if (result == 0 && has_one_command(merging)) {
		merging->sum->command = first->command;
		first->command = NULL;
	}
	return result;
}

static void take_common_times(struct merging *merging)
{
	struct recording *sum = merging->sum;
	const struct recording *first = merging->recordings;

	sum->started_ns = first->started_ns;
	sum->exit = first->exit;
	for (size_t i = 1; i < merging->n_recordings; i++) {
		const struct recording *other = &first[i];

		if (other->started_ns < sum->started_ns)
			sum->started_ns = other->started_ns;
		if (other->exit.kind != sum->exit.kind || other->exit.value != sum->exit.value)
			sum->exit = (struct exit_info){.kind = EXIT_UNKNOWN};
	}
}

/* -- Labels that differ ---------------------------------------------------------------------------- */

static int put(struct merging *merging, struct label_set *set, const char *key, const char *value)
{
	if (label_set_find(set, key))
		return 0;
	int result = label_check(key, value, merging->message);

	return result < 0 ? result : label_set_put(set, key, value);
}

/* Puts what only this recording's run was labelled with beside what the set has. */
static int put_labels(struct merging *merging, const struct recording *from, struct label_set *set)
{
	int result = 0;

	for (size_t i = 0; i < from->n_labels && result == 0; i++)
		if (!is_common(merging, &from->labels[i]))
			result = put(merging, set, from->labels[i].key, from->labels[i].value);
	if (result == 0 && merging->has_hosts && from->host)
		result = put(merging, set, HOST_LABEL, from->host);
	if (result == 0 && set->n_labels > LABELS_MOST) {
		message_set(merging->message, "%zu labels with those of the run, at most %d are possible", set->n_labels,
			    LABELS_MOST);
		result = -E2BIG;
	}
	return result;
}

/* The text of a part's labels with those of its run; the caller frees it. */
static int labels_of_part(struct merging *merging, const struct recording *from, const char *labels, char **ret_text)
{
	struct label_set set = {0};
	int result = label_set_parse(&set, labels);

	if (result == 0)
		result = put_labels(merging, from, &set);
	*ret_text = result == 0 ? label_set_text(&set) : NULL;
	label_set_deinit(&set);
	return result == 0 && !*ret_text ? -ENOMEM : result;
}

/* -- Figures --------------------------------------------------------------------------------------- */

/* Documents of older versions have no parts: what is in them is of a program that is not known. */
static int add_without_parts(struct merging *merging, const struct recording *from, const char *labels)
{
	struct process_record all = {
		.started_ns = from->started_ns,
		.wall_ns = from->wall_ns,
		.n_threads = from->n_threads,
		.memory = from->largest_memory,
		.calls = from->calls,
	};
	int result = label_set_parse(&all.labels, labels);

	if (result == 0)
		result = part_list_add(merging->sum, &all);
	label_set_deinit(&all.labels);
	struct part *part = result == 0 ? part_list_get(&merging->sum->parts, NULL, NULL, labels) : NULL;

	if (!part)
		return -ENOMEM;
	part->n_images += from->n_process_records + from->processes_not_kept - 1;
	part->n_processes += from->n_processes - 1;
	return 0;
}

static int add_parts(struct merging *merging, const struct recording *from)
{
	char *labels;
	int result = 0;

	for (size_t i = 0; i < from->parts.n_parts && result == 0; i++) {
		const struct part *part = &from->parts.parts[i];

		result = labels_of_part(merging, from, part->labels, &labels);
		if (result == 0)
			result = part_list_merge(merging->sum, part, labels);
		free(labels);
	}
	if (result < 0 || from->parts.n_parts || !from->calls.n_calls)
		return result;
	result = labels_of_part(merging, from, "", &labels);
	if (result == 0)
		result = add_without_parts(merging, from, labels);
	free(labels);
	return result;
}

static int add_processes(struct merging *merging, struct recording *from)
{
	struct process_record **processes = from->processes;
	size_t n = from->n_process_records;
	int result = 0;

	from->n_process_records = 0;
	for (size_t i = 0; i < n; i++) {
		if (result == 0)
			result = put_labels(merging, from, &processes[i]->labels);
		processes[i]->run += (unsigned int)merging->sum->n_runs;
		if (result == 0)
			result = recording_add_process(merging->sum, processes[i]);
		else
			process_record_deinit(processes[i]);
		free(processes[i]);
	}
	return result;
}

static int add_plugins(struct recording *sum, struct recording *from)
{
	for (size_t i = 0; i < from->n_plugins; i++) {
		struct plugin_record *plugin = recording_add_plugin(sum);

		if (!plugin)
			return -ENOMEM;
		*plugin = from->plugins[i];
		from->plugins[i] = (struct plugin_record){0};
	}
	return 0;
}

static struct unwatched_record *find_unwatched(struct recording *sum, const struct unwatched_record *other)
{
	for (size_t i = 0; i < sum->n_unwatched; i++)
		if (sum->unwatched[i].reason == other->reason && is_same(sum->unwatched[i].command, other->command))
			return &sum->unwatched[i];
	return NULL;
}

static int add_unwatched(struct recording *sum, const struct recording *from)
{
	for (size_t i = 0; i < from->n_unwatched; i++) {
		const struct unwatched_record *other = &from->unwatched[i];
		struct unwatched_record *unwatched = find_unwatched(sum, other);

		if (unwatched) {
			add_count(&unwatched->count, other->count);
			continue;
		}
		unwatched = reallocarray(sum->unwatched, sum->n_unwatched + 1, sizeof(*unwatched));
		if (!unwatched)
			return -ENOMEM;
		sum->unwatched = unwatched;
		unwatched[sum->n_unwatched] = *other;
		if (copy(other->command, &unwatched[sum->n_unwatched].command) < 0)
			return -ENOMEM;
		sum->n_unwatched++;
	}
	return 0;
}

/* -- Metrics --------------------------------------------------------------------------------------- */

static int64_t end_of(const struct recording *recording)
{
	int64_t end_ns;

	return __builtin_add_overflow(recording->started_ns, (int64_t)recording->wall_ns, &end_ns) ? INT64_MAX : end_ns;
}

/* A gauge of one machine is not that of another. */
static int add_gauge(struct merging *merging, const struct recording *from, const struct series *series)
{
	struct tag tags[SERIES_TAGS_MAX];
	struct series tagged = *series;
	bool has_host = !merging->has_hosts || !from->host || series->n_tags == SERIES_TAGS_MAX;

	for (size_t i = 0; i < series->n_tags; i++) {
		tags[i] = series->tags[i];
		has_host |= strcmp(tags[i].key, HOST_LABEL) == 0;
	}
	if (!has_host) {
		tags[tagged.n_tags++] = (struct tag){HOST_LABEL, from->host};
		tags_sort(tags, tagged.n_tags);
	}
	tagged.tags = tags;
	return metric_list_add(&merging->sum->metrics, &tagged, MERGE_LAST, end_of(from));
}

static int add_metrics(struct merging *merging, const struct recording *from)
{
	int result = 0;

	for (size_t i = 0; i < from->metrics.n_entries && result == 0; i++) {
		const struct series *series = from->metrics.entries[i].series;

		result = series_is_cumulative(series) ? metric_list_add(&merging->sum->metrics, series, MERGE_SUM, 0)
						      : add_gauge(merging, from, series);
	}
	return result;
}

/* -- Coverage -------------------------------------------------------------------------------------- */

static int add_names(struct name_counts *sum, const struct name_counts *other)
{
	int result = 0;

	for (size_t i = 0; i < other->n_items && result == 0; i++)
		result = name_set_add(sum, other->items[i].name);
	return result;
}

static void add_io(struct kernel_io *sum, const struct kernel_io *other, bool is_first)
{
	sum->is_known = other->is_known && (is_first || sum->is_known);
	add_count(&sum->read, other->read);
	add_count(&sum->written, other->written);
	add_count(&sum->storage_read, other->storage_read);
	add_count(&sum->storage_written, other->storage_written);
}

static void add_numbers(struct recording *sum, const struct recording *from)
{
	for (unsigned int i = 0; i < SERIES_REFUSALS; i++)
		add_count(&sum->refused[i], from->refused[i]);
	add_count(&sum->overflowed, from->overflowed);
	add_count(&sum->respelled, from->respelled);
	for (unsigned int i = 0; i < LOSS_REASONS; i++)
		add_count(&sum->lost[i], from->lost[i]);
	add_count(&sum->user_ns, from->user_ns);
	add_count(&sum->system_ns, from->system_ns);
	add_count(&sum->n_processes, from->n_processes);
	add_count(&sum->n_threads, from->n_threads);
	add_count(&sum->notes_lost, from->notes_lost);
	add_count(&sum->damaged_regions, from->damaged_regions);
	add_count(&sum->n_sandboxed, from->n_sandboxed);
	/* Not what was between them: of runs on several machines that may be hours, or less than nothing. */
	add_count(&sum->wall_ns, from->wall_ns);
	add_count(&sum->n_uncounted, from->n_uncounted);
	add_count(&sum->processes_not_kept, from->processes_not_kept);
	add_io(&sum->io, &from->io, sum->n_runs == 0);
	if (from->largest_memory.is_known &&
	    (!sum->largest_memory.is_known || from->largest_memory.peak > sum->largest_memory.peak)) {
		sum->largest_memory = from->largest_memory;
		sum->largest_memory_pid = from->largest_memory_pid;
	}
}

static int add_coverage(struct recording *sum, const struct recording *from)
{
	int result = name_counts_add_all(&sum->raw_calls, &from->raw_calls);

	if (result == 0)
		result = add_names(&sum->switched, &from->switched);
	return result < 0 ? result : add_names(&sum->retimed, &from->retimed);
}

/* Whether it was in all recordings. */
static bool is_off_everywhere(const struct merging *merging, const char *call)
{
	for (size_t i = 0; i < merging->n_recordings; i++)
		if (!name_counts_get(&merging->recordings[i].off, call))
			return false;
	return true;
}

/* What was off in some of them only is counted for a part of the time, as what was switched. */
static int add_off(struct merging *merging, const struct recording *from)
{
	struct recording *sum = merging->sum;
	int result = 0;

	for (size_t i = 0; i < from->off.n_items && result == 0; i++) {
		const char *call = from->off.items[i].name;
		bool is_off = is_off_everywhere(merging, call);

		result = name_set_add(is_off ? &sum->off : &sum->switched, call);
	}
	return result;
}

/* -- The whole ------------------------------------------------------------------------------------- */

static int add(struct merging *merging, struct recording *from)
{
	struct recording *sum = merging->sum;
	int result = call_list_add(&sum->calls, &from->calls);

	add_numbers(sum, from);
	if (result == 0)
		result = add_parts(merging, from);
	if (result == 0)
		result = add_processes(merging, from);
	if (result == 0)
		result = add_plugins(sum, from);
	if (result == 0)
		result = add_unwatched(sum, from);
	if (result == 0)
		result = add_metrics(merging, from);
	if (result == 0)
		result = add_coverage(sum, from);
	if (result == 0)
		result = add_off(merging, from);
	if (result == 0)
		result = stack_list_merge(&sum->stacks, &from->stacks);
	sum->n_runs += from->n_runs ? from->n_runs : 1;
	return result;
}

int recording_merge(struct recording *recordings, size_t n_recordings, struct recording *ret_merged,
		    struct message *ret_message)
{
	struct recording sum = {0};
	struct merging merging = {&sum, recordings, n_recordings, .message = ret_message};
	int result = take_common_texts(&merging);

	message_set(ret_message, "out of memory");
	if (result == 0)
		result = take_common_labels(&merging);
	take_common_times(&merging);
	for (size_t i = 0; i < n_recordings && result == 0; i++)
		result = add(&merging, &recordings[i]);
	/* Of one name and of two kinds: they cannot be added. */
	add_count(&sum.refused[REFUSED_CONFLICT], sum.metrics.n_refused);
	if (result == 0)
		*ret_merged = sum;
	else
		recording_deinit(&sum);
	return result;
}
