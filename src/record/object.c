// SPDX-License-Identifier: MIT
/*
 * As in statistics.c, records are made when they are first needed, a signal handler may enter any function again, and
 * a child that returns from one in the middle of a call finds that its region is another.
 */
#include "config.h"

#include "record/object.h"

#include "base/keyed-hash.h"
#include "base/readable.h"
#include "base/text.h"
#include "record/connection.h"
#include "record/descriptor.h"
#include "record/filter.h"
#include "record/thread.h"

#include <errno.h>
#include <limits.h>

enum {
	BUCKETS = 64,
	FAILED_SHARE = 2, /* what only failed gets one in so many of the places */
	HASH_DIGITS = 16,
	LATE_CLOSES = 4, /* threads that have closed one number and are about to say so */
};

/* The thread's cells by name; part of the region, but not for readers. */
struct object_index {
	relative buckets[BUCKETS]; /* struct object_cell --chain--> */
};

_Static_assert(sizeof(struct object_info) + REGION_OBJECT_NAME < REGION_SLAB - 64, "the longest name fits a slab");

/* -- Descriptions ----------------------------------------------------------------------------------- */

static const struct object_settings *settings_of(const struct object_name *name)
{
	return name->kind == OBJECT_FILE ? &recorder_session.settings.files
					 : &recorder_session.settings.peers;
}

static bool is_wanted(const struct object_name *name)
{
	return name && settings_of(name)->privacy != PRIVACY_OFF;
}

static void write_hash(char *text, const struct object_name *name)
{
	uint64_t hash = keyed_hash(recorder_session.settings.object_key, name->text, name->len);

	for (int i = HASH_DIGITS; i > 0; i--, hash >>= 4)
		text[i - 1] = "0123456789abcdef"[hash & 15];
}

static uint32_t *count_of(const struct object_name *name)
{
	return &process.n_objects[name->kind != OBJECT_FILE];
}

/* Whether there is a place for one more: what only failed has a share of them. */
static bool has_place(const struct object_name *name, bool has_failed)
{
	return __atomic_load_n(count_of(name), __ATOMIC_RELAXED) <
	       settings_of(name)->most / (has_failed ? FAILED_SHARE : 1);
}

static bool take_place(const struct object_name *name, bool has_failed)
{
	if (!has_place(name, has_failed))
		return false;
	__atomic_fetch_add(count_of(name), 1, __ATOMIC_RELAXED);
	return true;
}

static struct object_info *make_info(struct thread_cache *thread, const struct object_name *name)
{
	bool is_hashed = settings_of(name)->privacy == PRIVACY_HASHED && !(name->flags & OBJECT_OTHERS);
	size_t len = is_hashed ? HASH_DIGITS : name->len;
	uint32_t size = (uint32_t)(sizeof(struct object_info) + len + 1);
	struct object_info *info = thread_make_record(thread, size);

	if (!info)
		return NULL;
	info->size = size;
	info->kind = name->kind;
	info->flags = name->flags | (is_hashed ? OBJECT_HASHED : 0);
	if (is_hashed)
		write_hash(info->name, name);
	else
		__builtin_memcpy(info->name, name->text, len);
	return info;
}

/* That of the process, made if it has none yet. NULL: no memory. */
static struct object_info *find_info(struct thread_cache *thread, struct object_name *name)
{
	struct object_info *info = __atomic_load_n(&name->info, __ATOMIC_ACQUIRE);

	if (info && process_owns_new_region(info))
		return info;
	info = make_info(thread, name);
	/* Release: pairs with the acquire above, in another thread. */
	if (info)
		__atomic_store_n(&name->info, info, __ATOMIC_RELEASE);
	return info;
}

static bool has_info(const struct object_name *name)
{
	const struct object_info *info = __atomic_load_n(&name->info, __ATOMIC_ACQUIRE);

	return info && process_owns_new_region(info);
}

