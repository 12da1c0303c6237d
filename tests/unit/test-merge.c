// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/merge.h"

#include "format/recording-json.h"
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N_PROCESSES = 8 };

static void add_failure(struct call_totals *call, const char *symbol, uint64_t count, int64_t now_ns)
{
	struct error_totals error = {(char *)symbol, true, count, count, 100 * count, now_ns, now_ns + 5, 7};
	struct call_totals failed = {.count = count, .failures = count, .expected = count, .errors = &error, .n_errors = 1};

	CU_ASSERT_EQUAL(call_totals_add(call, &failed), 0);
}

static void add_call(struct call_list *list, const char *name, const char *kind, unsigned int n, int64_t now_ns)
{
	struct call_totals *call = call_list_get(list, name, kind, "io");
	struct call_totals done = {.count = n, .bytes = 10 * n, .timed = n, .sum_ns = 1000 * n, .min_ns = 1000, .max_ns = 1000};

	CU_ASSERT_EQUAL(bucket_counts_add(&done.buckets, histogram_bucket(1000), n), 0);
	CU_ASSERT_EQUAL(call_totals_add(call, &done), 0);
	bucket_counts_deinit(&done.buckets);
	call->unfinished += n % 2;
	call->unfinished_ns += n % 2 * 70;
	add_failure(call, n % 2 ? "ENOENT" : "EACCES", n, now_ns);
}

static void add_metrics(struct recording *recording, unsigned int n)
{
	struct series series = {.name = "jobs", .type = SERIES_COUNTER, .unit = "1", .start_ns = 1000, .value.count = n};
	struct series_histogram histogram = {.first_index = SERIES_FIRST_INDEX};
	struct series sizes = {.name = "sizes", .type = SERIES_HISTOGRAM, .unit = "By", .start_ns = 1000,
			       .value.histogram = &histogram};

	series_histogram_enter(&histogram, 8, n + 1);
	histogram.sum = 2.0 * (n + 1);
	histogram.min = histogram.max = 2;
	CU_ASSERT_EQUAL(metric_list_add(&recording->metrics, &series, MERGE_SUM, 0), 0);
	CU_ASSERT_EQUAL(metric_list_add(&recording->metrics, &sizes, MERGE_SUM, 0), 0);
}

/* One failed open, seen from one place of all halves and from one of its own. */
static void add_stacks(struct recording *recording, unsigned int n)
{
	for (unsigned int i = 0; i < 2; i++) {
		size_t frames[2] = {0};
		size_t module = 0;
		size_t stack = 0;
		struct stack_record record = {.call = (char *)"open", .code = (char *)"ENOENT", .frames = frames, .n_frames = 2};

		record.figures.count = STACK_SCALE;
		CU_ASSERT_EQUAL(stack_list_module(&recording->stacks, i ? "/bin/own" : "/bin/all", "ab", &module), 0);
		CU_ASSERT_EQUAL(stack_list_frame(&recording->stacks, module, i ? 100 + n : 7, &frames[0]), 0);
		CU_ASSERT_EQUAL(stack_list_frame(&recording->stacks, STACK_NO_MODULE, 9, &frames[1]), 0);
		CU_ASSERT_EQUAL(stack_list_stack(&recording->stacks, &record, &stack), 0);
		CU_ASSERT_EQUAL(stack_list_add_slow(&recording->stacks, &(struct slow_call){stack, 1, 1, 5, n, ""}), 0);
	}
	recording->stacks.is_known = true;
	recording->stacks.walks += 2;
	recording->stacks.peak_bytes = 1000;
}

