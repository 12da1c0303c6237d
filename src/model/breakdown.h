// SPDX-License-Identifier: MIT
/*
 * breakdown.h - a run, divided: by test, program, process, label, call or errno.
 *
 * All is exact however many processes there were, since it comes from the parts of the run (model/part.h). By process,
 * those that the recording keeps are a tree: children follow their parent, one step deeper. The others follow, those of
 * each program in one row; of an older recording, which has no parts, they are only counted.
 */
#ifndef SONDE_MODEL_BREAKDOWN_H
#define SONDE_MODEL_BREAKDOWN_H

#include "model/message.h"
#include "model/recording.h"
#include "model/selection.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum breakdown_by {
	BY_TEST,
	BY_PROGRAM,
	BY_PROCESS,
	BY_LABEL,
	BY_CALL,
	BY_ERRNO,
	BREAKDOWNS,
};

/* What comes first; all but names and starts in descending order. */
enum breakdown_sort {
	BREAKDOWN_SORT_TIME,
	BREAKDOWN_SORT_COUNT,
	BREAKDOWN_SORT_ERRORS,
	BREAKDOWN_SORT_BYTES,
	BREAKDOWN_SORT_NAME,
	BREAKDOWN_SORT_START, /* of tests, programs, labels and processes; of others the name */
	BREAKDOWN_SORTS,
};

struct breakdown_request {
	enum breakdown_by by;
	char *label; /* the key of BY_LABEL; else NULL */
	enum breakdown_sort sort;
	const struct selection *selection;
};

struct breakdown_row {
	char *name; /* NULL: what has none: of no test, without the label */
	unsigned int depth; /* of a process below others */
	int pid;            /* of a process, else 0 */
	int parent_pid;
	unsigned int run;   /* of several that were merged */
	bool is_of_others;  /* of all processes of a program that have no row of their own */
	uint64_t n_images;
	uint64_t n_processes; /* 0 for calls and errnos */
	uint64_t calls;
	uint64_t failures;
	uint64_t errors;   /* failures that are not expected */
	uint64_t bytes;
	uint64_t time_ns;  /* of calls that came back; 0: it is not known */
	int64_t started_ns; /* 0 for calls and errnos */
	int64_t ended_ns;
};

struct breakdown {
	enum breakdown_by by;
	struct breakdown_row *rows;
	size_t n_rows;
	struct breakdown_row total;
	uint64_t n_not_kept; /* process images without a row of their own, only BY_PROCESS */
};

/* "test", "program", "process", "label:KEY", "call", "errno". 0; -EINVAL with ret_message set; -ENOMEM. */
int breakdown_by_parse(const char *text, struct breakdown_request *request, struct message *ret_message);
int breakdown_sort_from_name(const char *name, enum breakdown_sort *ret_sort);
/* "test", ..., "label" */
const char *breakdown_by_name(enum breakdown_by by);

/*
 * 0; -ENODATA: the recording, of an older version, has no parts; -ENOMEM. To be deinitialised in any case.
 */
int breakdown_init(struct breakdown *breakdown, const struct recording *recording,
		   const struct breakdown_request *request);
void breakdown_deinit(struct breakdown *breakdown);

#endif
