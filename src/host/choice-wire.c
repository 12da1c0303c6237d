// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/choice-wire.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	WIRE_MAGIC = 0x43574952,
	WIRE_TEXT_MAX = 1024 * 1024,
	WIRE_LIST_MAX = 4096,
};

struct wire_head {
	uint32_t magic;
	uint32_t reserved;
	int64_t interval_ns;
	int64_t deadline_ns;
	uint64_t queue_snapshots;
	uint64_t queue_bytes;
	uint64_t max_tag_sets;
	uint64_t max_path_tag_sets;
};

/* Of one value: as much of it as its type has. Texts follow, each with its NUL. */
struct wire_value {
	uint64_t word; /* a number's bits, or how many texts follow */
};

/* -- Writing ---------------------------------------------------------------------------------- */

struct writing {
	FILE *stream;
	const char *options;
};

static void put_word(FILE *stream, uint64_t word)
{
	const struct wire_value value = {word};

	fwrite(&value, sizeof(value), 1, stream);
}

static void put_text(FILE *stream, const char *text)
{
	fwrite(text, 1, strlen(text) + 1, stream);
}

static void put_string(FILE *stream, const char *text)
{
	put_word(stream, text != NULL);
	if (text)
		put_text(stream, text);
}

static void put_list(FILE *stream, const struct sonde_list *list)
{
	put_word(stream, list->n_items);
	for (size_t i = 0; i < list->n_items; i++)
		put_text(stream, list->items[i]);
}

static int put_option(void *argument, const char *path, const struct sonde_option *option)
{
	const struct writing *writing = argument;
	const void *field = writing->options + option->offset;
	uint64_t word = 0;

	(void)path;
	switch (option->type) {
	case SONDE_OPTION_BOOL:
		put_word(writing->stream, *(const bool *)field);
		break;
	case SONDE_OPTION_ENUM:
		put_word(writing->stream, *(const uint32_t *)field);
		break;
	case SONDE_OPTION_STRING:
		put_string(writing->stream, *(const char *const *)field);
		break;
	case SONDE_OPTION_LIST:
		put_list(writing->stream, field);
		break;
	default: /* numbers, all of 64 bits */
		memcpy(&word, field, sizeof(word));
		put_word(writing->stream, word);
	}
	return 0;
}

static void put_choice(FILE *stream, const struct plugin_choice *choice)
{
	const struct wire_head head = {
		.magic = WIRE_MAGIC,
		.interval_ns = choice->interval_ns,
		.deadline_ns = choice->deadline_ns,
		.queue_snapshots = choice->queue_snapshots,
		.queue_bytes = choice->queue_bytes,
		.max_tag_sets = choice->max_tag_sets,
		.max_path_tag_sets = choice->max_path_tag_sets,
	};
	struct writing writing = {.stream = stream, .options = choice->options};

	fwrite(&head, sizeof(head), 1, stream);
	if (choice->options)
		option_table_visit(choice->table, put_option, &writing);
}

int choice_wire_write(const struct plugin_choice *choice)
{
	int fd = memfd_create("sonde-choice", MFD_CLOEXEC);
	int copy = fd < 0 ? -1 : dup(fd);
	FILE *stream = copy < 0 ? NULL : fdopen(copy, "w");
	int result = stream ? 0 : -errno;

	if (stream) {
		put_choice(stream, choice);
		errno = EIO;
		result = fclose(stream) == 0 ? 0 : -errno;
	} else if (copy >= 0) {
		close(copy);
	}
	if (result == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return result;
}

/* -- Reading ---------------------------------------------------------------------------------- */

struct reading {
	FILE *stream;
	struct option_values *values;
};

static int take_word(FILE *stream, uint64_t *ret_word)
{
	struct wire_value value;

	if (fread(&value, sizeof(value), 1, stream) != 1)
		return -EPROTO;
	*ret_word = value.word;
	return 0;
}

/* To be freed. */
static int take_text(FILE *stream, char **ret_text)
{
	char *text = NULL;
	size_t room = 0;
	ssize_t size = getdelim(&text, &room, '\0', stream);

	if (size > 0 && size <= WIRE_TEXT_MAX && text[size - 1] == '\0') {
		*ret_text = text;
		return 0;
	}
	free(text);
	return -EPROTO;
}

static int take_texts(const struct reading *reading, const struct sonde_option *option,
		      size_t n_texts)
{
	char **texts = calloc(n_texts + 1, sizeof(*texts));
	int result = texts ? 0 : -ENOMEM;

	for (size_t i = 0; result == 0 && i < n_texts; i++)
		result = take_text(reading->stream, &texts[i]);
	if (result == 0) {
		const struct value value = {
			.string = texts[0],
			.strings = (const char **)texts,
			.n_strings = n_texts,
		};

		result = option_values_set(reading->values, option, &value);
	}
	for (size_t i = 0; texts && i < n_texts; i++)
		free(texts[i]);
	free(texts);
	return result;
}

static int take_option(void *argument, const char *path, const struct sonde_option *option)
{
	const struct reading *reading = argument;
	struct value value = {0};
	uint64_t word;
	int result = take_word(reading->stream, &word);

	(void)path;
	if (result < 0)
		return result;
	if (option->type == SONDE_OPTION_LIST || option->type == SONDE_OPTION_STRING) {
		bool is_string = option->type == SONDE_OPTION_STRING;

		if (word > (is_string ? 1 : WIRE_LIST_MAX))
			return -EPROTO;
		/* A string that has no value has none by default either. */
		return is_string && word == 0 ? 0 : take_texts(reading, option, (size_t)word);
	}
	value.boolean = word != 0;
	value.integer = (int64_t)word;
	memcpy(&value.number, &word, sizeof(value.number));
	return option_values_set(reading->values, option, &value);
}

static int take_choice(FILE *stream, struct plugin_choice *choice, struct option_values *values)
{
	struct reading reading = {.stream = stream, .values = values};
	struct wire_head head;

	if (fread(&head, sizeof(head), 1, stream) != 1 || head.magic != WIRE_MAGIC)
		return -EPROTO;
	int result = values->data ? option_table_visit(choice->table, take_option, &reading) : 0;

	if (result < 0)
		return result;
	choice->interval_ns = head.interval_ns;
	choice->deadline_ns = head.deadline_ns;
	choice->queue_snapshots = head.queue_snapshots;
	choice->queue_bytes = head.queue_bytes;
	choice->max_tag_sets = head.max_tag_sets;
	choice->max_path_tag_sets = head.max_path_tag_sets;
	choice->options = values->data;
	return 0;
}

int choice_wire_read(int fd, struct plugin_choice *choice, struct option_values *ret_values)
{
	struct option_values values = {0};
	int copy = dup(fd);
	FILE *stream = copy < 0 ? NULL : fdopen(copy, "r");

	if (!stream) {
		int result = -errno;

		if (copy >= 0)
			close(copy);
		return result;
	}
	rewind(stream);
	int result = choice->options ? option_values_init(&values, choice->table) : 0;

	if (result == 0)
		result = take_choice(stream, choice, &values);
	fclose(stream);
	if (result < 0)
		option_values_deinit(&values);
	else
		*ret_values = values;
	return result;
}
