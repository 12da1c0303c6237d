// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/value.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "host/nearest.h"
#include "host/quantity.h"

/* What is expected, for errors. */
static const char *expectation(enum value_type type)
{
	switch (type) {
	case VALUE_BOOL:
		return "true or false";
	case VALUE_INTEGER:
		return "an integer";
	case VALUE_DOUBLE:
		return "a number";
	case VALUE_DURATION:
		return quantity_description(QUANTITY_DURATION);
	case VALUE_SIZE:
		return quantity_description(QUANTITY_SIZE);
	default:
		return "a string";
	}
}

static int refuse_type(const struct value_rule *rule, const struct found *found,
		       struct message *ret_message)
{
	bool is_quantity = rule->type == VALUE_DURATION || rule->type == VALUE_SIZE;

	if (found->type == FOUND_TEXT || (found->type == FOUND_STRING && is_quantity))
		message_set(ret_message, "expected %s, found '%s'", expectation(rule->type),
			    found->text);
	else
		message_set(ret_message, "expected %s, found %s", expectation(rule->type),
			    found_type_name(found->type));
	return -EINVAL;
}

static int refuse_range(const struct value_rule *rule, const char *given,
			struct message *ret_message)
{
	char range[128];

	message_set(ret_message, "%s is out of range: %s", given,
		    value_describe_range(rule, range, sizeof(range)));
	return -EINVAL;
}

static int read_bool(const struct value_rule *rule, const struct found *found,
		     struct value *ret_value, struct message *ret_message)
{
	static const char *const words[] = {"false", "true", "off", "on", "no", "yes", "0", "1"};

	if (found->type == FOUND_BOOL) {
		ret_value->boolean = found->boolean;
		return 0;
	}
	for (size_t i = 0; found->type == FOUND_TEXT && i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcasecmp(words[i], found->text) == 0) {
			ret_value->boolean = i % 2;
			return 0;
		}
	}
	return refuse_type(rule, found, ret_message);
}

static int read_integer(const struct value_rule *rule, const struct found *found,
			struct value *ret_value, struct message *ret_message)
{
	int64_t integer = found->integer;
	char text[24];

	if (found->type == FOUND_TEXT) {
		char *end;

		errno = 0;
		integer = strtoll(found->text, &end, 10);
		if (errno == ERANGE)
			return refuse_range(rule, found->text, ret_message);
		if (end == found->text || *end || strspn(found->text, "+-0123456789") == 0)
			return refuse_type(rule, found, ret_message);
	} else if (found->type != FOUND_INTEGER) {
		return refuse_type(rule, found, ret_message);
	}
	snprintf(text, sizeof(text), "%" PRId64, integer);
	if (integer < rule->min || integer > rule->max)
		return refuse_range(rule, text, ret_message);
	ret_value->integer = integer;
	return 0;
}

/* A number without a fraction is one, too. */
static int read_double(const struct value_rule *rule, const struct found *found,
		       struct value *ret_value, struct message *ret_message)
{
	double number = found->type == FOUND_INTEGER ? (double)found->integer : found->number;
	char text[32];

	if (found->type == FOUND_TEXT) {
		char *end;

		number = strtod(found->text, &end);
		if (end == found->text || *end)
			return refuse_type(rule, found, ret_message);
	} else if (found->type != FOUND_DOUBLE && found->type != FOUND_INTEGER) {
		return refuse_type(rule, found, ret_message);
	}
	snprintf(text, sizeof(text), "%g", number);
	if (!isfinite(number) || number < rule->least || number > rule->most)
		return refuse_range(rule, text, ret_message);
	ret_value->number = number;
	return 0;
}

static int read_quantity(const struct value_rule *rule, const struct found *found,
			 struct value *ret_value, struct message *ret_message)
{
	enum quantity quantity = rule->type == VALUE_DURATION ? QUANTITY_DURATION : QUANTITY_SIZE;
	int64_t amount;

	if (found->type != FOUND_STRING && found->type != FOUND_TEXT)
		return refuse_type(rule, found, ret_message);
	int result = quantity_parse(quantity, found->text, &amount);

	if (result == -EINVAL)
		return refuse_type(rule, found, ret_message);
	if (result < 0 || amount < rule->min || amount > rule->max)
		return refuse_range(rule, found->text, ret_message);
	ret_value->integer = amount;
	return 0;
}

/* The words of a rule, those of plugins or ours; NULL after the last one. */
static const char *rule_word(const struct value_rule *rule, size_t index)
{
	return rule->choices ? rule->choices[index] : vocabulary_word(rule->words, index);
}

static int refuse_word(const struct value_rule *rule, const char *given,
		       struct message *ret_message)
{
	const char *noun = rule->choices ? "word" : vocabulary_noun(rule->words);
	struct nearest nearest = {.word = given};
	const char *word;

