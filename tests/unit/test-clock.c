// SPDX-License-Identifier: MIT
#include "config.h"

#include "base/clock.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "unit.h"

enum {
	SPAN_NS = 50000000,
};

struct instant {
	uint64_t ticks;
	int64_t ns;
};

/* The best of several readings: the one during which the other clock moved least. */
static struct instant read_instant(const struct clock_calibration *calibration, clockid_t id)
{
	struct instant best = {0};
	uint64_t best_gap = UINT64_MAX;

	for (int i = 0; i < 50; i++) {
		uint64_t before = clock_ticks(calibration);
		int64_t ns = clock_kernel_ns(id);
		uint64_t gap = clock_ticks(calibration) - before;

		if (gap < best_gap) {
			best_gap = gap;
			best = (struct instant){.ticks = before + gap / 2, .ns = ns};
		}
	}
	return best;
}

static void wait_span(void)
{
	int64_t end = clock_kernel_ns(CLOCK_MONOTONIC) + SPAN_NS;

	while (clock_kernel_ns(CLOCK_MONOTONIC) < end)
		;
}

static double measure_relative_error(int64_t calibration_ns)
{
	struct clock_calibration calibration;

	clock_calibrate(calibration_ns, &calibration);
	struct instant start = read_instant(&calibration, CLOCK_MONOTONIC);
	wait_span();
	struct instant end = read_instant(&calibration, CLOCK_MONOTONIC);
	double measured = (double)clock_interval_ns(&calibration, start.ticks, end.ticks);
	return fabs(measured / (double)(end.ns - start.ns) - 1);
}

static void calibrated_intervals_are_true(void)
{
	double error = measure_relative_error(CLOCK_CALIBRATION_NS);

	if (error >= 0.001)
		printf("# off by %.4f %%\n", error * 100);
	CU_ASSERT(error < 0.001);
}

static void uncalibrated_intervals_are_true(void)
{
	struct clock_calibration calibration;

	clock_calibrate(0, &calibration);
	CU_ASSERT_EQUAL(calibration.source, CLOCK_SOURCE_MONOTONIC);
	CU_ASSERT(measure_relative_error(0) < 0.001);
}

static void backward_intervals_are_zero(void)
{
	struct clock_calibration calibration;

	clock_calibrate(CLOCK_CALIBRATION_NS, &calibration);
	CU_ASSERT_EQUAL(clock_interval_ns(&calibration, 1000, 999), 0);
	CU_ASSERT_EQUAL(clock_interval_ns(&calibration, 1000, 1000), 0);
	CU_ASSERT_EQUAL(clock_interval_ns(&calibration, UINT64_MAX, 0),
			clock_interval_ns(&calibration, 0, 1));
}

static void long_intervals_do_not_overflow(void)
{
	struct clock_calibration two_ns_a_tick = {
		.source = CLOCK_SOURCE_COUNTER,
		.multiplier = 2ULL << 32,
	};
	uint64_t year_ns = 365ULL * 86400 * 1000000000;

	CU_ASSERT_EQUAL(clock_interval_ns(&two_ns_a_tick, 7, 7 + year_ns / 2), year_ns);
}

static void check_realtime(int64_t calibration_ns)
{
	struct clock_calibration calibration;

	clock_calibrate(calibration_ns, &calibration);
	struct instant now = read_instant(&calibration, CLOCK_REALTIME);
	CU_ASSERT(llabs(clock_ticks_to_realtime_ns(&calibration, now.ticks) - now.ns) < 1000000);
}

static void readings_map_to_realtime(void)
{
	check_realtime(CLOCK_CALIBRATION_NS);
	check_realtime(0);
}

static void earlier_readings_map_to_realtime(void)
{
	struct clock_calibration calibration = {
		.source = CLOCK_SOURCE_COUNTER,
		.multiplier = 1ULL << 31,
		.ticks = 5000,
		.realtime_ns = 1000000,
	};

	CU_ASSERT_EQUAL(clock_ticks_to_realtime_ns(&calibration, 5000), 1000000);
	CU_ASSERT_EQUAL(clock_ticks_to_realtime_ns(&calibration, 7000), 1001000);
	CU_ASSERT_EQUAL(clock_ticks_to_realtime_ns(&calibration, 1000), 998000);
}

UNIT_MAIN("clock",
	  {"calibrated intervals agree with CLOCK_MONOTONIC within 0.1 %",
	   calibrated_intervals_are_true},
	  {"without calibration intervals are those of CLOCK_MONOTONIC",
	   uncalibrated_intervals_are_true},
	  {"an interval that seems negative is 0", backward_intervals_are_zero},
	  {"an interval of a year does not overflow", long_intervals_do_not_overflow},
	  {"a reading maps to the real time at which it was taken", readings_map_to_realtime},
	  {"a reading before the calibration maps to an earlier real time",
	   earlier_readings_map_to_realtime})
