// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/recording.h"

#include "unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N_VALUES = 20000 };

/* Totals of one successful call that took so long. */
static void add_duration(struct call_totals *totals, uint64_t ns)
{
	struct call_totals one = {.count = 1, .timed = 1, .sum_ns = ns, .min_ns = ns, .max_ns = ns};

	CU_ASSERT_EQUAL(bucket_counts_add(&one.buckets, histogram_bucket(ns), 1), 0);
	CU_ASSERT_EQUAL(call_totals_add(totals, &one), 0);
	bucket_counts_deinit(&one.buckets);
}

/* In (0, 1), the same in every run. */
static double random_fraction(void)
{
	static uint64_t state = 0x9e3779b97f4a7c15;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return ((double)(state >> 11) + 0.5) / 0x1p53;
}

static double random_normal(void)
{
	return sqrt(-2 * log(random_fraction())) * cos(2 * M_PI * random_fraction());
}

static double uniform(void)
{
	return 1000 + 1e6 * random_fraction();
}

static double exponential(void)
{
	return 100 - 50000 * log(random_fraction());
}

static double log_normal(void)
{
	return exp(10 + 1.5 * random_normal());
}

static double pareto(void)
{
	return 200 * pow(random_fraction(), -0.7);
}

/* Three in four fast, one in four slow: no wanted quantile falls into the gap. */
static double two_humps(void)
{
	return random_fraction() < 0.75 ? exp(6 + 0.3 * random_normal())
					: exp(14 + 0.3 * random_normal());
}

static int compare_values(const void *a, const void *b)
{
	const uint64_t *left = a;
	const uint64_t *right = b;

	return (*left > *right) - (*left < *right);
}

/* The largest relative difference between estimates and the true quantiles of random values. */
static double worst_error(double (*draw)(void))
{
	static const double wanted[] = {0.01, 0.1, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999};
	static uint64_t values[N_VALUES];
	struct call_totals totals = {0};
	double worst = 0;

	for (size_t i = 0; i < N_VALUES; i++) {
		values[i] = (uint64_t)draw();
		add_duration(&totals, values[i]);
	}
	qsort(values, N_VALUES, sizeof(values[0]), compare_values);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		double truth = (double)values[(size_t)ceil(wanted[i] * N_VALUES) - 1];
		double estimate = call_totals_quantile_ns(&totals, wanted[i]);

		worst = fmax(worst, fabs(estimate / truth - 1));
	}
	bucket_counts_deinit(&totals.buckets);
	return worst;
}

static void quantiles_are_within_4_4_percent_of_the_raw_values(void)
{
	static const struct {
		const char *name;
		double (*draw)(void);
	} distributions[] = {
		{"uniform", uniform}, {"exponential", exponential}, {"log-normal", log_normal},
		{"Pareto", pareto},   {"two humps", two_humps},
	};

	for (size_t i = 0; i < sizeof(distributions) / sizeof(distributions[0]); i++) {
		double error = worst_error(distributions[i].draw);

		printf("# %s: at most %.2f %% off\n", distributions[i].name, 100 * error);
		CU_ASSERT(error < 0.044);
	}
}

static void quantiles_are_never_off_by_more_than_a_bucket(void)
{
	/* The worst case: values sit at one end of their buckets. */
	for (unsigned int bucket = 0; bucket < HISTOGRAM_INSIDE; bucket++) {
		struct call_totals totals = {0};
		uint64_t ns = histogram_upper_ns(bucket);

		for (int i = 0; i < 9; i++)
			add_duration(&totals, ns);
		add_duration(&totals, 1);
		add_duration(&totals, UINT64_C(1) << 62);
		for (double q = 0.2; q < 0.9; q += 0.1) {
			double estimate = call_totals_quantile_ns(&totals, q);

			/* Below a microsecond the bounds are whole nanoseconds: half of one more.
			 */
			CU_ASSERT(fabs(estimate - (double)ns) <= 0.0906 * (double)ns + 1);
		}
		bucket_counts_deinit(&totals.buckets);
	}
}

static void the_values_of_a_bucket_lie_evenly_on_its_logarithmic_scale(void)
{
	struct call_totals totals = {0};
	unsigned int bucket = histogram_bucket(1000000);
	double lower = histogram_lower_seconds(bucket) * 1e9;
	double ratio = histogram_upper_seconds(bucket) * 1e9 / lower;

	add_duration(&totals, 1000);
	for (int i = 0; i < 4; i++)
		add_duration(&totals, 1000000);
	add_duration(&totals, 1000000000);
	for (int k = 1; k <= 4; k++) {
		double expected = lower * pow(ratio, (k - 0.5) / 4);
		double estimate = call_totals_quantile_ns(&totals, (1 + k) / 6.0);

		CU_ASSERT_DOUBLE_EQUAL(estimate, expected, expected * 1e-9);
	}
	bucket_counts_deinit(&totals.buckets);
}

