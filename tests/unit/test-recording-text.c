// SPDX-License-Identifier: MIT
/*
 * The thread that helps to compress is watched, and withheld, by a pthread_create() of the test's
 * own; writing the document fails in the end where a test wants that.
 */
#include "config.h"

#include "tool/recording-text.h"

#include "unit.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
	CHUNK = 128 << 10, /* that a text is made in */
	ROOM = 4 << 20,
	ROUNDS = 30,
};

static bool is_withheld;
static int n_threads;	     /* that were made, */
static int n_ended;	     /* and have come to their end */
static int n_signals_let_in; /* by any of them */

struct start {
	void *(*run)(void *argument);
	void *argument;
};

static void *run_watched(void *argument)
{
	struct start start = *(struct start *)argument;
	sigset_t mask;

	free(argument);
	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	for (int signal = 1; signal <= SIGSYS; signal++)
		if (signal != SIGKILL && signal != SIGSTOP && !sigismember(&mask, signal))
			n_signals_let_in++;
	void *result = start.run(start.argument);

	__atomic_fetch_add(&n_ended, 1, __ATOMIC_RELAXED);
	return result;
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
		   void *argument)
{
	static int (*create)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
	struct start *start = malloc(sizeof(*start));

	if (!create)
		*(void **)&create = dlsym(RTLD_NEXT, "pthread_create");
	if (is_withheld || !create || !start) {
		free(start);
		return EAGAIN;
	}
	*start = (struct start){run, argument};
	n_threads++;
	return create(thread, attributes, run_watched, start);
}

static int failure; /* that writing ends with; 0: none */

int __real_recording_json_write_to(const struct recording *recording,
				   const struct format_sink *sink);
int __wrap_recording_json_write_to(const struct recording *recording,
				   const struct format_sink *sink);

int __wrap_recording_json_write_to(const struct recording *recording,
				   const struct format_sink *sink)
{
	int result = __real_recording_json_write_to(recording, sink);

	return failure ? failure : result;
}

struct bytes {
	char *bytes;
	size_t size;
	size_t limit; /* a sink that is full then */
};

static int take(void *argument, const void *data, size_t size)
{
	struct bytes *bytes = argument;

	if (bytes->size + size > bytes->limit)
		return -ENOSPC;
	memcpy(bytes->bytes + bytes->size, data, size);
	bytes->size += size;
	return 0;
}

static struct bytes bytes_new(void)
{
	struct bytes bytes = {.bytes = malloc(ROOM), .limit = ROOM};

	CU_ASSERT_PTR_NOT_NULL_FATAL(bytes.bytes);
	return bytes;
}

static struct bytes plain(const struct recording_text *text)
{
	struct bytes bytes = bytes_new();
	const struct format_sink sink = {.write = take, .argument = &bytes};

	CU_ASSERT_EQUAL(recording_text_write(text, &sink), 0);
	return bytes;
}

static struct bytes compressed(const struct recording_text *text)
{
	struct bytes bytes = bytes_new();
	const struct format_sink sink = {.write = take, .argument = &bytes};

	CU_ASSERT_EQUAL(recording_text_write_compressed(text, &sink), 0);
	return bytes;
}

/* Of one member, with nothing behind it and a right checksum. */
static struct bytes expand(const struct bytes *file)
{
	struct bytes bytes = bytes_new();
	z_stream stream = {.next_in = (Bytef *)file->bytes, .avail_in = (uInt)file->size};

	CU_ASSERT_EQUAL_FATAL(inflateInit2(&stream, 16 + 15), Z_OK);
	stream.next_out = (Bytef *)bytes.bytes;
	stream.avail_out = ROOM;
	CU_ASSERT_EQUAL(inflate(&stream, Z_FINISH), Z_STREAM_END);
	CU_ASSERT_EQUAL(stream.avail_in, 0);
	bytes.size = stream.total_out;
	inflateEnd(&stream);
	return bytes;
}

