/* SPDX-License-Identifier: MIT */
/*
 * sonde.h - figures that a program records of itself, and asks for.
 *
 *     struct sonde *sonde;
 *     struct sonde_tag tags[] = {{"branch", "main"}};
 *
 *     sonde_initialize_metrics(NULL, &sonde, NULL);
 *     sonde_record_counter(sonde, "git.commits.created", 1, tags, 1);
 *
 *     cc program.c $(pkg-config --cflags --libs sonde)
 *
 * What is recorded lies in shared memory at once, beside what sonde's preload counts of the calls
 * of libc when the program runs under it: both are series, and appear in one report, recording and
 * export. A crash loses nothing.
 *
 * RETURN VALUES. A function that returns int returns 0, or one of the negative SONDE_E codes below.
 * None aborts, prints, or changes errno. What it hands back by a pointer, the last parameters,
 * named ret_..., is as it was when the function fails, unless stated otherwise.
 *
 * THREADS. Every function may be called by any thread at any time. Those that record take no lock,
 * and cost a few additions: each thread adds to memory of its own, and the sums are exact. Those
 * that ask take a lock, and allocate memory.
 *
 * SIGNALS. Functions marked [signal-safe] may be called in a signal handler. No other may.
 *
 * FORK. A forked child goes on with the same struct sonde and the same handles, and starts with
 * nothing recorded. Its windows begin with the fork. Timers that were started before are not there
 * in it, nor are threads of the library: none collects until a stream needs one, so windows are as
 * fine as questions are frequent.
 *
 * NAMES are OpenTelemetry's: a letter, then letters, digits and any of _ . - / , at most 255 in
 * all. The case of letters makes no difference: the first way in which a name is written is the one
 * that is shown, and that it is written in another way is counted once, in sonde.metrics.respelled.
 * Two names that exporters would write alike (a.b and a_b) cannot both be used. Those that begin
 * with "libc." or "sonde.", or what exporters would write like that, are taken.
 *
 * TAGS are a set, in any order: at most 32, keys of 1 to 128 bytes, values of up to 1024, of
 * which what is longer is cut at a character. A tag with an empty value is as none; of two with
 * one key the later one holds, and the other is counted as refused. A tag `unit` is not a tag
 * but the unit of the series: one of the words of enum sonde_unit, or any other of at most 63
 * bytes. Where tags are asked for, (NULL, 0) is none.
 *     A name may have 2000 sets of tags, of which 200 may have a tag that is like a path, since
 * there are as many of these as files or peers: its value begins with / or has :// in it, or the
 * last word of its key is path, file, filename, fd, inode, url, uri, addr, address or peer (as in
 * http.url or peer_address). All further sets together are one series, exact as the others, whose
 * only tag is otel.metric.overflow = "true". What is recorded there is counted in the series
 * sonde.metrics.overflowed; how many sets each name has is the gauge sonde.metrics.series.
 *
 * TYPES. A name has one type and one unit: those of its first use. Recording something else under
 * it is SONDE_ETYPE or SONDE_EUNIT. What is not recorded is counted, by reason, in the series
 * sonde.metrics.refused.
 *
 * NUMBERS. Counters, histograms and timers take no NaN and no infinity (SONDE_EDOM), and nothing
 * negative (SONDE_ERANGE) but by sonde_distribution_open_signed(), nor anything from 2^960 on
 * (SONDE_ERANGE), so that sums are numbers; gauges take all. A zero is recorded: it makes the
 * series. What is refused makes none, nor a name.
 *
 * TIME. Windows are in seconds: the last so many before now, rounded up to whole slots (seconds in
 * the last minute, minutes in the last hour, hours in the last day). 0 is all since the program
 * began. An answer says what time it covers; it may be less than what was asked for, and then
 * is_truncated. SONDE_ERANGE: negative or no number; no window is too long. Instants are
 * nanoseconds of CLOCK_REALTIME.
 *
 * DISTRIBUTIONS. Histograms and timers are kept in buckets, eight from each power of two to the
 * next: for durations from 2^-26 s (15 ns) to 2^14 s (4.5 h), for other values from 2^-10 to 2^30
 * of their unit, and one for all that is below and one for all that is above. A quantile q is the
 * value of rank max(1, ceil(q n)); inside its bucket it is interpolated on a logarithmic scale, and
 * it never lies outside the least and greatest value, which are exact. It is at most
 * SONDE_QUANTILE_ERROR off at the middle of a bucket, and never by more than the bucket's
 * width, 9.05 %.
 *
 * C11 and later, C++17 and later. May be included together with sonde/plugin.h.
 */
#ifndef SONDE_SONDE_H
#define SONDE_SONDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define SONDE_API __attribute__((__visibility__("default")))
#else
#define SONDE_API
#endif