/* -- Cells ------------------------------------------------------------------------------------------ */

static relative *bucket_of(struct object_index *index, const struct object_name *name)
{
	return &index->buckets[((uintptr_t)name >> 4) % BUCKETS];
}

static struct object_cell *search(const relative *bucket, const struct object_name *name)
{
	for (struct object_cell *cell = relative_get(bucket); cell; cell = relative_get(&cell->chain))
		if (cell->name == (uintptr_t)name)
			return cell;
	return NULL;
}

static struct object_index *find_index(struct thread_cache *thread)
{
	if (!thread->objects)
		thread->objects = thread_make_record(thread, sizeof(*thread->objects));
	return thread->objects;
}

static void link_cell(struct object_cell *cell, relative *list, relative *next)
{
	relative head;

	do {
		head = __atomic_load_n(list, __ATOMIC_RELAXED);
		*next = relative_to(next, relative_follow(list, head));
	} while (!relative_publish(list, head, cell));
}

static struct object_cell *make_cell(struct thread_cache *thread, struct object_index *index,
				     struct object_name *name)
{
	struct object_info *info = find_info(thread, name);
	struct object_cell *cell = info ? thread_make_record(thread, sizeof(*cell)) : NULL;

	if (!cell)
		return NULL;
	cell->info = relative_to(&cell->info, info);
	cell->owner = (uintptr_t)thread;
	cell->name = (uintptr_t)name;
	link_cell(cell, &thread->block->objects, &cell->next);
	link_cell(cell, bucket_of(index, name), &cell->chain);
	return cell;
}

static struct object_cell *find_or_make(struct thread_cache *thread, struct object_name *name, bool has_failed)
{
	struct object_index *index = find_index(thread);
	struct object_cell *cell = index ? search(bucket_of(index, name), name) : NULL;

	if (cell || !index)
		return cell;
	if (!(name->flags & OBJECT_OTHERS) && !has_info(name) && !take_place(name, has_failed)) {
		name = object_name_of_others(name->kind);
		cell = search(bucket_of(index, name), name);
	}
	return cell ? cell : make_cell(thread, index, name);
}

/*
 * The calling thread's cell. NULL: nothing is recorded, or there is no memory, which is counted; or the process was
 * forked meanwhile, by a signal handler from which the child has come back to here.
 */
static struct object_cell *find_cell(struct object_name *name, bool has_failed)
{
	struct thread_cache *thread = recorder_thread;
	struct region_header *region = recorder_region();

	if (!thread || !region || !thread_is_in(thread, region))
		return NULL;
	struct object_cell *cell = find_or_make(thread, name, has_failed);

	if (!thread_is_in(thread, region)) {
		thread->objects = NULL;
		return NULL;
	}
	if (!cell)
		process_count_loss(LOSS_DETAIL);
	return cell;
}

/* Remembers what a descriptor stands for, unless it was closed or reopened meanwhile. */
static void remember(int fd, struct object_cell *cell, uintptr_t note)
{
	if ((unsigned int)fd >= OBJECT_USES)
		return;
	__atomic_store_n(&process.uses[fd].cell, cell, __ATOMIC_SEQ_CST);
	if (object_noted(fd) != note)
		__atomic_store_n(&process.uses[fd].cell, NULL, __ATOMIC_SEQ_CST);
}

struct object_cell *object_find(int fd, bool may_ask)
{
	bool is_kept;
	struct object_name *name = object_name_of_descriptor(fd, may_ask, &is_kept);

	if (!is_wanted(name)) {
		if (is_kept)
			remember(fd, OBJECT_NO_CELL, name ? (uintptr_t)name : OBJECT_NOTHING);
		return NULL;
	}
	struct object_cell *cell = find_cell(name, false);

	if (cell && is_kept)
		remember(fd, cell, (uintptr_t)name);
	return cell;
}

/* -- Failures --------------------------------------------------------------------------------------- */

