// SPDX-License-Identifier: MIT
/*
 * region.h - the layout of a region: what one process image recorded, a part of the session's file.
 *
 * A region is the one contract between the watched process, which writes it, and everybody else, who
 * only read. It describes itself: names and groups of calls stand in the file, so that a reader needs no
 * table of its own. References are relative (base/relative.h); a reader checks each before it follows it.
 *
 *     region_header --marks--> region_marks
 *          `--spans--> label_span --next--> ...
 *                         `--calls--> span_call --next--> ...
 *                                        |  `--info--> call_info_record
 *                                        `--errors--> span_error --next--> ...
 *     call_stats --base--> span_base --errors--> span_error --next--> ...
 *     region_header --threads--> thread_block --next--> thread_block ...
 *                                     |  `-raw_calls--> raw_call_stats --next--> ...
 *                                     |
 *                                   calls --> call_stats --next--> call_stats ...
 *                                                |  |  `--info--> call_info_record (name, kind, group)
 *                                                |  `--errors--> error_stats --next--> ...
 *                                                `--rows[octave]--> 8 counters of a histogram
 *
 * What a program records of its own stands beside that. A series is described once, and has in each thread
 * a cell that the thread alone writes to:
 *
 *     region_header --series--> series_info (name, unit, tags; a gauge's value) --next--> series_info ...
 *     thread_block --counters--> counter_cell --next--> ...
 *         |                         `--info--> series_info
 *         `--distributions--> distribution_cell --next--> ...
 *                                   |  `--info--> series_info
 *                                   `--rows[octave]--> 8 counters of a histogram
 *
 * What the program did to which file, and with which peer, stands beside the calls in each thread:
 *
 *     thread_block --objects--> object_cell --next--> object_cell ...
 *                                 |  |  `--info--> object_info (path or address)
 *                                 |  `--errors--> object_error --next--> ...
 *                                 `--streams--> object_streams
 *
 * Where calls came from is a third part. All threads write to it, with atomic additions:
 *
 *     region_header --stacks--> stack_table --sites--> stack_site --next--> ...
 *                                    |   |                |  `--info--> call_info_record
 *                                    |   |                `--frames: number of a code_module, and a place in it
 *                                    |   `--modules--> code_module --next--> ...
 *                                    `--events--> stack_events (the latest slow calls)
 *
 * A region has its place in the file from the start, but only the first `committed` bytes have memory behind
 * them: the writer has the kernel populate more before it uses it, so that a full filesystem is an error
 * and never a SIGBUS. Records are zero when they are made, are complete when the reference to them is
 * stored, and are never moved or freed.
 */
#ifndef SONDE_RECORD_REGION_H
#define SONDE_RECORD_REGION_H

#include "base/clock.h"
#include "base/histogram.h"
#include "base/pair.h"
#include "base/relative.h"

#include <stdint.h>

#define REGION_MAGIC "SONDEREG"

enum {
	REGION_VERSION = 14, /* changes with every change of a struct below */
	REGION_COMMIT_FIRST = 4096, /* what a process that does little needs */
	REGION_COMMIT_STEP = 32 * 1024,
	REGION_CAPACITY = 64 * 1024 * 1024, /* less where the size of files is limited, but not less than: */
	REGION_CAPACITY_LEAST = 64 * 1024,
	REGION_SMALL_CAPACITY = 1024 * 1024, /* where all of it has memory at once, or there is no place for it */
	REGION_SLAB = 4096,                  /* what a thread takes at a time */

	REGION_EXECUTABLE_SIZE = 256,
	REGION_COMMAND_SIZE = 1024,
	REGION_ALLOCATOR_SIZE = 64,
	REGION_LABELS_SIZE = 1024, /* of the text of all labels, with its NUL */
	REGION_TEST_SIZE = 512,

	REGION_ABSENCES = 12, /* enum note_reason of session.h, with room for more */

	REGION_SERIES_STRINGS = 40 * 1024, /* of one series: more than 32 tags of the longest can have */

	REGION_OBJECT_NAME = 1024, /* of a path or an address, with its NUL; longer ones are cut */
	OBJECT_SIZES = 6, /* below 512 bytes, 4 KiB, 32 KiB, 256 KiB, 2 MiB, and all others */

	REGION_RAW_CALLS = 1024, /* numbers below are told apart; the kernel's largest is near 470 */
};

