// SPDX-License-Identifier: MIT
/*
 * store.h - figures of days, in a file of SQLite.
 *
 * A row is what one series did in one minute, and after a day in one hour: so many days take little
 * room. Rows are added to, not replaced: several processes may write to one file, also to the same
 * row. The file is in WAL mode, writers wait for each other, and readers for nobody.
 *
 * Series are told apart by the program that recorded them: "nginx", of whatever run.
 */
#ifndef SONDE_PLUGINS_HISTORY_STORE_H
#define SONDE_PLUGINS_HISTORY_STORE_H

#include <sonde/plugin.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "history/buckets.h"

enum {
	HISTORY_REASON_SIZE = 256,
	HISTORY_SPAN_S = 60,	    /* of a row at first, */
	HISTORY_LONG_SPAN_S = 3600, /* and of one that is older than */
	HISTORY_SHORT_TIME_S = 86400,
};

struct history;

/*
 * Opens a file; a writer makes it, and its folder, when they are not there. 0, or a negative errno
 * with ret_reason set: -EBUSY: others write for too long; -EILSEQ: it is no file of ours.
 */
int history_open(const char *path, bool is_writer, struct history **ret_history,
		 char ret_reason[HISTORY_REASON_SIZE]);
/* NULL is fine. Returns NULL. */
struct history *history_close(struct history *history);

/* What went wrong last, for people. */
const char *history_reason(const struct history *history);

/* What a series did from one instant to another. */
struct history_point {
	const char *program;
	const char *name;
	const char *unit;
	const char *tags; /* {"key":"value"}, in the order of keys */
	uint32_t type;	  /* SONDE_TYPE_ */
	bool is_fractional;
	int64_t at_s; /* of CLOCK_REALTIME */
	uint64_t count;
	double sum; /* gauges: the value */
	double min; /* of histograms and gauges */
	double max;
	struct history_buckets buckets; /* of histograms */
};

/* All or nothing: begin, add..., commit. 0 or a negative errno, after which nothing has been kept.
 */
int history_begin(struct history *history);
int history_add(struct history *history, const struct history_point *point);
int history_commit(struct history *history);
/* Gives up what was added since the beginning; returns `error`. */
int history_cancel(struct history *history, int error);

/* Deletes what is older, and puts minutes of more than a day ago together to hours. 0 or a negative
 * errno. */
int history_prune(struct history *history, int64_t now_s, int64_t keep_s);

/* What a series did since an instant; strings live as long as the call. */
struct history_sum {
	const char *name;
	const char *unit;
	const char *tags;
	uint32_t type;
	bool is_fractional;
	int64_t from_s; /* its first row's beginning */
	uint64_t count; /* gauges: how many looks */
	double sum;
	double min;
	double max;
	double last; /* of gauges */
	struct history_buckets buckets;
};

/*
 * Calls a function for each series of a program that did something since an instant, until it
 * returns another value than 0, which is returned. `name` NULL: of all names. Otherwise 0 or a
 * negative errno.
 */
typedef int (*history_visitor)(void *argument, const struct history_sum *sum);
int history_sum(struct history *history, const char *program, const char *name, int64_t since_s,
		history_visitor visit, void *argument);

/*
 * The file that is used when none is given: $XDG_STATE_HOME/sonde/history.db, or that in
 * ~/.local/state. A new string; NULL: there is no home, or no memory.
 */
char *history_default_file(void);

/* "nginx", of "/usr/sbin/nginx -g daemon". Returns ret_program. */
const char *history_program(const char *command_line, char *ret_program, size_t size);

/* The plugin's options, for who asks what it keeps. */
struct history_options {
	const char *file; /* NULL: the default */
	int64_t retention_days;
};

#endif