/* The record of a call's code, made when it first occurs. NULL: no memory. */
static struct object_error *find_error(struct object_cell *cell, const struct call_info_record *call, int code)
{
	struct object_error *made = NULL;

	for (;;) {
		relative head = __atomic_load_n(&cell->errors, __ATOMIC_RELAXED);
		struct object_error *first = relative_follow(&cell->errors, head);

		for (struct object_error *error = first; error; error = relative_get(&error->next))
			if (error->code == code && relative_get(&error->call) == call)
				return error;
		if (!made)
			made = calling_thread_make_record(sizeof(*made));
		if (!made)
			return NULL;
		made->code = code;
		made->call = relative_to(&made->call, call);
		made->next = relative_to(&made->next, first);
		if (relative_publish(&cell->errors, head, made))
			return made;
	}
}

void object_add_failure(struct object_cell *cell, const struct probe *probe, int code, uint64_t ns)
{
	const struct call_info_record *call;

	/* Of a call that was begun before a fork, the child has nothing to tell. */
	if (!probe->stats || !process_owns(probe->stats) || !process_owns(cell))
		return;
	call = relative_get(&probe->stats->info);
	struct object_error *error = find_error(cell, call, code);

	if (!error) {
		process_count_loss(LOSS_DETAIL);
		return;
	}
	owner_add(&error->count, 1);
	if (probe->start_ticks) {
		owner_add(&error->timed, 1);
		owner_add(&error->sum_ns, ns);
	}
}

/* -- Streams ---------------------------------------------------------------------------------------- */

/* Those of a cell, made when the first stream uses it. NULL: no memory, which is counted. */
static struct object_streams *find_streams(struct object_cell *cell)
{
	struct object_streams *streams = relative_get(&cell->streams), *made = NULL;

	if (streams)
		return streams;
	if (process_owns(cell))
		made = calling_thread_make_record(sizeof(*made));
	if (made) {
		made->owner = cell->owner;
		relative_publish(&cell->streams, 0, made);
	}
	/* A handler may have made them meanwhile. */
	streams = relative_get(&cell->streams);
	if (!streams)
		process_count_loss(LOSS_DETAIL);
	return streams;
}

static bool is_under_way(int fd)
{
	return __atomic_load_n(&process.uses[fd].end, __ATOMIC_RELAXED) == OBJECT_UNDER_WAY;
}

/*
 * Remembers them with the descriptor, unless it was closed or reopened meanwhile. While its connection is under way
 * they are to come by here again.
 */
static void remember_streams(int fd, const struct object_cell *cell, struct object_streams *streams)
{
	if ((unsigned int)fd >= OBJECT_USES || is_under_way(fd))
		return;
	__atomic_store_n(&process.uses[fd].streams, streams, __ATOMIC_SEQ_CST);
	if (__atomic_load_n(&process.uses[fd].cell, __ATOMIC_SEQ_CST) != cell)
		__atomic_store_n(&process.uses[fd].streams, NULL, __ATOMIC_SEQ_CST);
}

void object_streamed(enum call call, const FILE *stream, const struct probe *probe, uint64_t ns, int way,
		     uint64_t bytes)
{
	struct object_cell *cell = object_is_on(call) ? object_of_stream(stream) : NULL;
	struct object_streams *streams = cell ? find_streams(cell) : NULL;

	if (!streams)
		return;
	/* What is written may lie in the stream yet; what is read was moved. */
	if (way == OBJECT_IN)
		object_settle(cell, probe, stream->_fileno);
	remember_streams(stream->_fileno, cell, streams);
	owner_add(&streams->flows[way].count, 1);
	owner_add(&streams->flows[way].bytes, bytes);
	if (probe->start_ticks) {
		owner_add(&streams->flows[way].timed, 1);
		owner_add(&streams->flows[way].sum_ns, ns);
	}
}