/* As fold_region() adds a region. */
static void add_process(struct recording *recording, unsigned int n)
{
	char program[32];
	struct process_record process = {
		.pid = 100 + (int)n,
		.parent_pid = n ? 100 : 1,
		.started_ns = 2000 + n,
		.wall_ns = 500 * (n + 1),
		.exit = {EXIT_STATUS, 0},
		.n_threads = 1,
		.command = strdup("command"),
		.test = n % 3 ? strdup(n % 3 == 1 ? "one" : "two") : NULL,
		.memory = {.is_known = true, .allocated = 50 * n, .peak = 100 + 7 * (n % 5)},
	};

	snprintf(program, sizeof(program), "/bin/program%u", n % 2);
	process.executable = strdup(program);
	add_call(&process.calls, "read", "file", n + 1, 3000 + n);
	if (n % 2)
		add_call(&process.calls, "open", "", 2 * n, 4000 + n);
	CU_ASSERT_EQUAL(call_list_add(&recording->calls, &process.calls), 0);
	CU_ASSERT_EQUAL(part_list_add(recording, &process), 0);
	add_metrics(recording, n);
	add_stacks(recording, n);
	recording->n_processes++;
	recording->n_threads++;
	recording->lost[LOSS_DETAIL] += n;
	recording->refused[REFUSED_NAME] += n;
	recording->damaged_regions += n == 3;
	recording->n_uncounted += n;
	name_counts_add(&recording->raw_calls, "futex", n + 1);
	if (!recording->largest_memory.is_known || process.memory.peak > recording->largest_memory.peak) {
		recording->largest_memory = process.memory;
		recording->largest_memory_pid = process.pid;
	}
	CU_ASSERT_EQUAL(recording_add_process(recording, &process), 0);
}

static void add_label(struct recording *recording, const char *key, const char *value)
{
	recording->labels = realloc(recording->labels, (recording->n_labels + 1) * sizeof(*recording->labels));
	recording->labels[recording->n_labels++] = (struct label){strdup(key), strdup(value)};
}

static void add_unwatched(struct recording *recording, uint64_t count)
{
	recording->unwatched = calloc(1, sizeof(*recording->unwatched));
	recording->unwatched[0] = (struct unwatched_record){7, strdup("/bin/static"), NOTE_STATIC, count};
	recording->n_unwatched = 1;
}

/* A recording of the processes from `first` to before `end`. */
static struct recording make(unsigned int first, unsigned int end)
{
	struct recording recording = {
		.started_ns = 2000 + first,
		.exit = {EXIT_STATUS, 0},
		.command = calloc(2, sizeof(char *)),
		.host = strdup("one"),
		.version = strdup("1.0"),
		.io = {.is_known = true, .read = 10 * (end - first)},
	};

	recording.wall_ns = 500 * N_PROCESSES - first + end;
	recording.command[0] = strdup("make");
	add_label(&recording, "branch", "main");
	add_unwatched(&recording, end - first);
	name_counts_add(&recording.switched, "lseek", 1);
	for (unsigned int n = first; n < end; n++)
		add_process(&recording, n);
	return recording;
}

static char *text_of(const struct recording *recording)
{
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	CU_ASSERT_EQUAL(recording_json_write(recording, file), 0);
	fclose(file);
	return text;
}

static void deinit_all(struct recording *recordings, size_t n)
{
	for (size_t i = 0; i < n; i++)
		recording_deinit(&recordings[i]);
}

/* The time of a part is the sum of its times in the halves, not of what was between them. */
static void take_times_of_parts(struct recording *whole, const struct recording halves[2])
{
	for (size_t i = 0; i < whole->parts.n_parts; i++) {
		struct part *part = &whole->parts.parts[i];

		part->ended_ns = part->started_ns;
		for (size_t half = 0; half < 2; half++)
			for (size_t k = 0; k < halves[half].parts.n_parts; k++) {
				const struct part *other = &halves[half].parts.parts[k];

				if (strcmp(other->program, part->program) == 0 &&
				    strcmp(other->test ? other->test : "", part->test ? part->test : "") == 0)
					part->ended_ns += other->ended_ns - other->started_ns;
			}
	}
}

