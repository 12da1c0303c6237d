// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/region-marks.h"

#include <string.h>

/* Where in the region the record would be, or 0 when there is no room for one. */
static size_t place_of(const struct region_header *header, size_t size)
{
	int64_t place = (int64_t)offsetof(struct region_header, marks) + header->marks;

	if (place < (int64_t)sizeof(*header) || place % (int64_t)_Alignof(struct region_marks) ||
	    place > (int64_t)size - (int64_t)sizeof(struct region_marks))
		return 0;
	return (size_t)place;
}

/* What follows a string, if it ends before `end`. */
static const char *next_string(const char *string, const char *end)
{
	const char *nul = string < end ? memchr(string, '\0', (size_t)(end - string)) : NULL;

	return nul ? nul + 1 : NULL;
}

bool region_marks_find(const struct region_header *header, size_t size, struct marks *ret_marks)
{
	*ret_marks = (struct marks){"", ""};
	if (!header->marks)
		return true;
	size_t place = place_of(header, size);

	if (!place)
		return false;
	const struct region_marks *record = (const void *)((const char *)header + place);

	if (record->size > size - place)
		return false;
	const char *end = (const char *)record + record->size;
	const char *test = next_string(record->strings, end);

	if (!test || next_string(test, end) != end)
		return false;
	*ret_marks = (struct marks){record->strings, test};
	return true;
}
