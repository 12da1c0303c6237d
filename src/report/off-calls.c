// SPDX-License-Identifier: MIT
/*
 * A recording names calls only; which group they are of, and whether that is all of it, says our own call table. Names that
 * it does not have, of a recording of another version, are part of the rest that is only counted.
 */
#include "config.h"

#include "report/off-calls.h"

#include "base/text.h"
#include "calls/call.h"
#include "model/recording.h"

#include <stdbool.h>
#include <string.h>

enum {
	LISTED_NAMES = 4,  /* of a group */
	LISTED_GROUPS = 3, /* of those that are off in part */
};

struct off_text {
	const struct name_counts *off;
	struct text text;
	size_t n_said; /* calls, by name or by group */
};

static bool is_off(const struct off_text *off, unsigned int call)
{
	return name_counts_get(off->off, call_table[call].name) > 0;
}

/* How many calls of a group there are, and how many of them are off. */
static size_t count_calls(const struct off_text *off, const char *group, size_t *ret_off)
{
	size_t n = 0;
	size_t n_off = 0;

	for (unsigned int call = 0; call < CALL_COUNT; call++) {
		if (strcmp(call_table[call].group, group) != 0)
			continue;
		n++;
		n_off += is_off(off, call);
	}
	*ret_off = n_off;
	return n;
}

/* The group after another in the order of names; NULL after the last. */
static const char *next_group(const char *group)
{
	const char *next = NULL;

	for (unsigned int call = 0; call < CALL_COUNT; call++) {
		const char *other = call_table[call].group;

		if (strcmp(other, group) > 0 && (!next || strcmp(other, next) < 0))
			next = other;
	}
	return next;
}

static void add_whole_groups(struct off_text *off)
{
	bool is_first = true;
	size_t n_off;

	for (const char *group = next_group(""); group; group = next_group(group)) {
		if (count_calls(off, group, &n_off) != n_off)
			continue;
		text_add(&off->text, is_first ? "all of " : ", ");
		text_add(&off->text, group);
		off->n_said += n_off;
		is_first = false;
	}
}

/* "; of io: lseek, read, 3 more" */
static void add_group(struct off_text *off, const char *group, size_t n_off)
{
	size_t n_listed = 0;

	text_add(&off->text, off->text.len ? "; of " : "of ");
	text_add(&off->text, group);
	for (size_t i = 0; i < off->off->n_items && n_listed < LISTED_NAMES; i++) {
		const char *name = off->off->items[i].name;

		if (!call_is_of_group(name, group))
			continue;
		text_add(&off->text, n_listed++ ? ", " : ": ");
		text_add(&off->text, name);
	}
	if (n_off > n_listed) {
		text_add(&off->text, ", ");
		text_add_number(&off->text, n_off - n_listed);
		text_add(&off->text, " more");
	}
	off->n_said += n_off;
}

static void add_parts_of_groups(struct off_text *off)
{
	size_t n_groups = 0;
	size_t n_off;

	for (const char *group = next_group(""); group && n_groups < LISTED_GROUPS; group = next_group(group)) {
		if (count_calls(off, group, &n_off) == n_off || !n_off)
			continue;
		add_group(off, group, n_off);
		n_groups++;
	}
}

const char *off_calls_text(const struct name_counts *names, char *ret_text, size_t size)
{
	struct off_text off = {.off = names, .text = text_init(ret_text, size)};

	add_whole_groups(&off);
	add_parts_of_groups(&off);
	size_t n_rest = names->n_items - off.n_said;

	if (!n_rest)
		return ret_text;
	text_add(&off.text, off.text.len ? "; " : "");
	text_add_number(&off.text, n_rest);
	text_add(&off.text, off.n_said ? " more" : n_rest == 1 ? " call" : " calls");
	return ret_text;
}
