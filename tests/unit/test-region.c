// SPDX-License-Identifier: MIT
#include "config.h"

#include "calls/call.h"
#include "model/fold.h"
#include "model/region-reader.h"

#include "region-builder.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct fold_options no_options;

/* The region read back and folded, without classes and settings. */
static struct recording fold_builder(struct region_builder *builder)
{
	struct recording recording = {0};
	struct region_image *image = NULL;
	struct message message = {{0}};

	CU_ASSERT_EQUAL_FATAL(builder_read(builder, BUILDER_SIZE, &image, &message), 0);
	CU_ASSERT_EQUAL(image->n_damaged, 0);
	CU_ASSERT_EQUAL(fold_region(&recording, image, false, &no_options), 0);
	region_image_free(image);
	return recording;
}

static void figures_of_all_threads_are_summed_up(void)
{
	struct region_builder builder;

	builder_init(&builder);
	for (int i = 1; i <= 3; i++) {
		struct thread_block *thread = builder_add_thread(&builder);
		struct call_stats *stats = builder_add_call(&builder, thread, "read", "io");

		builder_succeed(&builder, stats, (uint64_t)i * 1000, 10);
		builder_fail(&builder, stats, EIO, (uint64_t)i, 50);
	}
	struct recording recording = fold_builder(&builder);
	struct call_totals *read = call_list_find(&recording.calls, "read", "");

	CU_ASSERT_PTR_NOT_NULL_FATAL(read);
	CU_ASSERT_STRING_EQUAL(read->group, "io");
	CU_ASSERT_EQUAL(read->count, 3 + 6);
	CU_ASSERT_EQUAL(read->bytes, 30);
	CU_ASSERT_EQUAL(read->timed, 3);
	CU_ASSERT_EQUAL(read->sum_ns, 6000);
	CU_ASSERT_EQUAL(read->min_ns, 1000);
	CU_ASSERT_EQUAL(read->max_ns, 3000);
	CU_ASSERT_EQUAL(read->failures, 6);
	CU_ASSERT_EQUAL_FATAL(read->n_errors, 1);
	CU_ASSERT_STRING_EQUAL(read->errors[0].symbol, "EIO");
	CU_ASSERT_EQUAL(read->errors[0].count, 6);
	CU_ASSERT_EQUAL(read->errors[0].sum_ns, 300);
	CU_ASSERT_EQUAL(recording.n_threads, 3);
	recording_deinit(&recording);
	builder_deinit(&builder);
}

static void kinds_of_a_call_are_summed_up_apart(void)
{
	struct region_builder builder;

	builder_init(&builder);
	for (int i = 0; i < 2; i++) {
		struct thread_block *thread = builder_add_thread(&builder);
		struct call_stats *file =
			builder_add_kind(&builder, thread, "read", "file", WAIT_IO);
		struct call_stats *pipe_end =
			builder_add_kind(&builder, thread, "read", "pipe", WAIT_IO);

		builder_succeed(&builder, file, 1000, 10);
		builder_succeed(&builder, pipe_end, 1000, 3);
	}
	struct recording recording = fold_builder(&builder);

	CU_ASSERT_EQUAL(recording.calls.n_calls, 2);
	CU_ASSERT_EQUAL(call_list_find(&recording.calls, "read", "file")->bytes, 20);
	CU_ASSERT_EQUAL(call_list_find(&recording.calls, "read", "pipe")->bytes, 6);
	recording_deinit(&recording);
	builder_deinit(&builder);
}

static void a_kind_without_a_call_is_not_reported(void)
{
	struct region_builder builder;

	builder_init(&builder);
	struct thread_block *thread = builder_add_thread(&builder);

	builder_add_kind(&builder, thread, "sem_wait", "", WAIT_NONE);
	builder_add_kind(&builder, thread, "sem_wait", "contended", WAIT_LOCK)->count = 1;
	struct recording recording = fold_builder(&builder);

	CU_ASSERT_EQUAL(recording.calls.n_calls, 1);
	CU_ASSERT_PTR_NOT_NULL(call_list_find(&recording.calls, "sem_wait", "contended"));
	recording_deinit(&recording);
	builder_deinit(&builder);
}