	for (size_t i = 0; (word = rule_word(rule, i)); i++)
		nearest_offer(&nearest, word);
	const char *meant = nearest_word(&nearest);

	if (meant)
		message_set(ret_message, "unknown %s '%s'; did you mean '%s'?", noun, given, meant);
	else
		message_set(ret_message, "unknown %s '%s'", noun, given);
	return -EINVAL;
}

static int read_string(const struct value_rule *rule, const struct found *found,
		       struct value *ret_value, struct message *ret_message)
{
	const char *word;

	if (found->type != FOUND_STRING && found->type != FOUND_TEXT)
		return refuse_type(rule, found, ret_message);
	if (!rule->choices && rule->words == WORDS_ANY) {
		ret_value->string = found->text;
		return 0;
	}
	for (size_t i = 0; (word = rule_word(rule, i)); i++) {
		if (strcmp(word, found->text) == 0) {
			ret_value->string = word;
			ret_value->integer = (int64_t)i;
			return 0;
		}
	}
	return refuse_word(rule, found->text, ret_message);
}

int value_read(const struct value_rule *rule, const struct found *found, struct value *ret_value,
	       struct message *ret_message)
{
	*ret_value = (struct value){0};
	switch (rule->type) {
	case VALUE_BOOL:
		return read_bool(rule, found, ret_value, ret_message);
	case VALUE_INTEGER:
		return read_integer(rule, found, ret_value, ret_message);
	case VALUE_DOUBLE:
		return read_double(rule, found, ret_value, ret_message);
	case VALUE_DURATION:
	case VALUE_SIZE:
		return read_quantity(rule, found, ret_value, ret_message);
	default:
		return read_string(rule, found, ret_value, ret_message);
	}
}

/* Takes the next element off a list and ends it there, without the blanks around it. */
static char *take_element(char **next)
{
	char *element = *next + strspn(*next, " \t");
	char *end = element + strcspn(element, ",");

	*next = *end ? end + 1 : NULL;
	while (end > element && strchr(" \t", end[-1]))
		end--;
	*end = '\0';
	return element;
}

static int read_list(const struct value_rule *rule, char *text, struct value *value,
		     struct message *ret_message)
{
	char *next = text[strspn(text, " \t")] ? text : NULL;

	value->strings = calloc(strlen(text) / 2 + 2, sizeof(*value->strings));
	if (!value->strings)
		return -ENOMEM;
	while (next) {
		struct found found = {.type = FOUND_TEXT, .text = take_element(&next)};
		struct value element;
		int result = value_read(rule, &found, &element, ret_message);

		if (result < 0)
			return result;
		value->strings[value->n_strings++] = element.string;
	}
	return 0;
}

int value_text_read(const struct value_rule *rule, const char *text, struct value_text *ret_value,
		    struct message *ret_message)
{
	struct found found = {.type = FOUND_TEXT, .text = text};
	int result;

	*ret_value = (struct value_text){0};
	if (rule->type != VALUE_LIST)
		return value_read(rule, &found, &ret_value->value, ret_message);
	ret_value->copy = strdup(text);
	result = ret_value->copy ? read_list(rule, ret_value->copy, &ret_value->value, ret_message)
				 : -ENOMEM;
	if (result < 0)
		value_text_release(ret_value);
	return result;
}

void value_text_release(struct value_text *value)
{
	free(value->value.strings);
	free(value->copy);
	*value = (struct value_text){0};
}

void value_write_string(const char *string, FILE *stream)
{
	fputc('"', stream);
	for (; *string; string++) {
		unsigned char c = (unsigned char)*string;

		if (c == '"' || c == '\\')
			fprintf(stream, "\\%c", c);
		else if (c < ' ' || c == 0x7f)
			fprintf(stream, "\\x%02x", c);
		else
			fputc(c, stream);
	}
	fputc('"', stream);
}

/* The shortest form that reads back as the same; libconfig wants a point in it. */
static void write_double(double number, FILE *stream)
{
	char text[40];

	for (int digits = 1; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, number);
		/* 60, not 6e+01. */
		if (strtod(text, NULL) == number && !strchr(text, 'e'))
			break;
	}
	fprintf(stream, "%s%s", text, strpbrk(text, ".e") ? "" : ".0");
}

static void write_list(const struct value *value, FILE *stream)
{
	fputc('[', stream);
	for (size_t i = 0; i < value->n_strings; i++) {
		fputs(i ? ", " : "", stream);
		value_write_string(value->strings[i], stream);
	}
	fputc(']', stream);
}

