/* SPDX-License-Identifier: MIT */
/*
 * asynchronous.h - the parts of sonde.h that work on other threads: collecting and exporting with
 * callbacks and futures, and streams of what is collected. sonde.h includes it, and what it says of
 * return values, threads and forks holds here, too.
 */
#ifndef SONDE_ASYNCHRONOUS_H
#define SONDE_ASYNCHRONOUS_H

#include <sonde/sonde.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------------- asynchronous */

/* Definition: AsyncMetricsSystem. */

/* Something that a thread of sonde's does. To be freed with sonde_future_free(). */
struct sonde_future;

/* Called with the result on the thread that did it, on which all signals are blocked. It may call
 * every function of this header. */
typedef void (*sonde_callback)(void *argument, int result);

/*
 * AsyncMetricsSystem.collect_metrics_async: all that this process has recorded is looked at, so
 * that windows reach up to now, by a thread for this once. Its result is 0 or SONDE_ENOMEM. The
 * callback or the future may be NULL, but not both. SONDE_ENOMEM: there can be no thread, or no
 * descriptor; the callback is then not called.
 */
SONDE_API int sonde_collect_metrics_async(struct sonde *sonde, sonde_callback callback,
					  void *argument, struct sonde_future **ret_future);

/*
 * A descriptor that is readable, for poll() and the like, once it is done and the callback has come
 * back. It is the future's: neither to be read nor closed.
 */
SONDE_API int sonde_future_fd(const struct sonde_future *future);

/*
 * Waits until it is done and the callback has come back, at most `timeout` seconds (0: not at all,
 * INFINITY: as long as it takes), and writes its result; ret_result may be NULL. May be called
 * again. SONDE_ETIMEDOUT; SONDE_ERANGE: negative or no number; SONDE_ESTALE: of the parent process.
 */
SONDE_API int sonde_future_wait(struct sonde_future *future, double timeout, int *ret_result);

/* May be called before it is done, and is to be called in a forked child, too, for its copy. */
SONDE_API void sonde_future_free(struct sonde_future *future);

/* What has become of an export to one endpoint. */
enum sonde_export_outcome {
	SONDE_EXPORT_OK = 0,
	SONDE_EXPORT_PARTIAL = 1,   /* taken, but for so many series as `rejected` says */
	SONDE_EXPORT_RETRY = 2,	    /* not taken, but it might be if it were tried again */
	SONDE_EXPORT_DROPPED = 3,   /* refused, or too many exports wait for it already */
	SONDE_EXPORT_TIMED_OUT = 4, /* no answer in time; it may still be taken */
	SONDE_EXPORT_FAILED = 5,    /* the endpoint does not work */
	SONDE_EXPORT_UNKNOWN = 6    /* there is no such endpoint */
};

struct sonde_export_result {
	const char *endpoint; /* as it was asked for */
	bool is_success;      /* the protocol's: OK, or PARTIAL with nothing rejected */
	enum sonde_export_outcome outcome;
	uint64_t rejected;
	const char *reason; /* for people; "": there is none */
};

/* Called with one result for each endpoint that was asked for, in that order, as sonde_callback is.
 * They live until it returns. */
typedef void (*sonde_export_callback)(void *argument, const struct sonde_export_result *results,
				      size_t n_results);

/*
 * AsyncMetricsSystem.export_metrics_async: all series, as they are now, go to endpoints: instances
 * of `plugins`, by their names; `endpoints` NULL: to all that there are. Each has its own thread and
 * its own queue, and none waits for another. Those that have not answered `timeout` seconds from now
 * (0: 30; INFINITY: as long as it takes) are SONDE_EXPORT_TIMED_OUT. One that is asked for twice has
 * two results, and one that there is not has one, too. An export that fails is not tried again.
 *     The result of the future is 0, or SONDE_ENOMEM when no export could be made; the callback is
 * called in both cases. The callback or the future may be NULL, but not both. SONDE_ERANGE: the
 * timeout is negative or no number; SONDE_ENOMEM: the callback is then not called. Endpoints are the
 * process's that initialised them: in a forked child, SONDE_EXPORT_FAILED.
 */
SONDE_API int sonde_export_metrics_async(struct sonde *sonde, const char *const *endpoints,
					 size_t n_endpoints, double timeout,
					 sonde_export_callback callback, void *argument,
					 struct sonde_future **ret_future);

