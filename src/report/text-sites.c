// SPDX-License-Identifier: MIT
/*
 * Where calls came from: in the report the first site of the most frequent failures and of what was slow, and of most bytes; in a
 * report of its own all sites, each with the ways to it.
 */
#include "config.h"

#include "report/text-sections.h"

#include "model/stack-name.h"
#include "report/sites.h"
#include "report/units.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	TOP_FAILURES = 4, /* calls and codes whose first site is in the report */
	TOP_SLOW = 3,
	TOP_ALLOCATIONS = 2, /* of live bytes, and of all */
	WHAT_COLUMNS = 17,
	AMOUNT_COLUMNS = 10,
	SHARE_COLUMNS = 7,
	COUNT_DIGITS = 9,
	FRAMES_SHOWN = 12,
	WAYS_SHOWN = 3,
	FUNCTION_LEAST = 12, /* columns of its name before file and line */
};

/* Live bytes have a place of their own behind the kinds. */
enum { THING_LIVE = STACK_KINDS, THINGS };

static enum stack_kind kind_of(const struct site *site)
{
	return site->ways->stack->kind;
}

static unsigned int thing_of(const struct site *site)
{
	return site->ways->is_live ? (unsigned int)THING_LIVE : (unsigned int)kind_of(site);
}

/* What the sites of one call, kind and code come to together. */
struct share {
	uint64_t all;
	bool is_first; /* of them */
};

/* Allocations of all calls are one thing. */
static bool is_one_thing(const struct site *a, const struct site *b)
{
	if (thing_of(a) != thing_of(b))
		return false;
	if (kind_of(a) == STACK_ALLOCATION)
		return true;
	const char *left = a->ways->stack->code ? a->ways->stack->code : "";
	const char *right = b->ways->stack->code ? b->ways->stack->code : "";

	return strcmp(a->ways->stack->call, b->ways->stack->call) == 0 && strcmp(left, right) == 0;
}

static struct share share_of(const struct site_list *list, size_t i)
{
	struct share share = {.is_first = true};

	for (size_t other = 0; other < list->n_sites; other++) {
		if (!is_one_thing(&list->sites[i], &list->sites[other]))
			continue;
		share.all += site_amount(&list->sites[other]);
		share.is_first &= other >= i;
	}
	return share;
}

static unsigned int most_of(enum stack_kind kind)
{
	switch (kind) {
	case STACK_FAILURE:
		return TOP_FAILURES;
	case STACK_SLOW:
		return TOP_SLOW;
	case STACK_ALLOCATION:
		return TOP_ALLOCATIONS;
	default:
		return 0;
	}
}

/* Whether the report shows it: the first of its thing; of allocations the first ones. */
static bool is_top(const struct site_list *list, size_t i, unsigned int n_shown[THINGS])
{
	const struct site *site = &list->sites[i];
	unsigned int *n = &n_shown[thing_of(site)];

	if (*n >= most_of(kind_of(site)))
		return false;
	if (kind_of(site) != STACK_ALLOCATION && !share_of(list, i).is_first)
		return false;
	++*n;
	return true;
}

static const char *what_of(const struct site *site)
{
	static const char *const words[THINGS] = {
		[STACK_FAILURE] = "failed",
		[STACK_SLOW] = "slow",
		[STACK_EVERY] = "any",
		[STACK_ALLOCATION] = "allocated",
		[THING_LIVE] = "live",
	};
	const char *code = site->ways->stack->code;

	return code ? code : words[thing_of(site)];
}

static const char *amount_text(enum stack_kind kind, uint64_t amount, char *ret_text)
{
	if (kind == STACK_SLOW)
		return units_duration(amount, ret_text);
	if (kind == STACK_ALLOCATION)
		return units_bytes(amount, ret_text);
	return units_count((uint64_t)(stack_calls(amount) + 0.5), COUNT_DIGITS, ret_text);
}

/* File and line are the last that is given up: names of templates are longer than any line. */
static void add_site(struct line *line, const struct page *page, size_t frame, size_t number)
{
	const struct stack_list *list = &page->recording->stacks;
	char function[FRAME_NAME_SIZE];
	char place[FRAME_NAME_SIZE];

	stack_frame_function(list, &list->frames[frame], number, function);
	stack_frame_place(&list->frames[frame], number, place);
	size_t room = line->width - line->columns;
	bool has_room_for_both = strlen(place) + FUNCTION_LEAST <= room;

	line_add(line, STYLE_PLAIN, function, has_room_for_both ? (unsigned int)(room - strlen(place)) : 0);
	line_add(line, STYLE_PLAIN, place, 0);
}

