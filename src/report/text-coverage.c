// SPDX-License-Identifier: MIT
/*
 * What the report does not show, and why. Each fact is a notice, or none when there is nothing to
 * say; what takes something away from the figures comes first. The same pass counts notices or
 * writes them.
 */
#include "config.h"

#include "report/text-sections.h"

#include "base/text.h"
#include "report/off-calls.h"
#include "report/units.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum {
	COUNT_DIGITS = 12,
	PATH_COLUMNS = 34,
	NOTICE_SIZE = 512,
	LISTED_NAMES = 4, /* calls that are named in a list */
	INDENT_COLUMNS = 4, /* of a line that goes on with a notice */
};

struct notices {
	const struct page *page;
	size_t n;	 /* so far */
	size_t max_rows; /* to be written; 0: only count */
	size_t n_total;	 /* known when they are written */
};

/* Writes a notice if there is room: the last row says how many more there are, when there are more.
 */
__attribute__((format(printf, 3, 4))) static void
add_notice(struct notices *notices, enum style style, const char *format, ...)
{
	bool is_cut = notices->n_total > notices->max_rows;
	size_t n_shown = is_cut && notices->max_rows ? notices->max_rows - 1 : notices->max_rows;
	char text[NOTICE_SIZE];
	struct line line;
	va_list arguments;

	if (notices->n++ >= n_shown)
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	page_line(notices->page, &line);
	line_add(&line, style, text, 0);
	line_write(&line, notices->page->file);
}

/* One that may need several lines. They break at spaces. */
static void add_long_notice(struct notices *notices, const char *text)
{
	size_t room = notices->page->options->width;
	int indent = 0;

	while (*text) {
		const char *start = text;
		size_t length = line_take(&text, room);

		add_notice(notices, STYLE_PLAIN, "%*s%.*s", indent, "", (int)length, start);
		indent = INDENT_COLUMNS;
		room = notices->page->options->width - INDENT_COLUMNS;
	}
}

static const char *plural_s(uint64_t n)
{
	return n == 1 ? "" : "s";
}

static const char *plural_es(uint64_t n)
{
	return n == 1 ? "" : "es";
}

/* What people call the reasons. */
static const char *reason_text(enum note_reason reason)
{
	switch (reason) {
	case NOTE_STATIC:
		return "statically linked";
	case NOTE_SETUID:
		return "set-uid or with capabilities";
	case NOTE_ARCHITECTURE:
		return "for another architecture or libc";
	case NOTE_ENVIRONMENT:
		return "environment does not name sonde";
	case NOTE_NO_REGION:
		return "no memory for its region";
	case NOTE_UNREACHABLE:
		return "cannot reach sonde's files";
	case NOTE_SANDBOX:
		return "sandbox forbids what sonde needs";
	case NOTE_SESSION:
		return "recorded in another session";
	default:
		return "unknown reason";
	}
}

/* The end of a path tells more than its start. */
static const char *path_end(const char *path, char *ret_text, size_t size)
{
	size_t length = path ? strlen(path) : 0;

	if (length <= PATH_COLUMNS)
		snprintf(ret_text, size, "%s", path ? path : "an unknown program");
	else
		snprintf(ret_text, size, "...%s", path + length - (PATH_COLUMNS - 3));
	return ret_text;
}

static bool is_empty(const struct recording *recording)
{
	return !recording->n_processes && !recording->n_process_records &&
	       !recording->calls.n_calls;
}

static bool is_complete(const struct recording *recording)
{
	for (unsigned int i = 0; i < LOSS_REASONS; i++)
		if (recording->lost[i])
			return false;
	return !recording->damaged_regions && !recording->notes_lost && !recording->n_unwatched &&
	       !recording->switched.n_items && !recording->n_uncounted && !is_empty(recording);
}

static void add_losses(struct notices *notices, const struct recording *recording)
{
	char text[UNITS_SIZE];
	uint64_t lost = recording->lost[LOSS_REGION_FULL];
	uint64_t details = recording->lost[LOSS_DETAIL];
	uint64_t early = recording->lost[LOSS_EARLY];

	if (is_empty(recording))
		add_notice(notices, STYLE_ERROR, "no process was watched");
	if (lost)
		add_notice(notices, STYLE_ERROR,
			   "%s call%s not recorded: no memory left for the process's figures",
			   units_count(lost, COUNT_DIGITS, text), plural_s(lost));
	if (early)
		add_notice(notices, STYLE_ERROR,
			   "%s call%s not recorded: made before sonde was ready",
			   units_count(early, COUNT_DIGITS, text), plural_s(early));
	if (details)
		add_notice(notices, STYLE_ERROR,
			   "%s duration%s or error code%s not recorded: no memory left for them",
			   units_count(details, COUNT_DIGITS, text), plural_s(details),
			   plural_s(details));
	if (recording->damaged_regions)
		add_notice(notices, STYLE_ERROR,
			   "%" PRIu64 " region%s damaged: what could be read is in the figures",
			   recording->damaged_regions, plural_s(recording->damaged_regions));
}

