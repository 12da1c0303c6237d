// SPDX-License-Identifier: MIT
/*
 * A report is tested as a picture: tests/golden/NAME.json goes in, tests/golden/NAME.txt must come
 * out. With SONDE_GOLDEN_UPDATE=1 in the environment the pictures are written anew: look at the
 * difference before you keep it.
 */
#include "config.h"

#include "calls/call.h"
#include "format/recording-json.h"
#include "report/text.h"
#include "report/units.h"

#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct picture {
	const char *recording;
	const char *screen;
	struct text_options options;
};

static const struct picture pictures[] = {
	{"empty", "empty", TEXT_OPTIONS_DEFAULT},
	{"ordinary", "ordinary", TEXT_OPTIONS_DEFAULT},
	{"failures-only", "failures-only", TEXT_OPTIONS_DEFAULT},
	{"hanging", "hanging", TEXT_OPTIONS_DEFAULT},
	{"huge", "huge", TEXT_OPTIONS_DEFAULT},
	{"hostile", "hostile", TEXT_OPTIONS_DEFAULT},
	{"lossy", "lossy", TEXT_OPTIONS_DEFAULT},
	{"kinds", "kinds", TEXT_OPTIONS_DEFAULT},
	{"plugins", "plugins", TEXT_OPTIONS_DEFAULT},
	{"kinds", "kinds-wide", {100, 40, TEXT_SORT_TIME, false}},
	{"ledger", "ledger", TEXT_OPTIONS_DEFAULT},
	{"metrics", "metrics", TEXT_OPTIONS_DEFAULT},
	{"metrics", "metrics-short", {80, 20, TEXT_SORT_TIME, false}},
	{"ordinary", "ordinary-colour", {80, 40, TEXT_SORT_TIME, true}},
	{"ordinary", "ordinary-wide-by-bytes", {110, 40, TEXT_SORT_BYTES, false}},
	{"ordinary", "ordinary-short-by-errors", {80, 20, TEXT_SORT_ERRORS, false}},
	{"lossy", "lossy-all-by-name", {80, 0, TEXT_SORT_NAME, false}},
};

static char *golden_path(const char *name, const char *suffix)
{
	const char *source = getenv("top_srcdir");
	char *path = NULL;

	CU_ASSERT_FATAL(
		asprintf(&path, "%s/tests/golden/%s%s", source ? source : ".", name, suffix) > 0);
	return path;
}

static struct recording read_recording(const char *name)
{
	char *path = golden_path(name, ".json");
	struct recording recording = {0};
	struct message message = {{0}};
	FILE *file = fopen(path, "r");

	if (!file)
		printf("# cannot open %s\n", path);
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	if (recording_json_read(file, path, &recording, &message))
		printf("# %s\n", message.text);
	CU_ASSERT_EQUAL(message.text[0], '\0');
	fclose(file);
	free(path);
	return recording;
}

static char *draw(const struct recording *recording, const struct text_options *options)
{
	char *screen = NULL;
	size_t size;
	FILE *stream = open_memstream(&screen, &size);

	CU_ASSERT_EQUAL(text_report(recording, options, stream), 0);
	fclose(stream);
	return screen;
}

static void update_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fputs(text, file);
	fclose(file);
}

static char *read_file(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = calloc(1, 65536);

	if (!file)
		printf("# cannot open %s\n", path);
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	CU_ASSERT(fread(text, 1, 65535, file) < 65535);
	fclose(file);
	return text;
}

static void compare_picture(const struct picture *picture)
{
	struct recording recording = read_recording(picture->recording);
	char *path = golden_path(picture->screen, ".txt");
	char *screen = draw(&recording, &picture->options);

	if (getenv("SONDE_GOLDEN_UPDATE"))
		update_file(path, screen);
	char *expected = read_file(path);

	if (strcmp(screen, expected) != 0)
		printf("# %s is not what was drawn:\n%s", path, screen);
	CU_ASSERT_STRING_EQUAL(screen, expected);
	free(expected);
	free(screen);
	free(path);
	recording_deinit(&recording);
}

static void reports_look_as_they_should(void)
{
	for (size_t i = 0; i < sizeof(pictures) / sizeof(pictures[0]); i++)
		compare_picture(&pictures[i]);
}