static void the_main_threads_waiting_is_summed_up_by_class(void)
{
	struct region_builder builder;

	builder_init(&builder);
	for (int tid = 42; tid < 44; tid++) {
		struct thread_block *thread = builder_add_thread(&builder);
		struct call_stats *pipe_end =
			builder_add_kind(&builder, thread, "read", "pipe", WAIT_IO);

		thread->tid = tid;
		builder_succeed(&builder, pipe_end, 700, 1);
		builder_succeed(&builder, pipe_end, 300, 1);
		builder_fail(&builder, pipe_end, EAGAIN, 3, 100);
		builder_succeed(&builder,
				builder_add_kind(&builder, thread, "read", "socket", WAIT_NETWORK),
				50, 1);
		builder_succeed(&builder, builder_add_call(&builder, thread, "malloc", "memory"),
				900, 0);
	}
	struct recording recording = fold_builder(&builder);
	struct process_record *process = recording.processes[0];

	CU_ASSERT_TRUE(process->has_waiting);
	CU_ASSERT_EQUAL(process->waiting_ns[WAIT_IO], 1300);
	CU_ASSERT_EQUAL(process->waiting_ns[WAIT_NETWORK], 50);
	CU_ASSERT_EQUAL(process->waiting_ns[WAIT_LOCK], 0);
	recording_deinit(&recording);
	builder_deinit(&builder);
}

/* The region's process has run for 4000 ns, and its clock counts nanoseconds. */
static void a_wait_that_the_end_cut_short_counts_up_to_the_end(void)
{
	struct region_builder builder;

	builder_init(&builder);
	struct thread_block *thread = builder_add_thread(&builder);
	struct call_stats *sleep_call =
		builder_add_kind(&builder, thread, "nanosleep", "", WAIT_SLEEP);
	struct call_stats *close_call = builder_add_call(&builder, thread, "close", "io");

	thread->tid = 42;
	sleep_call->count = close_call->count = 1;
	sleep_call->moment = 1001;
	close_call->moment = 800;
	struct recording recording = fold_builder(&builder);

	CU_ASSERT_EQUAL(recording.processes[0]->waiting_ns[WAIT_SLEEP], 2999);
	recording_deinit(&recording);

	/* A later call says that the thread went on: the wait was left by a jump. */
	close_call->moment = 1200;
	recording = fold_builder(&builder);
	CU_ASSERT_EQUAL(recording.processes[0]->waiting_ns[WAIT_SLEEP], 0);
	recording_deinit(&recording);
	builder_deinit(&builder);
}

static void raw_calls_are_summed_up_by_name(void)
{
	struct region_builder builder;

	builder_init(&builder);
	for (int i = 0; i < 2; i++) {
		struct thread_block *thread = builder_add_thread(&builder);

		builder_add_raw_call(&builder, thread, SYS_futex, 10);
		builder_add_raw_call(&builder, thread, REGION_RAW_CALLS - 1, 1);
		builder_add_raw_call(&builder, thread, -1, 3);
		builder_add_raw_call(&builder, thread, SYS_getpid, 0);
	}
	struct recording recording = fold_builder(&builder);

	CU_ASSERT_EQUAL(recording.raw_calls.n_items, 3);
	CU_ASSERT_EQUAL(name_counts_get(&recording.raw_calls, "futex"), 20);
	CU_ASSERT_EQUAL(name_counts_get(&recording.raw_calls, "number 1023"), 2);
	CU_ASSERT_EQUAL(name_counts_get(&recording.raw_calls, "other"), 6);
	CU_ASSERT_EQUAL(name_counts_get(&recording.processes[0]->coverage.raw_calls, "futex"), 20);
	recording_deinit(&recording);
	builder_deinit(&builder);
}

static void every_bucket_comes_through(void)
{
	struct region_builder builder;

	builder_init(&builder);
	struct thread_block *thread = builder_add_thread(&builder);
	struct call_stats *stats = builder_add_call(&builder, thread, "read", "io");

	for (unsigned int i = 0; i < HISTOGRAM_BUCKETS; i++)
		builder_succeed(&builder, stats, histogram_upper_ns(i) & INT64_MAX, 0);
	struct recording recording = fold_builder(&builder);
	struct call_totals *read = call_list_find(&recording.calls, "read", "");

	for (unsigned int i = 0; i < HISTOGRAM_BUCKETS; i++)
		CU_ASSERT_EQUAL(bucket_counts_get(&read->buckets, i), 1);
	CU_ASSERT_EQUAL(read->timed, HISTOGRAM_BUCKETS);
	recording_deinit(&recording);
	builder_deinit(&builder);
}

