// SPDX-License-Identifier: MIT
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "format/breakdown-table.h"
#include "format/recording-json.h"
#include "host/configuration.h"
#include "model/breakdown.h"
#include "report/breakdown.h"
#include "report/text.h"
#include "tool/command.h"
#include "tool/object-report.h"
#include "tool/profile.h"
#include "tool/report.h"
#include "tool/subject.h"
#include "tool/symbols.h"

enum { OPTION_FORMAT, OPTION_BY, OPTION_ONLY, OPTION_SORT, OPTION_LINES, OPTION_WIDTH, OPTION_SAMPLE };

static const struct command_option options[] = {
	[OPTION_FORMAT] = {"format", 'f', "FORMAT", "text (default), json, csv, prometheus, ...: see the manual"},
	[OPTION_BY] = {"by", 'b', "KEY", "a row for each test, program, process, label:KEY, call, errno, file, peer or site"},
	[OPTION_ONLY] = {"only", 'o', "KEY:GLOB", "of that only: test, program, label:KEY=GLOB, call, group, errno"},
	[OPTION_SORT] = {"sort", 's', "KEY",
			 "order: time (default), count, errors, bytes, name; with --by start, too"},
	[OPTION_LINES] = {"lines", 'n', "N", "at most so many lines; 0 for all (default 40)"},
	[OPTION_WIDTH] = {"width", 'w', "N", "columns, 80 to 200 (default: the terminal's)"},
	[OPTION_SAMPLE] = {"sample", 0, "VALUE",
			   "what the format folded shows: calls (default), time, bytes, errors, live"},
	{0},
};

struct choice {
	report_format format;
	const struct object_report *objects; /* NULL: not asked for */
	bool is_by_site;
	enum stack_value value; /* of stacks */
	struct text_options text;
	const char *sort;
	bool is_divided; /* --by or --only was given */
	struct breakdown_request request;
	struct selection selection;
};

/* Returns -EINVAL for what is no number from min to max. */
static int parse_number(const char *text, unsigned long min, unsigned long max,
			unsigned int *ret_number)
{
	char *end;
	unsigned long number;

	errno = 0;
	number = strtoul(text, &end, 10);
	if (errno || end == text || *end || *text == '-' || number < min || number > max)
		return -EINVAL;
	*ret_number = (unsigned int)number;
	return 0;
}

/* 0, or a status after saying what is wrong with an option's value. */
static int say_trouble(const char *option, int result, const struct message *message)
{
	if (result == -EINVAL)
		return command_refuse(&command_report, "%s: %s", option, message->text);
	if (result < 0)
		command_say(&command_report, "out of memory");
	return result < 0 ? STATUS_FAILED : STATUS_OK;
}

/* 0, or a status after saying what is wrong. */
static int take_option(struct choice *choice, int option, const char *value)
{
	struct message message = {0};

	switch (option) {
	case OPTION_FORMAT:
		choice->format = report_format_from_name(value);
		if (choice->format && strcmp(choice->format, REPORT_NONE) != 0)
			return 0;
		return command_refuse(&command_report, "unknown format '%s': %s", value,
				      report_format_names());
	case OPTION_BY:
		choice->objects = object_report_from_name(value);
		choice->is_by_site = strcmp(value, "site") == 0;
		if (choice->objects || choice->is_by_site)
			return 0;
		choice->is_divided = true;
		return say_trouble("--by", breakdown_by_parse(value, &choice->request, &message), &message);
	case OPTION_ONLY:
		choice->is_divided = true;
		return say_trouble("--only", selection_add(&choice->selection, value, &message), &message);
	case OPTION_SORT:
		choice->sort = value;
		return 0;
	case OPTION_LINES:
		if (parse_number(value, 0, 1000000, &choice->text.max_lines) == 0)
			return 0;
		return command_refuse(&command_report, "--lines: '%s' is not a number of lines",
				      value);
	case OPTION_SAMPLE:
		choice->value = stack_value_from_name(value);
		if (choice->value < STACK_VALUES)
			return 0;
		return command_refuse(&command_report, "unknown value '%s': calls, time, bytes, errors or live", value);
	default:
		if (parse_number(value, TEXT_WIDTH_MIN, TEXT_WIDTH_MAX, &choice->text.width) == 0)
			return 0;
		return command_refuse(&command_report,
				      "--width: '%s' is not a number from %d to %d", value,
				      TEXT_WIDTH_MIN, TEXT_WIDTH_MAX);
	}
}

/* What is to come first depends on what there is, so it is looked at when all options are known. */
static int take_sort(struct choice *choice)
{
	struct breakdown_request *request = &choice->request;

	request->sort = request->by == BY_PROCESS ? BREAKDOWN_SORT_START
			: request->by == BY_ERRNO ? BREAKDOWN_SORT_COUNT
						  : BREAKDOWN_SORT_TIME;
	if (!choice->sort)
		return STATUS_OK;
	if (choice->is_divided && breakdown_sort_from_name(choice->sort, &request->sort) < 0)
		return command_refuse(&command_report,
				      "unknown sort key '%s': time, count, errors, bytes, name or start", choice->sort);
	if (!choice->is_divided && text_sort_from_name(choice->sort, &choice->text.sort) < 0)
		return command_refuse(&command_report, "unknown sort key '%s': time, count, errors, bytes or name",
				      choice->sort);
	return STATUS_OK;
}

