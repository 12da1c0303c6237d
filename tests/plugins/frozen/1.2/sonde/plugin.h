/* SPDX-License-Identifier: MIT */
/*
 * plugin.h - all that a plugin of sonde needs: an exporter, which takes the figures somewhere, or a
 * monitor, which brings figures of its own.
 *
 * A plugin is a shared object that exports one function, sonde_plugin_v1(). It links nothing of
 * sonde: what it may ask of its host comes as a table of functions. It is built with one line,
 *
 *     cc -std=c11 -fPIC -shared -fvisibility=hidden $(pkg-config --cflags sonde-plugin) x.c \
 *             -o $(pkg-config --variable=plugindir sonde-plugin)/x.so
 *
 * and configured in the configuration file, where each entry of `plugins` is one instance of it:
 *
 *     plugins: ( { plugin = "x"; interval = "5s"; file = "/var/log/figures"; } );
 *
 * THE LEAST that an exporter needs:
 *
 *     static int create(const struct sonde_host *host, const void *options, void **ret_instance,
 *                       struct sonde_err *err);
 *     static int export_snapshot(void *instance, const struct sonde_snapshot *snapshot,
 *                                int64_t deadline_ns, struct sonde_result *result);
 *     static void destroy(void *instance);
 *
 *     static const struct sonde_plugin_desc description = {
 *             .struct_size = sizeof(description),
 *             .abi_major = SONDE_ABI_MAJOR,
 *             .abi_minor = SONDE_ABI_MINOR,
 *             .kind = SONDE_KIND_EXPORTER,
 *             .name = "x", .version = "1.0", .license = "MIT", .summary = "what it does",
 *             .create = create, .export_snapshot = export_snapshot, .destroy = destroy,
 *     };
 *
 *     const struct sonde_plugin_desc *sonde_plugin_v1(const struct sonde_host *host)
 *     {
 *             (void)host;
 *             return &description;
 *     }
 *
 * LIFE. For each instance, in this order:
 *
 *     probe -> create -> start -> (collect | export_snapshot | reload | flush)... -> stop ->
 * destroy
 *
 * A callback that is NULL is not called. When create or start fails, the instance is not used;
 * destroy follows a create that succeeded. The object stays loaded until the process ends.
 *
 * THREADS. Each instance has one thread, on which all its callbacks are called, never two at a
 * time. Other instances, also of the same plugin, run at the same time: keep what changes in the
 * instance, not in globals. All signals are blocked on it. Its stack has 256 KiB. More threads may
 * be had from host->thread_create(). All functions of the host may be called from all of these
 * threads.
 *
 * TIME. A deadline is an instant of host->now_mono_ns(). A callback may block until then. One that
 * has not come back at three times its time is given up: its instance gets no more calls, ever, and
 * the report says so. There is no deadline that delays the watched program.
 *
 * ERRORS. Callbacks that return int return 0, or a negative errno after writing to err->text why,
 * for people, without a newline (export_snapshot returns a status instead). Functions of the host
 * that return int return 0 or more, or a negative errno, and leave errno unspecified.
 *
 * MEMORY. Strings that the host hands over are UTF-8 unless stated otherwise, ended by NUL, and
 * live as stated; copy what is to live longer. What a description points to must stay as it is for
 * good.
 *
 * UNITS. Times are nanoseconds, sizes bytes, durations in figures seconds; units are named as in
 * UCUM ("s", "By", "1", "{call}"), names and tags as in OpenTelemetry's conventions.
 *
 * GROWTH. A minor version appends to structs, and changes nothing that was there. Each struct that
 * may grow begins with its size in bytes as its maker knew it: whoever reads it looks at nothing
 * beyond, so that a plugin works with every host of its major version. A plugin that uses what came
 * after 1.0 tests first whether its host has it: SONDE_HAS(). Nothing is left out between two
 * fields; reserved fields are 0.
 *
 * C11 and later, C++17 and later; no other header of sonde.
 */
#ifndef SONDE_PLUGIN_H
#define SONDE_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SONDE_ABI_MAJOR 1
#define SONDE_ABI_MINOR 2

/* The one symbol of a plugin: the number in it is SONDE_ABI_MAJOR. */
#define SONDE_PLUGIN_SYMBOL "sonde_plugin_v1"

/* Whether a struct is long enough to have a field, and the field is not NULL or 0. */
#define SONDE_HAS(pointer, field)                                                                  \
	((pointer)->struct_size >=                                                                 \
		 (size_t)((const char *)(&(pointer)->field + 1) - (const char *)(pointer)) &&      \
	 (pointer)->field)

