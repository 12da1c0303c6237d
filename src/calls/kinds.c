// SPDX-License-Identifier: MIT
#include "config.h"

#include "calls/kinds.h"

#include <stdint.h>

enum { KINDS_MAX = DESCRIPTOR_KINDS };

/* No pointers in either: the loader would have to relocate them in every process. */
static const char names[KIND_SETS][KINDS_MAX][KIND_NAME_SIZE] = {
	[KINDS_DESCRIPTOR] = {
		[DESCRIPTOR_UNKNOWN] = "unknown",
		[DESCRIPTOR_FILE] = "file",
		[DESCRIPTOR_SOCKET] = "socket",
		[DESCRIPTOR_PIPE] = "pipe",
		[DESCRIPTOR_TERMINAL] = "terminal",
		[DESCRIPTOR_DEVICE] = "device",
		[DESCRIPTOR_OTHER] = "other",
	},
	[KINDS_LOCK] = {
		[LOCK_CONTENDED] = "contended",
	},
};

static const uint8_t counts[KIND_SETS] = {
	[KINDS_NONE] = 1,
	[KINDS_DESCRIPTOR] = DESCRIPTOR_KINDS,
	[KINDS_LOCK] = LOCK_KINDS,
};

const char *kind_name(enum kind_set set, unsigned int kind)
{
	return names[set][kind];
}

unsigned int kind_count(enum kind_set set)
{
	return counts[set];
}

enum wait_class kind_waits(enum kind_set set, unsigned int kind, enum wait_class row_waits)
{
	if (set == KINDS_LOCK)
		return kind == LOCK_CONTENDED ? WAIT_LOCK : WAIT_NONE;
	if (set != KINDS_DESCRIPTOR)
		return row_waits;
	if (kind == DESCRIPTOR_SOCKET)
		return WAIT_NETWORK;
	return kind == DESCRIPTOR_OTHER ? WAIT_EVENTS : WAIT_IO;
}
