// SPDX-License-Identifier: MIT
/*
 * operation.h - operations, as the timer and the tracker of sonde.h share them.
 */
#ifndef SONDE_API_OPERATION_H
#define SONDE_API_OPERATION_H

#include "api/figures.h"

#define OPERATIONS_NAME "operations"
#define ERROR_OTHER	"_OTHER"

enum { ERROR_TYPES_MAX = 256 }; /* of an operation, beside ERROR_OTHER */

/* Counts an outcome; error_type NULL is a success. 0 or an error. */
int operation_record(struct sonde *sonde, const char *operation, const char *error_type) HIDDEN;

/* The timer of an operation's runs. NULL, with the error. */
struct metric *operation_timer(struct sonde *sonde, const char *operation, bool success,
			       int *ret_error) HIDDEN;

/* How an operation is found among series: as one of the program's own, or as a call of libc. */
enum operation_kind {
	OPERATION_UNKNOWN,
	OPERATION_OWN,
	OPERATION_CALL,
};

enum operation_kind operation_find(const struct snapshot *snapshot, const char *operation) HIDDEN;

#endif