void object_stream_failed_untimed(enum call call, const FILE *stream, struct call_stats *stats, int code)
{
	const struct probe probe = {.stats = stats};

	probe_failed(&probe, code);
	object_stream_failed(call, stream, &probe, 0, code);
}

/* -- Paths ------------------------------------------------------------------------------------------ */

/* Whether the kernel has read the path of a call that ended so: other codes may have come first. */
static bool has_read_path(int code)
{
	switch (code) {
	case 0:
	case ENOENT:
	case ENOTDIR:
	case EACCES:
	case EEXIST:
	case EISDIR:
	case ELOOP:
	case EROFS:
	case ENOSPC:
	case EDQUOT:
	case EMFILE:
	case ENFILE:
	case ENXIO:
	case ENODEV:
	case ETXTBSY:
	case EBUSY:
	case EIO:
	case EINTR:
	case ENOTEMPTY:
	case EXDEV:
	case EOVERFLOW:
	case ENODATA:
		return true;
	default:
		return false;
	}
}

/* A path may lead nowhere where the kernel has not looked at it, as when a filter has answered in its place. */
static bool may_read_path(const char *path, bool has_been_read)
{
	uintptr_t page = READABLE_NONE;

	return has_been_read ||
	       (descriptor_may_be_asked_of_memory() && readable_text(path, PATH_MAX, &page));
}

static bool are_files_wanted(void)
{
	return recorder_session.settings.files.privacy != PRIVACY_OFF;
}

void object_add_opened(const struct probe *probe, uint64_t ns, int dirfd, const char *path, int fd)
{
	/* freopen() without a path opens what was open. */
	if (!are_files_wanted() || !probe->stats || !path)
		return;
	bool is_readable = may_read_path(path, !filter_may_grant((uint64_t)fd));
	struct object_name *name =
		is_readable ? object_name_of_path(dirfd, path, true) : object_name_of_others(OBJECT_FILE);
	struct object_cell *cell = find_cell(name, false);

	object_note(fd, (uintptr_t)name);
	if (!cell)
		return;
	object_count(&cell->opens, probe, ns);
	if (object_noted(fd) == (uintptr_t)name)
		remember(fd, cell, (uintptr_t)name);
}

void object_add_path_failure(const struct probe *probe, uint64_t ns, int dirfd, const char *path, int code)
{
	if (!are_files_wanted() || !probe->stats)
		return;
	bool has_been_read = has_read_path(code) && !filter_may_answer(code);
	struct object_name *name = object_name_of_others(OBJECT_FILE);

	/* Names that no row will have are not made: they take the memory that others need. */
	if (path && may_read_path(path, has_been_read))
		name = object_name_of_path(dirfd, path, has_place(name, true));
	struct object_cell *cell = find_cell(name, true);

	object_failed(cell, probe, code, ns);
}

/* -- Sockets ---------------------------------------------------------------------------------------- */

/* Whether the kernel has read the address of a call that ended so. */
static bool has_read_address(int code)
{
	switch (code) {
	case 0:
	case ECONNREFUSED:
	case ETIMEDOUT:
	case EINPROGRESS:
	case EALREADY:
	case EISCONN:
	case ENETUNREACH:
	case EHOSTUNREACH:
	case ECONNRESET:
	case EADDRINUSE:
	case EADDRNOTAVAIL:
	case EACCES:
	case ENOENT:
	case EINTR:
	case EAGAIN:
		return true;
	default:
		return false;
	}
}

static bool is_address_read(int code)
{
	return has_read_address(code) && !filter_may_answer(code);
}

static bool may_read_address(const void *address, size_t size, bool has_been_read)
{
	uintptr_t page = READABLE_NONE;

	return has_been_read ||
	       (descriptor_may_be_asked_of_memory() &&
		readable_bytes(address, size < READABLE_PAGE ? size : READABLE_PAGE, &page));
}

