// SPDX-License-Identifier: MIT
/*
 * driver.c - the program that conformance.c runs under the preload and the mocks.
 *
 * It runs each driver for each phase, and after each sends a step and waits for the test to have looked
 * at the region. Beside mocks it uses raw system calls, errno, and nothing else of libc.
 */
#include "config.h"

#include "driver.h"

#include "base/raw.h"

#include <netdb.h>

enum {
	ERRNO_BEFORE = 4242,
};

struct mock mock;

void driver_problem(struct step *step, const char *problem)
{
	if (step->problem[0])
		return;
	for (size_t i = 0; i < STEP_PROBLEM_SIZE - 1 && problem[i]; i++)
		step->problem[i] = problem[i];
}

void driver_arm(struct step *step, enum symbol symbol, enum call call)
{
	step->symbol = symbol;
	step->call = call;
	mock.n_calls = 0;
	mock.is_armed = true;
	errno = ERRNO_BEFORE;
}

static void disarm(struct step *step)
{
	int code = errno;
	int n_expected = mock.is_busy ? 2 : 1;

	mock.is_armed = false;
	if (code != (mock.code ? mock.code : ERRNO_BEFORE))
		driver_problem(step, "errno is another");
	if (mock.n_calls != n_expected)
		driver_problem(step, "the real function was not called exactly once");
}

void driver_disarm(struct step *step, enum symbol forwarded)
{
	disarm(step);
	if (mock.symbol != forwarded)
		driver_problem(step, "it was forwarded to another function");
}

void driver_disarm_lock(struct step *step, enum symbol tried, enum symbol forwarded)
{
	driver_disarm(step, step->phase == PHASE_BUSY ? forwarded : tried);
}

struct timespec *driver_time(void)
{
	static struct timespec time = {1, 1};

	return &time;
}

void driver_disarm_row(struct step *step)
{
	disarm(step);
	if (call_of_symbol[mock.symbol] != step->call)
		driver_problem(step, "it was forwarded to another function");
}

void driver_check(struct step *step, unsigned int i, const void *value, size_t size)
{
	if (memcmp(&mock.arguments[i], value, size) == 0)
		return;
	char problem[] = "argument 0 arrived as another";

	problem[9] = (char)(problem[9] + i + 1);
	driver_problem(step, problem);
}

void driver_check_list(struct step *step, unsigned int i)
{
	for (unsigned int k = i; k < i + 2; k++) {
		uint64_t value = driver_value(k);

		driver_check(step, k, &value, sizeof(value));
	}
}

void driver_script_code(struct step *step)
{
	mock.code = 0;
	mock.result = driver_succeeds(step) ? 0 : FAILURE_CODE;
}

void driver_script_eai(struct step *step)
{
	static const int result[] = {
		[PHASE_SUCCESS] = 0,
		[PHASE_FAILURE] = EAI_NONAME,
		[PHASE_SYSTEM_FAILURE] = EAI_SYSTEM,
	};

	mock.result = (uint64_t)result[step->phase];
	if (step->phase == PHASE_FAILURE) {
		mock.code = 0;
		step->code = EAI_NONAME;
	}
}

void driver_mark_stream(const struct step *step, FILE *stream)
{
	stream->_flags &= ~_IO_EOF_SEEN;
	if (step->phase == PHASE_SUCCESS)
		stream->_flags &= ~_IO_ERR_SEEN;
	else
		stream->_flags |= _IO_ERR_SEEN;
}

void *driver_object(void)
{
	static uint64_t object[512];

	object[0] = UINT64_MAX;
	return object;
}

FILE *driver_stream(const struct step *step)
{
	static FILE stream;

	driver_mark_stream(step, &stream);
	return &stream;
}

/* The C library's DIR begins with the descriptor. */
DIR *driver_directory(void)
{
	static int directory[64] = {-1};

	return (DIR *)directory;
}

int *driver_pair(void)
{
	static int pair[2] = {-1, -1};

	return pair;
}

char driver_text[8] = "text";

/* As if all registers had been used up: the arguments are those on the stack. */
void driver_make_list(unsigned int i, va_list *ret_list)
{
	static uint64_t stack[2];

	stack[0] = driver_value(i);
	stack[1] = driver_value(i + 1);
#if defined(__x86_64__)
	(*ret_list)->gp_offset = 48;
	(*ret_list)->fp_offset = 176;
	(*ret_list)->overflow_arg_area = stack;
#else
	ret_list->__stack = stack;
	ret_list->__gr_offs = 0;
	ret_list->__vr_offs = 0;
#endif
}

static void finish_step(const struct step *step)
{
	char go;

	if (raw_write(STEP_FD, step, sizeof(*step)) != (long)sizeof(*step) ||
	    raw_syscall(SYS_read, STEP_FD, (long)&go, 1, 0, 0, 0) != 1)
		raw_syscall(SYS_exit_group, 1, 0, 0, 0, 0, 0);
}

static void run_phase(const struct driver *driver, enum phase phase)
{
	struct step step = {.symbol = driver->symbol, .phase = phase};

	memset(&mock, 0, sizeof(mock));
	if (!driver_succeeds(&step)) {
		step.outcome = OUTCOME_FAILURE;
		step.code = FAILURE_CODE;
		mock.code = FAILURE_CODE;
	}
	driver->run(&step);
	finish_step(&step);
}

static void run_all(const struct driver *driver)
{
	for (; driver->run; driver++) {
		for (unsigned int phase = 0; phase < driver->n_phases; phase++)
			run_phase(driver, phase);
		if (driver->is_tried_first)
			run_phase(driver, PHASE_BUSY);
	}
}

int main(void)
{
	struct step first = {.symbol = SYMBOL_COUNT};

	finish_step(&first);
	run_all(generated_drivers);
	run_all(custom_drivers);
	raw_syscall(SYS_exit_group, 0, 0, 0, 0, 0, 0);
	return 0;
}