void value_write(const struct value_rule *rule, const struct value *value, FILE *stream)
{
	char text[QUANTITY_TEXT_SIZE];

	switch (rule->type) {
	case VALUE_BOOL:
		fputs(value->boolean ? "true" : "false", stream);
		break;
	case VALUE_INTEGER:
		/* libconfig takes a large one for another if it does not say that it is. */
		fprintf(stream, "%" PRId64 "%s", value->integer,
			value->integer == (int32_t)value->integer ? "" : "L");
		break;
	case VALUE_DOUBLE:
		write_double(value->number, stream);
		break;
	case VALUE_DURATION:
		fprintf(stream, "\"%s\"", quantity_format(QUANTITY_DURATION, value->integer, text));
		break;
	case VALUE_SIZE:
		fprintf(stream, "\"%s\"", quantity_format(QUANTITY_SIZE, value->integer, text));
		break;
	case VALUE_LIST:
		write_list(value, stream);
		break;
	default:
		value_write_string(value->string, stream);
	}
}

char *value_to_text(const struct value_rule *rule, const struct value *value)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		return NULL;
	value_write(rule, value, stream);
	if (fclose(stream) == 0)
		return text;
	free(text);
	return NULL;
}

char *value_text_canonical(const struct value_rule *rule, const char *text)
{
	struct value_text value;

	if (value_text_read(rule, text, &value, NULL) < 0)
		return NULL;
	char *canonical = value_to_text(rule, &value.value);

	value_text_release(&value);
	return canonical;
}

static const char *bound(enum value_type type, int64_t value, char ret_text[QUANTITY_TEXT_SIZE])
{
	if (type == VALUE_DURATION)
		return quantity_format(QUANTITY_DURATION, value, ret_text);
	if (type == VALUE_SIZE)
		return quantity_format(QUANTITY_SIZE, value, ret_text);
	snprintf(ret_text, QUANTITY_TEXT_SIZE, "%" PRId64, value);
	return ret_text;
}

/* Durations and sizes are never less than nothing, which goes without saying. */
static void describe_integers(const struct value_rule *rule, char *ret_text, size_t size)
{
	bool has_min = rule->min > (rule->type == VALUE_INTEGER ? INT64_MIN : 0);
	bool has_max = rule->max < INT64_MAX;
	char min[QUANTITY_TEXT_SIZE];
	char max[QUANTITY_TEXT_SIZE];

	bound(rule->type, rule->min, min);
	bound(rule->type, rule->max, max);
	if (has_max && (has_min || rule->type != VALUE_INTEGER))
		snprintf(ret_text, size, "%s to %s", min, max);
	else if (has_max)
		snprintf(ret_text, size, "at most %s", max);
	else if (has_min)
		snprintf(ret_text, size, "at least %s", min);
	else
		snprintf(ret_text, size, "any %s", value_type_name(rule->type));
}

static void describe_doubles(const struct value_rule *rule, char *ret_text, size_t size)
{
	bool has_least = isfinite(rule->least);
	bool has_most = isfinite(rule->most);

	if (has_least && has_most)
		snprintf(ret_text, size, "%g to %g", rule->least, rule->most);
	else if (has_most)
		snprintf(ret_text, size, "at most %g", rule->most);
	else if (has_least)
		snprintf(ret_text, size, "at least %g", rule->least);
	else
		snprintf(ret_text, size, "any number");
}

static void describe_words(const struct value_rule *rule, char *ret_text, size_t size)
{
	size_t len = 0;
	const char *word;

	ret_text[0] = '\0';
	for (size_t i = 0; (word = rule_word(rule, i)) && len < size; i++)
		len += (size_t)snprintf(ret_text + len, size - len, "%s%s", i ? ", " : "", word);
}

const char *value_describe_range(const struct value_rule *rule, char *ret_text, size_t size)
{
	switch (rule->type) {
	case VALUE_BOOL:
		snprintf(ret_text, size, "true, false");
		break;
	case VALUE_INTEGER:
	case VALUE_DURATION:
	case VALUE_SIZE:
		describe_integers(rule, ret_text, size);
		break;
	case VALUE_DOUBLE:
		describe_doubles(rule, ret_text, size);
		break;
	case VALUE_ENUM:
		describe_words(rule, ret_text, size);
		break;
	default:
		snprintf(ret_text, size, "any %s", vocabulary_noun(rule->words));
	}
	return ret_text;
}

const char *value_type_name(enum value_type type)
{
	static const char *const names[] = {
		[VALUE_BOOL] = "boolean",      [VALUE_INTEGER] = "integer",
		[VALUE_DOUBLE] = "number",     [VALUE_STRING] = "string",
		[VALUE_DURATION] = "duration", [VALUE_SIZE] = "size",
		[VALUE_ENUM] = "word",	       [VALUE_LIST] = "list of strings",
	};

	return names[type];
}

const char *found_type_name(enum found_type type)
{
	static const char *const names[] = {
		[FOUND_BOOL] = "a boolean",
		[FOUND_INTEGER] = "an integer",
		[FOUND_DOUBLE] = "a number with a fraction",
		[FOUND_STRING] = "a string",
		[FOUND_LIST] = "a list",
		[FOUND_GROUP] = "a group",
		[FOUND_TEXT] = "text",
	};

	return names[type];
}
