// SPDX-License-Identifier: MIT
/*
 * clock.h - the clock that times calls.
 *
 * Where the processor's counter runs at one rate in all states (x86-64 with an invariant time-stamp
 * counter, every aarch64), a reading is one instruction. Elsewhere it is CLOCK_MONOTONIC through the
 * vDSO. Readings are called ticks; a calibration, made once for a session and shared by its processes,
 * turns them into nanoseconds by a multiplication and a shift.
 */
#ifndef SONDE_BASE_CLOCK_H
#define SONDE_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

enum clock_source {
	CLOCK_SOURCE_MONOTONIC = 0, /* ticks are nanoseconds of CLOCK_MONOTONIC */
	CLOCK_SOURCE_COUNTER = 1,   /* ticks are the processor's counter */
	CLOCK_SOURCE_STOPPED = 2,   /* the process may read neither any more */
};

struct clock_calibration {
	uint32_t source;      /* enum clock_source */
	uint32_t reserved;
	uint64_t multiplier;  /* nanoseconds a tick, times 2^32 */
	uint64_t ticks;       /* a reading of the clock ... */
	int64_t realtime_ns;  /* ... and CLOCK_REALTIME at that instant */
};

/*
 * What reads the kernel's clocks: a system call until somebody has found the vDSO's function, or libc's.
 * Same contract as clock_gettime(2), but that errors are negative numbers.
 */
extern int (*clock_gettime_function)(clockid_t id, struct timespec *ret_time)
	__attribute__((visibility("hidden")));

/*
 * From now on the kernel's clocks are read by the vDSO, without a system call, if there is one. (Not by libc's function, which
 * is another where a library fakes the time.)
 */
void clock_use_vdso(void);

/* Nanoseconds of a kernel clock. */
int64_t clock_kernel_ns(clockid_t id);

/* A session's program waits for it. By the vDSO a counter's rate is off by 1 in a million then, by system calls by 10. */
enum { CLOCK_CALIBRATION_NS = 500000 };

/* Chooses the source and measures its rate against CLOCK_MONOTONIC for about measure_ns. With 0 the source is CLOCK_MONOTONIC. */
void clock_calibrate(int64_t measure_ns, struct clock_calibration *ret_calibration);

/*
 * Makes the present instant the last one. From now on the counter, which the vDSO reads as well, is left alone: the
 * kernel's clocks are asked by system call, where they are asked at all.
 */
void clock_stop(struct clock_calibration *calibration);

/* The instant of a reading, in nanoseconds of CLOCK_REALTIME. */
int64_t clock_ticks_to_realtime_ns(const struct clock_calibration *calibration, uint64_t ticks);

static inline uint64_t clock_counter(void)
{
#if defined(__x86_64__)
	return __builtin_ia32_rdtsc();
#else
	uint64_t ticks;

	__asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
	return ticks;
#endif
}

/* 0 once the clock is stopped: a call that begins at 0 is not timed. */
static inline uint64_t clock_ticks(const struct clock_calibration *calibration)
{
	if (__builtin_expect(calibration->source == CLOCK_SOURCE_COUNTER, 1))
		return clock_counter();
	if (calibration->source == CLOCK_SOURCE_STOPPED)
		return 0;
	return (uint64_t)clock_kernel_ns(CLOCK_MONOTONIC);
}

/* Now, or the instant when the clock was stopped. */
static inline uint64_t clock_last_ticks(const struct clock_calibration *calibration)
{
	if (__builtin_expect(calibration->source == CLOCK_SOURCE_COUNTER, 1))
		return clock_counter();
	if (calibration->source == CLOCK_SOURCE_STOPPED)
		return calibration->ticks;
	return (uint64_t)clock_kernel_ns(CLOCK_MONOTONIC);
}

/*
 * The time between two readings. Counters of two processors may differ by a few ticks: an interval
 * that seems negative is 0.
 */
static inline uint64_t clock_interval_ns(const struct clock_calibration *calibration,
					 uint64_t from_ticks, uint64_t to_ticks)
{
	int64_t ticks = (int64_t)(to_ticks - from_ticks);

	if (ticks < 0)
		return 0;
	return (uint64_t)(((unsigned __int128)ticks * calibration->multiplier) >> 32);
}

#endif
