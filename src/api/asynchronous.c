// SPDX-License-Identifier: MIT
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "api/deadline.h"
#include "api/exports.h"
#include "api/figures.h"
#include "api/future.h"

#define EXPORT_SECONDS 30.0

/* -- Collecting ------------------------------------------------------------------------------- */

static int collect(struct sonde *sonde, void *nothing)
{
	struct hold hold = instance_lock();
	int error = figures_collect(sonde);

	(void)nothing;
	instance_unlock(&hold);
	return error;
}

int sonde_collect_metrics_async(struct sonde *sonde, sonde_callback callback, void *argument,
				struct sonde_future **ret_future)
{
	const struct future_task task = {.work = collect};
	int error = instance_check(sonde);

	if (!error && !callback && !ret_future)
		error = SONDE_EINVAL;
	return error ? error : future_start(sonde, &task, callback, argument, ret_future);
}

/* -- Exporting -------------------------------------------------------------------------------- */

struct export_request {
	struct export_batch *batch;
	int64_t until_ns;
	sonde_export_callback callback;
	void *argument;
};

static void free_request(void *data)
{
	struct export_request *request = data;

	export_batch_put(request->batch);
	free(request);
}

/* A look for the occasion, which is handed to all. */
static int ask(struct sonde *sonde, struct export_batch *batch)
{
	struct hold hold = instance_lock();
	struct snapshot *snapshot = NULL;
	int error = figures_look(sonde, &snapshot);

	exports_ask(sonde, error ? NULL : snapshot, batch);
	if (!error)
		snapshot_put(snapshot);
	instance_unlock(&hold);
	return error;
}

static int export(struct sonde *sonde, void *data)
{
	struct export_request *request = data;
	int error = ask(sonde, request->batch);

	export_batch_wait(request->batch, request->until_ns);
	if (request->callback)
		request->callback(request->argument, export_batch_results(request->batch),
				  export_batch_size(request->batch));
	return error;
}

/* With the lock: the names that were asked for, or of all there are. NULL without memory. */
static struct export_batch *make_batch(struct sonde *sonde, const char *const *endpoints,
				       size_t n_endpoints)
{
	const char **names = NULL;
	size_t n_names = 0;

	if (endpoints)
		return export_batch_new(endpoints, n_endpoints);
	while (exports_endpoint(sonde->exports, n_names))
		n_names++;
	names = calloc(n_names + 1, sizeof(*names));
	for (size_t i = 0; names && i < n_names; i++)
		names[i] = endpoint_name(exports_endpoint(sonde->exports, i));

	struct export_batch *batch = names ? export_batch_new(names, n_names) : NULL;

	free(names);
	return batch;
}

static struct export_request *make_request(struct sonde *sonde, const char *const *endpoints,
					   size_t n_endpoints)
{
	struct hold hold = instance_lock();
	struct export_request *request = calloc(1, sizeof(*request));

	if (request)
		request->batch = make_batch(sonde, endpoints, n_endpoints);
	if (request && !request->batch) {
		free(request);
		request = NULL;
	}
	instance_unlock(&hold);
	return request;
}

static int start_export(struct sonde *sonde, struct export_request *request,
			struct sonde_future **ret_future)
{
	const struct future_task task = {export, request, free_request};
	int error = future_start(sonde, &task, NULL, NULL, ret_future);

	if (error) {
		struct hold hold = instance_lock();

		free_request(request);
		instance_unlock(&hold);
	}
	return error;
}

int sonde_export_metrics_async(struct sonde *sonde, const char *const *endpoints,
			       size_t n_endpoints, double timeout, sonde_export_callback callback,
			       void *argument, struct sonde_future **ret_future)
{
	int64_t until_ns;
	int error = instance_check(sonde);

	if (!error && ((!callback && !ret_future) || (n_endpoints && !endpoints)))
		error = SONDE_EINVAL;
	for (size_t i = 0; !error && i < n_endpoints; i++)
		if (!endpoints[i])
			error = SONDE_EINVAL;
	if (!error)
		error = deadline_of(timeout == 0 ? EXPORT_SECONDS : timeout, &until_ns);
	if (error)
		return error;

	int saved_errno = errno;
	struct export_request *request = make_request(sonde, endpoints, n_endpoints);

	if (request) {
		request->until_ns = until_ns;
		request->callback = callback;
		request->argument = argument;
	}
	error = request ? start_export(sonde, request, ret_future) : SONDE_ENOMEM;
	errno = saved_errno;
	return error;
}

int sonde_future_exports(const struct sonde_future *future,
			 const struct sonde_export_result **ret_results, size_t *ret_n_results)
{
	const struct export_request *request;

	if (!future || !ret_results || !ret_n_results)
		return SONDE_EINVAL;
	request = future_data(future, export);
	if (!request)
		return SONDE_ENODATA;
	*ret_results = export_batch_results(request->batch);
	*ret_n_results = export_batch_size(request->batch);
	return 0;
}
