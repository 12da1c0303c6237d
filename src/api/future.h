// SPDX-License-Identifier: MIT
/*
 * future.h - work of the library on a thread of its own, and how one hears of its end.
 */
#ifndef SONDE_API_FUTURE_H
#define SONDE_API_FUTURE_H

#include "api/instance.h"

/* Called on the thread; what it returns is the result. */
typedef int (*future_work)(struct sonde *sonde, void *data);

struct future_task {
	future_work work;
	void *data;		       /* lives as long as the future */
	void (*free_data)(void *data); /* NULL: there is nothing to free */
};

/*
 * Starts the thread, on which all signals are blocked. It does the work, then calls the callback,
 * unless that is NULL, then the future is done. ret_future may be NULL. 0 or SONDE_ENOMEM, then
 * with the data as it was.
 */
int future_start(struct sonde *sonde, const struct future_task *task, sonde_callback callback,
		 void *argument, struct sonde_future **ret_future) HIDDEN;

/* The data of one that is done, and is of this work. NULL: it is not. */
void *future_data(const struct sonde_future *future, future_work work) HIDDEN;

#endif
