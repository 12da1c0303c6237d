// SPDX-License-Identifier: MIT
/*
 * json-reader.h - typed values out of a JSON document that cannot be trusted.
 *
 * The reader remembers where it is ("calls[3].errors[0].") and what was wrong first. Every function
 * that finds something wrong notes it and answers with a harmless value, so that the code that
 * reads a document is straight; whoever reads looks at `error` before he loops, and at the end.
 */
#ifndef SONDE_FORMAT_JSON_READER_H
#define SONDE_FORMAT_JSON_READER_H

#include "model/message.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { READER_PATH_SIZE = 128 };

struct json_reader {
	const char *name;	     /* of the file */
	struct message *message;     /* NULL: nobody wants to know */
	int error;		     /* the first: 0, -EBADMSG or -ENOMEM */
	char path[READER_PATH_SIZE]; /* of the object being read: "" or "calls[3]." */
};

/* Keeps the first complaint about a key of the present object. */
void reader_complain(struct json_reader *reader, const char *key, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* "expected EXPECTED, found a string"; value NULL is "nothing". */
void reader_complain_type(struct json_reader *reader, const char *key, const json_t *value,
			  const char *expected);
void reader_out_of_memory(struct json_reader *reader);

/*
 * Enters the object at key (index < 0), or an element of the array at key. Returns what
 * reader_leave() needs to go back.
 */
size_t reader_enter(struct json_reader *reader, const char *key, long index);
void reader_leave(struct json_reader *reader, size_t back);

/* The value of a key that must be there. NULL, with a complaint, when it is something else. */
const json_t *reader_object(struct json_reader *reader, const json_t *object, const char *key);
const json_t *reader_array(struct json_reader *reader, const json_t *object, const char *key);

/* In [low, high]; low when it is not. */
int64_t reader_integer(struct json_reader *reader, const json_t *object, const char *key,
		       int64_t low, int64_t high);
uint64_t reader_count(struct json_reader *reader, const json_t *object, const char *key);
bool reader_boolean(struct json_reader *reader, const json_t *object, const char *key);

/* A number of seconds, not negative, in nanoseconds. */
uint64_t reader_seconds(struct json_reader *reader, const json_t *object, const char *key);
/* "2026-01-31T12:34:56.123456789Z" in nanoseconds of CLOCK_REALTIME. */
int64_t reader_instant(struct json_reader *reader, const json_t *object, const char *key);

/* A string of the document itself; "" when it is none. */
const char *reader_text(struct json_reader *reader, const json_t *object, const char *key);
/* The caller's copy of a string; NULL when it is null. */
char *reader_optional_text(struct json_reader *reader, const json_t *object, const char *key);
/* strdup() that tells the reader when there is no memory. */
char *reader_copy(struct json_reader *reader, const char *text);
/* calloc() that does; NULL also for n = 0. */
void *reader_make(struct json_reader *reader, size_t n, size_t size);

#endif