static void a_process_is_described_by_its_header(void)
{
	struct region_builder builder;

	builder_init(&builder);
	builder.header->exit_status = 3;
	struct recording recording = fold_builder(&builder);
	struct process_record *process = recording.processes[0];

	CU_ASSERT_EQUAL_FATAL(recording.n_process_records, 1);
	CU_ASSERT_EQUAL(process->pid, 42);
	CU_ASSERT_EQUAL(process->parent_pid, 41);
	CU_ASSERT_STRING_EQUAL(process->executable, "/usr/bin/program");
	CU_ASSERT_STRING_EQUAL(process->command, "program -v 'two words' 'it'\\''s'");
	CU_ASSERT_STRING_EQUAL(process->allocator, "libc.so.6");
	CU_ASSERT_EQUAL(process->wall_ns, 4000);
	CU_ASSERT_EQUAL(process->exit.kind, EXIT_STATUS);
	CU_ASSERT_EQUAL(process->exit.value, 3);
	CU_ASSERT_FALSE(process->is_running);
	recording_deinit(&recording);
	builder_deinit(&builder);
}

static void a_process_that_executes_another_program_is_counted_once(void)
{
	struct region_builder builder;
	struct region_image *before = NULL;
	struct region_image *after = NULL;
	struct recording recording = {0};

	builder_init(&builder);
	builder_add_thread(&builder);
	builder.header->state = REGION_EXECUTED;
	CU_ASSERT_EQUAL_FATAL(builder_read(&builder, BUILDER_SIZE, &before, NULL), 0);
	builder.header->state = REGION_EXITED;
	CU_ASSERT_EQUAL_FATAL(builder_read(&builder, BUILDER_SIZE, &after, NULL), 0);
	fold_region(&recording, before, false, &no_options);
	fold_region(&recording, after, false, &no_options);
	CU_ASSERT_EQUAL(recording.n_processes, 1);
	CU_ASSERT_EQUAL(recording.n_threads, 1);
	CU_ASSERT_EQUAL(recording.n_process_records, 2);
	CU_ASSERT_EQUAL(recording.processes[0]->exit.kind, EXIT_EXECUTED);
	region_image_free(before);
	region_image_free(after);
	recording_deinit(&recording);
	builder_deinit(&builder);
}

static void a_process_has_its_main_thread_though_that_recorded_nothing(void)
{
	struct region_builder builder;
	struct region_image *before = NULL;
	struct region_image *after = NULL;
	struct recording recording = {0};

	builder_init(&builder);
	builder.header->state = REGION_EXECUTED;
	CU_ASSERT_EQUAL_FATAL(builder_read(&builder, BUILDER_SIZE, &before, NULL), 0);
	builder.header->state = REGION_EXITED;
	CU_ASSERT_EQUAL_FATAL(builder_read(&builder, BUILDER_SIZE, &after, NULL), 0);
	fold_region(&recording, before, false, &no_options);
	CU_ASSERT_EQUAL(recording.n_threads, 0);
	fold_region(&recording, after, false, &no_options);
	CU_ASSERT_EQUAL(recording.n_processes, 1);
	CU_ASSERT_EQUAL(recording.n_threads, 1);
	CU_ASSERT_EQUAL(recording.processes[1]->n_threads, 1);
	region_image_free(before);
	region_image_free(after);
	recording_deinit(&recording);
	builder_deinit(&builder);
}

static void failures_get_symbols_classes_and_instants(void)
{
	struct region_builder builder;
	struct region_image *image = NULL;
	struct recording recording = {0};
	struct failure_classes *classes = failure_classes_new();
	const struct fold_options options = {.classes = classes};

	builder_init(&builder);
	struct thread_block *thread = builder_add_thread(&builder);
	struct call_stats *stats = builder_add_call(&builder, thread, "getaddrinfo", "dns");

	builder_fail(&builder, stats, EAI_NONAME, 5, 10);
	builder_fail(&builder, stats, EINTR, 2, 10);
	builder_fail(&builder, stats, 4000, 1, 10);
	CU_ASSERT_EQUAL_FATAL(builder_read(&builder, BUILDER_SIZE, &image, NULL), 0);
	CU_ASSERT_EQUAL(fold_region(&recording, image, false, &options), 0);

	struct call_totals *call = call_list_find(&recording.calls, "getaddrinfo", "");

	CU_ASSERT_EQUAL_FATAL(call->n_errors, 3);
	CU_ASSERT_EQUAL(call->failures, 8);
	CU_ASSERT_EQUAL(call->expected, 2);
	CU_ASSERT_STRING_EQUAL(call->errors[0].symbol, "EAI_NONAME");
	CU_ASSERT_FALSE(call->errors[0].is_expected);
	CU_ASSERT_STRING_EQUAL(call->errors[1].symbol, "EINTR");
	CU_ASSERT_TRUE(call->errors[1].is_expected);
	CU_ASSERT_STRING_EQUAL(call->errors[2].symbol, "errno 4000");
	CU_ASSERT_EQUAL(call->errors[0].first_ns, 1700000000000000100);
	CU_ASSERT_EQUAL(call->errors[0].last_ns, 1700000000000000900);
	region_image_free(image);
	recording_deinit(&recording);
	failure_classes_free(classes);
	builder_deinit(&builder);
}

