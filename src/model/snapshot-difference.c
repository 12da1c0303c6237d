// SPDX-License-Identifier: MIT
/*
 * The difference of two snapshots: both are in order, so one walk along both of them finds the
 * pairs.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "model/snapshot-build.h"

struct walk {
	const struct snapshot *snapshot;
	size_t position;
};

/* The same series in the snapshot of a walk that goes up to it; NULL: not there. */
static const struct series *walk_to(struct walk *walk, const struct series *series)
{
	while (walk->position < snapshot_n_series(walk->snapshot)) {
		const struct series *candidate = snapshot_series(walk->snapshot, walk->position);
		int order = series_compare(candidate, series);

		if (order >= 0)
			return order == 0 ? candidate : NULL;
		walk->position++;
	}
	return NULL;
}

static int fill(struct snapshot *difference, const struct snapshot *newer,
		const struct snapshot *older)
{
	struct walk walk = {.snapshot = older};
	int error = 0;

	for (size_t i = 0; !error && i < snapshot_n_series(newer); i++) {
		const struct series *series = snapshot_series(newer, i);
		struct series *since = series_difference(series, walk_to(&walk, series));

		if (since && series_is_cumulative(since)) {
			since->start_ns = snapshot_taken_ns(older);
			series_forget_exemplars(since, since->start_ns);
		}
		error = snapshot_adopt(difference, since);
	}
	return error;
}

int snapshot_new_difference(const struct snapshot *newer, const struct snapshot *older,
			    struct snapshot **ret_snapshot)
{
	struct snapshot *difference = snapshot_new(snapshot_taken_ns(newer));
	int error = difference ? fill(difference, newer, older) : -ENOMEM;

	if (error)
		snapshot_put(difference);
	else
		*ret_snapshot = difference;
	return error;
}
