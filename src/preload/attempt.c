// SPDX-License-Identifier: MIT
#include "config.h"

#include "preload/attempt.h"

#include <pthread.h>

struct pending_attempt {
	const struct probe *probe;
	enum call call;
	bool is_over;
};

/* Also called when the stack is unwound. */
static void count_if_cancelled(const struct pending_attempt *pending)
{
	if (!pending->is_over)
		probe_count_attempt(pending->probe, pending->call);
}

void attempt_may_be_cancelled(const struct probe *probe, enum call call)
{
	__attribute__((cleanup(count_if_cancelled))) struct pending_attempt pending = {
		.probe = probe,
		.call = call,
	};

	pthread_testcancel();
	pending.is_over = true;
}
