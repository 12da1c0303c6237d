// SPDX-License-Identifier: MIT
#include "config.h"

#include "format/recording-json.h"
#include "model/fold.h"
#include "model/snapshot.h"

#include "region-builder.h"
#include "unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct fold_options no_options;
static const struct fold_options alone = {.is_alone = true};

static void fold(struct recording *recording, struct region_builder *builder, bool is_running,
		 const struct fold_options *options)
{
	struct region_image *image = NULL;
	struct message message = {{0}};

	CU_ASSERT_EQUAL_FATAL(builder_read(builder, BUILDER_SIZE, &image, &message), 0);
	if (image->n_damaged)
		printf("# %s\n", image->damage.text);
	CU_ASSERT_EQUAL(image->n_damaged, 0);
	CU_ASSERT_EQUAL(fold_region(recording, image, is_running, options), 0);
	region_image_free(image);
}

/* The series of a name with at most one tag; NULL: it is not there. */
static const struct series *find(const struct recording *recording, const char *name,
				 const char *key, const char *value)
{
	const struct tag tag = {key, value};
	const struct series wanted = {.name = name, .tags = &tag, .n_tags = value != NULL};
	struct metric_entry *entry = metric_list_find(&recording->metrics, &wanted);

	return entry ? entry->series : NULL;
}

static void threads_and_processes_add_up(void)
{
	struct recording recording = {0};
	struct region_builder builder;

	builder_init(&builder);
	builder_fill(&builder);
	fold(&recording, &builder, false, &no_options);
	fold(&recording, &builder, false, &no_options);
	const struct series *jobs = find(&recording, "jobs.done", "queue", "mail");
	const struct series *time = find(&recording, "job.duration", "queue", "mail");

	CU_ASSERT_PTR_NOT_NULL_FATAL(jobs);
	CU_ASSERT_EQUAL(jobs->type, SERIES_COUNTER);
	CU_ASSERT_STRING_EQUAL(jobs->unit, "{job}");
	CU_ASSERT_EQUAL(jobs->value.count, 4000);
	CU_ASSERT_PTR_NOT_NULL_FATAL(time);
	CU_ASSERT_EQUAL(time->type, SERIES_TIMER);
	CU_ASSERT_EQUAL(time->value.histogram->count, 4);
	CU_ASSERT_DOUBLE_EQUAL(time->value.histogram->sum, 0.001, 1e-12);
	CU_ASSERT_DOUBLE_EQUAL(time->value.histogram->min, 0.00025, 1e-12);
	recording_deinit(&recording);
	builder_deinit(&builder);
}

/* Two processes, with the values 3, later, and 5. Returns what their gauges make together. */
static double merge(unsigned int mode, bool is_running)
{
	struct recording recording = {0};
	struct region_builder builder;

	builder_init(&builder);
	struct series_info *gauge =
		builder_add_series(&builder, KIND_GAUGE, "workers", "1", NULL, NULL);

	gauge->merge = (uint8_t)mode;
	gauge->gauge = (struct pair){0x4008000000000000, 20};
	fold(&recording, &builder, is_running, &no_options);
	gauge->gauge = (struct pair){0x4014000000000000, 10};
	fold(&recording, &builder, is_running, &no_options);
	const struct series *workers = find(&recording, "workers", NULL, NULL);
	double value = workers ? workers->value.number : NAN;

	recording_deinit(&recording);
	builder_deinit(&builder);
	return value;
}

static void gauges_of_processes_merge_as_they_say(void)
{
	CU_ASSERT_EQUAL(merge(MERGE_SUM, false), 8);
	CU_ASSERT_EQUAL(merge(MERGE_MIN, false), 3);
	CU_ASSERT_EQUAL(merge(MERGE_MAX, false), 5);
	CU_ASSERT_EQUAL(merge(MERGE_LAST, false), 3);
	CU_ASSERT_EQUAL(merge(MERGE_SUM | MERGE_LIVE, true), 8);
	CU_ASSERT(isnan(merge(MERGE_SUM | MERGE_LIVE, false)));
	CU_ASSERT(isnan(merge(MERGE_ALL, false)));
}

