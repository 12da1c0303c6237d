// SPDX-License-Identifier: MIT
#include "config.h"

#include <math.h>

#include "api/recording.h"
#include "api/request.h"
#include "api/signed.h"
#include "record/metric-private.h"

/* Values are looked at before a metric is found, so that what is refused does not make a name. */
static int begin(struct sonde *sonde, struct request *request, enum series_kind kind,
		 const char *name, const struct sonde_tag *tags, size_t n_tags)
{
	int error = instance_check(sonde);

	return error ? error : request_init(request, kind, name, NULL, tags, n_tags);
}

/* NULL, with the error, which may be that of before. */
static struct metric *find(const struct request *request, int *error)
{
	return likely(!*error) ? request_find(request, error) : NULL;
}

_Static_assert((int)METRIC_NO_MEMORY == (int)SONDE_ENOMEM, "it is handed on as it is");

int sonde_record_counter(struct sonde *sonde, const char *name, int64_t value,
			 const struct sonde_tag *tags, size_t n_tags)
{
	struct request request;
	int error = begin(sonde, &request, KIND_COUNTER, name, tags, n_tags);

	if (!error && value < 0)
		error = instance_refuse(REFUSED_RANGE);

	struct metric *metric = find(&request, &error);

	return metric ? recording_add(metric, (uint64_t)value) : error;
}

int sonde_record_counter_double(struct sonde *sonde, const char *name, double value,
				const struct sonde_tag *tags, size_t n_tags)
{
	struct request request;
	int error = begin(sonde, &request, KIND_COUNTER, name, tags, n_tags);

	if (error)
		return error;
	request.metric.flags = SERIES_OF_FRACTIONS;
	error = value_check(value);

	struct metric *metric = find(&request, &error);

	return metric ? recording_add_fraction(metric, value) : error;
}

int sonde_record_gauge(struct sonde *sonde, const char *name, double value,
		       const struct sonde_tag *tags, size_t n_tags)
{
	struct request request;
	int error = begin(sonde, &request, KIND_GAUGE, name, tags, n_tags);
	struct metric *metric = find(&request, &error);

	return metric ? recording_set(metric, value) : error;
}

static int enter(struct metric *metric, double value)
{
	bool is_signed = metric->flags & SERIES_SIGNED;
	int error = value_check(unlikely(is_signed) ? fabs(value) : value);

	if (error)
		return error;
	return unlikely(is_signed) ? signed_enter(metric, value) : recording_enter(metric, value);
}

/* Whether the name is there, as one of values that may be negative. */
static bool is_signed(struct request *request)
{
	enum series_refusal reason = REFUSED_MEMORY;
	struct metric *metric;

	request->metric.flags = SERIES_SIGNED;
	request->metric.must_exist = true;
	metric = request_try(request, &reason);
	request->metric.flags = 0;
	request->metric.must_exist = false;
	return metric || reason == REFUSED_MEMORY;
}

/* What is not there as one of values from 0 on: a signed one, if the name is that. */
static struct metric *find_distribution(struct request *request, int *ret_error)
{
	enum series_refusal reason;
	struct metric *metric = request_try(request, &reason);

	if (likely(metric))
		return metric;
	if (reason == REFUSED_CONFLICT && is_signed(request))
		return signed_find(request, ret_error);
	return request_find(request, ret_error);
}

static int enter_negative(struct request *request, double value)
{
	int error = 0;
	struct metric *metric;

	if (!is_signed(request))
		return instance_refuse(REFUSED_RANGE);
	metric = signed_find(request, &error);
	return metric ? signed_enter(metric, value) : error;
}

int sonde_record_histogram(struct sonde *sonde, const char *name, double value,
			   const struct sonde_tag *tags, size_t n_tags)
{
	struct request request;
	struct metric *metric;
	int error = begin(sonde, &request, KIND_HISTOGRAM, name, tags, n_tags);

	if (!error)
		error = value_check(fabs(value));
	if (error)
		return error;
	if (unlikely(value < 0))
		return enter_negative(&request, value);
	metric = find_distribution(&request, &error);
	return metric ? recording_enter(metric, value) : error;
}