static uint64_t unfinished_with_period(uint16_t period, bool was_changed)
{
	static struct session_settings settings;
	const struct fold_options options = {.settings = &settings};
	struct region_builder builder;
	struct region_image *image = NULL;
	struct recording recording = {0};

	settings = (struct session_settings){.period = {was_changed ? period + 1 : period}};
	session_set_period(&settings, 0, period);
	builder_init(&builder);
	struct thread_block *thread = builder_add_thread(&builder);
	struct call_stats *stats = builder_add_call(&builder, thread, "read", "io");

	builder_succeed(&builder, stats, 100, 0);
	builder_fail(&builder, stats, EIO, 4, 10);
	stats->count += 2;
	CU_ASSERT_EQUAL_FATAL(builder_read(&builder, BUILDER_SIZE, &image, NULL), 0);
	fold_region(&recording, image, false, &options);

	uint64_t unfinished = call_list_find(&recording.calls, "read", "")->unfinished;

	region_image_free(image);
	recording_deinit(&recording);
	builder_deinit(&builder);
	return unfinished;
}

static void calls_that_never_returned_are_counted_where_all_are_timed(void)
{
	CU_ASSERT_EQUAL(unfinished_with_period(1, false), 2);
	CU_ASSERT_EQUAL(unfinished_with_period(0, false), 2);
	CU_ASSERT_EQUAL(unfinished_with_period(64, false), 0);
}

static void calls_timed_differently_on_the_way_are_not_taken_for_unfinished(void)
{
	CU_ASSERT_EQUAL(unfinished_with_period(1, true), 0);
}

static void changes_are_taken_over(void)
{
	static struct session_file file;
	struct recording recording = {0};

	session_switch_call(&file.settings, CALL_lseek, false);
	session_set_period(&file.settings, CALL_malloc, 1);
	CU_ASSERT_EQUAL(fold_notes(&recording, &file), 0);
	CU_ASSERT_EQUAL_FATAL(recording.switched.n_items, 1);
	CU_ASSERT_STRING_EQUAL(recording.switched.items[0].name, "lseek");
	CU_ASSERT_EQUAL_FATAL(recording.retimed.n_items, 1);
	CU_ASSERT_STRING_EQUAL(recording.retimed.items[0].name, "malloc");
	recording_deinit(&recording);
}

static void what_was_off_all_the_time_is_told_unless_the_session_is_closed(void)
{
	static struct session_file file;
	struct recording recording = {0};

	session_settings_init(&file.settings);
	CU_ASSERT_EQUAL(fold_settings(&recording, &file.settings), 0);
	CU_ASSERT_EQUAL(recording.off.n_items, 0);
	file.settings.mode[CALL_read] |= MODE_OFF;
	file.settings.mode[CALL_write] |= MODE_OFF;
	session_switch_call(&file.settings, CALL_write, true);
	session_switch_call(&file.settings, CALL_lseek, false);
	CU_ASSERT_EQUAL(fold_settings(&recording, &file.settings), 0);
	session_switch_off(&file.settings);
	CU_ASSERT_EQUAL(fold_notes(&recording, &file), 0);
	CU_ASSERT_EQUAL_FATAL(recording.off.n_items, 1);
	CU_ASSERT_STRING_EQUAL(recording.off.items[0].name, "read");
	CU_ASSERT_EQUAL(recording.off.items[0].count, 1);
	CU_ASSERT_EQUAL_FATAL(recording.switched.n_items, 2);
	CU_ASSERT_EQUAL(recording.switched.items[0].count, 1);
	recording_deinit(&recording);
}

