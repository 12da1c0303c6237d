// SPDX-License-Identifier: MIT
/*
 * failure-class.h - which failures are errors, and which are expected.
 *
 * A call that fails is not always trouble: read() on a non-blocking descriptor answers EAGAIN many
 * times, and a shell looks for a command in one directory after the other. A failure has a class by
 * (call, code); reports show both classes. What is expected by default is a table in
 * failure-class.c; a configuration replaces it call by call.
 *
 * Codes are named by their symbol: "ENOENT", or "EAI_AGAIN" for those of getaddrinfo().
 */
#ifndef SONDE_MODEL_FAILURE_CLASS_H
#define SONDE_MODEL_FAILURE_CLASS_H

#include <stdbool.h>
#include <stddef.h>

/* The name that stands for every call without an entry of its own. */
#define FAILURE_ANY_CALL "*"

enum { FAILURE_SYMBOL_SIZE = 24 };

struct failure_classes;

/* The default classes; NULL without memory. */
struct failure_classes *failure_classes_new(void);
/* NULL is fine. Returns NULL. */
struct failure_classes *failure_classes_free(struct failure_classes *classes);

/*
 * From now on exactly these codes of the call are expected, nothing that the defaults say of it or
 * of every call. With call FAILURE_ANY_CALL: replaces what is expected of all calls without an
 * entry. 0; -EINVAL: symbols[*ret_unknown] is no known code (ret_unknown may be NULL), nothing
 * changed; -ENOMEM.
 */
int failure_classes_set(struct failure_classes *classes, const char *call,
			const char *const *symbols, size_t n_symbols, size_t *ret_unknown);

/* Whether the failure of a call with a code is expected. */
bool failure_is_expected(const struct failure_classes *classes, const char *call,
			 const char *symbol);

/*
 * The symbol of an errno (positive) or EAI_* (negative) code. Writes it to ret_symbol, which has
 * FAILURE_SYMBOL_SIZE bytes: "errno 4711" for a code without a name. Returns ret_symbol.
 */
const char *failure_symbol(int code, char *ret_symbol);

/* Whether some code has this symbol. */
bool failure_symbol_is_known(const char *symbol);

#endif
