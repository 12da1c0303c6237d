// SPDX-License-Identifier: MIT
/*
 * timer-table.h - the timers that run, by number.
 *
 * A number is a slot of the table, the generation of its use, and the process: so a number that was
 * used is told from one that is in use, and from one of before a fork. No lock: safe in signal
 * handlers.
 */
#ifndef SONDE_API_TIMER_TABLE_H
#define SONDE_API_TIMER_TABLE_H

#include "base/clock.h"
#include "base/compiler.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct metric;

struct running_timer {
	struct metric *metric;
	const void *metadata;
	uint64_t started; /* in ticks */
};

/* 0, SONDE_ENOSPC or SONDE_ENOMEM. */
int timer_table_put(const struct running_timer *timer, uint64_t *ret_id) HIDDEN;

/* Takes it out again. 0, SONDE_ESTALE or SONDE_ENOENT. */
int timer_table_take(uint64_t id, struct running_timer *ret_timer) HIDDEN;

/* In a forked child: none of them runs here. */
void timer_table_after_fork(void) HIDDEN;

/*
 * How many timers run at an instant, in ticks, and how many of them have run for longer than
 * age_ns. False: none was ever started in this process.
 */
bool timer_table_count(const struct clock_calibration *clock, uint64_t now, int64_t age_ns,
		       size_t *ret_n_running, size_t *ret_n_abandoned) HIDDEN;

#endif