/* What was not recorded, and why. */
enum region_loss {
	LOSS_REGION_FULL, /* a whole call: no memory for another thread block or call */
	LOSS_DETAIL,      /* the duration or the error code of a call that is counted: no memory either */
	LOSS_EARLY,       /* a whole call: made before we were ready */
	LOSS_REASONS,
};

/* What a program asked to have recorded, and why it was not. */
enum series_refusal {
	REFUSED_NAME,     /* none that a series can have, or one that exporters could not tell from another */
	REFUSED_TAGS,     /* too many, or a key that is none; or one of two tags with one key */
	REFUSED_CONFLICT, /* the name has another type or unit */
	REFUSED_NUMBER,   /* no number, or an infinite one */
	REFUSED_RANGE,    /* negative, or too large */
	REFUSED_MEMORY,   /* no memory for another series, or for a thread's part of one */
	SERIES_REFUSALS,
};

enum region_state {
	REGION_RUNNING,  /* or killed: only the kernel knows */
	REGION_EXITED,   /* went through exit() or _exit() */
	REGION_EXECUTED, /* the process went on as another program */
};

enum region_flag {
	REGION_FOREIGN_NAMESPACE = 1, /* pid is not a number in the session's pid namespace */
	REGION_EXIT_KNOWN = 2,        /* exit_status was given to exit() or _exit() */
	REGION_FORKED = 4,            /* began with a fork, not with an exec */
	REGION_SANDBOXED = 8,         /* asked for seccomp, or was forked by one that had */
	REGION_MEMORY_KNOWN = 16,     /* memory.* below is kept */
	REGION_LENT = 32,             /* a child that shares the memory may go on writing after the end */
};

/*
 * Bytes in blocks that malloc() and its kin gave, by usable size. Live are inherited + before + allocated - freed.
 * All threads add to these.
 */
struct region_memory {
	uint64_t inherited; /* live when the process was forked */
	uint64_t allocated;
	uint64_t freed;
	uint64_t before;    /* freed and never seen allocated, as far as that made live negative */
	uint64_t peak;      /* of live */
};

struct region_header {
	char magic[8];
	uint32_t version;
	uint32_t header_size;
	uint64_t offset;    /* in the session's file; 0: private memory that nobody else sees */
	uint64_t capacity;  /* bytes that there is room for */
	uint64_t used;      /* bytes handed out, from the start; may pass capacity */
	uint64_t committed; /* bytes that have memory behind them */

	int32_t pid;
	int32_t parent_pid;
	uint32_t flags;       /* enum region_flag */
	uint32_t state;       /* enum region_state */
	int32_t exit_status;
	relative threads;     /* struct thread_block, newest first */
	int64_t started_ns;   /* CLOCK_BOOTTIME when the region was made: after the process's start */
	int64_t ended_ns;     /* CLOCK_BOOTTIME, or 0 */
	int64_t started_realtime_ns;
	uint64_t started_ticks; /* the same instant on the clock below */
	struct clock_calibration clock;

	uint64_t n_threads;   /* threads that recorded anything */
	uint64_t lost[LOSS_REASONS];
	uint64_t unwatched[REGION_ABSENCES]; /* programs that it started, or went on as, unwatched; by reason */
	struct region_memory memory;
	uint64_t refused[SERIES_REFUSALS];
	uint64_t respelled;   /* names that were used in another case of letters, too */
	uint64_t overflowed;  /* measurements that went into series of overflow: their names had too many sets of tags */
	relative series;      /* struct series_info */
	relative marks;       /* struct region_marks */
	relative spans;       /* struct label_span */
	relative present_span; /* one of them; none: the labels are those of the start */
	relative stacks;      /* struct stack_table; none where no stack was taken */
	uint32_t unused;

	char executable[REGION_EXECUTABLE_SIZE]; /* as given to exec */
	char command[REGION_COMMAND_SIZE];       /* arguments, each ended by NUL, cut at the end */
	char allocator[REGION_ALLOCATOR_SIZE];   /* file name of the object that has malloc */
};

/* What of the run the process belongs to. There is none where its environment says nothing. */
struct region_marks {
	uint32_t size;  /* of this record, with its strings */
	char strings[]; /* the values of SONDE_LABELS and of PYTEST_CURRENT_TEST, each ended by NUL */
};

/*
 * Belongs to one thread at a time; a later thread goes on where an ended one left off. That of the main thread,
 * whose number is the process's, is nobody else's.
 */
