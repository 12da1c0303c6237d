// SPDX-License-Identifier: MIT
/*
 * Making, writing and mapping the session file, by raw system calls: the first process of a bare
 * LD_PRELOAD run does this before libc is ready.
 *
 * The directory that holds the sessions of a user may lie in a place that everybody can write to. It is
 * used only if it is a directory of ours that nobody else may enter, so that another user who made it
 * first, or put a symbolic link there, gets nothing.
 */
#include "config.h"

#include "record/session.h"

#include "base/raw.h"
#include "base/text.h"
#include "calls/call.h"

#include <errno.h>
#include <sys/mman.h>

_Static_assert((int)CALL_COUNT <= (int)SESSION_CALLS, "the settings have room for every call");

const char *environment_find(char *const *environment, const char *name)
{
	size_t len = text_length(name);

	for (; environment && *environment; environment++)
		if (text_starts_with(*environment, name) && (*environment)[len] == '=')
			return *environment + len + 1;
	return NULL;
}

/* Makes the directory unless it is there, and refuses one that others own or may enter. */
static int make_private_directory(const char *path)
{
	struct stat status;
	int result = raw_mkdir(path, 0700);

	if (result < 0 && result != -EEXIST)
		return result;
	result = raw_lstat(path, &status);
	if (result < 0)
		return result;
	if (!S_ISDIR(status.st_mode))
		return -ENOTDIR;
	if (status.st_uid != raw_geteuid() || (status.st_mode & 077))
		return -EPERM;
	return 0;
}

/* A new directory below `base`, named after this process and this instant. */
static int make_session_below(const char *base, char *ret_path)
{
	int result = make_private_directory(base);

	if (result < 0)
		return result;
	for (int attempt = 0; attempt < 16; attempt++) {
		struct text path = text_init(ret_path, SESSION_PATH_SIZE);

		text_add(&path, base);
		text_add_char(&path, '/');
		text_add_number(&path, (uint64_t)clock_kernel_ns(CLOCK_REALTIME) / 1000);
		text_add_char(&path, '-');
		text_add_number(&path, (uint64_t)raw_getpid());
		if (path.is_cut)
			return -ENAMETOOLONG;
		result = raw_mkdir(ret_path, 0700);
		if (result != -EEXIST)
			return result;
	}
	return result;
}

static int make_session_at(const char *parent, const char *name, bool with_uid, char *ret_path)
{
	char base[SESSION_PATH_SIZE];
	struct text text = text_init(base, sizeof(base));

	/* Absolute: other processes of the session run in other directories. */
	if (*parent != '/') {
		long size = raw_syscall(SYS_getcwd, (long)base, sizeof(base), 0, 0, 0, 0);

		if (size < 0)
			return (int)size;
		text.len = (size_t)size - 1;
		text_add_char(&text, '/');
	}
	text_add(&text, parent);
	text_add(&text, name);
	if (with_uid)
		text_add_number(&text, raw_geteuid());
	return text.is_cut ? -ENAMETOOLONG : make_session_below(base, ret_path);
}

int session_make_directory(char *const *environment, const char *directory, char *ret_path)
{
	if (!directory || !*directory)
		directory = environment_find(environment, "SONDE_DIRECTORY");
	if (directory && *directory)
		return make_session_at(directory, "/sonde-", true, ret_path);

	int result = make_session_at("/dev/shm", "/sonde-", true, ret_path);
	const char *runtime = environment_find(environment, "XDG_RUNTIME_DIR");

	if (result < 0 && runtime && *runtime == '/')
		result = make_session_at(runtime, "/sonde", false, ret_path);
	if (result < 0) {
		const char *temporary = environment_find(environment, "TMPDIR");

		if (!temporary || *temporary != '/')
			temporary = "/tmp";
		result = make_session_at(temporary, "/sonde-", true, ret_path);
	}
	return result;
}

void session_settings_init(struct session_settings *settings)
{
	*settings = (struct session_settings){
		.magic = SESSION_MAGIC,
		.version = SESSION_VERSION,
		.calls_hash = CALLS_HASH,
		.follow = FOLLOW_ALL,
		.clock = {.source = CLOCK_SOURCE_MONOTONIC, .multiplier = 1ULL << 32},
	};
	for (int call = 0; call < CALL_COUNT; call++)
		settings->period[call] = call_table[call].is_sampled ? SAMPLED_PERIOD : 1;
}

static bool session_file_path(const char *directory, char *buf, size_t size)
{
	struct text text = text_init(buf, size);

	text_add(&text, directory);
	text_add(&text, "/" SESSION_FILE);
	return !text.is_cut;
}

