// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/quantity.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct unit {
	const char *name;
	int64_t factor;
	bool is_written; /* or only read */
};

/* From the largest on. */
static const struct unit durations[] = {
	{"d", INT64_C(86400000000000), true},
	{"h", INT64_C(3600000000000), true},
	{"m", INT64_C(60000000000), true},
	{"s", 1000000000, true},
	{"ms", 1000000, true},
	{"us", 1000, true},
	{"ns", 1, true},
	{0},
};

static const struct unit sizes[] = {
	{"TiB", INT64_C(1) << 40, true},
	{"GiB", INT64_C(1) << 30, true},
	{"MiB", INT64_C(1) << 20, true},
	{"KiB", INT64_C(1) << 10, true},
	{"TB", INT64_C(1000000000000), false},
	{"GB", 1000000000, false},
	{"MB", 1000000, false},
	{"kB", 1000, false},
	{"B", 1, true},
	{0},
};

static const struct unit *units_of(enum quantity quantity)
{
	return quantity == QUANTITY_DURATION ? durations : sizes;
}

static const struct unit *find_unit(enum quantity quantity, const char *name)
{
	const struct unit *unit = units_of(quantity);

	while (unit->name && strcmp(unit->name, name) != 0)
		unit++;
	return unit->name ? unit : NULL;
}

/* Adds digits to a number and moves behind them. Returns how many they were, or -1 when there is no
 * room for them. */
static int add_digits(const char **next, int64_t *number)
{
	int n_digits = 0;

	for (; isdigit((unsigned char)**next); (*next)++, n_digits++)
		if (__builtin_mul_overflow(*number, 10, number) ||
		    __builtin_add_overflow(*number, **next - '0', number))
			return -1;
	return n_digits;
}

static int scale(int64_t digits, int n_fraction, int64_t factor, int64_t *ret_value)
{
	unsigned __int128 value = (unsigned __int128)digits * (uint64_t)factor;

	for (; n_fraction > 0; n_fraction--) {
		if (value % 10)
			return -EINVAL;
		value /= 10;
	}
	if (value > INT64_MAX)
		return -ERANGE;
	*ret_value = (int64_t)value;
	return 0;
}

int quantity_parse(enum quantity quantity, const char *text, int64_t *ret_value)
{
	int64_t digits = 0;
	int n_integer = add_digits(&text, &digits);
	int n_fraction = 0;

	if (n_integer == 0)
		return -EINVAL;
	if (n_integer > 0 && *text == '.') {
		text++;
		n_fraction = add_digits(&text, &digits);
		if (n_fraction == 0)
			return -EINVAL;
	}
	if (n_integer < 0 || n_fraction < 0)
		return -ERANGE;
	const struct unit *unit = find_unit(quantity, text);

	return unit ? scale(digits, n_fraction, unit->factor, ret_value) : -EINVAL;
}

const char *quantity_format(enum quantity quantity, int64_t value,
			    char ret_text[QUANTITY_TEXT_SIZE])
{
	const struct unit *unit = units_of(quantity);

	while (unit->factor > 1 && (!unit->is_written || value % unit->factor || value == 0))
		unit++;
	if (value == 0 && quantity == QUANTITY_DURATION)
		unit = find_unit(quantity, "s");
	snprintf(ret_text, QUANTITY_TEXT_SIZE, "%" PRId64 "%s", value / unit->factor, unit->name);
	return ret_text;
}

const char *quantity_description(enum quantity quantity)
{
	return quantity == QUANTITY_DURATION ? "a duration such as \"250ms\" or \"10s\""
					     : "a size such as \"64KiB\" or \"5GiB\"";
}