static void notes_are_taken_over(void)
{
	static struct session_file file;
	struct recording recording = {0};

	file.settings.notes_lost = 4;
	file.notes[0] = (struct session_note){NOTE_READY, NOTE_STATIC, 9, 0, 3, "/bin/busybox"};
	file.notes[1] = (struct session_note){NOTE_WRITING, NOTE_STATIC, 9, 0, 3, "half"};
	file.notes[2] = (struct session_note){NOTE_READY, 999, 9, 0, 3, "bad reason"};
	CU_ASSERT_EQUAL(fold_notes(&recording, &file), 0);
	CU_ASSERT_EQUAL_FATAL(recording.n_unwatched, 1);
	CU_ASSERT_STRING_EQUAL(recording.unwatched[0].command, "/bin/busybox");
	CU_ASSERT_EQUAL(recording.unwatched[0].reason, NOTE_STATIC);
	CU_ASSERT_EQUAL(recording.unwatched[0].count, 3);
	CU_ASSERT_EQUAL(recording.notes_lost, 4);
	recording_deinit(&recording);
}

/* Reads a region that is not one; the message must contain the words. */
static void expect_refusal(struct region_builder *builder, size_t size, const char *words)
{
	struct region_image *image = NULL;
	struct message message = {{0}};

	CU_ASSERT_EQUAL(builder_read(builder, size, &image, &message), -EPROTO);
	CU_ASSERT_PTR_NULL(image);
	if (!strstr(message.text, words))
		printf("# expected '%s' in '%s'\n", words, message.text);
	CU_ASSERT_PTR_NOT_NULL(strstr(message.text, words));
}

static void what_is_no_region_is_refused_with_the_reason(void)
{
	struct region_builder builder;
	char newer[32];

	snprintf(newer, sizeof(newer), "region of version %d", REGION_VERSION + 1);
	builder_init(&builder);
	expect_refusal(&builder, 1, "1 bytes are too few");
	expect_refusal(&builder, 100, "100 bytes are too few");
	builder.header->version = REGION_VERSION + 1;
	expect_refusal(&builder, BUILDER_SIZE, newer);
	builder.header->version = REGION_VERSION;
	builder.header->header_size = 8;
	expect_refusal(&builder, BUILDER_SIZE, "region header of 8 bytes");
	builder.header->magic[0] = 'X';
	expect_refusal(&builder, BUILDER_SIZE, "not a region");
	builder_deinit(&builder);
}

static void a_region_in_the_making_has_no_data(void)
{
	struct region_builder builder;
	struct region_image *image = NULL;
	struct message message = {{0}};

	builder_init(&builder);
	CU_ASSERT_EQUAL(builder_read(&builder, 0, &image, &message), -ENODATA);
	memset(builder.header->magic, 0, sizeof(builder.header->magic));
	CU_ASSERT_EQUAL(builder_read(&builder, BUILDER_SIZE, &image, &message), -ENODATA);
	CU_ASSERT_PTR_NOT_NULL(strstr(message.text, "region without a header"));
	builder_deinit(&builder);
}

static void a_missing_session_a_link_a_pipe_and_a_directory_are_errors(void)
{
	char directory[] = "/tmp/sonde-test-XXXXXX";
	char file[64];
	struct session_file *session = NULL;

	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(directory));
	snprintf(file, sizeof(file), "%s/" SESSION_FILE, directory);
	CU_ASSERT_EQUAL(session_open_file(directory), -ENOENT);
	CU_ASSERT_EQUAL(symlink("/etc/passwd", file), 0);
	CU_ASSERT_EQUAL(session_open_file(directory), -ELOOP);
	unlink(file);
	CU_ASSERT_EQUAL(mkfifo(file, 0600), 0);
	int fd = session_open_file(directory);
	CU_ASSERT(fd >= 0 && session_map_file(fd, NULL, &session) < 0);
	close(fd);
	unlink(file);
	CU_ASSERT_EQUAL(mkdir(file, 0700), 0);
	CU_ASSERT_EQUAL(session_open_file(directory), -EISDIR);
	rmdir(file);
	rmdir(directory);
}

/* Reads a spoilt region: it must be read in part, with the damage told in these words. */
static struct region_image *read_damaged(struct region_builder *builder, size_t size,
					 const char *words)
{
	struct region_image *image = NULL;
	struct message message = {{0}};

	CU_ASSERT_EQUAL_FATAL(builder_read(builder, size, &image, &message), 0);
	CU_ASSERT(image->n_damaged > 0);
	if (!strstr(image->damage.text, words))
		printf("# expected '%s' in '%s'\n", words, image->damage.text);
	CU_ASSERT_PTR_NOT_NULL(strstr(image->damage.text, words));
	return image;
}

