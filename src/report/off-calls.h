// SPDX-License-Identifier: MIT
/*
 * off-calls.h - calls that are not counted, in few words.
 */
#ifndef SONDE_REPORT_OFF_CALLS_H
#define SONDE_REPORT_OFF_CALLS_H

#include "model/name-counts.h"

#include <stddef.h>

/*
 * "all of memory, path; of io: lseek, read, 3 more": groups as a whole where all of their calls are among the names; of
 * some others a few calls; a number for the rest. Empty when there are no names. Returns ret_text.
 */
const char *off_calls_text(const struct name_counts *off, char *ret_text, size_t size);

#endif