static bool are_peers_wanted(void)
{
	return recorder_session.settings.peers.privacy != PRIVACY_OFF;
}

static struct object_name *name_of(enum object_kind kind, const struct sockaddr *address, socklen_t size,
				   int code)
{
	struct object_name *name = may_read_address(address, size, is_address_read(code))
					   ? object_name_of_address(kind, address, size)
					   : NULL;

	return name ? name : object_name_of_others(kind);
}

static bool is_of_family(const struct sockaddr *address, socklen_t size, sa_family_t family, int code)
{
	return size >= sizeof(address->sa_family) && may_read_address(address, size, is_address_read(code)) &&
	       address->sa_family == family;
}

/* A connection goes on when its call is interrupted, but not one of local sockets, which has yet to begin. */
static bool has_begun(const struct sockaddr *address, socklen_t size, int code)
{
	return code == EINPROGRESS || (code == EINTR && !is_of_family(address, size, AF_UNIX, code));
}

/* By other codes nothing is told of a connection that was under way. */
static bool is_refusal(int code)
{
	switch (code) {
	case ECONNREFUSED:
	case ECONNRESET:
	case ECONNABORTED:
	case ETIMEDOUT:
	case EPIPE:
	case EHOSTUNREACH:
	case EHOSTDOWN:
	case ENETUNREACH:
	case ENETDOWN:
	case EACCES:
	case EPERM:
		return true;
	default:
		return false;
	}
}

void object_settle(struct object_cell *cell, const struct probe *probe, int fd)
{
	uint64_t under_way = OBJECT_UNDER_WAY;

	/* Acquire: pairs with the release in begin_connection(). */
	if ((unsigned int)fd < OBJECT_USES)
		__atomic_compare_exchange_n(&process.uses[fd].end, &under_way, 0, false, __ATOMIC_ACQUIRE,
					    __ATOMIC_RELAXED);
	/* What it took to connect is the time of connect(), which is among the other calls. */
	if (connection_make(fd))
		object_count(&cell->opens, probe, 0);
}

void object_add_failed_move(struct object_cell *cell, const struct probe *probe, int code, uint64_t ns, int fd)
{
	object_add_failure(cell, probe, code, ns);
	if (process.has_connections && is_refusal(code))
		connection_end(fd);
}

/* Negative: not known. */
static int answer_of(const int *answer, const socklen_t *size)
{
	if (!filter_lets_read(size, sizeof(*size)) || *size < sizeof(*answer) ||
	    !filter_lets_read(answer, sizeof(*answer)))
		return -1;
	return *answer;
}

void object_add_answer(struct object_cell *cell, const struct probe *probe, uint64_t ns, int fd, const int *answer,
		       const socklen_t *size)
{
	int code = answer_of(answer, size);

	if (code > 0 && connection_end(fd) == CONNECTION_UNDER_WAY) {
		object_failed(cell, probe, code, ns);
		return;
	}
	object_touched(cell, probe, ns);
	if (code == 0)
		object_settle(cell, probe, fd);
}

/*
 * A child that borrows our memory has sockets of its own. Who has closed the number before may come by to forget what it
 * stood for only now, at most once each: then it is noted again.
 */
static void begin_connection(int fd, uintptr_t note)
{
	for (int i = 0; descriptor_is_ours() && i < LATE_CLOSES; i++) {
		if (object_noted(fd) != note)
			object_note(fd, note);
		connection_begin(fd);
		/* Release: who sees it sees that the connection is under way. */
		if ((unsigned int)fd < OBJECT_USES)
			__atomic_store_n(&process.uses[fd].end, OBJECT_UNDER_WAY, __ATOMIC_RELEASE);
		if (object_noted(fd) == note)
			return;
	}
	connection_forget(fd);
}

static void note_peer(int fd, struct object_name *name, struct object_cell *cell)
{
	object_note(fd, (uintptr_t)name);
	if (cell && object_noted(fd) == (uintptr_t)name)
		remember(fd, cell, (uintptr_t)name);
}

