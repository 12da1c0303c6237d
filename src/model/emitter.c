// SPDX-License-Identifier: MIT
/*
 * Two arrays, each with an index by hash: the names there have been (families), and the sets of
 * tags that are remembered. A set knows in which collection it was last reported; so it is known
 * when one comes twice, and which are gone.
 *
 * A series of overflow is the sum of the sets that have no series. Were it simply that sum, it
 * would fall when one of them ends, and whoever looks at differences would take that for a new
 * start and count all of it again. So what came from one collection to the next is added up.
 */
#include "config.h"

#include "model/emitter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/path-like.h"
#include "model/hash-index.h"
#include "model/series-check.h"
#include "model/snapshot-build.h"

#define OVERFLOW_KEY "otel.metric.overflow"

static const struct tag overflow_tag = {OVERFLOW_KEY, "true"};

struct family {
	struct series *pattern; /* its name, unit and kind */
	size_t n_sets;		/* with a series of their own */
	size_t n_path_sets;	/* of them, with a tag like a path */
	bool is_overflowing;
	struct series *rest;	    /* the sum of the other sets in this collection; NULL: none */
	struct series *rest_before; /* in the last one */
	struct series *overflow;    /* added up so far */
};

struct tag_set {
	uint64_t hash;
	size_t family;
	struct series *identity; /* name and tags */
	struct series *reported; /* in this collection; NULL: not, or it is in the rest */
	uint64_t collection;	 /* the last one in which it was reported */
	int64_t start_ns;	 /* when it was first in a snapshot; 0: not yet */
	bool is_in_rest;
	bool has_path;
};

struct emitter {
	struct emitter_limits limits;
	uint64_t collection; /* from 1 on */
	struct family *families;
	size_t n_families;
	struct hash_index family_index;
	struct tag_set *sets;
	size_t n_sets;
	struct hash_index set_index;
	uint64_t n_refused[EMITTER_REFUSALS];
	uint64_t n_overflowed;
};

struct emitter *emitter_new(struct emitter_limits limits)
{
	struct emitter *emitter = calloc(1, sizeof(*emitter));

	if (!emitter)
		return NULL;
	emitter->collection = 1;
	emitter->limits = (struct emitter_limits){
		.max_tag_sets = limits.max_tag_sets ? limits.max_tag_sets : EMITTER_TAG_SETS,
		.max_path_tag_sets = limits.max_path_tag_sets ? limits.max_path_tag_sets
							      : EMITTER_PATH_TAG_SETS,
		.max_series = limits.max_series ? limits.max_series : EMITTER_SERIES,
	};
	return emitter;
}

static void family_deinit(struct family *family)
{
	free(family->pattern);
	free(family->rest);
	free(family->rest_before);
	free(family->overflow);
}

static void set_deinit(struct tag_set *set)
{
	free(set->identity);
	free(set->reported);
}

struct emitter *emitter_free(struct emitter *emitter)
{
	if (!emitter)
		return NULL;
	for (size_t i = 0; i < emitter->n_families; i++)
		family_deinit(&emitter->families[i]);
	for (size_t i = 0; i < emitter->n_sets; i++)
		set_deinit(&emitter->sets[i]);
	free(emitter->families);
	free(emitter->sets);
	hash_index_deinit(&emitter->family_index);
	hash_index_deinit(&emitter->set_index);
	free(emitter);
	return NULL;
}

static int refuse(struct emitter *emitter, enum emitter_refusal reason, int error)
{
	emitter->n_refused[reason]++;
	return error;
}

/* An array that has grown by one at each power of two. */
static void *room_for_one_more(void *items, size_t n_items, size_t item_size)
{
	if (n_items & (n_items - 1))
		return items;
	return reallocarray(items, n_items ? 2 * n_items : 1, item_size);
}

/* A copy without value and, if asked for, without tags. */
static struct series *copy_identity(const struct series *series, bool with_tags)
{
	struct series identity = *series;

