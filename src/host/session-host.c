// SPDX-License-Identifier: MIT
/*
 * The session's file is the list of regions: nothing about them is kept between two sweeps over it. A sweep
 * costs a few system calls for each living process, and what the host does while the program runs, the
 * program feels: so sweeps come by the clock, never because a process has begun, but where much room was taken since
 * the last; they follow each other quickly only while processes end, and leave four fifths of the time to others, or half of
 * it where there would be no room.
 *
 * Regions that have been added up are removed many at once, after the totals have been written: a host that is
 * killed loses nothing (host/session-totals.h).
 */
#include "config.h"

#include "host/session-host.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host/family-reader.h"
#include "host/mapped-file.h"
#include "host/newcomers.h"
#include "host/process-ends.h"
#include "host/process-sights.h"
#include "host/region-list.h"
#include "host/session-pace.h"
#include "host/session-totals.h"
#include "host/waiting-regions.h"
#include "model/failure-class.h"
#include "model/family.h"
#include "model/fold.h"
#include "model/region-reader.h"
#include "model/snapshot-build.h"
#include "model/test-rule.h"
#include "record/executable.h"
#include "record/session.h"

struct session_host {
	char path[SESSION_PATH_SIZE];
	int fd; /* of the session's file */
	struct session_file *file;
	struct session_settings settings; /* as they were at the start */
	struct failure_classes *classes;
	struct recording recording;
	struct process_sights sights;
	struct family *family;
	struct waiting_regions waiting; /* in the recording, and not yet removed */
	int64_t totals_bytes; /* of those that were written last; negative: they could not be */
	struct snapshot *last;	    /* NULL: none was made yet */
	struct session_pace pace;
	struct process_ends ends;
	bool is_adopted;
	bool may_be_killed;
	uint32_t n_reloads; /* that were asked for, and taken */
	int result; /* -ENOMEM when a region could not be added */
};

static int64_t now_ms(void)
{
	return clock_kernel_ns(CLOCK_MONOTONIC) / 1000000;
}

/* Of the processor, in the host itself. */
static int64_t work_ms(void)
{
	return clock_kernel_ns(CLOCK_THREAD_CPUTIME_ID) / 1000000;
}

static int describe(struct session_host *host, const struct configuration *configuration)
{
	struct recording *recording = &host->recording;
	char name[HOST_NAME_MAX + 1] = "";
	const char *test = NULL;

	gethostname(name, sizeof(name) - 1);
	recording->started_ns = clock_kernel_ns(CLOCK_REALTIME);
	recording->id = strdup(strrchr(host->path, '/') + 1);
	recording->host = strdup(name);
	recording->version = strdup(PACKAGE_VERSION);
	recording->labels = calloc(configuration->n_labels + 1, sizeof(*recording->labels));
	if (!recording->id || !recording->host || !recording->version || !recording->labels)
		return -ENOMEM;
	for (size_t i = 0; i < configuration->n_labels; i++) {
		struct label *label = &recording->labels[recording->n_labels++];

		label->key = strdup(configuration->labels[i].key);
		label->value = strdup(configuration->labels[i].value);
		if (!label->key || !label->value)
			return -ENOMEM;
		if (strcmp(label->key, TEST_LABEL) == 0)
			test = label->value;
	}
	host->family = family_new(test);
	return host->family ? 0 : -ENOMEM;
}

static void remove_directory(struct session_host *host)
{
	char name[SESSION_PATH_SIZE + sizeof("/" SESSION_FILE)];

	if (host->path[0] && !host->is_adopted) {
		session_totals_remove(host->path);
		snprintf(name, sizeof(name), "%s/" SESSION_FILE, host->path);
		unlink(name);
		rmdir(host->path);
		host->path[0] = '\0';
	}
	if (host->fd >= 0)
		close(host->fd);
	host->fd = -1;
}

/* A directory with the session's file in it; nothing is left of one that could not be completed. */
static int make_directory(struct session_host *host, char *const *environment,
			  const char *directory)
{
	int result = session_make_directory(environment, directory, host->path);

	if (result < 0) {
		host->path[0] = '\0';
		return result;
	}
	result = session_write_file(host->path, &host->settings);
	if (result < 0)
		remove_directory(host);
	return result;
}

