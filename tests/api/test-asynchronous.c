// SPDX-License-Identifier: MIT
#include "config.h"

#include "api.h"

#include <poll.h>

enum { PATIENCE_S = 20 };

static void a_future_tells_of_the_end(void)
{
	struct sonde_future *future;
	int result = 42;

	CU_ASSERT_EQUAL_FATAL(sonde_collect_metrics_async(metrics(), NULL, NULL, &future), 0);
	CU_ASSERT_EQUAL(sonde_future_wait(future, PATIENCE_S, &result), 0);
	CU_ASSERT_EQUAL(result, 0);
	result = 42;
	CU_ASSERT_EQUAL(sonde_future_wait(future, 0, &result), 0);
	CU_ASSERT_EQUAL(result, 0);
	sonde_future_free(future);
}

static void a_descriptor_becomes_readable_at_the_end(void)
{
	struct sonde_future *future;

	CU_ASSERT_EQUAL_FATAL(sonde_collect_metrics_async(metrics(), NULL, NULL, &future), 0);
	struct pollfd wanted = {.fd = sonde_future_fd(future), .events = POLLIN};

	CU_ASSERT_EQUAL(poll(&wanted, 1, PATIENCE_S * 1000), 1);
	CU_ASSERT_EQUAL(wanted.revents, POLLIN);
	CU_ASSERT_EQUAL(sonde_future_wait(future, 0, NULL), 0);
	sonde_future_free(future);
}

/* A callback that goes on only when it is let. */
struct gate {
	int called;
	int result;
	int fds[2];
};

static void pass_gate(void *argument, int result)
{
	struct gate *gate = argument;
	char byte;

	gate->result = result;
	gate->called = (int)read(gate->fds[0], &byte, 1);
}

static void the_callback_comes_before_the_end(void)
{
	struct gate gate = {.result = 42};
	struct sonde_future *future;

	CU_ASSERT_EQUAL_FATAL(pipe(gate.fds), 0);
	CU_ASSERT_EQUAL_FATAL(sonde_collect_metrics_async(metrics(), pass_gate, &gate, &future), 0);
	CU_ASSERT_EQUAL(sonde_future_wait(future, 0, NULL), SONDE_ETIMEDOUT);
	CU_ASSERT_EQUAL(sonde_future_wait(future, 0.01, NULL), SONDE_ETIMEDOUT);
	CU_ASSERT_EQUAL(write(gate.fds[1], "", 1), 1);
	CU_ASSERT_EQUAL(sonde_future_wait(future, INFINITY, NULL), 0);
	CU_ASSERT_EQUAL(gate.called, 1);
	CU_ASSERT_EQUAL(gate.result, 0);
	sonde_future_free(future);
	close(gate.fds[0]);
	close(gate.fds[1]);
}

static void say_done(void *argument, int result)
{
	const int *fd = argument;

	if (write(*fd, result ? "n" : "y", 1) != 1)
		abort();
}

static void a_callback_needs_no_future(void)
{
	char answer = 0;
	int fds[2];

	CU_ASSERT_EQUAL_FATAL(pipe(fds), 0);
	CU_ASSERT_EQUAL_FATAL(sonde_collect_metrics_async(metrics(), say_done, &fds[1], NULL), 0);
	CU_ASSERT_EQUAL(read(fds[0], &answer, 1), 1);
	CU_ASSERT_EQUAL(answer, 'y');
	close(fds[0]);
	close(fds[1]);
}

static void bad_arguments_are_refused(void)
{
	struct sonde_future *future;

	CU_ASSERT_EQUAL(sonde_collect_metrics_async(NULL, NULL, NULL, &future), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_collect_metrics_async(metrics(), NULL, NULL, NULL), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_future_wait(NULL, 0, NULL), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_future_fd(NULL), SONDE_EINVAL);
	sonde_future_free(NULL);
	CU_ASSERT_EQUAL_FATAL(sonde_collect_metrics_async(metrics(), NULL, NULL, &future), 0);
	CU_ASSERT_EQUAL(sonde_future_wait(future, NAN, NULL), SONDE_ERANGE);
	CU_ASSERT_EQUAL(sonde_future_wait(future, -1, NULL), SONDE_ERANGE);
	sonde_future_free(future);
}

static struct sonde_future *of_parent;

static int look_at_the_parents(void)
{
	EXPECT(sonde_future_wait(of_parent, 0, NULL) == SONDE_ESTALE);
	sonde_future_free(of_parent);
	if (CHILD_MAY_START_THREADS)
		a_future_tells_of_the_end();
	return 0;
}

static void a_future_is_not_one_of_the_forked_child(void)
{
	CU_ASSERT_EQUAL_FATAL(sonde_collect_metrics_async(metrics(), NULL, NULL, &of_parent), 0);
	in_child(look_at_the_parents);
	CU_ASSERT_EQUAL(sonde_future_wait(of_parent, PATIENCE_S, NULL), 0);
	sonde_future_free(of_parent);
}

static int collect_after_the_end(void)
{
	struct sonde_future *future;

	EXPECT(sonde_shutdown_metrics(metrics()) == 0);
	EXPECT(sonde_collect_metrics_async(metrics(), NULL, NULL, &future) == SONDE_ESHUTDOWN);
	return 0;
}

static void nothing_is_collected_after_the_end(void)
{
	in_child(collect_after_the_end);
}

static void *collect_often(void *number)
{
	(void)number;
	for (int i = 0; i < 20; i++) {
		struct sonde_future *future;
		int result = 1;

		if (sonde_collect_metrics_async(metrics(), NULL, NULL, &future) ||
		    (i % 2 && sonde_future_wait(future, PATIENCE_S, &result)) || (i % 2 && result))
			abort();
		sonde_future_free(future);
	}
	return NULL;
}

static void many_threads_can_collect_at_once(void)
{
	in_threads(collect_often);
	a_future_tells_of_the_end();
}

UNIT_MAIN("asynchronous", {"a future tells of the end", a_future_tells_of_the_end},
	  {"a descriptor becomes readable at the end", a_descriptor_becomes_readable_at_the_end},
	  {"the callback comes before the end", the_callback_comes_before_the_end},
	  {"a callback needs no future", a_callback_needs_no_future},
	  {"bad arguments are refused", bad_arguments_are_refused},
	  {"a future is not one of the forked child", a_future_is_not_one_of_the_forked_child},
	  {"nothing is collected after the end", nothing_is_collected_after_the_end},
	  {"many threads can collect at once", many_threads_can_collect_at_once})
