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
#include "record/region.h"

#include <errno.h>
#include <sys/mman.h>

enum {
	REGIONS_WANTED = 256,   /* rather with less room for each */
	REGIONS_STEP = 16,   /* by so many the file grows */
	REGIONS_AHEAD = 1024, /* for which a host makes it long enough: far more than begin between two of its looks */
};

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

/*
 * Every name is as long as the others. Programs see it in their environment and their mappings: a shell copies it, and
 * others read /proc/self/maps. What they do for that is to be the same from run to run.
 */
static void add_pid(struct text *path, int pid)
{
	const int largest_unit = 1000000; /* of 2^22, than which the kernel has none larger */

	for (int unit = largest_unit; unit > 1 && pid < unit; unit /= 10)
		text_add_char(path, '0');
	text_add_number(path, (uint64_t)pid);
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
		add_pid(&path, raw_getpid());
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
		.files = {.privacy = PRIVACY_PLAIN, .most = OBJECTS_DEFAULT},
		.peers = {.privacy = PRIVACY_PLAIN, .most = OBJECTS_DEFAULT},
		.stacks = {.slower_ns = UINT64_MAX, .depth = STACK_DEPTH},
	};
	session_complete_stacks(&settings->stacks);
	for (int call = 0; call < SESSION_CALLS; call++)
		settings->mode[call] = MODE_KNOWN;
	for (int call = 0; call < CALL_COUNT; call++)
		settings->period[call] = call_table[call].is_sampled ? SAMPLED_PERIOD : 1;
	session_know_objects(settings);
}

void session_know_objects(struct session_settings *settings)
{
	bool are_known = settings->files.privacy != PRIVACY_OFF || settings->peers.privacy != PRIVACY_OFF;

	for (int call = 0; call < CALL_COUNT; call++) {
		settings->mode[call] &= (uint8_t)~MODE_OBJECTS;
		if (are_known && call_table[call].has_object)
			settings->mode[call] |= MODE_OBJECTS;
	}
	if (!settings->object_key[0])
		raw_syscall(SYS_getrandom, (long)settings->object_key, sizeof(settings->object_key), 0, 0, 0, 0);
}

void session_complete_stacks(struct stack_settings *stacks)
{
	/* Relaxed: each is looked at by itself. */
	__atomic_store_n(&stacks->look_ns, stacks->every ? 0 : stacks->slower_ns, __ATOMIC_RELAXED);
	__atomic_store_n(&stacks->looks_at_failures,
			 stacks->failures || stacks->every || stacks->slower_ns != UINT64_MAX,
			 __ATOMIC_RELAXED);
}

static bool session_file_path(const char *directory, char *buf, size_t size)
{
	struct text text = text_init(buf, size);
	/* Part of the code: a constant beside it would be a page fault more in every process. */
	char file[] = "/" SESSION_FILE;

	text_add(&text, directory);
	text_add(&text, file);
	return !text.is_cut;
}

/*
 * As many regions as the limit on the size of files allows. Where it is low, regions get less room, so that
 * there are a few of them.
 */
static int choose_sizes(struct session_settings *settings)
{
	uint64_t limit = raw_limit(RLIMIT_FSIZE);
	uint64_t capacity = REGION_CAPACITY;

	if (limit < SESSION_HEAD_SIZE + REGION_CAPACITY_LEAST)
		return -EFBIG;
	while (capacity > REGION_CAPACITY_LEAST && (limit - SESSION_HEAD_SIZE) / capacity < REGIONS_WANTED)
		capacity /= 2;
	settings->region_capacity = capacity;
	settings->n_regions = (limit - SESSION_HEAD_SIZE) / capacity;
	if (settings->n_regions > SESSION_REGIONS_MOST)
		settings->n_regions = SESSION_REGIONS_MOST;
	return 0;
}

/* For so many regions at most. */
static int set_size_for(int fd, struct session_settings *settings, uint64_t n_most)
{
	uint64_t n = settings->n_regions < n_most ? settings->n_regions : n_most;

	settings->reached = SESSION_HEAD_SIZE + n * settings->region_capacity;
	return raw_ftruncate(fd, (long)settings->reached);
}

/* Gives the file its first size: nothing of it takes any space yet. Some filesystems have smaller files only. */
static int set_size(int fd, struct session_settings *settings)
{
	int result = set_size_for(fd, settings, REGIONS_AHEAD);

	return result == -EFBIG ? set_size_for(fd, settings, REGIONS_STEP) : result;
}

