// SPDX-License-Identifier: MIT
/*
 * driver.h - a driver makes one call through a wrapper and judges what came of it.
 *
 *     FILL(0, fd);                              each argument a value of its own
 *     SCRIPT(step, result, result < 0);         an answer that is a success or a failure, as the phase asks
 *     driver_arm(step, SYMBOL_read, CALL_read);
 *     result = call_read(fd, buf, count);
 *     driver_disarm(step, SYMBOL_read);
 *     CHECK(step, 0, fd);
 *     CHECK_RESULT(step, result);
 *
 * The program that runs drivers may use nothing of libc that the table has, since all of it is mocked.
 */
#ifndef SONDE_TESTS_CONFORMANCE_DRIVER_H
#define SONDE_TESTS_CONFORMANCE_DRIVER_H

#include "calls/call.h"
#include "mock.h"
#include "preload/codes.h"
#include "preload/symbols.gen.h"
#include "step.h"

#include <dirent.h>
#include <stdio.h>
#include <threads.h>
#include <time.h>

struct driver {
	unsigned int symbol;
	unsigned int n_phases;           /* how many of enum phase apply */
	void (*run)(struct step *step);  /* step->phase says what to script */
	bool is_tried_first;             /* PHASE_BUSY applies too */
};

/* Generated, and of drive-custom.c; each ends with a driver without `run`. */
extern const struct driver generated_drivers[];
extern struct driver custom_drivers[];

/* By enum symbol: the row's. */
extern const enum call call_of_symbol[SYMBOL_COUNT];

/* Arms the mocks, with errno set to a value that must survive a success. */
void driver_arm(struct step *step, enum symbol symbol, enum call call);

/* To come right after the call. `forwarded` is the symbol whose mock must have been called, once. */
void driver_disarm(struct step *step, enum symbol forwarded);

/* The same for a lock, which is tried by calling `tried`, and only if it is busy by calling `forwarded`. */
void driver_disarm_lock(struct step *step, enum symbol tried, enum symbol forwarded);

/* The same where any symbol of the row will do. */
void driver_disarm_row(struct step *step);

/* Notes what is wrong; the first problem stays. */
void driver_problem(struct step *step, const char *problem);

void driver_check(struct step *step, unsigned int i, const void *value, size_t size);

/* The same for the two arguments of driver_make_list(). */
void driver_check_list(struct step *step, unsigned int i);

/* Memory for what wrappers read through a pointer: a word that is not 0, and zeroes. */
void *driver_object(void);

/* A stream whose error flag is set as the phase asks. */
FILE *driver_stream(const struct step *step);
void driver_mark_stream(const struct step *step, FILE *stream);

/* Something that wrappers may ask for its descriptor. */
DIR *driver_directory(void);

/* What comes to hold two descriptors. */
int *driver_pair(void);

/* A text that is not empty. */
extern char driver_text[8];

/* A list whose arguments are driver_value(i), and a double with the bits of driver_value(i + 1). */
void driver_make_list(unsigned int i, va_list *ret_list);

/* A value for argument i, different for each in each of its bytes. */
static inline uint64_t driver_value(unsigned int i)
{
	return 0x1111111111111111U * (i + 1);
}

static const uint64_t driver_answers[] = {53, FAILURE_CODE, 0, UINT64_MAX};

#define DRIVER_ANSWERS (sizeof(driver_answers) / sizeof(driver_answers[0]))

static inline void driver_fill(unsigned int i, void *ret_argument, size_t size)
{
	uint64_t value = driver_value(i);

	memcpy(ret_argument, &value, size);
}

#define FILL(i, variable) driver_fill(i, (void *)&(variable), sizeof(variable))

/* Scripts the first answer that fits; a row whose `fails` cannot come true is a problem. */
#define SCRIPT(step, result, fails)                                                               \
	do {                                                                                      \
		size_t n_tried = 0;                                                               \
                                                                                                  \
		for (; n_tried < DRIVER_ANSWERS; n_tried++) {                                     \
			mock.result = driver_answers[n_tried];                                    \
			memcpy((void *)&(result), &mock.result, sizeof(result));                  \
			if (!(fails) == driver_succeeds(step))                                    \
				break;                                                            \
		}                                                                                 \
		if (n_tried == DRIVER_ANSWERS)                                                    \
			driver_problem(step, "no answer makes `fails` so");                       \
	} while (0)

/* Scripts the first answer that says that a lock is busy; to be used before SCRIPT(). */
#define SCRIPT_BUSY(step, result, busy)                                                           \
	do {                                                                                      \
		static const uint64_t answers[] = {EBUSY, thrd_busy, UINT64_MAX};                 \
                                                                                                  \
		errno = EAGAIN;                                                                   \
		for (size_t i = 0; i < 3 && (step)->phase == PHASE_BUSY && !mock.is_busy; i++) {  \
			mock.busy_result = answers[i];                                            \
			memcpy((void *)&(result), &mock.busy_result, sizeof(result));             \
			mock.is_busy = (busy);                                                    \
			mock.busy_code = answers[i] == UINT64_MAX ? EAGAIN : 0;                   \
		}                                                                                 \
		if ((step)->phase == PHASE_BUSY && !mock.is_busy)                                 \
			driver_problem(step, "no answer makes it busy");                          \
	} while (0)

/* Whether the phase is one in which the real function succeeds. */
static inline bool driver_succeeds(const struct step *step)
{
	return step->phase == PHASE_SUCCESS || step->phase == PHASE_BUSY;
}

/* A time that any call takes. */
struct timespec *driver_time(void);

/* The same for functions that return the error's code, and for those that return EAI_*. */
void driver_script_code(struct step *step);
void driver_script_eai(struct step *step);

#define CHECK(step, i, variable) driver_check(step, i, (const void *)&(variable), sizeof(variable))

#define CHECK_RESULT(step, result)                                                                \
	do {                                                                                      \
		if (memcmp(&(result), &mock.result, sizeof(result)) != 0)                         \
			driver_problem(step, "the result is another");                            \
	} while (0)

#endif
