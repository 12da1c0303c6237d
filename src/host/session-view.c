// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/session-view.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host/family-reader.h"
#include "host/region-list.h"
#include "host/session-list.h"
#include "host/session-totals.h"
#include "model/failure-class.h"
#include "model/fold.h"
#include "model/region-reader.h"
#include "record/region.h"
#include "record/session.h"

enum { LOOKS_MOST = 8 };

struct view {
	int fd; /* of the session's file */
	uint64_t region_capacity;
	int pid;		   /* 0: all */
	struct session_file *file; /* NULL: unreadable, or of another version of sonde */
	struct fold_options options;
	struct recording recording;
	struct family *family;
	struct added_regions added; /* that the totals have, from which the recording starts */
	bool has_totals;
	int64_t first_started_ns; /* of the region that begins the run */
	int64_t end_ns;
	size_t n_regions;
	bool is_running;
};

bool session_view_is_session(const char *directory)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", directory, SESSION_FILE);
	return access(path, F_OK) == 0;
}

static void free_command(char **command)
{
	for (size_t i = 0; command && command[i]; i++)
		free(command[i]);
	free(command);
}

/* A run begins with its earliest process and ends with its latest one, or has not ended. */
static void note_times(struct view *view, const struct region_header *header, bool is_running)
{
	struct recording *recording = &view->recording;
	int64_t end_ns = is_running || !header->ended_ns ? view->options.now_ns : header->ended_ns;

	view->is_running |= is_running;
	if (end_ns > view->end_ns)
		view->end_ns = end_ns;
	if (view->has_totals || (view->n_regions++ > 0 && header->started_ns >= view->first_started_ns))
		return;
	view->first_started_ns = header->started_ns;
	recording->started_ns = header->started_realtime_ns;
	free_command(recording->command);
	recording->command = region_command_words(header);
}

static int add_region(struct view *view, struct region_entry *entry)
{
	struct region_image *image;
	int result = region_entry_read(entry, view->fd, view->region_capacity, &image, NULL);
	bool is_running = region_entry_is_running(entry) && !entry->is_foreign;

	if (result == -ENODATA)
		return 0; /* it has recorded nothing yet, or its host was faster */
	if (result < 0) {
		if (!view->pid)
			fold_unreadable(&view->recording);
		return 0;
	}
	note_times(view, image->header, is_running);
	view->options.membership = family_find(view->family, entry->pid, entry->started_ns);
	result = fold_region(&view->recording, image, is_running, &view->options);
	region_image_free(image);
	return result;
}

static int add_regions(struct view *view)
{
	struct region_list list;
	int result = region_list_read(view->fd, view->region_capacity, NULL, &list);

	if (result < 0)
		return result;
	result = family_read(view->family, view->fd, view->region_capacity, &list);
	for (size_t i = 0; i < list.n_entries && result == 0; i++)
		if (view->pid ? list.entries[i].pid == view->pid
			      : !added_regions_have(&view->added, &list.entries[i]))
			result = add_region(view, &list.entries[i]);
	region_list_deinit(&list);
	return result;
}

/* What the host added up and wrote down; of that, a process has to do with what it comes from. */
static int start_from_totals(struct view *view, const char *directory)
{
	struct recording totals;
	struct added_regions added;
	int result = session_totals_read(directory, &totals, &added, view->family);

	if (result < 0)
		return result == -ENOMEM ? result : 0;
	if (view->pid) {
		recording_deinit(&totals);
		added_regions_deinit(&added);
		return 0;
	}
	view->recording = totals;
	view->added = added;
	view->has_totals = true;
	return 0;
}

static void free_figures(struct view *view)
{
	recording_deinit(&view->recording);
	added_regions_deinit(&view->added);
	view->recording = (struct recording){0};
	view->has_totals = false;
	view->n_regions = 0;
	view->end_ns = 0;
	view->is_running = false;
}