static int write_all(int fd, const void *bytes, size_t size, long offset)
{
	long written = raw_pwrite(fd, bytes, size, offset);

	return written == (long)size ? 0 : written < 0 ? (int)written : -EIO;
}

static int fill_file(int fd, struct session_settings *settings)
{
	struct session_seal seal = {
		.magic = SESSION_MAGIC,
		.version = settings->version,
		.calls_hash = settings->calls_hash,
	};
	int result = set_size(fd, settings);

	if (result == 0)
		result = raw_fallocate(fd, 0, sizeof(struct session_file));
	if (result == 0)
		result = write_all(fd, settings, sizeof(*settings), 0);
	/* Last: it says that all of it is there. */
	return result < 0 ? result : write_all(fd, &seal, sizeof(seal), offsetof(struct session_file, seal));
}

int session_write_file(const char *path, struct session_settings *settings)
{
	char name[SESSION_PATH_SIZE + 16];
	int result = choose_sizes(settings);

	if (result < 0)
		return result;
	if (!session_file_path(path, name, sizeof(name)))
		return -ENAMETOOLONG;
	int fd = raw_open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return fd;
	result = fill_file(fd, settings);
	raw_close(fd);
	if (result < 0)
		raw_unlink(name);
	return result;
}

int session_open_file(const char *path)
{
	char name[SESSION_PATH_SIZE + 16];

	if (!session_file_path(path, name, sizeof(name)))
		return -ENAMETOOLONG;
	/* Somebody may have put a pipe or a link in the file's place. */
	return raw_open(name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0);
}

static int check_seal(int fd)
{
	struct session_seal seal;
	long n_read = raw_pread(fd, &seal, sizeof(seal), offsetof(struct session_file, seal));

	if (n_read < 0)
		return (int)n_read;
	if (n_read != sizeof(seal) || !text_starts_with(seal.magic, SESSION_MAGIC) ||
	    seal.version != SESSION_VERSION || seal.calls_hash != CALLS_HASH)
		return -EPROTO;
	return 0;
}

int session_map_file(int fd, void *address, struct session_file **ret_file)
{
	long result = check_seal(fd);

	if (result == 0)
		result = raw_mmap(address, sizeof(struct session_file), PROT_READ | PROT_WRITE,
				  MAP_SHARED | (address ? MAP_FIXED : 0), fd);
	if (raw_failed(result))
		return (int)result;
	*ret_file = (struct session_file *)result;
	return 0;
}

