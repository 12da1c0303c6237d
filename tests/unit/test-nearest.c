// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/nearest.h"

#include <string.h>

#include "unit.h"

/* The best of three candidates for a word, or "". */
static const char *best_of(const char *word, const char *a, const char *b, const char *c)
{
	static struct nearest nearest;

	nearest = (struct nearest){.word = word};
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

static void common_start(void)
{
	CU_ASSERT_STRING_EQUAL(best_of("SONDE_TIMING_RAED", "SONDE_TIMING_READ", "SONDE_TIMING_OPEN",
				       "SONDE_TIMING_POLL"),
			       "SONDE_TIMING_READ");
	CU_ASSERT_STRING_EQUAL(best_of("SONDE_TMING_READ", "SONDE_TIMING_READ", "SONDE_TIMING_OPEN",
				       "SONDE_TIMING_POLL"),
			       "SONDE_TIMING_READ");
	CU_ASSERT_STRING_EQUAL(best_of("SONDE_TIMING_WOMBAT", "SONDE_TIMING_READ",
				       "SONDE_TIMING_OPEN", "SONDE_TIMING_POLL"),
			       "");
}

static void long_words(void)
{
	char word[200];

	memset(word, 'x', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	const char *best = best_of(word, word, "read", "open");

	CU_ASSERT_EQUAL(strlen(best), NEAREST_SIZE - 1);
	CU_ASSERT_EQUAL(strspn(best, "x"), NEAREST_SIZE - 1);
}

static void short_lived(void)
{
	struct nearest nearest = {.word = "lsek"};
	char candidate[] = "lseek";

	nearest_offer(&nearest, candidate);
	memset(candidate, 'x', strlen(candidate));
	nearest_offer(&nearest, candidate);
	CU_ASSERT_STRING_EQUAL(nearest_word(&nearest), "lseek");
}

UNIT_MAIN("nearest", {"a missing letter is found", missing_letter},
	  {"two letters in the wrong order are one mistake", swapped_letters},
	  {"the case of letters makes no difference", other_case},
	  {"of two as near the first is taken", first_of_equals},
	  {"what is too far away is not suggested", far_away},
	  {"that long words begin alike makes them not near", common_start},
	  {"a word longer than any name is cut", long_words},
	  {"a candidate need not outlive its offer", short_lived})