/* The totals have what their host knew of the run, but for its end. */
static void describe_later_end(struct view *view)
{
	struct recording *recording = &view->recording;
	int64_t now_ns = clock_kernel_ns(CLOCK_REALTIME);
	int64_t wall_ns = now_ns - (view->options.now_ns - view->end_ns) - recording->started_ns;

	if (view->end_ns && wall_ns > (int64_t)recording->wall_ns)
		recording->wall_ns = (uint64_t)wall_ns;
}

static int describe_run(struct view *view, const char *directory)
{
	struct recording *recording = &view->recording;
	char name[HOST_NAME_MAX + 1] = "";
	char *real = realpath(directory, NULL);

	gethostname(name, sizeof(name) - 1);
	recording->id = strdup(real ? strrchr(real, '/') + 1 : directory);
	recording->host = strdup(name);
	recording->version = strdup(PACKAGE_VERSION);
	free(real);
	if (!recording->id || !recording->host || !recording->version)
		return -ENOMEM;
	if (view->end_ns > view->first_started_ns)
		recording->wall_ns = (uint64_t)(view->end_ns - view->first_started_ns);
	return 0;
}

static int describe(struct view *view, const char *directory)
{
	int result = view->has_totals ? 0 : describe_run(view, directory);

	if (view->has_totals)
		describe_later_end(view);
	if (!view->is_running && view->recording.exit.kind == EXIT_UNKNOWN && view->recording.n_process_records)
		view->recording.exit = view->recording.processes[0]->exit;
	return result;
}

static int fill_once(struct view *view, const char *directory)
{
	int result = start_from_totals(view, directory);

	if (result == 0)
		result = add_regions(view);

	if (result == 0 && view->file && !view->pid)
		result = fold_notes(&view->recording, view->file);
	else if (result == 0 && view->file)
		result = fold_settings(&view->recording, &view->file->settings);
	if (result == 0)
		result = describe(view, directory);
	if (result == 0 && view->pid && view->n_regions == 0)
		result = -ESRCH;
	return result;
}

/*
 * The host may write new totals and remove the regions that they have while we look: then we look again. It leaves
 * itself rest enough for that.
 */
static int fill(struct view *view, const char *directory)
{
	struct totals_mark before = session_totals_mark(directory);
	int result = fill_once(view, directory);
	struct totals_mark after = session_totals_mark(directory);

	for (int i = 0; i < LOOKS_MOST && !totals_mark_is(&before, &after); i++) {
		free_figures(view);
		before = after;
		result = fill_once(view, directory);
		after = session_totals_mark(directory);
	}
	return result;
}

/* The room that each region of a session has, also of one with another call table. 0 or -EPROTO. */
static int read_region_capacity(int fd, uint64_t *ret_capacity)
{
	struct session_settings settings;

	if (pread(fd, &settings, sizeof(settings), 0) != (ssize_t)sizeof(settings) ||
	    memcmp(settings.magic, SESSION_MAGIC, sizeof(settings.magic)) != 0 ||
	    settings.version != SESSION_VERSION || !session_is_region_capacity(settings.region_capacity))
		return -EPROTO;
	*ret_capacity = settings.region_capacity;
	return 0;
}

static int open_view(struct view *view, const char *directory)
{
	view->fd = session_open_file(directory);
	if (view->fd < 0)
		return view->fd;
	if (session_map_file(view->fd, NULL, &view->file) < 0)
		view->file = NULL;
	return read_region_capacity(view->fd, &view->region_capacity);
}

static void close_view(struct view *view)
{
	if (view->file)
		munmap(view->file, sizeof(*view->file));
	if (view->fd >= 0)
		close(view->fd);
}

static void say_why(const char *directory, int pid, int result, struct message *ret_message)
{
	if (result == -ESRCH)
		message_set(ret_message, "%s: no region of process %d", directory, pid);
	else if (result == -EPROTO)
		message_set(ret_message, "%s: not a session, or one of another version of sonde", directory);
	else
		message_set(ret_message, "%s: %s", directory, strerror(-result));
}