/* One of the places that may be had again. SESSION_REUSED_REGIONS: all are taken. */
static uint64_t take_first_free(struct session_settings *settings)
{
	for (uint64_t i = 0; i < SESSION_REUSED_REGIONS / 64; i++) {
		uint64_t taken = __atomic_load_n(&settings->is_taken[i], __ATOMIC_RELAXED);

		while (taken != UINT64_MAX) {
			uint64_t free = ~taken & (taken + 1);

			/* Acquire: pairs with the release of who emptied the place. */
			if (__atomic_compare_exchange_n(&settings->is_taken[i], &taken, taken | free,
							false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
				return i * 64 + (uint64_t)__builtin_ctzll(free);
		}
	}
	return SESSION_REUSED_REGIONS;
}

/*
 * Sees to it that the file reaches up to `end`. Several processes may do so at once, so none may set the size:
 * memory for the last page of a step makes a file larger, and never smaller.
 */
static int grow_file(struct session_settings *settings, int fd, uint64_t end)
{
	uint64_t step = REGIONS_STEP * settings->region_capacity;
	uint64_t reached = __atomic_load_n(&settings->reached, __ATOMIC_RELAXED);

	if (reached >= end)
		return 0;
	end = SESSION_HEAD_SIZE + (end - SESSION_HEAD_SIZE + step - 1) / step * step;
	/* Past this limit the kernel would send SIGXFSZ. */
	if (end > raw_limit(RLIMIT_FSIZE))
		return -EFBIG;
	int result = raw_fallocate(fd, (long)end - 1, 1);

	if (result < 0)
		return result;
	/* Relaxed: who maps the file past its end is told so by an error. */
	while (reached < end && !__atomic_compare_exchange_n(&settings->reached, &reached, end, false,
							     __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
	return 0;
}

uint64_t session_count_taken(const struct session_settings *settings)
{
	uint64_t n = __atomic_load_n(&settings->regions_begun, __ATOMIC_RELAXED);

	for (uint64_t i = 0; i < SESSION_REUSED_REGIONS / 64; i++)
		n += (uint64_t)__builtin_popcountll(__atomic_load_n(&settings->is_taken[i], __ATOMIC_RELAXED));
	return n;
}

void session_grow_ahead(struct session_settings *settings, int fd)
{
	uint64_t n = session_count_taken(settings);
	uint64_t reached = __atomic_load_n(&settings->reached, __ATOMIC_RELAXED);
	uint64_t capacity = settings->region_capacity;

	/* Each time takes a page: seldom, and then by much. */
	if (reached >= SESSION_HEAD_SIZE + (n + REGIONS_AHEAD / 2) * capacity || !session_is_region_capacity(capacity))
		return;
	n = n + REGIONS_AHEAD < settings->n_regions ? n + REGIONS_AHEAD : settings->n_regions;
	grow_file(settings, fd, SESSION_HEAD_SIZE + n * capacity);
}

uint64_t session_take_region(struct session_settings *settings, int fd)
{
	uint64_t capacity = settings->region_capacity;
	uint64_t number = take_first_free(settings);

	if (number == SESSION_REUSED_REGIONS)
		number += __atomic_fetch_add(&settings->regions_begun, 1, __ATOMIC_RELAXED);
	if (number >= settings->n_regions || !session_is_region_capacity(capacity))
		return 0;
	uint64_t offset = SESSION_HEAD_SIZE + number * capacity;

	if (grow_file(settings, fd, offset + capacity) == 0)
		return offset;
	session_release_region(settings, capacity, offset);
	return 0;
}

void session_release_region(struct session_settings *settings, uint64_t capacity, uint64_t offset)
{
	if (!session_is_region_capacity(capacity))
		return;
	uint64_t number = session_place(offset, capacity);

	/* Release: pairs with the acquire of who takes the place. Its memory reads zero. */
	if (number < SESSION_REUSED_REGIONS)
		__atomic_fetch_and(&settings->is_taken[number / 64], ~(1ULL << (number % 64)),
				   __ATOMIC_RELEASE);
}

bool session_is_region_capacity(uint64_t capacity)
{
	return capacity >= REGION_CAPACITY_LEAST && capacity <= REGION_CAPACITY &&
	       (capacity & (capacity - 1)) == 0;
}

static void note_change(uint64_t *bits, unsigned int call)
{
	__atomic_fetch_or(&bits[call / 64], UINT64_C(1) << (call % 64), __ATOMIC_RELAXED);
}

static bool was_changed(const uint64_t *bits, unsigned int call)
{
	return __atomic_load_n(&bits[call / 64], __ATOMIC_RELAXED) >> (call % 64) & 1;
}

void session_switch_call(struct session_settings *settings, unsigned int call, bool is_on)
{
	uint8_t *mode = &settings->mode[call];

	if (is_on == !(__atomic_load_n(mode, __ATOMIC_RELAXED) & MODE_OFF))
		return;
	note_change(settings->was_switched, call);
	/* Relaxed: nothing else is to be seen with it. What else the mode says stays as it is. */
	if (is_on)
		__atomic_fetch_and(mode, (uint8_t)~MODE_OFF, __ATOMIC_RELAXED);
	else
		__atomic_fetch_or(mode, MODE_OFF, __ATOMIC_RELAXED);
}

void session_set_period(struct session_settings *settings, unsigned int call, uint16_t period)
{
	if (__atomic_load_n(&settings->period[call], __ATOMIC_RELAXED) == period)
		return;
	note_change(settings->was_retimed, call);
	__atomic_store_n(&settings->period[call], period, __ATOMIC_RELAXED);
}

void session_switch_off(struct session_settings *settings)
{
	for (size_t call = 0; call < SESSION_CALLS; call++)
		__atomic_store_n(&settings->mode[call], MODE_KNOWN | MODE_OFF, __ATOMIC_RELAXED);
	__atomic_store_n(&settings->state, SESSION_CLOSED, __ATOMIC_RELAXED);
}

bool session_was_switched(const struct session_settings *settings, unsigned int call)
{
	return was_changed(settings->was_switched, call);
}

bool session_was_retimed(const struct session_settings *settings, unsigned int call)
{
	return was_changed(settings->was_retimed, call);
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