static void quantiles_stay_between_the_extremes(void)
{
	struct call_totals totals = {0};

	add_duration(&totals, 1000000);
	CU_ASSERT_EQUAL(call_totals_quantile_ns(&totals, 0), 1000000);
	CU_ASSERT_EQUAL(call_totals_quantile_ns(&totals, 0.5), 1000000);
	CU_ASSERT_EQUAL(call_totals_quantile_ns(&totals, 1), 1000000);
	add_duration(&totals, 1000001);
	CU_ASSERT(call_totals_quantile_ns(&totals, 0.01) >= 1000000);
	CU_ASSERT(call_totals_quantile_ns(&totals, 0.99) <= 1000001);
	bucket_counts_deinit(&totals.buckets);
}

static void the_outside_buckets_have_quantiles_too(void)
{
	struct call_totals totals = {0};
	uint64_t day_ns = UINT64_C(86400000000000);

	CU_ASSERT_EQUAL(call_totals_quantile_ns(&totals, 0.5), 0);
	for (int i = 0; i < 10; i++)
		add_duration(&totals, 4);
	CU_ASSERT_EQUAL(call_totals_quantile_ns(&totals, 0.5), 4);
	for (int i = 0; i < 90; i++)
		add_duration(&totals, day_ns);
	CU_ASSERT(call_totals_quantile_ns(&totals, 0.05) <= 15);
	CU_ASSERT(call_totals_quantile_ns(&totals, 0.95) > 0x1p14 * 1e9);
	CU_ASSERT(call_totals_quantile_ns(&totals, 0.95) <= (double)day_ns);
	bucket_counts_deinit(&totals.buckets);
}

static void quantiles_are_the_same_one_by_one_and_all_at_once(void)
{
	static const double q[] = {0, 0.01, 0.5, 0.5, 0.9, 0.95, 0.99, 0.999, 1};
	static const uint64_t longest_ns[] = {1, 10, 1000, 1000000, 1000000000, UINT64_C(1) << 62};
	struct call_totals totals = {0};
	double ns[sizeof(q) / sizeof(q[0])];

	for (unsigned int i = 0; i < sizeof(longest_ns) / sizeof(longest_ns[0]); i++) {
		for (unsigned int k = 0; k < 40; k++)
			add_duration(&totals, (uint64_t)((double)longest_ns[i] * random_fraction()));
		call_totals_quantiles_ns(&totals, q, sizeof(q) / sizeof(q[0]), ns);
		for (unsigned int k = 0; k < sizeof(q) / sizeof(q[0]); k++)
			CU_ASSERT_EQUAL(ns[k], call_totals_quantile_ns(&totals, q[k]));
	}
	bucket_counts_deinit(&totals.buckets);
}

static void the_rank_of_a_quantile_is_not_moved_by_rounding(void)
{
	struct call_totals totals = {0};

	/* 0.07 * 100 is 7.000000000000001 in doubles; the 7th value is the last of the short ones.
	 */
	for (int i = 0; i < 7; i++)
		add_duration(&totals, 1000);
	for (int i = 0; i < 93; i++)
		add_duration(&totals, 1000000);
	CU_ASSERT(call_totals_quantile_ns(&totals, 0.07) < 1100);
	CU_ASSERT(call_totals_quantile_ns(&totals, 0.08) > 900000);
	bucket_counts_deinit(&totals.buckets);
}

static void time_is_scaled_from_the_timed_calls_to_the_successful_ones(void)
{
	struct call_totals totals = {
		.count = 1000, .failures = 100, .timed = 9, .sum_ns = 90, .max_ns = 10};

	CU_ASSERT_EQUAL(call_totals_successes(&totals), 900);
	CU_ASSERT_EQUAL(call_totals_time_ns(&totals), 9000);
	totals.timed = 900;
	CU_ASSERT_EQUAL(call_totals_time_ns(&totals), 90);
	totals.timed = 0;
	CU_ASSERT_EQUAL(call_totals_time_ns(&totals), 90);
	totals = (struct call_totals){.count = UINT64_MAX, .timed = 1, .sum_ns = UINT64_MAX};
	CU_ASSERT_EQUAL(call_totals_time_ns(&totals), UINT64_MAX);
}

