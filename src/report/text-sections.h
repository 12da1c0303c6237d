// SPDX-License-Identifier: MIT
/*
 * text-sections.h - the parts of the text report, for text.c only.
 *
 * A section that has more rows than it may show (at least one) ends with a row that says how much
 * is left out.
 */
#ifndef SONDE_REPORT_TEXT_SECTIONS_H
#define SONDE_REPORT_TEXT_SECTIONS_H

#include "report/line.h"
#include "report/text.h"

/* What is being written. */
struct page {
	const struct recording *recording;
	const struct text_options *options; /* with a width in range */
	FILE *file;
};

/* An empty line of the page's width. */
void page_line(const struct page *page, struct line *ret_line);

/* A call's name with its kind. */
size_t page_name_length(const struct call_totals *call);

/* The columns that the names of calls get: as many as the longest needs and the width allows. */
unsigned int page_name_columns(const struct page *page);

/* Adds a call's name and kind, in at most so many columns. */
void page_add_name(const struct page *page, struct line *line, const struct call_totals *call);

/* The line about memory; there is none when nothing was allocated, or not all of it counted. */
size_t text_memory_lines(const struct page *page);
void text_memory(const struct page *page);

/* Rows of it. */
size_t text_calls_count(const struct page *page);
/* The table of calls, with its title, and what had not come back. 0 or -ENOMEM. */
int text_calls(const struct page *page, size_t max_rows);

/* Lines of it, and how many of them say where a call failed. */
size_t text_failures_count(const struct page *page);
size_t text_failures_examples(const struct page *page);
/* The table of failures, with its title. 0 or -ENOMEM. */
int text_failures(const struct page *page, size_t max_rows);

/* What was done to files and with peers: a few of each, each after an empty line and with its title. 0 or -ENOMEM. */
size_t text_objects_lines(const struct page *page);
int text_objects(const struct page *page);
/* The first sites of failures, slow calls and allocations, after an empty line and with their title; nothing when there are none. */
size_t text_sites_lines(const struct page *page);
int text_sites(const struct page *page);

size_t text_metrics_count(const struct page *page);
/* The table of what programs recorded themselves, with its title. 0 or -ENOMEM. */
int text_metrics(const struct page *page, size_t max_rows);
/* How the plugins fared, after an empty line and with its title; nothing when there are none. */
size_t text_plugins_lines(const struct page *page);
void text_plugins(const struct page *page);

size_t text_coverage_count(const struct page *page);
/* What was not seen, with its title. */
void text_coverage(const struct page *page, size_t max_rows);

/* Whether the total time of a call is scaled up from a part of its calls. */
bool call_is_sampled(const struct call_totals *call);

#endif
