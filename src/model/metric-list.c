// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/metric-list.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void metric_list_deinit(struct metric_list *list)
{
	for (size_t i = 0; i < list->n_entries; i++)
		free(list->entries[i].series);
	free(list->entries);
	hash_index_deinit(&list->index);
	hash_index_deinit(&list->names);
	*list = (struct metric_list){0};
}

static uint64_t hash_series(const struct series *series)
{
	uint64_t hash = hash_string(HASH_START, series->name);

	for (size_t i = 0; i < series->n_tags; i++) {
		hash = hash_string(hash, series->tags[i].key);
		hash = hash_string(hash, series->tags[i].value);
	}
	return hash;
}

struct metric_entry *metric_list_find(const struct metric_list *list, const struct series *key)
{
	size_t cursor = 0;
	size_t position;

	while (hash_index_next(&list->index, hash_series(key), &cursor, &position))
		if (series_compare(list->entries[position].series, key) == 0)
			return &list->entries[position];
	return NULL;
}

struct metric_entry *metric_list_first(const struct metric_list *list, const char *name)
{
	size_t cursor = 0;
	size_t position;

	while (hash_index_next(&list->names, hash_string(HASH_START, name), &cursor, &position))
		if (strcmp(list->entries[position].series->name, name) == 0)
			return &list->entries[position];
	return NULL;
}

static int append(struct metric_list *list, const struct series *series, int64_t changed_ns)
{
	size_t n = list->n_entries;

	/* The capacity is the next power of two. */
	if (!(n & (n - 1))) {
		void *larger = reallocarray(list->entries, n ? 2 * n : 1, sizeof(*list->entries));

		if (!larger)
			return -ENOMEM;
		list->entries = larger;
	}
	struct series *copy = series_copy(series);

	if (!copy || hash_index_add(&list->index, hash_series(copy), n) ||
	    (!metric_list_first(list, copy->name) &&
	     hash_index_add(&list->names, hash_string(HASH_START, copy->name), n))) {
		free(copy);
		return -ENOMEM;
	}
	list->entries[n] = (struct metric_entry){copy, changed_ns};
	list->n_entries++;
	return 0;
}

static bool is_of_one_kind(const struct series *left, const struct series *right)
{
	if (left->type != right->type || left->is_fractional != right->is_fractional ||
	    strcmp(left->unit, right->unit) != 0)
		return false;
	return !series_has_histogram(left) ||
	       left->value.histogram->first_index == right->value.histogram->first_index;
}

static bool is_reserved(const char *name)
{
	return strncmp(name, "libc.", 5) == 0 || strncmp(name, "sonde.", 6) == 0;
}

static double merged(double old, double new, unsigned int merge, bool is_later)
{
	switch (merge & ~(unsigned int)MERGE_LIVE) {
	case MERGE_SUM:
		return old + new;
	case MERGE_MIN:
		return fmin(old, new);
	case MERGE_MAX:
		return fmax(old, new);
	default:
		return is_later ? new : old;
	}
}

static void merge_gauge(struct metric_entry *entry, const struct series *series, unsigned int merge,
			int64_t changed_ns)
{
	bool is_later = changed_ns >= entry->changed_ns;

	entry->series->value.number =
		merged(entry->series->value.number, series->value.number, merge, is_later);
	if (is_later)
		entry->changed_ns = changed_ns;
}

int metric_list_add(struct metric_list *list, const struct series *series, unsigned int merge,
		    int64_t changed_ns)
{
	const struct metric_entry *first = metric_list_first(list, series->name);
	struct metric_entry *entry = first ? metric_list_find(list, series) : NULL;

	if (is_reserved(series->name) || (first && !is_of_one_kind(first->series, series)) ||
	    (!entry && list->n_entries == METRIC_LIST_MAX)) {
		list->n_refused++;
		return 0;
	}
	if (!entry)
		return append(list, series, changed_ns);
	if (series->start_ns < entry->series->start_ns)
		entry->series->start_ns = series->start_ns;
	if (series_is_cumulative(series))
		series_add(entry->series, series);
	else
		merge_gauge(entry, series, merge, changed_ns);
	return 0;
}