static void two_halves_are_the_whole(void)
{
	struct recording whole = make(0, N_PROCESSES);
	struct recording halves[] = {make(0, N_PROCESSES / 2), make(N_PROCESSES / 2, N_PROCESSES)};
	struct recording merged;
	struct message message = {0};

	whole.n_runs = 2;
	whole.wall_ns = halves[0].wall_ns + halves[1].wall_ns;
	take_times_of_parts(&whole, halves);
	for (size_t i = N_PROCESSES / 2; i < N_PROCESSES; i++)
		whole.processes[i]->run = 1;
	CU_ASSERT_EQUAL_FATAL(recording_merge(halves, 2, &merged, &message), 0);
	char *expected = text_of(&whole);
	char *found = text_of(&merged);

	CU_ASSERT_STRING_EQUAL(found, expected);
	if (strcmp(found, expected) != 0)
		printf("%s\n%s\n", expected, found);
	/* Both were added up in the same way: of each second process, 70 ns. */
	CU_ASSERT_EQUAL(call_list_find(&merged.calls, "read", "file")->unfinished_ns, N_PROCESSES / 2 * 70);
	free(expected);
	free(found);
	deinit_all(halves, 2);
	recording_deinit(&merged);
	recording_deinit(&whole);
}

static void hosts_and_labels_that_differ_stay_with_what_had_them(void)
{
	struct recording halves[] = {make(0, 2), make(0, 2)};
	struct recording merged;
	struct message message = {0};
	size_t cursor = 0;

	free(halves[1].host);
	halves[1].host = strdup("two");
	add_label(&halves[0], "job", "a");
	add_label(&halves[1], "job", "b");
	CU_ASSERT_EQUAL_FATAL(recording_merge(halves, 2, &merged, &message), 0);
	CU_ASSERT_PTR_NULL(merged.host);
	CU_ASSERT_EQUAL_FATAL(merged.n_labels, 1);
	CU_ASSERT_STRING_EQUAL(merged.labels[0].key, "branch");
	CU_ASSERT_EQUAL_FATAL(merged.n_process_records, 4);
	for (size_t i = 0; i < 4; i++) {
		const struct process_record *process = merged.processes[i];

		CU_ASSERT_STRING_EQUAL(label_set_find(&process->labels, "host"), process->run ? "two" : "one");
		CU_ASSERT_STRING_EQUAL(label_set_find(&process->labels, "job"), process->run ? "b" : "a");
	}
	const struct part *first = part_list_next(&merged.parts, "one", &cursor);
	const struct part *second = part_list_next(&merged.parts, "one", &cursor);

	CU_ASSERT_PTR_NOT_NULL_FATAL(first);
	CU_ASSERT_PTR_NOT_NULL_FATAL(second);
	CU_ASSERT_STRING_EQUAL(first->labels, "host=one;job=a");
	CU_ASSERT_STRING_EQUAL(second->labels, "host=two;job=b");
	CU_ASSERT_EQUAL(first->n_images, 1);
	deinit_all(halves, 2);
	recording_deinit(&merged);
}

static void what_was_off_in_one_run_only_was_counted_in_part(void)
{
	struct recording halves[] = {make(0, 1), make(0, 1)};
	struct recording merged;
	struct message message = {0};

	name_counts_add(&halves[0].off, "read", 1);
	name_counts_add(&halves[1].off, "read", 1);
	name_counts_add(&halves[1].off, "write", 1);
	CU_ASSERT_EQUAL_FATAL(recording_merge(halves, 2, &merged, &message), 0);
	CU_ASSERT_EQUAL_FATAL(merged.off.n_items, 1);
	CU_ASSERT_EQUAL(name_counts_get(&merged.off, "read"), 1);
	CU_ASSERT_EQUAL(merged.switched.n_items, 2);
	CU_ASSERT_EQUAL(name_counts_get(&merged.switched, "write"), 1);
	deinit_all(halves, 2);
	recording_deinit(&merged);
}

