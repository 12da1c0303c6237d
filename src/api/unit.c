// SPDX-License-Identifier: MIT
#include "config.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "sonde/sonde.h"

enum dimension { NO_DIMENSION, TIME, SIZE, SHARE };

/* A unit is a row. */
static const struct {
	const char *name;
	const char *code;
	enum dimension dimension;
	double factor; /* how many nanoseconds, bytes or hundredths one is: whole numbers, whose
			  quotients are exact */
} units[] = {
	[SONDE_UNIT_NONE] = {"", "", NO_DIMENSION, 1},
	[SONDE_SECONDS] = {"seconds", "s", TIME, 1e9},
	[SONDE_MILLISECONDS] = {"milliseconds", "ms", TIME, 1e6},
	[SONDE_MICROSECONDS] = {"microseconds", "us", TIME, 1e3},
	[SONDE_BYTES] = {"bytes", "By", SIZE, 1},
	[SONDE_KILOBYTES] = {"kilobytes", "kBy", SIZE, 1e3},
	[SONDE_MEGABYTES] = {"megabytes", "MBy", SIZE, 1e6},
	[SONDE_COUNT] = {"count", "{count}", SHARE, 100},
	[SONDE_PERCENT] = {"percent", "%", SHARE, 1},
	[SONDE_OPERATIONS_PER_SECOND] = {"ops/sec", "{operation}/s", NO_DIMENSION, 1},
	[SONDE_NANOSECONDS] = {"nanoseconds", "ns", TIME, 1},
	[SONDE_KIBIBYTES] = {"kibibytes", "KiBy", SIZE, 1024},
	[SONDE_MEBIBYTES] = {"mebibytes", "MiBy", SIZE, 1048576},
};

enum { N_UNITS = sizeof(units) / sizeof(units[0]) };

static bool is_unit(enum sonde_unit unit)
{
	return (unsigned int)unit < N_UNITS;
}

const char *sonde_unit_name(enum sonde_unit unit)
{
	return is_unit(unit) ? units[unit].name : "";
}

const char *sonde_unit_code(enum sonde_unit unit)
{
	return is_unit(unit) ? units[unit].code : "";
}

enum sonde_unit sonde_unit_find(const char *text)
{
	if (!text || !*text)
		return SONDE_UNIT_NONE;
	for (unsigned int unit = SONDE_SECONDS; unit < N_UNITS; unit++)
		if (strcmp(text, units[unit].name) == 0 || strcmp(text, units[unit].code) == 0)
			return (enum sonde_unit)unit;
	return SONDE_UNIT_OTHER;
}

int sonde_unit_convert(double value, enum sonde_unit from, enum sonde_unit to, double *ret_value)
{
	if (!ret_value)
		return SONDE_EINVAL;
	if (!is_unit(from) || !is_unit(to))
		return SONDE_EUNIT;
	if (from != to &&
	    (units[from].dimension == NO_DIMENSION || units[from].dimension != units[to].dimension))
		return SONDE_EUNIT;
	*ret_value = units[from].factor >= units[to].factor
			     ? value * (units[from].factor / units[to].factor)
			     : value / (units[to].factor / units[from].factor);
	return 0;
}