static void add_unwatched(struct notices *notices, const struct recording *recording)
{
	char path[PATH_COLUMNS + 8];

	for (size_t i = 0; i < recording->n_unwatched; i++) {
		const struct unwatched_record *unwatched = &recording->unwatched[i];

		path_end(unwatched->command, path, sizeof(path));
		add_notice(notices, STYLE_PLAIN, "not watched: %s, %" PRIu64 " time%s (%s)", path,
			   unwatched->count, plural_s(unwatched->count),
			   reason_text(unwatched->reason));
	}
	if (recording->notes_lost)
		add_notice(notices, STYLE_ERROR,
			   "not watched: %" PRIu64 " more, of which no note was kept",
			   recording->notes_lost);
}

static void add_running(struct notices *notices, const struct recording *recording)
{
	size_t n = 0;

	for (size_t i = 0; i < recording->n_process_records; i++)
		n += recording->processes[i]->is_running;
	if (n)
		add_notice(notices, STYLE_PLAIN,
			   "%zu process%s still running: what they do after this is not here", n,
			   plural_es(n));
	if (recording->n_uncounted == 1)
		add_notice(notices, STYLE_PLAIN,
			   "a process that had just been started is still running: its calls are not counted");
	else if (recording->n_uncounted)
		add_notice(notices, STYLE_PLAIN,
			   "%" PRIu64 " processes that had just been started are still running: their calls are not counted",
			   recording->n_uncounted);
}

/* The most frequent one that is not more frequent than `last`, nor it nor before it in the list; NULL: none. */
static const struct name_count *next_by_count(const struct name_counts *counts,
					      const struct name_count *last)
{
	const struct name_count *best = NULL;

	for (size_t i = 0; i < counts->n_items; i++) {
		const struct name_count *item = &counts->items[i];
		bool was_named = last && (item->count > last->count ||
					  (item->count == last->count && item <= last));

		if (!was_named && (!best || item->count > best->count))
			best = item;
	}
	return best;
}

/* ", 5 more", after as many as are listed. */
static void add_rest(struct text *text, const struct name_counts *counts)
{
	if (counts->n_items <= LISTED_NAMES)
		return;
	text_add(text, ", ");
	text_add_number(text, counts->n_items - LISTED_NAMES);
	text_add(text, " more");
}

/* "futex 12, getpid 3, 5 more"; a recording may have names of any length. */
static const char *list_raw_calls(const struct name_counts *counts, char *ret_text, size_t size)
{
	struct text text = text_init(ret_text, size);
	const struct name_count *item = NULL;
	char number[UNITS_SIZE];

	for (size_t i = 0; i < LISTED_NAMES && (item = next_by_count(counts, item)); i++) {
		text_add(&text, i ? ", " : "");
		text_add(&text, item->name);
		text_add_char(&text, ' ');
		text_add(&text, units_count(item->count, COUNT_DIGITS, number));
	}
	add_rest(&text, counts);
	return ret_text;
}

static void add_raw_calls(struct notices *notices, const struct recording *recording)
{
	const struct call_totals *raw = call_list_find(&recording->calls, "syscall", "");
	char text[UNITS_SIZE];
	char names[NOTICE_SIZE / 2];

	if (raw && recording->raw_calls.n_items)
		add_notice(notices, STYLE_PLAIN, "%s call%s of syscall(): %s",
			   units_count(raw->count, COUNT_DIGITS, text), plural_s(raw->count),
			   list_raw_calls(&recording->raw_calls, names, sizeof(names)));
	else if (raw)
		add_notice(notices, STYLE_PLAIN,
			   "%s system call%s made by number with syscall(), not told apart",
			   units_count(raw->count, COUNT_DIGITS, text), plural_s(raw->count));
}

