// SPDX-License-Identifier: MIT
/*
 * sonde check - whether a run has kept to its budget.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "format/junit.h"
#include "model/comparison.h"
#include "report/diff.h"
#include "tool/budget.h"
#include "tool/command.h"
#include "tool/subject.h"

enum { OPTION_BUDGET, OPTION_JUNIT, OPTION_UPDATE, OPTION_HEADROOM };
enum { STATUS_BREACHED = 3 };

static const struct command_option options[] = {
	[OPTION_BUDGET] = {"budget", 'b', "FILE", "the limits, a libconfig file"},
	[OPTION_JUNIT] = {"junit", 'j', "FILE", "write each limit as a test there, in JUnit's XML"},
	[OPTION_UPDATE] = {"update", 'u', NULL, "write the budget from the recording instead"},
	[OPTION_HEADROOM] = {"headroom", 0, "PERCENT", "what --update leaves above it (default 10)"},
	{0},
};

struct check {
	const char *budget;
	const char *junit;
	bool is_update;
	double headroom;
	struct budget_file file;
	struct recording recording;
	struct junit_case *cases;
	size_t n_cases;
	size_t n_failed;
	int result; /* -ENOMEM */
};

/* -- Judging --------------------------------------------------------------------------------------- */

/* What a budget is of, for people; to be freed. NULL without memory. */
static char *name_group(const struct budget *budget, const char *test)
{
	char *name = NULL;
	const char *kind = budget->test ? "test " : budget->program ? "program " : "run";
	const char *of = test ? test : budget->test ? budget->test : budget->program ? budget->program : "";

	return asprintf(&name, "%s%s", kind, of) < 0 ? NULL : name;
}

/* Takes group and message over. */
static void add_case(struct check *check, char *group, const char *name, enum outcome outcome, char *message)
{
	struct junit_case *cases = reallocarray(check->cases, check->n_cases + 1, sizeof(*cases));

	if (cases)
		check->cases = cases;
	if (!cases || !group || (outcome != OUTCOME_PASSED && !message)) {
		check->result = -ENOMEM;
		free(group);
		free(message);
		return;
	}
	cases[check->n_cases++] = (struct junit_case){group, name, outcome, message};
	check->n_failed += outcome == OUTCOME_FAILED;
}

static bool is_size(enum measure_figure figure)
{
	return figure == MEASURE_BYTES || figure == MEASURE_PEAK;
}

/* "is 112"; in full, too, where people read it rounded. */
static char *tell(const struct spread *value, enum measure_figure figure)
{
	char text[64];
	char *message;
	int length = is_size(figure) ? asprintf(&message, "is %" PRIu64 " (%s)", value->median,
						diff_value(value, figure, text))
				     : asprintf(&message, "is %s", diff_value(value, figure, text));

	return length < 0 ? NULL : message;
}

/* A limit that does not hold, or of which that is not known. */
static void add_trouble(struct check *check, const struct budget_limit *limit, char *group, const struct spread *value)
{
	enum outcome outcome = value->n_values ? OUTCOME_FAILED : OUTCOME_SKIPPED;
	char *message = value->n_values ? tell(value, limit->rule.metric.figure) : strdup("is not known in this recording");

	if (message && group)
		command_say(&command_check, "%s:%u: %s: %s: %s", check->budget, limit->line, group, limit->rule.text, message);
	add_case(check, group, limit->rule.text, outcome, message);
}

static void judge_limit(struct check *check, const struct budget *budget, const struct budget_limit *limit,
			const char *test)
{
	const struct side side = {&check->recording, 1};
	const struct side none = {0};
	struct change change;
	char *group = name_group(budget, test);

	/* A limit says what must hold, as a rule says what must not. */
	bool holds = rule_is_breached(&limit->rule, test, &none, &side, &change);

	if (holds && change.after.n_values)
		add_case(check, group, limit->rule.text, OUTCOME_PASSED, NULL);
	else
		add_trouble(check, limit, group, &change.after);
}

static void judge_budget(struct check *check, const struct budget *budget, const char *test)
{
	for (size_t i = 0; i < budget->n_limits; i++)
		judge_limit(check, budget, &budget->limits[i], test);
}

/* A budget of what did not run is no breach, but it is said. */
static void skip_budget(struct check *check, const struct budget *budget)
{
	command_say(&command_check, "%s:%u: %s %s: is not in the recording", check->budget, budget->line,
		    budget->test ? "test" : "program", budget->test ? budget->test : budget->program);
	for (size_t i = 0; i < budget->n_limits; i++)
		add_case(check, name_group(budget, NULL), budget->limits[i].rule.text, OUTCOME_SKIPPED,
			 strdup("is not in the recording"));
}

static void judge_tests(struct check *check, const struct budget *budget, const struct test_names *names)
{
	const struct rule scope = {.metric = {.test = budget->test}};
	const struct side side = {&check->recording, 1};
	const struct side none = {0};
	size_t n_judged = 0;

	for (size_t i = 0; i < names->n_names; i++)
		if (rule_is_of_test(&scope, names->names[i], &none, &side)) {
			judge_budget(check, budget, names->names[i]);
			n_judged++;
		}
	if (n_judged == 0)
		skip_budget(check, budget);
}

static bool is_of_missing_program(const struct check *check, const struct budget *budget)
{
	return budget->program && !recording_has_program(&check->recording, budget->program);
}

