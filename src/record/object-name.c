// SPDX-License-Identifier: MIT
/*
 * As in descriptor.c, who asks the kernel writes a mark first, and puts the answer in its place only if the mark is
 * still there. A name is made once, found by its hash, and never moved or freed, so a note is its address.
 */
#include "config.h"

#include "record/object-name.h"

#include "base/raw.h"
#include "base/text.h"
#include "record/connection.h"
#include "record/descriptor.h"
#include "record/private-memory.h"
#include "record/process.h"

#include <sys/sysmacros.h>

enum {
	BUCKETS = 128,
	NEAR_NOTES = 64, /* with them and what else a store is, names of most programs are on its page, too */
	PAGE_NOTES = 1024,
	PAGES = 64,
	NAME_BYTES = 256, /* so much memory for each name that may be shown, on average */
};

struct note_page {
	uintptr_t notes[PAGE_NOTES];
};

struct object_store {
	struct object_name *buckets[BUCKETS];
	struct object_name *directory; /* the working directory; NULL: not known */
	uint32_t directory_changes;
	uint32_t end; /* above the last descriptor that was noted */
	uint64_t used[2]; /* by names of files, and of peers */
	uintptr_t last_mark;
	uintptr_t near[NEAR_NOTES]; /* of the first descriptors; these have no others */
	struct note_page *pages[PAGES];
};

KEPT struct object_store *object_store;

/* Calls that go from directory to directory while functions of the program run. One that is jumped out of stays. */
static KEPT uint32_t n_walks;

static KEPT struct object_name other_files = {.kind = OBJECT_FILE, .flags = OBJECT_OTHERS};
static KEPT struct object_name other_peers = {.kind = OBJECT_PEER, .flags = OBJECT_OTHERS};

struct object_name *object_name_of_others(enum object_kind kind)
{
	return kind == OBJECT_FILE ? &other_files : &other_peers;
}

/* NULL: there is no memory. */
static struct object_store *find_store(void)
{
	struct object_store *store = __atomic_load_n(&object_store, __ATOMIC_ACQUIRE);

	if (likely(store))
		return store;
	struct object_store *made = private_take(sizeof(*made));

	if (!made)
		return NULL;
	/* Release: who finds it finds it empty. */
	return __atomic_compare_exchange_n(&object_store, &store, made, false, __ATOMIC_RELEASE,
					   __ATOMIC_ACQUIRE)
		       ? made
		       : store;
}

/* -- Names ------------------------------------------------------------------------------------------ */

/* Of the text's words, the last of them filled up with zeros. */
static uint32_t hash_text(const char *text, size_t len)
{
	uint64_t hash = len * 0x9e3779b97f4a7c15;
	uint64_t word;

	for (; len >= sizeof(word); text += sizeof(word), len -= sizeof(word)) {
		__builtin_memcpy(&word, text, sizeof(word));
		hash = (hash ^ word) * 0x9fb21c651e98df25;
		hash ^= hash >> 32;
	}
	word = 0;
	while (len)
		word = word << 8 | (unsigned char)text[--len];
	hash = (hash ^ word) * 0x9fb21c651e98df25;
	return (uint32_t)(hash >> 32);
}

static bool is_text(const struct object_name *name, const char *text, size_t len)
{
	const char *own = name->text;

	if (name->len != len)
		return false;
	while (len && *own == *text) {
		own++;
		text++;
		len--;
	}
	return !len;
}

static struct object_name *search(struct object_name *first, enum object_kind kind, uint32_t hash,
				  const char *text, size_t len)
{
	for (struct object_name *name = first; name; name = name->next)
		if (name->hash == hash && name->kind == kind && is_text(name, text, len))
			return name;
	return NULL;
}

/* Files, of which there may be very many, leave the peers theirs. */
static bool take_room(struct object_store *store, enum object_kind kind, size_t size)
{
	bool is_file = kind == OBJECT_FILE;
	uint64_t most = is_file ? recorder_session.settings.files.most : recorder_session.settings.peers.most;
	uint64_t *used = &store->used[!is_file];

	return __atomic_load_n(used, __ATOMIC_RELAXED) <= UINT32_MAX &&
	       __atomic_fetch_add(used, size, __ATOMIC_RELAXED) < most * NAME_BYTES;
}

static struct object_name *make_name(struct object_store *store, enum object_kind kind, size_t len)
{
	size_t size = sizeof(struct object_name) + len + 1;

