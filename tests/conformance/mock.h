// SPDX-License-Identifier: MIT
/*
 * mock.h - the stand-ins for libc's functions that the wrappers forward to.
 *
 * libmock.so is preloaded after the preload, so the wrappers find its functions and never libc's. A mock notes its
 * arguments and answers what the driver has scripted. Until a driver arms them, mocks answer 0, and
 * those of the allocator hand out memory, for the sake of libc's start-up code.
 */
#ifndef SONDE_TESTS_CONFORMANCE_MOCK_H
#define SONDE_TESTS_CONFORMANCE_MOCK_H

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { MOCK_ARGUMENTS = 12 };

struct mock {
	bool is_armed;
	bool jumps;          /* a mock does not return, but jumps to where */
	void *where[5];      /* __builtin_setjmp() was called */
	int code;            /* errno that the mock sets, or 0 */
	uint64_t result;     /* its low bytes are the answer */
	int n_calls;         /* since armed */
	unsigned int symbol; /* enum symbol of the last mock that was called */
	uint64_t arguments[MOCK_ARGUMENTS];
	bool is_busy;        /* the first call answers busy_result and busy_code, the next as scripted */
	uint64_t busy_result;
	int busy_code;
	void (*look)(void);  /* called in the mock, while what its arguments point to is there */
};

/* Defined in the driven program, and found there by libmock.so. */
extern struct mock mock;

static inline void mock_enter(unsigned int symbol)
{
	mock.n_calls++;
	mock.symbol = symbol;
}

static inline void mock_note(unsigned int i, const void *value, size_t size)
{
	mock.arguments[i] = 0;
	memcpy(&mock.arguments[i], value, size < 8 ? size : 8);
}

#define MOCK_NOTE(i, variable) mock_note(i, (const void *)&(variable), sizeof(variable))

/* Of a va_list, which is the last parameter, an integer and a floating-point argument are noted. */
static inline void mock_note_list(unsigned int i, va_list ap)
{
	uint64_t integer = va_arg(ap, uint64_t);
	double number = va_arg(ap, double);

	MOCK_NOTE(i, integer);
	MOCK_NOTE(i + 1, number);
}

static inline bool mock_is_busy(void)
{
	return mock.is_busy && mock.n_calls == 1;
}

static inline void mock_leave(void)
{
	if (!mock.is_armed)
		return;
	if (mock.look)
		mock.look();
	int code = mock_is_busy() ? mock.busy_code : mock.code;

	if (code)
		errno = code;
	if (mock.jumps)
		__builtin_longjmp(mock.where, 1);
}

static inline void mock_answer(void *ret_result, size_t size)
{
	memset(ret_result, 0, size);
	if (mock.is_armed)
		memcpy(ret_result, mock_is_busy() ? &mock.busy_result : &mock.result, size);
}

/* Memory for libc's start-up code; it is never given back. */
void *mock_allocate(size_t alignment, size_t size);
void *mock_reallocate(void *old, size_t size);

#endif