/* ------------------------------------------------------------------------------------- figures */

/* sonde.h has the same. */
#ifndef SONDE_TAG_IS_DECLARED
#define SONDE_TAG_IS_DECLARED
struct sonde_tag {
	const char *key;
	const char *value;
};
#endif

/* Kinds of series. */
#define SONDE_TYPE_COUNTER   1u /* only grows; starts again at 0 with a new start_ns */
#define SONDE_TYPE_GAUGE     2u /* is what it is now */
#define SONDE_TYPE_HISTOGRAM 3u /* how often which value occurred */
#define SONDE_TYPE_TIMER     4u /* a histogram of durations, in seconds */
#define SONDE_TYPE_RATE	     5u /* a gauge of something per second */

/*
 * How values are distributed: bucket i has the number of those above base^i and up to base^(i + 1),
 * where base is 2^(2^-scale). With scale 3 there are eight buckets from one power of two to the
 * next. They are the buckets of OpenTelemetry's exponential histograms; Prometheus's native ones
 * call bucket i its i + 1. Values up to zero_threshold are in zero_count, those above the last
 * bucket that there can be in over_count. count is the sum of all these.
 */
struct sonde_histogram {
	uint32_t struct_size;
	int32_t scale;
	int32_t offset;	    /* the i of buckets[0] */
	uint32_t n_buckets; /* from a host, the first and the last one are not 0 */
	const uint64_t *buckets;
	uint64_t count;
	double sum;
	double min; /* 0 when count is 0 */
	double max;
	uint64_t zero_count;
	uint64_t over_count;
	double zero_threshold;
};

#define SONDE_SERIES_FRACTIONAL 1u /* a counter of fractions, such as seconds: only number has it */

/* One figure. A plugin that has one filled in, or fills it in, sets struct_size first. */
struct sonde_series {
	uint32_t struct_size;
	uint32_t type;		      /* SONDE_TYPE_ */
	const char *name;	      /* "libc.calls" */
	const char *unit;	      /* "{call}" */
	const struct sonde_tag *tags; /* from a host, in the order of keys; no key twice */
	uint32_t n_tags;
	uint32_t flags;	  /* SONDE_SERIES_FRACTIONAL */
	int64_t start_ns; /* CLOCK_REALTIME: counters and histograms count from here on */
	uint64_t count;	  /* counters, exactly; histograms: how many values */
	double number;	  /* gauges, rates; counters, rounded; histograms: the sum */
	const struct sonde_histogram *histogram; /* histograms and timers, else NULL */
};

/* All figures of one source at one instant. Never changes; any thread may read it. */
struct sonde_snapshot;

#define SONDE_SNAPSHOT_DELTA 1u /* counts since the snapshot before, see SONDE_WANTS_DELTA */
#define SONDE_SNAPSHOT_FINAL 2u /* the source has ended: no more of it will come */
/* Since 1.2: this instance gets snapshots of several sources, which differ in `source`. */
#define SONDE_SNAPSHOT_ONE_OF_SEVERAL 4u

struct sonde_snapshot_info {
	uint32_t struct_size;
	uint32_t flags;	   /* SONDE_SNAPSHOT_ */
	int64_t taken_ns;  /* CLOCK_REALTIME */
	int64_t start_ns;  /* CLOCK_REALTIME: when the source, or the delta, began */
	uint64_t sequence; /* grows by 1 from one snapshot of a source to the next */
	uint64_t n_series;
	const struct sonde_tag *source; /* what it is of: host.name, process.command, labels, ... */
	uint32_t n_source;
	uint32_t reserved;

	/* -- since 1.2 -- */

	uint64_t size; /* bytes of memory that it takes */
};

/* Where a monitor's figures go. For the time of one collect(). */
struct sonde_emit;

/* ------------------------------------------------------------------------------------- options */

/* Types of options, what the configuration file has for them and what the options' struct has. */
#define SONDE_OPTION_BOOL     1u /* true                    bool */
#define SONDE_OPTION_INT      2u /* 42                      int64_t */
#define SONDE_OPTION_DOUBLE   3u /* 0.5                     double */
#define SONDE_OPTION_STRING   4u /* "text"                  const char *, NULL without a default */
#define SONDE_OPTION_DURATION 5u /* "250ms"                 int64_t, nanoseconds */
#define SONDE_OPTION_SIZE     6u /* "64KiB"                 uint64_t, bytes */
#define SONDE_OPTION_ENUM     7u /* "gzip"                  uint32_t, index into words */
#define SONDE_OPTION_LIST     8u /* ["/", "/home"]          struct sonde_list */
#define SONDE_OPTION_GROUP    9u /* { verify = true; }      nothing of its own: see members */