	if (!take_room(store, kind, size))
		return NULL;
	struct object_name *name = private_take(size);

	if (name)
		name->len = (uint16_t)len;
	return name;
}

/* That of the others where it is not there and is not to be made. */
static struct object_name *find_name(enum object_kind kind, const char *text, size_t len, bool is_cut, bool may_make)
{
	struct object_store *store = find_store();
	uint32_t hash = hash_text(text, len);

	if (!store)
		return object_name_of_others(kind);
	struct object_name **bucket = &store->buckets[hash % BUCKETS];
	struct object_name *first = __atomic_load_n(bucket, __ATOMIC_ACQUIRE);
	struct object_name *name = search(first, kind, hash, text, len);

	if (name)
		return name;
	name = may_make ? make_name(store, kind, len) : NULL;
	if (!name)
		return object_name_of_others(kind);
	name->hash = hash;
	name->kind = (uint8_t)kind;
	name->flags = is_cut ? OBJECT_CUT : 0;
	__builtin_memcpy(name->text, text, len);
	do {
		name->next = first;
		/* Release: who finds the name finds its text. Another thread may have made it, too: two rows are added up. */
	} while (!__atomic_compare_exchange_n(bucket, &first, name, false, __ATOMIC_RELEASE,
					      __ATOMIC_ACQUIRE));
	return name;
}

struct object_name *object_name_find(enum object_kind kind, const char *text, size_t len, bool is_cut)
{
	return find_name(kind, text, len, is_cut, true);
}

/* -- Paths ------------------------------------------------------------------------------------------ */

/* A path on its way to become a name. */
struct joined {
	size_t len;
	bool is_cut;
	char text[REGION_OBJECT_NAME];
};

static void add_char(struct joined *joined, char c)
{
	if (joined->len < sizeof(joined->text) - 1)
		joined->text[joined->len++] = c;
	else
		joined->is_cut = true;
}

static void add_name(struct joined *joined, const struct object_name *name)
{
	__builtin_memcpy(joined->text, name->text, name->len);
	joined->len = name->len;
}

/* Adds what is between slashes, each after a slash, but for what means nothing: "" and ".". */
static void add_components(struct joined *joined, const char *path)
{
	while (*path && !joined->is_cut) {
		if (*path == '/' || (*path == '.' && (path[1] == '/' || !path[1]))) {
			path++;
			continue;
		}
		if (joined->len == 0 || joined->text[joined->len - 1] != '/')
			add_char(joined, '/');
		while (*path && *path != '/' && !joined->is_cut)
			add_char(joined, *path++);
	}
}

static __attribute__((noinline)) struct object_name *ask_for_directory(struct object_store *store)
{
	struct joined joined = {0};
	uint32_t changes = __atomic_load_n(&store->directory_changes, __ATOMIC_ACQUIRE);
	long size = descriptor_may_be_asked()
			    ? raw_syscall(SYS_getcwd, (long)joined.text, sizeof(joined.text), 0, 0, 0, 0)
			    : -EPERM;

	if (size <= 1 || joined.text[0] != '/')
		return NULL;
	struct object_name *name = object_name_find(OBJECT_FILE, joined.text, (size_t)size - 1, false);

	/* That of a child that borrows our memory is its own. */
	if (!(name->flags & OBJECT_OTHERS) && descriptor_is_ours() &&
	    __atomic_load_n(&n_walks, __ATOMIC_RELAXED) == 0 &&
	    __atomic_load_n(&store->directory_changes, __ATOMIC_ACQUIRE) == changes)
		__atomic_store_n(&store->directory, name, __ATOMIC_RELEASE);
	return name;
}

/* NULL: not known. */
static const struct object_name *base_of(int dirfd)
{
	bool is_kept;

	if (dirfd != AT_FDCWD)
		return object_name_of_descriptor(dirfd, true, &is_kept);
	struct object_store *store = find_store();
	struct object_name *directory =
		store ? __atomic_load_n(&store->directory, __ATOMIC_ACQUIRE) : NULL;

	return directory || !store ? directory : ask_for_directory(store);
}

/* Only one of these is on the stack at a time: it may be that of a signal handler. */
static __attribute__((noinline)) struct object_name *join(const struct object_name *base, const char *path,
							  bool may_make)
{
	struct joined joined;

	joined.len = 0;
	joined.is_cut = false;
	if (base)
		add_name(&joined, base);
	add_components(&joined, path);
	if (joined.len == 0)
		add_char(&joined, '/');
	return find_name(OBJECT_FILE, joined.text, joined.len, joined.is_cut, may_make);
}

