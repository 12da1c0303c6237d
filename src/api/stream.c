// SPDX-License-Identifier: MIT
/*
 * Values as they are collected. A stream keeps the snapshot that it was fed with last; what has
 * changed from it to the next waits in a ring, from which the oldest go when there is no room.
 * How many went is told where they would have come: before all that wait.
 *
 * All of it is guarded by the instance's lock. Its descriptor is an eventfd, which is made readable
 * when there is something to take, and emptied when there is not.
 *
 * A stream of single records has a ring of another kind instead, into which those who record put
 * them without the lock (api/events.h).
 */
#include "config.h"

#include "api/stream.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "api/deadline.h"
#include "api/events.h"
#include "api/figures.h"
#include "api/recording.h"
#include "api/values.h"
#include "base/raw.h"

#define INTERVAL_NS  INT64_C(1000000000) /* where the program has no interval of its own */
#define INTERVAL_MAX 86400.0

enum { VALUES = 1024, VALUES_MAX = 1 << 20 };

struct sonde_stream {
	struct event_outlet outlet; /* the first, so that one is found by the other */
	struct sonde_stream *next;
	struct sonde *sonde;
	pid_t pid; /* of the process that opened it */
	int fd;
	bool is_readable;
	bool is_over;
	bool wants_totals;
	struct stream_filter filter;
	int64_t interval_ns; /* the least */
	int64_t fed_ns;
	struct snapshot *base; /* NULL: there was no memory for one yet */

	struct sonde_metric_value **ring;
	size_t capacity;
	size_t first;
	size_t n_values;
	uint64_t n_dropped;
	struct event event;
	bool has_event; /* one that was taken, and not handed over yet */
};

static bool has_something(const struct sonde_stream *stream)
{
	return stream->n_values || stream->n_dropped || stream->is_over;
}

/* System calls of our own: libc's could count as the program's. */
static void show(struct sonde_stream *stream)
{
	uint64_t word = 1;

	if (has_something(stream) == stream->is_readable)
		return;
	stream->is_readable = !stream->is_readable;
	raw_syscall(stream->is_readable ? SYS_write : SYS_read, stream->fd, (long)&word,
		    sizeof(word), 0, 0, 0);
}

/* -- Feeding ---------------------------------------------------------------------------------- */

static struct sonde_metric_value *take_oldest(struct sonde_stream *stream)
{
	struct sonde_metric_value *value = stream->ring[stream->first];

	stream->first = (stream->first + 1) % stream->capacity;
	stream->n_values--;
	return value;
}

/* NULL: it could not be kept. */
static void add(struct sonde_stream *stream, struct sonde_metric_value *value)
{
	if (!value) {
		stream->n_dropped++;
		return;
	}
	if (stream->n_values == stream->capacity) {
		free(take_oldest(stream));
		stream->n_dropped++;
	}
	stream->ring[(stream->first + stream->n_values++) % stream->capacity] = value;
}

static bool is_nothing(const struct series *difference)
{
	if (series_has_histogram(difference))
		return difference->value.histogram->count == 0;
	if (difference->type == SERIES_COUNTER && !difference->is_fractional)
		return difference->value.count == 0;
	return difference->value.number == 0;
}

/* Of what is not counted, another value is news, also NAN after a number. */
static bool is_same(const struct series *series, const struct series *before)
{
	double now = series->value.number;

	return before &&
	       (now == before->value.number || (isnan(now) && isnan(before->value.number)));
}

static void feed_series(struct sonde_stream *stream, const struct series *series,
			const struct series *before, int64_t taken_ns)
{
	if (!series_is_cumulative(series)) {
		if (!is_same(series, before))
			add(stream, value_new(series, taken_ns));
		return;
	}
	struct series *difference = series_difference(series, before);

	if (!difference)
		add(stream, NULL);
	else if (!is_nothing(difference))
		add(stream, value_new(stream->wants_totals ? series : difference, taken_ns));
	free(difference);
}

/* The series that this one was in the snapshot before. Both are in one order: *position only
 * grows. */
static const struct series *find_before(const struct snapshot *before, size_t *position,
					const struct series *series)
{
	size_t n_series = before ? snapshot_n_series(before) : 0;

	for (; *position < n_series; ++*position) {
		const struct series *other = snapshot_series(before, *position);
		int order = series_compare(other, series);

		if (order >= 0)
			return order == 0 ? other : NULL;
	}
	return NULL;
}

static void feed(struct sonde_stream *stream, struct snapshot *snapshot, int64_t now_ns)
{
	size_t position = 0;

	for (size_t i = 0; i < snapshot_n_series(snapshot); i++) {
		const struct series *series = snapshot_series(snapshot, i);

		if (stream_filter_lets(&stream->filter, series))
			feed_series(stream, series, find_before(stream->base, &position, series),
				    snapshot_taken_ns(snapshot));
	}
	snapshot_put(stream->base);
	stream->base = snapshot_get(snapshot);
	stream->fed_ns = now_ns;
	show(stream);
}

