// SPDX-License-Identifier: MIT
#include "config.h"

#include "base/readable.h"

#include <limits.h>
#include <string.h>
#include <sys/mman.h>

#include "unit.h"

/* What lies right before the end of readable memory. */
static char *before_end(const void *data, size_t size)
{
	enum { SIZE = 2 * 65536 };
	char *memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CU_ASSERT_FATAL(memory != MAP_FAILED);
	mprotect(memory + SIZE / 2, SIZE / 2, PROT_NONE);
	return memcpy(memory + SIZE / 2 - size, data, size);
}

/* Not known to the compiler, which warns of what cannot be read. */
static char *nowhere(uintptr_t number)
{
	volatile uintptr_t address = number;

	return (char *)address;
}

static bool is_text(const char *text)
{
	uintptr_t page = READABLE_NONE;

	return readable_text(text, PATH_MAX, &page);
}

static void texts_are_read_to_their_end(void)
{
	char *text = before_end("/bin/true", 10);

	CU_ASSERT_TRUE(is_text(text));
	CU_ASSERT_TRUE(is_text(""));
	text[9] = '!';
	CU_ASSERT_FALSE(is_text(text));
}

static void addresses_of_nothing_are_not_readable(void)
{
	CU_ASSERT_FALSE(is_text(nowhere(0)));
	CU_ASSERT_FALSE(is_text(nowhere(8)));
	CU_ASSERT_FALSE(is_text(nowhere(-1)));
	CU_ASSERT_FALSE(is_text(nowhere(0x5555555555555555)));
}

static void longer_texts_than_asked_for_are_none(void)
{
	uintptr_t page = READABLE_NONE;

	CU_ASSERT_TRUE(readable_text("abc", 4, &page));
	CU_ASSERT_FALSE(readable_text("abc", 3, &page));
}

static void bytes_are_readable_to_the_last(void)
{
	char bytes[16] = {0};
	char *end = before_end(bytes, sizeof(bytes));
	uintptr_t page = READABLE_NONE;

	CU_ASSERT_TRUE(readable_bytes(end, 16, &page));
	CU_ASSERT_FALSE(readable_bytes(end, 17, &page));
	CU_ASSERT_TRUE(readable_bytes(end, 0, &page));
}

static void lists_are_readable_with_all_texts(void)
{
	char *list[] = {"A=b", "C=d", NULL};
	char *bad_text[] = {"A=b", nowhere(8), NULL};

	CU_ASSERT_TRUE(readable_list(NULL));
	CU_ASSERT_TRUE(readable_list(list));
	CU_ASSERT_TRUE(readable_list((char **)before_end(list, sizeof(list))));
	CU_ASSERT_FALSE(readable_list((char **)before_end(list, sizeof(list) - sizeof(*list))));
	CU_ASSERT_FALSE(readable_list(bad_text));
	CU_ASSERT_FALSE(readable_list((char **)nowhere(8)));
}

UNIT_MAIN("readable", {"a text is readable to its end, or not", texts_are_read_to_their_end},
	  {"an address that leads nowhere is not readable", addresses_of_nothing_are_not_readable},
	  {"a text that is longer than asked for is none", longer_texts_than_asked_for_are_none},
	  {"bytes are readable to the last one, or not", bytes_are_readable_to_the_last},
	  {"a list is readable with all its texts, or not", lists_are_readable_with_all_texts})
