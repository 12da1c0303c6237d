// SPDX-License-Identifier: MIT
/*
 * session.h - a session: one run, and the directory that holds it.
 *
 *     /dev/shm/sonde-UID/ID/session
 *
 * The one file in it begins with settings and notes, which every process of the session maps. Regions
 * (record/region.h) follow, one for each process image, each with its room of address and file space of which
 * only what is used has memory behind it. The file grows with the number of processes that live at once:
 *
 *     settings | notes | SESSION_HEAD_SIZE | region | region | ...
 *
 * SONDE_SESSION in the environment names the directory to children. All functions here use raw system
 * calls only, so that the preload can use them before libc is ready; they return 0 or a negative errno.
 */
#ifndef SONDE_RECORD_SESSION_H
#define SONDE_RECORD_SESSION_H

#include "base/clock.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SESSION_MAGIC "SONDESES"
#define SESSION_VARIABLE "SONDE_SESSION"
#define SESSION_FILE "session"

enum {
	SESSION_VERSION = 9,
	SESSION_PATH_SIZE = 200, /* of a session directory's path, with its NUL */
	SESSION_CALLS = 1024,    /* at most so many calls in the table */
	SESSION_NOTES = 127,
	NOTE_PATH_SIZE = 232,
	TIMING_PERIOD_MAX = 32767,
	SESSION_HEAD_SIZE = 64 * 1024, /* before the first region */
	SESSION_REGIONS_MOST = 1 << 24,
	SESSION_REUSED_REGIONS = 4096, /* places that later processes may have again */
	STACK_DEPTH = 32,        /* frames, unless told otherwise */
	SAMPLED_PERIOD = 64,     /* fast calls are timed one in so many unless told otherwise */
};

/* Which children of a watched process are watched. */
enum follow {
	FOLLOW_ALL,         /* all: their environment is repaired */
	FOLLOW_ENVIRONMENT, /* those whose environment still names us */
	FOLLOW_NONE,        /* none: our variables are taken out of their environment */
};

enum session_state {
	SESSION_OPEN,
	SESSION_CLOSED, /* the host has gone: nothing is recorded any more */
};

/* What a process could not record, noted by who saw it. */
enum note_reason {
	NOTE_NONE,
	NOTE_STATIC,       /* the program has no dynamic loader */
	NOTE_SETUID,       /* the kernel would not let a preload in: set-uid, set-gid or capabilities */
	NOTE_ARCHITECTURE, /* built for another architecture, or for another libc */
	NOTE_ENVIRONMENT,  /* the program's environment does not name us, and we were told to leave it */
	NOTE_NO_REGION,    /* a watched process found no memory for its region */
	NOTE_UNREACHABLE,  /* it would not find our library or session: another user, root or session's end */
	NOTE_SANDBOX,      /* the filter that it is to run under would kill it for what we do when it starts */
	NOTE_SESSION,      /* it was given to another session, as by a "sonde run" of the program's own */
	NOTE_REASONS,
};

enum note_state {
	NOTE_FREE,
	NOTE_WRITING,
	NOTE_READY,
};

/* One reason and one program; `count` says how many processes: 0 when none of them was started. */
struct session_note {
	uint32_t state;  /* enum note_state, stored last with release */
	uint32_t reason; /* enum note_reason */
	int32_t pid;     /* of the first */
	uint32_t reserved;
	uint64_t count;
	char path[NOTE_PATH_SIZE];
};

/* What is done about a call. 0 stands in no session's settings: a process has yet to join one. */
enum call_mode {
	MODE_KNOWN = 1,     /* this alone: it is counted */
	MODE_OFF = 2,       /* it is not counted at all */
	MODE_ACCOUNTED = 4, /* of the memory group: live bytes are to be known */
	MODE_DRAWN = 8,     /* of the memory group: some of its blocks are followed; see stack_settings.allocated */
	MODE_OBJECTS = 16,  /* it is known by file and by peer */
};