#define SONDE_OPTION_REQUIRED	1u /* has no default, must be given */
#define SONDE_OPTION_SECRET	2u /* never printed */
#define SONDE_OPTION_DEPRECATED 4u /* accepted with a warning; help tells what to use instead */
#define SONDE_OPTION_RELOADABLE 8u /* reload() takes a new value; else a new instance is made */
#define SONDE_OPTION_LISTEN	16u /* "ADDRESS:PORT" that one instance can have at a time; port 0: any */
#define SONDE_OPTION_FOLDER	32u /* since 1.2: the path of a folder that has to be there */

struct sonde_list {
	const char *const *items;
	size_t n_items;
};

/*
 * A row of the table of options, which ends with a row whose name is NULL. From it come parsing,
 * checking, the errors with file and line, and `sonde plugins help`. The host makes a struct of
 * options_size bytes, zero, and writes each value to its offset. The names plugin, name, interval,
 * deadline and queue are the host's own, for every instance.
 *
 * Defaults and bounds are texts as in the configuration file, without quotes ("250ms", "64KiB",
 * "gzip"; a list: "/, /home"); NULL: none. Bounds are of numbers, durations and sizes, and are
 * allowed values.
 */
struct sonde_option {
	const char *name;
	uint32_t type;		  /* SONDE_OPTION_BOOL, ... */
	uint32_t flags;		  /* SONDE_OPTION_REQUIRED, ... */
	const char *default_text; /* NULL: false, 0, no text, an empty list */
	const char *min;
	const char *max;
	const char *const *words;	    /* ENUM: ended by NULL */
	const struct sonde_option *members; /* GROUP: a table like this one */
	size_t offset;	  /* offsetof() in the options' struct, also of members of groups */
	const char *help; /* one sentence */
};

/* ---------------------------------------------------------------------------------------- host */

#define SONDE_LOG_ERROR	  1u
#define SONDE_LOG_WARNING 2u
#define SONDE_LOG_INFO	  3u
#define SONDE_LOG_DEBUG	  4u

#if defined(__GNUC__)
#define SONDE_PRINTF(position, first) __attribute__((__format__(__printf__, position, first)))
#define SONDE_PUBLIC		      __attribute__((__visibility__("default")))
#else
#define SONDE_PRINTF(position, first)
#define SONDE_PUBLIC
#endif

struct addrinfo;
struct pollfd;
struct sockaddr;

/*
 * Calls of libc that sonde does not count, wherever the host is. As the functions of these names,
 * but that failure is a negative errno (get_address: a negative EAI_ number less 1000). Descriptors
 * are made close-on-exec, and writing to a socket whose other end is closed raises no signal.
 */
struct sonde_io {
	uint32_t struct_size;
	uint32_t reserved;
	int (*open)(const char *path, int flags, unsigned int mode);
	int64_t (*read)(int fd, void *buf, size_t size);
	int64_t (*write)(int fd, const void *buf, size_t size);
	int (*fsync)(int fd);
	int (*close)(int fd);
	int64_t (*file_size)(int fd);
	int (*rename)(const char *from, const char *to);
	int (*unlink)(const char *path);
	int (*socket)(int family, int type, int protocol);
	int (*connect)(int fd, const struct sockaddr *address, uint32_t size);
	int64_t (*send)(int fd, const void *buf, size_t size, int flags);
	int64_t (*recv)(int fd, void *buf, size_t size, int flags);
	int (*poll)(struct pollfd *fds, unsigned int n_fds, int timeout_ms);
	int (*get_address)(const char *node, const char *service, const struct addrinfo *hints,
			   struct addrinfo **ret_addresses);
	void (*free_address)(struct addrinfo *addresses);
};

/* Takes a piece of a formatted text. 0, or a negative errno, which ends the formatting. */
typedef int (*sonde_write_function)(void *argument, const void *data, size_t size);

/*
 * What a plugin may ask of its host. Each instance has a table of its own, which lives as long as
 * the instance: hand the one that create() got to each function that takes it. The table that
 * probe() and sonde_plugin_v1() get is for the time of that call.
 */
