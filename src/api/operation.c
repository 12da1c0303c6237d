// SPDX-License-Identifier: MIT
#include "config.h"

#include "api/operation.h"

#include <string.h>

#include "api/recording.h"
#include "api/request.h"

static int make_request(struct request *request, const char *operation, const char *error_type)
{
	const struct sonde_tag tags[] = {
		{"operation", operation},
		{"result", error_type ? "error" : "ok"},
		{"error.type", error_type},
	};

	return request_init(request, KIND_COUNTER, OPERATIONS_NAME, "{operation}", tags,
			    error_type ? 3 : 2);
}

/* One of the operation's first types of errors, or else ERROR_OTHER. */
static struct metric *find_failure(const char *operation, const char *error_type,
				   struct metric *successes, int *ret_error)
{
	struct request request;
	enum series_refusal reason;
	struct metric *metric;

	*ret_error = make_request(&request, operation, error_type);
	if (*ret_error)
		return NULL;
	request.metric.must_exist = true;
	metric = request_try(&request, &reason);
	if (metric)
		return metric;
	if (strcmp(error_type, ERROR_OTHER) != 0 &&
	    !instance.engine->take_number(successes, ERROR_TYPES_MAX))
		return find_failure(operation, ERROR_OTHER, successes, ret_error);
	request.metric.must_exist = false;
	return request_find(&request, ret_error);
}

int operation_record(struct sonde *sonde, const char *operation, const char *error_type)
{
	struct request request;
	struct metric *metric;
	int error = instance_check(sonde);

	if (error)
		return error;
	if (!operation)
		return SONDE_EINVAL;
	if (!*operation)
		return instance_refuse(REFUSED_NAME);
	error = make_request(&request, operation, NULL);
	metric = error ? NULL : request_find(&request, &error);
	if (metric && error_type)
		metric = find_failure(operation, *error_type ? error_type : ERROR_OTHER, metric,
				      &error);
	if (!metric)
		return error;
	return recording_add(metric, 1);
}

struct metric *operation_timer(struct sonde *sonde, const char *operation, bool success,
			       int *ret_error)
{
	static const struct sonde_tag failed = {"success", "false"};
	struct request request;

	*ret_error = instance_check(sonde);
	if (!*ret_error)
		*ret_error = request_init(&request, KIND_TIMER, operation, NULL, &failed, !success);
	return *ret_error ? NULL : request_find(&request, ret_error);
}

static bool has_tag(const struct series *series, const char *key, const char *value)
{
	const char *found = series_tag(series, key);

	return found && strcmp(found, value) == 0;
}

enum operation_kind operation_find(const struct snapshot *snapshot, const char *operation)
{
	enum operation_kind kind = OPERATION_UNKNOWN;

	for (size_t i = 0; i < snapshot_n_series(snapshot); i++) {
		const struct series *series = snapshot_series(snapshot, i);

		if (series_is_named(series, operation) ||
		    (strcmp(series->name, OPERATIONS_NAME) == 0 &&
		     has_tag(series, "operation", operation)))
			return OPERATION_OWN;
		if (strcmp(series->name, "libc.calls") == 0 && has_tag(series, "call", operation))
			kind = OPERATION_CALL;
	}
	return kind;
}
