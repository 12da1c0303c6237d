// SPDX-License-Identifier: MIT
#include "config.h"

#include "tool/rule.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/quantity.h"
#include "model/pattern.h"

/* ">=" and what follows it. NULL: there is no comparison. */
static const char *parse_comparison(const char *text, struct rule *rule)
{
	const char *sign = strpbrk(text, "<>");

	if (!sign)
		return NULL;
	rule->wants_more = *sign == '>';
	rule->may_equal = sign[1] == '=';
	return sign;
}

static bool parse_plain(const char *text, double *ret_number)
{
	char *end;

	errno = 0;
	*ret_number = strtod(text, &end);
	return end != text && !*end && errno == 0 && isfinite(*ret_number) && *ret_number >= 0;
}

static bool parse_percent(const char *text, double *ret_number)
{
	size_t length = strlen(text);
	char number[32];

	if (length < 2 || length >= sizeof(number) || text[length - 1] != '%')
		return false;
	memcpy(number, text, length - 1);
	number[length - 1] = '\0';
	return parse_plain(number, ret_number);
}

static bool parse_quantity(const char *text, enum measure_figure figure, double *ret_number)
{
	bool is_size = figure == MEASURE_BYTES || figure == MEASURE_PEAK;
	int64_t value;

	if (!is_size && !measure_is_time(figure))
		return false;
	if (quantity_parse(is_size ? QUANTITY_SIZE : QUANTITY_DURATION, text, &value) < 0)
		return false;
	*ret_number = (double)value;
	return true;
}

static int parse_limit(const char *text, struct rule *rule, struct message *message)
{
	bool is_less = *text == '-';

	rule->is_change = *text == '+' || is_less;
	text += rule->is_change;
	rule->is_percent = rule->is_change && parse_percent(text, &rule->limit);
	if (!rule->is_percent && !parse_plain(text, &rule->limit) &&
	    !parse_quantity(text, rule->metric.figure, &rule->limit)) {
		message_set(message, "rule '%s': '%s' is no limit: a number, +N or +N%%%s", rule->text, text,
			    measure_is_time(rule->metric.figure) ? ", or a duration"
			    : rule->metric.figure == MEASURE_BYTES || rule->metric.figure == MEASURE_PEAK
				    ? ", or a size"
				    : "");
		return -EINVAL;
	}
	if (is_less)
		rule->limit = -rule->limit;
	return 0;
}

static size_t length_without_spaces(const char *text, const char *end)
{
	while (end > text && end[-1] == ' ')
		end--;
	return (size_t)(end - text);
}

int rule_init(struct rule *rule, const char *text, struct message *ret_message)
{
	struct message reason = {0};

	*rule = (struct rule){.text = text};
	const char *comparison = parse_comparison(text, rule);

	text += strspn(text, " ");
	if (!comparison) {
		message_set(ret_message, "rule '%s': no comparison: METRIC > LIMIT, or with >=, < or <=", rule->text);
		return -EINVAL;
	}
	int result = measure_parse(text, length_without_spaces(text, comparison), &rule->metric, &rule->copy, &reason);

	if (result == -EINVAL)
		message_set(ret_message, "rule '%s': %s", rule->text, reason.text);
	if (result < 0)
		return result;
	comparison += 1 + rule->may_equal;
	return parse_limit(comparison + strspn(comparison, " "), rule, ret_message);
}

void rule_deinit(struct rule *rule)
{
	free(rule->copy);
	rule->copy = NULL;
}

/* What the limit is of. Anything at all is infinitely more than nothing. */
static double judged_value(const struct rule *rule, double before, double after)
{
	if (!rule->is_change)
		return after;
	if (!rule->is_percent)
		return after - before;
	if (before == 0)
		return after == 0 ? 0 : INFINITY;
	return (after - before) / before * 100;
}

bool rule_is_of_test(const struct rule *rule, const char *test, const struct side *before, const struct side *after)
{
	if (!rule->metric.test || !pattern_has(rule->metric.test, test))
		return false;
	return side_has_test(after, test) && (!rule->is_change || side_has_test(before, test));
}

bool rule_is_breached(const struct rule *rule, const char *test, const struct side *before, const struct side *after,
		      struct change *ret_change)
{
	struct measure metric = rule->metric;

	metric.test = test;
	*ret_change = (struct change){
		.metric = metric,
		.before = side_value(before, &metric),
		.after = side_value(after, &metric),
	};
	double value = judged_value(rule, (double)ret_change->before.median, (double)ret_change->after.median);

	if (value == rule->limit)
		return rule->may_equal;
	return rule->wants_more ? value > rule->limit : value < rule->limit;
}
