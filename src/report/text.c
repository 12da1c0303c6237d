// SPDX-License-Identifier: MIT
/*
 * The report is a header and three sections, an empty line between them. The lines that the options
 * allow are shared out before anything is written: coverage first, since a report that hides what
 * it does not know misleads; then failures, which may have a third of the rest and what the calls
 * do not need; the calls get what is left.
 */
#include "config.h"

#include "report/text.h"

#include "model/shell-quote.h"
#include "report/text-sections.h"
#include "report/units.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define COMMON_PREFIX "pthread_"
#define MAIN_THREAD "main thread:"

enum {
	NAME_COLUMNS = 19, /* of a report of 80 */
	KIND_LEAVES = 8, /* columns to the name */
	HEADER_LINES = 3, /* and more where the main thread's time is known, or memory */
	SHARE_SIZE = 32,
	COUNT_DIGITS = 9,
	COVERAGE_ROWS_MAX = 7, /* of a report whose lines are limited */
	MAX_LINES_MIN = 20,
	METRICS_LINES_MIN = 4, /* more, where there are metrics */
};

static const char *const sort_names[TEXT_SORTS] = {
	[TEXT_SORT_TIME] = "time",   [TEXT_SORT_COUNT] = "count", [TEXT_SORT_ERRORS] = "errors",
	[TEXT_SORT_BYTES] = "bytes", [TEXT_SORT_NAME] = "name",
};

int text_sort_from_name(const char *name, enum text_sort *ret_sort)
{
	for (unsigned int i = 0; i < TEXT_SORTS; i++) {
		if (strcmp(name, sort_names[i]) != 0)
			continue;
		*ret_sort = i;
		return 0;
	}
	return -EINVAL;
}

const char *text_sort_name(enum text_sort sort)
{
	return sort_names[sort];
}

bool text_colour_is_wanted(int fd)
{
	const char *no_colour = getenv("NO_COLOR");
	const char *terminal = getenv("TERM");

	return (!no_colour || !*no_colour) && terminal && strcmp(terminal, "dumb") != 0 &&
	       isatty(fd);
}

void page_line(const struct page *page, struct line *ret_line)
{
	line_init(ret_line, page->options->width, page->options->has_colour);
}

/* With its kind, as it is shown where there is room. */
size_t page_name_length(const struct call_totals *call)
{
	return strlen(call->name) + (call->kind[0] ? 1 + strlen(call->kind) : 0);
}

unsigned int page_name_columns(const struct page *page)
{
	const struct call_list *list = &page->recording->calls;
	size_t wanted = NAME_COLUMNS;
	size_t most = NAME_COLUMNS + page->options->width - TEXT_WIDTH_MIN;

	for (size_t i = 0; i < list->n_calls; i++)
		if (page_name_length(&list->calls[i]) > wanted)
			wanted = page_name_length(&list->calls[i]);
	return (unsigned int)(wanted < most ? wanted : most);
}

/*
 * What does not fit is cut off the name and not off the kind; what all names of threads begin with goes
 * first.
 */
void page_add_name(const struct page *page, struct line *line, const struct call_totals *call)
{
	size_t most = page_name_columns(page);
	size_t kind_length = call->kind[0] ? 1 + strlen(call->kind) : 0;
	const char *name = call->name;

	if (kind_length > most - KIND_LEAVES)
		kind_length = most - KIND_LEAVES;
	if (strlen(name) + kind_length > most && strncmp(name, COMMON_PREFIX, strlen(COMMON_PREFIX)) == 0)
		name += strlen(COMMON_PREFIX);
	line_add(line, STYLE_PLAIN, name, (unsigned int)(most - kind_length));
	if (!kind_length)
		return;
	line_pad(line, line->columns + 1);
	line_add(line, STYLE_PLAIN, call->kind, (unsigned int)kind_length - 1);
}

/* A line is one text, so that what does not fit is cut where the line ends and nowhere else. Frees the text. */
static void write_text(const struct page *page, enum style style, char *text)
{
	struct line line;

	page_line(page, &line);
	line_add(&line, style, text, 0);
	line_write(&line, page->file);
	free(text);
}

static int write_command(const struct page *page)
{
	char *const *words = page->recording->command;
	char *command = words && *words ? shell_quote_command(words) : strdup("command unknown");
	char *text = NULL;

	if (!command || asprintf(&text, "sonde: %s", command) < 0)
		text = NULL;
	free(command);
	if (!text)
		return -ENOMEM;
	write_text(page, STYLE_TITLE, text);
	return 0;
}