/* The process's metrics: there is one. */
struct sonde;

#ifndef SONDE_TAG_IS_DECLARED
#define SONDE_TAG_IS_DECLARED
struct sonde_tag {
	const char *key;
	const char *value;
};
#endif

enum sonde_error {
	SONDE_EINVAL = -1,	/* an argument is none: NULL, or an impossible choice */
	SONDE_EINVAL_NAME = -2, /* a name that a series cannot have: see NAMES */
	SONDE_ETAGS = -3,	/* too many tags, or a key that is none */
	SONDE_ETYPE = -4,	/* the name has another type */
	SONDE_EUNIT = -5,	/* the name has another unit; or a unit that is none, or no time
				   where one is needed */
	SONDE_EDOM = -6,    /* not a number, or infinite */
	SONDE_ERANGE = -7,  /* negative, or too large */
	SONDE_ENOMEM = -8,  /* no memory, or more than 131,072 series */
	SONDE_ENOSPC = -9,  /* too many timers are running, or labels begun */
	SONDE_ENOENT = -10, /* no such thing: a name, an operation or a timer that never was */
	SONDE_ESTALE =
		-11, /* a timer that was stopped before, or that the parent process had started */
	SONDE_ENODATA = -12,   /* it is known, but there is nothing of it in that time */
	SONDE_EALREADY = -13,  /* initialised already */
	SONDE_ESHUTDOWN = -14, /* shut down */
	SONDE_ECONFIG = -15,   /* the configuration is wrong: see struct sonde_problem */
	SONDE_ESYSTEM = -16,   /* the preload in this process is of another version */
	SONDE_EIO = -17,       /* a writer of the caller's failed, or the system cannot be asked */
	SONDE_ETIMEDOUT = -18  /* no answer in time */
};

/* "no such metric, operation or timer": never NULL. [signal-safe] */
SONDE_API const char *sonde_error_text(int error);

/* Definition: MetricType. The numbers are those of SONDE_TYPE_ in plugin.h. */
enum sonde_type {
	SONDE_COUNTER = 1,
	SONDE_GAUGE = 2,
	SONDE_HISTOGRAM = 3,
	SONDE_TIMER = 4,
	SONDE_RATE = 5 /* never recorded: derived from counters */
};

/* "counter", ...; "" for any other number. [signal-safe] */
SONDE_API const char *sonde_type_name(enum sonde_type type);

/* Definition: MetricUnit. After the protocol's nine: what else has a name here. */
enum sonde_unit {
	SONDE_UNIT_NONE = 0, /* not given; where a time is needed, milliseconds */
	SONDE_SECONDS = 1,
	SONDE_MILLISECONDS = 2,
	SONDE_MICROSECONDS = 3,
	SONDE_BYTES = 4,
	SONDE_KILOBYTES = 5, /* 1000 bytes */
	SONDE_MEGABYTES = 6, /* 1000000 bytes */
	SONDE_COUNT = 7,
	SONDE_PERCENT = 8,
	SONDE_OPERATIONS_PER_SECOND = 9,
	SONDE_NANOSECONDS = 10,
	SONDE_KIBIBYTES = 11,
	SONDE_MEBIBYTES = 12,
	SONDE_UNIT_OTHER = 13 /* one of the program's own: see the text */
};

/* The protocol's word: "seconds", ..., "ops/sec"; "" for NONE and OTHER. [signal-safe] */
SONDE_API const char *sonde_unit_name(enum sonde_unit unit);
/* As series have it, in UCUM: "s", "ms", "us", "By", "kBy", "MBy", "{count}", "%", "{operation}/s",
 * "ns", "KiBy", "MiBy". */
SONDE_API const char *sonde_unit_code(enum sonde_unit unit);
/* By its word or its code; SONDE_UNIT_OTHER when it is neither. [signal-safe] */
SONDE_API enum sonde_unit sonde_unit_find(const char *text);
/*
 * A value in another unit of the same kind: times, sizes, shares (SONDE_COUNT is 1, SONDE_PERCENT a
 * hundredth of it). SONDE_EUNIT when the two are not of one kind. [signal-safe]
 */
SONDE_API int sonde_unit_convert(double value, enum sonde_unit from, enum sonde_unit to,
				 double *ret_value);

/* ------------------------------------------------------------------------------------- system */

/* What is wrong, for people: for a configuration, its file, line and setting, and what could stand
 * there. */
struct sonde_problem {
	char text[1024];
};

/*
 * Definition: the dictionary of MetricsSystem.initialize_metrics. All zero is what nobody has said
 * anything about. `file` and `text` are in the syntax of docs/configuration.md; at most one of
 * them. Where they say something that stands here as well, this counts. It is read during the call
 * only.
 */
