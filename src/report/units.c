// SPDX-License-Identifier: MIT
/*
 * A value is scaled until it rounds to less than a thousand of its unit: 999.7 us is 1.00 ms, not
 * 1000 us.
 */
#include "config.h"

#include "report/units.h"

#include <inttypes.h>
#include <stdio.h>

enum {
	MINUTE = 60,
	HOUR = 60 * MINUTE,
	DAY = 24 * HOUR,
	YEAR = 365 * DAY,
};

/* The least number that is not written with three digits. */
static const double too_many_digits = 999.5;

/* Three significant digits. */
static const char *write_scaled(double value, const char *unit, char *ret_text)
{
	int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;

	snprintf(ret_text, UNITS_SIZE, "%.*f%s", decimals, value, unit);
	return ret_text;
}

static const char *write_pair(uint64_t seconds, int unit, char unit_name, int part, char part_name,
			      char *ret_text)
{
	snprintf(ret_text, UNITS_SIZE, "%" PRIu64 "%c%02" PRIu64 "%c", seconds / unit, unit_name,
		 seconds % unit / part, part_name);
	return ret_text;
}

/* From two minutes on. */
static const char *write_long_duration(uint64_t seconds, char *ret_text)
{
	if (seconds < HOUR)
		return write_pair(seconds, MINUTE, 'm', 1, 's', ret_text);
	if (seconds < 2 * DAY)
		return write_pair(seconds, HOUR, 'h', MINUTE, 'm', ret_text);
	if (seconds < 3 * YEAR)
		snprintf(ret_text, UNITS_SIZE, "%" PRIu64 "d", seconds / DAY);
	else
		snprintf(ret_text, UNITS_SIZE, "%" PRIu64 "y", seconds / YEAR);
	return ret_text;
}

const char *units_duration(uint64_t ns, char *ret_text)
{
	static const char *const names[] = {"us", "ms", "s"};
	double value = (double)ns / 1e3;

	if (ns < 1000) {
		snprintf(ret_text, UNITS_SIZE, "%" PRIu64 "ns", ns);
		return ret_text;
	}
	if (ns >= UINT64_C(120) * 1000000000)
		return write_long_duration(ns / 1000000000 + (ns % 1000000000 >= 500000000),
					   ret_text);
	for (int i = 0;; i++, value /= 1e3)
		if (value < too_many_digits)
			return write_scaled(value, names[i], ret_text);
}

const char *units_bytes(uint64_t bytes, char *ret_text)
{
	static const char *const names[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	double value = (double)bytes / 1024;

	if (bytes < 1000) {
		snprintf(ret_text, UNITS_SIZE, "%" PRIu64 "B", bytes);
		return ret_text;
	}
	for (int i = 0;; i++, value /= 1024)
		if (value < too_many_digits)
			return write_scaled(value, names[i], ret_text);
}

const char *units_count(uint64_t count, int max_digits, char *ret_text)
{
	static const char *const names[] = {"k", "M", "G", "T", "P", "E"};
	double value = (double)count / 1e3;

	if (snprintf(ret_text, UNITS_SIZE, "%" PRIu64, count) <= max_digits)
		return ret_text;
	for (int i = 0;; i++, value /= 1e3)
		if (value < too_many_digits)
			return write_scaled(value, names[i], ret_text);
}
