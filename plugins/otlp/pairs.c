// SPDX-License-Identifier: MIT
#include "otlp/pairs.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

static char *trim(char *text)
{
	size_t length = strlen(text);

	while (length && is_space(text[length - 1]))
		text[--length] = '\0';
	while (is_space(*text))
		text++;
	return text;
}

/* The value of a hexadecimal digit, or -1. */
static int digit_value(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *found = c ? strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c) : NULL;

	return found ? (int)(found - digits) : -1;
}

/* "a%2Cb" -> "a,b", in place. False: it is none, or has something in it that no header may have. */
static bool decode(char *text)
{
	char *to = text;

	for (; *text; text++) {
		int c = (unsigned char)*text;

		if (c == '%') {
			int high = digit_value(text[1]);
			int low = high < 0 ? -1 : digit_value(text[2]);

			if (low < 0)
				return false;
			c = high * 16 + low;
			text += 2;
		}
		if (c < ' ' || c == 0x7f)
			return false;
		*to++ = (char)c;
	}
	*to = '\0';
	return true;
}

static bool add(struct pairs *pairs, char *item)
{
	char *equals = strchr(item, '=');

	if (!equals)
		return false;
	*equals = '\0';
	char *key = trim(item);
	char *value = trim(equals + 1);

	if (!*key || !decode(key) || !decode(value))
		return false;
	pairs->pairs[pairs->n_pairs++] = (struct sonde_tag){key, value};
	return true;
}

static size_t count_items(const char *text)
{
	size_t n_items = 1;

	for (; *text; text++)
		n_items += *text == ',';
	return n_items;
}

static int parse(struct pairs *pairs)
{
	char *rest = pairs->text;
	char *item;

	while ((item = strsep(&rest, ",")) != NULL)
		if (*trim(item) && !add(pairs, item))
			return -EINVAL;
	return 0;
}

int pairs_init(struct pairs *pairs, const struct sonde_host *host, const char *text)
{
	*pairs = (struct pairs){.host = host};
	if (!text)
		return 0;
	size_t size = strlen(text) + 1;

	pairs->text = host->alloc(host, size);
	pairs->pairs = host->alloc(host, count_items(text) * sizeof(*pairs->pairs));
	int result = pairs->text && pairs->pairs ? 0 : -ENOMEM;

	if (result == 0) {
		memcpy(pairs->text, text, size);
		result = parse(pairs);
	}
	if (result < 0)
		pairs_deinit(pairs);
	return result;
}

void pairs_deinit(struct pairs *pairs)
{
	pairs->host->free(pairs->host, pairs->text);
	pairs->host->free(pairs->host, pairs->pairs);
	*pairs = (struct pairs){.host = pairs->host};
}
