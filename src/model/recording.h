// SPDX-License-Identifier: MIT
/*
 * recording.h - a run as people and machines look at it: all that was recorded, by plain values.
 *
 * A recording is made from the regions of a session (model/fold.h) or read from a JSON document
 * (format/recording-json.h); every report and export is made from one, so nothing can be shown live
 * that cannot be shown later.
 *
 * Ownership: a recording owns all it points to, strings included; recording_deinit() frees it. NULL
 * strings are unknown. Times are in nanoseconds. Not safe for use by several threads at once.
 */
#ifndef SONDE_MODEL_RECORDING_H
#define SONDE_MODEL_RECORDING_H

#include "base/histogram.h"
#include "calls/kinds.h"
#include "model/bucket-counts.h"
#include "model/exemplar.h"
#include "model/labels.h"
#include "model/metric-list.h"
#include "model/name-counts.h"
#include "model/object-list.h"
#include "model/stack-list.h"
#include "model/part.h"
#include "record/region.h"
#include "record/session.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Failures with one code. */
struct error_totals {
	char *symbol;        /* "ENOENT", "EAI_AGAIN"; "errno 4711" for one without a name */
	bool is_expected;    /* by the failure classes of the session */
	uint64_t count;
	uint64_t timed;      /* of them, and for how long */
	uint64_t sum_ns;
	int64_t first_ns;    /* CLOCK_REALTIME */
	int64_t last_ns;
	int last_pid;        /* whose that was; 0: not known */
};

struct call_totals {
	char *name;          /* this one is freed: */
	char *kind;          /* calls of one name are told apart by it; "": they are not */
	char *group;         /* both are in the memory of the name */
	uint64_t count;      /* calls made: exact, also where timing is sampled */
	uint64_t failures;   /* sum of errors[].count */
	uint64_t expected;   /* the part of failures classed as expected */
	uint64_t unfinished; /* never returned: in flight, exec, longjmp; where all are timed */
	uint64_t unfinished_ns; /* how long those had taken that main threads were waiting in at their end */
	uint64_t bytes;
	uint64_t timed;      /* successes that were timed: the sum of the buckets */
	uint64_t sum_ns;     /* over those */
	uint64_t min_ns;     /* 0 when timed is 0 */
	uint64_t max_ns;
	struct bucket_counts buckets;
	struct error_totals *errors; /* most frequent first */
	size_t n_errors;
	struct exemplar_list exemplars; /* of the durations */
};

struct call_list {
	struct call_totals *calls;
	size_t n_calls;
};

enum exit_kind {
	EXIT_UNKNOWN,  /* still running, or nobody saw it */
	EXIT_STATUS,
	EXIT_SIGNAL,
	EXIT_EXECUTED, /* the process went on as another program */
};

struct exit_info {
	enum exit_kind kind;
	int value; /* status or signal */
};

/* Usable bytes in blocks of malloc() and its kin. */
struct memory_totals {
	bool is_known;
	uint64_t allocated; /* by the process itself */
	uint64_t freed;
	uint64_t inherited; /* live when it was forked */
	uint64_t before;    /* at least so many of those that were freed had been allocated unseen */
	uint64_t live;      /* at the end */
	uint64_t peak;      /* of live */
};

/* Bytes as the kernel counts them: /proc/PID/io. */
struct kernel_io {
	bool is_known;
	uint64_t read;          /* by read(2) and its kin, also from the page cache; rchar */
	uint64_t written;       /* wchar */
	uint64_t storage_read;  /* fetched from storage, also for mapped files; read_bytes */
	uint64_t storage_written;
};

/* What is known of how complete a process's figures are. */
struct process_coverage {
	uint64_t lost[LOSS_REASONS];
	uint64_t unwatched[NOTE_REASONS]; /* programs that it started, or went on as, unwatched */
	struct name_counts raw_calls; /* of syscall(), by the name of the system call */
	struct kernel_io io;          /* when the process was last seen running */
	bool is_sandboxed;            /* asked for seccomp, or was seen under it */
};