/* "lseek, read, 3 more" */
static const char *list_names(const struct name_counts *names, char *ret_text, size_t size)
{
	struct text text = text_init(ret_text, size);

	for (size_t i = 0; i < names->n_items && i < LISTED_NAMES; i++) {
		text_add(&text, i ? ", " : "");
		text_add(&text, names->items[i].name);
	}
	add_rest(&text, names);
	return ret_text;
}

static void add_off(struct notices *notices, const struct recording *recording)
{
	static const char words[] = "not counted by configuration: ";
	char text[NOTICE_SIZE];

	if (!recording->off.n_items)
		return;
	memcpy(text, words, sizeof(words));
	off_calls_text(&recording->off, text + strlen(words), sizeof(text) - strlen(words));
	add_long_notice(notices, text);
}

/* What was changed by "sonde set". */
static void add_changes(struct notices *notices, const struct recording *recording)
{
	char names[NOTICE_SIZE / 2];

	if (recording->switched.n_items)
		add_notice(notices, STYLE_PLAIN, "counted for a part of the time only, switched off or on: %s",
			   list_names(&recording->switched, names, sizeof(names)));
	if (recording->retimed.n_items)
		add_notice(notices, STYLE_PLAIN, "timed more or less often from some moment on: %s",
			   list_names(&recording->retimed, names, sizeof(names)));
}

static void add_sandboxes(struct notices *notices, const struct recording *recording)
{
	uint64_t n = recording->n_sandboxed;

	if (n)
		add_notice(notices, STYLE_PLAIN,
			   "%" PRIu64 " process%s under seccomp: recorded in memory taken before", n,
			   plural_es(n));
}

/* -- Bytes that the kernel counted ------------------------------------------------------------------ */

/* Bytes that went one way. */
struct io_account {
	uint64_t kernel;
	uint64_t calls;
};

static double percent_of(const struct io_account *account)
{
	return 100.0 * (double)account->calls / (double)account->kernel;
}

/* By more than what "100 %" stands for. */
static bool is_more_than_all(const struct io_account *account)
{
	return account->calls && (!account->kernel || percent_of(account) >= 100.5);
}

static bool is_share(const struct io_account *account)
{
	return account->kernel && !is_more_than_all(account);
}

/* "98.1 %" */
static const char *percentage(const struct io_account *account, char ret_text[UNITS_SIZE])
{
	double percent = percent_of(account);

	snprintf(ret_text, UNITS_SIZE, percent >= 99.95 ? "%.0f %%" : "%.1f %%", percent);
	return ret_text;
}

/* "; calls account for 98.1 % and 100 %"; empty where nothing can be compared. */
static const char *share_text(const struct io_account *read, const struct io_account *written, char *ret_text,
			      size_t size)
{
	struct text text = text_init(ret_text, size);
	char number[UNITS_SIZE];

	if (!is_share(read) && !is_share(written))
		return ret_text;
	text_add(&text, "; calls account for ");
	text_add(&text, percentage(is_share(read) ? read : written, number));
	if (is_share(read) && is_share(written)) {
		text_add(&text, " and ");
		text_add(&text, percentage(written, number));
	} else {
		text_add(&text, is_share(read) ? " of the reads" : " of the writes");
	}
	return ret_text;
}

/* The kernel's figures have only processes whose end was waited for: the calls may have moved more than that. */
static void add_more_than_all(struct notices *notices, const struct io_account *read,
			      const struct io_account *written)
{
	char read_text[UNITS_SIZE];
	char written_text[UNITS_SIZE];

	units_bytes(read->calls, read_text);
	units_bytes(written->calls, written_text);
	if (is_more_than_all(read) && is_more_than_all(written))
		add_notice(notices, STYLE_PLAIN, "calls read %s and wrote %s: the kernel counted fewer processes",
			   read_text, written_text);
	else if (is_more_than_all(read))
		add_notice(notices, STYLE_PLAIN, "calls read %s: the kernel counted fewer processes", read_text);
	else if (is_more_than_all(written))
		add_notice(notices, STYLE_PLAIN, "calls wrote %s: the kernel counted fewer processes", written_text);
}

static void add_kernel_io(struct notices *notices, const struct recording *recording)
{
	const struct kernel_io *io = &recording->io;
	struct io_account read = {.kernel = io->read};
	struct io_account written = {.kernel = io->written};
	char read_text[UNITS_SIZE];
	char written_text[UNITS_SIZE];
	char shares[NOTICE_SIZE / 2];

	if (!io->is_known)
		return;
	recording_accounted_bytes(recording, &read.calls, &written.calls);
	add_notice(notices, STYLE_PLAIN, "kernel: %s read, %s written%s", units_bytes(io->read, read_text),
		   units_bytes(io->written, written_text), share_text(&read, &written, shares, sizeof(shares)));
	if (read.calls < read.kernel || written.calls < written.kernel)
		add_notice(notices, STYLE_PLAIN,
			   "the rest is libc's and its loader's own, or of what is named above");
	add_more_than_all(notices, &read, &written);
}