void streams_feed(struct sonde *sonde, struct snapshot *snapshot, int64_t now_ns)
{
	for (struct sonde_stream *stream = sonde->streams; stream; stream = stream->next)
		if (!stream->outlet.ring && !stream->is_over &&
		    now_ns - stream->fed_ns >= stream->interval_ns)
			feed(stream, snapshot, now_ns);
}

void streams_end(struct sonde *sonde, struct snapshot *last)
{
	for (struct sonde_stream *stream = sonde->streams; stream; stream = stream->next) {
		stream->is_over = true;
		if (stream->outlet.ring) {
			event_ring_wake(stream->outlet.ring);
			continue;
		}
		/* However near to the value before: there is none after it. */
		if (last)
			feed(stream, last, stream->fed_ns);
		show(stream);
	}
}

/* -- Open and close --------------------------------------------------------------------------- */

static struct sonde_stream *stream_free(struct sonde_stream *stream)
{
	while (stream->n_values)
		free(take_oldest(stream));
	event_ring_free(stream->outlet.ring);
	if (stream->fd >= 0)
		close(stream->fd);
	snapshot_put(stream->base);
	stream_filter_deinit(&stream->filter);
	free(stream->ring);
	free(stream);
	return NULL;
}

static void free_outlet(struct event_outlet *outlet)
{
	stream_free((struct sonde_stream *)outlet);
}

/* Of a program that was built with an earlier sonde.h, it ends where `flags` begins. */
static int check(const struct sonde_stream_filter *given, struct sonde_stream_filter *ret_filter)
{
	const size_t least = offsetof(struct sonde_stream_filter, flags);
	struct sonde_stream_filter filter = {0};

	if (given && (given->struct_size < least || given->struct_size > sizeof(*given)))
		return SONDE_EINVAL;
	if (given)
		memcpy(&filter, given, given->struct_size);
	if (isnan(filter.min_interval) || filter.min_interval < 0 ||
	    filter.min_interval > INTERVAL_MAX || filter.capacity > VALUES_MAX)
		return SONDE_ERANGE;
	if ((filter.flags & ~(uint64_t)SONDE_STREAM_EVENTS) ||
	    (filter.flags && (filter.wants_totals || filter.min_interval > 0)))
		return SONDE_EINVAL;
	*ret_filter = filter;
	return 0;
}

static int fill(struct sonde_stream *stream, const struct sonde_stream_filter *filter)
{
	int error = stream_filter_init(&stream->filter, filter);

	if (error)
		return error;
	stream->capacity = filter->capacity ? filter->capacity : VALUES;
	stream->interval_ns = (int64_t)(filter->min_interval * 1e9);
	stream->wants_totals = filter->wants_totals;
	stream->pid = getpid();
	stream->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (stream->fd < 0)
		return SONDE_ENOMEM;
	if (filter->flags & SONDE_STREAM_EVENTS)
		stream->outlet.ring = event_ring_new(stream->capacity, stream->fd);
	else
		stream->ring = calloc(stream->capacity, sizeof(struct sonde_metric_value *));
	return stream->ring || stream->outlet.ring ? 0 : SONDE_ENOMEM;
}

/* What comes is compared with what is there now. */
static int need_collections(struct sonde *sonde, struct sonde_stream *stream)
{
	int error = figures_look(sonde, &stream->base);

	if (!error)
		error = collector_need(sonde,
				       stream->interval_ns ? stream->interval_ns : INTERVAL_NS);
	stream->fed_ns = clock_kernel_ns(CLOCK_MONOTONIC);
	return error;
}

static void need_events(struct sonde *sonde, struct sonde_stream *stream)
{
	stream->outlet.filter = &stream->filter;
	stream->outlet.free = free_outlet;
	events_attach(&stream->outlet);
	recording_choose(sonde, sonde->engine);
}

static int attach(struct sonde *sonde, struct sonde_stream *stream)
{
	int error = 0;

	if (stream->outlet.ring)
		need_events(sonde, stream);
	else
		error = need_collections(sonde, stream);
	if (error)
		return error;
	stream->sonde = sonde;
	stream->next = sonde->streams;
	sonde->streams = stream;
	return 0;
}

static int open_stream(struct sonde *sonde, const struct sonde_stream_filter *filter,
		       struct sonde_stream **ret_stream)
{
	struct sonde_stream *stream = calloc(1, sizeof(*stream));

	if (!stream)
		return SONDE_ENOMEM;
	stream->fd = -1;
	int error = fill(stream, filter);

	if (!error)
		error = attach(sonde, stream);
	if (error)
		stream_free(stream);
	else
		*ret_stream = stream;
	return error;
}

int sonde_metrics_stream_open(struct sonde *sonde, const struct sonde_stream_filter *filter,
			      struct sonde_stream **ret_stream)
{
	int saved_errno = errno;
	struct sonde_stream_filter known;
	int error = ret_stream ? instance_check(sonde) : SONDE_EINVAL;