	identity.type = SERIES_GAUGE;
	identity.value.number = 0;
	identity.n_exemplars = 0;
	if (!with_tags)
		identity.n_tags = 0;
	return series_copy(&identity);
}

/* -------------------------------------------------------------------------------------- families
 */

static struct family *find_family(struct emitter *emitter, const char *name)
{
	uint64_t hash = hash_string(HASH_START, name);
	size_t cursor = 0;
	size_t position;

	while (hash_index_next(&emitter->family_index, hash, &cursor, &position))
		if (strcmp(emitter->families[position].pattern->name, name) == 0)
			return &emitter->families[position];
	return NULL;
}

/* NULL: without memory, or there are too many. */
static struct family *add_family(struct emitter *emitter, const struct series *series)
{
	size_t n = emitter->n_families;
	struct family *families;
	struct series *pattern;

	if (n == emitter->limits.max_series)
		return NULL;
	families = room_for_one_more(emitter->families, n, sizeof(*families));
	if (!families)
		return NULL;
	emitter->families = families;
	pattern = copy_identity(series, false);
	if (!pattern ||
	    hash_index_add(&emitter->family_index, hash_string(HASH_START, series->name), n)) {
		free(pattern);
		return NULL;
	}
	pattern->type = series->type;
	families[n] = (struct family){.pattern = pattern};
	emitter->n_families++;
	return &families[n];
}

static bool fits(const struct family *family, const struct series *series)
{
	return family->pattern->type == series->type &&
	       family->pattern->is_fractional == series->is_fractional &&
	       strcmp(family->pattern->unit, series->unit) == 0;
}

/* ------------------------------------------------------------------------------------------ sets
 */

static uint64_t hash_series(const struct series *series)
{
	uint64_t hash = hash_string(HASH_START, series->name);

	for (size_t i = 0; i < series->n_tags; i++) {
		hash = hash_string(hash, series->tags[i].key);
		hash = hash_string(hash, series->tags[i].value);
	}
	return hash;
}

static struct tag_set *find_set(struct emitter *emitter, const struct series *series, uint64_t hash)
{
	size_t cursor = 0;
	size_t position;

	while (hash_index_next(&emitter->set_index, hash, &cursor, &position))
		if (series_compare(emitter->sets[position].identity, series) == 0)
			return &emitter->sets[position];
	return NULL;
}

/* NULL: without memory, or there are too many. */
static struct tag_set *add_set(struct emitter *emitter, const struct series *series, uint64_t hash)
{
	size_t n = emitter->n_sets;
	struct tag_set *sets;
	struct series *identity;

	if (n == emitter->limits.max_series)
		return NULL;
	sets = room_for_one_more(emitter->sets, n, sizeof(*sets));
	if (!sets)
		return NULL;
	emitter->sets = sets;
	identity = copy_identity(series, true);
	if (!identity || hash_index_add(&emitter->set_index, hash, n)) {
		free(identity);
		return NULL;
	}
	sets[n] = (struct tag_set){.hash = hash, .identity = identity};
	emitter->n_sets++;
	return &sets[n];
}

static bool has_path(const struct series *series)
{
	for (size_t i = 0; i < series->n_tags; i++)
		if (path_like_key(series->tags[i].key, strlen(series->tags[i].key)) ||
		    path_like_value(series->tags[i].value, strlen(series->tags[i].value)))
			return true;
	return false;
}

/* A set that is new gets a series of its own, or none, from its first report on. */
static void admit(struct emitter *emitter, struct tag_set *set, struct family *family)
{
	set->family = (size_t)(family - emitter->families);
	set->has_path = has_path(set->identity);
	set->is_in_rest =
		family->n_sets >= emitter->limits.max_tag_sets ||
		(set->has_path && family->n_path_sets >= emitter->limits.max_path_tag_sets);
	if (set->is_in_rest) {
		family->is_overflowing = true;
		return;
	}
	family->n_sets++;
	family->n_path_sets += set->has_path;
}