struct thread_block {
	relative next;
	relative calls; /* struct call_stats */
	int32_t tid;    /* of the present or last owner */
	uint32_t n_owners;
	relative raw_calls; /* struct raw_call_stats */
	relative counters;  /* struct counter_cell */
	relative distributions; /* struct distribution_cell */
	relative objects;       /* struct object_cell */
	uint32_t reserved;
};

/* Calls of syscall() with one number. */
struct raw_call_stats {
	uint64_t count;
	int32_t number; /* -1: all that are not told apart */
	relative next;
};

enum call_flag {
	CALL_ALWAYS_TIMED = 1, /* whatever the session says of its call */
};

/* The description of a call, or of one kind of it, written when the process first uses it. */
struct call_info_record {
	uint16_t id;      /* meaningful to the writer only */
	uint8_t flags;    /* enum call_flag */
	uint8_t waits;    /* enum wait_class: what its time is spent on, if not on work */
	char name[32];
	char group[16];
	char kind[12];    /* calls of one name are told apart by it; "": they are not */
};

/*
 * What one thread recorded of one call. Counters go up when a call is entered (count) and when it
 * returns (all others): `count` minus the rest is what is in flight, or left by longjmp or cancellation.
 * Durations are those of timed calls that succeeded; how many were timed is the sum of the buckets.
 */
struct call_stats {
	uint64_t count;
	uint64_t next_timed; /* the writer's: the count at which a call is timed again */
	uint64_t bytes;
	uint64_t next_drawn; /* the writer's: the bytes at which a block is drawn; see heap-samples.h */
	uint64_t sum_ns;
	uint64_t min_ns;     /* UINT64_MAX: none timed yet */
	uint64_t max_ns;
	uint64_t moment;     /* when a timed call was last entered (odd) or left (even), in ticks; or 0 */
	relative info;       /* struct call_info_record */
	relative errors;     /* struct error_stats */
	relative next;
	relative base;       /* struct span_base; none: nothing was told to a span yet */
	relative rows[HISTOGRAM_ROWS]; /* struct histogram_row, by octave */
};

struct histogram_row {
	uint64_t count[HISTOGRAM_ROW_BUCKETS];
};

/* Failures of one call with one code, in one thread. */
struct error_stats {
	int32_t code;     /* errno, or EAI_* (negative, but EAI_SYSTEM, which is recorded as its errno) */
	relative next;
	uint64_t count;
	uint64_t timed;   /* how many of them were timed, and for how long */
	uint64_t sum_ns;
	uint64_t first_ticks;
	uint64_t last_ticks;
};

/*
 * What all threads did while the process had other labels than at its start: from sonde_label_begin() to the next
 * begin or end, as often as that came. It is in the figures of the threads, too.
 */
struct label_span {
	uint32_t size;   /* of this record, with its labels */
	relative next;
	relative calls;  /* struct span_call */
	uint32_t reserved;
	uint64_t first_ticks; /* when it first began */
	uint64_t last_ticks;  /* and when it last ended, or 0 */
	char labels[];   /* as in SONDE_LABELS, ended by NUL */
};

struct span_call {
	relative info;   /* struct call_info_record; several may be of one call */
	relative next;
	relative errors; /* struct span_error */
	uint32_t reserved;
	uint64_t count;
	uint64_t bytes;
	uint64_t timed;
	uint64_t sum_ns;
};

struct span_error {
	relative next;
	int32_t code;
	uint64_t count;
};

/* What of a struct call_stats was told when the labels last changed: the rest belongs to the present ones. */
struct span_base {
	uint64_t count;
	uint64_t bytes;
	uint64_t timed;
	uint64_t sum_ns;
	relative errors; /* struct span_error */
	uint32_t reserved;
};

enum series_kind {
	KIND_COUNTER = 1,
	KIND_GAUGE,
	KIND_HISTOGRAM,
	KIND_TIMER, /* a histogram of durations; its cells are in nanoseconds, its unit is s */
};

enum series_flag {
	SERIES_OF_FRACTIONS = 1, /* a counter of fractions: cells have the bits of a double */
	SERIES_SIGNED = 2,       /* a histogram that is a half of one: with sign = "negative", of how far below 0 */
};

/* What the values of one gauge in several processes make together. */
enum gauge_merge {
	MERGE_ALL, /* nothing: each is a series of its own, with a tag `pid` */
	MERGE_SUM,
	MERGE_MIN,
	MERGE_MAX,
	MERGE_LAST,
	MERGE_MODES,
	MERGE_LIVE = 0x80, /* beside one of them: the value of a process ends with it */
};

