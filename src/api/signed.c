// SPDX-License-Identifier: MIT
#include "config.h"

#include "api/signed.h"

#include <math.h>
#include <string.h>

#include "api/recording.h"
#include "api/request.h"

static const char sign_key[] = "sign";
static const char negative[] = "negative";

static bool has_sign(const struct metric *metric)
{
	struct metric_tag tags[METRIC_TAGS_MAX];
	size_t n_tags = instance.engine->tags(metric, tags);

	for (size_t i = 0; i < n_tags; i++)
		if (strcmp(tags[i].key, sign_key) == 0 && strcmp(tags[i].value, negative) == 0)
			return true;
	return false;
}

/* The series below 0. The one of all sets of tags that are too many has none. */
static struct metric *find_below(const struct metric *metric, int *ret_error)
{
	struct request request;
	size_t n_tags = instance.engine->tags(metric, request.tags);

	request.tags[n_tags] = (struct metric_tag){sign_key, negative};
	request.metric = (struct metric_request){
		.name = instance.engine->name(metric),
		.kind = KIND_HISTOGRAM,
		.flags = SERIES_SIGNED,
		.n_tags = (uint8_t)(n_tags + 1),
		.tags = request.tags,
	};
	struct metric *below = request_find(&request, ret_error);

	if (!below || has_sign(below))
		return below;
	*ret_error = instance_refuse(REFUSED_TAGS);
	return NULL;
}

int signed_enter(struct metric *metric, double value)
{
	int error = 0;

	if (value < 0) {
		metric = find_below(metric, &error);
		value = -value;
	}
	return metric ? recording_enter(metric, value) : error;
}

static bool has_room_for_sign(const struct request *request)
{
	for (size_t i = 0; i < request->metric.n_tags; i++)
		if (strcmp(request->metric.tags[i].key, sign_key) == 0)
			return false;
	return request->metric.n_tags < METRIC_TAGS_MAX;
}

struct metric *signed_find(struct request *request, int *ret_error)
{
	request->metric.flags = SERIES_SIGNED;
	if (has_room_for_sign(request))
		return request_find(request, ret_error);
	*ret_error = instance_refuse(REFUSED_TAGS);
	return NULL;
}

int sonde_distribution_open_signed(struct sonde *sonde, const char *name, const char *unit,
				   const struct sonde_tag *tags, size_t n_tags,
				   struct sonde_distribution **ret_distribution)
{
	struct request request;
	struct metric *metric;
	int error = ret_distribution ? instance_check(sonde) : SONDE_EINVAL;

	if (!error)
		error = request_init(&request, KIND_HISTOGRAM, name, unit, tags, n_tags);
	if (error)
		return error;
	metric = signed_find(&request, &error);
	if (metric)
		*ret_distribution = (struct sonde_distribution *)metric;
	return error;
}

/* -- Answers ---------------------------------------------------------------------------------- */

bool signed_is_below(const struct engine *engine, const struct series *series)
{
	const struct metric_tag tag = {sign_key, negative};
	const struct metric_request request = {
		.name = series->name,
		.kind = KIND_HISTOGRAM,
		.flags = SERIES_SIGNED,
		.must_exist = true,
		.n_tags = (uint8_t)series->n_tags,
		.tags = (const struct metric_tag *)series->tags,
	};
	const char *sign = series_tag(series, tag.key);
	enum series_refusal reason;

	return series->type == SERIES_HISTOGRAM && sign && strcmp(sign, tag.value) == 0 &&
	       engine->find(&request, &reason);
}

_Static_assert(sizeof(struct tag) == sizeof(struct metric_tag) &&
		       offsetof(struct tag, value) == offsetof(struct metric_tag, value),
	       "both are a key and a value");

void signed_join(const struct tally *above, const struct tally *below, struct tally *ret_joined)
{
	const struct window_answer *left = &below->sum;
	const struct window_answer *right = &above->sum;
	struct tally joined = above->n_known ? *above : *below;

	joined.n_series = above->n_series + below->n_series;
	joined.n_known = above->n_known + below->n_known;
	joined.sum.is_truncated = left->is_truncated || right->is_truncated;
	joined.sum.covered_ns =
		left->covered_ns > right->covered_ns ? left->covered_ns : right->covered_ns;
	if (!below->n_known) {
		*ret_joined = joined;
		return;
	}
	joined.sum.count = right->count + left->count;
	joined.sum.sum = right->sum - left->sum;
	joined.sum.min = -left->max;
	joined.sum.max = above->n_known ? right->max : -left->min;
	joined.sum.mean = joined.sum.sum / (double)joined.sum.count;
	joined.sum.rate = above->n_known ? right->rate + left->rate : left->rate;
	*ret_joined = joined;
}

/* The value of a rank: half a rank below it, no rounding leads to the next one. */
static double value_of_rank(const struct tally *tally, double rank)
{
	return series_histogram_quantile(&tally->sum.histogram,
					 (rank - 0.5) / (double)tally->sum.count);
}

/* The values farthest below 0 come first. */
double signed_quantile(const struct tally *above, const struct tally *below, double q)
{
	double n_below = (double)below->sum.count;
	double rank = fmax(1, ceil(q * (n_below + (double)above->sum.count)));

	if (n_below == 0)
		return series_histogram_quantile(&above->sum.histogram, q);
	return rank <= n_below ? -value_of_rank(below, n_below - rank + 1)
			       : value_of_rank(above, rank - n_below);
}