/* The same, and what is left of it folded. */
static struct recording fold_damaged(struct region_builder *builder, size_t size, const char *words)
{
	struct region_image *image = read_damaged(builder, size, words);
	struct recording recording = {0};

	CU_ASSERT_EQUAL(fold_region(&recording, image, false, &no_options), 0);
	CU_ASSERT_EQUAL(recording.damaged_regions, 1);
	region_image_free(image);
	return recording;
}

static void expect_damage(struct region_builder *builder, size_t size, const char *words)
{
	struct recording recording = fold_damaged(builder, size, words);

	recording_deinit(&recording);
}

static void a_shortened_file_gives_what_is_left(void)
{
	struct region_builder builder;

	builder_init(&builder);
	struct thread_block *thread = builder_add_thread(&builder);
	struct call_stats *read = builder_add_call(&builder, thread, "read", "io");

	builder_succeed(&builder, read, 100, 7);
	size_t size = builder.header->used;

	builder_succeed(&builder, read, 100000, 7);
	struct recording recording = fold_damaged(&builder, size, "65536 bytes are committed");
	struct call_totals *totals = call_list_find(&recording.calls, "read", "");

	CU_ASSERT_EQUAL(totals->count, 2);
	CU_ASSERT_EQUAL(totals->bytes, 14);
	CU_ASSERT_EQUAL(totals->timed, 1);
	recording_deinit(&recording);
	builder_deinit(&builder);
}

static void references_that_lead_astray_are_cut_off(void)
{
	struct region_builder builder;

	builder_init(&builder);
	struct thread_block *thread = builder_add_thread(&builder);
	struct call_stats *read = builder_add_call(&builder, thread, "read", "io");

	thread->next = BUILDER_SIZE;
	expect_damage(&builder, BUILDER_SIZE, "bytes past the end");
	thread->next = INT32_MAX;
	expect_damage(&builder, BUILDER_SIZE, "bytes past the end");
	thread->next = INT32_MIN;
	expect_damage(&builder, BUILDER_SIZE, "before the records");
	thread->next = relative_to(&thread->next, builder.header);
	expect_damage(&builder, BUILDER_SIZE, "before the records");
	thread->next = 2050;
	expect_damage(&builder, BUILDER_SIZE, "not a multiple of 4");
	thread->next = 0;
	read->rows[3] = 20002;
	expect_damage(&builder, BUILDER_SIZE, "call's row at");
	builder_deinit(&builder);
}

static void lists_that_run_in_a_circle_end(void)
{
	struct region_builder builder;

	builder_init(&builder);
	struct thread_block *thread = builder_add_thread(&builder);
	struct call_stats *read = builder_add_call(&builder, thread, "read", "io");
	struct error_stats *error = builder_fail(&builder, read, EIO, 2, 10);
	struct recording recording;

	thread->next = relative_to(&thread->next, thread);
	read->next = relative_to(&read->next, read);
	error->next = relative_to(&error->next, error);
	recording = fold_damaged(&builder, BUILDER_SIZE, "belongs to another record");
	CU_ASSERT_EQUAL(call_list_find(&recording.calls, "read", "")->count, 2);
	recording_deinit(&recording);
	builder_deinit(&builder);
}

static void a_row_is_counted_for_one_call_only(void)
{
	struct region_builder builder;

	builder_init(&builder);
	struct thread_block *thread = builder_add_thread(&builder);
	struct call_stats *read = builder_add_call(&builder, thread, "read", "io");
	struct call_stats *write = builder_add_call(&builder, thread, "write", "io");
	unsigned int row = histogram_bucket(100) / HISTOGRAM_ROW_BUCKETS;

	builder_succeed(&builder, read, 100, 0);
	write->count = 1;
	write->rows[row] = relative_to(&write->rows[row], relative_get(&read->rows[row]));
	struct recording recording =
		fold_damaged(&builder, BUILDER_SIZE, "belongs to another record");

	CU_ASSERT_EQUAL(call_list_find(&recording.calls, "read", "")->timed +
				call_list_find(&recording.calls, "write", "")->timed,
			1);
	recording_deinit(&recording);
	builder_deinit(&builder);
}