struct sonde_host {
	uint32_t struct_size;
	uint16_t abi_major;
	uint16_t abi_minor;
	const char *version; /* of sonde */
	const char *instance; /* its name; for probe() and sonde_plugin_v1(), the plugin's */
	const struct sonde_io *io;

	/*
	 * A line for people, without a newline. A line of one code is passed on at most every 10
	 * seconds, with the number of those that were not; choose codes so that each kind of
	 * trouble has its own.
	 */
	void (*log)(const struct sonde_host *host, uint32_t level, uint32_t code,
		    const char *format, ...) SONDE_PRINTF(4, 5);

	int64_t (*now_mono_ns)(void); /* CLOCK_MONOTONIC */
	int64_t (*now_real_ns)(void); /* CLOCK_REALTIME */

	/* As malloc(), realloc() and free(); an instance can have 16 MiB. */
	void *(*alloc)(const struct sonde_host *host, size_t size);
	void *(*realloc)(const struct sonde_host *host, void *memory, size_t size);
	void (*free)(const struct sonde_host *host, void *memory);

	/*
	 * Starts a thread with all signals blocked and a small stack. It has to come to its end
	 * when stop() is called; the host waits for it before destroy(). 0 or a negative errno.
	 */
	int (*thread_create)(const struct sonde_host *host, const char *name,
			     void (*run)(void *argument), void *argument);

	/*
	 * A snapshot lives until export_snapshot() returns; with snapshot_ref() until as many
	 * snapshot_unref(). What the functions below hand out lives as long.
	 */
	const struct sonde_snapshot *(*snapshot_ref)(const struct sonde_snapshot *snapshot);
	void (*snapshot_unref)(const struct sonde_snapshot *snapshot);

	/*
	 * Fill in a struct whose struct_size is set. Series are in the order of names, then of
	 * tags, and are counted from 0. 0, or -EINVAL for an impossible size or position.
	 */
	int (*snapshot_info)(const struct sonde_snapshot *snapshot,
			     struct sonde_snapshot_info *ret_info);
	int (*snapshot_series)(const struct sonde_snapshot *snapshot, size_t position,
			       struct sonde_series *ret_series);

	/* The position of the series with this name and just these tags, in any order; -ENOENT. */
	int64_t (*snapshot_find)(const struct sonde_snapshot *snapshot, const char *name,
				 const struct sonde_tag *tags, size_t n_tags);

	/* The q-quantile (0 to 1) of a histogram of a snapshot, at most 4.4 % off; 0 without values. */
	double (*quantile)(const struct sonde_histogram *histogram, double q);

	/*
	 * Hands over a figure in collect(); all of it is copied. -EINVAL when it is none: no name,
	 * a type that there is not, a key twice, a histogram that does not add up; -ENOTSUP for a
	 * scale other than 3; -EEXIST when there is one of this name and these tags; -ENOSPC when
	 * there are too many. Names that begin with "libc." or "sonde." are the host's: -EINVAL.
	 */
	int (*emit)(struct sonde_emit *emit, const struct sonde_series *series);

	/* Adds to a counter of the instance's own doings, sonde.plugin.NAME in the figures. */
	void (*counter_add)(const struct sonde_host *host, const char *name, uint64_t amount);

	/*
	 * Writes a snapshot in a format that sonde has ("jsonlines"), piece by piece. `parameters`
	 * are pairs of name and value, ended by NULL, or NULL itself. 0; -ENOENT when there is no
	 * such format; -EINVAL for a parameter that the format does not have; or what `write`
	 * failed with.
	 */
	int (*format)(const struct sonde_snapshot *snapshot, const char *format,
		      const char *const *parameters, sonde_write_function write, void *argument);

	/*
	 * For monitors: the processes that the host's figures are of, as far as they run now, by
	 * their numbers, each once. Writes the first n_pids of them and returns how many there are:
	 * ask again with more room for all. A process may end at any time, and its number may
	 * become another's.
	 */
	size_t (*processes)(const struct sonde_host *host, int32_t *ret_pids, size_t n_pids);

	/* -- since 1.1 -- */

	/*
	 * For exporters, in create(): which snapshots this instance wants, where that depends on its
	 * options. SONDE_WANTS_CUMULATIVE or SONDE_WANTS_DELTA, in place of what the description
	 * says. 0, or -EINVAL for anything else.
	 */
	int (*want)(const struct sonde_host *host, uint32_t flag);