/* Columns of a line of UTF-8 without wide characters, colour codes not counted. */
static size_t columns(const char *line, size_t length)
{
	size_t n = 0;

	for (size_t i = 0; i < length; i++) {
		if (line[i] == '\033')
			while (line[i] != 'm')
				i++;
		else
			n += (line[i] & 0xc0) != 0x80;
	}
	return n;
}

/* Checks the size of a screen; returns its number of lines. */
static size_t check_size(const char *screen, size_t width)
{
	size_t n_lines = 0;

	while (*screen) {
		size_t length = strcspn(screen, "\n");

		if (columns(screen, length) > width)
			printf("# too wide: %.*s\n", (int)length, screen);
		CU_ASSERT(columns(screen, length) <= width);
		CU_ASSERT(length == 0 || screen[length - 1] != ' ');
		screen += length + 1;
		n_lines++;
	}
	return n_lines;
}

static void no_report_is_wider_or_longer_than_it_may_be(void)
{
	for (size_t i = 0; i < sizeof(pictures) / sizeof(pictures[0]); i++) {
		for (unsigned int width = 80; width <= 200; width += 7) {
			struct recording recording = read_recording(pictures[i].recording);
			struct text_options options = pictures[i].options;

			options.width = width;
			char *screen = draw(&recording, &options);
			size_t n_lines = check_size(screen, width);

			CU_ASSERT(!options.max_lines || n_lines <= options.max_lines);
			free(screen);
			recording_deinit(&recording);
		}
	}
}

/* A run with very many calls, each of which fails in two ways. */
static struct recording make_large(size_t n_calls)
{
	struct recording recording = {.n_processes = 1};

	for (size_t i = 0; i < n_calls; i++) {
		char name[32];

		snprintf(name, sizeof(name), "call_%zu", i);
		struct call_totals *call = call_list_get(&recording.calls, name, "", "io");

		call->count = i + 3;
		call->failures = 2;
		call->expected = 1;
		call->errors = calloc(2, sizeof(*call->errors));
		call->n_errors = 2;
		call->errors[0] = (struct error_totals){.symbol = strdup("EIO"), .count = 1};
		call->errors[1] = (struct error_totals){
			.symbol = strdup("EINTR"), .count = 1, .is_expected = true};
	}
	return recording;
}

static void a_thousand_calls_fit_on_one_screen(void)
{
	struct recording recording = make_large(1000);
	struct text_options options = TEXT_OPTIONS_DEFAULT;
	char *screen = draw(&recording, &options);

	CU_ASSERT_EQUAL(check_size(screen, 80), 40);
	CU_ASSERT_PTR_NOT_NULL(strstr(screen, "more, called"));
	CU_ASSERT_PTR_NOT_NULL(strstr(screen, "more, "));
	CU_ASSERT_PTR_NOT_NULL(strstr(screen, "COVERAGE"));
	free(screen);
	options.max_lines = 0;
	screen = draw(&recording, &options);
	/* Header, three titles, three empty lines, calls, failures and one line of coverage. */
	CU_ASSERT_EQUAL(check_size(screen, 80), 3 + 3 + 3 + 1000 + 2000 + 1);
	free(screen);
	recording_deinit(&recording);
}

static void options_out_of_range_are_brought_into_it(void)
{
	struct recording recording = make_large(100);
	struct text_options options = {.width = 3, .max_lines = 1};
	char *screen = draw(&recording, &options);

	CU_ASSERT(check_size(screen, 80) <= 20);
	free(screen);
	options = (struct text_options){.width = 100000};
	screen = draw(&recording, &options);
	check_size(screen, 200);
	free(screen);
	recording_deinit(&recording);
}

static void check_line(const struct recording *recording, const char *line)
{
	struct text_options options = {.width = 120};
	char *screen = draw(recording, &options);

	CU_ASSERT_PTR_NOT_NULL(strstr(screen, line));
	free(screen);
}

static void processes_of_which_nothing_is_known_yet_are_counted(void)
{
	struct recording recording = make_large(1);

	check_line(&recording, "nothing was lost");
	recording.n_uncounted = 1;
	check_line(&recording, "\na process that had just been started is still running: its calls are not counted\n");
	recording.n_uncounted = 12;
	check_line(&recording,
		   "\n12 processes that had just been started are still running: their calls are not counted\n");
	recording_deinit(&recording);
}

static void add_plugins_in_trouble(struct recording *recording, int n)
{
	for (int i = 0; i < n; i++) {
		struct plugin_record *plugin = recording_add_plugin(recording);

		plugin->name = strdup("plugin");
		plugin->plugin = strdup("plugin");
		plugin->version = strdup("");
		plugin->state = strdup("failed");
		plugin->reason = strdup("no such host");
	}
}

