// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/labels.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"

/* -- What can be one ------------------------------------------------------------------------------- */

static int check_key(const char *key, struct message *message)
{
	size_t length = strlen(key);

	if (length == 0)
		message_set(message, "a label has a key: KEY=VALUE");
	else if (key[strspn(key, KEY_CHARACTERS)])
		message_set(message, "the key of a label has letters, digits and any of _ . - only");
	else if (length > LABEL_KEY_MAX)
		message_set(message, "the key of a label has %zu bytes, at most %d are possible", length,
			    LABEL_KEY_MAX);
	else
		return 0;
	return -EINVAL;
}

/* How many bytes the character has that begins there; 0: it is none of UTF-8, or a control character. */
static size_t character_length(const unsigned char *text)
{
	static const struct {
		unsigned char mask, lead;
		unsigned int least;
	} forms[] = {{0x80, 0, 1}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};

	for (size_t n = 0; n < sizeof(forms) / sizeof(forms[0]); n++) {
		if ((text[0] & forms[n].mask) != forms[n].lead)
			continue;
		unsigned int code = text[0] & (unsigned char)~forms[n].mask;

		for (size_t i = 1; i <= n; i++) {
			if ((text[i] & 0xc0) != 0x80)
				return 0;
			code = code << 6 | (text[i] & 0x3f);
		}
		bool is_space = code == '\n' || code == '\t';
		bool is_control = (code < 0x20 && !is_space) || (code >= 0x7f && code < 0xa0);
		bool is_none = code < forms[n].least || code > 0x10ffff || (code >= 0xd800 && code < 0xe000);

		return is_control || is_none ? 0 : n + 1;
	}
	return 0;
}

static int check_value(const char *key, const char *value, struct message *message)
{
	const unsigned char *character = (const unsigned char *)value;
	size_t length = strlen(value);

	if (length > LABEL_VALUE_MAX) {
		message_set(message, "the value of label '%s' has %zu bytes, at most %d are possible", key, length,
			    LABEL_VALUE_MAX);
		return -EINVAL;
	}
	while (*character) {
		size_t n = character_length(character);

		if (n == 0) {
			message_set(message, "the value of label '%s' has byte 0x%02x at %td: it may be UTF-8 "
					     "without control characters but \\n and \\t only",
				    key, *character, character - (const unsigned char *)value);
			return -EINVAL;
		}
		character += n;
	}
	return 0;
}

int label_check(const char *key, const char *value, struct message *ret_message)
{
	int result = check_key(key, ret_message);

	return result ? result : check_value(key, value, ret_message);
}

/* -- Sets ------------------------------------------------------------------------------------------ */

static int replace_value(struct label *label, const char *value)
{
	char *copy = strdup(value);

	if (!copy)
		return -ENOMEM;
	free(label->value);
	label->value = copy;
	return 0;
}

int label_set_put(struct label_set *set, const char *key, const char *value)
{
	size_t position = 0;

	while (position < set->n_labels && strcmp(set->labels[position].key, key) < 0)
		position++;
	if (position < set->n_labels && strcmp(set->labels[position].key, key) == 0)
		return replace_value(&set->labels[position], value);
	struct label *labels = reallocarray(set->labels, set->n_labels + 1, sizeof(*labels));
	struct label label = {.key = labels ? strdup(key) : NULL, .value = labels ? strdup(value) : NULL};

	if (labels)
		set->labels = labels;
	if (!label.key || !label.value) {
		free(label.key);
		free(label.value);
		return -ENOMEM;
	}
	memmove(&labels[position + 1], &labels[position], (set->n_labels - position) * sizeof(*labels));
	labels[position] = label;
	set->n_labels++;
	return 0;
}

const char *label_set_find(const struct label_set *set, const char *key)
{
	for (size_t i = 0; i < set->n_labels; i++)
		if (strcmp(set->labels[i].key, key) == 0)
			return set->labels[i].value;
	return NULL;
}

void label_set_deinit(struct label_set *set)
{
	for (size_t i = 0; i < set->n_labels; i++) {
		free(set->labels[i].key);
		free(set->labels[i].value);
	}
	free(set->labels);
	*set = (struct label_set){0};
}

/* -- As text --------------------------------------------------------------------------------------- */

/* "%3B" and "%25" become what they stand for, in place. */
static void decode(char *value)
{
	char *end = value;

	for (; *value; value++) {
		bool is_code = value[0] == '%' && (strncmp(value + 1, "3B", 2) == 0 || strncmp(value + 1, "25", 2) == 0);

		*end++ = !is_code ? *value : value[1] == '3' ? ';' : '%';
		value += is_code ? 2 : 0;
	}
	*end = '\0';
}

int label_set_parse(struct label_set *set, const char *text)
{
	char *copy = strdup(text ? text : "");
	char *rest = copy;
	char *entry;
	int result = copy ? 0 : -ENOMEM;

	while (result == 0 && (entry = strsep(&rest, ";"))) {
		char *equals = strchr(entry, '=');

		if (!equals || set->n_labels == LABELS_MOST)
			continue;
		*equals = '\0';
		decode(equals + 1);
		if (label_check(entry, equals + 1, NULL) == 0)
			result = label_set_put(set, entry, equals + 1);
	}
	free(copy);
	return result;
}

static void write_label(FILE *stream, const struct label *label)
{
	fprintf(stream, "%s=", label->key);
	for (const char *c = label->value; *c; c++)
		if (*c == ';' || *c == '%')
			fputs(*c == ';' ? "%3B" : "%25", stream);
		else
			fputc(*c, stream);
}

char *label_set_text(const struct label_set *set)
{
	char *text = NULL;
	size_t size;

	/* As of most processes: a stream takes longer than all else. */
	if (set->n_labels == 0)
		return strdup("");
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		return NULL;
	for (size_t i = 0; i < set->n_labels; i++) {
		if (i)
			fputc(';', stream);
		write_label(stream, &set->labels[i]);
	}
	if (fclose(stream) == 0)
		return text;
	free(text);
	return NULL;
}
