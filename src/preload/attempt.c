// SPDX-License-Identifier: MIT
#include "config.h"

#include "preload/attempt.h"

#include <pthread.h>

/* As the header's macro for C needs either a jump buffer or the compiler's library, the older way is used. */
extern void _pthread_cleanup_push(struct _pthread_cleanup_buffer *buffer, void (*routine)(void *),
				  void *argument);
extern void _pthread_cleanup_pop(struct _pthread_cleanup_buffer *buffer, int execute);

struct pending_attempt {
	const struct probe *probe;
	enum call call;
};

static void count_cancelled(void *argument)
{
	const struct pending_attempt *pending = argument;

	probe_count_attempt(pending->probe, pending->call);
}

void attempt_may_be_cancelled(const struct probe *probe, enum call call)
{
	struct pending_attempt pending = {.probe = probe, .call = call};
	struct _pthread_cleanup_buffer buffer;

	_pthread_cleanup_push(&buffer, count_cancelled, &pending);
	pthread_testcancel();
	_pthread_cleanup_pop(&buffer, 0);
}