/* One process image: a process between exec (or fork) and the next exec (or its end). */
struct process_record {
	int pid;
	int parent_pid;
	unsigned int run;    /* which of several recordings it is of; 0 for the first, and where there is one */
	char *executable;
	char *command;       /* arguments, joined by spaces, as a shell would need them quoted */
	char *allocator;
	char *test;          /* that it belongs to; NULL: to none */
	struct label_set labels; /* beside those of the run */
	int64_t started_ns;  /* CLOCK_REALTIME */
	uint64_t wall_ns;
	struct exit_info exit;
	bool is_running;     /* when it was last looked at */
	uint64_t n_threads;  /* that recorded anything; at least 1 */
	bool has_waiting;    /* waiting_ns is known: not in documents of older versions */
	uint64_t waiting_ns[WAIT_CLASSES]; /* of its main thread */
	struct memory_totals memory;
	struct process_coverage coverage;
	struct call_list calls;
	uint64_t weight_ns;    /* all the time of its calls, */
	uint64_t weight_calls; /* and how many there were */
};

/* Where the time of the command's main thread went; what it did not wait for is WAIT_NONE, work. */
struct main_thread {
	uint64_t wall_ns;
	uint64_t spent_ns[WAIT_CLASSES];
};

struct unwatched_record {
	int pid;             /* of the first such process */
	char *command;       /* path of the program */
	enum note_reason reason;
	uint64_t count;
};

/* How an instance of a plugin fared. */
struct plugin_record {
	char *name;
	char *plugin;	/* its name, or its file */
	char *version;	/* "" when it could not be loaded */
	char *state;	/* "stopped", "failed", "stuck", "crashed", ... */
	char *reason;	/* "" when there is nothing to say */
	uint64_t n_lost; /* snapshots that it did not take */
	struct name_counts counts; /* of what it did; those that are not 0 */
	char **lines;		   /* the last ones of its log */
	size_t n_lines;
};

struct recording {
	char *id;
	char **command;      /* ended by NULL, or NULL */
	int64_t started_ns;  /* CLOCK_REALTIME */
	uint64_t wall_ns;
	uint64_t user_ns;
	uint64_t system_ns;
	struct exit_info exit;
	struct label *labels;
	size_t n_labels;
	char *host;
	char *version;       /* of the sonde that recorded it */
	uint64_t n_runs;     /* recordings that it was made from, by recording_merge(); 0: it is one itself */

	struct call_list calls; /* of all processes together */
	uint64_t n_processes;   /* images that did not go on as another program */
	uint64_t n_threads;
	struct memory_totals largest_memory; /* of the process with the highest peak */
	int largest_memory_pid;
	struct process_record **processes; /* images, in the order of starts: see recording_add_process() */
	size_t n_process_records;
	bool are_kept_known;    /* these two: */
	size_t n_others_kept;   /* of the images, those that are not the command's */
	size_t lightest_kept;   /* and the lightest of these; 0: there is none */
	struct part_list parts; /* of all images, by test, program and labels */
	struct unwatched_record *unwatched;
	size_t n_unwatched;
	struct plugin_record *plugins;
	size_t n_plugins;

	struct metric_list metrics; /* what programs recorded themselves */
	struct object_list files;   /* what was done to each */
	struct object_list peers;
	struct stack_list stacks;   /* where calls came from */

	/* coverage */
	uint64_t refused[SERIES_REFUSALS]; /* of what they asked to have recorded */
	uint64_t respelled;  /* names that were used in another case of letters, too */
	uint64_t overflowed; /* measurements that went into series of overflow */
	uint64_t lost[LOSS_REASONS];  /* calls, or details of calls, not recorded */
	uint64_t notes_lost;
	uint64_t damaged_regions;     /* files that could not be read, or only in part */
	uint64_t n_sandboxed;         /* processes under seccomp */
	uint64_t n_uncounted;         /* processes that ran at the end, too new to have anything recorded */
	uint64_t processes_not_kept;  /* images in the totals, but not in `processes` */
	struct name_counts raw_calls; /* of syscall(), by the name of the system call */
	struct kernel_io io;          /* of the command at its end, and all whose end was waited for */
	/* Calls, as sets: the number of each is 1. */
	struct name_counts off;       /* all the time: the configuration says so */
	struct name_counts switched;  /* off or on while the run went on: not all are counted */
	struct name_counts retimed;   /* sampled more or less than before from some moment on */
};

enum { PROCESSES_KEPT = 500, COMMAND_IMAGES_KEPT = 64 };

