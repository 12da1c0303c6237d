// SPDX-License-Identifier: MIT
/*
 * Where calls came from: in the report the first site of the most frequent failures and of what was slow or allocated most; in a
 * report of its own all sites, each with the way to it.
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
	TOP_ALLOCATIONS = 2,
	WHAT_COLUMNS = 17,
	AMOUNT_COLUMNS = 10,
	SHARE_COLUMNS = 7,
	COUNT_DIGITS = 9,
	FRAMES_SHOWN = 12,
};

/* What the sites of one call, kind and code come to together. */
struct share {
	uint64_t all;
	bool is_first; /* of them */
};

static uint64_t weight(const struct site *site)
{
	if (site->stack->kind == STACK_SLOW)
		return site->figures.sum_ns;
	if (site->stack->kind == STACK_ALLOCATION)
		return site->figures.live_bytes ? site->figures.live_bytes : site->figures.bytes;
	return site->figures.count;
}

/* Allocations of all calls are one thing. */
static bool is_one_thing(const struct site *a, const struct site *b)
{
	if (a->stack->kind != b->stack->kind)
		return false;
	if (a->stack->kind == STACK_ALLOCATION)
		return true;
	const char *left = a->stack->code ? a->stack->code : "";
	const char *right = b->stack->code ? b->stack->code : "";

	return strcmp(a->stack->call, b->stack->call) == 0 && strcmp(left, right) == 0;
}

static struct share share_of(const struct site *sites, size_t n, size_t i)
{
	struct share share = {.is_first = true};

	for (size_t other = 0; other < n; other++) {
		if (!is_one_thing(&sites[i], &sites[other]))
			continue;
		share.all += weight(&sites[other]);
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
static bool is_top(const struct site *sites, size_t n, size_t i, unsigned int *n_shown)
{
	enum stack_kind kind = sites[i].stack->kind;

	if (n_shown[kind] >= most_of(kind))
		return false;
	if (kind != STACK_ALLOCATION && !share_of(sites, n, i).is_first)
		return false;
	n_shown[kind]++;
	return true;
}

static const char *what_of(const struct site *site)
{
	static const char *const words[] = {
		[STACK_FAILURE] = "failed",
		[STACK_SLOW] = "slow",
		[STACK_EVERY] = "any",
		[STACK_ALLOCATION] = "allocated",
	};

	return site->stack->code ? site->stack->code : words[site->stack->kind];
}

static const char *amount_of(const struct site *site, char *ret_text)
{
	if (site->stack->kind == STACK_SLOW)
		return units_duration(site->figures.sum_ns, ret_text);
	if (site->stack->kind == STACK_ALLOCATION)
		return units_bytes(weight(site), ret_text);
	return units_count((uint64_t)(stack_calls(site->figures.count) + 0.5), COUNT_DIGITS, ret_text);
}

static void add_site(struct line *line, const struct page *page, size_t frame, size_t number)
{
	const struct stack_list *list = &page->recording->stacks;
	char name[FRAME_NAME_SIZE];

	line_add(line, STYLE_PLAIN, stack_frame_site(list, &list->frames[frame], number, name), 0);
}

static void write_site(const struct page *page, const struct site *site, struct share share)
{
	const struct call_totals call = {.name = site->stack->call, .kind = ""};
	unsigned int column = page_name_columns(page);
	char text[UNITS_SIZE];
	struct line line;

	page_line(page, &line);
	page_add_name(page, &line, &call);
	line_pad(&line, column + 1);
	line_add(&line, STYLE_PLAIN, what_of(site), WHAT_COLUMNS - 1);
	line_pad(&line, column += WHAT_COLUMNS);
	line_add_right(&line, STYLE_PLAIN, amount_of(site, text), AMOUNT_COLUMNS);
	snprintf(text, sizeof(text), "%.0f%%", share.all ? 100.0 * (double)weight(site) / (double)share.all : 0.0);
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
	unsigned int n_shown[STACK_KINDS] = {0};
	size_t n;
	struct site *sites = sites_new(&page->recording->stacks, &n);
	size_t n_lines = 0;

	for (size_t i = 0; sites && i < n; i++)
		n_lines += is_top(sites, n, i, n_shown);
	free(sites);
	return n_lines ? n_lines + 2 : 0;
}

int text_sites(const struct page *page)
{
	unsigned int n_shown[STACK_KINDS] = {0};
	size_t n;
	struct site *sites = page->recording->stacks.n_stacks ? sites_new(&page->recording->stacks, &n) : NULL;

	if (!sites)
		return page->recording->stacks.n_stacks ? -ENOMEM : 0;
	if (text_sites_lines(page)) {
		fputc('\n', page->file);
		write_title(page);
	}
	for (size_t i = 0; i < n; i++)
		if (is_top(sites, n, i, n_shown))
			write_site(page, &sites[i], share_of(sites, n, i));
	free(sites);
	return 0;
}

/* -- All sites ----------------------------------------------------------------------------------------- */

/* The functions that led there, the nearest first. */
static void write_way(const struct page *page, const struct site *site)
{
	const struct stack_list *list = &page->recording->stacks;
	struct line line;
	size_t n_shown = 0;

	for (size_t i = site->position; i < site->stack->n_frames; i++) {
		size_t frame = site->stack->frames[i];

		/* The very first one is in the site's own line. */
		for (size_t number = i == site->position; number < stack_frame_n_names(&list->frames[frame]); number++) {
			if (n_shown++ == FRAMES_SHOWN)
				return;
			page_line(page, &line);
			line_add(&line, STYLE_DIM, "    from ", 0);
			add_site(&line, page, frame, number);
			line_write(&line, page->file);
		}
	}
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
	size_t n;
	struct site *sites = sites_new(&recording->stacks, &n);

	if (!sites)
		return -ENOMEM;
	if (n)
		write_title(&page);
	else
		write_empty(&page);
	for (size_t i = 0; i < n && i < max_sites; i++) {
		write_site(&page, &sites[i], share_of(sites, n, i));
		write_way(&page, &sites[i]);
	}
	free(sites);
	return fflush(file) == EOF || ferror(file) ? -EIO : 0;
}