static void a_description_may_not_lie_in_another_record(void)
{
	struct region_builder builder;

	builder_init(&builder);
	struct thread_block *thread = builder_add_thread(&builder);
	struct call_stats *read = builder_add_call(&builder, thread, "read", "io");
	struct call_stats *write = builder_add_call(&builder, thread, "write", "io");

	read->count = write->count = 1;
	read->info = relative_to(&read->info, write);
	struct recording recording =
		fold_damaged(&builder, BUILDER_SIZE, "belongs to another record");

	CU_ASSERT_PTR_NULL(call_list_find(&recording.calls, "read", ""));
	CU_ASSERT_PTR_NOT_NULL(call_list_find(&recording.calls, "write", ""));
	recording_deinit(&recording);
	builder_deinit(&builder);
}

static void strings_without_an_end_are_ended(void)
{
	struct region_builder builder;
	struct recording recording;

	builder_init(&builder);
	struct thread_block *thread = builder_add_thread(&builder);
	struct call_stats *read = builder_add_call(&builder, thread, "read", "io");
	struct call_info_record *info = relative_get(&read->info);

	read->count = 1;
	memset(info->name, 'n', sizeof(info->name));
	memset(info->group, 'g', sizeof(info->group));
	memset(info->kind, 'k', sizeof(info->kind));
	memset(builder.header->command, 'c', sizeof(builder.header->command));
	memset(builder.header->executable, 'e', sizeof(builder.header->executable));
	recording = fold_damaged(&builder, BUILDER_SIZE, "executable at");
	CU_ASSERT_EQUAL(strlen(recording.calls.calls[0].name), sizeof(info->name) - 1);
	CU_ASSERT_EQUAL(strlen(recording.calls.calls[0].group), sizeof(info->group) - 1);
	CU_ASSERT_EQUAL(strlen(recording.calls.calls[0].kind), sizeof(info->kind) - 1);
	CU_ASSERT_EQUAL(strlen(recording.processes[0]->executable), REGION_EXECUTABLE_SIZE - 1);
	CU_ASSERT_EQUAL(strlen(recording.processes[0]->command), REGION_COMMAND_SIZE - 1);
	recording_deinit(&recording);
	builder_deinit(&builder);
}

/* The text of a process's command whose words are in so many bytes; to be freed. */
static char *command_of(const char *words, size_t size)
{
	struct region_builder builder;

	builder_init(&builder);
	builder_add_thread(&builder);
	memset(builder.header->command, 0, sizeof(builder.header->command));
	memcpy(builder.header->command, words, size);
	struct recording recording = fold_builder(&builder);
	char *command = strdup(recording.processes[0]->command);

	recording_deinit(&recording);
	builder_deinit(&builder);
	return command;
}

static void any_words_are_a_command_that_a_shell_can_read(void)
{
	static const struct {
		const char *words;
		size_t size;
		const char *expected;
	} commands[] = {
		{"", 0, ""},
		{"x", 1, "x"},
		{"a\0\0\0b", 5, "a '' '' b"},
		{"\0b", 2, "'' b"},
		{"'\0''\0x y", 8, "''\\''' ''\\'''\\''' 'x y'"},
	};
	char quotes[REGION_COMMAND_SIZE - 1];

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		char *command = command_of(commands[i].words, commands[i].size);

		CU_ASSERT_STRING_EQUAL(command, commands[i].expected);
		free(command);
	}
	/* As long as it can become. */
	memset(quotes, '\'', sizeof(quotes));
	char *command = command_of(quotes, sizeof(quotes));

	CU_ASSERT_EQUAL(strlen(command), 4 * sizeof(quotes) + 2);
	free(command);
}

static void a_call_without_a_name_is_left_out(void)
{
	struct region_builder builder;

	builder_init(&builder);
	struct thread_block *thread = builder_add_thread(&builder);
	struct call_stats *read = builder_add_call(&builder, thread, "read", "io");

	read->count = 1;
	builder_add_call(&builder, thread, "write", "io")->count = 1;
	((struct call_info_record *)relative_get(&read->info))->name[0] = '\0';
	struct recording recording = fold_damaged(&builder, BUILDER_SIZE, "has no name");

	CU_ASSERT_EQUAL(recording.calls.n_calls, 1);
	recording_deinit(&recording);
	builder_deinit(&builder);
}

