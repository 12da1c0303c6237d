// SPDX-License-Identifier: MIT
/*
 * sonde sessions - what runs, what was left behind, and what is kept.
 */
#include "config.h"

#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/session-list.h"
#include "host/session-view.h"
#include "report/runs.h"
#include "tool/command.h"
#include "tool/recording-file.h"
#include "tool/recording-store.h"
#include "tool/report.h"
#include "tool/session-collect.h"

enum { OPTION_FORMAT, OPTION_LINES, OPTION_COLLECT, OPTION_DISCARD };
enum { ROWS_SHOWN = 10, NAME_SIZE = 24 };

static const struct command_option options[] = {
	[OPTION_FORMAT] = {"format", 'f', "FORMAT", "text (default) or json"},
	[OPTION_LINES] = {"lines", 'n', "N", "at most so many of each kind; 0 for all (default 10)"},
	[OPTION_COLLECT] = {"collect", 0, NULL, "keep recordings of sessions that nobody ended, and remove them"},
	[OPTION_DISCARD] = {"discard", 0, NULL, "remove those that are left, of any version, with their figures"},
	{0},
};

/* A row with what it needs to live. */
struct run {
	char *name;
	char *path; /* of the session's directory or the recording */
	const char *end;
	struct message problem;
	bool has_recording;
	struct recording recording;
};

/* Runs of one kind, those that are shown. */
struct runs {
	struct run *runs;
	size_t n_runs;
	size_t n_more;
};

struct request {
	bool is_json;
	bool collects;
	bool discards;
	unsigned long n_shown; /* 0: all */
};

static void runs_deinit(struct runs *runs)
{
	for (size_t i = 0; i < runs->n_runs; i++) {
		free(runs->runs[i].name);
		free(runs->runs[i].path);
		if (runs->runs[i].has_recording)
			recording_deinit(&runs->runs[i].recording);
	}
	free(runs->runs);
}

/* A new run at the end, its name and path taken over; NULL: no memory. */
static struct run *add_run(struct runs *runs, char *name, char *path)
{
	struct run *grown = name && path ? realloc(runs->runs, (runs->n_runs + 1) * sizeof(*grown)) : NULL;

	if (!grown) {
		free(name);
		free(path);
		return NULL;
	}
	runs->runs = grown;
	grown[runs->n_runs] = (struct run){.name = name, .path = path};
	return &grown[runs->n_runs++];
}

/* How many of so many are shown; the rest is only counted. */
static size_t show_first(struct runs *runs, size_t n, const struct request *request)
{
	size_t n_shown = request->n_shown && request->n_shown < n ? request->n_shown : n;

	runs->n_more = n - n_shown;
	return n_shown;
}

/* -- Sessions ----------------------------------------------------------------------------------- */

static int add_session(struct runs *runs, const char *path)
{
	struct run *run = add_run(runs, strdup(strrchr(path, '/') + 1), strdup(path));
	uint32_t n_folded;

	if (!run)
		return -ENOMEM;
	run->end = session_is_running(path) ? "running" : "left";
	run->has_recording = session_view(path, 0, &run->recording, &n_folded, &run->problem) == 0;
	return 0;
}

static int add_sessions(struct runs *runs, const struct request *request)
{
	struct session_list list;
	int result = session_list_read(environ, &list);

	if (result < 0)
		return result;
	size_t n_shown = show_first(runs, list.n_places, request);

	for (size_t i = 0; result == 0 && i < n_shown; i++)
		result = add_session(runs, list.places[i].path);
	session_list_deinit(&list);
	return result;
}

/* -- Recordings --------------------------------------------------------------------------------- */

static int add_recording(struct runs *runs, const struct recording_store *store, size_t n)
{
	char name[NAME_SIZE] = "@";

	if (n)
		snprintf(name, sizeof(name), "@%zu", n);
	char *path = recording_store_path(store, n);
	struct run *run = path ? add_run(runs, strdup(name), path) : NULL;

	if (!run)
		return -ENOMEM;
	run->has_recording = recording_file_read(path, &run->recording, &run->problem) == 0;
	return 0;
}

static int add_recordings(struct runs *runs, const struct request *request)
{
	struct recording_store store;
	struct message message;
	int result = 0;

	/* Without a place for them there are none. */
	if (recording_store_open(environ, &store, &message) < 0)
		return 0;
	size_t n_shown = show_first(runs, store.n_names, request);

	for (size_t i = 0; result == 0 && i < n_shown; i++)
		result = add_recording(runs, &store, i);
	recording_store_deinit(&store);
	return result;
}

/* -- Output ------------------------------------------------------------------------------------- */

static int print_text(const struct runs *runs)
{
	struct text_options terminal = report_text_options(STDOUT_FILENO);
	struct runs_options look = {.width = terminal.width, .has_colour = terminal.has_colour};
	struct run_row *rows = calloc(runs->n_runs + 1, sizeof(*rows));

	if (!rows)
		return -ENOMEM;
	for (size_t i = 0; i < runs->n_runs; i++) {
		const struct run *run = &runs->runs[i];

		rows[i] = (struct run_row){
			.name = run->name,
			.end = run->has_recording ? run->end : run->problem.text,
			.recording = run->has_recording ? &run->recording : NULL,
		};
	}
	int result = runs_text(rows, runs->n_runs, &look, stdout);

	if (runs->n_more)
		printf("and %zu more\n", runs->n_more);
	free(rows);
	return result;
}

