// SPDX-License-Identifier: MIT
/*
 * Limits are written as whole numbers of calls, bytes or nanoseconds' multiples, so that what is written is what is
 * compared. A limit of 0 stays 0: nothing is no measure of what more may be.
 */
#include "config.h"

#include "tool/budget.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "model/comparison.h"
#include "model/pattern.h"

/* What budgets are of that nobody has written yet: work, failures that should not be, and what searching costs. */
static const char *const usual_metrics[] = {"calls", "errors", "failures", "open.failures", "memory.calls", "bytes"};

struct writing {
	const struct recording *recording;
	double headroom; /* percent */
	FILE *stream;
	bool has_any;
};

static void write_text(FILE *stream, const char *text)
{
	fputc('"', stream);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			fprintf(stream, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			fprintf(stream, "\\x%02x", c);
		else
			fputc(c, stream);
	}
	fputc('"', stream);
}

/* The limit that leaves room above a value, or below it. */
static uint64_t limit_for(const struct writing *writing, uint64_t value, bool wants_more)
{
	double limit = (double)value * (1 + (wants_more ? -1 : 1) * writing->headroom / 100);

	limit = wants_more ? floor(limit) : ceil(limit);
	return limit < 0 ? 0 : limit < 0x1p63 ? (uint64_t)limit : INT64_MAX;
}

static void write_limit(const struct writing *writing, const char *metric, size_t length, const char *comparison,
			enum measure_figure figure, uint64_t value)
{
	uint64_t limit = limit_for(writing, value, *comparison == '>');

	fprintf(writing->stream, "\n      \"%.*s %s %" PRIu64 "%s\"", (int)length, metric, comparison, limit,
		measure_is_time(figure) ? "ns" : "");
}

static void begin_budget(struct writing *writing, const char *key, const char *name)
{
	fputs(writing->has_any ? ",\n  {" : "\n  {", writing->stream);
	writing->has_any = true;
	if (key) {
		fprintf(writing->stream, " %s = ", key);
		write_text(writing->stream, name);
		fputc(';', writing->stream);
	}
	fputs(" limits = [", writing->stream);
}

static void end_budget(struct writing *writing)
{
	fputs("\n    ]; }", writing->stream);
}

/* -- Budgets that there are ------------------------------------------------------------------------ */

/* The highest, or where a least is asked for the lowest, of all tests that it is of. False: there is none. */
static bool value_of(const struct writing *writing, const struct rule *rule, uint64_t *ret_value)
{
	const struct side side = {writing->recording, 1};
	const struct side none = {0};
	struct measure metric = rule->metric;
	struct test_names names;
	bool is_known = false;
	uint64_t value;

	if (metric.program && !recording_has_program(writing->recording, metric.program))
		return false;
	if (!metric.test)
		return measure_value(writing->recording, &metric, ret_value);
	if (test_names_init(&names, &side, &none) < 0)
		return false;
	for (size_t i = 0; i < names.n_names; i++) {
		metric.test = names.names[i];
		if (!pattern_has(rule->metric.test, names.names[i]) ||
		    !measure_value(writing->recording, &metric, &value))
			continue;
		if (!is_known || (rule->wants_more ? value < *ret_value : value > *ret_value))
			*ret_value = value;
		is_known = true;
	}
	test_names_deinit(&names);
	return is_known;
}

/* As it is where the recording has nothing of it. */
static void write_rule(const struct writing *writing, const struct rule *rule)
{
	const char *text = rule->text + strspn(rule->text, " ");
	size_t length = strcspn(text, " <>=");
	uint64_t value;

	if (value_of(writing, rule, &value)) {
		write_limit(writing, text, length, rule->wants_more ? ">=" : "<=", rule->metric.figure, value);
	} else {
		fputs("\n      ", writing->stream);
		write_text(writing->stream, rule->text);
	}
}

static void write_budget(struct writing *writing, const struct budget *budget)
{
	begin_budget(writing, budget->test ? "test" : budget->program ? "program" : NULL,
		     budget->test ? budget->test : budget->program);
	for (size_t i = 0; i < budget->n_limits; i++) {
		if (i)
			fputc(',', writing->stream);
		write_rule(writing, &budget->limits[i].rule);
	}
	end_budget(writing);
}

/* -- New ones -------------------------------------------------------------------------------------- */

/* A name is no pattern: "io[1]" would be a budget of "io1". */
static int begin_usual(struct writing *writing, const char *test)
{
	char *pattern = test ? pattern_of_name(test) : NULL;

	if (test && !pattern)
		return -ENOMEM;
	begin_budget(writing, test ? "test" : NULL, pattern);
	free(pattern);
	return 0;
}

static int write_usual(struct writing *writing, const char *test)
{
	int result = begin_usual(writing, test);
	size_t n_written = 0;

	if (result < 0)
		return result;
	for (size_t i = 0; i < sizeof(usual_metrics) / sizeof(usual_metrics[0]); i++) {
		struct measure metric;
		uint64_t value;
		char *copy;

		if (measure_parse(usual_metrics[i], strlen(usual_metrics[i]), &metric, &copy, NULL) < 0)
			continue;
		metric.test = test;
		if (measure_value(writing->recording, &metric, &value)) {
			fputs(n_written++ ? "," : "", writing->stream);
			write_limit(writing, usual_metrics[i], strlen(usual_metrics[i]), "<=", metric.figure, value);
		}
		free(copy);
	}
	end_budget(writing);
	return 0;
}

static bool has_budget(const struct budget_file *file, const char *test)
{
	for (size_t i = 0; i < file->n_budgets; i++)
		if (file->budgets[i].test && pattern_has(file->budgets[i].test, test))
			return true;
	return false;
}

static int write_new_tests(struct writing *writing, const struct budget_file *file)
{
	const struct side side = {writing->recording, 1};
	const struct side none = {0};
	struct test_names names;
	int result = test_names_init(&names, &side, &none);

	for (size_t i = 0; i < names.n_names && result == 0; i++)
		if (!has_budget(file, names.names[i]))
			result = write_usual(writing, names.names[i]);
	test_names_deinit(&names);
	return result;
}

int budget_write(const struct budget_file *file, const struct recording *recording, double headroom, FILE *stream)
{
	struct writing writing = {.recording = recording, .headroom = headroom, .stream = stream};
	int result = 0;

	fputs("budgets = (", stream);
	for (size_t i = 0; i < file->n_budgets; i++)
		write_budget(&writing, &file->budgets[i]);
	if (file->n_budgets == 0)
		result = write_usual(&writing, NULL);
	if (result == 0)
		result = write_new_tests(&writing, file);
	fputs("\n);\n", stream);
	return result < 0 ? result : ferror(stream) ? -EIO : 0;
}