int sonde_record_timer(struct sonde *sonde, const char *name, double duration, enum sonde_unit unit,
		       const struct sonde_tag *tags, size_t n_tags)
{
	uint64_t ns = 0;
	struct request request;
	int error = begin(sonde, &request, KIND_TIMER, name, tags, n_tags);

	if (!error)
		error = duration_to_ns(duration, unit, &ns);

	struct metric *metric = find(&request, &error);

	return metric ? recording_enter_ns(metric, ns) : error;
}

/* What a name may be that is incremented: counters first, so that a new one is a counter. */
static const struct {
	uint8_t kind;
	uint8_t flags;
} countable[] = {
	{KIND_COUNTER, 0},
	{KIND_GAUGE, 0},
	{KIND_COUNTER, SERIES_OF_FRACTIONS},
};

static int add_one(struct metric *metric)
{
	if (metric->family->kind == KIND_GAUGE)
		return recording_change(metric, 1);
	if (metric->family->flags & SERIES_OF_FRACTIONS)
		return recording_add_fraction(metric, 1);
	return recording_add(metric, 1);
}

int sonde_increment(struct sonde *sonde, const char *name, const struct sonde_tag *tags,
		    size_t n_tags)
{
	enum series_refusal reason = REFUSED_CONFLICT;
	struct request request;
	int error = begin(sonde, &request, KIND_COUNTER, name, tags, n_tags);

	if (error)
		return error;
	for (size_t i = 0; i < 3 && reason == REFUSED_CONFLICT; i++) {
		request.metric.kind = countable[i].kind;
		request.metric.flags = countable[i].flags;
		struct metric *metric = request_try(&request, &reason);

		if (metric)
			return add_one(metric);
		if (reason == REFUSED_CONFLICT && request_is_of_other_unit(&request)) {
			instance_refuse(reason);
			return SONDE_EUNIT;
		}
	}
	return instance_refuse(reason);
}

int sonde_decrement(struct sonde *sonde, const char *name, const struct sonde_tag *tags,
		    size_t n_tags)
{
	struct request request;
	int error = begin(sonde, &request, KIND_GAUGE, name, tags, n_tags);

	if (error)
		return error;
	request.metric.merge = MERGE_SUM | MERGE_LIVE;

	struct metric *metric = request_find(&request, &error);

	return metric ? recording_change(metric, -1) : error;
}

/* -- Handles: a handle is its metric ---------------------------------------------------------- */

static int open_handle(struct sonde *sonde, struct request *request, void **ret_handle)
{
	int error = instance_check(sonde);
	struct metric *metric;

	if (error)
		return error;
	metric = request_find(request, &error);
	if (metric)
		*ret_handle = metric;
	return metric ? 0 : error;
}

/* The instance may not be there yet, to count what is refused. */
static int make_request(struct sonde *sonde, struct request *request, enum series_kind kind,
			const char *name, const char *unit, const struct sonde_tag *tags,
			size_t n_tags, const void *ret_handle)
{
	int error = ret_handle ? instance_check(sonde) : SONDE_EINVAL;

	return error ? error : request_init(request, kind, name, unit, tags, n_tags);
}

int sonde_counter_open(struct sonde *sonde, const char *name, const char *unit,
		       const struct sonde_tag *tags, size_t n_tags,
		       struct sonde_counter **ret_counter)
{
	struct request request;
	int error =
		make_request(sonde, &request, KIND_COUNTER, name, unit, tags, n_tags, ret_counter);

	return error ? error : open_handle(sonde, &request, (void **)ret_counter);
}

int sonde_counter_open_double(struct sonde *sonde, const char *name, const char *unit,
			      const struct sonde_tag *tags, size_t n_tags,
			      struct sonde_counter **ret_counter)
{
	struct request request;
	int error =
		make_request(sonde, &request, KIND_COUNTER, name, unit, tags, n_tags, ret_counter);

