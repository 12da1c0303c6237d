// SPDX-License-Identifier: MIT
/*
 * sonde diff - what a program does otherwise than before, and whether that is too much.
 */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "format/comparison-json.h"
#include "model/comparison.h"
#include "report/diff.h"
#include "tool/command.h"
#include "tool/recording-file.h"
#include "tool/recording-store.h"
#include "tool/report.h"
#include "tool/rule.h"

enum { OPTION_FAIL_ON, OPTION_FORMAT, OPTION_BEFORE, OPTION_AFTER, OPTION_LINES };
enum { STATUS_BREACHED = 3, RECORDINGS_MOST = 64, RULES_MOST = 64, ROWS_SHOWN = 40 };

static const struct command_option options[] = {
	[OPTION_FAIL_ON] = {"fail-on", 'x', "RULE", "exit with 3 when it is so, as in 'memory.calls > +5%'"},
	[OPTION_FORMAT] = {"format", 'f', "FORMAT", "text (default), markdown or json"},
	[OPTION_BEFORE] = {"before", 'b', "RECORDING", "one more of before the change"},
	[OPTION_AFTER] = {"after", 'a', "RECORDING", "one more of after it"},
	[OPTION_LINES] = {"lines", 'n', "N", "at most so many changes; 0 for all (default 40)"},
	{0},
};

/* Recordings of one side, loaded. */
struct loaded {
	struct recording recordings[RECORDINGS_MOST];
	const char *names[RECORDINGS_MOST]; /* as they were given */
	size_t n_recordings;
};

struct diff {
	struct loaded before;
	struct loaded after;
	struct rule rules[RULES_MOST];
	size_t n_rules;
	struct breach *breaches;
	size_t n_breaches;
	const char *format;
	unsigned long n_lines;
};

/* 0, or a status after saying what is wrong. */
static int load(struct loaded *loaded, const char *path)
{
	struct message message = {0};

	if (loaded->n_recordings == RECORDINGS_MOST)
		return command_refuse(&command_diff, "more than %d recordings of one side", RECORDINGS_MOST);
	char *found = recording_store_find(environ, path, &message);
	int result = found ? recording_file_read(found, &loaded->recordings[loaded->n_recordings], &message)
			   : -ENOENT;

	free(found);
	if (result < 0) {
		command_say(&command_diff, "%s", message.text);
		return STATUS_FAILED;
	}
	loaded->names[loaded->n_recordings++] = path;
	return STATUS_OK;
}

static int take_rule(struct diff *diff, const char *text)
{
	struct message message = {.text = "out of memory"};

	if (diff->n_rules == RULES_MOST)
		return command_refuse(&command_diff, "more than %d rules", RULES_MOST);
	if (rule_init(&diff->rules[diff->n_rules++], text, &message) < 0)
		return command_refuse(&command_diff, "%s", message.text);
	return STATUS_OK;
}

static int take_format(struct diff *diff, const char *format)
{
	if (strcmp(format, "text") != 0 && strcmp(format, "markdown") != 0 && strcmp(format, "json") != 0)
		return command_refuse(&command_diff, "unknown format '%s': text, markdown or json", format);
	diff->format = format;
	return STATUS_OK;
}

static int take_lines(struct diff *diff, const char *text)
{
	char *end;

	errno = 0;
	diff->n_lines = strtoul(text, &end, 10);
	if (errno || end == text || *end || *text == '-')
		return command_refuse(&command_diff, "--lines: '%s' is not a number of lines", text);
	return STATUS_OK;
}

static int take_option(struct diff *diff, int option, const char *value)
{
	switch (option) {
	case OPTION_FAIL_ON:
		return take_rule(diff, value);
	case OPTION_FORMAT:
		return take_format(diff, value);
	case OPTION_BEFORE:
		return load(&diff->before, value);
	case OPTION_AFTER:
		return load(&diff->after, value);
	default:
		return take_lines(diff, value);
	}
}