	/* -- since 1.2 -- */

	/*
	 * As format(), for a document with a snapshot of each of several sources, whose series are
	 * told apart. -ENOTSUP: a document of this format has one snapshot.
	 */
	int (*format_several)(const struct sonde_snapshot *const *snapshots, size_t n_snapshots,
			      const char *format, const char *const *parameters,
			      sonde_write_function write, void *argument);
};

/* -------------------------------------------------------------------------------------- plugin */

/* What a plugin is; 4 and 8 are kept for filters and streams. */
#define SONDE_KIND_EXPORTER 1u
#define SONDE_KIND_MONITOR  2u

#define SONDE_NEEDS_NETWORK 1u
#define SONDE_FORK_SAFE	    2u /* fork_child() leaves a copy that may be started again */
#define SONDE_INPROC_OK	    4u /* may run inside a watched program; a crash of it is the program's */
#define SONDE_MAY_BLOCK	    8u /* callbacks may take as long as their deadline allows */

/*
 * How an exporter that cannot keep up is served. Its queue holds 64 snapshots and 8 MiB unless the
 * configuration says otherwise. With neither of these it gets each snapshot, and the oldest is
 * dropped, and counted, when the queue is full.
 */
#define SONDE_WANTS_CUMULATIVE 16u /* the newest totals: they say all that older ones say */
#define SONDE_WANTS_DELTA      32u /* what came since the last one that it took or dropped */

struct sonde_err {
	char text[256];
};

/* What export_snapshot() returns. Anything else counts as SONDE_DROP, and as the plugin's fault. */
#define SONDE_OK      0
#define SONDE_PARTIAL 1 /* taken but for rejected_points; not to be sent again */
#define SONDE_RETRY   2 /* not taken, may be later: the snapshot is offered again */
#define SONDE_DROP    3 /* refused for good: the next one may go better */
#define SONDE_FATAL   4 /* this instance will never work: it is stopped */

/* More about it, zero at first. */
struct sonde_result {
	uint32_t struct_size; /* set by the host */
	uint32_t http_status; /* 0: no HTTP */
	uint64_t rejected_points;
	uint64_t bytes_sent;
	int64_t retry_after_ns; /* with SONDE_RETRY: how long not to try; 0: the host chooses */
	char message[128];	/* for people: why it is not SONDE_OK */
};

/* In brackets: how long a callback has unless the configuration says otherwise. */
struct sonde_plugin_desc {
	uint32_t struct_size;
	uint16_t abi_major;
	uint16_t abi_minor;
	uint32_t kind;	  /* SONDE_KIND_, or several of them */
	uint32_t flags;	  /* SONDE_NEEDS_NETWORK, ... */
	const char *name; /* as the file's, without .so: lower case letters, digits, dashes */
	const char *version;
	const char *license;		    /* SPDX */
	const char *summary;		    /* one line */
	const struct sonde_option *options; /* NULL: none */
	uint32_t option_size;		    /* sizeof(struct sonde_option) */
	uint32_t options_size;		    /* of the struct that create() gets */

	/* Whether it could work here at all: changes nothing, asks no network. [1 s] */
	int (*probe)(const struct sonde_host *host, struct sonde_err *err);

	/*
	 * Makes an instance. `options` and all it points to live until destroy(), or until a
	 * reload() has replaced them; NULL when the plugin has no options. Opens nothing that
	 * start() could open. [1 s]
	 */
	int (*create)(const struct sonde_host *host, const void *options, void **ret_instance,
		      struct sonde_err *err);

	/* Opens files, connects, starts threads. [1 s] */
	int (*start)(void *instance, struct sonde_err *err);

	/* Monitors: hands figures over with host->emit(); late ones are left out. [250 ms] */
	int (*collect)(void *instance, struct sonde_emit *emit, int64_t deadline_ns);

	/* Exporters: takes a snapshot somewhere. Returns SONDE_OK, ... [5 s] */
	int (*export_snapshot)(void *instance, const struct sonde_snapshot *snapshot,
			       int64_t deadline_ns, struct sonde_result *result);

	/* Writes out what was kept back. At the end, and whenever the host has nothing else. */
	int (*flush)(void *instance, int64_t deadline_ns);

	/* Takes options of which only SONDE_OPTION_RELOADABLE ones differ; fails with all as it was. */
	int (*reload)(void *instance, const void *options, struct sonde_err *err);

