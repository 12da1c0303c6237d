// SPDX-License-Identifier: MIT
/*
 * recording-store.h - the recordings of the user's last runs, which are kept without being asked for.
 *
 *     $XDG_STATE_HOME/sonde/recordings/20261126T012345.678Z-make-4711.json.gz
 *
 * else below ~/.local/state; named after when the run began, its program and the process that recorded it, so
 * that names are in the order of time. Recordings are their owner's alone. The oldest ones go when there are more
 * than are wanted, or when they are older.
 *
 * Where a recording is wanted, "@" stands for the latest one that is kept, "@1" for the one before, and so on.
 */
#ifndef SONDE_TOOL_RECORDING_STORE_H
#define SONDE_TOOL_RECORDING_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "model/message.h"
#include "model/recording.h"
#include "tool/recording-file.h"

struct recording_store {
	char *folder;
	char **names; /* of the files in it, the latest first */
	size_t n_names;
};

/* Which recordings stay. */
struct retention {
	int64_t count;
	int64_t age_ns; /* 0: of any age */
};

/* Lists what is kept; a folder that is not there yet holds nothing. 0, or a negative errno with ret_message set. */
int recording_store_open(char *const *environment, struct recording_store *ret_store,
			 struct message *ret_message);
void recording_store_deinit(struct recording_store *store);

/* The path of the n-th recording; to be freed. NULL: no memory. */
char *recording_store_path(const struct recording_store *store, size_t n);

/*
 * Keeps a recording, of which this is the document, compressed, and removes those that are too many or too old. Its path, to be freed, is written to ret_path;
 * NULL: none are wanted, or this one is not, as it began before all that are. 0, or a negative errno with ret_message set.
 */
int recording_store_keep(char *const *environment, const struct recording *recording,
			 const struct recording_text *text, const struct retention *retention,
			 char **ret_path, struct message *ret_message);

/* The number in "@", "@1", ...: 0, 1, ...; or -1 for a name that is another. */
long recording_store_number(const char *name);

/*
 * The path that such a name stands for; any other name stands for itself. To be freed. NULL, with ret_message set:
 * there is no such recording.
 */
char *recording_store_find(char *const *environment, const char *name, struct message *ret_message);

#endif