struct sonde_config {
	uint32_t struct_size;  /* sizeof(struct sonde_config) */
	uint32_t max_tag_sets; /* of a name, up to 100,000; 0: 2000 */
	const char *file;
	const char *text;
	/*
	 * How often, in seconds, figures are looked at for windows, by a thread of sonde's own, on
	 * which all signals are blocked. 0: there is no thread, and windows are as fine as
	 * questions are frequent. With endpoints or streams there is one all the same, for them.
	 */
	double collection_interval;
	/*
	 * For so many days figures are kept in an SQLite file, by the plugin `history`:
	 * docs/exporters.md. 0: by that of the configuration, if it has any.
	 */
	uint32_t retention_days;
	uint32_t max_path_tag_sets; /* of a name, with a tag like a path: see TAGS; 0: 200 */
	/* Instances of the configuration's `plugins`, to which figures go; none: all there are.
	 * With retention_days `history` is one, whatever stands here. */
	const char *const *export_endpoints;
	size_t n_export_endpoints;
	/*
	 * A timer that has run for so many seconds counts as abandoned: the gauges
	 * sonde.timers.running and sonde.timers.abandoned are there once a timer was started.
	 * 0: 3600.
	 */
	double abandoned_after;
};

/*
 * Definition: MetricsSystem.initialize_metrics. Joins the session that $SONDE_SESSION names, or the
 * preload's in the same process; makes one when there is neither, which `sonde report` shows by the
 * process's number, also when the process has ended. `config` and `ret_problem` may be NULL.
 * SONDE_EALREADY the second time, with the struct sonde that there is; SONDE_ECONFIG, with
 * ret_problem filled in; SONDE_ESYSTEM; SONDE_ENOMEM.
 */
SONDE_API int sonde_initialize_metrics(const struct sonde_config *config, struct sonde **ret_sonde,
				       struct sonde_problem *ret_problem);

/* What was initialised; NULL: nothing yet. [signal-safe] */
SONDE_API struct sonde *sonde_get(void);

/*
 * Definition: MetricsSystem.shutdown_metrics. From now on nothing is recorded: functions that would
 * do nothing and return SONDE_ESHUTDOWN. What was recorded can still be asked for. Each endpoint is
 * given all there is once more, and stopped, and all have 2 seconds for that together:
 * SONDE_ETIMEDOUT when one has not come to its end by then, and is left to itself. SONDE_ESHUTDOWN
 * the second time. Endpoints get nothing more when a program ends without it.
 */
SONDE_API int sonde_shutdown_metrics(struct sonde *sonde);
/* The same with another time, in seconds. SONDE_ERANGE: negative or no number. */
SONDE_API int sonde_shutdown_metrics_within(struct sonde *sonde, double timeout);

struct sonde_system_health {
	bool healthy;	     /* there are no reasons to think otherwise */
	double error_rate;   /* of all outcomes of the tracker, the part that are errors; NAN: there
				are none */
	uint64_t operations; /* outcomes */
	uint64_t refused;    /* what was not recorded: see sonde.metrics.refused */
	uint64_t lost; /* calls, or parts of them, for which there was no memory, or that came too
			  early */
	size_t n_series;
	size_t n_overflowed; /* names with more sets of tags than they may have */
	char reasons[512];   /* a line for each, without a newline at the end; "": none */
};

/*
 * Definition: MetricsSystem.get_system_health, of sonde itself: it is not healthy when something
 * was not recorded, when a name has too many sets of tags, when a timer was abandoned, when a
 * series was left out of an export, when an endpoint does not work or has dropped something in the
 * last minute, or when a thread that looks at figures or at resources has not done so for three
 * intervals.
 */
SONDE_API int sonde_get_system_health(struct sonde *sonde, struct sonde_system_health *ret_health);

/* ---------------------------------------------------------------------------------- collector */

/*
 * Definition: MetricCollector. Each finds the series by name and tags, and makes it at its first
 * use. A `sonde` that is NULL is SONDE_EINVAL. Common errors: SONDE_EINVAL_NAME, SONDE_ETAGS,
 * SONDE_ETYPE, SONDE_EUNIT, SONDE_ENOMEM, SONDE_ESHUTDOWN. All are [signal-safe].
 */

/*
 * Adds to a counter of whole numbers: MetricCollector.record_counter, whose default value is 1.
 * After 2^64 it comes round to 0, and is one that has begun again: its start_time is that instant,
 * or, where the parts of several threads came round together, that of the look before. SONDE_ERANGE:
 * negative.
 */
SONDE_API int sonde_record_counter(struct sonde *sonde, const char *name, int64_t value,
				   const struct sonde_tag *tags, size_t n_tags);
/* Adds to a counter of fractions, which is another type: SONDE_ETYPE when the name has whole
 * numbers. */