	/*
	 * In the child of a fork, in a host inside a watched program: none of the instance's
	 * threads is there any more. Closes descriptors; no memory, no locks. destroy() follows, or
	 * start().
	 */
	void (*fork_child)(void *instance);

	/* Ends what start() began, and the threads of host->thread_create(). [2 s for all together] */
	int (*stop)(void *instance, int64_t deadline_ns);
	void (*destroy)(void *instance);
};

/*
 * The plugin's one exported function: hands over its description, or NULL when it cannot work with
 * this host. Called once, before all else. Opens nothing, starts nothing, keeps nothing.
 */
SONDE_PUBLIC const struct sonde_plugin_desc *sonde_plugin_v1(const struct sonde_host *host);

/* --------------------------------------------------------------------------------- conveniences */

/* For collect(): a gauge, or a counter that began at start_ns (CLOCK_REALTIME). As host->emit(). */
static inline int sonde_emit_gauge(const struct sonde_host *host, struct sonde_emit *emit,
				   const char *name, const char *unit, const struct sonde_tag *tags,
				   uint32_t n_tags, double number)
{
	struct sonde_series series = {
		sizeof(series), SONDE_TYPE_GAUGE, name, unit, tags, n_tags, 0, 0, 0, number, NULL};

	return host->emit(emit, &series);
}

static inline int sonde_emit_counter(const struct sonde_host *host, struct sonde_emit *emit,
				     const char *name, const char *unit,
				     const struct sonde_tag *tags, uint32_t n_tags, uint64_t count,
				     int64_t start_ns)
{
	struct sonde_series series = {
		sizeof(series), SONDE_TYPE_COUNTER, name, unit, tags, n_tags, 0, start_ns,
		count,		(double)count,	    NULL};

	return host->emit(emit, &series);
}

/* What 1.0 has is where it is, for good; on machines with other pointers, likewise by their own
 * measure. */
#if defined(__SIZEOF_POINTER__) && __SIZEOF_POINTER__ == 8
#ifdef __cplusplus
#define SONDE_AT(type, field, offset)                                                              \
	static_assert(offsetof(struct type, field) == (offset), #type "." #field " has moved")
#else
#define SONDE_AT(type, field, offset)                                                              \
	_Static_assert(offsetof(struct type, field) == (offset), #type "." #field " has moved")
#endif
SONDE_AT(sonde_tag, value, 8);
SONDE_AT(sonde_histogram, scale, 4);
SONDE_AT(sonde_histogram, buckets, 16);
SONDE_AT(sonde_histogram, zero_threshold, 72);
SONDE_AT(sonde_series, name, 8);
SONDE_AT(sonde_series, start_ns, 40);
SONDE_AT(sonde_series, histogram, 64);
SONDE_AT(sonde_snapshot_info, taken_ns, 8);
SONDE_AT(sonde_snapshot_info, source, 40);
SONDE_AT(sonde_snapshot_info, size, 56);
SONDE_AT(sonde_option, type, 8);
SONDE_AT(sonde_option, words, 40);
SONDE_AT(sonde_option, help, 64);
SONDE_AT(sonde_list, n_items, 8);
SONDE_AT(sonde_io, open, 8);
SONDE_AT(sonde_io, file_size, 48);
SONDE_AT(sonde_io, free_address, 120);
SONDE_AT(sonde_host, abi_major, 4);
SONDE_AT(sonde_host, version, 8);
SONDE_AT(sonde_host, log, 32);
SONDE_AT(sonde_host, thread_create, 80);
SONDE_AT(sonde_host, snapshot_series, 112);
SONDE_AT(sonde_host, emit, 136);
SONDE_AT(sonde_host, format, 152);
SONDE_AT(sonde_host, processes, 160);
SONDE_AT(sonde_host, want, 168);
SONDE_AT(sonde_host, format_several, 176);
SONDE_AT(sonde_result, rejected_points, 8);
SONDE_AT(sonde_result, message, 32);
SONDE_AT(sonde_plugin_desc, abi_major, 4);
SONDE_AT(sonde_plugin_desc, kind, 8);
SONDE_AT(sonde_plugin_desc, name, 16);
SONDE_AT(sonde_plugin_desc, options, 48);
SONDE_AT(sonde_plugin_desc, probe, 64);
SONDE_AT(sonde_plugin_desc, export_snapshot, 96);
SONDE_AT(sonde_plugin_desc, destroy, 136);
#undef SONDE_AT
#endif

#ifdef __cplusplus
}
#endif

#endif
