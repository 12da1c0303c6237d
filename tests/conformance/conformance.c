// SPDX-License-Identifier: MIT
/*
 * conformance.c - does each symbol of the call table do what its row says?
 *
 * Runs the driver program under the real preload, with mocks behind it (mock.h), and follows it call by
 * call. The child judges what its caller sees: arguments and result pass through, errno is left alone by a
 * success and kept by a failure. This side judges what was recorded: after each call, exactly that call's
 * count is one higher, its bytes and failures are what the row says, and nothing else has changed. All
 * calls are timed here, so each outcome must also show in the histogram or in the failure's time.
 *
 *     conformance PRELOAD MOCKS DRIVER
 */
#include "config.h"

#include "step.h"

#include <assert.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls/call.h"
#include "calls/manual.h"
#include "host/region-list.h"
#include "preload/symbols.gen.h"
#include "record/region.h"
#include "record/session.h"

/* What a region says of one call, over all threads. */
struct total {
	uint64_t count;
	uint64_t bytes;
	uint64_t successes; /* timed */
	uint64_t failures;
	uint64_t failures_timed;
	uint64_t failures_with_code; /* of the step's code */
	uint64_t contended;
};

struct test {
	int fd; /* the socket to the child */
	pid_t child;
	const struct region_header *region;
	struct total before[CALL_COUNT];
	bool is_driven[SYMBOL_COUNT];
	bool is_exported[SYMBOL_COUNT];
	char failed[SYMBOL_COUNT][192]; /* the first problem, or "" */
};

/* The session's directory; removed at exit, whatever happened. */
static char session[SESSION_PATH_SIZE];

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void add_errors(const struct call_stats *stats, int code, struct total *total)
{
	const struct error_stats *error = relative_get(&stats->errors);

	for (; error; error = relative_get(&error->next)) {
		total->failures += error->count;
		total->failures_timed += error->timed;
		if (error->code == code)
			total->failures_with_code += error->count;
	}
}

static void add_stats(const struct call_stats *stats, int code, struct total *total)
{
	total->count += stats->count;
	total->bytes += stats->bytes;
	for (unsigned int i = 0; i < HISTOGRAM_ROWS; i++) {
		const struct histogram_row *row = relative_get(&stats->rows[i]);

		for (unsigned int k = 0; row && k < HISTOGRAM_ROW_BUCKETS; k++)
			total->successes += row->count[k];
	}
	add_errors(stats, code, total);
}

/* The region is the child's, and the child waits: it is trusted, and it stands still. */
static void read_totals(const struct region_header *region, int code, struct total *ret_totals)
{
	memset(ret_totals, 0, CALL_COUNT * sizeof(*ret_totals));
	const struct thread_block *thread = region ? relative_get(&region->threads) : NULL;

	for (; thread; thread = relative_get(&thread->next)) {
		const struct call_stats *stats = relative_get(&thread->calls);

		for (; stats; stats = relative_get(&stats->next)) {
			const struct call_info_record *info = relative_get(&stats->info);

			if (!info || info->id >= CALL_COUNT ||
			    strcmp(info->name, call_table[info->id].name) != 0 ||
			    strcmp(info->group, call_table[info->id].group) != 0) {
				fprintf(stderr, "conformance: a call's name or group is wrong\n");
				exit(1);
			}
			add_stats(stats, code, &ret_totals[info->id]);
			if (strcmp(info->kind, "contended") == 0)
				ret_totals[info->id].contended += stats->count;
		}
	}
}

/* NULL: nothing has been recorded yet. */
static const struct region_header *map_region(void)
{
	int fd = session_open_file(session);
	struct region_list list;
	void *region = NULL;

	if (fd < 0 || region_list_read(fd, REGION_CAPACITY, NULL, &list) < 0)
		die(session);
	if (list.n_entries)
		region = mmap(NULL, REGION_CAPACITY, PROT_READ, MAP_SHARED, fd,
			      (off_t)list.entries[0].offset);
	if (region == MAP_FAILED)
		die(session);
	region_list_deinit(&list);
	close(fd);
	return region;
}