/* The two recordings that are no options' values, if all are not given so; else the last two runs. */
static int take_operands(struct diff *diff, char **operands, int n_operands)
{
	if (n_operands == 0 && diff->before.n_recordings && diff->after.n_recordings)
		return STATUS_OK;
	if (n_operands != 0 && n_operands != 2)
		return command_refuse(&command_diff, "two recordings are compared: BEFORE and AFTER");
	int status = load(&diff->before, n_operands ? operands[0] : "@1");

	return status ? status : load(&diff->after, n_operands ? operands[1] : "@");
}

static struct side side_of(const struct loaded *loaded)
{
	return (struct side){loaded->recordings, loaded->n_recordings};
}

static struct named_side named_side_of(const struct loaded *loaded)
{
	return (struct named_side){side_of(loaded), loaded->names};
}

static void judge_rule(struct diff *diff, const struct rule *rule, const char *test, const struct side *before,
		       const struct side *after)
{
	struct breach *breach = &diff->breaches[diff->n_breaches];

	if (!rule_is_breached(rule, test, before, after, &breach->change))
		return;
	breach->rule = rule->text;
	diff->n_breaches++;
}

static void judge_tests(struct diff *diff, const struct rule *rule, const struct test_names *names,
			const struct side *before, const struct side *after)
{
	size_t n_judged = 0;

	for (size_t i = 0; i < names->n_names; i++) {
		if (!rule_is_of_test(rule, names->names[i], before, after))
			continue;
		judge_rule(diff, rule, names->names[i], before, after);
		n_judged++;
	}
	/* A name that is written wrong would be a rule that always holds. */
	if (n_judged == 0)
		command_say(&command_diff, "%s: there is no such test%s", rule->text,
			    rule->is_change ? " in all recordings" : "");
}

static bool has_program(const struct side *side, const char *pattern)
{
	for (size_t i = 0; i < side->n_recordings; i++)
		if (recording_has_program(&side->recordings[i], pattern))
			return true;
	return false;
}

static void judge_program(struct diff *diff, const struct rule *rule, const struct side *before, const struct side *after)
{
	if (has_program(before, rule->metric.program) || has_program(after, rule->metric.program))
		judge_rule(diff, rule, NULL, before, after);
	else
		command_say(&command_diff, "%s: there is no such program", rule->text);
}

/* What was not counted is no reason to fail, nor to be content. */
static bool is_known(const struct rule *rule, const struct comparison *comparison, const struct side *before,
		     const struct side *after)
{
	const struct measure *metric = &rule->metric;
	const char *why = NULL;

	if (!side_counts(after, metric))
		why = "is not known in the recordings after";
	else if (rule->is_change && !side_counts(before, metric))
		why = "is not known in the recordings before";
	else if (rule->is_change && !comparison_counts_alike(comparison, metric))
		why = "is not known, as not all recordings have counted the same calls";
	if (why)
		command_say(&command_diff, "%s: %s", rule->text, why);
	return !why;
}

/* 0 or -ENOMEM. */
static int judge(struct diff *diff, const struct comparison *comparison, const struct side *before,
		 const struct side *after)
{
	struct test_names names;
	int result = test_names_init(&names, before, after);

	diff->breaches = calloc(RULES_MOST * (names.n_names + 1), sizeof(*diff->breaches));
	if (!diff->breaches)
		result = -ENOMEM;
	for (size_t i = 0; i < diff->n_rules && result == 0; i++) {
		const struct rule *rule = &diff->rules[i];

		if (!is_known(rule, comparison, before, after))
			continue;
		if (rule->metric.test)
			judge_tests(diff, rule, &names, before, after);
		else if (rule->metric.program)
			judge_program(diff, rule, before, after);
		else
			judge_rule(diff, rule, NULL, before, after);
	}
	test_names_deinit(&names);
	return result;
}

static int write_json(const struct diff *diff, const struct comparison *comparison)
{
	const struct comparison_document document = {
		.comparison = comparison,
		.before = named_side_of(&diff->before),
		.after = named_side_of(&diff->after),
		.breaches = diff->breaches,
		.n_breaches = diff->n_breaches,
	};

	return comparison_json_write(&document, stdout);
}

