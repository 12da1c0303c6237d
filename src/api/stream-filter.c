// SPDX-License-Identifier: MIT
#include "config.h"

#include "api/stream-filter.h"

#include <stdlib.h>
#include <string.h>

#include "api/figures.h"
#include "api/values.h"

enum { TYPES_ALL = (2u << SONDE_RATE) - (1u << SONDE_COUNTER) };

/* Not tolower(): what a name is does not depend on the locale. */
static char small(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static int copy_names(struct stream_filter *filter, const struct sonde_stream_filter *given)
{
	filter->names = calloc(given->n_names + 1, sizeof(*filter->names));
	if (!filter->names)
		return SONDE_ENOMEM;
	for (size_t i = 0; i < given->n_names; i++) {
		if (!given->names[i] || !*given->names[i])
			return SONDE_EINVAL;
		filter->names[i] = strdup(given->names[i]);
		if (!filter->names[i])
			return SONDE_ENOMEM;
		filter->n_names++;
		for (char *c = filter->names[i]; *c; c++)
			*c = small(*c);
	}
	return 0;
}

static int copy_tags(struct stream_filter *filter, const struct sonde_stream_filter *given)
{
	filter->tags = calloc(given->n_tags + 1, sizeof(*filter->tags));
	if (!filter->tags)
		return SONDE_ENOMEM;
	for (size_t i = 0; i < given->n_tags; i++) {
		if (!given->tags[i].key || !given->tags[i].value)
			return SONDE_EINVAL;
		filter->tags[i].key = strdup(given->tags[i].key);
		filter->tags[i].value = strdup(given->tags[i].value);
		filter->n_tags++;
		if (!filter->tags[i].key || !filter->tags[i].value)
			return SONDE_ENOMEM;
	}
	return 0;
}

int stream_filter_init(struct stream_filter *filter, const struct sonde_stream_filter *given)
{
	*filter = (struct stream_filter){.types = TYPES_ALL};
	if (!given)
		return 0;
	if ((given->types & ~(uint32_t)TYPES_ALL) || (given->n_names && !given->names) ||
	    (given->n_tags && !given->tags))
		return SONDE_EINVAL;
	if (given->types)
		filter->types = given->types;
	int error = copy_names(filter, given);

	return error ? error : copy_tags(filter, given);
}

void stream_filter_deinit(struct stream_filter *filter)
{
	for (size_t i = 0; i < filter->n_names; i++)
		free(filter->names[i]);
	for (size_t i = 0; i < filter->n_tags; i++) {
		free((char *)filter->tags[i].key);
		free((char *)filter->tags[i].value);
	}
	free(filter->names);
	free(filter->tags);
	*filter = (struct stream_filter){0};
}

/* When what follows the last star does not fit, the star takes one character more: so no pattern
 * takes longer than its length times the name's. */
static bool is_like(const char *name, const char *pattern)
{
	const char *after_star = NULL;
	const char *taken = NULL;

	while (*name) {
		if (*pattern == '*') {
			after_star = ++pattern;
			taken = name;
		} else if (*pattern == '?' || *pattern == small(*name)) {
			pattern++;
			name++;
		} else if (after_star) {
			pattern = after_star;
			name = ++taken;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

static bool has_name(const struct stream_filter *filter, const char *name)
{
	for (size_t i = 0; i < filter->n_names; i++)
		if (is_like(name, filter->names[i]))
			return true;
	return filter->n_names == 0;
}

bool stream_filter_lets(const struct stream_filter *filter, const struct series *series)
{
	return (filter->types & 1u << value_type(series)) && has_name(filter, series->name) &&
	       series_meets(series, filter->tags, filter->n_tags);
}