static void write_site(const struct page *page, const struct site_list *list, size_t i)
{
	const struct site *site = &list->sites[i];
	const struct call_totals call = {.name = site->ways->stack->call, .kind = ""};
	uint64_t all = share_of(list, i).all;
	unsigned int column = page_name_columns(page);
	char text[UNITS_SIZE];
	struct line line;

	page_line(page, &line);
	page_add_name(page, &line, &call);
	line_pad(&line, column + 1);
	line_add(&line, STYLE_PLAIN, what_of(site), WHAT_COLUMNS - 1);
	line_pad(&line, column += WHAT_COLUMNS);
	line_add_right(&line, STYLE_PLAIN, amount_text(kind_of(site), site_amount(site), text), AMOUNT_COLUMNS);
	snprintf(text, sizeof(text), "%.0f%%", all ? 100.0 * (double)site_amount(site) / (double)all : 0.0);
	line_add_right(&line, STYLE_PLAIN, text, SHARE_COLUMNS);
	line_pad(&line, column + AMOUNT_COLUMNS + SHARE_COLUMNS + 2);
	add_site(&line, page, site->frame, 0);
	line_write(&line, page->file);
}

static void write_title(const struct page *page)
{
	unsigned int column = page_name_columns(page);
	struct line line;

	page_line(page, &line);
	line_add(&line, STYLE_TITLE, "FROM WHERE", 0);
	line_pad(&line, column + 1);
	line_add(&line, STYLE_TITLE, "WHAT", 0);
	line_pad(&line, column += WHAT_COLUMNS);
	line_add_right(&line, STYLE_TITLE, "AMOUNT", AMOUNT_COLUMNS);
	line_add_right(&line, STYLE_TITLE, "SHARE", SHARE_COLUMNS);
	line_add(&line, STYLE_TITLE, "  SITE", 0);
	line_write(&line, page->file);
}

size_t text_sites_lines(const struct page *page)
{
	unsigned int n_shown[THINGS] = {0};
	struct site_list list;
	size_t n_lines = 0;

	if (site_list_init(&list, &page->recording->stacks) < 0)
		return 0;
	for (size_t i = 0; i < list.n_sites; i++)
		n_lines += is_top(&list, i, n_shown);
	site_list_deinit(&list);
	return n_lines ? n_lines + 2 : 0;
}

int text_sites(const struct page *page)
{
	unsigned int n_shown[THINGS] = {0};
	struct site_list list;

	if (!page->recording->stacks.n_stacks)
		return 0;
	if (site_list_init(&list, &page->recording->stacks) < 0)
		return -ENOMEM;
	if (text_sites_lines(page)) {
		fputc('\n', page->file);
		write_title(page);
	}
	for (size_t i = 0; i < list.n_sites; i++)
		if (is_top(&list, i, n_shown))
			write_site(page, &list, i);
	site_list_deinit(&list);
	return 0;
}

/* -- All sites ----------------------------------------------------------------------------------------- */

/* How much came this way, where that is not all. */
static void add_way_amount(struct line *line, const struct page *page, const struct site *site, const struct site_way *way)
{
	unsigned int column = page_name_columns(page) + WHAT_COLUMNS;
	char text[UNITS_SIZE];

	if (site->n_ways == 1)
		return;
	line_pad(line, column);
	line_add_right(line, STYLE_DIM, amount_text(kind_of(site), site_way_amount(way), text), AMOUNT_COLUMNS);
	line_pad(line, column + AMOUNT_COLUMNS + SHARE_COLUMNS + 2);
}

/* The functions that led there, the nearest first. */
static void write_way(const struct page *page, const struct site *site, const struct site_way *way)
{
	const struct stack_list *list = &page->recording->stacks;
	struct line line;
	size_t n_shown = 0;

	for (size_t i = way->position; i < way->stack->n_frames; i++) {
		size_t frame = way->stack->frames[i];

		/* The very first one is in the site's own line. */
		for (size_t number = i == way->position; number < stack_frame_n_names(&list->frames[frame]); number++) {
			if (n_shown++ == FRAMES_SHOWN)
				return;
			page_line(page, &line);
			line_add(&line, STYLE_DIM, "    from ", 0);
			if (n_shown == 1)
				add_way_amount(&line, page, site, way);
			add_site(&line, page, frame, number);
			line_write(&line, page->file);
		}
	}
}

static void write_ways(const struct page *page, const struct site *site)
{
	struct line line;

	for (size_t i = 0; i < site->n_ways && i < WAYS_SHOWN; i++)
		write_way(page, site, &site->ways[i]);
	if (site->n_ways <= WAYS_SHOWN)
		return;
	page_line(page, &line);
	line_print(&line, STYLE_DIM, "    (%zu more ways)", site->n_ways - WAYS_SHOWN);
	line_write(&line, page->file);
}

static void write_empty(const struct page *page)
{
	struct line line;

	page_line(page, &line);
	line_add(&line, STYLE_DIM, "no stacks: they are taken where the configuration says so (stacks.failures, ...)", 0);
	line_write(&line, page->file);
}

int text_report_sites(const struct recording *recording, const struct text_options *options, FILE *file)
{
	const struct page page = {recording, options, file};
	size_t max_sites = options->max_lines ? options->max_lines : SIZE_MAX;
	struct site_list list;

	if (site_list_init(&list, &recording->stacks) < 0)
		return -ENOMEM;
	if (list.n_sites)
		write_title(&page);
	else
		write_empty(&page);
	for (size_t i = 0; i < list.n_sites && i < max_sites; i++) {
		write_site(&page, &list, i);
		write_ways(&page, &list.sites[i]);
	}
	site_list_deinit(&list);
	return fflush(file) == EOF || ferror(file) ? -EIO : 0;
}