/* Compares one number of one call with what it should be. */
static void judge(struct test *test, const struct step *step, enum call call, const char *what,
		  uint64_t change, uint64_t expected)
{
	static const char *const phases[] = {"success", "failure", "system failure", "busy"};
	char *failed = test->failed[step->symbol];

	if (change == expected || failed[0])
		return;
	snprintf(failed, sizeof(test->failed[0]), "%s: %s of %.*s changed by %lld, not %lld",
		 phases[step->phase], what, CALL_NAME_SIZE, call_table[call].name,
		 (long long)change, (long long)expected);
}

static void judge_call(struct test *test, const struct step *step, enum call call,
		       const struct total *now)
{
	const struct total *before = &test->before[call];
	bool is_it = call == step->call;
	bool is_success = is_it && step->outcome == OUTCOME_SUCCESS;
	bool is_failure = is_it && step->outcome == OUTCOME_FAILURE;

	judge(test, step, call, "count", now->count - before->count, is_it);
	judge(test, step, call, "contended", now->contended - before->contended,
	      is_it && step->phase == PHASE_BUSY);
	judge(test, step, call, "bytes", now->bytes - before->bytes, is_success ? step->bytes : 0);
	judge(test, step, call, "timed successes", now->successes - before->successes, is_success);
	judge(test, step, call, "failures", now->failures - before->failures, is_failure);
	judge(test, step, call, "timed failures", now->failures_timed - before->failures_timed,
	      is_failure);
	if (is_failure)
		judge(test, step, call, "failures with the code", !!now->failures_with_code, 1);
}

static void judge_step(struct test *test, const struct step *step)
{
	static struct total now[CALL_COUNT];

	test->is_driven[step->symbol] = true;
	if (step->problem[0] && !test->failed[step->symbol][0])
		snprintf(test->failed[step->symbol], sizeof(test->failed[0]), "%s: %s",
			 step->phase == PHASE_SUCCESS ? "success" : "failure", step->problem);
	if (!test->region)
		test->region = map_region();
	read_totals(test->region, step->code, now);
	for (unsigned int call = 0; call < CALL_COUNT; call++)
		judge_call(test, step, call, &now[call]);
	for (unsigned int i = 0; test->region && i < LOSS_REASONS; i++)
		judge(test, step, step->call, "losses", test->region->lost[i], 0);
	memcpy(test->before, now, sizeof(now));
}

static bool next_step(struct test *test, struct step *ret_step)
{
	return recv(test->fd, ret_step, sizeof(*ret_step), MSG_WAITALL) == (ssize_t)sizeof(*ret_step);
}

static void follow_child(struct test *test)
{
	struct step step;

	if (!next_step(test, &step) || step.symbol != SYMBOL_COUNT) {
		fprintf(stderr, "conformance: the driven program did not start\n");
		exit(1);
	}
	test->region = map_region();
	read_totals(test->region, 0, test->before);
	while (send(test->fd, "g", 1, MSG_NOSIGNAL) == 1 && next_step(test, &step))
		judge_step(test, &step);
}

static void start_child(struct test *test, const char *preload, const char *mocks, char *driver)
{
	char libraries[2 * PATH_MAX + 16];
	char joined[SESSION_PATH_SIZE + 32];
	char *arguments[] = {driver, NULL};
	char *environment[] = {libraries, joined, NULL};
	int fds[2];

	snprintf(libraries, sizeof(libraries), "LD_PRELOAD=%s:%s", preload, mocks);
	snprintf(joined, sizeof(joined), SESSION_VARIABLE "=%s", session);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
		die("socketpair");
	test->child = fork();
	if (test->child < 0)
		die("fork");
	if (test->child == 0) {
		dup2(fds[1], STEP_FD);
		execve(driver, arguments, environment);
		perror(driver);
		_exit(1);
	}
	close(fds[1]);
	test->fd = fds[0];
}

static void remove_session(void)
{
	DIR *directory = opendir(session);

	if (!directory)
		return;
	for (struct dirent *entry = readdir(directory); entry; entry = readdir(directory))
		unlinkat(dirfd(directory), entry->d_name, 0);
	closedir(directory);
	rmdir(session);
}