static int write_changes(const struct diff *diff, const struct comparison *comparison, bool has_times)
{
	if (strcmp(diff->format, "json") == 0)
		return write_json(diff, comparison);
	struct text_options terminal = report_text_options(STDOUT_FILENO);
	const struct diff_options text = {
		.width = terminal.width,
		.has_colour = terminal.has_colour,
		.max_rows = diff->n_lines,
		.has_times = has_times,
		.before = named_side_of(&diff->before),
		.after = named_side_of(&diff->after),
	};

	if (strcmp(diff->format, "markdown") == 0)
		return diff_markdown(comparison, &text, stdout);
	return diff_text(comparison, &text, stdout);
}

static void say_breaches(const struct diff *diff)
{
	char before[64];
	char after[64];

	for (size_t i = 0; i < diff->n_breaches; i++) {
		const struct breach *breach = &diff->breaches[i];
		enum measure_figure figure = breach->change.metric.figure;

		const char *test = breach->change.metric.test;

		command_say(&command_diff, "%s: %s%swas %s, is %s", breach->rule, test ? test : "", test ? ": " : "",
			    diff_value(&breach->change.before, figure, before),
			    diff_value(&breach->change.after, figure, after));
	}
}

/* Such a rule is asked for, and so it is judged: nothing else is known of times here. */
static void warn_of_times(const struct diff *diff)
{
	for (size_t i = 0; i < diff->n_rules; i++)
		if (diff->rules[i].is_change && measure_is_time(diff->rules[i].metric.figure))
			command_say(&command_diff, "%s: times may differ by chance: to tell takes %d recordings of each side",
				    diff->rules[i].text, COMPARISON_TIMES_LEAST);
}

static int compare(struct diff *diff)
{
	struct side before = side_of(&diff->before);
	struct side after = side_of(&diff->after);
	bool has_times = comparison_has_times(&before, &after);
	struct comparison comparison;
	int result = comparison_init(&comparison, &before, &after);

	if (result == 0)
		result = judge(diff, &comparison, &before, &after);
	if (result == 0)
		result = write_changes(diff, &comparison, has_times);
	if (result == 0 && fflush(stdout) != 0)
		result = -errno;
	comparison_deinit(&comparison);
	if (result < 0) {
		command_say(&command_diff, "cannot write: %s", strerror(-result));
		return STATUS_FAILED;
	}
	if (!has_times)
		warn_of_times(diff);
	say_breaches(diff);
	return diff->n_breaches ? STATUS_BREACHED : STATUS_OK;
}

static void diff_free(struct diff *diff)
{
	for (size_t i = 0; i < diff->before.n_recordings; i++)
		recording_deinit(&diff->before.recordings[i]);
	for (size_t i = 0; i < diff->after.n_recordings; i++)
		recording_deinit(&diff->after.recordings[i]);
	for (size_t i = 0; i < diff->n_rules; i++)
		rule_deinit(&diff->rules[i]);
	free(diff->breaches);
	free(diff);
}

static int take_arguments(struct diff *diff, int argc, char **argv)
{
	const char *value;
	int option;

	while ((option = command_next_option(&command_diff, argc, argv, &value)) >= 0) {
		int status = take_option(diff, option, value);

		if (status)
			return status;
	}
	if (option != OPTIONS_END)
		return option;
	return take_operands(diff, argv + optind, argc - optind);
}

static int run(int argc, char **argv)
{
	struct diff *diff = calloc(1, sizeof(*diff));

	if (!diff)
		return STATUS_FAILED;
	diff->format = "text";
	diff->n_lines = ROWS_SHOWN;
	int status = take_arguments(diff, argc, argv);

	if (status < 0)
		status = command_option_status(&command_diff, status);
	else if (status == STATUS_OK)
		status = compare(diff);
	diff_free(diff);
	return status;
}

const struct command command_diff = {
	.name = "diff",
	.usage = "[BEFORE AFTER]",
	.summary = "what a program does otherwise than before",
	.details = "BEFORE and AFTER are recordings, '@1' and '@' the last two that are kept. Counts are compared exactly,\n"
		   "times where there are three recordings of each side. A RULE is METRIC > LIMIT, or with >=, < or <=: docs/diff.md.\n"
		   "Exits with 3 when a rule holds, 1 when a recording cannot be read, 2 when used wrongly.\n",
	.options = options,
	.usage_status = STATUS_USAGE,
	.run = run,
};