/* Whoever hosts a session has its file locked; a lock ends with its holder, however that ends. */
static int open_file(struct session_host *host)
{
	host->fd = session_open_file(host->path);
	if (host->fd < 0)
		return host->fd;
	if (flock(host->fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? SESSION_HOSTED : -errno;
	int result = session_map_file(host->fd, NULL, &host->file);

	/* A process that runs a plugin would keep the file with the mapping: its lock, and its memory. */
	if (result == 0)
		madvise(host->file, sizeof(*host->file), MADV_DONTFORK);
	return result;
}

/* 0: it is not known. */
static uint64_t find_pipe_device(void)
{
	int ends[2];
	struct stat status;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return 0;
	uint64_t device = fstat(ends[0], &status) == 0 ? status.st_dev : 0;

	close(ends[0]);
	close(ends[1]);
	return device;
}

static int make_session(struct session_host *host, const struct configuration *configuration,
			char *const *environment)
{
	const char *temporary = environment_find(environment, "TMPDIR");

	session_settings_init(&host->settings);
	clock_use_vdso();
	clock_calibrate(CLOCK_CALIBRATION_NS, &host->settings.clock);
	host->settings.pid_namespace = session_pid_namespace();
	host->settings.pipe_device = find_pipe_device();
	configuration_apply(configuration, &host->settings);
	int result = make_directory(host, environment, configuration->directory);

	/* The first place may let us make a directory and be full all the same. */
	if (result == -ENOSPC && !*configuration->directory)
		result = make_directory(host, environment, temporary ? temporary : "/tmp");
	if (result < 0)
		return result;
	return open_file(host);
}

/* The regions that are not in the totals. 0 or a negative errno. */
static int list_regions(const struct session_host *host, struct region_list *ret_list)
{
	return region_list_read(host->fd, host->settings.region_capacity, &host->waiting.places, ret_list);
}

static struct session_host *allocate(void)
{
	/* Settings are a page, and aligned as one. */
	struct session_host *host = aligned_alloc(_Alignof(struct session_host), sizeof(*host));

	if (!host)
		return NULL;
	*host = (struct session_host){0};
	host->fd = -1;
	host->pace = session_pace_init(now_ms());
	return host;
}

int session_host_new(const struct configuration *configuration, char *const *environment,
		     struct session_host **ret_host, struct message *ret_message)
{
	struct session_host *host = allocate();

	if (!host) {
		message_set(ret_message, "out of memory");
		return -ENOMEM;
	}
	int result = make_session(host, configuration, environment);

	if (result < 0)
		message_set(ret_message, "cannot make a session in %s: %s",
			    *configuration->directory ? configuration->directory
						      : "/dev/shm, $XDG_RUNTIME_DIR or $TMPDIR",
			    strerror(-result));
	if (result == 0)
		result = describe(host, configuration);
	host->ends.looked_ns = clock_kernel_ns(CLOCK_BOOTTIME);
	host->classes = configuration_classes(configuration);
	if (result == 0 && !host->classes)
		result = -ENOMEM;
	if (result < 0) {
		if (ret_message && !*ret_message->text)
			message_set(ret_message, "cannot watch the session: %s", strerror(-result));
		session_host_free(host);
		return result;
	}
	*ret_host = host;
	return 0;
}

void session_host_note_end(struct session_host *host, int pid)
{
	host->ends.pid = pid;
	host->ends.ended_ns = clock_kernel_ns(CLOCK_BOOTTIME);
}

int session_host_set_command(struct session_host *host, char *const *command)
{
	size_t n_words = 0;

	while (command[n_words])
		n_words++;
	char **words = calloc(n_words + 1, sizeof(*words));
	int result = words ? 0 : -ENOMEM;

	for (size_t i = 0; result == 0 && i < n_words; i++) {
		words[i] = strdup(command[i]);
		result = words[i] ? 0 : -ENOMEM;
	}
	host->recording.command = words;
	return result;
}

/* -- Taking over ------------------------------------------------------------------------------- */

/* A session begins with the earliest of its processes. */
static struct region_entry *earliest(const struct region_list *list)
{
	struct region_entry *first = NULL;

	for (size_t i = 0; i < list->n_entries; i++)
		if (list->entries[i].has_header &&
		    (!first || list->entries[i].started_ns < first->started_ns))
			first = &list->entries[i];
	return first;
}

static int describe_as(struct session_host *host, struct region_entry *entry)
{
	struct recording *recording = &host->recording;
	struct region_image *image;
	int result = region_entry_read(entry, host->fd, host->settings.region_capacity, &image, NULL);

	if (result < 0)
		return result == -ENOMEM ? result : SESSION_EMPTY;
	if (host->settings.n_folded == 0)
		recording->started_ns = image->header->started_realtime_ns;
	recording->command = region_command_words(image->header);
	result = recording->command ? 0 : -ENOMEM;
	region_image_free(image);
	return result;
}

static int note_added_before(struct session_host *host, const struct added_regions *before)
{
	struct region_list list;
	int result = region_list_read(host->fd, host->settings.region_capacity, NULL, &list);

	if (result < 0)
		return result;
	result = waiting_regions_add_before(&host->waiting, before, &list, host->settings.region_capacity);
	region_list_deinit(&list);
	return result;
}

/*
 * Goes on from the totals of a host that was killed, whose session it describes, too. -ENOENT: there are none, or
 * they cannot be read.
 */
static int take_totals(struct session_host *host)
{
	struct recording totals;
	struct added_regions before;
	int result = session_totals_read(host->path, &totals, &before, host->family);

	if (result < 0)
		return result == -ENOMEM ? result : -ENOENT;
	recording_deinit(&host->recording);
	host->recording = totals;
	result = note_added_before(host, &before);
	added_regions_deinit(&before);
	/* That there are no totals is what -ENOENT would say. */
	return result == -ENOENT ? -EIO : result;
}

static int describe_adopted(struct session_host *host)
{
	struct region_list list;
	int result = take_totals(host);

	if (result != -ENOENT)
		return result;
	result = list_regions(host, &list);

	if (result < 0)
		return result;
	struct region_entry *first = earliest(&list);

	result = first ? describe_as(host, first) : SESSION_EMPTY;
	host->may_be_killed = first && first->pid == 1 && !first->is_foreign;
	region_list_deinit(&list);
	return result;
}

static int adopt(struct session_host *host, const char *path)
{
	if (strlen(path) >= sizeof(host->path))
		return -ENAMETOOLONG;
	strcpy(host->path, path);
	host->is_adopted = true;
	int result = open_file(host);

	if (result)
		return result;
	memcpy(&host->settings, &host->file->settings, sizeof(host->settings));
	if (host->settings.state != SESSION_OPEN)
		return -ESRCH;
	if (!session_is_region_capacity(host->settings.region_capacity))
		return -EPROTO;
	host->n_reloads = host->settings.reloads_asked;
	return host->settings.pid_namespace == session_pid_namespace() ? 0 : -EXDEV;
}

int session_host_adopt(const char *path, const struct configuration *configuration,
		       struct session_host **ret_host)
{
	struct session_host *host = allocate();

	if (!host)
		return -ENOMEM;
	int result = adopt(host, path);

	if (result == 0)
		result = describe(host, configuration);
	if (result == 0)
		result = describe_adopted(host);
	if (result == 0) {
		host->classes = configuration_classes(configuration);
		result = host->classes ? 0 : -ENOMEM;
	}
	if (result) {
		session_host_free(host);
	} else {
		/* From now on the lock tells who hosts it. */
		host->file->settings.future_host = 0;
		*ret_host = host;
	}
	return result;
}

bool session_host_is_quiet(const struct session_host *host)
{
	struct region_list list;
	bool is_quiet = true;

	if (list_regions(host, &list) < 0)
		return false;
	for (size_t i = 0; is_quiet && i < list.n_entries; i++)
		is_quiet = !list.entries[i].has_header || list.entries[i].is_foreign ||
			   !region_entry_is_running(&list.entries[i]);
	region_list_deinit(&list);
	/* Every process of the session has its file mapped, also one that has no region yet, or no number here. */
	return is_quiet && !file_is_mapped(host->fd);
}

const struct recording *session_host_about(const struct session_host *host)
{
	return &host->recording;
}

const char *session_host_path(const struct session_host *host)
{
	return host->path;
}

void session_host_inspect(struct session_host *host, int pid, const char *program)
{
	struct program_file file;
	char runtime[SANITIZER_NAME_SIZE];
	enum note_reason reason = executable_inspect(program, &file, runtime);

	if (reason != NOTE_NONE)
		session_note(host->file, reason, pid, program);
}

/* The settings of the start tell of a call only as long as nobody has changed them. */
static void learn_changes(struct session_host *host)
{
	memcpy(host->settings.was_retimed, host->file->settings.was_retimed,
	       sizeof(host->settings.was_retimed));
}

/* 0; -ENODATA: it has recorded nothing, or its place has been given back; -ENOMEM. */
static int fold_entry(struct session_host *host, struct region_entry *entry, bool is_running,
		      const struct membership *membership, struct recording *recording)
{
	int64_t now_ns = clock_kernel_ns(CLOCK_BOOTTIME);

	learn_changes(host);
	struct fold_options options = {
		.settings = &host->settings,
		.classes = host->classes,
		.sight = process_sights_find(&host->sights, entry->pid, entry->started_ns),
		.membership = membership,
		.now_ns = now_ns,
		.ended_ns = process_ends_guess(&host->ends, entry->pid, entry->started_ns, now_ns),
	};
	struct region_image *image;
	int result = region_entry_read(entry, host->fd, host->settings.region_capacity, &image, NULL);

	if (result == -ENODATA)
		return result;
	if (result < 0) {
		fold_unreadable(recording);
		return 0;
	}
	result = fold_region(recording, image, is_running, &options);
	region_image_free(image);
	return result;
}

/* Into what the host hands over at the end. False: there is nothing in its place that may be removed. */
static bool keep_entry(struct session_host *host, struct region_entry *entry, bool is_running)
{
	static const struct membership unknown = {NULL, ""};
	const struct membership *membership = family_find(host->family, entry->pid, entry->started_ns);
	int result = fold_entry(host, entry, is_running, membership ? membership : &unknown, &host->recording);

	if (result < 0 && result != -ENODATA)
		host->result = result;
	return result != -ENODATA;
}

/* Parents before their children, and before their regions are gone. */
static void get_to_know(struct session_host *host, const struct region_list *list)
{
	int result = family_read(host->family, host->fd, host->settings.region_capacity, list);

	if (result < 0)
		host->result = result;
}

/* What can be seen of a process only while it runs. */
static void look_at(struct session_host *host, const struct region_entry *entry)
{
	if (entry->has_header && !entry->is_foreign)
		process_sights_look(&host->sights, entry->pid, entry->started_ns, now_ms());
}

static void remove_region(struct session_host *host, const struct region_entry *entry)
{
	if (region_entry_remove(entry, host->fd, host->settings.region_capacity) && !entry->is_lent)
		session_release_region(&host->file->settings, host->settings.region_capacity,
				       entry->offset);
	/* Relaxed: a number for people, nothing is ordered by it. */
	__atomic_fetch_add(&host->file->settings.n_folded, 1, __ATOMIC_RELAXED);
}

static void write_totals(struct session_host *host)
{
	host->recording.wall_ns = (uint64_t)(clock_kernel_ns(CLOCK_REALTIME) - host->recording.started_ns);
	host->totals_bytes = session_totals_write(host->path, &host->recording, &host->waiting.added, host->family);
}

/*
 * Where the totals cannot be written, memory is short: then it is given back all the same. Nor are they written where
 * they would leave no room for processes that are to begin.
 */
static void keep_totals(struct session_host *host, uint64_t n_free)
{
	int64_t start = work_ms();

	if (host->totals_bytes <= 0 || (uint64_t)host->totals_bytes < n_free / 2)
		write_totals(host);
	for (size_t i = 0; i < host->waiting.added.n_entries; i++)
		remove_region(host, &host->waiting.added.entries[i]);
	waiting_regions_deinit(&host->waiting);
	session_pace_wrote_totals(&host->pace, work_ms() - start, now_ms());
}

static void add_up(struct session_host *host, struct region_entry *entry)
{
	bool is_there = keep_entry(host, entry, false);

	process_sights_forget(&host->sights, entry->pid, entry->started_ns);
	family_end(host->family, entry->pid, entry->started_ns,
		   entry->is_executed ? 0 : clock_kernel_ns(CLOCK_BOOTTIME));
	if (is_there && waiting_regions_add(&host->waiting, entry, host->settings.region_capacity) < 0)
		remove_region(host, entry);
}

/* Adds up the regions of processes that have ended. Returns how many. */
static size_t sweep(struct session_host *host)
{
	int64_t start_ns = clock_kernel_ns(CLOCK_BOOTTIME);
	struct region_list list;
	size_t n_folded = 0;

	if (list_regions(host, &list) < 0)
		return 0;
	get_to_know(host, &list);
	for (size_t i = 0; i < list.n_entries; i++) {
		if (region_entry_is_running(&list.entries[i])) {
			look_at(host, &list.entries[i]);
			continue;
		}
		add_up(host, &list.entries[i]);
		n_folded++;
	}
	region_list_deinit(&list);
	host->ends.looked_ns = start_ns;
	return n_folded;
}

static void work(struct session_host *host)
{
	int64_t start = work_ms();
	bool has_folded = sweep(host) > 0;

	session_grow_ahead(&host->file->settings, host->fd);
	struct session_load load = {
		.n_waiting = host->waiting.added.n_entries,
		.waiting_bytes = host->waiting.n_bytes,
		.totals_bytes = host->totals_bytes > 0 ? (uint64_t)host->totals_bytes : 0,
		.room = session_room_now(&host->file->settings, host->fd),
	};

	if (session_pace_wants_totals(&host->pace, &load, now_ms())) {
		keep_totals(host, load.room.free_bytes);
		load.room = session_room_now(&host->file->settings, host->fd);
	}
	session_pace_swept(&host->pace, has_folded, work_ms() - start, now_ms(), &load.room);
}

int session_host_work(struct session_host *host)
{
	struct session_room room = session_room_now(&host->file->settings, host->fd);

	if (session_pace_is_due(&host->pace, &room, now_ms()))
		work(host);
	return session_pace_rest_ms(&host->pace, now_ms());
}

bool session_host_takes_reload(struct session_host *host)
{
	uint32_t n_asked = __atomic_load_n(&host->file->settings.reloads_asked, __ATOMIC_RELAXED);
	bool is_asked = n_asked != host->n_reloads;

	host->n_reloads = n_asked;
	return is_asked;
}

bool session_host_may_be_killed(const struct session_host *host)
{
	return host->may_be_killed;
}

bool session_host_is_asked_to_end(const struct session_host *host)
{
	/* Acquire: pairs with the release in home_leave(). */
	return __atomic_load_n(&host->file->settings.end_asked, __ATOMIC_ACQUIRE);
}

void session_host_answer_end(struct session_host *host)
{
	uint32_t *answer = &host->file->settings.end_answered;

	__atomic_store_n(answer, 1, __ATOMIC_RELEASE);
	syscall(SYS_futex, answer, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

/* What a snapshot tells of those that were added up. */
static int copy_totals(const struct recording *totals, struct recording *recording)
{
	recording->started_ns = totals->started_ns;
	recording->wall_ns = (uint64_t)(clock_kernel_ns(CLOCK_REALTIME) - totals->started_ns);
	recording->damaged_regions = totals->damaged_regions;
	memcpy(recording->lost, totals->lost, sizeof(recording->lost));
	return call_list_add(&recording->calls, &totals->calls);
}

static int fold_all(struct session_host *host, struct recording *recording)
{
	struct region_list list;
	int result = list_regions(host, &list);

	if (result < 0)
		return result;
	for (size_t i = 0; result == 0 && i < list.n_entries; i++) {
		result = fold_entry(host, &list.entries[i],
				    region_entry_is_running(&list.entries[i]), NULL, recording);
		result = result == -ENODATA ? 0 : result;
	}
	region_list_deinit(&list);
	return result < 0 ? result : fold_notes(recording, host->file);
}

int session_host_snapshot(struct session_host *host, struct snapshot **ret_snapshot)
{
	struct recording recording = {0};
	int result = copy_totals(&host->recording, &recording);

	if (result == 0)
		result = fold_all(host, &recording);
	if (result == 0)
		result = snapshot_new_from_recording(&recording, ret_snapshot);
	recording_deinit(&recording);
	if (result < 0)
		return result;
	if (host->last)
		snapshot_move_starts(*ret_snapshot, host->last);
	snapshot_put(host->last);
	host->last = snapshot_get(*ret_snapshot);
	return 0;
}

/* Processes that began afterwards did not find it. */
static bool is_file_removed(const struct session_host *host)
{
	struct stat status;

	return fstat(host->fd, &status) == 0 && status.st_nlink == 0;
}

/* Adds up what is left of all. */
static int add_rest(struct session_host *host, bool has_newcomers)
{
	struct region_list list;
	int result = list_regions(host, &list);

	if (result < 0)
		return result;
	get_to_know(host, &list);
	for (size_t i = 0; i < list.n_entries; i++) {
		struct region_entry *entry = &list.entries[i];
		bool is_running = region_entry_is_running(entry) && !entry->is_foreign;

		if (is_running)
			look_at(host, entry);
		keep_entry(host, entry, is_running);
		/* It has no file mapped while it goes on as another program. */
		has_newcomers |= is_running && entry->is_executed;
	}
	if (has_newcomers)
		host->recording.n_uncounted = newcomers_count(host->fd, host->path, &list);
	region_list_deinit(&list);
	return host->result;
}

static int hand_over(struct session_host *host, bool has_newcomers, struct recording *ret_recording)
{
	int result = add_rest(host, has_newcomers);

	if (result == 0 && is_file_removed(host))
		result = -ENOENT;
	if (fold_notes(&host->recording, host->file) < 0)
		result = -ENOMEM;
	*ret_recording = host->recording;
	host->recording = (struct recording){0};
	return result;
}

int session_host_close(struct session_host *host, struct recording *ret_recording)
{
	int error = fold_settings(&host->recording, &host->file->settings);

	session_switch_off(&host->file->settings);
	/* Nobody needs to open the file any more; most often nobody has it, and there is nobody to look for. */
	int result = hand_over(host, file_is_open_elsewhere(host->fd), ret_recording);

	host->is_adopted = false;
	remove_directory(host);
	return error < 0 ? error : result;
}

int session_host_leave(struct session_host *host, struct exit_info exit, struct recording *ret_recording)
{
	host->recording.exit = exit;
	sweep(host);
	keep_totals(host, UINT64_MAX);
	int result = hand_over(host, true, ret_recording);

	host->is_adopted = true;
	return result;
}

/* The first process that runs, or -1. */
static int find_running(const struct session_host *host)
{
	struct region_list list;
	int pid = -1;

	if (list_regions(host, &list) < 0)
		return -1;
	for (size_t i = 0; i < list.n_entries && pid < 0; i++)
		if (list.entries[i].has_header && !list.entries[i].is_foreign &&
		    region_entry_is_running(&list.entries[i]))
			pid = list.entries[i].pid;
	region_list_deinit(&list);
	return pid;
}

static void wait_for(int pid, int64_t ms)
{
	struct pollfd process = {.fd = pidfd_open(pid, 0), .events = POLLIN};

	if (process.fd < 0)
		return;
	poll(&process, 1, (int)ms);
	close(process.fd);
}

bool session_host_wait(struct session_host *host, int64_t grace_ms)
{
	int64_t end = now_ms() + grace_ms;

	for (;;) {
		int pid = find_running(host);
		int64_t rest = end - now_ms();

		/* One that has just been forked has no region yet. */
		if (pid < 0 && !file_is_mapped(host->fd))
			return false;
		if (rest <= 0)
			return true;
		if (pid >= 0)
			wait_for(pid, rest);
		else
			poll(NULL, 0, 1);
	}
}

struct session_host *session_host_free(struct session_host *host)
{
	if (!host)
		return NULL;
	remove_directory(host);
	if (host->file)
		munmap(host->file, sizeof(*host->file));
	failure_classes_free(host->classes);
	family_free(host->family);
	process_sights_deinit(&host->sights);
	waiting_regions_deinit(&host->waiting);
	recording_deinit(&host->recording);
	snapshot_put(host->last);
	free(host);
	return NULL;
}