int session_write_file(const char *path, const struct session_settings *settings)
{
	char name[SESSION_PATH_SIZE + 16];

	if (!session_file_path(path, name, sizeof(name)))
		return -ENAMETOOLONG;
	/* Past this limit the kernel would send SIGXFSZ. */
	if (raw_limit(RLIMIT_FSIZE) < sizeof(struct session_file))
		return -EFBIG;
	int fd = raw_open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return fd;
	int result = raw_fallocate(fd, 0, sizeof(struct session_file));

	if (result == 0) {
		long written = raw_pwrite(fd, settings, sizeof(*settings), 0);

		result = written == sizeof(*settings) ? 0 : written < 0 ? (int)written : -EIO;
	}
	raw_close(fd);
	if (result < 0)
		raw_unlink(name);
	return result;
}

int session_map_file(const char *path, void *address, struct session_file **ret_file)
{
	char name[SESSION_PATH_SIZE + 16];
	struct session_settings settings;

	if (!session_file_path(path, name, sizeof(name)))
		return -ENAMETOOLONG;
	int fd = raw_open(name, O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0);

	if (fd < 0)
		return fd;
	struct stat status;
	long result = raw_fstat(fd, &status);

	if (result == 0)
		result = raw_pread(fd, &settings, sizeof(settings), 0);
	if (result >= 0 &&
	    (result != sizeof(settings) || (size_t)status.st_size < sizeof(struct session_file) ||
	     !text_starts_with(settings.magic, SESSION_MAGIC) ||
	     settings.version != SESSION_VERSION || settings.calls_hash != CALLS_HASH))
		result = -EPROTO;
	if (result >= 0)
		result = raw_mmap(address, sizeof(struct session_file), PROT_READ | PROT_WRITE,
				  MAP_SHARED | (address ? MAP_FIXED : 0), fd);
	raw_close(fd);
	if (raw_failed(result))
		return (int)result;
	*ret_file = (struct session_file *)result;
	return 0;
}

/* "pid:[4026531836]" -> 4026531836 */
uint64_t session_pid_namespace(void)
{
	char link[64];
	long len = raw_readlink("/proc/self/ns/pid", link, sizeof(link));
	uint64_t number = 0;

	for (long i = 0; i < len; i++)
		if (link[i] >= '0' && link[i] <= '9')
			number = number * 10 + (uint64_t)(link[i] - '0');
	return number;
}

void session_note_namespace(struct session_settings *settings)
{
	/* Relaxed: it is seen before an exec, or by a child. */
	__atomic_store_n(&settings->has_namespaces, 1, __ATOMIC_RELAXED);
}

static bool note_is_about(const struct session_note *note, enum note_reason reason,
			  const char *path)
{
	/* Acquire: pairs with the release in session_note(). */
	return __atomic_load_n(&note->state, __ATOMIC_ACQUIRE) == NOTE_READY &&
	       note->reason == reason && text_equals(note->path, path);
}

struct session_note *session_note(struct session_file *file, enum note_reason reason, int pid,
				  const char *path)
{
	char kept[NOTE_PATH_SIZE];
	struct text text = text_init(kept, sizeof(kept));

	if (reason != NOTE_NO_REGION)
		session_note_namespace(&file->settings);
	text_add(&text, path);
	for (int i = 0; i < SESSION_NOTES; i++) {
		struct session_note *note = &file->notes[i];
		uint32_t free = NOTE_FREE;

		if (note_is_about(note, reason, kept)) {
			__atomic_fetch_add(&note->count, 1, __ATOMIC_RELAXED);
			return note;
		}
		if (!__atomic_compare_exchange_n(&note->state, &free, NOTE_WRITING, false,
						 __ATOMIC_RELAXED, __ATOMIC_RELAXED))
			continue;
		struct text path_text = text_init(note->path, sizeof(note->path));

		note->reason = reason;
		note->pid = pid;
		note->count = 1;
		text_add(&path_text, kept);
		/* Release: pairs with the acquire in note_is_about() and in readers. */
		__atomic_store_n(&note->state, NOTE_READY, __ATOMIC_RELEASE);
		return note;
	}
	__atomic_fetch_add(&file->settings.notes_lost, 1, __ATOMIC_RELAXED);
	return NULL;
}

void session_unnote(struct session_note *note)
{
	if (note)
		__atomic_fetch_sub(&note->count, 1, __ATOMIC_RELAXED);
}