static int report_in_rest(struct family *family, const struct series *series)
{
	struct series of_rest = *series;

	if (family->rest) {
		series_add(family->rest, series);
		return 0;
	}
	of_rest.tags = &overflow_tag;
	of_rest.n_tags = 1;
	of_rest.start_ns = 0;
	of_rest.n_exemplars = 0;
	family->rest = series_copy(&of_rest);
	return family->rest ? 0 : -ENOMEM;
}

static int report(struct emitter *emitter, struct tag_set *set, const struct series *series)
{
	if (set->is_in_rest) {
		if (report_in_rest(&emitter->families[set->family], series))
			return -ENOMEM;
		emitter->n_overflowed++;
	} else {
		set->reported = series_copy(series);
		if (!set->reported)
			return -ENOMEM;
	}
	set->collection = emitter->collection;
	return 0;
}

/* Takes a series that is valid, its tags in order. */
static int take(struct emitter *emitter, const struct series *series)
{
	uint64_t hash = hash_series(series);
	struct family *family = find_family(emitter, series->name);

	if (!family)
		family = add_family(emitter, series);
	if (!family)
		return refuse(emitter, EMITTER_FULL, -ENOSPC);
	if (!fits(family, series))
		return refuse(emitter, EMITTER_CONFLICT, -EINVAL);

	struct tag_set *set = find_set(emitter, series, hash);

	if (set && set->collection == emitter->collection)
		return refuse(emitter, EMITTER_TWICE, -EEXIST);
	if (!set) {
		set = add_set(emitter, series, hash);
		if (!set)
			return refuse(emitter, EMITTER_FULL, -ENOSPC);
		admit(emitter, set, family);
	}
	return report(emitter, set, series) ? refuse(emitter, EMITTER_FULL, -ENOMEM) : 0;
}

/* Without empty values. */
static size_t copy_tags(const struct series *series, struct tag *ret_tags)
{
	size_t n = 0;

	for (size_t i = 0; i < series->n_tags; i++)
		if (!series->tags[i].value || series->tags[i].value[0])
			ret_tags[n++] = series->tags[i];
	return n;
}

static bool has_null_or_reserved_key(const struct tag *tags, size_t n_tags)
{
	for (size_t i = 0; i < n_tags; i++)
		if (!tags[i].key || !tags[i].value || strcmp(tags[i].key, OVERFLOW_KEY) == 0)
			return true;
	return false;
}

int emitter_add(struct emitter *emitter, const struct series *series)
{
	struct tag tags[SERIES_TAGS_MAX];
	struct series normal = *series;

	if (series->n_tags > SERIES_TAGS_MAX)
		return refuse(emitter, EMITTER_INVALID, -EINVAL);
	normal.tags = tags;
	normal.n_tags = copy_tags(series, tags);
	if (has_null_or_reserved_key(tags, normal.n_tags))
		return refuse(emitter, EMITTER_INVALID, -EINVAL);
	tags_sort(tags, normal.n_tags);
	if (!series_is_valid(&normal))
		return refuse(emitter, EMITTER_INVALID, -EINVAL);
	return take(emitter, &normal);
}

/* ------------------------------------------------------------------------- the end of a collection
 */

/* Adds what the rest has grown by. What it has fallen by was counted and stays so. */
static int grow_overflow(struct family *family, int64_t taken_ns)
{
	if (!family->overflow) {
		family->overflow = series_copy(family->rest);
		if (!family->overflow)
			return -ENOMEM;
		family->overflow->start_ns = taken_ns;
		return 0;
	}
	if (!series_is_cumulative(family->rest)) {
		series_add(family->overflow, family->rest);
		return 0;
	}
	if (family->rest_before && series_has_restarted(family->rest, family->rest_before))
		return 0;

	struct series *growth = series_difference(family->rest, family->rest_before);

	if (!growth)
		return -ENOMEM;
	series_add(family->overflow, growth);
	free(growth);
	return 0;
}

