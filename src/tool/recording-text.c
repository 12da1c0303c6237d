// SPDX-License-Identifier: MIT
/*
 * The document is written into chunks. A second thread compresses those that are full while the
 * next one is being written; when all are, the first thread takes its part of what is left to
 * compress. Only these chunks change hands, in this order: whoever takes one has it alone, and
 * those before it change no more. The second thread allocates nothing and touches no file.
 */
#include "config.h"

#include "tool/recording-text.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "format/recording-json.h"
#include "host/plugin-thread.h"
#include "tool/gzip-piece.h"

enum {
	CHUNK_SIZE = 128 << 10, /* a millisecond of compressing, and several windows */
	STACK_SIZE = 128 << 10,
};

_Static_assert((int)CHUNK_SIZE >= (int)GZIP_WINDOW,
	       "a chunk is enough for the one behind it to refer to");

struct text_chunk {
	struct text_chunk *next;
	const struct text_chunk *before; /* NULL: it is the first */
	size_t size;
	uint32_t crc;
	size_t piece_size;    /* 0: could not be made */
	unsigned char *piece; /* NULL: not to be compressed */
	char text[CHUNK_SIZE];
};

/* What both threads know; under the lock, but for what was made before there were two. */
struct team {
	pthread_mutex_t lock;
	pthread_cond_t has_changed;
	struct text_chunk *waiting; /* the first that nobody has taken; the list goes on from there */
	bool is_complete;	    /* none will be added */
	z_stream own;
	z_stream helpers;
};

/* The writing thread's. */
struct maker {
	struct recording_text *text;
	struct team *team;
	struct text_chunk *last; /* of the list */
	struct text_chunk *open; /* that is being written, not yet in it */
};

/* -- Compressing ------------------------------------------------------------------------------- */

static void compress_chunk(z_stream *stream, struct text_chunk *chunk)
{
	const struct text_chunk *before = chunk->before;
	/* Those before the last one are full. */
	const struct gzip_part part = {
		.text = chunk->text,
		.size = chunk->size,
		.before = before ? before->text + before->size - GZIP_WINDOW : NULL,
		.before_size = before ? GZIP_WINDOW : 0,
	};

	chunk->crc = (uint32_t)crc32(0, (const Bytef *)chunk->text, (uInt)chunk->size);
	chunk->piece_size =
		gzip_piece_make(stream, &part, chunk->piece, gzip_piece_room(CHUNK_SIZE));
}

/* NULL: there will be none any more. */
static struct text_chunk *take_chunk(struct team *team)
{
	pthread_mutex_lock(&team->lock);
	while (!team->waiting && !team->is_complete)
		pthread_cond_wait(&team->has_changed, &team->lock);
	struct text_chunk *chunk = team->waiting;

	if (chunk)
		team->waiting = chunk->next;
	pthread_mutex_unlock(&team->lock);
	return chunk;
}

static void compress_all(struct team *team, z_stream *stream)
{
	struct text_chunk *chunk;

	while ((chunk = take_chunk(team)))
		compress_chunk(stream, chunk);
}

static void *help(void *argument)
{
	struct team *team = argument;

	compress_all(team, &team->helpers);
	return NULL;
}

/* -- Writing ----------------------------------------------------------------------------------- */

static struct text_chunk *chunk_new(bool is_compressed)
{
	struct text_chunk *chunk = malloc(sizeof(*chunk));

	if (!chunk)
		return NULL;
	chunk->next = NULL;
	chunk->before = NULL;
	chunk->size = 0;
	chunk->piece_size = 0;
	chunk->piece = is_compressed ? malloc(gzip_piece_room(CHUNK_SIZE)) : NULL;
	if (!is_compressed || chunk->piece)
		return chunk;
	free(chunk);
	return NULL;
}

static void chunk_free(struct text_chunk *chunk)
{
	if (!chunk)
		return;
	free(chunk->piece);
	free(chunk);
}

/* The open chunk goes into the list, and to whoever compresses. */
static void hand_over(struct maker *maker)
{
	struct text_chunk *chunk = maker->open;

	chunk->before = maker->last;
	pthread_mutex_lock(&maker->team->lock);
	if (maker->last)
		maker->last->next = chunk;
	else
		maker->text->first = chunk;
	if (!maker->team->waiting)
		maker->team->waiting = chunk;
	pthread_cond_signal(&maker->team->has_changed);
	pthread_mutex_unlock(&maker->team->lock);
	maker->last = chunk;
	maker->open = NULL;
}