static void gauges_of_two_hosts_are_two(void)
{
	struct recording halves[] = {make(0, 1), make(0, 1)};
	struct recording merged;
	struct message message = {0};
	const struct series gauge = {.name = "depth", .type = SERIES_GAUGE, .unit = "1", .value.number = 3};
	struct tag tag = {"host", "two"};
	const struct series key = {.name = "depth", .tags = &tag, .n_tags = 1};

	free(halves[1].host);
	halves[1].host = strdup("two");
	metric_list_add(&halves[0].metrics, &gauge, MERGE_LAST, 0);
	metric_list_add(&halves[1].metrics, &gauge, MERGE_LAST, 0);
	CU_ASSERT_EQUAL_FATAL(recording_merge(halves, 2, &merged, &message), 0);
	CU_ASSERT_PTR_NOT_NULL(metric_list_find(&merged.metrics, &key));
	tag.value = "one";
	CU_ASSERT_PTR_NOT_NULL(metric_list_find(&merged.metrics, &key));
	deinit_all(halves, 2);
	recording_deinit(&merged);
}

static void what_is_not_common_is_not_known(void)
{
	struct recording halves[] = {make(0, 1), make(0, 1)};
	struct recording merged;
	struct message message = {0};

	halves[1].exit.value = 2;
	halves[1].command[0][0] = 'f';
	halves[1].io.is_known = false;
	free(halves[1].version);
	halves[1].version = NULL;
	CU_ASSERT_EQUAL_FATAL(recording_merge(halves, 2, &merged, &message), 0);
	CU_ASSERT_EQUAL(merged.exit.kind, EXIT_UNKNOWN);
	CU_ASSERT_PTR_NULL(merged.command);
	CU_ASSERT_PTR_NULL(merged.version);
	CU_ASSERT_FALSE(merged.io.is_known);
	CU_ASSERT_STRING_EQUAL(merged.host, "one");
	deinit_all(halves, 2);
	recording_deinit(&merged);
}

static void what_an_older_version_wrote_has_a_part_of_its_own(void)
{
	struct recording halves[] = {make(0, 3), make(3, 5)};
	struct recording merged;
	struct message message = {0};
	uint64_t n_images = 0;
	uint64_t n_calls = 0;

	part_list_deinit(&halves[0].parts);
	CU_ASSERT_EQUAL_FATAL(recording_merge(halves, 2, &merged, &message), 0);
	for (size_t i = 0; i < merged.parts.n_parts; i++) {
		n_images += merged.parts.parts[i].n_images;
		for (size_t k = 0; k < merged.parts.parts[i].n_calls; k++)
			n_calls += merged.parts.parts[i].calls[k].count;
	}
	CU_ASSERT_EQUAL(n_images, 5);
	CU_ASSERT_EQUAL(n_calls, call_list_find(&merged.calls, "read", "file")->count +
					 call_list_find(&merged.calls, "open", "")->count);
	deinit_all(halves, 2);
	recording_deinit(&merged);
}

static void more_labels_than_a_process_can_have_are_refused(void)
{
	struct recording halves[] = {make(0, 1), make(0, 1)};
	struct recording merged;
	struct message message = {0};
	char key[8];

	for (int i = 0; i <= LABELS_MOST; i++) {
		snprintf(key, sizeof(key), "key%d", i);
		add_label(&halves[0], key, "value");
	}
	CU_ASSERT_EQUAL(recording_merge(halves, 2, &merged, &message), -E2BIG);
	CU_ASSERT_STRING_EQUAL(message.text, "17 labels with those of the run, at most 16 are possible");
	deinit_all(halves, 2);
}

UNIT_MAIN("merging recordings",
	  {"two halves are the whole", two_halves_are_the_whole},
	  {"hosts and labels that differ stay with what had them", hosts_and_labels_that_differ_stay_with_what_had_them},
	  {"what was off in one run only was counted in part", what_was_off_in_one_run_only_was_counted_in_part},
	  {"gauges of two hosts are two", gauges_of_two_hosts_are_two},
	  {"what is not common is not known", what_is_not_common_is_not_known},
	  {"what an older version wrote has a part of its own", what_an_older_version_wrote_has_a_part_of_its_own},
	  {"more labels than a process can have are refused", more_labels_than_a_process_can_have_are_refused})
