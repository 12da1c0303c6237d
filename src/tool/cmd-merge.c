// SPDX-License-Identifier: MIT
/*
 * sonde merge - one recording of several: of a run on several machines, or in several jobs.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model/merge.h"
#include "tool/command.h"
#include "tool/recording-file.h"
#include "tool/recording-store.h"

enum { OPTION_OUTPUT };

static const struct command_option options[] = {
	[OPTION_OUTPUT] = {"output", 'o', "FILE", "write the recording there; compressed if it ends in .gz"},
	{0},
};

struct merge {
	const char *output;
	struct recording *recordings;
	size_t n_recordings;
	struct recording merged;
};

static int load(struct merge *merge, const char *name, struct message *ret_message)
{
	char *path = recording_store_find(environ, name, ret_message);
	int result = path ? recording_file_read(path, &merge->recordings[merge->n_recordings], ret_message) : -ENOENT;

	free(path);
	if (result == 0)
		merge->n_recordings++;
	return result;
}

/* The same run twice is twice its counts, and nothing in them shows it. */
static void warn_of_double(const struct merge *merge, size_t n, char *const *names)
{
	const char *id = merge->recordings[n].id;

	for (size_t i = 0; i < n && id; i++)
		if (merge->recordings[i].id && strcmp(merge->recordings[i].id, id) == 0) {
			command_say(&command_merge, "%s and %s are of the same session: what both have is counted twice",
				    names[i], names[n]);
			return;
		}
}

static int load_all(struct merge *merge, int n_names, char **names, struct message *ret_message)
{
	int result = 0;

	merge->recordings = calloc((size_t)n_names, sizeof(*merge->recordings));
	if (!merge->recordings) {
		message_set(ret_message, "out of memory");
		return -ENOMEM;
	}
	for (int i = 0; i < n_names && result == 0; i++) {
		result = load(merge, names[i], ret_message);
		if (result == 0)
			warn_of_double(merge, (size_t)i, names);
	}
	return result;
}

static void merge_deinit(struct merge *merge)
{
	for (size_t i = 0; i < merge->n_recordings; i++)
		recording_deinit(&merge->recordings[i]);
	free(merge->recordings);
	recording_deinit(&merge->merged);
}

static int write_merged(const struct merge *merge, struct message *message)
{
	struct recording_text text;
	int result = recording_text_init(&text, &merge->merged, recording_file_is_compressed(merge->output));

	if (result == 0)
		result = recording_file_write(merge->output, &text, message);
	recording_text_deinit(&text);
	return result;
}

static int merge_all(struct merge *merge, int n_names, char **names)
{
	struct message message = {.text = "out of memory"};
	int result = load_all(merge, n_names, names, &message);

	if (result == 0)
		result = recording_merge(merge->recordings, merge->n_recordings, &merge->merged, &message);
	if (result == 0)
		result = write_merged(merge, &message);
	if (result < 0)
		command_say(&command_merge, "%s", message.text);
	return result < 0 ? STATUS_FAILED : STATUS_OK;
}

static int run(int argc, char **argv)
{
	struct merge merge = {0};
	const char *value;
	int option;

	while ((option = command_next_option(&command_merge, argc, argv, &value)) >= 0)
		merge.output = value;
	if (option != OPTIONS_END)
		return command_option_status(&command_merge, option);
	if (optind == argc)
		return command_refuse(&command_merge, "which recordings?");
	if (!merge.output)
		return command_refuse(&command_merge, "where to? --output=FILE");
	int status = merge_all(&merge, argc - optind, argv + optind);

	merge_deinit(&merge);
	return status;
}

const struct command command_merge = {
	.name = "merge",
	.usage = "--output=FILE RECORDING...",
	.summary = "make one recording of several machines' or jobs'",
	.details = "All counts are added up exactly. Labels that differ become those of processes and parts, and so\n"
		   "does the host, as label 'host': report --by=label:host tells the machines apart.\n"
		   "RECORDING is a file, or @, @1, ... for the last runs that were kept.\n"
		   "Exits with 1 when a recording cannot be read or written, with 2 when used wrongly.\n",
	.options = options,
	.usage_status = STATUS_USAGE,
	.run = run,
};