static void calls_that_never_returned_are_not_scaled_up(void)
{
	struct call_totals totals = {
		.count = 10, .failures = 2, .unfinished = 3, .timed = 5, .sum_ns = 500};

	CU_ASSERT_EQUAL(call_totals_time_ns(&totals), 500);
}

/* A call with one failure code. */
static struct call_totals with_error(char *symbol, uint64_t count, int64_t first, int64_t last)
{
	static struct error_totals error;

	error = (struct error_totals){
		.symbol = symbol, .count = count, .first_ns = first, .last_ns = last};
	return (struct call_totals){
		.count = count, .failures = count, .errors = &error, .n_errors = 1};
}

static void errors_are_merged_by_symbol_most_frequent_first(void)
{
	struct call_list list = {0};
	struct call_totals *call = call_list_get(&list, "open", "", "path");
	struct call_totals other = with_error("ENOENT", 3, 50, 60);

	call_totals_add(call, &other);
	other = with_error("EACCES", 4, 10, 20);
	call_totals_add(call, &other);
	other = with_error("ENOENT", 2, 40, 45);
	call_totals_add(call, &other);
	CU_ASSERT_EQUAL(call->failures, 9);
	CU_ASSERT_EQUAL_FATAL(call->n_errors, 2);
	CU_ASSERT_STRING_EQUAL(call->errors[0].symbol, "ENOENT");
	CU_ASSERT_EQUAL(call->errors[0].count, 5);
	CU_ASSERT_EQUAL(call->errors[0].first_ns, 40);
	CU_ASSERT_EQUAL(call->errors[0].last_ns, 60);
	CU_ASSERT_STRING_EQUAL(call->errors[1].symbol, "EACCES");
	call_list_deinit(&list);
}

static void lists_keep_the_order_of_names_and_sum_up_equal_ones(void)
{
	static const char *const names[] = {"write", "read", "open", "stat", "close"};
	struct call_list one = {0};
	struct call_list sum = {0};

	for (size_t i = 0; i < 5; i++)
		call_list_get(&one, names[i], "", "io")->count = i + 1;
	CU_ASSERT_EQUAL(call_list_add(&sum, &one), 0);
	CU_ASSERT_EQUAL(call_list_add(&sum, &one), 0);
	CU_ASSERT_EQUAL_FATAL(sum.n_calls, 5);
	for (size_t i = 1; i < sum.n_calls; i++)
		CU_ASSERT(strcmp(sum.calls[i - 1].name, sum.calls[i].name) < 0);
	for (size_t i = 0; i < 5; i++)
		CU_ASSERT_EQUAL(call_list_find(&sum, names[i], "")->count, 2 * (i + 1));
	CU_ASSERT_PTR_NULL(call_list_find(&sum, "pread", ""));
	call_list_deinit(&one);
	call_list_deinit(&sum);
}

/* One that began so late, and took so long. */
static struct process_record process_of(int pid, uint64_t time_ns)
{
	struct process_record process = {.pid = pid, .parent_pid = 1, .started_ns = pid, .command = strdup("command")};
	struct call_totals *call = call_list_get(&process.calls, "read", "", "io");

	add_duration(call, time_ns);
	return process;
}

static void the_heaviest_processes_and_the_command_are_kept_whatever_the_order(void)
{
	struct recording recording = {0};

	for (int i = 0; i < 2000; i++) {
		/* 7 and 2000 have no common factor: each number comes once. */
		int number = i * 7 % 2000;
		struct process_record process = process_of(number + 10, number < 1500 ? 1000 + number : 10);

		CU_ASSERT_EQUAL(recording_add_process(&recording, &process), 0);
	}
	/* The command is the lightest, was two programs, and is added last. */
	for (int i = 0; i < 2; i++) {
		struct process_record process = process_of(5, 1);

		process.started_ns += i;
		CU_ASSERT_EQUAL(recording_add_process(&recording, &process), 0);
	}
	CU_ASSERT_EQUAL_FATAL(recording.n_process_records, PROCESSES_KEPT + 2);
	CU_ASSERT_EQUAL(recording.processes_not_kept, 2000 - PROCESSES_KEPT);
	CU_ASSERT_EQUAL(recording.processes[0]->pid, 5);
	CU_ASSERT_EQUAL(recording.processes[1]->pid, 5);
	for (int i = 0; i < PROCESSES_KEPT; i++)
		CU_ASSERT_EQUAL(recording.processes[2 + i]->pid, 1500 - PROCESSES_KEPT + 10 + i);
	recording_deinit(&recording);
}

static int compare_weights(const void *a, const void *b)
{
	const uint64_t left = *(const uint64_t *)a;
	const uint64_t right = *(const uint64_t *)b;

	return (left < right) - (left > right);
}