SONDE_API int sonde_record_counter_double(struct sonde *sonde, const char *name, double value,
					  const struct sonde_tag *tags, size_t n_tags);
/* MetricCollector.record_gauge: the value is that from now on. It is kept with its time. */
SONDE_API int sonde_record_gauge(struct sonde *sonde, const char *name, double value,
				 const struct sonde_tag *tags, size_t n_tags);
/* MetricCollector.record_histogram. */
SONDE_API int sonde_record_histogram(struct sonde *sonde, const char *name, double value,
				     const struct sonde_tag *tags, size_t n_tags);
/*
 * MetricCollector.record_timer: a duration in the given unit, NONE being milliseconds. It is
 * rounded to nanoseconds, halves to even, and the series is in seconds. Its sum comes round at 584
 * years of what one thread records. SONDE_EUNIT: no time. SONDE_ERANGE: negative, or more than 292
 * years.
 */
SONDE_API int sonde_record_timer(struct sonde *sonde, const char *name, double duration,
				 enum sonde_unit unit, const struct sonde_tag *tags, size_t n_tags);
/* MetricCollector.increment: 1 more, of a counter of whole numbers or a gauge; a new name is a
 * counter. */
SONDE_API int sonde_increment(struct sonde *sonde, const char *name, const struct sonde_tag *tags,
			      size_t n_tags);
/*
 * MetricCollector.decrement: 1 less, of a gauge; a new name is a gauge, at -1, whose values in
 * several processes that run add up. SONDE_ETYPE: a counter.
 */
SONDE_API int sonde_decrement(struct sonde *sonde, const char *name, const struct sonde_tag *tags,
			      size_t n_tags);

/*
 * Handles: a series that has been found once. They live as long as the process, are never closed,
 * are good in forked children, and are the same when they are asked for again. `unit` is a word or
 * code of enum sonde_unit or any other unit; NULL: that of the name, or the one of a tag `unit`, or
 * none. Opening is [signal-safe], and has the common errors above; so are all functions that record
 * by a handle, which fail with SONDE_ENOMEM and SONDE_ESHUTDOWN beside what is stated. A handle
 * must not be NULL.
 */
struct sonde_counter;
struct sonde_gauge;
struct sonde_distribution;
struct sonde_timer;

/* How the values that one gauge has in several processes are shown together. */
enum sonde_merge {
	SONDE_MERGE_ALL = 0, /* each for itself, told apart by a tag `pid` */
	SONDE_MERGE_SUM = 1,
	SONDE_MERGE_MIN = 2,
	SONDE_MERGE_MAX = 3,
	SONDE_MERGE_LAST = 4,	/* the one that was set last */
	SONDE_MERGE_LIVE = 0x80 /* added to one of them: of processes that run only */
};

SONDE_API int sonde_counter_open(struct sonde *sonde, const char *name, const char *unit,
				 const struct sonde_tag *tags, size_t n_tags,
				 struct sonde_counter **ret_counter);
SONDE_API int sonde_counter_open_double(struct sonde *sonde, const char *name, const char *unit,
					const struct sonde_tag *tags, size_t n_tags,
					struct sonde_counter **ret_counter);
/* `merge` is of enum sonde_merge, and counts when the name is new. */
SONDE_API int sonde_gauge_open(struct sonde *sonde, const char *name, const char *unit,
			       unsigned int merge, const struct sonde_tag *tags, size_t n_tags,
			       struct sonde_gauge **ret_gauge);
SONDE_API int sonde_distribution_open(struct sonde *sonde, const char *name, const char *unit,
				      const struct sonde_tag *tags, size_t n_tags,
				      struct sonde_distribution **ret_distribution);
/*
 * The same for values that may be negative. Those below 0 are a series of their own, with the tag
 * sign = "negative", of how far below 0 they are. In a summary of the name both are one again, and
 * exports have no sum of them. Values may then also be recorded by name. SONDE_ETAGS: 32 tags, or
 * one named sign; SONDE_ETYPE: the name is one of values that are not negative.
 */
SONDE_API int sonde_distribution_open_signed(struct sonde *sonde, const char *name,
					     const char *unit, const struct sonde_tag *tags,
					     size_t n_tags,
					     struct sonde_distribution **ret_distribution);
SONDE_API int sonde_timer_open(struct sonde *sonde, const char *name, const struct sonde_tag *tags,
			       size_t n_tags, struct sonde_timer **ret_timer);

/* SONDE_ETYPE: a counter of fractions. */
SONDE_API int sonde_counter_add(struct sonde_counter *counter, uint64_t amount);
/* SONDE_ETYPE: a counter of whole numbers. SONDE_EDOM, SONDE_ERANGE. */
SONDE_API int sonde_counter_add_double(struct sonde_counter *counter, double amount);
SONDE_API int sonde_gauge_set(struct sonde_gauge *gauge, double value);
/* Adds to what it is, 0 at first. */
SONDE_API int sonde_gauge_change(struct sonde_gauge *gauge, double difference);
/* SONDE_EDOM; SONDE_ERANGE: negative, and it was not opened as signed, or too large; SONDE_ETAGS:
 * negative, and the name has too many sets of tags. */