	if (error)
		return error;
	request.metric.flags = SERIES_OF_FRACTIONS;
	return open_handle(sonde, &request, (void **)ret_counter);
}

_Static_assert((int)SONDE_MERGE_ALL == MERGE_ALL && (int)SONDE_MERGE_LAST == MERGE_LAST &&
		       (int)SONDE_MERGE_LIVE == MERGE_LIVE,
	       "the region has the numbers of sonde.h");

int sonde_gauge_open(struct sonde *sonde, const char *name, const char *unit, unsigned int merge,
		     const struct sonde_tag *tags, size_t n_tags, struct sonde_gauge **ret_gauge)
{
	struct request request;
	int error = make_request(sonde, &request, KIND_GAUGE, name, unit, tags, n_tags, ret_gauge);

	if (error)
		return error;
	if ((merge & ~(unsigned int)MERGE_LIVE) >= MERGE_MODES)
		return SONDE_EINVAL;
	request.metric.merge = (uint8_t)merge;
	return open_handle(sonde, &request, (void **)ret_gauge);
}

int sonde_distribution_open(struct sonde *sonde, const char *name, const char *unit,
			    const struct sonde_tag *tags, size_t n_tags,
			    struct sonde_distribution **ret_distribution)
{
	struct request request;
	int error = make_request(sonde, &request, KIND_HISTOGRAM, name, unit, tags, n_tags,
				 ret_distribution);

	return error ? error : open_handle(sonde, &request, (void **)ret_distribution);
}

int sonde_timer_open(struct sonde *sonde, const char *name, const struct sonde_tag *tags,
		     size_t n_tags, struct sonde_timer **ret_timer)
{
	struct request request;
	int error = make_request(sonde, &request, KIND_TIMER, name, NULL, tags, n_tags, ret_timer);

	return error ? error : open_handle(sonde, &request, (void **)ret_timer);
}

static inline bool is_over(void)
{
	return unlikely(__atomic_load_n(&instance.is_shut_down, __ATOMIC_RELAXED));
}

static __attribute__((noinline)) int add_otherwise(struct metric *metric, uint64_t amount)
{
	if (is_over())
		return SONDE_ESHUTDOWN;
	if (metric->flags & SERIES_OF_FRACTIONS)
		return instance_refuse(REFUSED_CONFLICT);
	return recording_add(metric, amount);
}

/* The hottest of all: after the end, `add` is another function, so nobody asks whether it is over.
 */
int sonde_counter_add(struct sonde_counter *counter, uint64_t amount)
{
	struct metric *metric = (struct metric *)counter;

	if (unlikely(metric->flags & (SERIES_OF_FRACTIONS | METRIC_OF_OVERFLOW)))
		return add_otherwise(metric, amount);
	return RECORDING(add)(metric, amount);
}

int sonde_counter_add_double(struct sonde_counter *counter, double amount)
{
	struct metric *metric = (struct metric *)counter;
	int error = is_over() ? SONDE_ESHUTDOWN : value_check(amount);

	if (error)
		return error;
	if (unlikely(!(metric->flags & SERIES_OF_FRACTIONS)))
		return instance_refuse(REFUSED_CONFLICT);
	return recording_add_fraction(metric, amount);
}

int sonde_gauge_set(struct sonde_gauge *gauge, double value)
{
	return is_over() ? SONDE_ESHUTDOWN : recording_set((struct metric *)gauge, value);
}

int sonde_gauge_change(struct sonde_gauge *gauge, double difference)
{
	return is_over() ? SONDE_ESHUTDOWN : recording_change((struct metric *)gauge, difference);
}

int sonde_distribution_record(struct sonde_distribution *distribution, double value)
{
	return is_over() ? SONDE_ESHUTDOWN : enter((struct metric *)distribution, value);
}

int sonde_timer_record(struct sonde_timer *timer, uint64_t duration_ns)
{
	if (is_over())
		return SONDE_ESHUTDOWN;
	if (unlikely(duration_ns > INT64_MAX))
		return instance_refuse(REFUSED_RANGE);
	return recording_enter_ns((struct metric *)timer, duration_ns);
}
