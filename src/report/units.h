// SPDX-License-Identifier: MIT
/*
 * units.h - numbers as people read them: three significant digits and a unit, no longer than a
 * column.
 *
 * Each function writes to ret_text, which has UNITS_SIZE bytes, and returns it.
 */
#ifndef SONDE_REPORT_UNITS_H
#define SONDE_REPORT_UNITS_H

#include <stdint.h>

enum { UNITS_SIZE = 32 };

/* "14ns", "1.23us", "45.6ms", "1.02s", "2m05s", "3h07m", "12d", "584y": at most 6 characters. */
const char *units_duration(uint64_t ns, char *ret_text);

/* "0B", "512B", "1.50KiB", "12.3MiB": at most 7 characters. */
const char *units_bytes(uint64_t bytes, char *ret_text);

/* All digits where they are at most max_digits (5 or more), and "12.3M", "18.4E" otherwise. */
const char *units_count(uint64_t count, int max_digits, char *ret_text);

#endif