SONDE_API int sonde_distribution_record(struct sonde_distribution *distribution, double value);
/* SONDE_ERANGE: more than 292 years. */
SONDE_API int sonde_timer_record(struct sonde_timer *timer, uint64_t duration_ns);

/* -------------------------------------------------------------------------------------- timer */

/*
 * Definition: PerformanceTimer. An operation is a name; its durations are a timer of that name, in
 * seconds, of the runs that succeeded, and one with the tag success = "false" of those that failed.
 * Each run that is timed is also one for the tracker below.
 */

/* Definition: TimingResult. */
struct sonde_timing_result {
	const char *operation_name; /* lives as long as the process */
	double duration;
	enum sonde_unit unit; /* of duration: SONDE_MILLISECONDS */
	bool success;
	int returned; /* by the operation of sonde_time_operation() */
	int64_t duration_ns;
	int64_t start_time; /* instants */
	int64_t end_time;
	const void *metadata; /* as it was given */
};

/*
 * PerformanceTimer.start_timer. Writes a number by which the timer is stopped: never 0, and not the
 * same again for a long time. `metadata` is handed through to the result, and not looked at.
 * SONDE_ENOSPC: 65,536 timers are running; it is counted as refused. [signal-safe]
 */
SONDE_API int sonde_start_timer(struct sonde *sonde, const char *operation, const void *metadata,
				uint64_t *ret_id);
/*
 * PerformanceTimer.stop_timer, by any thread. ret_result may be NULL. SONDE_ESTALE: stopped before,
 * or started before a fork; SONDE_ENOENT: not a number that was handed out. With these two,
 * ret_result is all zero, and nothing is recorded. SONDE_ESHUTDOWN: it is stopped, but nothing is
 * recorded. [signal-safe]
 */
SONDE_API int sonde_stop_timer(struct sonde *sonde, uint64_t id, bool success,
			       struct sonde_timing_result *ret_result);
/*
 * PerformanceTimer.time_operation: calls operation(argument) and records how long it took; another
 * value than 0 is a failure, and is in ret_result (which may be NULL) either way. An operation that
 * does not come back (longjmp, pthread_exit, cancellation) is not recorded: where that matters, a
 * timer by number can be stopped by a function of pthread_cleanup_push(). It is called also when an
 * error is returned, but for SONDE_EINVAL.
 */
SONDE_API int sonde_time_operation(struct sonde *sonde, const char *operation_name,
				   int (*operation)(void *argument), void *argument,
				   const void *metadata, struct sonde_timing_result *ret_result);

/* At the middle of a bucket. */
#define SONDE_QUANTILE_ERROR 0.0443

/* Numbers are in `unit`, and NAN where there is nothing to tell. */
struct sonde_timing_stats {
	uint64_t count;
	double sum; /* 0 when count is 0 */
	double avg;
	double min;
	double max;
	double p50;
	double p90;
	double p95;
	double p99;
	double p999;
	double stddev; /* by the middles of buckets */
	enum sonde_unit unit;
	bool is_truncated;
	int64_t covered_ns; /* the time that it is of */
	int64_t window_ns;  /* the time that was asked for; 0: all */
	double rel_error;   /* how far a quantile may be off at the middle of a bucket, as a share of it */
};

/*
 * PerformanceTimer.get_timing_stats, of the runs that succeeded. `operation` may also be a call of
 * libc ("read"), when the program runs under the preload, and no operation has that name. `unit`:
 * NONE is milliseconds. SONDE_ENOENT: never heard of; SONDE_ENODATA: none in that time, ret_stats
 * says so too.
 */
SONDE_API int sonde_get_timing_stats(struct sonde *sonde, const char *operation, double window,
				     enum sonde_unit unit, struct sonde_timing_stats *ret_stats);

/* The start of a duration, for hot code: one reading of the clock each, and no search. */
struct sonde_stopwatch {
	struct sonde_timer *timer;
	uint64_t started; /* on sonde's clock */
};

/* [signal-safe] */
SONDE_API void sonde_stopwatch_start(struct sonde_timer *timer,
				     struct sonde_stopwatch *ret_stopwatch);
/*
 * Records the time since the start, which may be done more than once. Not to be called in another
 * process than the start. ret_duration_ns may be NULL. [signal-safe]
 */
SONDE_API int sonde_stopwatch_stop(const struct sonde_stopwatch *stopwatch,
				   uint64_t *ret_duration_ns);