/* What was known of a connection that connect() has been asked for. */
static enum connection take_connection(int fd, int code)
{
	/* Another thread may be told so for the first time, and that with 0, and come here later. */
	if (code == EISCONN)
		return connection_make(fd) ? CONNECTION_UNDER_WAY : CONNECTION_NONE;
	return code == 0 || is_refusal(code) ? connection_end(fd) : CONNECTION_NONE;
}

/* A call of connect() that has not failed. `before`: what was known of the connection. */
static void count_connection(struct object_cell *cell, const struct probe *probe, uint64_t ns, int code,
			     enum connection before)
{
	bool is_open = code == 0 ? before != CONNECTION_MADE : code == EISCONN && before == CONNECTION_UNDER_WAY;

	object_count(is_open ? &cell->opens : &cell->others, probe, ns);
}

void object_add_connected(const struct probe *probe, uint64_t ns, int fd, const struct sockaddr *address,
			  socklen_t size, int code)
{
	if (!are_peers_wanted() || !probe->stats)
		return;
	/* A socket that was connected is not any more. */
	if (code == 0 && is_of_family(address, size, AF_UNSPEC, code)) {
		connection_forget(fd);
		object_forget(fd);
		return;
	}
	bool is_begun = has_begun(address, size, code);
	bool has_failed = code != 0 && !is_begun && code != EALREADY && code != EISCONN;
	struct object_name *name = name_of(OBJECT_PEER, address, size, code);
	struct object_cell *cell = find_cell(name, has_failed);
	enum connection before = take_connection(fd, code);

	if (code == 0 || is_begun)
		note_peer(fd, name, cell);
	if (is_begun)
		begin_connection(fd, (uintptr_t)name);
	if (has_failed)
		object_failed(cell, probe, code, ns);
	else if (cell)
		count_connection(cell, probe, ns, code, before);
}

void object_add_unbound(const struct probe *probe, uint64_t ns, const struct sockaddr *address, socklen_t size,
			int code)
{
	if (are_peers_wanted() && probe->stats)
		object_failed(find_cell(name_of(OBJECT_LISTENER, address, size, code), true), probe, code, ns);
}

struct object_cell *object_find_addressed(struct object_cell *cell, int fd, const struct sockaddr *address,
					  socklen_t size, bool has_been_read)
{
	if (!are_peers_wanted() || !may_read_address(address, size, has_been_read))
		return cell;
	struct object_name *name = object_name_of_address(OBJECT_PEER, address, size);

	if (!name)
		return cell;
	/* Answers come by the same socket, and from nobody known so far. */
	if (!cell)
		object_note(fd, (uintptr_t)name);
	return find_cell(name, false);
}

struct object_cell *object_find_by_message(struct object_cell *cell, int fd, const struct msghdr *message,
					   bool has_been_read)
{
	if (!are_peers_wanted() || !may_read_address(message, sizeof(*message), has_been_read) || !message->msg_name)
		return cell;
	return object_find_addressed(cell, fd, message->msg_name, message->msg_namelen, has_been_read);
}

bool object_is_granted(uint64_t result)
{
	return !filter_may_grant(result);
}

bool object_is_refused(int code)
{
	return is_address_read(code);
}

void object_sent(enum call call, struct object_cell *cell, const struct probe *probe, uint64_t ns, int fd,
		 const struct mmsghdr *messages, unsigned int n)
{
	bool has_been_read = object_is_granted(n);

	for (unsigned int i = 0; i < n && may_read_address(&messages[i], sizeof(*messages), has_been_read); i++) {
		struct object_cell *to = object_messaged(call, cell, fd, &messages[i].msg_hdr, has_been_read);

		object_moved(to, probe, ns / n, fd, OBJECT_OUT, messages[i].msg_len, OBJECT_AT_END);
	}
}