struct object_name *object_name_of_path(int dirfd, const char *path, bool may_make)
{
	const struct object_name *base;

	if (*path == '/')
		return join(NULL, path, may_make);
	base = base_of(dirfd);
	if (!base || base->kind != OBJECT_FILE || (base->flags & OBJECT_OTHERS))
		return &other_files;
	return join(base, path, may_make);
}

void object_directory_changed(void)
{
	struct object_store *store = __atomic_load_n(&object_store, __ATOMIC_ACQUIRE);

	if (!store)
		return;
	__atomic_fetch_add(&store->directory_changes, 1, __ATOMIC_RELEASE);
	__atomic_store_n(&store->directory, NULL, __ATOMIC_RELEASE);
}

void object_walk_begins(void)
{
	__atomic_fetch_add(&n_walks, 1, __ATOMIC_RELAXED);
	object_directory_changed();
}

void object_walk_ends(void)
{
	object_directory_changed();
	__atomic_fetch_sub(&n_walks, 1, __ATOMIC_RELAXED);
}

/* -- Descriptors ------------------------------------------------------------------------------------ */

/* What the kernel says behind the path of a file that has been removed. */
static size_t without_mark(const char *text, size_t len)
{
	static const char mark[] = " (deleted)";
	size_t mark_len = sizeof(mark) - 1;

	if (len <= mark_len)
		return len;
	for (size_t i = 0; i < mark_len; i++)
		if (text[len - mark_len + i] != mark[i])
			return len;
	return len - mark_len;
}

/* Where there is no /proc, or the path is too long. */
static struct object_name *name_without_path(int fd, const struct stat *status)
{
	if (S_ISFIFO(status->st_mode))
		return NULL;
	return S_ISSOCK(status->st_mode) ? object_name_of_socket(fd) : &other_files;
}

static bool is_pipe(const struct stat *status)
{
	return S_ISFIFO(status->st_mode) && status->st_dev == recorder_session.settings.pipe_device;
}

static bool is_null_device(const struct stat *status)
{
	return S_ISCHR(status->st_mode) && status->st_rdev == makedev(1, 3);
}

static struct object_name *name_by_path(int fd, const struct stat *status)
{
	struct joined joined;
	char path[40];
	struct text text = text_init(path, sizeof(path));

	text_add(&text, "/proc/self/fd/");
	text_add_number(&text, (uint64_t)fd);
	long size = raw_readlink(path, joined.text, sizeof(joined.text));

	if (size > 0 && joined.text[0] != '/')
		return joined.text[0] == 's' ? object_name_of_socket(fd) : NULL;
	if (size <= 0 || size == sizeof(joined.text))
		return name_without_path(fd, status);
	size_t len = status->st_nlink == 0 ? without_mark(joined.text, (size_t)size) : (size_t)size;

	return object_name_find(OBJECT_FILE, joined.text, len, false);
}

/*
 * A look into /proc makes entries there for each new process, 25 us of work. What most short processes have for input
 * and output needs none.
 */
__attribute__((noinline)) struct object_name *object_name_from_kernel(int fd)
{
	static const char null_device[] = "/dev/null";
	struct stat status;

	if (raw_fstat(fd, &status) < 0 || is_pipe(&status))
		return NULL;
	if (is_null_device(&status))
		return object_name_find(OBJECT_FILE, null_device, sizeof(null_device) - 1, false);
	return name_by_path(fd, &status);
}

/* Where a descriptor is noted. NULL: nowhere. */
static uintptr_t *note_of(struct object_store *store, int fd, bool is_made)
{
	if (!store || (unsigned int)fd >= PAGES * PAGE_NOTES)
		return NULL;
	if (fd < NEAR_NOTES)
		return &store->near[fd];
	struct note_page **place = &store->pages[fd / PAGE_NOTES];
	struct note_page *page = __atomic_load_n(place, __ATOMIC_ACQUIRE);

	if (!page && is_made) {
		struct note_page *made = private_take(sizeof(*made));

		if (made && __atomic_compare_exchange_n(place, &page, made, false, __ATOMIC_RELEASE,
							__ATOMIC_ACQUIRE))
			page = made;
	}
	return page ? &page->notes[fd % PAGE_NOTES] : NULL;
}