/* When stacks are taken. All of it may be changed while processes run, but for `allocated`. */
struct stack_settings {
	uint64_t slower_ns; /* calls that took at least so long; UINT64_MAX: none */
	uint64_t look_ns;   /* from that on a timed call is looked at, if only to see whether it is its turn */
	uint64_t allocated; /* bytes between two that are drawn, on average; 1: every block is followed; 0: none */
	uint32_t every;     /* one call in so many; 0: none */
	uint16_t depth;     /* frames */
	uint8_t failures;   /* whether, of failures */
	uint8_t looks_at_failures; /* for whatever reason */
};

/* What is recorded of a class of names, paths or addresses. */
enum privacy {
	PRIVACY_PLAIN,
	PRIVACY_HASHED, /* what stands for a name is the same everywhere in the session */
	PRIVACY_OFF,
};

/* Of files, and of peers. */
struct object_settings {
	uint16_t privacy; /* enum privacy */
	uint16_t most;    /* so many a process may have; the rest is one */
};

enum { OBJECTS_DEFAULT = 1000, OBJECTS_MAX = 20000 };

/* The first page of the session file. Whoever hosts the session may change the settings at any time. */
struct session_settings {
	char magic[8];
	uint32_t version;
	uint32_t state;          /* enum session_state */
	uint64_t calls_hash;     /* of the call table whose ids index the arrays below */
	uint64_t pid_namespace;  /* inode of the host's, 0 when unknown */
	struct clock_calibration clock;
	uint64_t pipe_device;    /* which pipes without a name are on, 0 when unknown */
	uint64_t notes_lost;     /* notes that found no room */
	uint64_t region_capacity; /* room for each region: a power of two */
	uint64_t n_regions;       /* so many may have room */
	uint64_t reached;         /* the file has been made at least that long */
	uint64_t regions_begun;   /* places after the first SESSION_REUSED_REGIONS that have been taken */
	uint64_t is_taken[SESSION_REUSED_REGIONS / 64]; /* of the first places: one bit each */
	uint32_t follow;         /* enum follow */
	uint32_t n_folded;       /* regions that the host has added up and removed */
	uint32_t has_namespaces; /* a process of the session may be in another pid namespace than its host */
	uint32_t reloads_asked;  /* times that the host was asked to read its configuration again */
	struct stack_settings stacks;
	int32_t future_host;     /* process that will host the session when there is something in it; 0: none */
	uint32_t end_asked;      /* the session is about to be killed: its host is to hand out what there is */
	uint32_t end_answered;   /* that is done; a futex */
	uint8_t mode[SESSION_CALLS];    /* by call id: enum call_mode */
	uint16_t period[SESSION_CALLS]; /* by call id: one call in so many is timed; 0 counts as 1 */
	uint64_t was_switched[SESSION_CALLS / 64]; /* by call id, a bit each: off or on while processes ran */
	uint64_t was_retimed[SESSION_CALLS / 64];  /* the same: its period was changed */
	struct object_settings files;
	struct object_settings peers;
	uint64_t object_key[2]; /* of the hashes that stand for names */
} __attribute__((aligned(4096)));

/* Ends what every process maps. One small read of it tells both what the file is and that it reaches so far. */
struct session_seal {
	char magic[8];
	uint32_t version;
	uint32_t reserved;
	uint64_t calls_hash;
};

struct session_file {
	struct session_settings settings;
	struct session_note notes[SESSION_NOTES];
	struct session_seal seal; /* says what the settings say of themselves */
} __attribute__((aligned(4096)));

_Static_assert(sizeof(struct session_settings) == 4096, "settings are one page");
_Static_assert(sizeof(struct session_file) <= (size_t)SESSION_HEAD_SIZE, "the head has room for all of it");