static int put(void *argument, const void *data, size_t size)
{
	struct maker *maker = argument;

	while (size > 0) {
		if (!maker->open)
			maker->open = chunk_new(maker->text->is_compressed);
		if (!maker->open)
			return -ENOMEM;
		size_t room = CHUNK_SIZE - maker->open->size;
		size_t part = size < room ? size : room;

		memcpy(maker->open->text + maker->open->size, data, part);
		maker->open->size += part;
		data = (const char *)data + part;
		size -= part;
		if (part == room)
			hand_over(maker);
	}
	return 0;
}

static int write_document(struct recording_text *text, const struct recording *recording,
			  struct team *team)
{
	struct maker maker = {.text = text, .team = team};
	const struct format_sink sink = {.write = put, .argument = &maker};
	int result = recording_json_write_to(recording, &sink);

	if (result == 0 && maker.open)
		hand_over(&maker);
	chunk_free(maker.open);
	return result;
}

/* No more chunks; where the document is not to be had, those there are need not be compressed. */
static void complete(struct team *team, bool is_wanted)
{
	pthread_mutex_lock(&team->lock);
	team->is_complete = true;
	if (!is_wanted)
		team->waiting = NULL;
	pthread_cond_broadcast(&team->has_changed);
	pthread_mutex_unlock(&team->lock);
}

static int check_pieces(const struct recording_text *text)
{
	for (const struct text_chunk *chunk = text->first; chunk; chunk = chunk->next)
		if (!chunk->piece_size)
			return -ENOMEM;
	return 0;
}

static int write_and_compress(struct recording_text *text, const struct recording *recording,
			      struct team *team)
{
	pthread_t helper;
	/* What it would have done is done here, too: nothing is lost without it but time. */
	bool is_helped = plugin_thread_start("compress", STACK_SIZE, help, team, &helper) == 0;
	int result = write_document(text, recording, team);

	complete(team, result == 0);
	compress_all(team, &team->own);
	if (is_helped)
		pthread_join(helper, NULL);
	return result < 0 ? result : check_pieces(text);
}

static int make_compressed(struct recording_text *text, const struct recording *recording,
			   struct team *team)
{
	int result = gzip_stream_init(&team->own);

	if (result == 0) {
		result = gzip_stream_init(&team->helpers);
		if (result == 0)
			result = write_and_compress(text, recording, team);
		gzip_stream_deinit(&team->helpers);
	}
	gzip_stream_deinit(&team->own);
	return result;
}

int recording_text_init(struct recording_text *text, const struct recording *recording,
			bool is_compressed)
{
	struct team team = {.lock = PTHREAD_MUTEX_INITIALIZER,
			    .has_changed = PTHREAD_COND_INITIALIZER};

	*text = (struct recording_text){.is_compressed = is_compressed};
	int result = is_compressed ? make_compressed(text, recording, &team)
				   : write_document(text, recording, &team);

	pthread_cond_destroy(&team.has_changed);
	pthread_mutex_destroy(&team.lock);
	/* Nothing else can be wrong with memory. */
	return result < 0 ? -ENOMEM : 0;
}

void recording_text_deinit(struct recording_text *text)
{
	while (text->first) {
		struct text_chunk *chunk = text->first;

		text->first = chunk->next;
		chunk_free(chunk);
	}
	*text = (struct recording_text){0};
}

/* -- Handing out ------------------------------------------------------------------------------- */

int recording_text_write(const struct recording_text *text, const struct format_sink *sink)
{
	int result = 0;

	for (const struct text_chunk *chunk = text->first; chunk && result == 0;
	     chunk = chunk->next)
		result = sink->write(sink->argument, chunk->text, chunk->size);
	return result;
}

int recording_text_write_compressed(const struct recording_text *text,
				    const struct format_sink *sink)
{
	unsigned char end[GZIP_END_SIZE];
	uLong crc = crc32(0, NULL, 0);
	uint64_t size = 0;
	int result = text->is_compressed ? sink->write(sink->argument, gzip_head, sizeof(gzip_head))
					 : -EINVAL;

	for (const struct text_chunk *chunk = text->first; chunk && result == 0;
	     chunk = chunk->next) {
		result = sink->write(sink->argument, chunk->piece, chunk->piece_size);
		crc = crc32_combine(crc, chunk->crc, (z_off_t)chunk->size);
		size += chunk->size;
	}
	if (result < 0)
		return result;
	gzip_end_make((uint32_t)crc, size, end);
	return sink->write(sink->argument, end, sizeof(end));
}