static void sums_that_overflow_stay_at_the_largest_number(void)
{
	struct region_builder builder;

	builder_init(&builder);
	for (int i = 0; i < 2; i++) {
		struct thread_block *thread = builder_add_thread(&builder);
		struct call_stats *read = builder_add_call(&builder, thread, "read", "io");

		builder_succeed(&builder, read, 100, 0);
		read->count = UINT64_MAX - 1;
		read->sum_ns = UINT64_MAX / 2;
	}
	struct recording recording = fold_builder(&builder);
	struct call_totals *read = call_list_find(&recording.calls, "read", "");

	CU_ASSERT_EQUAL(read->count, UINT64_MAX);
	CU_ASSERT_EQUAL(call_totals_time_ns(read), UINT64_MAX);
	recording_deinit(&recording);
	builder_deinit(&builder);
}

static void a_region_is_read_up_to_its_capacity(void)
{
	struct region_builder builder;
	char path[] = "/tmp/sonde-test-XXXXXX";
	struct region_image *image = NULL;
	int fd = mkstemp(path);

	builder_init(&builder);
	builder_fill(&builder);
	builder.header->committed = UINT64_MAX;
	CU_ASSERT_EQUAL(ftruncate(fd, (off_t)1 << 40), 0);
	CU_ASSERT_EQUAL(pwrite(fd, builder.header, BUILDER_SIZE, 3 * REGION_CAPACITY), BUILDER_SIZE);
	CU_ASSERT_EQUAL_FATAL(region_read(fd, 3 * REGION_CAPACITY, REGION_CAPACITY, "it", &image, NULL), 0);
	CU_ASSERT_EQUAL(image->size, REGION_CAPACITY);
	region_image_free(image);
	close(fd);
	unlink(path);
	builder_deinit(&builder);
}

UNIT_MAIN("region", {"figures of all threads are summed up", figures_of_all_threads_are_summed_up},
	  {"kinds of a call are summed up apart", kinds_of_a_call_are_summed_up_apart},
	  {"a kind without a call is not reported", a_kind_without_a_call_is_not_reported},
	  {"the main thread's waiting is summed up by class",
	   the_main_threads_waiting_is_summed_up_by_class},
	  {"a wait that the end cut short counts up to the end",
	   a_wait_that_the_end_cut_short_counts_up_to_the_end},
	  {"raw calls are summed up by name", raw_calls_are_summed_up_by_name},
	  {"every bucket comes through", every_bucket_comes_through},
	  {"a process is described by its header", a_process_is_described_by_its_header},
	  {"a process that executes another program is counted once",
	   a_process_that_executes_another_program_is_counted_once},
	  {"a process has its main thread, though that recorded nothing",
	   a_process_has_its_main_thread_though_that_recorded_nothing},
	  {"failures get symbols, classes and instants", failures_get_symbols_classes_and_instants},
	  {"calls that never returned are counted where all are timed",
	   calls_that_never_returned_are_counted_where_all_are_timed},
	  {"calls timed differently on the way are not taken for unfinished",
	   calls_timed_differently_on_the_way_are_not_taken_for_unfinished},
	  {"changes of settings are taken over", changes_are_taken_over},
	  {"what was off all the time is told, unless the session is closed",
	   what_was_off_all_the_time_is_told_unless_the_session_is_closed},
	  {"notes are taken over", notes_are_taken_over},
	  {"what is no region is refused with the reason",
	   what_is_no_region_is_refused_with_the_reason},
	  {"a region in the making has no data", a_region_in_the_making_has_no_data},
	  {"a missing session, a link, a pipe and a directory are errors",
	   a_missing_session_a_link_a_pipe_and_a_directory_are_errors},
	  {"a shortened file gives what is left", a_shortened_file_gives_what_is_left},
	  {"references that lead astray are cut off", references_that_lead_astray_are_cut_off},
	  {"lists that run in a circle end", lists_that_run_in_a_circle_end},
	  {"a row is counted for one call only", a_row_is_counted_for_one_call_only},
	  {"a description may not lie in another record",
	   a_description_may_not_lie_in_another_record},
	  {"strings without an end are ended", strings_without_an_end_are_ended},
	  {"any words are a command that a shell can read",
	   any_words_are_a_command_that_a_shell_can_read},
	  {"a call without a name is left out", a_call_without_a_name_is_left_out},
	  {"sums that overflow stay at the largest number",
	   sums_that_overflow_stay_at_the_largest_number},
	  {"a region is read up to its capacity", a_region_is_read_up_to_its_capacity})