/* A session in which every call is timed. */
static void make_session(void)
{
	struct session_settings settings;
	int error = session_make_directory(environ, NULL, session);

	session_settings_init(&settings);
	for (unsigned int call = 0; call < SESSION_CALLS; call++)
		settings.period[call] = 1;
	if (!error) {
		atexit(remove_session);
		error = session_write_file(session, &settings);
	}
	if (error) {
		fprintf(stderr, "conformance: no session: %s\n", strerror(-error));
		exit(1);
	}
}

/* By enum symbol, whose order is that of the names in the manual. */
static char name_of_symbol[SYMBOL_COUNT][64];

static void list_symbol_names(void)
{
	unsigned int symbol = 0;

	for (unsigned int call = 0; call < CALL_COUNT; call++) {
		const char *names = call_manual[call].symbols;

		for (int length; sscanf(names, "%63s%n", name_of_symbol[symbol], &length) == 1; symbol++)
			names += length;
	}
	assert(symbol == SYMBOL_COUNT);
}

/* SYMBOL_COUNT: there is none. */
static unsigned int find_symbol(const char *name)
{
	unsigned int symbol = 0;

	while (symbol < SYMBOL_COUNT && strcmp(name_of_symbol[symbol], name) != 0)
		symbol++;
	return symbol;
}

/* The preload must export the symbols of the table, and no others. Returns how many others it exports. */
static int read_exports(struct test *test, const char *preload)
{
	char command[PATH_MAX + 64];
	char name[256];
	int n_others = 0;

	/* "read@@Base" has no version, "glob@@GLIBC_2.27" is the default one; A is a version by itself. */
	snprintf(command, sizeof(command),
		 "nm -D --defined-only '%s' | sed '/ A /d; s/.* //; s/@@.*//' | sort -u", preload);
	FILE *names = popen(command, "r");

	while (names && fscanf(names, "%255s", name) == 1) {
		unsigned int symbol = find_symbol(name);

		if (symbol == SYMBOL_COUNT && strchr(name, '@')) /* further versions of the same code */
			*strchr(name, '@') = '\0', symbol = find_symbol(name);
		if (symbol < SYMBOL_COUNT)
			test->is_exported[symbol] = true;
		else if (strcmp(name, "sonde_engine_v1") != 0) /* the one that libsonde looks for */
			printf("not ok - %s is exported, but not in the table\n", name), n_others++;
	}
	if (!names || pclose(names) != 0)
		die("nm");
	return n_others;
}

static const char *verdict(const struct test *test, unsigned int symbol)
{
	if (!test->is_exported[symbol])
		return "the preload does not export it";
	if (!test->is_driven[symbol])
		return "no driver called it";
	return test->failed[symbol];
}

static int report(const struct test *test, int n_failed, int child_status)
{
	int n_passed = 0;

	printf("1..%d\n", SYMBOL_COUNT + 1);
	for (unsigned int symbol = 0; symbol < SYMBOL_COUNT; symbol++) {
		const char *problem = verdict(test, symbol);

		if (problem[0])
			printf("not ok %u - %s: %s\n", symbol + 1, name_of_symbol[symbol], problem);
		else
			printf("ok %u - %s passes everything through and counts exactly once\n",
			       symbol + 1, name_of_symbol[symbol]);
		n_passed += !problem[0];
		n_failed += !!problem[0];
	}
	bool is_fine = WIFEXITED(child_status) && WEXITSTATUS(child_status) == 0;

	printf("%sok %d - the driven program comes to its end (wait status %#x)\n",
	       is_fine ? "" : "not ", SYMBOL_COUNT + 1, (unsigned int)child_status);
	n_passed += is_fine;
	n_failed += !is_fine;
	printf("%d passed, %d failed\n", n_passed, n_failed);
	return n_failed != 0;
}

int main(int argc, char **argv)
{
	static struct test test;
	int status;

	if (argc != 4) {
		fprintf(stderr, "usage: conformance PRELOAD MOCKS DRIVER\n");
		return 2;
	}
	list_symbol_names();
	int n_others = read_exports(&test, argv[1]);

	make_session();
	start_child(&test, argv[1], argv[2], argv[3]);
	follow_child(&test);
	waitpid(test.child, &status, 0);
	return report(&test, n_others, status);
}