void recording_deinit(struct recording *recording);
void process_record_deinit(struct process_record *process);
void process_record_free(struct process_record *process);

/*
 * Takes what a record holds over, also when it fails. Kept are the images of the command, which is the process that began first,
 * at most COMMAND_IMAGES_KEPT, and of the others the PROCESSES_KEPT heaviest: by the time in their calls, then by the
 * number of these. All others are counted in processes_not_kept. The totals are not touched. 0 or -ENOMEM.
 */
int recording_add_process(struct recording *recording, struct process_record *process);

/* Sets weight_ns and weight_calls. */
void process_record_weigh(struct process_record *process);

/* Whether it is an image of the process that began first. */
bool process_is_of_command(const struct recording *recording, const struct process_record *process);

/* A new record of a plugin, all empty, at the end; NULL without memory. Making one moves the others. */
struct plugin_record *recording_add_plugin(struct recording *recording);
void plugin_record_deinit(struct plugin_record *record);

/*
 * The totals of one kind of a call, made if they are not there. NULL without memory. The list is in
 * the order of names, then of kinds; making an entry moves the others.
 */
struct call_totals *call_list_get(struct call_list *list, const char *name, const char *kind,
				  const char *group);
/* NULL: not there. */
struct call_totals *call_list_find(const struct call_list *list, const char *name,
				   const char *kind);
void call_list_deinit(struct call_list *list);

/* Whether the bytes of a call are those that it was asked to allocate. */
bool call_is_allocation(const struct call_totals *totals);

/* Adds one to another: counts, buckets, errors by symbol, extremes. 0 or -ENOMEM. */
int call_totals_add(struct call_totals *totals, const struct call_totals *other);
int call_list_add(struct call_list *list, const struct call_list *other);

/*
 * Makes exemplars of the recording's slow calls, from this one on: of those that succeeded, as durations are. 0 or
 * -ENOMEM.
 */
int recording_add_exemplars(struct recording *recording, size_t first_slow_call);

/*
 * Bytes that calls moved through descriptors in such a way that the kernel counts them, those of streams
 * included: what fread() and its kin returned, and what fwrite() and its kin took.
 */
void recording_accounted_bytes(const struct recording *recording, uint64_t *ret_read,
			       uint64_t *ret_written);

/* How many calls came back without a failure. */
uint64_t call_totals_successes(const struct call_totals *totals);

/* All of a call's successful time: the sum over timed calls, scaled to all that succeeded. */
uint64_t call_totals_time_ns(const struct call_totals *totals);

/* All time that was spent in a call: in its successes, its failures, and what had not come back. */
uint64_t call_totals_whole_ns(const struct call_totals *totals);

/* The time of so many successes, of which some were timed. */
uint64_t scaled_time_ns(uint64_t sum_ns, uint64_t timed, uint64_t successes);

/*
 * The q-quantile (0 <= q <= 1) of a call's timed successes in nanoseconds, as model/distribution.h
 * says. 0 when none was timed.
 */
double call_totals_quantile_ns(const struct call_totals *totals, double q);

/* Several of them, in ascending order. */
void call_totals_quantiles_ns(const struct call_totals *totals, const double *q, size_t n_quantiles,
			      double *ret_ns);

/* Whether a call of that name is one of a group's, in our own table of calls. */
bool call_is_of_group(const char *name, const char *group);

/* Whether every call of that name was counted: it was neither off nor switched on the way. */
bool recording_counts_call(const struct recording *recording, const char *name);

/* Whether a call of that name waits for something, as locks, reads and sleeps do, and exec and exit do not. */
bool call_may_wait(const char *name);

/* Whether all calls that wait were counted all the time; and all that call_is_allocation() says it of. */
bool recording_counts_waiting(const struct recording *recording);
bool recording_counts_allocations(const struct recording *recording);

/* Of the first process, in all the programs that it was. False: not known, or not counted. */
bool recording_main_thread(const struct recording *recording, struct main_thread *ret_thread);

/* "io", "network", "lock", "sleep", "child", "events"; "work" for WAIT_NONE. */
const char *wait_class_name(enum wait_class wait_class);

/* "static", "setuid", ...: the word used in recordings and reports. */
const char *note_reason_name(enum note_reason reason);
const char *region_loss_name(enum region_loss reason);
const char *series_refusal_name(enum series_refusal reason);

#endif