static json_t *command_to_json(char *const *command)
{
	json_t *array = command ? json_array() : json_null();

	for (char *const *word = command; word && *word; word++)
		json_array_append_new(array, json_string(*word));
	return array;
}

static json_t *run_to_json(const struct run *run)
{
	const struct recording *recording = &run->recording;
	char end[RUN_END_SIZE];
	uint64_t n_calls;
	uint64_t n_failures;
	json_t *object = json_pack("{s:s, s:s}", "name", run->name, "path", run->path);

	if (!run->has_recording) {
		json_object_set_new(object, "problem", json_string(run->problem.text));
		return object;
	}
	run_sums(recording, &n_calls, &n_failures);
	json_object_set_new(object, "begun", json_real((double)recording->started_ns / 1e9));
	json_object_set_new(object, "wall_seconds", json_real((double)recording->wall_ns / 1e9));
	json_object_set_new(object, "end", json_string(run->end ? run->end : run_end(recording, end)));
	json_object_set_new(object, "processes", json_integer((json_int_t)recording->n_processes));
	json_object_set_new(object, "calls", json_integer((json_int_t)n_calls));
	json_object_set_new(object, "errors", json_integer((json_int_t)n_failures));
	json_object_set_new(object, "command", command_to_json(recording->command));
	return object;
}

static json_t *runs_to_json(const struct runs *runs)
{
	json_t *array = json_array();

	for (size_t i = 0; i < runs->n_runs; i++)
		json_array_append_new(array, run_to_json(&runs->runs[i]));
	return array;
}

static int print_json(const struct runs *sessions, const struct runs *recordings)
{
	json_t *object = json_pack("{s:o, s:I, s:o, s:I}", "sessions", runs_to_json(sessions), "more_sessions",
				   (json_int_t)sessions->n_more, "recordings", runs_to_json(recordings),
				   "more_recordings", (json_int_t)recordings->n_more);
	int result = json_dumpf(object, stdout, JSON_INDENT(2));

	putchar('\n');
	json_decref(object);
	return result < 0 ? -EIO : 0;
}

static int print(const struct runs *sessions, const struct runs *recordings, bool is_json)
{
	if (is_json)
		return print_json(sessions, recordings);
	if (sessions->n_runs == 0 && recordings->n_runs == 0)
		puts("no session is there, and no recording is kept");
	int result = print_text(sessions);

	if (sessions->n_runs && recordings->n_runs)
		putchar('\n');
	return result < 0 ? result : print_text(recordings);
}

static int show(const struct request *request)
{
	struct runs sessions = {0};
	struct runs recordings = {0};
	int result = add_sessions(&sessions, request);

	if (result == 0)
		result = add_recordings(&recordings, request);
	if (result == 0)
		result = print(&sessions, &recordings, request->is_json);
	runs_deinit(&sessions);
	runs_deinit(&recordings);
	if (result == 0 && fflush(stdout) != 0)
		result = -errno;
	if (result == 0)
		return STATUS_OK;
	command_say(&command_sessions, "%s", strerror(-result));
	return STATUS_FAILED;
}

/* 0, or a status after saying what is wrong. */
static int take_option(struct request *request, int option, const char *value)
{
	char *end;

	if (option == OPTION_COLLECT || option == OPTION_DISCARD) {
		request->collects |= option == OPTION_COLLECT;
		request->discards |= option == OPTION_DISCARD;
		return 0;
	}
	if (option == OPTION_FORMAT) {
		request->is_json = strcmp(value, "json") == 0;
		if (request->is_json || strcmp(value, "text") == 0)
			return 0;
		return command_refuse(&command_sessions, "unknown format '%s': text or json", value);
	}
	errno = 0;
	request->n_shown = strtoul(value, &end, 10);
	if (!errno && end != value && !*end && *value != '-')
		return 0;
	return command_refuse(&command_sessions, "--lines: '%s' is not a number of lines", value);
}

static int run(int argc, char **argv)
{
	struct request request = {.n_shown = ROWS_SHOWN};
	const char *value;
	int option;

	while ((option = command_next_option(&command_sessions, argc, argv, &value)) >= 0) {
		int status = take_option(&request, option, value);

		if (status)
			return status;
	}
	if (option != OPTIONS_END)
		return command_option_status(&command_sessions, option);
	if (optind < argc)
		return command_refuse(&command_sessions, "it takes no names");
	if (!request.collects && !request.discards)
		return show(&request);
	int status = request.collects ? sessions_collect() : STATUS_OK;

	return status == STATUS_OK && request.discards ? sessions_discard() : status;
}

const struct command command_sessions = {
	.name = "sessions",
	.usage = "",
	.summary = "list what runs, and the recordings that are kept",
	.details =
		"First the sessions of yours: those that run, and those that a program without a host or a\n"
		"killed sonde left. Then the recordings of the last runs, '@' the latest. NAME is what\n"
		"'sonde report' and 'sonde diff' take.\n"
		"\n"
		"What is left takes memory until it is collected or discarded. --collect leaves alone what it\n"
		"cannot keep; with --discard as well that is removed.\n",
	.options = options,
	.usage_status = STATUS_USAGE,
	.run = run,
};