/* The results of an export that is done, which live as long as the future. SONDE_ENODATA: it is not
 * done, or no export. */
SONDE_API int sonde_future_exports(const struct sonde_future *future,
				   const struct sonde_export_result **ret_results,
				   size_t *ret_n_results);

/* ------------------------------------------------------------------------------------ streams */

/* Definition: AsyncMetricsSystem.metrics_stream. Values as they are collected, taken one by one. */
struct sonde_stream;

/* A bit of sonde_stream_filter.types, for a type of enum sonde_type. */
#define SONDE_TYPE_BIT(type) (1u << (type))

/*
 * What a stream is of: series that meet all of it. All zero but struct_size is everything. It is
 * read during the call only.
 */
struct sonde_stream_filter {
	uint32_t struct_size; /* sizeof(struct sonde_stream_filter) */
	uint32_t types;	      /* of SONDE_TYPE_BIT(); 0: all */
	/* Patterns, of which a name has to fit one: * is any text, ? any character; letters may be
	 * small or capital. */
	const char *const *names;
	size_t n_names; /* 0: all */
	/* All of them; one with an empty value is met by series without it. */
	const struct sonde_tag *tags;
	size_t n_tags;
	double min_interval; /* seconds from one value of a series to the next; 0: each collection */
	size_t capacity;     /* values that wait at most, up to 2^20; 0: 1024 */
	bool wants_totals;   /* counters, histograms and timers since they began, not what came */
	uint64_t flags;	     /* of SONDE_STREAM_ */
};

/*
 * A value for each single record that the program makes from now on, in the order in which they are
 * made, and not what has come between two collections: of a counter by how much it grew, of a gauge
 * what it became, of a histogram or a timer the one value. Its timestamp is the instant of the
 * record. Records of one thread are in its order; of several threads that record at once, any may
 * be the first. Recording takes no lock for it, and waits for nobody; it costs as before when no
 * such stream is open, and some 50 ns more for each one that is. Calls of libc are no records, nor
 * is what a forked child records. min_interval and wants_totals must be 0: else SONDE_EINVAL.
 */
#define SONDE_STREAM_EVENTS UINT64_C(1)

/*
 * AsyncMetricsSystem.metrics_stream: a value for each series that has changed from one collection
 * to the next; or for each single record (SONDE_STREAM_EVENTS). A counter's is how much it grew, a
 * histogram's or timer's what came in that time (since start_time), a gauge's what it is.
 * Collections are those of collection_interval, and of sonde_collect_metrics_async(); a program
 * that has given no interval gets a thread that collects every min_interval, or every second. Any
 * number of streams may be open. `filter` may be NULL: everything. SONDE_EINVAL: a type, name or
 * tag that is none; SONDE_ERANGE; SONDE_ENOMEM; SONDE_ESHUTDOWN.
 */
SONDE_API int sonde_metrics_stream_open(struct sonde *sonde,
					const struct sonde_stream_filter *filter,
					struct sonde_stream **ret_stream);

/*
 * Waits for the next value, at most `timeout` seconds (0: not at all, INFINITY: as long as it
 * takes). It is the caller's, to be freed with sonde_free().
 *     When more have waited than there is room for, the oldest are gone, and in their place comes
 * one value, the counter sonde.stream.dropped, which is their number.
 *     SONDE_ETIMEDOUT; SONDE_ERANGE: negative or no number; SONDE_ESHUTDOWN: that was the last one;
 * SONDE_ESTALE: a stream of the parent process; SONDE_ENOMEM: nothing is lost, it may be asked
 * again.
 */
SONDE_API int sonde_metrics_stream_next(struct sonde_stream *stream, double timeout,
					struct sonde_metric_value **ret_value);

/*
 * A descriptor that is readable, for poll() and the like, as long as there is something to take, or
 * the stream has come to its end. It is the stream's: neither to be read nor closed.
 */
SONDE_API int sonde_metrics_stream_fd(const struct sonde_stream *stream);

/* Not while somebody takes a value of it. NULL is fine. In a forked child, too, for its copy. */
SONDE_API void sonde_metrics_stream_close(struct sonde_stream *stream);

#ifdef __cplusplus
}
#endif

#endif
