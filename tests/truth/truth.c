// SPDX-License-Identifier: MIT
/*
 * truth SONDE SUBJECT - runs every case of the subject under sonde and compares the recording with what
 * the case states about itself: equality, no tolerance. Then it runs the case bare: it must end and complain
 * in the same way.
 */
#include "config.h"

#include "format/recording-json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STATEMENTS = 128, LINE = 256 };

/* A case that hangs is a failure like any other. */
#define PATIENCE "timeout -s KILL 120"

/* What the case says of a call, or of a call and an errno: the sum over all its processes. */
struct statement {
	char what[12];
	char call[48];
	char error[32];
	uint64_t number;
};

struct trial {
	char name[64];
	char sentence[128];
	int wait_status;
	struct statement statements[STATEMENTS];
	size_t n_statements;
	int n_wrong;
};

static char directory[] = "/tmp/sonde-truth-XXXXXX";

static void complain(struct trial *trial, const char *format, const char *what, const char *detail,
		     uint64_t stated, uint64_t reported)
{
	if (trial->n_wrong++ == 0)
		printf("not ok - %s (%s)\n", trial->sentence, trial->name);
	printf("#   ");
	printf(format, what, detail, stated, reported);
	printf("\n");
}

/* -- Running ----------------------------------------------------------------------------------------- */

/* Leaves what the case says in "statements", and what it or its libraries complain of in a file that is named. */
static int run_subject(const char *watcher, const char *subject, const struct trial *trial,
		       const char *complaints)
{
	char command[2048];

	/* exec: the shell must not stand between us and the status. */
	snprintf(command, sizeof(command), "exec " PATIENCE " %s '%s' %s >%s/statements 2>%s/%s",
		 watcher, subject, trial->name, directory, directory, complaints);
	return system(command);
}

static int run_watched(const char *sonde, const char *subject, const struct trial *trial)
{
	char watcher[1024];

	snprintf(watcher, sizeof(watcher), "'%s' run -o %s/recording.json --report=none --", sonde,
		 directory);
	return run_subject(watcher, subject, trial, "complaints");
}

/* The program must end and complain as it does bare. */
static void compare_with_bare(const char *subject, struct trial *trial, int status)
{
	char command[LINE];
	int bare = run_subject("", subject, trial, "complaints.bare");

	if (bare != trial->wait_status)
		complain(trial, "%s%s: %" PRIu64 " stated, %" PRIu64 " bare", "wait status", "",
			 (uint64_t)trial->wait_status, (uint64_t)bare);
	if (status != trial->wait_status)
		complain(trial, "%s%s: %" PRIu64 " stated, %" PRIu64 " watched", "wait status", "",
			 (uint64_t)trial->wait_status, (uint64_t)status);
	snprintf(command, sizeof(command), "cd %s && cmp -s complaints.bare complaints", directory);
	if (system(command) != 0)
		complain(trial, "%s%s", "what it says on standard error differs", "", 0, 0);
}

static void add_statement(struct trial *trial, const struct statement *stated)
{
	for (size_t i = 0; i < trial->n_statements; i++) {
		struct statement *known = &trial->statements[i];

		if (strcmp(known->what, stated->what) || strcmp(known->call, stated->call) ||
		    strcmp(known->error, stated->error))
			continue;
		known->number += stated->number;
		return;
	}
	if (trial->n_statements < STATEMENTS)
		trial->statements[trial->n_statements++] = *stated;
}

static void read_statements(struct trial *trial)
{
	char path[LINE], line[LINE];
	FILE *file;

	snprintf(path, sizeof(path), "%s/statements", directory);
	file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file)) {
		struct statement stated = {0};

		if (sscanf(line, "error %47s %31s %" SCNu64, stated.call, stated.error,
			   &stated.number) == 3)
			strcpy(stated.what, "error");
		else if (sscanf(line, "fails %47s %31s %" SCNu64, stated.call, stated.error,
				&stated.number) == 3)
			strcpy(stated.what, "fails");
		else if (sscanf(line, "%11s %47s %" SCNu64, stated.what, stated.call,
				&stated.number) != 3)
			continue;
		add_statement(trial, &stated);
	}
	if (file)
		fclose(file);
}

static int read_recording(struct recording *ret_recording)
{
	char path[LINE];
	struct message message;
	FILE *file;
	int result = -ENOENT;

	snprintf(path, sizeof(path), "%s/recording.json", directory);
	file = fopen(path, "r");
	if (file) {
		result = recording_json_read(file, path, ret_recording, &message);
		fclose(file);
	}
	unlink(path);
	return result;
}

/* -- Comparing --------------------------------------------------------------------------------------- */

