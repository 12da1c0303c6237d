// SPDX-License-Identifier: MIT
#include "shared/sources.h"

#include <errno.h>
#include <string.h>

enum { SILENT_TURNS = 3, CODE_LEFT_OUT = 64 };

static struct sonde_snapshot_info info_of(const struct sources *sources, const struct sonde_snapshot *snapshot)
{
	struct sonde_snapshot_info info = {.struct_size = sizeof(info)};

	sources->host->snapshot_info(snapshot, &info);
	return info;
}

/* -- Leaving ---------------------------------------------------------------------------------- */

static void forget(struct sources *sources, size_t position)
{
	struct source *source = &sources->items[position];

	sources->size -= source->size;
	sources->host->snapshot_unref(source->newest);
	sources->n_items--;
	memmove(source, source + 1, (sources->n_items - position) * sizeof(*source));
}

void sources_deinit(struct sources *sources)
{
	while (sources->n_items > 0)
		forget(sources, sources->n_items - 1);
	sources->host->free(sources->host, sources->items);
	sources->items = NULL;
}

static void end(struct source *source, int64_t now_ns)
{
	if (!source->has_ended)
		source->ended_ns = now_ns;
	source->has_ended = true;
}

static void forget_old(struct sources *sources)
{
	int64_t now_ns = sources->host->now_mono_ns();

	for (size_t i = sources->n_items; i-- > 0;) {
		struct source *source = &sources->items[i];

		if (source->turn + SILENT_TURNS <= sources->turn)
			end(source, now_ns);
		if (source->has_ended && now_ns - source->ended_ns >= sources->keep_ns)
			forget(sources, i);
	}
}

/* False: none has ended. */
static bool forget_first_ended(struct sources *sources)
{
	const struct source *first = NULL;

	for (size_t i = 0; i < sources->n_items; i++) {
		const struct source *source = &sources->items[i];

		if (source->has_ended && (!first || source->ended_ns < first->ended_ns))
			first = source;
	}
	if (first)
		forget(sources, (size_t)(first - sources->items));
	return first;
}

/* -- Coming ----------------------------------------------------------------------------------- */

static bool is_same(const struct sonde_snapshot_info *a, const struct sonde_snapshot_info *b)
{
	if (a->n_source != b->n_source)
		return false;
	for (uint32_t i = 0; i < a->n_source; i++)
		if (strcmp(a->source[i].key, b->source[i].key) != 0 ||
		    strcmp(a->source[i].value, b->source[i].value) != 0)
			return false;
	return true;
}

/* NULL: this is its first snapshot. */
static struct source *find(const struct sources *sources, const struct sonde_snapshot_info *info)
{
	for (size_t i = 0; i < sources->n_items; i++) {
		struct sonde_snapshot_info other = info_of(sources, sources->items[i].newest);

		if (is_same(&other, info))
			return &sources->items[i];
	}
	return NULL;
}

static bool has_room(const struct sources *sources, uint64_t size)
{
	return sources->n_items == 0 || sources->size + size <= sources->memory;
}

static int make_room(struct sources *sources, uint64_t size)
{
	const struct sonde_host *host = sources->host;

	while (!has_room(sources, size) && forget_first_ended(sources))
		;
	if (!has_room(sources, size))
		return -ENOSPC;
	struct source *larger =
		host->realloc(host, sources->items, (sources->n_items + 1) * sizeof(*larger));

	if (!larger)
		return -ENOMEM;
	sources->items = larger;
	return 0;
}

/* Replaces what a source had, at its place; one that has given no other snapshot yet comes last. */
static void place(struct sources *sources, struct source *before, const struct source *source)
{
	if (before) {
		sources->size -= before->size;
		sources->host->snapshot_unref(before->newest);
		*before = *source;
	} else {
		sources->items[sources->n_items++] = *source;
	}
	sources->size += source->size;
	sources->host->snapshot_ref(source->newest);
}

static int take_one_of_several(struct sources *sources, const struct sonde_snapshot *snapshot,
			       const struct sonde_snapshot_info *info)
{
	struct source *before = find(sources, info);

	/* One that is offered again because it could not be taken somewhere begins no turn. */
	if (before && before->turn == sources->turn && before->sequence != info->sequence)
		sources->turn++;
	struct source source = {
		.newest = snapshot,
		.size = info->size,
		.sequence = info->sequence,
		.turn = sources->turn,
	};

	if (info->flags & SONDE_SNAPSHOT_FINAL)
		end(&source, sources->host->now_mono_ns());
	if (before && sources->size - before->size + source.size <= sources->memory) {
		place(sources, before, &source);
		return 0;
	}
	if (before)
		forget(sources, (size_t)(before - sources->items));
	int result = make_room(sources, source.size);

	if (result == 0)
		place(sources, NULL, &source);
	return result;
}

int sources_take(struct sources *sources, const struct sonde_snapshot *snapshot)
{
	struct sonde_snapshot_info info = info_of(sources, snapshot);
	const struct source only = {.newest = snapshot, .size = info.size};

	if (info.flags & SONDE_SNAPSHOT_ONE_OF_SEVERAL) {
		int result = take_one_of_several(sources, snapshot, &info);

		forget_old(sources);
		return result;
	}
	while (sources->n_items > 1)
		forget(sources, sources->n_items - 1);
	int result = sources->n_items == 0 ? make_room(sources, info.size) : 0;

	if (result == 0)
		place(sources, sources->n_items ? sources->items : NULL, &only);
	return result;
}

int sources_refuse(const struct sonde_host *host, const struct sonde_snapshot *snapshot, struct sonde_result *result)
{
	struct sonde_snapshot_info info = {.struct_size = sizeof(info)};

	host->snapshot_info(snapshot, &info);
	host->counter_add(host, "sources.left_out", 1);
	host->log(host, SONDE_LOG_WARNING, CODE_LEFT_OUT,
		  "there is no room for another source: more of the option `memory` is needed");
	result->rejected_points = info.n_series;
	return SONDE_PARTIAL;
}

bool sources_turn_ends(const struct sources *sources, const struct sonde_snapshot *snapshot)
{
	struct sonde_snapshot_info info = info_of(sources, snapshot);

	if (!(info.flags & SONDE_SNAPSHOT_ONE_OF_SEVERAL) || (info.flags & SONDE_SNAPSHOT_FINAL))
		return true;
	/* An agent hands out the sessions first, and then its own. */
	for (uint32_t i = 0; i < info.n_source; i++)
		if (strcmp(info.source[i].key, "sonde.agent") == 0)
			return true;
	return false;
}

/* -- Looking ---------------------------------------------------------------------------------- */

const struct sonde_snapshot **sources_get(struct sources *sources, size_t *ret_n)
{
	const struct sonde_host *host = sources->host;

	forget_old(sources);
	const struct sonde_snapshot **snapshots =
		host->alloc(host, (sources->n_items + 1) * sizeof(const struct sonde_snapshot *));

	*ret_n = 0;
	for (size_t i = 0; snapshots && i < sources->n_items; i++)
		snapshots[(*ret_n)++] = host->snapshot_ref(sources->items[i].newest);
	return snapshots;
}

void sources_put(const struct sonde_host *host, const struct sonde_snapshot **snapshots, size_t n)
{
	for (size_t i = 0; snapshots && i < n; i++)
		host->snapshot_unref(snapshots[i]);
	host->free(host, snapshots);
}
