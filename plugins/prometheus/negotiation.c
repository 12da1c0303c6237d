// SPDX-License-Identifier: MIT
#include "prometheus/negotiation.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

/* A piece of a header. */
struct span {
	const char *start;
	size_t length;
};

/* What a range may ask of a form, beside its type; one that the form lacks is not covered. */
struct parameter {
	const char *name;
	const char *value;
};

enum { PARAMETERS_MOST = 2, WHOLE_QUALITY = 1000 };

static const struct form_row {
	const char *type;
	const char *content_type;
	struct parameter parameters[PARAMETERS_MOST];
} rows[FORMS] = {
	[FORM_TEXT] = {"text/plain",
		       "text/plain; version=0.0.4; charset=utf-8",
		       {{"version", "0.0.4"}}},
	[FORM_OPENMETRICS] = {"application/openmetrics-text",
			      "application/openmetrics-text; version=1.0.0; charset=utf-8",
			      {{"version", "1.0.0"}}},
	[FORM_PROTOBUF] = {"application/vnd.google.protobuf",
			   "application/vnd.google.protobuf; "
			   "proto=io.prometheus.client.MetricFamily; encoding=delimited",
			   {{"proto", "io.prometheus.client.MetricFamily"},
			    {"encoding", "delimited"}}},
};

/* -- Pieces of headers ------------------------------------------------------------------------ */

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

static struct span trimmed(struct span span)
{
	while (span.length && is_space(span.start[0])) {
		span.start++;
		span.length--;
	}
	while (span.length && is_space(span.start[span.length - 1]))
		span.length--;
	return span;
}

/* Takes what stands before the next separator that is not quoted off the rest; false at the end. */
static bool next_part(struct span *rest, char separator, struct span *ret_part)
{
	bool is_quoted = false;
	size_t n = 0;

	if (!rest->start)
		return false;
	for (; n < rest->length && (is_quoted || rest->start[n] != separator); n++)
		if (rest->start[n] == '"')
			is_quoted = !is_quoted;
	*ret_part = trimmed((struct span){rest->start, n});
	if (n < rest->length)
		*rest = (struct span){rest->start + n + 1, rest->length - n - 1};
	else
		*rest = (struct span){NULL, 0};
	return true;
}

static bool is_word(struct span span, const char *word)
{
	return span.length == strlen(word) && strncasecmp(span.start, word, span.length) == 0;
}

/* "name=value", "name = "value"". */
static void split_parameter(struct span part, struct span *ret_name, struct span *ret_value)
{
	struct span rest = part;

	next_part(&rest, '=', ret_name);
	*ret_value = trimmed(rest);
	if (ret_value->length >= 2 && ret_value->start[0] == '"' &&
	    ret_value->start[ret_value->length - 1] == '"')
		*ret_value = (struct span){ret_value->start + 1, ret_value->length - 2};
}

/* "0.75" -> 750; what is no quality is 0, so that nobody gets what he perhaps refused. */
static int thousandths(struct span text)
{
	int quality = 0;
	int unit = WHOLE_QUALITY;

	if (!text.length || (text.length > 1 && text.start[1] != '.'))
		return 0;
	for (size_t i = 0; i < text.length && unit; i++) {
		if (i == 1)
			continue;
		if (text.start[i] < '0' || text.start[i] > '9')
			return 0;
		quality += (text.start[i] - '0') * unit;
		unit /= 10;
	}
	return quality < WHOLE_QUALITY ? quality : WHOLE_QUALITY;
}

static int quality_of(struct span parameters)
{
	struct span part;
	struct span name;
	struct span value;

	while (next_part(&parameters, ';', &part)) {
		split_parameter(part, &name, &value);
		if (is_word(name, "q"))
			return thousandths(value);
	}
	return WHOLE_QUALITY;
}

/* -- Forms ------------------------------------------------------------------------------------ */

static bool has_parameters(const struct form_row *row, struct span parameters)
{
	struct span part;
	struct span name;
	struct span value;

	while (next_part(&parameters, ';', &part)) {
		split_parameter(part, &name, &value);
		for (int i = 0; i < PARAMETERS_MOST && row->parameters[i].name; i++)
			if (is_word(name, row->parameters[i].name) &&
			    !is_word(value, row->parameters[i].value))
				return false;
	}
	return true;
}

/* How precisely a range covers a form; 0: not at all. */
static int precision(const struct form_row *row, struct span type, struct span parameters)
{
	size_t n_prefix = (size_t)(strchr(row->type, '/') - row->type) + 1;

	if (is_word(type, row->type))
		return has_parameters(row, parameters) ? 3 : 0;
	if (type.length == n_prefix + 1 && type.start[n_prefix] == '*' &&
	    strncasecmp(type.start, row->type, n_prefix) == 0)
		return 2;
	return is_word(type, "*/*") ? 1 : 0;
}

struct wish {
	int precision;
	int quality;
	int position; /* of the range in the header */
};

static bool is_better(const struct wish *wish, const struct wish *other)
{
	if (wish->quality != other->quality)
		return wish->quality > other->quality;
	return wish->quality > 0 && wish->position < other->position;
}

static void take_range(struct wish wishes[FORMS], struct span range, int position)
{
	struct span type;

	next_part(&range, ';', &type);
	for (int form = 0; form < FORMS; form++) {
		struct wish wish = {precision(&rows[form], type, range), quality_of(range),
				    position};

		if (wish.precision > wishes[form].precision)
			wishes[form] = wish;
	}
}

enum form form_accepted(const char *accept)
{
	struct span rest = {accept, accept ? strlen(accept) : 0};
	struct wish wishes[FORMS] = {0};
	enum form best = FORM_TEXT;
	struct span range;

	for (int position = 0; next_part(&rest, ',', &range); position++)
		take_range(wishes, range, position);
	for (int form = 1; form < FORMS; form++)
		if (is_better(&wishes[form], &wishes[best]))
			best = form;
	return best;
}

const char *form_content_type(enum form form)
{
	return rows[form].content_type;
}

bool is_gzip_accepted(const char *accept_encoding)
{
	struct span rest = {accept_encoding, accept_encoding ? strlen(accept_encoding) : 0};
	bool is_any_accepted = false;
	struct span range;
	struct span coding;

	while (next_part(&rest, ',', &range)) {
		next_part(&range, ';', &coding);
		if (is_word(coding, "gzip") || is_word(coding, "x-gzip"))
			return quality_of(range) > 0;
		if (is_word(coding, "*"))
			is_any_accepted = quality_of(range) > 0;
	}
	return is_any_accepted;
}
