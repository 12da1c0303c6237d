// SPDX-License-Identifier: MIT
#include "config.h"

#include "api/figures.h"
#include "api/future.h"

static int collect(struct sonde *sonde)
{
	struct hold hold = instance_lock();
	int error = figures_collect(sonde);

	instance_unlock(&hold);
	return error;
}

int sonde_collect_metrics_async(struct sonde *sonde, sonde_callback callback, void *argument,
				struct sonde_future **ret_future)
{
	int error = instance_check(sonde);

	if (!error && !callback && !ret_future)
		error = SONDE_EINVAL;
	return error ? error : future_start(sonde, collect, callback, argument, ret_future);
}