/* A series of the program's own. Several of one name and tags are one series. */
struct series_info {
	uint32_t size;      /* of this record, with its strings */
	relative next;
	uint8_t kind;       /* enum series_kind */
	uint8_t flags;      /* enum series_flag */
	uint8_t merge;      /* enum gauge_merge */
	uint8_t n_tags;
	int16_t first_index; /* OpenTelemetry index of a histogram's bucket 0 */
	uint16_t reserved;
	struct pair gauge;  /* the bits of a double, and when it became that, in ticks; 0: it has no value yet */
	uint64_t started_ticks; /* of a counter that has come round past 2^64: when it did */
	uint64_t unused;    /* what follows begins where the size of this ends */
	char strings[];     /* name, unit, then key and value of each tag by order of keys; each ended by NUL */
};

/* What one thread added to a counter. */
struct counter_cell {
	relative info;      /* struct series_info */
	relative next;
	uint64_t value;     /* with SERIES_OF_FRACTIONS the bits of a double */
};

/* What one thread entered into a histogram: timers in ns, others as the bits of doubles. */
struct distribution_cell {
	relative info;      /* struct series_info */
	relative next;
	uint64_t sum;
	uint64_t min;       /* UINT64_MAX: nothing yet */
	uint64_t max;
	relative rows[HISTOGRAM_ROWS]; /* struct histogram_row, by octave */
	uint32_t reserved;
};

enum object_kind {
	OBJECT_FILE = 1,
	OBJECT_PEER,     /* whom a socket talks to */
	OBJECT_LISTENER, /* a socket's own address: of one that listens, or is talked to by anybody */
	OBJECT_KINDS,
};

enum object_flag {
	OBJECT_HASHED = 1, /* the name is not shown, but what stands for it in this session */
	OBJECT_CUT = 2,
	OBJECT_OTHERS = 4, /* all that found no room: there is no name */
};

/* A file or a peer, written when the process first uses it; two threads that come at once may make two. */
struct object_info {
	uint32_t size; /* of this record, with the name */
	uint8_t kind;  /* enum object_kind */
	uint8_t flags; /* enum object_flag */
	uint16_t reserved;
	char name[];   /* ended by NUL */
};

/* What was moved in one direction by calls on descriptors. */
struct object_flow {
	uint64_t bytes;
	uint64_t timed; /* so many of the calls were timed, and took so long */
	uint64_t sum_ns;
	uint64_t jumps; /* so many did not begin where the one before them on the descriptor ended */
	uint64_t sizes[OBJECT_SIZES]; /* by bytes moved; their sum is how many calls there were */
};

/* Calls whose number is known, but not what they moved. */
struct object_calls {
	uint64_t count;
	uint64_t timed;
	uint64_t sum_ns;
};

/* What one thread did to one file, or with one peer. Only what succeeded, but for the errors. */
struct object_cell {
	relative info;    /* struct object_info */
	relative next;
	relative errors;  /* struct object_error */
	relative streams; /* struct object_streams */
	uint64_t owner;   /* these three are the writer's */
	uint64_t name;
	relative chain;
	uint32_t reserved;
	struct object_calls opens;
	struct object_calls others; /* neither opened nor moved anything */
	struct object_flow flows[2]; /* in, out */
};

/* What was moved through streams: as much as the program got and gave. What the streams moved is not seen. */
struct object_streams {
	struct {
		uint64_t count;
		uint64_t bytes;
		uint64_t timed;
		uint64_t sum_ns;
	} flows[2];
	uint64_t owner; /* the writer's, as in the cell */
};

/* Failures of one call with one code. */
struct object_error {
	relative next;
	relative call; /* struct call_info_record */
	int32_t code;  /* as in struct error_stats */
	uint32_t reserved;
	uint64_t count;
	uint64_t timed;
	uint64_t sum_ns;
};

_Static_assert(sizeof(struct object_cell) <= 256, "a cell is four cache lines");
_Static_assert(sizeof(struct object_info) == offsetof(struct object_info, name), "the name follows without a gap");

/* -- Where calls came from ---------------------------------------------------------------------------- */

/* Why a stack was taken. */
enum stack_kind {
	STACK_FAILURE,    /* the call failed */
	STACK_SLOW,       /* it took longer than a threshold */
	STACK_EVERY,      /* its turn had come */
	STACK_ALLOCATION, /* it allocated memory, and was drawn, by size */
	STACK_KINDS,
};

