// SPDX-License-Identifier: MIT
/*
 * call-direction.h - which way a call moves bytes.
 */
#ifndef SONDE_MODEL_CALL_DIRECTION_H
#define SONDE_MODEL_CALL_DIRECTION_H

/* "in" or "out", by the call table. NULL: neither, or there is no such call. From any thread. */
const char *call_direction(const char *name);

#endif
