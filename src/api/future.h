// SPDX-License-Identifier: MIT
/*
 * future.h - work of the library on a thread of its own, and how one hears of its end.
 */
#ifndef SONDE_API_FUTURE_H
#define SONDE_API_FUTURE_H

#include "api/instance.h"

/* Called on the thread; what it returns is the result. */
typedef int (*future_work)(struct sonde *sonde);

/*
 * Starts the thread, on which all signals are blocked. It does the work, then calls the callback,
 * unless that is NULL, then the future is done. ret_future may be NULL. 0 or SONDE_ENOMEM.
 */
int future_start(struct sonde *sonde, future_work work, sonde_callback callback, void *argument,
		 struct sonde_future **ret_future) HIDDEN;

#endif