/* ------------------------------------------------------------------------------------ tracker */

/*
 * Definition: SuccessFailureTracker. Outcomes of an operation are the counters `operations` with
 * the tags operation, result = ok or error, and, for errors, error.type. The metadata of single
 * outcomes is not kept: what is to be told apart belongs into a name.
 */

/* SuccessFailureTracker.record_success. [signal-safe] */
SONDE_API int sonde_record_success(struct sonde *sonde, const char *operation);
/*
 * SuccessFailureTracker.record_failure. Types of errors should be few: after the first 256 of an
 * operation, further ones count as "_OTHER", as does one that is NULL or empty. [signal-safe]
 */
SONDE_API int sonde_record_failure(struct sonde *sonde, const char *operation,
				   const char *error_type);
/* The same with the symbol of an errno, "ENOENT", as its type. [signal-safe] */
SONDE_API int sonde_record_failure_errno(struct sonde *sonde, const char *operation,
					 int error_number);

/* 0 <= rate <= 1; both rates are NAN when total is 0. */
struct sonde_success_rate {
	double rate;	   /* successes / total */
	double error_rate; /* errors / total */
	uint64_t total;
	uint64_t successes;
	uint64_t errors;
	uint64_t expected; /* failures of calls that are no errors, such as EAGAIN: the rest of
			      total */
	int64_t covered_ns;
	bool is_truncated;
};

/*
 * SuccessFailureTracker.get_success_rate. `operation` may also be a call of libc, when no operation
 * has that name. SONDE_ENOENT: never heard of; SONDE_ENODATA: none in that time, ret_rate says so
 * too.
 */
SONDE_API int sonde_get_success_rate(struct sonde *sonde, const char *operation, double window,
				     struct sonde_success_rate *ret_rate);

struct sonde_failure {
	const char *error_type; /* of a call, the symbol of its errno */
	uint64_t count;
};

struct sonde_failure_breakdown {
	size_t n_failures;
	const struct sonde_failure *failures; /* most frequent first, then by type */
	uint64_t total;			      /* the sum of all counts */
	int64_t covered_ns;
	bool is_truncated;
};

/*
 * SuccessFailureTracker.get_failure_breakdown, of an operation or a call. The breakdown is the
 * caller's, to be freed with sonde_free(). No failure is an empty one. SONDE_ENOENT: never heard
 * of.
 */
SONDE_API int sonde_get_failure_breakdown(struct sonde *sonde, const char *operation, double window,
					  struct sonde_failure_breakdown **ret_breakdown);

/* Frees what a function handed over; NULL is fine. */
SONDE_API void sonde_free(void *memory);

/* --------------------------------------------------------------------------- resource monitor */

/*
 * Definition: ResourceMonitor. What the machine and this process use, as it is now, from /proc.
 * Each of the four questions can fail with SONDE_EIO, when the system does not tell, and
 * SONDE_ENOMEM. What is read for them does not count among the program's calls.
 */

/* Sizes are bytes. */
struct sonde_memory_usage {
	uint64_t total; /* of the machine */
	uint64_t limit; /* total, or less where a control group allows less */
	uint64_t used;	/* total - available */
	uint64_t free;
	uint64_t available; /* without swapping */
	uint64_t buffers;
	uint64_t cached;
	uint64_t shared;
	uint64_t swap_total;
	uint64_t swap_used;
	double percent; /* 100 used / total */
	uint64_t process_resident;
	uint64_t process_virtual;
	/* Shared pages divided among those who share them; -1: not known, as of a process of more
	 * than 256 MiB, for which it would take long. */
	int64_t process_proportional;
};

/* ResourceMonitor.get_memory_usage. */
SONDE_API int sonde_get_memory_usage(struct sonde *sonde, struct sonde_memory_usage *ret_usage);

/*
 * Percentages are of the time since the question before, whoever in the process asked it, or since
 * monitoring began; NAN: there was none.
 */
struct sonde_cpu_usage {
	double percent; /* of all processors' time: not idle and not waiting for input or output */
	double user;	/* percent, the time of guests included */
	double system;	/* percent, with interrupts */
	double iowait;	/* percent */
	double steal;	/* percent: taken by other virtual machines */
	double load_average[3]; /* threads that run or want to: over 1, 5 and 15 minutes */
	uint64_t n_cpus;	/* of the machine */
	double process_cpus;  /* that the process can use, by its affinity and its control groups */
	double process_cores; /* that it used: 1.5 is one and a half processors all the time */
	double process_percent; /* 100 process_cores / process_cpus */
	int64_t covered_ns;	/* the time that it is of */
};

/*
 * ResourceMonitor.get_cpu_usage. SONDE_ENODATA the first time, when there is nothing to compare
 * with, and as long as the kernel's clock (100 ticks a second) has not moved since: ret_usage then
 * has all but the percentages.
 */