static void judge(struct check *check)
{
	const struct side side = {&check->recording, 1};
	const struct side none = {0};
	struct test_names names;

	check->result = test_names_init(&names, &side, &none);
	for (size_t i = 0; i < check->file.n_budgets && check->result == 0; i++)
		if (check->file.budgets[i].test)
			judge_tests(check, &check->file.budgets[i], &names);
		else if (is_of_missing_program(check, &check->file.budgets[i]))
			skip_budget(check, &check->file.budgets[i]);
		else
			judge_budget(check, &check->file.budgets[i], NULL);
	test_names_deinit(&names);
}

/* -- Writing --------------------------------------------------------------------------------------- */

/* 0, or a status after saying why. */
static int write_junit(const struct check *check)
{
	FILE *stream = fopen(check->junit, "we");
	int result = stream ? junit_write("sonde check", check->cases, check->n_cases, stream) : -errno;

	if (stream && fclose(stream) != 0 && result == 0)
		result = -errno;
	if (result < 0)
		command_say(&command_check, "cannot write %s: %s", check->junit, strerror(-result));
	return result < 0 ? STATUS_FAILED : STATUS_OK;
}

static int check_limits(struct check *check)
{
	judge(check);
	if (check->result < 0) {
		command_say(&command_check, "%s", strerror(-check->result));
		return STATUS_FAILED;
	}
	int status = check->junit ? write_junit(check) : STATUS_OK;

	printf("%zu limits, %zu broken\n", check->n_cases, check->n_failed);
	if (fflush(stdout) != 0) {
		command_say(&command_check, "cannot write: %s", strerror(errno));
		return STATUS_FAILED;
	}
	return status ? status : check->n_failed ? STATUS_BREACHED : STATUS_OK;
}

static int write_draft(const struct check *check, const char *draft)
{
	FILE *stream = fopen(draft, "wxe");
	int result = stream ? budget_write(&check->file, &check->recording, check->headroom, stream) : -errno;

	if (stream && fclose(stream) != 0 && result == 0)
		result = -errno;
	return result;
}

/* Beside the file, and then in its place: a budget is whole, or as it was. */
static int update(const struct check *check)
{
	char *draft;

	if (asprintf(&draft, "%s.%d.tmp", check->budget, (int)getpid()) < 0)
		return STATUS_FAILED;
	int result = write_draft(check, draft);

	if (result == 0 && rename(draft, check->budget) < 0)
		result = -errno;
	if (result < 0) {
		if (result != -EEXIST)
			unlink(draft);
		command_say(&command_check, "cannot write %s: %s", check->budget, strerror(-result));
	}
	free(draft);
	return result < 0 ? STATUS_FAILED : STATUS_OK;
}

/* -- The command ----------------------------------------------------------------------------------- */

static int take_headroom(struct check *check, const char *text)
{
	char *end;

	check->headroom = strtod(text, &end);
	if (end != text && !*end && isfinite(check->headroom) && check->headroom >= 0 && check->headroom <= 10000)
		return STATUS_OK;
	return command_refuse(&command_check, "--headroom: '%s' is not a number of percent from 0 to 10000", text);
}

static int take_option(struct check *check, int option, const char *value)
{
	switch (option) {
	case OPTION_BUDGET:
		check->budget = value;
		return STATUS_OK;
	case OPTION_JUNIT:
		check->junit = value;
		return STATUS_OK;
	case OPTION_UPDATE:
		check->is_update = true;
		return STATUS_OK;
	default:
		return take_headroom(check, value);
	}
}

static int take_arguments(struct check *check, int argc, char **argv)
{
	const char *value;
	int option;

	while ((option = command_next_option(&command_check, argc, argv, &value)) >= 0) {
		int status = take_option(check, option, value);

		if (status)
			return status;
	}
	if (option != OPTIONS_END)
		return option;
	if (!check->budget)
		return command_refuse(&command_check, "which budget? --budget=FILE");
	if (argc - optind > 1)
		return command_refuse(&command_check, "one recording at a time");
	return STATUS_OK;
}

/* Reads budget and recording, and compares or updates. */
static int act(struct check *check, const char *subject)
{
	struct message message = {.text = "out of memory"};
	uint32_t n_folded;
	int result = budget_file_read(&check->file, check->budget, &message);

	if (result < 0 && !(result == -ENOENT && check->is_update)) {
		command_say(&command_check, "%s", message.text);
		return result == -EINVAL ? STATUS_USAGE : STATUS_FAILED;
	}
	if (subject_load(subject, environ, &check->recording, &n_folded, &message) < 0) {
		command_say(&command_check, "%s", message.text);
		return STATUS_FAILED;
	}
	int status = check->is_update ? update(check) : check_limits(check);

	recording_deinit(&check->recording);
	return status;
}

static void check_deinit(struct check *check)
{
	for (size_t i = 0; i < check->n_cases; i++) {
		free((char *)check->cases[i].group);
		free((char *)check->cases[i].message);
	}
	free(check->cases);
	budget_file_deinit(&check->file);
}

static int run(int argc, char **argv)
{
	struct check check = {.headroom = 10};
	int status = take_arguments(&check, argc, argv);

	if (status < 0)
		return command_option_status(&command_check, status);
	if (status)
		return status;
	status = act(&check, argv[optind]);
	check_deinit(&check);
	return status;
}

const struct command command_check = {
	.name = "check",
	.usage = "--budget=FILE [RECORDING | SESSION]",
	.summary = "whether a run has kept to its budget of calls, errors and bytes",
	.details = "FILE has limits of the run, of tests and of programs: docs/test-runs.md. Without a recording,\n"
		   "the latest is checked.\n"
		   "Exits with 3 when a limit is broken, 1 when something cannot be read or written, 2 when used\n"
		   "wrongly or when the budget is wrong.\n",
	.options = options,
	.usage_status = STATUS_USAGE,
	.run = run,
};
