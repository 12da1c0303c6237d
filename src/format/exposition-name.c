// SPDX-License-Identifier: MIT
#include "config.h"

#include "format/exposition-name.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const struct unit_word {
	const char *unit; /* UCUM */
	const char *word;
} unit_words[] = {
	{"s", "seconds"},      {"ms", "milliseconds"}, {"us", "microseconds"}, {"ns", "nanoseconds"},
	{"min", "minutes"},    {"h", "hours"},	       {"d", "days"},	       {"By", "bytes"},
	{"kBy", "kilobytes"},  {"MBy", "megabytes"},   {"GBy", "gigabytes"},   {"TBy", "terabytes"},
	{"KiBy", "kibibytes"}, {"MiBy", "mebibytes"},  {"GiBy", "gibibytes"},  {"TiBy", "tebibytes"},
	{"bit", "bits"},       {"Hz", "hertz"},	       {"Cel", "celsius"},     {"m", "meters"},
	{"g", "grams"},	       {"J", "joules"},	       {"W", "watts"},	       {"V", "volts"},
	{"A", "amperes"},      {"%", "ratio"},
};

/* Of time, after "per": a single one. */
static const struct unit_word per_words[] = {
	{"s", "second"}, {"m", "minute"}, {"h", "hour"}, {"d", "day"}, {"w", "week"},
};

static const char *find_word(const struct unit_word *words, size_t n_words, const char *unit, size_t length)
{
	for (size_t i = 0; i < n_words; i++)
		if (strlen(words[i].unit) == length && memcmp(words[i].unit, unit, length) == 0)
			return words[i].word;
	return NULL;
}

static bool may_stand_in_name(char c, bool is_first)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       (!is_first && c >= '0' && c <= '9');
}

/* Copies what a name may have; all else, and underscores that follow one, become one underscore. */
static size_t add_name(char *name, size_t length, size_t size, const char *text, size_t n)
{
	for (size_t i = 0; i < n && length + 1 < size; i++) {
		bool is_first = length == 0;
		char c = may_stand_in_name(text[i], false) ? text[i] : '_';

		if (is_first && !may_stand_in_name(c, true) && length + 2 < size)
			name[length++] = '_';
		if (c != '_' || is_first || name[length - 1] != '_')
			name[length++] = c;
	}
	name[length] = '\0';
	return length;
}

static bool is_annotation(const char *unit, size_t length)
{
	return length >= 2 && unit[0] == '{' && unit[length - 1] == '}';
}

static size_t add_unit_part(char *ret_unit, size_t length, const char *part, size_t n, bool is_per)
{
	const char *word = is_per ? find_word(per_words, sizeof(per_words) / sizeof(per_words[0]), part, n)
				  : find_word(unit_words, sizeof(unit_words) / sizeof(unit_words[0]), part, n);

	if (n == 0 || is_annotation(part, n) || (n == 1 && *part == '1'))
		return length;
	if (is_per)
		length = add_name(ret_unit, length, EXPOSITION_UNIT_SIZE, length ? "_per_" : "per_",
				  length ? 5 : 4);
	return add_name(ret_unit, length, EXPOSITION_UNIT_SIZE, word ? word : part, word ? strlen(word) : n);
}

const char *exposition_unit(const struct series *series, char ret_unit[EXPOSITION_UNIT_SIZE])
{
	const char *unit = series->unit ? series->unit : "";
	size_t n = strcspn(unit, "/");

	ret_unit[0] = '\0';
	if (strcmp(unit, "1") == 0 && series->type == SERIES_GAUGE)
		return strcpy(ret_unit, "ratio");
	size_t length = add_unit_part(ret_unit, 0, unit, n, false);

	if (unit[n] == '/')
		add_unit_part(ret_unit, length, unit + n + 1, strlen(unit + n + 1), true);
	return ret_unit;
}

static bool ends_with(const char *name, size_t length, const char *word)
{
	size_t n = strlen(word);

	return length >= n && memcmp(name + length - n, word, n) == 0 &&
	       (length == n || name[length - n - 1] == '_');
}

const char *exposition_family(const struct series *series, char ret_name[EXPOSITION_NAME_SIZE])
{
	char unit[EXPOSITION_UNIT_SIZE];
	size_t length = add_name(ret_name, 0, EXPOSITION_NAME_SIZE, series->name, strlen(series->name));

	if (series->type == SERIES_COUNTER && length > 6 && ends_with(ret_name, length, "total"))
		length -= strlen("_total");
	ret_name[length] = '\0';
	exposition_unit(series, unit);
	if (*unit && !ends_with(ret_name, length, unit)) {
		length = add_name(ret_name, length, EXPOSITION_NAME_SIZE, "_", 1);
		add_name(ret_name, length, EXPOSITION_NAME_SIZE, unit, strlen(unit));
	}
	return ret_name;
}

/* Two underscores at the beginning are Prometheus's own, and go with the others that follow one. */
const char *exposition_label(const char *key, char ret_label[EXPOSITION_NAME_SIZE])
{
	add_name(ret_label, 0, EXPOSITION_NAME_SIZE, key, strlen(key));
	return ret_label;
}

double exposition_factor(const char *unit)
{
	return unit && strcmp(unit, "%") == 0 ? 0.01 : 1;
}
