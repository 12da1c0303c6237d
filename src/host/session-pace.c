// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/session-pace.h"

#include <sys/statvfs.h>

enum {
	SWEEP_MIN_MS = 100,	 /* in which a shell starts a hundred programs */
	SWEEP_SMALL_MS = 25,	 /* the same where less than this is free: */
	SMALL_PLACE = 32 << 20,
	SMALL_PLACES = 4096,	 /* or fewer regions can be at once */
	SWEEP_MAX_MS = 1000,
	SWEEP_IDLE_SHARE = 200,	 /* while nothing ends, up to so many times its length: when it ends is known as exactly */
	SWEEP_SHARE = 4,	 /* a sweep is followed by so many times its own length of rest, */
	SWEEP_ROOM = 8,		 /* or once its length if one part of so many of the room was taken meanwhile */
	TOTALS_MIN_MS = 10000,	 /* between two writings of the totals, or so many times what it took: */
	TOTALS_SHARE = 50,
	TOTALS_BYTES = 12 << 20, /* sooner if regions that wait take so much, a fifth of what a container has, */
	TOTALS_ROOM = 8,	 /* or one part of so many of what is still free, where that is less, */
	TOTALS_PLACES = 4,	 /* or so of all places */
};

static uint64_t free_bytes(int fd)
{
	struct statvfs place;

	/* Without blocks: there is no limit. */
	if (fstatvfs(fd, &place) < 0 || place.f_blocks == 0)
		return UINT64_MAX;
	return (uint64_t)place.f_bavail * place.f_frsize;
}

struct session_room session_room_now(const struct session_settings *settings, int fd)
{
	return (struct session_room){
		.n_places = settings->n_regions,
		.n_taken = session_count_taken(settings),
		.free_bytes = free_bytes(fd),
	};
}

struct session_pace session_pace_init(int64_t now_ms)
{
	return (struct session_pace){
		.next_sweep_ms = now_ms,
		.interval_ms = SWEEP_MIN_MS,
		.look_ms = SWEEP_MIN_MS,
		.next_totals_ms = now_ms + TOTALS_MIN_MS,
	};
}

/* After a quiet time the next sweep by the clock is far, and many processes may begin all at once. */
static bool is_filling(const struct session_room *before, const struct session_room *now)
{
	/* Numbers that everybody in the session may have written. */
	uint64_t n_begun = now->n_taken > before->n_taken ? now->n_taken - before->n_taken : 0;

	return n_begun > before->n_places / SWEEP_ROOM ||
	       now->free_bytes < before->free_bytes - before->free_bytes / SWEEP_ROOM;
}

bool session_pace_is_due(const struct session_pace *pace, const struct session_room *room, int64_t now_ms)
{
	return now_ms >= pace->next_sweep_ms || (now_ms >= pace->rest_until_ms && is_filling(&pace->swept, room));
}

int session_pace_rest_ms(const struct session_pace *pace, int64_t now_ms)
{
	int64_t rest = pace->next_sweep_ms - now_ms;

	return rest < 0 ? 0 : rest < pace->look_ms ? (int)rest : pace->look_ms;
}

static int64_t at_least(int64_t value, int64_t least)
{
	return value < least ? least : value;
}

/* When nothing has ended: twice as long as the last time, if sweeps are worth it. */
static int64_t idle_ms(const struct session_pace *pace, int64_t work_ms)
{
	int64_t twice = 2 * (int64_t)pace->interval_ms;
	int64_t most = at_least(SWEEP_IDLE_SHARE * work_ms, SWEEP_MIN_MS);

	return at_least(twice < most ? twice : most, SWEEP_MIN_MS);
}

void session_pace_swept(struct session_pace *pace, bool has_folded, int64_t work_ms, int64_t now_ms,
			const struct session_room *room)
{
	bool is_small = room->free_bytes < SMALL_PLACE || room->n_places < SMALL_PLACES;
	int64_t least = is_small ? SWEEP_SMALL_MS : SWEEP_MIN_MS;
	int64_t next = at_least(has_folded ? least : idle_ms(pace, work_ms), SWEEP_SHARE * work_ms);

	pace->interval_ms = next < SWEEP_MAX_MS ? (int)next : SWEEP_MAX_MS;
	pace->next_sweep_ms = now_ms + pace->interval_ms;
	pace->look_ms = (int)at_least(least, work_ms);
	pace->rest_until_ms = now_ms + work_ms;
	pace->swept = *room;
}

/* The totals are in the same place; but however large they are, much has to wait. */
static uint64_t most_waiting_bytes(const struct session_load *load)
{
	uint64_t half = TOTALS_BYTES / 2;

	return TOTALS_BYTES - (load->totals_bytes < half ? load->totals_bytes : half);
}

bool session_pace_wants_totals(const struct session_pace *pace, const struct session_load *load, int64_t now_ms)
{
	if (load->n_waiting == 0)
		return false;
	return now_ms >= pace->next_totals_ms || load->waiting_bytes >= most_waiting_bytes(load) ||
	       load->waiting_bytes >= load->room.free_bytes / TOTALS_ROOM ||
	       load->n_waiting >= load->room.n_places / TOTALS_PLACES;
}

void session_pace_wrote_totals(struct session_pace *pace, int64_t work_ms, int64_t now_ms)
{
	pace->next_totals_ms = now_ms + at_least(TOTALS_SHARE * work_ms, TOTALS_MIN_MS);
}
