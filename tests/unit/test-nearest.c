// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/nearest.h"

#include <string.h>

#include "unit.h"

/* The best of three candidates for a word, or "". */
static const char *best_of(const char *word, const char *a, const char *b, const char *c)
{
	struct nearest nearest = {.word = word};

	nearest_offer(&nearest, a);
	nearest_offer(&nearest, b);
	nearest_offer(&nearest, c);
	return nearest_word(&nearest) ? nearest_word(&nearest) : "";
}

static void missing_letter(void)
{
	CU_ASSERT_STRING_EQUAL(best_of("lsek", "read", "lseek", "lstat"), "lseek");
}

static void swapped_letters(void)
{
	CU_ASSERT_STRING_EQUAL(best_of("raed", "open", "read", "send"), "read");
	CU_ASSERT_STRING_EQUAL(best_of("oi", "io", "dns", "poll"), "io");
}

static void other_case(void)
{
	CU_ASSERT_STRING_EQUAL(best_of("enoent", "EINTR", "ENOENT", "ENOSPC"), "ENOENT");
}

static void first_of_equals(void)
{
	CU_ASSERT_STRING_EQUAL(best_of("reat", "read", "real", "open"), "read");
}

static void far_away(void)
{
	CU_ASSERT_STRING_EQUAL(best_of("wombat", "read", "write", "open"), "");
	CU_ASSERT_STRING_EQUAL(best_of("foo", "io", "dns", "poll"), "");
	CU_ASSERT_STRING_EQUAL(best_of("", "io", "dns", "poll"), "");
}

static void long_words(void)
{
	char word[200];

	memset(word, 'x', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	CU_ASSERT_STRING_EQUAL(best_of(word, word, "read", "open"), word);
}

UNIT_MAIN("nearest", {"a missing letter is found", missing_letter},
	  {"two letters in the wrong order are one mistake", swapped_letters},
	  {"the case of letters makes no difference", other_case},
	  {"of two as near the first is taken", first_of_equals},
	  {"what is too far away is not suggested", far_away},
	  {"words longer than any name do no harm", long_words})