/* Held against a list of all, sorted: after each of them, what is kept are the heaviest so far. */
static void at_any_moment_the_heaviest_so_far_are_kept(void)
{
	enum { PROCESSES = 3 * PROCESSES_KEPT };
	struct recording recording = {0};
	static uint64_t weights[PROCESSES];
	uint64_t random = 1;

	for (size_t n = 0; n < PROCESSES; n++) {
		random = random * 6364136223846793005 + 1442695040888963407;
		/* Each weighs differently, as the number is a part of it; the command stays the first. */
		weights[n] = 10 + (random >> 44) * PROCESSES + n;
		struct process_record process = process_of(n ? 2 + (int)(random >> 40) : 1, n ? weights[n] : 1);

		process.parent_pid = n ? 1 : 0;
		CU_ASSERT_EQUAL(recording_add_process(&recording, &process), 0);
		if (n < PROCESSES_KEPT || n % 10)
			continue;
		uint64_t sorted[PROCESSES];
		uint64_t sum = 0;
		uint64_t expected = 1;

		memcpy(sorted, weights + 1, n * sizeof(*sorted));
		qsort(sorted, n, sizeof(*sorted), compare_weights);
		for (size_t i = 0; i < PROCESSES_KEPT; i++)
			expected += sorted[i];
		for (size_t i = 0; i < recording.n_process_records; i++)
			sum += recording.processes[i]->weight_ns;
		CU_ASSERT_EQUAL(recording.n_process_records, PROCESSES_KEPT + 1);
		CU_ASSERT_EQUAL(sum, expected);
		CU_ASSERT_EQUAL(recording.processes_not_kept, n - PROCESSES_KEPT);
	}
	recording_deinit(&recording);
}

static void a_command_of_endless_programs_is_kept_in_part(void)
{
	struct recording recording = {0};

	for (int i = 0; i < 2 * PROCESSES_KEPT; i++) {
		struct process_record process = process_of(5, i ? 1000 + (uint64_t)i : 1);

		process.started_ns += i;
		CU_ASSERT_EQUAL(recording_add_process(&recording, &process), 0);
	}
	for (int i = 0; i < 2 * PROCESSES_KEPT; i++) {
		struct process_record process = process_of(10 + i, 10);

		CU_ASSERT_EQUAL(recording_add_process(&recording, &process), 0);
	}
	CU_ASSERT_EQUAL(recording.n_process_records, PROCESSES_KEPT + COMMAND_IMAGES_KEPT);
	CU_ASSERT_EQUAL(recording.processes[0]->weight_ns, 1);
	recording_deinit(&recording);
}

static void reasons_have_names(void)
{
	CU_ASSERT_STRING_EQUAL(note_reason_name(NOTE_STATIC), "static");
	CU_ASSERT_STRING_EQUAL(note_reason_name(NOTE_NO_REGION), "no_region");
	CU_ASSERT_STRING_EQUAL(note_reason_name(1000), "none");
	CU_ASSERT_STRING_EQUAL(region_loss_name(LOSS_REGION_FULL), "region_full");
	for (unsigned int i = 0; i < NOTE_REASONS; i++)
		CU_ASSERT_PTR_NOT_NULL(note_reason_name(i));
	for (unsigned int i = 0; i < LOSS_REASONS; i++)
		CU_ASSERT_PTR_NOT_NULL(region_loss_name(i));
}

static struct recording waiting_recording(struct process_record **processes)
{
	return (struct recording){
		.started_ns = 1000,
		.wall_ns = 1000,
		.processes = processes,
		.n_process_records = 3,
	};
}

static void the_main_thread_is_that_of_the_first_process_in_all_its_programs(void)
{
	struct process_record processes[] = {
		{.pid = 7, .started_ns = 1100, .wall_ns = 200, .has_waiting = true},
		{.pid = 8, .started_ns = 1150, .wall_ns = 500, .has_waiting = true},
		{.pid = 7, .started_ns = 1300, .has_waiting = true},
	};
	struct recording recording =
		waiting_recording((struct process_record *[]){&processes[0], &processes[1], &processes[2]});
	struct main_thread thread;

	processes[0].waiting_ns[WAIT_IO] = 30;
	processes[1].waiting_ns[WAIT_IO] = 999;
	processes[2].waiting_ns[WAIT_IO] = 70;
	processes[2].waiting_ns[WAIT_SLEEP] = 500;
	CU_ASSERT_TRUE_FATAL(recording_main_thread(&recording, &thread));
	CU_ASSERT_EQUAL(thread.wall_ns, 900);
	CU_ASSERT_EQUAL(thread.spent_ns[WAIT_IO], 100);
	CU_ASSERT_EQUAL(thread.spent_ns[WAIT_SLEEP], 500);
	CU_ASSERT_EQUAL(thread.spent_ns[WAIT_NONE], 300);

	/* More than there was, as an estimate may be. */
	processes[2].waiting_ns[WAIT_SLEEP] = 5000;
	CU_ASSERT_TRUE_FATAL(recording_main_thread(&recording, &thread));
	CU_ASSERT_EQUAL(thread.spent_ns[WAIT_SLEEP], 800);
	CU_ASSERT_EQUAL(thread.spent_ns[WAIT_NONE], 0);
}

