// SPDX-License-Identifier: MIT
/*
 * engine.h - the recording side, for a library that is in the process beside it.
 *
 * A program that records figures of its own links libsonde, which has a recording side for itself.
 * When the preload is there, it has one already: libsonde then uses that, so that what the program
 * records lies in one region with its calls. The preload exports one function for it, by which both
 * find out whether they fit.
 */
#ifndef SONDE_RECORD_ENGINE_H
#define SONDE_RECORD_ENGINE_H

#include "record/metric.h"
#include "record/session.h"

/* Each is the function of record/ that its name says. */
struct engine {
	uint32_t struct_size;
	uint32_t region_version; /* and with it the meaning of all below */

	/* Joins or makes the session, and makes the process's region. */
	void (*start)(void);
	/* The process's region. NULL: there is no memory for it. */
	struct region_header *(*find_region)(void);
	/* "": there is no session, nobody else sees what is recorded. */
	const char *(*session_directory)(void);
	const struct session_settings *(*settings)(void);
	uint64_t (*ticks)(void);
	struct thread_cache *(*enter_own)(void);
	void (*leave_own)(struct thread_cache *before);
	void (*become_own)(void);
	void (*mark_exit)(void);
	void (*after_fork)(void);

	const char *(*labels)(void);
	void (*switch_labels)(const char *labels);

	struct metric *(*find)(const struct metric_request *request,
			       enum series_refusal *ret_reason);
	void (*limit_tag_sets)(uint32_t max_tag_sets, uint32_t max_path_sets);
	bool (*take_number)(struct metric *metric, uint32_t limit);
	uint8_t (*kind)(const struct metric *metric);
	uint8_t (*flags)(const struct metric *metric);
	const char *(*name)(const struct metric *metric);
	const char *(*unit)(const struct metric *metric);
	size_t (*tags)(const struct metric *metric, struct metric_tag *ret_tags);
	void (*refuse)(enum series_refusal reason);
	void (*count_overflow)(void);
	int (*add)(struct metric *metric, uint64_t amount);
	bool (*add_fraction)(struct metric *metric, double amount);
	bool (*set)(struct metric *metric, double value);
	bool (*change)(struct metric *metric, double difference, double *ret_value);
	bool (*enter)(struct metric *metric, double value);
	bool (*enter_ns)(struct metric *metric, uint64_t ns);
};

/*
 * The one symbol that the preload exports beside libc's; the number is that of the table's form. A second preload in a
 * process knows the first by it: a later form has to leave this name defined.
 */
#define ENGINE_SYMBOL "sonde_engine_v1"

typedef const struct engine *engine_function(void);

/* The recording side that is linked to the caller. */
const struct engine *engine_own(void) HIDDEN;

#endif
