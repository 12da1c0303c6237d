// SPDX-License-Identifier: MIT
#include "config.h"

#include "api/request.h"

#include <math.h>
#include <string.h>

/* The code of a unit that has one; any other text is a unit itself. */
static const char *unit_code(const char *text)
{
	enum sonde_unit unit = sonde_unit_find(text);

	if (unit == SONDE_UNIT_NONE)
		return NULL;
	return unit == SONDE_UNIT_OTHER ? text : sonde_unit_code(unit);
}

static bool is_unit_key(const char *key)
{
	return key[0] == 'u' && strcmp(key, "unit") == 0;
}

int request_init(struct request *request, enum series_kind kind, const char *name, const char *unit,
		 const struct sonde_tag *tags, size_t n_tags)
{
	const char *given = unit;
	size_t n = 0;

	if (!name || (n_tags && !tags))
		return SONDE_EINVAL;
	for (size_t i = 0; i < n_tags; i++) {
		if (!tags[i].key || !tags[i].value)
			return SONDE_EINVAL;
		if (is_unit_key(tags[i].key)) {
			unit = given ? given : tags[i].value;
			continue;
		}
		if (n == METRIC_TAGS_MAX)
			return instance_refuse(REFUSED_TAGS);
		request->tags[n++] = (struct metric_tag){tags[i].key, tags[i].value};
	}
	request->metric = (struct metric_request){
		.name = name,
		/* A timer is in seconds, whatever its durations were given in. */
		.unit = kind == KIND_TIMER ? NULL : unit_code(unit),
		.kind = (uint8_t)kind,
		.n_tags = (uint8_t)n,
		.tags = request->tags,
	};
	return 0;
}

bool request_is_of_other_unit(const struct request *request)
{
	struct request any = *request;
	enum series_refusal reason;

	any.metric.tags = any.tags;
	any.metric.unit = NULL;
	any.metric.must_exist = true;
	return request->metric.unit &&
	       (instance.engine->find(&any.metric, &reason) || reason != REFUSED_CONFLICT);
}

struct metric *request_find(const struct request *request, int *ret_error)
{
	enum series_refusal reason;
	struct metric *metric = instance.engine->find(&request->metric, &reason);

	if (likely(metric))
		return metric;
	*ret_error = instance_refuse(reason);
	if (reason == REFUSED_CONFLICT && request_is_of_other_unit(request))
		*ret_error = SONDE_EUNIT;
	return NULL;
}

/* As many as can be counted of what is below this have a sum that is a number. */
#define VALUE_END 0x1p960

int value_check(double value)
{
	if (likely(value >= 0 && value < VALUE_END))
		return 0;
	return instance_refuse(isfinite(value) ? REFUSED_RANGE : REFUSED_NUMBER);
}

int duration_to_ns(double duration, enum sonde_unit unit, uint64_t *ret_ns)
{
	double ns;
	int error = value_check(duration);

	if (error)
		return error;
	if (unit == SONDE_UNIT_NONE)
		unit = SONDE_MILLISECONDS;
	if (sonde_unit_convert(duration, unit, SONDE_NANOSECONDS, &ns)) {
		instance_refuse(REFUSED_CONFLICT);
		return SONDE_EUNIT;
	}
	ns = nearbyint(ns);
	if (ns >= 0x1p63)
		return instance_refuse(REFUSED_RANGE);
	*ret_ns = (uint64_t)ns;
	return 0;
}
