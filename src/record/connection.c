// SPDX-License-Identifier: MIT
#include "config.h"

#include "record/connection.h"

/* NULL: nothing was ever under way in this process, or not by such a number. */
static uint8_t *place_of(int fd)
{
	if (!__atomic_load_n(&process.has_connections, __ATOMIC_RELAXED) || (unsigned int)fd >= CONNECTIONS)
		return NULL;
	return &process.connections[fd];
}

void connection_begin(int fd)
{
	if ((unsigned int)fd >= CONNECTIONS)
		return;
	__atomic_store_n(&process.has_connections, 1, __ATOMIC_RELAXED);
	__atomic_store_n(&process.connections[fd], CONNECTION_UNDER_WAY, __ATOMIC_SEQ_CST);
}

bool connection_make(int fd)
{
	uint8_t *place = place_of(fd);
	uint8_t expected = CONNECTION_UNDER_WAY;

	return place && __atomic_compare_exchange_n(place, &expected, CONNECTION_MADE, false, __ATOMIC_ACQ_REL,
						    __ATOMIC_RELAXED);
}

enum connection connection_end(int fd)
{
	uint8_t *place = place_of(fd);

	/* Most have none: a page that was not written to needs no memory. */
	if (!place || __atomic_load_n(place, __ATOMIC_RELAXED) == CONNECTION_NONE)
		return CONNECTION_NONE;
	return __atomic_exchange_n(place, CONNECTION_NONE, __ATOMIC_ACQ_REL);
}
