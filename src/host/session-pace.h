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

struct session_pace {
	int64_t next_sweep_ms;
	int interval_ms; /* between the last two */
	int64_t next_totals_ms;
};

/* What waits for totals to be written, and what there is for processes that are still to begin. */
struct session_load {
	uint64_t n_waiting;     /* regions, */
	uint64_t waiting_bytes; /* and what they take */
	uint64_t totals_bytes;  /* what the totals of before take */
	uint64_t n_places;      /* of all regions */
	uint64_t free_bytes;    /* where the session is; UINT64_MAX: no limit is known */
};

uint64_t session_free_bytes(int fd);

struct session_pace session_pace_init(int64_t now_ms);

/* A sweep has ended. Returns after how many milliseconds the next one is due. */
int session_pace_swept(struct session_pace *pace, bool has_folded, int64_t began_ms, int64_t now_ms,
		       uint64_t free_bytes);

bool session_pace_wants_totals(const struct session_pace *pace, const struct session_load *load, int64_t now_ms);
void session_pace_wrote_totals(struct session_pace *pace, int64_t began_ms, int64_t now_ms);

#endif