	if (!error)
		error = check(filter, &known);
	if (error)
		return error;

	struct hold hold = instance_lock();

	/* It may have come to its end meanwhile, and nobody would end this one. */
	error = instance_check(sonde);
	if (!error)
		error = open_stream(sonde, &known, ret_stream);
	instance_unlock(&hold);
	errno = saved_errno;
	return error;
}

int sonde_metrics_stream_fd(const struct sonde_stream *stream)
{
	return stream ? stream->fd : SONDE_EINVAL;
}

/* In a child the list is another. */
static void detach(struct sonde_stream *stream)
{
	struct sonde_stream **place = &stream->sonde->streams;

	while (*place && *place != stream)
		place = &(*place)->next;
	if (*place)
		*place = stream->next;
}

void sonde_metrics_stream_close(struct sonde_stream *stream)
{
	int saved_errno = errno;

	if (!stream)
		return;

	struct hold hold = instance_lock();

	detach(stream);
	if (stream->outlet.ring) {
		events_detach(&stream->outlet);
		recording_choose(&instance, instance.engine);
	} else {
		stream_free(stream);
	}
	instance_unlock(&hold);
	errno = saved_errno;
}

/* -- Taking ----------------------------------------------------------------------------------- */

/* What comes in the place of values that are lost. NULL without memory. */
static struct sonde_metric_value *tell_dropped(struct sonde_stream *stream)
{
	const struct series dropped = {
		.name = "sonde.stream.dropped",
		.type = SERIES_COUNTER,
		.unit = "{value}",
		.value.count = stream->n_dropped,
	};
	struct sonde_metric_value *value = value_new(&dropped, clock_kernel_ns(CLOCK_REALTIME));

	if (value)
		stream->n_dropped = 0;
	return value;
}

/* The value, or SONDE_ENOMEM. */
static int hand_over(struct sonde_metric_value *value, struct sonde_metric_value **ret_value)
{
	if (value)
		*ret_value = value;
	return value ? 0 : SONDE_ENOMEM;
}

/* SONDE_ENODATA: there is nothing now. */
static int take_collected(struct sonde_stream *stream, struct sonde_metric_value **ret_value)
{
	int error = stream->is_over ? SONDE_ESHUTDOWN : SONDE_ENODATA;

	if (stream->n_dropped)
		error = hand_over(tell_dropped(stream), ret_value);
	else if (stream->n_values)
		error = hand_over(take_oldest(stream), ret_value);
	show(stream);
	return error;
}

/* What cannot be handed over for want of memory is the next again. */
static int take_event(struct sonde_stream *stream, struct sonde_metric_value **ret_value)
{
	enum event_ring_answer answer = EVENT_NONE;
	uint64_t n_missed = 0;
	int error;

	if (!stream->n_dropped && !stream->has_event) {
		answer = event_ring_take(stream->outlet.ring, stream->is_over, &stream->event,
					 &n_missed);
		stream->has_event = answer == EVENT_TAKEN;
		if (answer == EVENT_MISSED)
			stream->n_dropped += n_missed;
	}
	if (stream->n_dropped)
		return hand_over(tell_dropped(stream), ret_value);
	if (!stream->has_event)
		return stream->is_over ? SONDE_ESHUTDOWN : SONDE_ENODATA;
	error = hand_over(event_value(&stream->event), ret_value);
	stream->has_event = error != 0;
	return error;
}

/* SONDE_ENODATA: there is nothing now. */
static int take(struct sonde_stream *stream, struct sonde_metric_value **ret_value)
{
	int saved_errno = errno;
	struct hold hold = instance_lock();
	int error = stream->outlet.ring ? take_event(stream, ret_value)
					: take_collected(stream, ret_value);

	instance_unlock(&hold);
	errno = saved_errno;
	return error;
}

/* Whether there is time left. */
static bool wait_for_more(const struct sonde_stream *stream, int64_t until_ns)
{
	struct pollfd readable = {.fd = stream->fd, .events = POLLIN};
	int64_t left_ns = until_ns - clock_kernel_ns(CLOCK_MONOTONIC);
	struct timespec left = {left_ns / 1000000000, left_ns % 1000000000};

	if (left_ns <= 0)
		return false;
	raw_syscall(SYS_ppoll, (long)&readable, 1, (long)&left, 0, 0, 0);
	return true;
}

int sonde_metrics_stream_next(struct sonde_stream *stream, double timeout,
			      struct sonde_metric_value **ret_value)
{
	int64_t until_ns;
	int error = stream && ret_value ? deadline_of(timeout, &until_ns) : SONDE_EINVAL;

	if (error)
		return error;
	if (stream->pid != (pid_t)raw_syscall(SYS_getpid, 0, 0, 0, 0, 0, 0))
		return SONDE_ESTALE;
	do
		error = take(stream, ret_value);
	while (error == SONDE_ENODATA && wait_for_more(stream, until_ns));
	return error == SONDE_ENODATA ? SONDE_ETIMEDOUT : error;
}