static void each_section_has_a_row_whatever_trouble_plugins_are_in(void)
{
	struct recording recording = make_large(100);
	struct text_options options = {.width = 80, .max_lines = 20};

	add_plugins_in_trouble(&recording, 30);
	char *screen = draw(&recording, &options);

	CU_ASSERT_PTR_NOT_NULL(strstr(screen, "more, called"));
	CU_ASSERT_PTR_NOT_NULL(strstr(screen, "(200 more, 100 of them errors)"));
	free(screen);
	recording_deinit(&recording);
}

/* A second of the main thread, in so many percent of each class from WAIT_IO on; the rest is work. */
static struct recording make_waiting(const uint64_t percents[WAIT_CLASSES])
{
	struct recording recording = make_large(1000);
	struct process_record process = {.pid = 7, .wall_ns = 1000000000, .has_waiting = true};

	for (unsigned int i = WAIT_NONE + 1; i < WAIT_CLASSES; i++)
		process.waiting_ns[i] = percents[i] * 10000000;
	CU_ASSERT_EQUAL_FATAL(recording_add_process(&recording, &process), 0);
	return recording;
}

/* What stands between the line before the main thread's and the empty line before the calls. */
static char *draw_waiting(const struct recording *recording, const struct text_options *options, size_t *ret_n_lines)
{
	char *screen = draw(recording, options);
	char *start = strstr(screen, "main thread: ");

	*ret_n_lines = check_size(screen, options->width);
	CU_ASSERT_PTR_NOT_NULL_FATAL(start);
	char *end = strstr(start, "\n\n");

	CU_ASSERT_PTR_NOT_NULL_FATAL(end);
	char *text = strndup(start, (size_t)(end - start));

	free(screen);
	return text;
}

