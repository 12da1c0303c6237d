// SPDX-License-Identifier: MIT
/*
 * step.h - what the driven program tells the conformance test after each call it made.
 *
 * The two go in lock step: the child makes one call, sends a step, and waits for one byte, while the
 * test looks at the child's region file.
 */
#ifndef SONDE_TESTS_CONFORMANCE_STEP_H
#define SONDE_TESTS_CONFORMANCE_STEP_H

#include <stdint.h>

enum {
	STEP_FD = 100,          /* the child's end of the socket */
	STEP_PROBLEM_SIZE = 96,
	FAILURE_CODE = 77,      /* the errno, or error code as result, of a scripted failure */
};

/* What the mock is to answer. */
enum phase {
	PHASE_SUCCESS,
	PHASE_FAILURE,
	PHASE_SYSTEM_FAILURE, /* EAI_SYSTEM, and the error in errno */
	PHASE_BUSY,           /* a lock is not to be had at once, and then is */
	PHASES,
};

/* What is to be recorded beside the count. */
enum outcome {
	OUTCOME_SUCCESS,
	OUTCOME_FAILURE,
	OUTCOME_NOT_SEEN, /* the call does not come back to its wrapper */
};

struct step {
	uint32_t symbol; /* enum symbol; SYMBOL_COUNT in the first step, before any call */
	uint32_t call;   /* enum call */
	uint32_t phase;
	uint32_t outcome;
	int32_t code;    /* of a failure */
	uint64_t bytes;
	char problem[STEP_PROBLEM_SIZE]; /* what the child itself found wrong, or "" */
};

#endif