static void add_exit(struct line *line, struct exit_info exit)
{
	const char *signal = exit.kind == EXIT_SIGNAL ? sigabbrev_np(exit.value) : NULL;

	switch (exit.kind) {
	case EXIT_STATUS:
		line_print(line, exit.value ? STYLE_ERROR : STYLE_PLAIN, "exit status %d",
			   exit.value);
		break;
	case EXIT_SIGNAL:
		line_print(line, STYLE_ERROR, "killed by signal %d%s%s%s", exit.value,
			   signal ? " (SIG" : "", signal ? signal : "", signal ? ")" : "");
		break;
	case EXIT_EXECUTED:
		line_print(line, STYLE_PLAIN, "went on as another program");
		break;
	case EXIT_UNKNOWN:
		line_print(line, STYLE_PLAIN, "exit status unknown");
		break;
	}
}

static void write_times(const struct page *page)
{
	const struct recording *recording = page->recording;
	char wall[UNITS_SIZE];
	char user[UNITS_SIZE];
	char system[UNITS_SIZE];
	struct line line;

	page_line(page, &line);
	add_exit(&line, recording->exit);
	line_print(&line, STYLE_PLAIN, "; %s wall, %s user, %s system",
		   units_duration(recording->wall_ns, wall),
		   units_duration(recording->user_ns, user),
		   units_duration(recording->system_ns, system));
	line_write(&line, page->file);
}

/* Where the time of the command went: work first, then what it waited for most. */
static const char *const wait_texts[WAIT_CLASSES] = {
	[WAIT_NONE] = "working",   [WAIT_IO] = "I/O",	      [WAIT_NETWORK] = "network",
	[WAIT_LOCK] = "locks",	   [WAIT_SLEEP] = "sleeping", [WAIT_CHILD] = "children",
	[WAIT_EVENTS] = "events",
};

static unsigned int percent(uint64_t part, uint64_t whole)
{
	return (unsigned int)((double)part * 100 / (double)whole + 0.5);
}

/* The waiting class that comes after another in descending order; WAIT_NONE before the first and after the last. */
static enum wait_class next_class(const struct main_thread *thread, enum wait_class after)
{
	enum wait_class next = WAIT_NONE;

	for (unsigned int i = WAIT_NONE + 1; i < WAIT_CLASSES; i++) {
		bool comes_later = after == WAIT_NONE || thread->spent_ns[i] < thread->spent_ns[after] ||
				   (thread->spent_ns[i] == thread->spent_ns[after] && i > after);

		if (comes_later && (next == WAIT_NONE || thread->spent_ns[i] > thread->spent_ns[next]))
			next = i;
	}
	return next;
}

/* A text for each class that has a share, work first. */
struct time_shares {
	char of[WAIT_CLASSES][SHARE_SIZE];
	unsigned int n; /* 0: the main thread's time is not known */
};

static struct time_shares find_time_shares(const struct recording *recording)
{
	struct main_thread thread;
	struct time_shares shares = {.n = 0};

	if (!recording_main_thread(recording, &thread))
		return shares;
	snprintf(shares.of[shares.n++], SHARE_SIZE, "%u %% %s", percent(thread.spent_ns[WAIT_NONE], thread.wall_ns),
		 wait_texts[WAIT_NONE]);
	for (enum wait_class i = next_class(&thread, WAIT_NONE); i; i = next_class(&thread, i))
		if (percent(thread.spent_ns[i], thread.wall_ns))
			snprintf(shares.of[shares.n++], SHARE_SIZE, "%u %% %s",
				 percent(thread.spent_ns[i], thread.wall_ns), wait_texts[i]);
	return shares;
}

/*
 * Shares that a line has no room for go on in the next, below the first of them. Returns the number of lines, written where
 * there is a file.
 */
static size_t lay_out_main_thread(const struct page *page, FILE *file)
{
	struct time_shares shares = find_time_shares(page->recording);
	size_t n_lines = shares.n > 0;
	struct line line;

	page_line(page, &line);
	line_add(&line, STYLE_PLAIN, MAIN_THREAD, 0);
	for (unsigned int i = 0; i < shares.n; i++) {
		bool is_last = i + 1 == shares.n;

		if (line.columns + strlen(" ,") - is_last + strlen(shares.of[i]) > line.width) {
			if (file)
				line_write(&line, file);
			page_line(page, &line);
			line_pad(&line, strlen(MAIN_THREAD));
			n_lines++;
		}
		line_print(&line, STYLE_PLAIN, " %s%s", shares.of[i], is_last ? "" : ",");
	}
	if (file && shares.n)
		line_write(&line, file);
	return n_lines;
}

static void add_start(FILE *stream, const struct recording *recording)
{
	time_t seconds = recording->started_ns / 1000000000;
	char text[64];
	struct tm tm;

	if (!recording->started_ns || !gmtime_r(&seconds, &tm))
		return;
	strftime(text, sizeof(text), "; %Y-%m-%d %H:%M:%S UTC", &tm);
	fputs(text, stream);
	if (recording->host)
		fprintf(stream, " on %s", recording->host);
}