/* A division is a table: there are three ways to write it. */
static int check_format(const struct choice *choice)
{
	if (choice->objects && choice->is_divided)
		return command_refuse(&command_report, "--by=%s takes no other key beside it, and no --only",
				      object_report_name(choice->objects));
	if (choice->objects && object_report_has_format(choice->format))
		return STATUS_OK;
	if (choice->is_by_site && (choice->is_divided || strcmp(choice->format, REPORT_TEXT) != 0))
		return command_refuse(&command_report, "--by=site is a text, and of the whole recording");
	if ((!choice->objects && !choice->is_divided) || strcmp(choice->format, REPORT_TEXT) == 0 || strcmp(choice->format, "json") == 0 ||
	    strcmp(choice->format, "csv") == 0)
		return STATUS_OK;
	return command_refuse(&command_report, "with --by and --only the format is text, json or csv");
}

static int write_breakdown(const struct breakdown *breakdown, const struct choice *choice)
{
	if (strcmp(choice->format, "json") == 0)
		return breakdown_json_write(breakdown, choice->request.label, stdout);
	if (strcmp(choice->format, "csv") == 0)
		return breakdown_csv_write(breakdown, stdout);
	return breakdown_text(breakdown, choice->request.label, &choice->text, stdout);
}

static int write_divided(const struct recording *recording, const struct choice *choice)
{
	struct breakdown breakdown;
	int result = breakdown_init(&breakdown, recording, &choice->request);

	if (result == 0)
		result = write_breakdown(&breakdown, choice);
	if (result == 0 && choice->selection.n_terms && !breakdown.total.calls)
		command_say(&command_report, "nothing in this recording matches --only");
	breakdown_deinit(&breakdown);
	return result;
}

static int write_whole(const struct recording *recording, const struct choice *choice)
{
	if (choice->objects)
		return object_report_write(recording, choice->objects, choice->format, &choice->text, stdout);
	if (choice->is_divided)
		return write_divided(recording, choice);
	if (choice->is_by_site && strcmp(choice->format, REPORT_TEXT) == 0)
		return text_report_sites(recording, &choice->text, stdout);
	int result = profile_write(recording, choice->format, choice->value, stdout);

	return result != -ENOENT ? result : report_write(recording, choice->format, &choice->text, stdout);
}

static int report(const char *name, const struct choice *choice)
{
	struct recording recording;
	struct message message = {0};
	uint32_t n_folded;
	int result = subject_load(name, environ, &recording, &n_folded, &message);

	if (result < 0) {
		command_say(&command_report, "%s", message.text);
		return STATUS_FAILED;
	}
	result = symbols_find(&recording, false);
	if (result == 0)
		result = write_whole(&recording, choice);
	recording_deinit(&recording);
	if (result == 0 && (fflush(stdout) != 0))
		result = -errno;
	if (result == -ENODATA) {
		command_say(&command_report, "the recording is of an older version, which did not tell its parts");
		return STATUS_FAILED;
	}
	if (result < 0) {
		command_say(&command_report, "cannot write: %s", strerror(-result));
		return STATUS_FAILED;
	}
	if (n_folded)
		command_say(&command_report,
			    "%u process images that have ended are not in this: their figures are "
			    "with the sonde that runs the session",
			    n_folded);
	return STATUS_OK;
}

/* Negative: one of enum OPTIONS_, else a status. */
static int take_arguments(struct choice *choice, int argc, char **argv)
{
	const char *value;
	int option;

	while ((option = command_next_option(&command_report, argc, argv, &value)) >= 0) {
		int status = take_option(choice, option, value);

		if (status)
			return status;
	}
	if (option != OPTIONS_END)
		return option;
	int status = take_sort(choice);

	if (status == STATUS_OK)
		status = check_format(choice);
	if (status == STATUS_OK && argc - optind > 1)
		status = command_refuse(&command_report, "one recording at a time");
	return status;
}

static int run(int argc, char **argv)
{
	struct choice choice = {
		.format = REPORT_TEXT,
		.text = report_text_options(STDOUT_FILENO),
		.request = {.by = BY_CALL, .selection = &choice.selection},
	};
	int status = take_arguments(&choice, argc, argv);

	if (status < 0)
		status = command_option_status(&command_report, status);
	else if (status == STATUS_OK)
		status = report(argv[optind], &choice);
	selection_deinit(&choice.selection);
	free(choice.request.label);
	return status;
}

const struct command command_report = {
	.name = "report",
	.usage = "[RECORDING | SESSION | PID]",
	.summary = "show what a run recorded",
	.details =
		"RECORDING is a file made by 'sonde run', SESSION a session's directory, PID the\n"
		"number of a watched process. Without one, the latest recording is shown.\n"
		"Exits with 1 when there is nothing to show, with 2 when used wrongly.\n",
	.options = options,
	.usage_status = STATUS_USAGE,
	.run = run,
};
