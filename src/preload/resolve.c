// SPDX-License-Identifier: MIT
#include "config.h"

#include "preload/resolve.h"

#include "record/startup.h"

#include <errno.h>
#include <stddef.h>

/* Stands for a function that libc does not have. The program could not have called it without us. */
static long absent_function(void)
{
	errno = ENOSYS;
	return -1;
}

void *resolve_symbol(enum symbol symbol)
{
	void *address = startup_find_symbol(startup_own_object(), symbol_names[symbol], NULL);

	if (!address)
		address = (void *)absent_function;
	__atomic_store_n(&resolved_symbols[symbol], address, __ATOMIC_RELAXED);
	return address;
}

/* One that is forgotten by that is looked up again. */
void resolve_begin(void)
{
	__atomic_store_n(&resolved_symbols[SYMBOL_malloc], NULL, __ATOMIC_RELAXED);
}

_Bool symbol_exists(enum symbol symbol)
{
	return resolved_symbol(symbol) != (void *)absent_function;
}

void *resolve_beside(void **found, enum symbol symbol, enum symbol beside)
{
	struct link_map *own = startup_own_object();
	struct link_map *owner = NULL;
	struct link_map *other = NULL;
	void *address = startup_find_symbol(own, symbol_names[symbol], &owner);

	if (!address || !startup_find_symbol(own, symbol_names[beside], &other) || owner != other)
		address = RESOLVED_NONE;
	__atomic_store_n(found, address, __ATOMIC_RELAXED);
	return address;
}