/* Why there is none, or not all of one. */
enum stack_shortage {
	STACK_TABLE_FULL, /* the call is counted among the others */
	STACK_UNKNOWN,    /* nobody of the program was found on it */
	STACK_UNFOLLOWED, /* a drawn block whose end will not be seen: no room */
	STACK_SHORTAGES,
};

enum {
	STACK_DEPTH_MAX = 128,
	STACK_SITES_MAX = 4096, /* in a process */
	STACK_MODULES_MAX = 1000,
	STACK_EVENTS = 1024,    /* slow calls that are kept each by itself: the latest */
	STACK_SCALE = 256,      /* what calls are counted in: a drawn one stands for a number that is not whole */
	STACK_PLACE_BITS = 48,  /* of a frame; above them is the module's number */
	MODULE_BUILD_ID_SIZE = 32,
	MODULE_PATH_SIZE = 512,
};

/* What was added up at one place. */
struct stack_figures {
	uint64_t samples;    /* stacks that were taken */
	uint64_t count;      /* calls that they stand for, times STACK_SCALE */
	uint64_t sum_ns;     /* of slow calls, and of failures and turns that were timed */
	uint64_t max_ns;
	uint64_t bytes;      /* that were moved or allocated */
	uint64_t live_count; /* of allocations: not freed yet, times STACK_SCALE */
	uint64_t live_bytes;
	uint64_t peak_bytes; /* the most that live_bytes was */
};

struct stack_table {
	relative modules;    /* struct code_module */
	relative sites;      /* struct stack_site */
	relative events;     /* struct stack_events */
	uint32_t n_modules;
	uint32_t n_sites;
	uint32_t reserved;
	uint64_t heap_period; /* bytes between two that are drawn, on average; 1: every block is followed */
	uint64_t walks;      /* stacks that were walked, and in how many ticks */
	uint64_t walk_ticks;
	uint64_t looks;      /* failures whose caller alone was looked at */
	uint64_t look_ticks;
	uint64_t shortages[STACK_SHORTAGES];
	uint64_t live_bytes; /* of all sites, and of the others */
	uint64_t peak_bytes;
	struct stack_figures others[STACK_KINDS]; /* of what is at no site for want of room */
};

/* An object with code of which a frame was seen. */
struct code_module {
	relative next;
	uint32_t number;     /* from 1 on */
	uint64_t start;      /* where it was */
	uint64_t end;
	uint64_t bias;       /* that, less what its file says */
	uint64_t mark;       /* the writer's */
	uint8_t build_id[MODULE_BUILD_ID_SIZE];
	uint32_t build_id_size;
	char path[MODULE_PATH_SIZE];
};

enum stack_site_flag {
	STACK_IS_CUT = 1, /* there are more frames */
};

/* Calls of one kind that ended with one code, and came from one place by one way. */
struct stack_site {
	relative next;
	relative info;       /* struct call_info_record */
	int32_t code;        /* of failures */
	uint8_t kind;        /* enum stack_kind */
	uint8_t flags;       /* enum stack_site_flag */
	uint16_t n_frames;
	uint64_t hash;
	struct stack_figures figures;
	uint64_t frames[];   /* innermost first; the place is a return address: behind the call */
};

struct stack_event {
	uint64_t start_ticks;
	uint64_t ns;
	int32_t tid;
	relative site;       /* struct stack_site */
};

struct stack_events {
	uint64_t n_events;   /* that there were: the latest at n_events - 1, modulo STACK_EVENTS */
	struct stack_event event[STACK_EVENTS];
};

_Static_assert(sizeof(struct stack_site) + STACK_DEPTH_MAX * sizeof(uint64_t) < REGION_SLAB / 2,
	       "the deepest stack fits into a slab");
_Static_assert(sizeof(struct stack_site) == offsetof(struct stack_site, frames), "frames follow without a gap");
_Static_assert(sizeof(struct label_span) == offsetof(struct label_span, labels), "labels follow without a gap");
_Static_assert(sizeof(struct call_stats) % 4 == 0, "rows follow without a gap");
_Static_assert(sizeof(struct series_info) == offsetof(struct series_info, strings), "strings follow without a gap");
_Static_assert(sizeof(struct call_info_record) == 64, "a description is a cache line");
_Static_assert(sizeof(struct histogram_row) == 64, "a row is a cache line");

#endif