static void grow_end(struct object_store *store, int fd)
{
	uint32_t end = __atomic_load_n(&store->end, __ATOMIC_RELAXED);

	while ((uint32_t)fd >= end && !__atomic_compare_exchange_n(&store->end, &end, (uint32_t)fd + 1, false,
								   __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		continue;
}

static bool is_name(uintptr_t note)
{
	return note > OBJECT_NOTHING && !(note & 1);
}

static struct object_name *learn(struct object_store *store, int fd, uintptr_t *place, uintptr_t seen)
{
	uintptr_t mark = __atomic_add_fetch(&store->last_mark, 2, __ATOMIC_RELAXED) | 1;
	bool is_first = __atomic_compare_exchange_n(place, &seen, mark, false, __ATOMIC_ACQ_REL,
						    __ATOMIC_RELAXED);
	struct object_name *name = object_name_from_kernel(fd);

	if (is_first)
		__atomic_compare_exchange_n(place, &mark, name ? (uintptr_t)name : OBJECT_NOTHING, false,
					    __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
	return name;
}

struct object_name *object_name_of_descriptor(int fd, bool may_ask, bool *ret_is_kept)
{
	struct object_store *store = may_ask ? find_store() : object_store;
	uintptr_t *place = note_of(store, fd, may_ask);
	uintptr_t seen = place ? __atomic_load_n(place, __ATOMIC_ACQUIRE) : OBJECT_UNKNOWN;

	*ret_is_kept = true;
	if (is_name(seen))
		return (struct object_name *)seen;
	if (seen == OBJECT_NOTHING)
		return NULL;
	*ret_is_kept = false;
	/* What cannot be noted would be asked for at every call. */
	if (!may_ask || !place || !descriptor_may_be_asked())
		return NULL;
	if (!descriptor_is_ours())
		return object_name_from_kernel(fd);
	grow_end(store, fd);
	return learn(store, fd, place, seen);
}

uintptr_t object_noted(int fd)
{
	uintptr_t *place = note_of(__atomic_load_n(&object_store, __ATOMIC_ACQUIRE), fd, false);
	uintptr_t note = place ? __atomic_load_n(place, __ATOMIC_ACQUIRE) : OBJECT_UNKNOWN;

	return is_name(note) || note == OBJECT_NOTHING ? note : OBJECT_UNKNOWN;
}

static void set_use(int fd, struct object_cell *cell)
{
	if ((unsigned int)fd >= OBJECT_USES)
		return;
	__atomic_store_n(&process.uses[fd].cell, cell, __ATOMIC_RELAXED);
	__atomic_store_n(&process.uses[fd].streams, NULL, __ATOMIC_RELAXED);
	__atomic_store_n(&process.uses[fd].end, 0, __ATOMIC_RELAXED);
}

/* What a child that borrows our memory makes is not ours. */
void object_note(int fd, uintptr_t note)
{
	struct object_store *store = find_store();

	if (note == OBJECT_UNKNOWN || !descriptor_is_ours())
		return;
	uintptr_t *place = note_of(store, fd, true);

	if (!place)
		return;
	grow_end(store, fd);
	__atomic_store_n(place, note, __ATOMIC_SEQ_CST);
	connection_forget(fd);
	set_use(fd, NULL);
}

/* Who has closed a descriptor comes by here when another thread may have begun a connection by the same number. */
static void keep_hint(int fd)
{
	if (likely(!process.has_connections) || (unsigned int)fd >= OBJECT_USES)
		return;
	/* What was forgotten is to be seen before it is asked, which an open or a close of others need not pay for. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (connection_is_under_way(fd))
		__atomic_store_n(&process.uses[fd].end, OBJECT_UNDER_WAY, __ATOMIC_RELAXED);
}

void object_forget_range(int first, int last)
{
	struct object_store *store = object_store;

	for (int fd = first; store && fd >= 0 && (last < 0 || fd <= last); fd++) {
		if ((uint32_t)fd >= __atomic_load_n(&store->end, __ATOMIC_RELAXED))
			return;
		uintptr_t *place = note_of(store, fd, false);

		/* In this order, which who remembers what he has found relies on. */
		if (place)
			__atomic_store_n(place, OBJECT_UNKNOWN, __ATOMIC_SEQ_CST);
		if (first != last)
			connection_forget(fd);
		set_use(fd, NULL);
		keep_hint(fd);
	}
}