static void a_gauge_that_does_not_merge_has_the_number_of_its_process(void)
{
	struct recording recording = {0};
	struct recording own = {0};
	struct region_builder builder;

	builder_init(&builder);
	builder_fill(&builder);
	fold(&recording, &builder, false, &no_options);
	fold(&own, &builder, false, &alone);
	CU_ASSERT_PTR_NULL(find(&recording, "queue.length", NULL, NULL));
	const struct series *length = find(&recording, "queue.length", "pid", "42");

	CU_ASSERT_PTR_NOT_NULL_FATAL(length);
	CU_ASSERT_EQUAL(length->value.number, 2.5);
	CU_ASSERT_PTR_NOT_NULL(find(&own, "queue.length", NULL, NULL));
	recording_deinit(&recording);
	recording_deinit(&own);
	builder_deinit(&builder);
}

static void a_gauge_without_a_value_is_not_there(void)
{
	CU_ASSERT(isnan(merge(MERGE_ALL, true)));
	struct recording recording = {0};
	struct region_builder builder;

	builder_init(&builder);
	builder_add_series(&builder, KIND_GAUGE, "unset", "1", NULL, NULL)->merge = MERGE_LAST;
	fold(&recording, &builder, true, &no_options);
	CU_ASSERT_EQUAL(recording.metrics.n_entries, 0);
	recording_deinit(&recording);
	builder_deinit(&builder);
}

/* Folds a region with one counter of this description, and tells how many series it gave. */
static size_t n_series_of(const char *name, const char *unit, const char *key, const char *value)
{
	struct recording recording = {0};
	struct region_builder builder;

	builder_init(&builder);
	struct series_info *info =
		builder_add_series(&builder, KIND_COUNTER, name, unit, key, value);

	builder_add_counter(&builder, builder_add_thread(&builder), info, 1);
	fold(&recording, &builder, false, &no_options);
	size_t n = recording.metrics.n_entries;

	CU_ASSERT_EQUAL(recording.metrics.n_refused, 1 - n);
	recording_deinit(&recording);
	builder_deinit(&builder);
	return n;
}

static void what_is_no_series_is_refused_and_counted(void)
{
	CU_ASSERT_EQUAL(n_series_of("jobs", "1", "queue", "mail"), 1);
	CU_ASSERT_EQUAL(n_series_of("9 jobs", "1", "queue", "mail"), 0);
	CU_ASSERT_EQUAL(n_series_of("jobs", "\n", "queue", "mail"), 0);
	CU_ASSERT_EQUAL(n_series_of("jobs", "1", "", "mail"), 0);
	CU_ASSERT_EQUAL(n_series_of("libc.calls", "{call}", "call", "read"), 0);
	CU_ASSERT_EQUAL(n_series_of("sonde.calls.lost", "{call}", "reason", "early"), 0);
}

static void of_one_name_with_two_types_the_first_is_kept(void)
{
	struct recording recording = {0};
	struct region_builder builder;
	struct snapshot *snapshot = NULL;

	builder_init(&builder);
	struct series_info *gauge =
		builder_add_series(&builder, KIND_GAUGE, "jobs", "1", NULL, NULL);
	struct series_info *counter =
		builder_add_series(&builder, KIND_COUNTER, "jobs", "1", "queue", "mail");

	gauge->gauge.second = 1;
	builder_add_counter(&builder, builder_add_thread(&builder), counter, 1);
	fold(&recording, &builder, false, &alone);
	CU_ASSERT_EQUAL(recording.metrics.n_entries, 1);
	CU_ASSERT_EQUAL(recording.metrics.n_refused, 1);
	CU_ASSERT_EQUAL(snapshot_new_from_recording(&recording, &snapshot), 0);
	snapshot_put(snapshot);
	recording_deinit(&recording);
	builder_deinit(&builder);
}

/* Reads a spoilt region; the damage must be told in these words. Returns how many series are left.
 */
static size_t n_series_in_spite_of(struct region_builder *builder, const char *words)
{
	struct region_image *image = NULL;
	struct message message = {{0}};
	struct recording recording = {0};

	CU_ASSERT_EQUAL_FATAL(builder_read(builder, BUILDER_SIZE, &image, &message), 0);
	if (!strstr(image->damage.text, words))
		printf("# expected '%s' in '%s'\n", words, image->damage.text);
	CU_ASSERT_PTR_NOT_NULL(strstr(image->damage.text, words));
	CU_ASSERT_EQUAL(fold_region(&recording, image, false, &no_options), 0);
	size_t n = recording.metrics.n_entries;

	recording_deinit(&recording);
	region_image_free(image);
	return n;
}

