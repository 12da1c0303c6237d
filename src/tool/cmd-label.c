// SPDX-License-Identifier: MIT
/*
 * sonde label - marks what a command does inside a session. It becomes the command, so that no process is there that
 * would not be there without it. Outside of a session it does the same, silently: a test suite that uses it says the
 * same with and without sonde.
 */
#include "config.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model/labels.h"
#include "record/marks.h"
#include "tool/command.h"

static const struct command_option options[] = {{0}};

/* 0, or a status after saying what is wrong. */
static int take_label(struct label_set *set, const char *word)
{
	struct message message = {0};
	const char *equals = strchr(word, '=');
	char *key = strndup(word, (size_t)(equals - word));
	int result = key ? label_check(key, equals + 1, &message) : -ENOMEM;

	if (result == 0)
		result = label_set_put(set, key, equals + 1);
	free(key);
	if (result == -EINVAL)
		return command_refuse(&command_label, "%s", message.text);
	if (result < 0)
		command_say(&command_label, "out of memory");
	return result < 0 ? STATUS_RUN_FAILED : STATUS_OK;
}

/* The words before the command: labels, and "--" if it is there. */
static int take_labels(struct label_set *set, char ***words)
{
	size_t n_labels = 0;
	int status = STATUS_OK;

	for (; **words && strchr(**words, '=') && status == STATUS_OK; ++*words, n_labels++)
		status = take_label(set, **words);
	if (status)
		return status;
	if (**words && strcmp(**words, "--") == 0)
		++*words;
	if (n_labels == 0)
		return command_refuse(&command_label, "which label? KEY=VALUE");
	if (!**words)
		return command_refuse(&command_label, "which command?");
	if (set->n_labels > LABELS_MOST)
		return command_refuse(&command_label, "%zu labels with those that were there, at most %d are possible",
				      set->n_labels, LABELS_MOST);
	return STATUS_OK;
}

/* Hands the labels on, beside those that there were. */
static int announce(const struct label_set *set)
{
	char *text = label_set_text(set);
	size_t length = text ? strlen(text) : 0;
	int status = STATUS_OK;

	if (length > LABELS_TEXT_MAX) {
		status = command_refuse(&command_label, "the labels have %zu bytes together, at most %d are possible",
					length, LABELS_TEXT_MAX);
	} else if (!text || setenv(LABELS_VARIABLE, text, 1) < 0) {
		command_say(&command_label, "out of memory");
		status = STATUS_RUN_FAILED;
	}
	free(text);
	return status;
}

/* Becomes the command; returns only if it cannot. */
static int execute(char **command)
{
	execvp(command[0], command);
	int error = errno;

	if (error == ENOENT && !strchr(command[0], '/'))
		command_say(&command_label, "%s: command not found", command[0]);
	else
		command_say(&command_label, "%s: %s", command[0], strerror(error));
	return error == ENOENT ? STATUS_NOT_FOUND : STATUS_CANNOT_EXECUTE;
}

static int run(int argc, char **argv)
{
	const char *value;
	struct label_set set = {0};
	int option = command_next_option(&command_label, argc, argv, &value);

	if (option != OPTIONS_END)
		return command_option_status(&command_label, option);
	char **words = argv + optind;
	int status = label_set_parse(&set, getenv(LABELS_VARIABLE)) < 0 ? STATUS_RUN_FAILED : STATUS_OK;

	if (status == STATUS_OK)
		status = take_labels(&set, &words);
	if (status == STATUS_OK)
		status = announce(&set);
	label_set_deinit(&set);
	return status ? status : execute(words);
}

const struct command command_label = {
	.name = "label",
	.usage = "KEY=VALUE... [--] COMMAND [ARGUMENT]...",
	.summary = "run a command, and mark what it does inside a session",
	.details = "Reports and recordings tell the calls of the command, and of all it starts, by these labels;\n"
		   "'test' names a test. One inside another adds to its labels, or replaces them.\n"
		   "It becomes the command; outside of a session, nothing else happens.\n"
		   "Exits with 125 when used wrongly, with 126 when the command cannot be executed, with 127\n"
		   "when it is not found.\n",
	.options = options,
	.usage_status = STATUS_RUN_FAILED,
	.takes_command = true,
	.run = run,
};