/* Adds the series of overflow, if the name has one, to a snapshot. */
static int finish_family(struct family *family, int64_t taken_ns, struct snapshot *snapshot)
{
	if (!family->rest)
		return 0;
	int error = grow_overflow(family, taken_ns);

	return error ? error : snapshot_adopt(snapshot, series_copy(family->overflow));
}

static int finish_set(struct tag_set *set, int64_t taken_ns, struct snapshot *snapshot)
{
	struct series *reported = set->reported;

	if (!reported)
		return 0;
	if (!set->start_ns)
		set->start_ns = taken_ns;
	if (!reported->start_ns)
		reported->start_ns = set->start_ns;
	set->reported = NULL;
	return snapshot_adopt(snapshot, reported);
}

static void settle_family(struct family *family)
{
	free(family->rest_before);
	family->rest_before = family->rest;
	family->rest = NULL;
	if (!family->rest_before) {
		free(family->overflow);
		family->overflow = NULL;
		family->is_overflowing = false;
	}
}

/* Where there is a rest, who has a series keeps it, also for a while unseen. */
static bool is_to_be_remembered(const struct emitter *emitter, const struct tag_set *set)
{
	if (set->collection == emitter->collection)
		return true;
	return !set->is_in_rest && emitter->families[set->family].is_overflowing;
}

static void forget_gone_sets(struct emitter *emitter)
{
	size_t n_kept = 0;

	for (size_t i = 0; i < emitter->n_sets; i++) {
		struct tag_set *set = &emitter->sets[i];

		if (is_to_be_remembered(emitter, set)) {
			emitter->sets[n_kept++] = *set;
			continue;
		}
		if (!set->is_in_rest) {
			emitter->families[set->family].n_sets--;
			emitter->families[set->family].n_path_sets -= set->has_path;
		}
		set_deinit(set);
	}
	if (n_kept == emitter->n_sets)
		return;
	emitter->n_sets = n_kept;
	hash_index_clear(&emitter->set_index);
	/* It has had more items than these, so it has room. */
	for (size_t i = 0; i < n_kept; i++)
		hash_index_add(&emitter->set_index, emitter->sets[i].hash, i);
}

int emitter_finish(struct emitter *emitter, int64_t taken_ns, struct snapshot **ret_snapshot)
{
	struct snapshot *snapshot = snapshot_new(taken_ns);
	int error = snapshot ? 0 : -ENOMEM;

	for (size_t i = 0; !error && i < emitter->n_sets; i++)
		error = finish_set(&emitter->sets[i], taken_ns, snapshot);
	for (size_t i = 0; !error && i < emitter->n_families; i++)
		error = finish_family(&emitter->families[i], taken_ns, snapshot);
	if (error) {
		snapshot_put(snapshot);
		emitter_cancel(emitter);
		return error;
	}
	for (size_t i = 0; i < emitter->n_families; i++)
		settle_family(&emitter->families[i]);
	forget_gone_sets(emitter);
	emitter->collection++;
	/* Nothing is left out by this: all were found to be different as they came. */
	snapshot_seal(snapshot);
	*ret_snapshot = snapshot;
	return 0;
}

void emitter_cancel(struct emitter *emitter)
{
	for (size_t i = 0; i < emitter->n_sets; i++) {
		free(emitter->sets[i].reported);
		emitter->sets[i].reported = NULL;
	}
	for (size_t i = 0; i < emitter->n_families; i++) {
		free(emitter->families[i].rest);
		emitter->families[i].rest = NULL;
	}
	emitter->collection++;
}

uint64_t emitter_n_refused(const struct emitter *emitter, enum emitter_refusal reason)
{
	return emitter->n_refused[reason];
}

uint64_t emitter_n_overflowed(const struct emitter *emitter)
{
	return emitter->n_overflowed;
}