/* A process that went on as a program that could not be watched is counted there: so there may be calls and no process. */
static void add_processes(FILE *stream, const struct recording *recording)
{
	uint64_t n_unwatched = recording->notes_lost;
	char text[UNITS_SIZE];

	for (size_t i = 0; i < recording->n_unwatched; i++)
		n_unwatched += recording->unwatched[i].count;
	fprintf(stream, "%s process%s", units_count(recording->n_processes, COUNT_DIGITS, text),
		recording->n_processes == 1 ? "" : "es");
	if (n_unwatched && !recording->n_processes)
		fprintf(stream, " and %s not watched", units_count(n_unwatched, COUNT_DIGITS, text));
}

static int write_circumstances(const struct page *page)
{
	const struct recording *recording = page->recording;
	char threads[UNITS_SIZE];
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		return -ENOMEM;
	add_processes(stream, recording);
	fprintf(stream, ", %s thread%s", units_count(recording->n_threads, COUNT_DIGITS, threads),
		recording->n_threads == 1 ? "" : "s");
	if (recording->n_runs)
		fprintf(stream, " of %" PRIu64 " runs", recording->n_runs);
	add_start(stream, recording);
	for (size_t i = 0; i < recording->n_labels; i++)
		fprintf(stream, "%s%s=%s", i ? " " : "; ", recording->labels[i].key,
			recording->labels[i].value);
	if (fclose(stream) != 0) {
		free(text);
		return -ENOMEM;
	}
	write_text(page, STYLE_PLAIN, text);
	return 0;
}

/* Rows for each section, titles and empty lines not counted. */
struct shares {
	size_t calls;
	size_t failures;
	size_t metrics;
	size_t coverage;
};

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* What is left for two sections: a row for each, whatever is taken. */
static size_t less(size_t lines, size_t taken)
{
	return lines > taken + 2 ? lines - taken : 2;
}

static struct shares share_out(const struct page *page)
{
	struct shares wanted = {
		.calls = text_calls_count(page),
		.failures = text_failures_count(page),
		.metrics = text_metrics_count(page),
		.coverage = text_coverage_count(page),
	};
	size_t max_lines = page->options->max_lines;

	if (!max_lines)
		return wanted;
	size_t min_lines = MAX_LINES_MIN + (wanted.metrics ? METRICS_LINES_MIN : 0);

	if (max_lines < min_lines)
		max_lines = min_lines;

	/* An empty line and a title for each section that there is. */
	size_t n_sections = 1 + (wanted.calls > 0) + (wanted.failures > 0) + (wanted.metrics > 0);
	size_t n_header_lines = HEADER_LINES + lay_out_main_thread(page, NULL) + text_memory_lines(page);
	size_t left = max_lines - n_header_lines - 2 * n_sections;
	struct shares shares = {.coverage = least(wanted.coverage, COVERAGE_ROWS_MAX)};

	/* Plugins in trouble are named, whatever room is left by that. */
	size_t n_plugin_lines = text_plugins_lines(page);

	left = less(left, shares.coverage + n_plugin_lines + text_objects_lines(page) + text_sites_lines(page));
	shares.metrics = least(wanted.metrics, left / 3 + 1);
	left = less(left, shares.metrics);
	size_t spare = left > wanted.calls ? left - wanted.calls : 0;

	/* Of few lines at most half: a title is nothing without rows. */
	size_t share = least(left / 3 + !(left / 3) + text_failures_examples(page), left / 2);

	shares.failures = least(wanted.failures, spare > share ? spare : share);
	shares.calls = left - shares.failures;
	return shares;
}

static int write_sections(const struct page *page)
{
	struct shares shares = share_out(page);
	int error = 0;

	if (page->recording->calls.n_calls) {
		fputc('\n', page->file);
		error = text_calls(page, shares.calls);
	}
	if (!error && text_failures_count(page)) {
		fputc('\n', page->file);
		error = text_failures(page, shares.failures);
	}
	if (!error)
		error = text_objects(page);
	if (!error)
		error = text_sites(page);
	if (!error && text_metrics_count(page)) {
		fputc('\n', page->file);
		error = text_metrics(page, shares.metrics);
	}
	text_plugins(page);
	fputc('\n', page->file);
	text_coverage(page, shares.coverage);
	return error;
}

int text_report(const struct recording *recording, const struct text_options *options, FILE *file)
{
	struct text_options bounded = *options;
	const struct page page = {recording, &bounded, file};

	if (bounded.width < TEXT_WIDTH_MIN)
		bounded.width = TEXT_WIDTH_MIN;
	if (bounded.width > TEXT_WIDTH_MAX)
		bounded.width = TEXT_WIDTH_MAX;
	errno = 0;
	int error = write_command(&page);

	write_times(&page);
	if (!error)
		error = write_circumstances(&page);
	if (!error)
		lay_out_main_thread(&page, file);
	if (!error)
		text_memory(&page);
	if (!error)
		error = write_sections(&page);
	if (!error && (fflush(file) == EOF || ferror(file)))
		return errno ? -errno : -EIO;
	return error;
}
