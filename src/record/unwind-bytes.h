// SPDX-License-Identifier: MIT
/*
 * unwind-bytes.h - reading numbers as DWARF writes them.
 */
#ifndef SONDE_RECORD_UNWIND_BYTES_H
#define SONDE_RECORD_UNWIND_BYTES_H

#include <stdint.h>

/* Bytes that are read one after the other. What lies behind the end reads 0. */
struct unwind_bytes {
	const uint8_t *at;
	const uint8_t *end;
};

static inline uint64_t unwind_bytes_fixed(struct unwind_bytes *bytes, unsigned int size)
{
	uint64_t value = 0;

	if (bytes->end - bytes->at < (long)size) {
		bytes->at = bytes->end;
		return 0;
	}
	__builtin_memcpy(&value, bytes->at, size);
	bytes->at += size;
	return value;
}

static inline int64_t unwind_bytes_signed(struct unwind_bytes *bytes, unsigned int size)
{
	unsigned int unused = 64 - 8 * size;

	return (int64_t)(unwind_bytes_fixed(bytes, size) << unused) >> unused;
}

static inline uint64_t unwind_bytes_uleb(struct unwind_bytes *bytes)
{
	uint64_t value = 0;

	for (unsigned int shift = 0; bytes->at < bytes->end; shift += 7) {
		uint8_t byte = *bytes->at++;

		if (shift < 64)
			value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			break;
	}
	return value;
}

static inline int64_t unwind_bytes_sleb(struct unwind_bytes *bytes)
{
	uint64_t value = 0;

	for (unsigned int shift = 0; bytes->at < bytes->end;) {
		uint8_t byte = *bytes->at++;

		if (shift < 64)
			value |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
		if (byte & 0x80)
			continue;
		if (shift < 64 && (byte & 0x40))
			value |= ~UINT64_C(0) << shift;
		break;
	}
	return (int64_t)value;
}

#endif
