// SPDX-License-Identifier: MIT
/*
 * How recording begins: the clock is found, and the session is joined or made.
 */
#include "config.h"

#include "record/recorder.h"

#include "base/raw.h"
#include "base/text.h"
#include "record/engine.h"
#include "record/home.h"
#include "record/process.h"
#include "record/startup.h"

#include <errno.h>
#include <sys/mman.h>

/* All zero until a session is mapped in its place, so that no call is on: nothing else of us is looked at before. */
struct session_file recorder_session;

static KEPT char session_directory[SESSION_PATH_SIZE];
static KEPT bool is_started;

/* Opens the session's file this once, for its settings and for the process's region. */
static int join_session(const char *directory)
{
	struct session_file *file;
	struct text path = text_init(session_directory, sizeof(session_directory));

	text_add(&path, directory);
	if (path.is_cut)
		return -ENAMETOOLONG;
	int fd = session_open_file(directory);

	if (fd < 0)
		return fd;
	int result = session_map_file(fd, &recorder_session, &file);

	/* Signals are not held: after an exec there are no handlers but those of libraries that were there before us. */
	if (result == 0 && recorder_session.settings.state == SESSION_OPEN)
		process_make_region(fd);
	raw_close(fd);
	return result;
}

/* For who links no other: nobody is found. */
__attribute__((weak)) void home_find(char *session)
{
	(void)session;
}

/* A bare LD_PRELOAD run: nobody has made a session for us, so the first process does. */
static int make_session(void)
{
	char path[SESSION_PATH_SIZE];
	struct session_settings settings;
	int result = session_make_directory(startup_environment(), NULL, path);

	if (result < 0)
		return result;
	clock_use_vdso();
	session_settings_init(&settings);
	settings.pid_namespace = session_pid_namespace();
	clock_calibrate(CLOCK_CALIBRATION_NS, &settings.clock);
	result = session_write_file(path, &settings);
	if (result < 0) {
		raw_rmdir(path);
		return result;
	}
	home_find(path);
	return join_session(path);
}

/*
 * By the symbol that only a preload has, whatever its file is called; another version, whose symbol may be another
 * one, by the usual name. (libsonde has no such symbol: it records also where there is a preload that does not fit.)
 */
static bool is_copy(const struct link_map *object, const struct link_map *own)
{
	return text_equals(text_file_name(object->l_name), text_file_name(own->l_name)) ||
	       (startup_object_defines(object, ENGINE_SYMBOL) && startup_object_defines(own, ENGINE_SYMBOL));
}

/* Whether a copy of us comes before us: it counts, and we would count everything again. Most often only the vDSO does. */
static bool is_second_copy(void)
{
	const struct link_map *own = startup_own_object();
	/* The program, which may have functions named like ours. */
	struct link_map *object = startup_next_object(NULL);

	while (own && object != own && (object = startup_next_object(object)) && object != own)
		if (is_copy(object, own))
			return true;
	return false;
}

/* Nobody would see what we record. */
static void switch_off(void)
{
	for (int call = 0; call < CALL_COUNT; call++)
		recorder_session.settings.mode[call] = MODE_KNOWN | MODE_OFF;
	recorder_session.settings.version = SESSION_VERSION;
	recorder_session.settings.state = SESSION_CLOSED;
}

void recorder_start(void)
{
	if (is_started)
		return;
	is_started = true;
	startup_seal_objects();
	if (is_second_copy()) {
		switch_off();
		return;
	}
	process_start();

	const char *directory = environment_find(startup_environment(), SESSION_VARIABLE);
	int result = directory && *directory ? join_session(directory) : make_session();

	if (result < 0) {
		session_directory[0] = '\0';
		switch_off();
	} else if (recorder_session.settings.clock.source == CLOCK_SOURCE_MONOTONIC) {
		clock_use_vdso();
	}
}

/* The settings are the session's, and shared: this process gets a page of its own in their place, at once. */
void recorder_stop_clock(struct region_header *region)
{
	size_t size = sizeof(struct session_settings);
	long address = raw_mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	if (raw_failed(address))
		return;
	struct session_settings *own = (struct session_settings *)address;

	__builtin_memcpy(own, &recorder_session.settings, size);
	clock_stop(&own->clock);
	raw_syscall(SYS_mremap, address, (long)size, (long)size, MREMAP_MAYMOVE | MREMAP_FIXED,
		    (long)&recorder_session.settings, 0);
	/* What ticks mean in the region stays as it is. */
	__atomic_store_n(&region->clock.source, CLOCK_SOURCE_STOPPED, __ATOMIC_RELAXED);
}

bool recorder_wakes(enum call call)
{
	if (startup_is_relocated())
		recorder_start();
	/* Still none: the loader is not done with us, or we are interrupted while we join one. */
	if (!recorder_session.settings.mode[call]) {
		process_count_early_call();
		return false;
	}
	return !(recorder_session.settings.mode[call] & MODE_OFF);
}

const char *recorder_session_directory(void)
{
	return session_directory;
}