SONDE_API int sonde_get_cpu_usage(struct sonde *sonde, struct sonde_cpu_usage *ret_usage);

/* Bytes. total = used + free + reserved */
struct sonde_disk_usage {
	uint64_t total;
	uint64_t used;
	uint64_t free;	   /* for everybody */
	uint64_t reserved; /* free, but only for root */
	double percent;	   /* as df says: 100 used / (used + free); NAN: there is no space at all */
};

/*
 * ResourceMonitor.get_disk_usage, of the filesystem that `path` is on; NULL is "/". SONDE_ENOENT:
 * there is no such path; SONDE_ETIMEDOUT: it did not answer for a second, as when a server is gone;
 * at once when it has not yet answered an earlier question.
 */
SONDE_API int sonde_get_disk_usage(struct sonde *sonde, const char *path,
				   struct sonde_disk_usage *ret_usage);

/* Since the machine began; they do not fall when an interface goes away, or comes back at 0. */
struct sonde_network_stats {
	uint64_t bytes_received; /* all without the loopback interface */
	uint64_t bytes_sent;
	uint64_t packets_received;
	uint64_t packets_sent;
	uint64_t errors_received;
	uint64_t errors_sent;
	uint64_t dropped_received;
	uint64_t dropped_sent;
	uint64_t loopback_bytes; /* sent, and so received */
	uint64_t loopback_packets;
	size_t n_interfaces; /* that were seen, without loopback */
};

/* ResourceMonitor.get_network_stats, of the process's network namespace. */
SONDE_API int sonde_get_network_stats(struct sonde *sonde, struct sonde_network_stats *ret_stats);

/*
 * ResourceMonitor.start_resource_monitoring: a thread, on which all signals are blocked, looks at
 * once and then every `interval` seconds (the protocol's default is 60). What it saw last is in all
 * answers of the aggregator, and in windows: the series system.* and process.* of
 * docs/resources.md, of this process and of the filesystem "/". When it is there already, the
 * interval is the new one from now on. It is not there in a forked child. SONDE_ERANGE: less than
 * 0.1 s, more than a day, or no number.
 */
SONDE_API int sonde_start_resource_monitoring(struct sonde *sonde, double interval);

/*
 * ResourceMonitor.stop_resource_monitoring: ends the thread, and its series are gone. 0 also when
 * there is none. It waits for a look to come to its end: at most about a quarter of a second. May
 * be called by a function of atexit().
 */
SONDE_API int sonde_stop_resource_monitoring(struct sonde *sonde);

/* --------------------------------------------------------------------------------- aggregator */

/* Definition: MetricsAggregator. What it tells of is all that this process recorded, its calls
 * included. */

/* Numbers are NAN where there is nothing to tell, or where they mean nothing. In the unit of the
 * series. */
struct sonde_metric_summary {
	enum sonde_type type;
	enum sonde_unit unit;
	const char *unit_text; /* as the series have it; lives as long as the process */
	size_t n_series;       /* of that name */
	uint64_t count;	       /* how many values, or by how much a counter grew, rounded down */
	double sum;  /* of values; of counters, by how much they grew; of gauges, of the last values
		      */
	double rate; /* of counters, sum by the second; of distributions, count by the second */
	double last; /* of gauges: that of the series that comes first by its tags; of counters: what
			all are now, so that they were last - sum at first */
	double avg;
	double min;
	double max;
	double p50;
	double p90;
	double p95;
	double p99;
	double p999;
	int64_t covered_ns;
	bool is_truncated;
};

/*
 * MetricsAggregator.get_metric_summary, of all series of a name together. What a gauge was is known
 * as far as it was looked at, and of the last day. There is no rate of less than half a second.
 * SONDE_ENOENT: no such name; SONDE_ENODATA: nothing in that time.
 */
SONDE_API int sonde_get_metric_summary(struct sonde *sonde, const char *name, double window,
				       struct sonde_metric_summary *ret_summary);

/* Definition: MetricValue. What one points to lives as long as its list. */
struct sonde_metric_value {
	const char *name;
	enum sonde_type type;
	enum sonde_unit unit;
	const char *unit_text;
	double value;	/* of a distribution: the sum of its values */
	uint64_t count; /* of a counter of whole numbers: its value, exact; of a distribution: how
			   many values */
	int64_t timestamp;	      /* the instant of the look */
	int64_t start_time;	      /* since when it has been counted; 0 for gauges */
	const struct sonde_tag *tags; /* by the order of keys */
	size_t n_tags;
	double min; /* of distributions; else NAN */
	double max;
	double p95;
};

struct sonde_metric_values {
	size_t n_values;
	const struct sonde_metric_value *values;
};