/* -- How figures came about ------------------------------------------------------------------------- */

/* Of all calls that are marked "~". */
static void add_sampling(struct notices *notices, const struct recording *recording)
{
	uint64_t timed = 0;
	uint64_t successes = 0;
	char timed_text[UNITS_SIZE];
	char successes_text[UNITS_SIZE];

	for (size_t i = 0; i < recording->calls.n_calls; i++) {
		const struct call_totals *call = &recording->calls.calls[i];

		if (!call_is_sampled(call))
			continue;
		timed += call->timed;
		successes += call_totals_successes(call);
	}
	if (timed)
		add_notice(notices, STYLE_PLAIN,
			   "~ scaled up from a sample: %s of %s such calls were timed",
			   units_count(timed, COUNT_DIGITS, timed_text),
			   units_count(successes, COUNT_DIGITS, successes_text));
}

/* How many of the processes before a position have the allocator of the one there. */
static size_t count_allocator(const struct recording *recording, const char *allocator, size_t end)
{
	size_t n = 0;

	for (size_t i = 0; i < end; i++) {
		const char *other = recording->processes[i]->allocator;

		n += other && strcmp(allocator, other) == 0;
	}
	return n;
}

/* What the stacks cost, and which are not there. */
static void add_stacks(struct notices *notices, const struct stack_list *list)
{
	uint64_t n_full = list->shortages[STACK_TABLE_FULL];
	uint64_t n_unknown = list->shortages[STACK_UNKNOWN];
	char each[UNITS_SIZE];
	char all[UNITS_SIZE];

	if (list->walks)
		add_notice(notices, STYLE_PLAIN, "%" PRIu64 " stack%s taken, %s each, %s in all", list->walks,
			   plural_s(list->walks), units_duration(list->walk_ns / list->walks, each),
			   units_duration(list->walk_ns + list->look_ns, all));
	if (list->heap_period > 1)
		add_notice(notices, STYLE_PLAIN, "allocations by site are estimates, from one stack in %s",
			   units_bytes(list->heap_period, each));
	if (n_full)
		add_notice(notices, STYLE_PLAIN, "%" PRIu64 " stack%s without a site: a process had no room for more",
			   n_full, plural_s(n_full));
	if (n_unknown)
		add_notice(notices, STYLE_PLAIN, "%" PRIu64 " stack%s could not be walked", n_unknown,
			   plural_s(n_unknown));
	if (list->shortages[STACK_UNFOLLOWED])
		add_notice(notices, STYLE_PLAIN, "%" PRIu64 " block%s not followed to the end: no room",
			   list->shortages[STACK_UNFOLLOWED], plural_s(list->shortages[STACK_UNFOLLOWED]));
}

/* Where malloc() is another than libc's, it is another program's work that is measured. */
static void add_allocators(struct notices *notices, const struct recording *recording)
{
	for (size_t i = 0; i < recording->n_process_records; i++) {
		const char *allocator = recording->processes[i]->allocator;
		char path[PATH_COLUMNS + 8];
		size_t n;

		if (!allocator || strncmp(allocator, "libc.so", 7) == 0 ||
		    count_allocator(recording, allocator, i))
			continue;
		n = count_allocator(recording, allocator, recording->n_process_records);
		add_notice(notices, STYLE_PLAIN, "malloc of %s in %zu process%s",
			   path_end(allocator, path, sizeof(path)), n, plural_es(n));
	}
}

/* "2 refused, 1 left at the end", of the snapshots that an exporter did not take. */
static const char *list_drops(const struct name_counts *counts, char *ret_text, size_t size)
{
	static const struct {
		const char *name;
		const char *words;
	} drops[] = {
		{"refused", "refused"},
		{"dropped_full", "without room in its queue"},
		{"dropped_stuck", "while it was stuck"},
		{"dropped_end", "left at the end"},
	};
	struct text text = text_init(ret_text, size);

	for (size_t i = 0; i < sizeof(drops) / sizeof(drops[0]); i++) {
		uint64_t n = name_counts_get(counts, drops[i].name);

		if (!n)
			continue;
		text_add(&text, *ret_text ? ", " : "");
		text_add_number(&text, n);
		text_add_char(&text, ' ');
		text_add(&text, drops[i].words);
	}
	return ret_text;
}