/* "read" is a call with all its kinds, "read/file" one of them. */
static bool is_stated(const struct call_totals *call, const char *stated)
{
	size_t length = strcspn(stated, "/");

	return strncmp(call->name, stated, length) == 0 && !call->name[length] &&
	       (!stated[length] || strcmp(call->kind, stated + length + 1) == 0);
}

static uint64_t reported_failures(const struct call_totals *call, const char *error)
{
	for (size_t i = 0; i < call->n_errors; i++)
		if (strcmp(call->errors[i].symbol, error) == 0)
			return call->errors[i].count;
	return 0;
}

static uint64_t number_of_call(const struct call_totals *call, const struct statement *stated)
{
	if (strcmp(stated->what, "error") == 0)
		return reported_failures(call, stated->error);
	return strcmp(stated->what, "bytes") == 0 ? call->bytes : call->count;
}

/* A clock of ours and one of the kernel's may differ by a little; nothing is nothing on all of them. */
static bool is_true_wait(uint64_t at_least_ns, uint64_t reported_ns)
{
	if (at_least_ns == 0)
		return reported_ns == 0;
	return reported_ns >= at_least_ns / 100 * 99;
}

static bool is_true(const struct statement *stated, uint64_t reported)
{
	if (strcmp(stated->what, "wait") == 0)
		return is_true_wait(stated->number, reported);
	if (strcmp(stated->what, "least") == 0)
		return reported >= stated->number;
	if (strcmp(stated->what, "most") == 0)
		return reported <= stated->number;
	return reported == stated->number;
}

static bool states(const struct trial *trial, const char *what)
{
	for (size_t i = 0; i < trial->n_statements; i++)
		if (strcmp(trial->statements[i].what, what) == 0)
			return true;
	return false;
}

static uint64_t waited_ns(const struct recording *recording, const char *what)
{
	struct main_thread thread;

	for (unsigned int i = 0; recording_main_thread(recording, &thread) && i < WAIT_CLASSES; i++)
		if (strcmp(wait_class_name(i), what) == 0)
			return thread.spent_ns[i];
	return UINT64_MAX;
}

static uint64_t reported_bytes(const struct recording *recording, const char *direction)
{
	uint64_t n_read, n_written;

	recording_accounted_bytes(recording, &n_read, &n_written);
	return strcmp(direction, "read") == 0 ? n_read : n_written;
}

/* -- Files and peers --------------------------------------------------------------------------------- */

static uint64_t failures_of(const struct object_totals *totals, const char *error)
{
	uint64_t number = 0;

	for (size_t i = 0; i < totals->n_failures; i++)
		if (strcmp(totals->failures[i].symbol, error) == 0)
			number += totals->failures[i].count;
	return number;
}