/*
 * MetricsAggregator.get_metrics_by_tag: all series that have these tags, in the order of names,
 * then of tags. A filter with an empty value is met by series without that tag; none at all by all
 * series. The list is the caller's, to be freed with sonde_free(); it may be empty.
 */
SONDE_API int sonde_get_metrics_by_tag(struct sonde *sonde, const struct sonde_tag *filter,
				       size_t n_filter, struct sonde_metric_values **ret_values);

/* What makes one distribution more than another. */
enum sonde_order { SONDE_BY_SUM = 0, SONDE_BY_COUNT = 1, SONDE_BY_MAX = 2, SONDE_BY_P95 = 3 };

/*
 * MetricsAggregator.get_top_metrics: the series of a type with the greatest values, greatest first,
 * then by name and tags; NAN comes last. Of counters and gauges the value counts, whatever `order`
 * is; SONDE_RATE is of counters, by their growth by the second since they began. SONDE_ERANGE:
 * limit is 0.
 */
SONDE_API int sonde_get_top_metrics(struct sonde *sonde, enum sonde_type type,
				    enum sonde_order order, size_t limit,
				    struct sonde_metric_values **ret_values);

/* Takes a piece of a text. 0, or another number, which ends it. */
typedef int (*sonde_writer)(void *argument, const char *text, size_t size);

/*
 * MetricsAggregator.export_metrics: all series in a format, "json" (a document), "jsonlines",
 * "csv", "prometheus", "openmetrics", "otlp-json" or "statsd". It is all there before the writer
 * gets the first piece, of at most 64 KiB, and the writer may call whatever it likes. SONDE_ENOENT:
 * there is no such format; SONDE_EIO: the writer failed, what it has got is not to be used.
 *     Prometheus's formats have names of their own. A series that would be another one there (a gauge
 * jobs.total beside a counter jobs) is left out and counted, by reason, in the series
 * sonde.exports.left_out; sonde_get_system_health() tells which it was.
 */
SONDE_API int sonde_export_metrics(struct sonde *sonde, const char *format, sonde_writer write,
				   void *argument);

/* --------------------------------------------------------------------------------- dashboards */

/*
 * Definition: MetricsSystem.create_dashboard_data: a JSON document that a page can draw, of the
 * type "overview" (as NULL is), "performance", "errors", "resources" or "exporters". The writer is
 * called as that of sonde_export_metrics(), and so are the errors; SONDE_EINVAL: no such type. It
 * has panels, and each panel a title, a kind (stat, graph, table or bars), a unit, series, and
 * thresholds, from which on a value is a warning or bad. A series has a name, tags, a unit and a
 * value, null where there is none; in a graph points of the last minute, [seconds, value] with
 * seconds up to 0, the present; in a table count, avg, min, max, p50, p90, p95, p99. docs/api.md
 * has an example.
 */
SONDE_API int sonde_create_dashboard_data(struct sonde *sonde, const char *dashboard_type,
					  sonde_writer write, void *argument);

/*
 * The same dashboard for an import into Grafana, with expressions over what the plugin `prometheus`
 * serves. It has panels for series that there are by now.
 */
SONDE_API int sonde_create_grafana_dashboard(struct sonde *sonde, const char *dashboard_type,
					     sonde_writer write, void *argument);

/* ------------------------------------------------------------------------------------- labels */

/*
 * What the process does from now on gets a label, beside those that it has: the calls of libc that
 * sonde's preload counts, of all threads, and all that is forked and executed meanwhile. The label
 * `test` names a test. For programs that run many tests in one process:
 *
 *     sonde_label_begin("test", "parser/empty");
 *     ... the test ...
 *     sonde_label_end();
 *
 * Within another one, it replaces a label of the same key until its end. Labels are of the process:
 * a thread that begins one begins it for all. A call that another thread is in is counted to the
 * label under which it was entered. A forked child has its parent's labels, and may end them.
 *     A key has 1 to 64 letters, digits and any of _ . - ; a value is UTF-8 without control
 * characters, of at most 255 bytes. 16 labels may be begun within each other, and the process have
 * 16 labels with those of its environment.
 *     Costs some microseconds, and calls cost what they did. Without the preload nothing else
 * happens, so a test may do it always. Needs no sonde_initialize_metrics(). SONDE_EINVAL: no key or
 * value of a label; SONDE_ENOSPC: too many, or together too long; SONDE_ESYSTEM.
 */
SONDE_API int sonde_label_begin(const char *key, const char *value);

/* Ends the one begun last. SONDE_ENOENT: none was begun; SONDE_ESYSTEM. */
SONDE_API int sonde_label_end(void);

#ifdef __cplusplus
}
#endif

/* The sections asynchronous and streams. */
#include <sonde/asynchronous.h>

#endif