/*
 * Finds a place and makes a session directory (mode 0700) in it: `directory` if it is
 * not NULL or empty, else $SONDE_DIRECTORY; these are the only place tried when they are given. Else
 * /dev/shm/sonde-UID, $XDG_RUNTIME_DIR/sonde, and sonde-UID in $TMPDIR or /tmp, in this order. The
 * variables are looked up in `environment`; a relative directory means one below the current one.
 * Writes the path of the new directory to ret_path, which has SESSION_PATH_SIZE bytes.
 */
int session_make_directory(char *const *environment, const char *directory, char *ret_path);

/* Settings as they are without a configuration: everything is counted, fast calls are timed by sample. */
void session_settings_init(struct session_settings *settings);

/* Has calls known by file and by peer, or not, as the privacy of both says; chooses a key if there is none. */
void session_know_objects(struct session_settings *settings);

/*
 * Writes the session file, with the memory of its head allocated, into the directory; all of it or nothing.
 * Fills in how many regions of which size there is room for, by the limits of the process and the filesystem.
 */
int session_write_file(const char *path, struct session_settings *settings);

/* Opens the session file of a directory. A descriptor or a negative errno. */
int session_open_file(const char *path);

/*
 * Maps the head of an open session file; at `address` when that is not NULL (replacing what is mapped
 * there). Refuses one of another version or size with -EPROTO.
 */
int session_map_file(int fd, void *address, struct session_file **ret_file);

/*
 * Takes a place for a region, in the session's file open as `fd`, which grows as needed. Returns its offset, or 0
 * when there is no room.
 */
uint64_t session_take_region(struct session_settings *settings, int fd);

/* How many places are taken. */
uint64_t session_count_taken(const struct session_settings *settings);

/*
 * Makes the file long enough for some more regions than have a place now: it is the host that may, where a limit on
 * the size of files holds for the program.
 */
void session_grow_ahead(struct session_settings *settings, int fd);

/*
 * Lets others have a place again. Its memory must have been given back. The room of a region is given, too: what
 * stands in the settings anybody in the session may have changed.
 */
void session_release_region(struct session_settings *settings, uint64_t capacity, uint64_t offset);

/* The number of the place at an offset. */
static inline uint64_t session_place(uint64_t offset, uint64_t capacity)
{
	return (offset - SESSION_HEAD_SIZE) / capacity;
}

/* Whether that can be the room of a region: file and address space are divided by it. */
bool session_is_region_capacity(uint64_t capacity);

/*
 * Notes that a process is not watched. Safe anywhere, also in a vfork child. Returns the note, or NULL
 * when there was no room for it.
 */
struct session_note *session_note(struct session_file *file, enum note_reason reason, int pid,
				  const char *path);

/* Takes one process off a note again: it was not started after all. NULL is fine. */
void session_unnote(struct session_note *note);

/*
 * Notes that from now on a process may be in another pid namespace than its session's: one has been made, or a
 * program runs that we do not watch.
 */
void session_note_namespace(struct session_settings *settings);

/*
 * Changes of settings while processes run, which see them at their next call. Each is remembered, so that what the
 * figures cannot tell any more is said. A call is counted or not from then on; another period counts from the next
 * call that is timed on, which every thread has chosen already: at most twice the old period of its calls away.
 */
void session_switch_call(struct session_settings *settings, unsigned int call, bool is_on);
void session_set_period(struct session_settings *settings, unsigned int call, uint16_t period);

/* From here on, processes count nothing, and recording costs them nothing. */
void session_switch_off(struct session_settings *settings);

/* Whether a call was switched, or its period changed, by the above. */
bool session_was_switched(const struct session_settings *settings, unsigned int call);
bool session_was_retimed(const struct session_settings *settings, unsigned int call);

/* Puts right what in the settings of stacks follows from the others. */
void session_complete_stacks(struct stack_settings *stacks);

/* The number of the caller's pid namespace; 0 when it cannot be had. */
uint64_t session_pid_namespace(void);

/* The value of NAME in an environment, or NULL. */
const char *environment_find(char *const *environment, const char *name);

#endif
