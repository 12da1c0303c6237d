// SPDX-License-Identifier: MIT
#include "config.h"

#include "api/detached-thread.h"

#include <pthread.h>

int detached_thread_start(void *(*run)(void *argument), void *argument, size_t stack_size)
{
	pthread_attr_t attributes;
	pthread_t thread;
	int error = pthread_attr_init(&attributes);

	if (error)
		return error;
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	if (stack_size)
		pthread_attr_setstacksize(&attributes, stack_size);
	error = pthread_create(&thread, &attributes, run, argument);
	pthread_attr_destroy(&attributes);
	return error;
}
