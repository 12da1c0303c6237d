// SPDX-License-Identifier: MIT
/*
 * session-pace.h - when a host looks at its session again, and when it writes totals and gives back what is in them.
 *
 * What it does while the program runs, the program feels. Moments are milliseconds of one clock.
 */
#ifndef SONDE_HOST_SESSION_PACE_H
#define SONDE_HOST_SESSION_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include "record/session.h"

/* What there is for processes that are still to begin. */
struct session_room {
	uint64_t n_places;   /* of all regions, */
	uint64_t n_taken;    /* and of those that are there */
	uint64_t free_bytes; /* where the session is; UINT64_MAX: no limit is known */
};

/* What waits for totals to be written. */
struct session_load {
	uint64_t n_waiting;     /* regions, */
	uint64_t waiting_bytes; /* and what they take */
	uint64_t totals_bytes;  /* what the totals of before take */
	struct session_room room;
};

struct session_pace {
	int64_t next_sweep_ms;
	int interval_ms; /* from the last one to that */
	int look_ms;     /* between two looks at how much room there is */
	int64_t rest_until_ms; /* before that none is worth it */
	struct session_room swept; /* how much there was after the last sweep */
	int64_t next_totals_ms;
};

struct session_room session_room_now(const struct session_settings *settings, int fd);

struct session_pace session_pace_init(int64_t now_ms);

/* Whether a sweep is due: by the clock, or since much of the room was taken after the last one. */
bool session_pace_is_due(const struct session_pace *pace, const struct session_room *room, int64_t now_ms);

/* After how many milliseconds to ask that again. */
int session_pace_rest_ms(const struct session_pace *pace, int64_t now_ms);

/* A sweep has ended that took so much time of a processor: not what passed meanwhile, where others have it, too. */
void session_pace_swept(struct session_pace *pace, bool has_folded, int64_t work_ms, int64_t now_ms,
			const struct session_room *room);

bool session_pace_wants_totals(const struct session_pace *pace, const struct session_load *load, int64_t now_ms);
void session_pace_wrote_totals(struct session_pace *pace, int64_t work_ms, int64_t now_ms);

#endif