static void nothing_is_told_of_waiting_that_is_not_counted(void)
{
	struct process_record first = {.pid = 7, .started_ns = 1100, .wall_ns = 200, .has_waiting = true};
	struct process_record other = {0};
	struct recording recording = waiting_recording((struct process_record *[]){&first, &other, &other});
	struct main_thread thread;

	CU_ASSERT_EQUAL(name_counts_add(&recording.off, "malloc", 1), 0);
	CU_ASSERT_EQUAL(name_counts_add(&recording.off, "of another version", 1), 0);
	CU_ASSERT_TRUE(recording_counts_waiting(&recording));
	CU_ASSERT_FALSE(recording_counts_allocations(&recording));
	CU_ASSERT_TRUE(recording_main_thread(&recording, &thread));
	CU_ASSERT_EQUAL(name_counts_add(&recording.switched, "nanosleep", 1), 0);
	CU_ASSERT_FALSE(recording_main_thread(&recording, &thread));
	name_counts_deinit(&recording.switched);
	recording.switched = (struct name_counts){0};
	/* It waits for some kinds of descriptors. */
	CU_ASSERT_EQUAL(name_counts_add(&recording.off, "read", 1), 0);
	CU_ASSERT_FALSE(recording_main_thread(&recording, &thread));
	name_counts_deinit(&recording.off);
}

static void a_document_without_waiting_tells_nothing_of_it(void)
{
	struct process_record first = {.pid = 7, .started_ns = 1100, .wall_ns = 200};
	struct process_record other = {0};
	struct recording recording = waiting_recording((struct process_record *[]){&first, &other, &other});
	struct main_thread thread;

	CU_ASSERT_FALSE(recording_main_thread(&recording, &thread));
	CU_ASSERT_FALSE(recording_main_thread(&(struct recording){0}, &thread));
}

UNIT_MAIN("recording",
	  {"the main thread is that of the first process in all its programs",
	   the_main_thread_is_that_of_the_first_process_in_all_its_programs},
	  {"nothing is told of waiting that is not counted", nothing_is_told_of_waiting_that_is_not_counted},
	  {"a document without waiting tells nothing of it",
	   a_document_without_waiting_tells_nothing_of_it},
	  {"quantiles are within 4.4 percent of the raw values",
	   quantiles_are_within_4_4_percent_of_the_raw_values},
	  {"quantiles are never off by more than a bucket",
	   quantiles_are_never_off_by_more_than_a_bucket},
	  {"the values of a bucket lie evenly on its logarithmic scale",
	   the_values_of_a_bucket_lie_evenly_on_its_logarithmic_scale},
	  {"quantiles stay between the extremes", quantiles_stay_between_the_extremes},
	  {"the outside buckets have quantiles too", the_outside_buckets_have_quantiles_too},
	  {"quantiles are the same one by one and all at once", quantiles_are_the_same_one_by_one_and_all_at_once},
	  {"the rank of a quantile is not moved by rounding",
	   the_rank_of_a_quantile_is_not_moved_by_rounding},
	  {"time is scaled from the timed calls to the successful ones",
	   time_is_scaled_from_the_timed_calls_to_the_successful_ones},
	  {"calls that never returned are not scaled up",
	   calls_that_never_returned_are_not_scaled_up},
	  {"errors are merged by symbol, most frequent first",
	   errors_are_merged_by_symbol_most_frequent_first},
	  {"lists keep the order of names and sum up equal ones",
	   lists_keep_the_order_of_names_and_sum_up_equal_ones},
	  {"the heaviest processes and the command are kept, whatever the order",
	   the_heaviest_processes_and_the_command_are_kept_whatever_the_order},
	  {"at any moment the heaviest so far are kept", at_any_moment_the_heaviest_so_far_are_kept},
	  {"a command of endless programs is kept in part", a_command_of_endless_programs_is_kept_in_part},
	  {"reasons have names", reasons_have_names})