/* "3 series refused", of what one of its counts has gone wrong. */
static void add_plugin_count(struct notices *notices, const struct plugin_record *plugin, const char *name,
			     const char *words, const char *words_of_one)
{
	uint64_t n = name_counts_get(&plugin->counts, name);

	if (n)
		add_notice(notices, STYLE_ERROR, "%.64s: %" PRIu64 " %s", plugin->name, n, n == 1 ? words_of_one : words);
}

/* Its log says which they were. */
static void add_unexposed(struct notices *notices, const struct plugin_record *plugin)
{
	static const char *const counts[] = {"unexposed_kind", "unexposed_labels", "unexposed_sample"};
	uint64_t n = 0;

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		n += name_counts_get(&plugin->counts, counts[i]) > 0;
	if (n)
		add_notice(notices, STYLE_ERROR,
			   "%.64s: series left out of what it wrote: their names would be those of others",
			   plugin->name);
}

/* Figures that did not get to where they were to go, or did not come from where they should. */
static void add_plugins(struct notices *notices, const struct recording *recording)
{
	char drops[NOTICE_SIZE / 2];

	for (size_t i = 0; i < recording->n_plugins; i++) {
		const struct plugin_record *plugin = &recording->plugins[i];

		if (plugin->n_lost)
			add_notice(notices, STYLE_ERROR, "%.64s: %" PRIu64 " snapshot%s not taken: %s", plugin->name,
				   plugin->n_lost, plural_s(plugin->n_lost),
				   list_drops(&plugin->counts, drops, sizeof(drops)));
		add_plugin_count(notices, plugin, "rejected_points", "figures not taken by the receiver",
				 "figure not taken by the receiver");
		add_plugin_count(notices, plugin, "series_refused", "series refused: not as they should be",
				 "series refused: not as it should be");
		add_plugin_count(notices, plugin, "series_left_out", "series left out: others have the same names",
				 "series left out: another has the same name");
		add_plugin_count(notices, plugin, "overflowed",
				 "figures in series of overflow: their names have too many sets of tags",
				 "figure in a series of overflow: its name has too many sets of tags");
		add_unexposed(notices, plugin);
		add_plugin_count(notices, plugin, "collect_failed", "collections failed", "collection failed");
	}
}

/* A process has as many images as programs that it was: there may be more of them than processes. */
static void add_not_kept(struct notices *notices, uint64_t n_images)
{
	char text[UNITS_SIZE];

	if (n_images)
		add_notice(notices, STYLE_PLAIN, "%s process image%s in the totals only, without a record of %s own",
			   units_count(n_images, COUNT_DIGITS, text), plural_s(n_images), n_images == 1 ? "its" : "their");
}

static void add_all(struct notices *notices)
{
	const struct recording *recording = notices->page->recording;

	if (is_complete(recording))
		add_notice(notices, STYLE_PLAIN, "nothing was lost: every call %sof every watched process is counted",
			   recording->off.n_items ? "that is on " : "");
	add_losses(notices, recording);
	add_off(notices, recording);
	add_plugins(notices, recording);
	add_unwatched(notices, recording);
	add_changes(notices, recording);
	add_running(notices, recording);
	add_raw_calls(notices, recording);
	add_kernel_io(notices, recording);
	add_sandboxes(notices, recording);
	add_sampling(notices, recording);
	add_allocators(notices, recording);
	add_stacks(notices, &recording->stacks);
	add_not_kept(notices, recording->processes_not_kept);
}

size_t text_coverage_count(const struct page *page)
{
	struct notices notices = {.page = page};

	add_all(&notices);
	return notices.n;
}

void text_coverage(const struct page *page, size_t max_rows)
{
	struct notices notices = {
		.page = page,
		.max_rows = max_rows,
		.n_total = text_coverage_count(page),
	};
	struct line line;

	page_line(page, &line);
	line_add(&line, STYLE_TITLE, "COVERAGE", 0);
	line_write(&line, page->file);
	add_all(&notices);
	if (notices.n <= max_rows)
		return;
	page_line(page, &line);
	line_print(&line, STYLE_DIM, "(%zu more)", notices.n - (max_rows - 1));
	line_write(&line, page->file);
}
