// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/plugin-windows.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "host/plugin-snapshot.h"

enum { FINALS_KEPT = 4 }; /* an exporter may take the last snapshot of a source a while after it came */

/* What is kept of one source. */
struct keeping {
	const struct sonde_snapshot *latest;
	struct windows *windows; /* NULL: there is no room for any */
};

struct plugin_windows {
	pthread_mutex_t lock;
	size_t max_bytes;
	struct keeping *keepings; /* in the order in which their sources came */
	size_t n_keepings;
};

struct plugin_windows *plugin_windows_new(size_t max_bytes)
{
	struct plugin_windows *windows = calloc(1, sizeof(*windows));

	if (!windows)
		return NULL;
	windows->max_bytes = max_bytes;
	pthread_mutex_init(&windows->lock, NULL);
	return windows;
}

static void keeping_deinit(struct keeping *keeping)
{
	windows_free(keeping->windows);
	plugin_snapshot_unref(keeping->latest);
}

struct plugin_windows *plugin_windows_free(struct plugin_windows *windows)
{
	if (!windows)
		return NULL;
	for (size_t i = 0; i < windows->n_keepings; i++)
		keeping_deinit(&windows->keepings[i]);
	pthread_mutex_destroy(&windows->lock);
	free(windows->keepings);
	free(windows);
	return NULL;
}

/* NULL: there is nothing of its source. */
static struct keeping *find(const struct plugin_windows *windows, const struct sonde_snapshot *snapshot)
{
	for (size_t i = 0; i < windows->n_keepings; i++)
		if (plugin_snapshot_has_same_source(windows->keepings[i].latest, snapshot))
			return &windows->keepings[i];
	return NULL;
}

static size_t keeping_size(const struct keeping *keeping)
{
	return plugin_snapshot_size(keeping->latest) +
	       (keeping->windows ? windows_size(keeping->windows) : 0);
}

/* What the windows of a source may take. */
static size_t room_for(const struct plugin_windows *windows, const struct keeping *keeping)
{
	size_t share = windows->max_bytes / windows->n_keepings;
	size_t others = sizeof(*keeping) + plugin_snapshot_size(keeping->latest);

	return share > others ? share - others : 0;
}

/* What goes beyond it even so is names of series: then they begin again, when there is room. */
static void keep_to_room(const struct plugin_windows *windows, struct keeping *keeping)
{
	size_t room = room_for(windows, keeping);

	if (!keeping->windows)
		return;
	windows_set_limit(keeping->windows, room);
	if (room < PLUGIN_WINDOWS_LEAST || windows_size(keeping->windows) > room)
		keeping->windows = windows_free(keeping->windows);
}

static bool is_final(const struct keeping *keeping)
{
	return plugin_snapshot_source(keeping->latest)->is_final;
}

/* Of sources that have ended, the oldest go. */
static void forget_finals(struct plugin_windows *windows)
{
	size_t n_finals = 0;
	size_t n_kept = 0;

	for (size_t i = 0; i < windows->n_keepings; i++)
		n_finals += is_final(&windows->keepings[i]);
	for (size_t i = 0; i < windows->n_keepings; i++) {
		struct keeping *keeping = &windows->keepings[i];

		if (is_final(keeping) && n_finals > FINALS_KEPT) {
			n_finals--;
			keeping_deinit(keeping);
		} else {
			windows->keepings[n_kept++] = *keeping;
		}
	}
	windows->n_keepings = n_kept;
}

/* For a source that is new. NULL without memory. */
static struct keeping *append(struct plugin_windows *windows, const struct sonde_snapshot *snapshot)
{
	struct keeping *larger = reallocarray(windows->keepings, windows->n_keepings + 1,
					      sizeof(*windows->keepings));

	if (!larger)
		return NULL;
	windows->keepings = larger;
	larger[windows->n_keepings] = (struct keeping){.latest = plugin_snapshot_ref(snapshot)};
	windows->n_keepings++;
	for (size_t i = 0; i < windows->n_keepings; i++)
		keep_to_room(windows, &larger[i]);
	return &larger[windows->n_keepings - 1];
}

static int take_in(struct plugin_windows *windows, struct keeping *keeping)
{
	size_t room = room_for(windows, keeping);

	if (!keeping->windows && room >= PLUGIN_WINDOWS_LEAST)
		keeping->windows = windows_new(room);
	if (!keeping->windows)
		return room >= PLUGIN_WINDOWS_LEAST ? -ENOMEM : 0;
	int result = windows_add(keeping->windows, plugin_snapshot_figures(keeping->latest),
				 plugin_snapshot_source(keeping->latest)->at_ns);

	keep_to_room(windows, keeping);
	return result;
}

int plugin_windows_add(struct plugin_windows *windows, const struct sonde_snapshot *snapshot)
{
	int result = -ENOMEM;

	pthread_mutex_lock(&windows->lock);
	struct keeping *keeping = find(windows, snapshot);

	if (keeping) {
		plugin_snapshot_unref(keeping->latest);
		keeping->latest = plugin_snapshot_ref(snapshot);
	} else {
		keeping = append(windows, snapshot);
	}
	if (keeping)
		result = take_in(windows, keeping);
	forget_finals(windows);
	pthread_mutex_unlock(&windows->lock);
	return result;
}

int plugin_windows_query(struct plugin_windows *windows, const struct sonde_snapshot *snapshot,
			 const struct series *series, int64_t window_ns, struct window_answer *ret_answer)
{
	int condition = WINDOW_UNKNOWN;

	*ret_answer = (struct window_answer){
		.type = series->type,
		.is_truncated = true,
		WINDOW_ANSWER_NONE,
	};
	pthread_mutex_lock(&windows->lock);
	const struct keeping *keeping = find(windows, snapshot);

	if (keeping && keeping->windows)
		condition = windows_query(keeping->windows, series->name, series->tags,
					  series->n_tags, window_ns,
					  plugin_snapshot_source(snapshot)->at_ns, ret_answer);
	pthread_mutex_unlock(&windows->lock);
	return condition;
}

int64_t plugin_windows_cover(struct plugin_windows *windows, const struct sonde_snapshot *snapshot,
			     int64_t window_ns, bool *ret_is_truncated)
{
	int64_t covered_ns = 0;

	*ret_is_truncated = true;
	pthread_mutex_lock(&windows->lock);
	const struct keeping *keeping = find(windows, snapshot);

	if (keeping && keeping->windows)
		covered_ns = windows_cover(keeping->windows, window_ns,
					   plugin_snapshot_source(snapshot)->at_ns, ret_is_truncated);
	pthread_mutex_unlock(&windows->lock);
	return covered_ns;
}

size_t plugin_windows_size(struct plugin_windows *windows)
{
	size_t size = sizeof(*windows);

	pthread_mutex_lock(&windows->lock);
	for (size_t i = 0; i < windows->n_keepings; i++)
		size += sizeof(windows->keepings[i]) + keeping_size(&windows->keepings[i]);
	pthread_mutex_unlock(&windows->lock);
	return size;
}
