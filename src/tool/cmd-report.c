// SPDX-License-Identifier: MIT
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "format/recording-json.h"
#include "host/configuration.h"
#include "report/text.h"
#include "tool/command.h"
#include "tool/object-report.h"
#include "tool/report.h"
#include "tool/subject.h"

enum { OPTION_FORMAT, OPTION_BY, OPTION_SORT, OPTION_LINES, OPTION_WIDTH };

static const struct command_option options[] = {
	[OPTION_FORMAT] = {"format", 'f', "FORMAT", "text (default), json, csv, prometheus, ...: see the manual"},
	[OPTION_BY] = {"by", 'b', "KEY", "a row for each file or peer"},
	[OPTION_SORT] = {"sort", 's', "KEY",
			 "order of calls: time (default), count, errors, bytes, name"},
	[OPTION_LINES] = {"lines", 'n', "N", "at most so many lines; 0 for all (default 40)"},
	[OPTION_WIDTH] = {"width", 'w', "N", "columns, 80 to 200 (default: the terminal's)"},
	{0},
};

struct choice {
	report_format format;
	const struct object_report *objects; /* NULL: not asked for */
	struct text_options text;
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

/* 0, or a status after saying what is wrong. */
static int take_option(struct choice *choice, int option, const char *value)
{
	switch (option) {
	case OPTION_FORMAT:
		choice->format = report_format_from_name(value);
		if (choice->format && strcmp(choice->format, REPORT_NONE) != 0)
			return 0;
		return command_refuse(&command_report, "unknown format '%s': %s", value,
				      report_format_names());
	case OPTION_BY:
		choice->objects = object_report_from_name(value);
		if (choice->objects)
			return 0;
		return command_refuse(&command_report, "--by: '%s' is neither file nor peer", value);
	case OPTION_SORT:
		if (text_sort_from_name(value, &choice->text.sort) == 0)
			return 0;
		return command_refuse(&command_report,
				      "unknown sort key '%s': time, count, errors, bytes or name",
				      value);
	case OPTION_LINES:
		if (parse_number(value, 0, 1000000, &choice->text.max_lines) == 0)
			return 0;
		return command_refuse(&command_report, "--lines: '%s' is not a number of lines",
				      value);
	default:
		if (parse_number(value, TEXT_WIDTH_MIN, TEXT_WIDTH_MAX, &choice->text.width) == 0)
			return 0;
		return command_refuse(&command_report,
				      "--width: '%s' is not a number from %d to %d", value,
				      TEXT_WIDTH_MIN, TEXT_WIDTH_MAX);
	}
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
	if (choice->objects)
		result = object_report_write(&recording, choice->objects, choice->format, &choice->text, stdout);
	else
		result = report_write(&recording, choice->format, &choice->text, stdout);
	recording_deinit(&recording);
	if (result == 0 && (fflush(stdout) != 0))
		result = -errno;
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

static int run(int argc, char **argv)
{
	struct choice choice = {.format = REPORT_TEXT, .text = report_text_options(STDOUT_FILENO)};
	const char *value;
	int option;

	while ((option = command_next_option(&command_report, argc, argv, &value)) >= 0) {
		int status = take_option(&choice, option, value);

		if (status)
			return status;
	}
	if (option != OPTIONS_END)
		return command_option_status(&command_report, option);
	if (choice.objects && !object_report_has_format(choice.format))
		return command_refuse(&command_report, "with --by=%s the format is text, json or csv",
				      object_report_name(choice.objects));
	if (argc - optind > 1)
		return command_refuse(&command_report, "one recording at a time");
	return report(argv[optind], &choice);
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