static void each_share_of_the_main_thread_is_said(void)
{
	static const struct {
		uint64_t percents[WAIT_CLASSES];
		unsigned int width;
		const char *text;
	} cases[] = {
		/* Five shares that would end where the line does, and one more. */
		{{0, 9, 0, 29, 11, 10, 10}, 80,
		 "main thread: 31 % working, 29 % locks, 11 % sleeping, 10 % children,\n"
		 "             10 % events, 9 % I/O"},
		{{0, 9, 0, 29, 11, 10, 10}, 100,
		 "main thread: 31 % working, 29 % locks, 11 % sleeping, 10 % children, 10 % events, 9 % I/O"},
		/* All that there is of a line, and not one more. */
		{{0, 0, 0, 29, 11, 10, 10}, 80,
		 "main thread: 40 % working, 29 % locks, 11 % sleeping, 10 % children, 10 % events"},
		{{0, 14, 14, 14, 14, 14, 14}, 80,
		 "main thread: 16 % working, 14 % I/O, 14 % network, 14 % locks, 14 % sleeping,\n"
		 "             14 % children, 14 % events"},
		{{0}, 80, "main thread: 100 % working"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct recording recording = make_waiting(cases[i].percents);
		struct text_options options = TEXT_OPTIONS_DEFAULT;
		size_t n_lines;

		options.width = cases[i].width;
		char *text = draw_waiting(&recording, &options, &n_lines);

		if (strcmp(text, cases[i].text) != 0)
			printf("# %zu: not what was drawn:\n%s\n", i, text);
		CU_ASSERT_STRING_EQUAL(text, cases[i].text);
		CU_ASSERT_EQUAL(n_lines, 40);
		free(text);
		recording_deinit(&recording);
	}
}

static void add_off_group(struct recording *recording, const char *group)
{
	for (unsigned int call = 0; call < CALL_COUNT; call++)
		if (strcmp(call_table[call].group, group) == 0)
			CU_ASSERT_EQUAL(name_counts_add(&recording->off, call_table[call].name, 1), 0);
}

static void add_off_calls(struct recording *recording, const char *const *calls)
{
	for (; *calls; calls++)
		CU_ASSERT_EQUAL(name_counts_add(&recording->off, *calls, 1), 0);
}

static void what_is_off_is_said(void)
{
	static const struct {
		const char *groups[10];
		const char *calls[20];
		const char *text;
	} cases[] = {
		{{"stdio"}, {NULL}, "not counted by configuration: all of stdio\n"},
		{{"path", "stdio"}, {"read", "lseek", "exit"},
		 "not counted by configuration: all of path, stdio; of io: lseek, read; of\n"
		 "    process: exit\n"},
		{{NULL}, {"read", "write", "lseek", "close", "pread", "pwrite"},
		 "not counted by configuration: of io: close, lseek, pread, pwrite, 2 more\n"},
		{{NULL}, {"read", "getaddrinfo", "stat", "free", "poll", "another's"},
		 "not counted by configuration: of dns: getaddrinfo; of io: read; of memory: free;\n"
		 "    3 more\n"},
		{{NULL}, {"another's"}, "not counted by configuration: 1 call\n"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct recording recording = {.n_processes = 1};
		struct text_options options = TEXT_OPTIONS_DEFAULT;

		for (const char *const *group = cases[i].groups; *group; group++)
			add_off_group(&recording, *group);
		add_off_calls(&recording, cases[i].calls);
		char *screen = draw(&recording, &options);

		check_size(screen, 80);
		if (!strstr(screen, cases[i].text))
			printf("# %zu: not what was drawn:\n%s", i, screen);
		CU_ASSERT_PTR_NOT_NULL(strstr(screen, cases[i].text));
		CU_ASSERT_PTR_NOT_NULL(
			strstr(screen, "\nnothing was lost: every call that is on of every watched process is counted\n"));
		free(screen);
		recording_deinit(&recording);
	}
}

static void no_sum_is_said_of_allocations_that_are_not_all_counted(void)
{
	struct recording recording = {.n_processes = 1};
	struct text_options options = TEXT_OPTIONS_DEFAULT;

	call_list_get(&recording.calls, "calloc", "", "memory")->bytes = 1000;
	char *screen = draw(&recording, &options);

	CU_ASSERT_PTR_NOT_NULL(strstr(screen, "\nmemory: "));
	free(screen);
	CU_ASSERT_EQUAL(name_counts_add(&recording.off, "malloc", 1), 0);
	screen = draw(&recording, &options);
	CU_ASSERT_PTR_NULL(strstr(screen, "\nmemory: "));
	free(screen);
	recording_deinit(&recording);
}

/* A run whose calls moved so many bytes, of which the kernel counted others. */
static struct recording make_io(const uint64_t calls[2], const uint64_t kernel[2])
{
	struct recording recording = {.n_processes = 1, .io = {true, kernel[0], kernel[1], 0, 0}};

	call_list_get(&recording.calls, "read", "file", "io")->bytes = calls[0];
	call_list_get(&recording.calls, "write", "file", "io")->bytes = calls[1];
	return recording;
}

static void bytes_are_held_against_the_kernels_only_where_they_can_be(void)
{
	static const char rest[] = "the rest is libc's and its loader's own, or of what is named above\n";
	static const struct {
		uint64_t calls[2];
		uint64_t kernel[2];
		const char *text;
		bool has_rest;
	} cases[] = {
		{{50, 100}, {100, 100}, "kernel: 100B read, 100B written; calls account for 50.0 % and 100 %\n", true},
		{{50, 0}, {100, 0}, "kernel: 100B read, 0B written; calls account for 50.0 % of the reads\n", true},
		{{0, 0}, {0, 0}, "kernel: 0B read, 0B written\n", false},
		{{50, 536}, {100, 100},
		 "kernel: 100B read, 100B written; calls account for 50.0 % of the reads\n"
		 "the rest is libc's and its loader's own, or of what is named above\n"
		 "calls wrote 536B: the kernel counted fewer processes\n",
		 true},
		{{200, 100}, {100, 100},
		 "kernel: 100B read, 100B written; calls account for 100 % of the writes\n"
		 "calls read 200B: the kernel counted fewer processes\n",
		 false},
		{{200, 7}, {100, 0},
		 "kernel: 100B read, 0B written\ncalls read 200B and wrote 7B: the kernel counted fewer processes\n", false},
		/* What rounds to all is all. */
		{{1004, 100}, {1000, 100}, "kernel: 0.98KiB read, 100B written; calls account for 100 % and 100 %\n", false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct recording recording = make_io(cases[i].calls, cases[i].kernel);
		struct text_options options = TEXT_OPTIONS_DEFAULT;
		char *screen = draw(&recording, &options);

		if (!strstr(screen, cases[i].text))
			printf("# %zu: not what was drawn:\n%s", i, screen);
		CU_ASSERT_PTR_NOT_NULL(strstr(screen, cases[i].text));
		CU_ASSERT_EQUAL(strstr(screen, rest) != NULL, cases[i].has_rest);
		free(screen);
		recording_deinit(&recording);
	}
}

static void a_stream_that_takes_nothing_is_an_error(void)
{
	struct recording recording = make_large(10);
	struct text_options options = TEXT_OPTIONS_DEFAULT;
	FILE *full = fopen("/dev/full", "w");

	CU_ASSERT_PTR_NOT_NULL_FATAL(full);
	CU_ASSERT_EQUAL(text_report(&recording, &options, full), -ENOSPC);
	fclose(full);
	recording_deinit(&recording);
}

static void sort_keys_have_names(void)
{
	enum text_sort sort = TEXT_SORT_TIME;

	for (unsigned int i = 0; i < TEXT_SORTS; i++) {
		CU_ASSERT_EQUAL(text_sort_from_name(text_sort_name(i), &sort), 0);
		CU_ASSERT_EQUAL(sort, i);
	}
	CU_ASSERT_EQUAL(text_sort_from_name("tim", &sort), -EINVAL);
}

static void colour_is_not_wanted_without_a_terminal(void)
{
	CU_ASSERT_FALSE(text_colour_is_wanted(-1));
}

static void numbers_have_three_digits_and_a_unit(void)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} durations[] = {
		{0, "0ns"},
		{999, "999ns"},
		{1000, "1.00us"},
		{9994, "9.99us"},
		{9995, "10.0us"},
		{99949, "99.9us"},
		{99950, "100us"},
		{999499, "999us"},
		{999500, "1.00ms"},
		{999499999, "999ms"},
		{999500000, "1.00s"},
		{119999999999, "120s"},
		{120000000000, "2m00s"},
		{3599499999999, "59m59s"},
		{3599500000000, "1h00m"},
		{172799000000000, "47h59m"},
		{172800000000000, "2d"},
		{UINT64_MAX, "584y"},
	};
	char text[UNITS_SIZE];

	for (size_t i = 0; i < sizeof(durations) / sizeof(durations[0]); i++)
		CU_ASSERT_STRING_EQUAL(units_duration(durations[i].ns, text), durations[i].text);
	CU_ASSERT_STRING_EQUAL(units_bytes(0, text), "0B");
	CU_ASSERT_STRING_EQUAL(units_bytes(999, text), "999B");
	CU_ASSERT_STRING_EQUAL(units_bytes(1000, text), "0.98KiB");
	CU_ASSERT_STRING_EQUAL(units_bytes(1536, text), "1.50KiB");
	CU_ASSERT_STRING_EQUAL(units_bytes(1048576, text), "1.00MiB");
	CU_ASSERT_STRING_EQUAL(units_bytes(UINT64_MAX, text), "16.0EiB");
	CU_ASSERT_STRING_EQUAL(units_count(999999999, 9, text), "999999999");
	CU_ASSERT_STRING_EQUAL(units_count(1000000000, 9, text), "1.00G");
	CU_ASSERT_STRING_EQUAL(units_count(UINT64_MAX, 9, text), "18.4E");
}

UNIT_MAIN("report", {"reports look as they should", reports_look_as_they_should},
	  {"no report is wider or longer than it may be",
	   no_report_is_wider_or_longer_than_it_may_be},
	  {"a thousand calls fit on one screen", a_thousand_calls_fit_on_one_screen},
	  {"options out of range are brought into it", options_out_of_range_are_brought_into_it},
	  {"processes of which nothing is known yet are counted", processes_of_which_nothing_is_known_yet_are_counted},
	  {"each section has a row, whatever trouble plugins are in",
	   each_section_has_a_row_whatever_trouble_plugins_are_in},
	  {"each share of the main thread is said", each_share_of_the_main_thread_is_said},
	  {"what is off is said", what_is_off_is_said},
	  {"no sum is said of allocations that are not all counted",
	   no_sum_is_said_of_allocations_that_are_not_all_counted},
	  {"bytes are held against the kernel's only where they can be",
	   bytes_are_held_against_the_kernels_only_where_they_can_be},
	  {"a stream that takes nothing is an error", a_stream_that_takes_nothing_is_an_error},
	  {"sort keys have names", sort_keys_have_names},
	  {"colour is not wanted without a terminal", colour_is_not_wanted_without_a_terminal},
	  {"numbers have three digits and a unit", numbers_have_three_digits_and_a_unit})