static bool are_same(const struct bytes *a, const struct bytes *b)
{
	return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

/* A document whose size grows with this number, and in which nothing is long the same. */
static struct recording make_recording(size_t label_size)
{
	struct recording recording = {.labels = calloc(1, sizeof(struct label)), .n_labels = 1};
	uint64_t state = 0x9e3779b97f4a7c15;
	char *value = malloc(label_size + 1);

	for (size_t i = 0; i < label_size; i++) {
		state = state * 6364136223846793005 + 1442695040888963407;
		value[i] = (char)('a' + (state >> 60) + (i / 1000) % 7);
	}
	value[label_size] = '\0';
	recording.labels[0] = (struct label){.key = strdup("key"), .value = value};
	return recording;
}

static struct bytes document(size_t label_size)
{
	struct recording recording = make_recording(label_size);
	struct recording_text text;

	CU_ASSERT_EQUAL(recording_text_init(&text, &recording, false), 0);
	struct bytes bytes = plain(&text);

	recording_text_deinit(&text);
	recording_deinit(&recording);
	return bytes;
}

/* Both forms are the document, and the compressed one is returned. */
static struct bytes check_both_forms(size_t label_size)
{
	struct recording recording = make_recording(label_size);
	struct recording_text text;
	struct bytes expected = document(label_size);

	CU_ASSERT_EQUAL(recording_text_init(&text, &recording, true), 0);
	struct bytes as_it_is = plain(&text);
	struct bytes file = compressed(&text);
	struct bytes expanded = expand(&file);

	CU_ASSERT(are_same(&as_it_is, &expected));
	CU_ASSERT(are_same(&expanded, &expected));
	free(expected.bytes);
	free(as_it_is.bytes);
	free(expanded.bytes);
	recording_text_deinit(&text);
	recording_deinit(&recording);
	return file;
}

/* As large as one chunk, two, ..., a byte less, a byte more, and in between. */
static void a_document_of_any_size_is_the_same_compressed(void)
{
	static const int around[] = {-2, -1, 0, 1, 2, 50000};
	struct bytes smallest = document(0);

	free(check_both_forms(0).bytes);
	for (unsigned int n_chunks = 1; n_chunks <= 4; n_chunks++)
		for (unsigned int i = 0; i < sizeof(around) / sizeof(around[0]); i++) {
			struct bytes file = check_both_forms(
				(size_t)((int)(n_chunks * CHUNK - smallest.size) + around[i]));

			free(file.bytes);
		}
	free(smallest.bytes);
}

static void a_document_has_always_the_same_bytes_when_compressed(void)
{
	struct bytes first = check_both_forms(8 * CHUNK);

	for (int i = 0; i < ROUNDS; i++) {
		struct bytes again = check_both_forms(8 * CHUNK);

		CU_ASSERT(are_same(&first, &again));
		free(again.bytes);
	}
	free(first.bytes);
}

static void the_thread_that_helps_takes_no_signals_and_is_not_left(void)
{
	n_threads = 0;
	n_ended = 0;
	n_signals_let_in = 0;
	free(check_both_forms(5 * CHUNK).bytes);
	CU_ASSERT_EQUAL(n_threads, 1);
	CU_ASSERT_EQUAL(n_ended, 1);
	CU_ASSERT_EQUAL(n_signals_let_in, 0);
}

static void nor_is_it_left_when_writing_fails(void)
{
	struct recording recording = make_recording(5 * CHUNK);
	struct recording_text text;

	n_threads = 0;
	n_ended = 0;
	failure = -ENOMEM;
	for (int i = 0; i < ROUNDS; i++) {
		CU_ASSERT_EQUAL(recording_text_init(&text, &recording, true), -ENOMEM);
		recording_text_deinit(&text);
	}
	failure = 0;
	CU_ASSERT_EQUAL(n_threads, ROUNDS);
	CU_ASSERT_EQUAL(n_ended, ROUNDS);
	recording_deinit(&recording);
}

static void no_thread_is_made_for_a_document_that_stays_as_it_is(void)
{
	n_threads = 0;
	struct bytes bytes = document(5 * CHUNK);

	CU_ASSERT_EQUAL(n_threads, 0);
	free(bytes.bytes);
}

static void without_a_thread_the_bytes_are_the_same(void)
{
	struct bytes helped = check_both_forms(5 * CHUNK);

	is_withheld = true;
	struct bytes alone = check_both_forms(5 * CHUNK);

	is_withheld = false;
	CU_ASSERT(are_same(&helped, &alone));
	free(helped.bytes);
	free(alone.bytes);
}

static void a_sink_that_is_full_is_an_error_wherever_it_is(void)
{
	struct recording recording = make_recording(3 * CHUNK);
	struct recording_text text;

	CU_ASSERT_EQUAL(recording_text_init(&text, &recording, true), 0);
	struct bytes file = compressed(&text);
	const struct format_sink sink = {.write = take, .argument = &file};
	size_t size = file.size;

	for (size_t limit = 0; limit < size;
	     limit += limit < 20 || limit > size - 20 ? 1 : size / 50) {
		file.size = 0;
		file.limit = limit;
		CU_ASSERT_EQUAL(recording_text_write_compressed(&text, &sink), -ENOSPC);
	}
	file.size = 0;
	file.limit = 3 * CHUNK;
	CU_ASSERT_EQUAL(recording_text_write(&text, &sink), -ENOSPC);
	free(file.bytes);
	recording_text_deinit(&text);
	recording_deinit(&recording);
}

static void what_was_not_to_be_compressed_cannot_be_had_so(void)
{
	struct recording recording = make_recording(0);
	struct recording_text text;
	struct bytes bytes = bytes_new();
	const struct format_sink sink = {.write = take, .argument = &bytes};

	CU_ASSERT_EQUAL(recording_text_init(&text, &recording, false), 0);
	CU_ASSERT_EQUAL(recording_text_write_compressed(&text, &sink), -EINVAL);
	CU_ASSERT_EQUAL(bytes.size, 0);
	free(bytes.bytes);
	recording_text_deinit(&text);
	recording_deinit(&recording);
}

UNIT_MAIN("recording text",
	  {"a document of any size is the same compressed",
	   a_document_of_any_size_is_the_same_compressed},
	  {"a document has always the same bytes when compressed",
	   a_document_has_always_the_same_bytes_when_compressed},
	  {"the thread that helps takes no signals and is not left",
	   the_thread_that_helps_takes_no_signals_and_is_not_left},
	  {"nor is it left when writing fails", nor_is_it_left_when_writing_fails},
	  {"no thread is made for a document that stays as it is",
	   no_thread_is_made_for_a_document_that_stays_as_it_is},
	  {"without a thread the bytes are the same", without_a_thread_the_bytes_are_the_same},
	  {"a sink that is full is an error wherever it is",
	   a_sink_that_is_full_is_an_error_wherever_it_is},
	  {"what was not to be compressed cannot be had so",
	   what_was_not_to_be_compressed_cannot_be_had_so})