static void a_description_that_cannot_be_trusted_is_cut_off(void)
{
	struct region_builder builder;

	builder_init(&builder);
	struct thread_block *thread = builder_add_thread(&builder);
	struct series_info *info =
		builder_add_series(&builder, KIND_COUNTER, "jobs", "1", "queue", "mail");
	struct counter_cell *cell = builder_add_counter(&builder, thread, info, 1);
	uint32_t size = info->size;

	info->size = UINT32_MAX;
	CU_ASSERT_EQUAL(n_series_in_spite_of(&builder, "is none"), 0);
	info->size = size - 1;
	CU_ASSERT_EQUAL(n_series_in_spite_of(&builder, "is none"), 0);
	info->size = size;
	info->n_tags = 2;
	CU_ASSERT_EQUAL(n_series_in_spite_of(&builder, "is none"), 0);
	info->n_tags = 1;
	info->kind = 9;
	CU_ASSERT_EQUAL(n_series_in_spite_of(&builder, "is none"), 0);
	info->kind = KIND_TIMER;
	CU_ASSERT_EQUAL(n_series_in_spite_of(&builder, "no series of its kind"), 0);
	info->kind = KIND_COUNTER;
	cell->info += 16;
	CU_ASSERT_EQUAL(n_series_in_spite_of(&builder, "no series of its kind"), 0);
	cell->info -= 16;
	info->next = relative_to(&info->next, info);
	CU_ASSERT_EQUAL(n_series_in_spite_of(&builder, "belongs to another record"), 1);
	builder_deinit(&builder);
}

static void a_cell_may_not_lie_in_another_record(void)
{
	struct region_builder builder;

	builder_init(&builder);
	struct thread_block *thread = builder_add_thread(&builder);
	struct series_info *info =
		builder_add_series(&builder, KIND_COUNTER, "jobs", "1", "queue", "mail");
	struct counter_cell *cell = builder_add_counter(&builder, thread, info, 1);

	cell->next = relative_to(&cell->next, cell);
	CU_ASSERT_EQUAL(n_series_in_spite_of(&builder, "belongs to another record"), 1);
	cell->next = relative_to(&cell->next, info);
	CU_ASSERT_EQUAL(n_series_in_spite_of(&builder, "belongs to another record"), 1);
	builder_deinit(&builder);
}

static void a_recording_keeps_its_series_in_json(void)
{
	struct recording recording = {0};
	struct recording again = {0};
	struct region_builder builder;
	char *text = NULL;
	size_t size = 0;
	struct message message = {{0}};

	builder_init(&builder);
	builder_fill(&builder);
	builder.header->refused[REFUSED_RANGE] = 3;
	fold(&recording, &builder, false, &no_options);
	FILE *stream = open_memstream(&text, &size);

	CU_ASSERT_EQUAL(recording_json_write(&recording, stream), 0);
	fclose(stream);
	stream = fmemopen(text, size, "r");
	CU_ASSERT_EQUAL_FATAL(recording_json_read(stream, "document", &again, &message), 0);
	fclose(stream);
	CU_ASSERT_EQUAL(again.metrics.n_entries, 3);
	CU_ASSERT_EQUAL(again.refused[REFUSED_RANGE], 3);
	const struct series *time = find(&again, "job.duration", "queue", "mail");
	const struct series *length = find(&again, "queue.length", "pid", "42");

	CU_ASSERT_PTR_NOT_NULL_FATAL(time);
	CU_ASSERT_EQUAL(
		memcmp(time->value.histogram->buckets,
		       find(&recording, "job.duration", "queue", "mail")->value.histogram->buckets,
		       sizeof(time->value.histogram->buckets)),
		0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(length);
	CU_ASSERT_EQUAL(length->value.number, 2.5);
	CU_ASSERT_EQUAL(find(&again, "jobs.done", "queue", "mail")->value.count, 2000);
	free(text);
	recording_deinit(&recording);
	recording_deinit(&again);
	builder_deinit(&builder);
}

UNIT_MAIN("fold-metrics", {"threads and processes add up", threads_and_processes_add_up},
	  {"gauges of processes merge as they say", gauges_of_processes_merge_as_they_say},
	  {"a gauge that does not merge has the number of its process",
	   a_gauge_that_does_not_merge_has_the_number_of_its_process},
	  {"a gauge without a value is not there", a_gauge_without_a_value_is_not_there},
	  {"what is no series is refused and counted", what_is_no_series_is_refused_and_counted},
	  {"of one name with two types the first is kept",
	   of_one_name_with_two_types_the_first_is_kept},
	  {"a description that cannot be trusted is cut off",
	   a_description_that_cannot_be_trusted_is_cut_off},
	  {"a cell may not lie in another record", a_cell_may_not_lie_in_another_record},
	  {"a recording keeps its series in JSON", a_recording_keeps_its_series_in_json})