int session_view(const char *directory, int pid, struct recording *ret_recording,
		 uint32_t *ret_n_folded, struct message *ret_message)
{
	struct view view = {.fd = -1, .pid = pid, .family = family_new(NULL)};
	struct failure_classes *classes = failure_classes_new();
	int result = view.family ? open_view(&view, directory) : -ENOMEM;

	view.options = (struct fold_options){
		.settings = view.file ? &view.file->settings : NULL,
		.classes = classes,
		.now_ns = clock_kernel_ns(CLOCK_BOOTTIME),
	};
	if (result == 0)
		result = fill(&view, directory);
	failure_classes_free(classes);
	family_free(view.family);
	*ret_n_folded = view.file && !view.has_totals ? view.file->settings.n_folded : 0;
	close_view(&view);
	added_regions_deinit(&view.added);
	if (result == 0) {
		*ret_recording = view.recording;
		return 0;
	}
	recording_deinit(&view.recording);
	say_why(directory, pid, result, ret_message);
	return result;
}

/* The regions of a session; none when there is no such session. */
static struct region_list list_regions(const char *directory)
{
	int fd = session_open_file(directory);
	struct region_list list = {0};
	uint64_t capacity;

	if (fd < 0)
		return list;
	if (read_region_capacity(fd, &capacity) == 0)
		region_list_read(fd, capacity, NULL, &list);
	close(fd);
	return list;
}

size_t session_processes(const char *directory, int32_t *ret_pids, size_t n_pids)
{
	struct region_list list = list_regions(directory);
	size_t n_running = 0;

	for (size_t i = 0; i < list.n_entries; i++) {
		const struct region_entry *entry = &list.entries[i];

		if (!entry->has_header || entry->is_foreign || !entry->is_newest ||
		    !region_entry_is_running(entry))
			continue;
		if (n_running < n_pids)
			ret_pids[n_running] = entry->pid;
		n_running++;
	}
	region_list_deinit(&list);
	return n_running;
}

/* Whether a session has a region of the process. */
static bool holds_process(const char *directory, int pid)
{
	struct region_list list = list_regions(directory);
	bool is_found = false;

	for (size_t i = 0; i < list.n_entries; i++)
		is_found |= list.entries[i].pid == pid;
	region_list_deinit(&list);
	return is_found;
}

/* Keeps the folder of a file's path. */
static bool take_folder(const char *path, char *ret_path)
{
	const char *slash = strrchr(path, '/');

	if (!slash || (size_t)(slash - path) >= SESSION_PATH_SIZE)
		return false;
	memcpy(ret_path, path, (size_t)(slash - path));
	ret_path[slash - path] = '\0';
	return true;
}

static bool find_by_mapping(int pid, char *ret_path)
{
	char line[PATH_MAX + 128];
	bool is_found = false;

	snprintf(line, sizeof(line), "/proc/%d/maps", pid);
	FILE *maps = fopen(line, "re");

	if (!maps)
		return false;
	while (!is_found && fgets(line, sizeof(line), maps)) {
		const char *path = strchr(line, '/');

		line[strcspn(line, "\n")] = '\0';
		is_found = path && strcmp(strrchr(path, '/'), "/" SESSION_FILE) == 0 &&
			   take_folder(path, ret_path) && holds_process(ret_path, pid);
	}
	fclose(maps);
	return is_found;
}

static bool find_by_name(char *const *environment, int pid, char *ret_path)
{
	struct session_list list;
	bool is_found = false;

	if (session_list_read(environment, &list) < 0)
		return false;
	for (size_t i = 0; i < list.n_places && !is_found; i++) {
		is_found = holds_process(list.places[i].path, pid);
		if (is_found)
			strcpy(ret_path, list.places[i].path);
	}
	session_list_deinit(&list);
	return is_found;
}

bool session_find_process(int pid, char *const *environment, char *ret_path)
{
	return find_by_mapping(pid, ret_path) || find_by_name(environment, pid, ret_path);
}
