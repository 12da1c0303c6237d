// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/vocabulary.h"

#include <string.h>

#include "calls/call.h"
#include "host/nearest.h"

static const char *const follow_words[] = {"all", "env", "none", NULL};

/* Names that share their number with another, so that libc's table does not have them, and netdb's.
 */
static const char *const other_errors[] = {
	"EWOULDBLOCK", "EDEADLOCK",	 "ENOTSUP",    "EAI_BADFLAGS", "EAI_NONAME",
	"EAI_AGAIN",   "EAI_FAIL",	 "EAI_NODATA", "EAI_FAMILY",   "EAI_SOCKTYPE",
	"EAI_SERVICE", "EAI_ADDRFAMILY", "EAI_MEMORY", "EAI_OVERFLOW", NULL,
};

enum { ERRNO_MAX = 4095, GROUPS_MAX = 31 };

static void add_unless_there(const char **words, const char *word)
{
	size_t i = 0;

	while (words[i] && strcmp(words[i], word) != 0)
		i++;
	if (i < GROUPS_MAX)
		words[i] = word;
}

/* The groups of the call table in the order of their first call. */
static const char *group_word(size_t index)
{
	static const char *groups[GROUPS_MAX + 1];

	if (!groups[0])
		for (size_t call = 0; call < CALL_COUNT; call++)
			add_unless_there(groups, call_table[call].group);
	return groups[index];
}

static const char *call_word(size_t index)
{
	return index < CALL_COUNT ? call_table[index].name : NULL;
}

static const char *group_or_call_word(size_t index)
{
	size_t n_groups = 0;

	while (group_word(n_groups))
		n_groups++;
	return index < n_groups ? group_word(index) : call_word(index - n_groups);
}

static const char *error_word(size_t index)
{
	for (int code = 1; code <= ERRNO_MAX; code++) {
		const char *name = strerrorname_np(code);

		if (name && index-- == 0)
			return name;
	}
	return index < sizeof(other_errors) / sizeof(other_errors[0]) ? other_errors[index] : NULL;
}

const char *vocabulary_noun(enum vocabulary vocabulary)
{
	static const char *const nouns[] = {
		[WORDS_ANY] = "text",
		[WORDS_FOLLOW] = "word",
		[WORDS_GROUP] = "group",
		[WORDS_CALL] = "call",
		[WORDS_GROUP_OR_CALL] = "group or call",
		[WORDS_ERROR] = "error",
	};

	return nouns[vocabulary];
}

const char *vocabulary_word(enum vocabulary vocabulary, size_t index)
{
	switch (vocabulary) {
	case WORDS_FOLLOW:
		return follow_words[index];
	case WORDS_GROUP:
		return group_word(index);
	case WORDS_CALL:
		return call_word(index);
	case WORDS_GROUP_OR_CALL:
		return group_or_call_word(index);
	case WORDS_ERROR:
		return error_word(index);
	case WORDS_ANY:
		break;
	}
	return NULL;
}

int vocabulary_find(enum vocabulary vocabulary, const char *word)
{
	const char *known;

	if (vocabulary == WORDS_ANY)
		return 0;
	for (size_t i = 0; (known = vocabulary_word(vocabulary, i)); i++)
		if (strcmp(known, word) == 0)
			return (int)i;
	return -1;
}

const char *vocabulary_nearest(enum vocabulary vocabulary, const char *word)
{
	struct nearest nearest = {.word = word};
	const char *known;

	for (size_t i = 0; (known = vocabulary_word(vocabulary, i)); i++)
		nearest_offer(&nearest, known);
	const char *meant = nearest_word(&nearest);

	return meant ? vocabulary_word(vocabulary, (size_t)vocabulary_find(vocabulary, meant))
		     : NULL;
}