/* False: the statement is not about a file or a peer. */
static bool number_of_object(const struct object_totals *totals, const struct statement *stated,
			     uint64_t *ret_number)
{
	const struct object_flow *in = &totals->flows[0];
	const struct object_flow *out = &totals->flows[1];
	const struct {
		const char *what;
		uint64_t number;
	} numbers[] = {
		{"opens", totals->opens.count},
		{"reads", object_flow_count(in)},
		{"in", in->bytes},
		{"writes", object_flow_count(out)},
		{"out", out->bytes},
		{"jumps", in->jumps + out->jumps},
		{"others", totals->others.count},
		{"small", in->sizes[0] + out->sizes[0]},
		{"sreads", totals->streams.flows[0].count},
		{"sin", totals->streams.flows[0].bytes},
		{"swrites", totals->streams.flows[1].count},
		{"sout", totals->streams.flows[1].bytes},
		{"fails", failures_of(totals, stated->error)},
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (strcmp(numbers[i].what, stated->what) == 0) {
			*ret_number = numbers[i].number;
			return true;
		}
	return false;
}

/* Adds up what is told of a name: a peer and a listener may have one address. */
static uint64_t reported_of_object(const struct object_list *list, const struct statement *stated)
{
	uint64_t number = 0;

	for (size_t i = 0; i < list->n_objects; i++) {
		const struct object_totals *totals = &list->objects[i];
		const char *name = totals->flags & OBJECT_OTHERS ? "(others)" : totals->name;
		uint64_t own;

		if (strcmp(name, stated->call) == 0 && number_of_object(totals, stated, &own))
			number += own;
	}
	return number;
}

static bool is_about_object(const struct statement *stated)
{
	const struct object_totals none = {0};

	return number_of_object(&none, stated, &(uint64_t){0});
}

static uint64_t reported_number(const struct recording *recording, const struct statement *stated)
{
	uint64_t number = 0;

	if (is_about_object(stated))
		return reported_of_object(&recording->files, stated) + reported_of_object(&recording->peers, stated);
	if (strcmp(stated->what, "unwatched") == 0)
		return recording->n_unwatched;
	if (strcmp(stated->what, "wait") == 0)
		return waited_ns(recording, stated->call);
	if (strcmp(stated->what, "raw") == 0)
		return name_counts_get(&recording->raw_calls, stated->call);
	if (strcmp(stated->what, "sandboxed") == 0)
		return recording->n_sandboxed;
	if (strcmp(stated->what, "calls") == 0)
		return reported_bytes(recording, stated->call);
	if (strcmp(stated->what, "kernel") == 0)
		return recording->io.is_known ? recording->io.written : UINT64_MAX;
	for (size_t i = 0; i < recording->calls.n_calls; i++)
		if (is_stated(&recording->calls.calls[i], stated->call))
			number += number_of_call(&recording->calls.calls[i], stated);
	return number;
}

static void compare(struct trial *trial, const struct recording *recording)
{
	for (size_t i = 0; i < trial->n_statements; i++) {
		const struct statement *stated = &trial->statements[i];
		uint64_t reported = reported_number(recording, stated);
		char what[64];

		snprintf(what, sizeof(what), "%s of %s", stated->what, stated->call);
		if (!is_true(stated, reported))
			complain(trial, "%s %s: %" PRIu64 " stated, %" PRIu64 " reported", what,
				 stated->error, stated->number, reported);
	}
	for (int reason = 0; reason < LOSS_REASONS; reason++)
		if (recording->lost[reason])
			complain(trial, "lost: %s%s: %" PRIu64 " stated, %" PRIu64 " reported",
				 region_loss_name(reason), "", 0, recording->lost[reason]);
	if (recording->n_unwatched && !states(trial, "unwatched"))
		complain(trial, "unwatched programs%s%s: %" PRIu64 " stated, %" PRIu64 " reported", "",
			 "", 0, recording->n_unwatched);
	if (recording->damaged_regions)
		complain(trial, "damaged regions%s%s: %" PRIu64 " stated, %" PRIu64 " reported", "", "",
			 0, recording->damaged_regions);
}

/* The times of one call cannot add up to more than all threads together had. */
static void compare_times(struct trial *trial, const struct recording *recording)
{
	for (size_t i = 0; i < recording->calls.n_calls; i++) {
		const struct call_totals *call = &recording->calls.calls[i];

		if (call->sum_ns > recording->wall_ns * recording->n_threads)
			complain(trial, "time of %s%s: %" PRIu64 " ns at most, %" PRIu64 " reported",
				 call->name, "", recording->wall_ns * recording->n_threads,
				 call->sum_ns);
	}
}

static bool run_trial(const char *sonde, const char *subject, struct trial *trial)
{
	struct recording recording = {0};
	int status = run_watched(sonde, subject, trial);

	read_statements(trial);
	compare_with_bare(subject, trial, status);
	if (trial->n_statements == 0)
		complain(trial, "%s%s", "the case states nothing", "", 0, 0);
	if (read_recording(&recording) < 0) {
		complain(trial, "%s%s", "there is no recording", "", 0, 0);
	} else {
		compare(trial, &recording);
		compare_times(trial, &recording);
		recording_deinit(&recording);
	}
	if (trial->n_wrong == 0)
		printf("ok - %s (%s)\n", trial->sentence, trial->name);
	return trial->n_wrong == 0;
}

static void clean_up(void)
{
	char command[LINE];

	snprintf(command, sizeof(command), "rm -rf %s", directory);
	if (system(command) != 0)
		fprintf(stderr, "cannot remove %s\n", directory);
}

int main(int n_arguments, char **arguments)
{
	char command[1024], line[LINE];
	int n_passed = 0, n_failed = 0;

	if (n_arguments != 3 || !mkdtemp(directory))
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	setenv("XDG_STATE_HOME", directory, 1);
	snprintf(command, sizeof(command), "'%s' --list", arguments[2]);
	FILE *list = popen(command, "re");

	while (list && fgets(line, sizeof(line), list)) {
		struct trial trial = {0};

		if (sscanf(line, "%d %63[^\t]\t%127[^\n]", &trial.wait_status, trial.name,
			   trial.sentence) != 3)
			continue;
		if (run_trial(arguments[1], arguments[2], &trial))
			n_passed++;
		else
			n_failed++;
	}
	if (list)
		pclose(list);
	clean_up();
	printf("%d passed, %d failed\n", n_passed, n_failed);
	return n_failed || !n_passed;
}
