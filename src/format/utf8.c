// SPDX-License-Identifier: MIT
#include "config.h"

#include "format/utf8.h"

/* A row of RFC 3629's grammar: which first bytes, which second ones, and how many bytes in all. */
static const struct shape {
	unsigned char first, last;
	unsigned char second_least, second_most;
	unsigned char length;
} shapes[] = {
	{0x01, 0x7f, 0, 0, 1},
	{0xc2, 0xdf, 0x80, 0xbf, 2},
	{0xe0, 0xe0, 0xa0, 0xbf, 3}, /* shorter ones would do */
	{0xe1, 0xec, 0x80, 0xbf, 3},
	{0xed, 0xed, 0x80, 0x9f, 3}, /* no surrogates */
	{0xee, 0xef, 0x80, 0xbf, 3},
	{0xf0, 0xf0, 0x90, 0xbf, 4},
	{0xf1, 0xf3, 0x80, 0xbf, 4},
	{0xf4, 0xf4, 0x80, 0x8f, 4}, /* up to U+10FFFF */
};

static size_t length_as(const struct shape *shape, const unsigned char *text)
{
	if (shape->length == 1)
		return 1;
	if (text[1] < shape->second_least || text[1] > shape->second_most)
		return 0;
	for (size_t i = 2; i < shape->length; i++)
		if (text[i] < 0x80 || text[i] > 0xbf)
			return 0;
	return shape->length;
}

size_t utf8_length(const char *text)
{
	const unsigned char *bytes = (const unsigned char *)text;

	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		if (bytes[0] >= shapes[i].first && bytes[0] <= shapes[i].last)
			return length_as(&shapes[i], bytes);
	return 0;
}
