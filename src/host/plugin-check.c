// SPDX-License-Identifier: MIT
/*
 * Two instances run side by side in one process, as they would inside a watched program: what they
 * share by accident shows there. Their healths lie in shared memory, so the verdicts are there also
 * when the process is not.
 */
#include "config.h"

#include "host/plugin-check.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/histogram.h"
#include "host/plugin-child.h"
#include "host/plugin-describe.h"
#include "host/plugin-runner.h"
#include "host/plugin-snapshot.h"
#include "host/process-family.h"
#include "model/snapshot-build.h"

enum { INSTANCES = 2, SNAPSHOTS = 2, FOLDER_MODE = 0700 };

#define CHECK_INTERVAL_NS INT64_C(100000000)
#define CHECK_DEADLINE_NS INT64_C(1000000000)
#define CHECK_WORK_NS	  INT64_C(8000000000) /* all but the end */

struct check {
	const struct plugin_check_request *request;
	const struct plugin_description *description;
	char folder[32]; /* for what the plugin writes */
	struct plugin_choice choices[INSTANCES];
	char names[INSTANCES][16];
	struct option_values values[INSTANCES];
	struct plugin_health *healths; /* shared */
	size_t n_failed;
};

static int64_t now_ns(void)
{
	return clock_kernel_ns(CLOCK_MONOTONIC);
}

static void say(struct check *check, bool has_passed, const char *what, const char *detail)
{
	check->n_failed += !has_passed;
	check->request->say(check->request->argument, has_passed, what, detail);
}

/* -- A snapshot with one series of each type, and texts that are hard to write ----------------- */

static struct snapshot *make_figures(uint64_t number)
{
	static const struct tag tags[] = {
		{"call", "read"},
		{"odd", "quote \" backslash \\ newline \n comma , equals = \xe2\x82\xac"},
	};
	struct series_histogram histogram = {
		.count = 3 * number,
		.sum = 0.25 * (double)number,
		.min = 1e-9,
		.max = 0.125,
		.first_index = HISTOGRAM_FIRST_INDEX,
		.buckets = {[HISTOGRAM_ZERO] = number, [100] = number, [180] = number},
	};
	const struct series series[] = {
		{.name = "check.counter",
		 .tags = tags,
		 .n_tags = 2,
		 .type = SERIES_COUNTER,
		 .unit = "1",
		 .value.count = UINT64_MAX - 10 + number},
		{.name = "check.seconds",
		 .type = SERIES_COUNTER,
		 .is_fractional = true,
		 .unit = "s",
		 .value.number = 0.1 * (double)number},
		{.name = "check.gauge", .type = SERIES_GAUGE, .unit = "By", .value.number = -0.5},
		{.name = "check.nothing", .type = SERIES_GAUGE, .unit = "1", .value.number = NAN},
		{.name = "check.rate", .type = SERIES_RATE, .unit = "1/s", .value.number = 1e300},
		{.name = "check.timer",
		 .tags = tags,
		 .n_tags = 1,
		 .type = SERIES_TIMER,
		 .unit = "s",
		 .value.histogram = &histogram},
	};
	struct snapshot *figures = snapshot_new(clock_kernel_ns(CLOCK_REALTIME));

	for (size_t i = 0; figures && i < sizeof(series) / sizeof(series[0]); i++)
		snapshot_adopt(figures, series_copy(&series[i]));
	if (figures)
		snapshot_seal(figures);
	return figures;
}

static void offer(struct plugin_runner *const *runners, uint64_t number)
{
	static const struct tag tags[] = {{"host.name", "check"}};
	const struct snapshot_source source = {
		.tags = tags,
		.n_tags = 1,
		.start_ns = clock_kernel_ns(CLOCK_REALTIME),
		.sequence = number,
		.is_final = number == SNAPSHOTS,
	};
	struct snapshot *figures = make_figures(number);
	const struct sonde_snapshot *snapshot =
		figures ? plugin_snapshot_new(figures, &source) : NULL;

	for (size_t i = 0; snapshot && i < INSTANCES; i++)
		plugin_runner_offer(runners[i], snapshot);
	plugin_snapshot_unref(snapshot);
	snapshot_put(figures);
}

/* -- The process that runs them --------------------------------------------------------------- */

/* Whether an instance has done what it is asked to, or will not. */
static bool is_done(const struct check *check, const struct plugin_health *health)
{
	bool is_monitor = check->description->kind & SONDE_KIND_MONITOR;
	bool is_exporter = check->description->kind & SONDE_KIND_EXPORTER;
	uint64_t n_exported =
		health_counted(health, COUNT_TAKEN) + health_counted(health, COUNT_PARTIAL) +
		health_counted(health, COUNT_SUPERSEDED) + health_counted(health, COUNT_REFUSED);

	if (health_has_ended(health) || health_counted(health, COUNT_RETRIED))
		return true;
	if (is_monitor && health_counted(health, COUNT_COLLECTED) < 2 &&
	    !health_counted(health, COUNT_COLLECT_FAILED))
		return false;
	return health_state(health) >= PLUGIN_RUNNING && (!is_exporter || n_exported >= SNAPSHOTS);
}

static void look_after(const struct check *check, struct plugin_runner *const *runners)
{
	int64_t end_ns = now_ns() + CHECK_WORK_NS;
	bool are_done = false;

	while (!are_done && now_ns() < end_ns) {
		are_done = true;
		for (size_t i = 0; i < INSTANCES; i++) {
			plugin_runner_look(runners[i]);
			are_done &= is_done(check, &check->healths[i]);
		}
		poll(NULL, 0, 5);
	}
}

static void end(struct plugin_runner *const *runners)
{
	int64_t until_ns = now_ns() + PLUGIN_STOP_NS;

	for (size_t i = 0; i < INSTANCES; i++)
		plugin_runner_end(runners[i], until_ns);
	for (size_t i = 0; i < INSTANCES; i++)
		plugin_runner_wait(runners[i], until_ns);
}

static _Noreturn void run_instances(const struct check *check, int pipe)
{
	struct plugin_runner *runners[INSTANCES];

	plugin_child_isolate("sonde-check", pipe);
	for (size_t i = 0; i < INSTANCES; i++) {
		const struct plugin_work work = {
			.choice = &check->choices[i],
			.directory = check->request->directory,
			.health = &check->healths[i],
		};

		if (plugin_runner_new(&work, &runners[i]) < 0)
			_exit(EXIT_FAILURE);
	}
	for (uint64_t number = 1; number <= SNAPSHOTS; number++)
		offer(runners, number);
	look_after(check, runners);
	end(runners);
	/* What it has started holds the pipe open, and the instances are not told apart by it. */
	health_killed(&check->healths[0], process_family_kill(getpid()));
	_exit(EXIT_SUCCESS);
}

/* Its end of the pipe is closed when it has ended, in whatever way. Returns what wait(2) says; -1:
 * it was killed. */
static int wait_for(pid_t pid, int pipe)
{
	struct pollfd closed = {.fd = pipe, .events = POLLIN};
	int64_t limit_ns = CHECK_WORK_NS + 2 * PLUGIN_STOP_NS;
	bool is_late = poll(&closed, 1, (int)(limit_ns / 1000000)) == 0;
	int status = 0;

	if (is_late)
		kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return is_late ? -1 : status;
}

static int run(struct check *check)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	pid_t pid = fork();

	if (pid == 0)
		run_instances(check, ends[1]);
	close(ends[1]);
	int status = pid < 0 ? -1 : wait_for(pid, ends[0]);

	close(ends[0]);
	return status;
}

/* -- Options ---------------------------------------------------------------------------------- */

struct filling {
	struct check *check;
	size_t instance;
};

/* A text for an option that must be given and that nobody gives. */
static void make_up(const struct filling *filling, const char *path,
		    const struct sonde_option *option, char *ret_text, size_t size)
{
	if (option->type == SONDE_OPTION_STRING || option->type == SONDE_OPTION_LIST)
		snprintf(ret_text, size, "%s/%s.%zu", filling->check->folder, path,
			 filling->instance + 1);
	else if (option->type == SONDE_OPTION_ENUM)
		snprintf(ret_text, size, "%s", option->words[0]);
	else if (option->min)
		snprintf(ret_text, size, "%s", option->min);
	else
		snprintf(ret_text, size, "%s",
			 option->type == SONDE_OPTION_DURATION ? "1s"
			 : option->type == SONDE_OPTION_SIZE   ? "1KiB"
			 : option->type == SONDE_OPTION_BOOL   ? "true"
							       : "1");
	if (option->flags & SONDE_OPTION_FOLDER)
		mkdir(ret_text, FOLDER_MODE);
}

/* "127.0.0.1:9464" -> "127.0.0.1:0": two instances cannot listen at one port, nor one where another program does. */
static void choose_port(const struct sonde_option *option, char *ret_text, size_t size)
{
	const char *colon = strrchr(option->default_text, ':');
	size_t len = colon ? (size_t)(colon - option->default_text) : 0;

	snprintf(ret_text, size, "%.*s:0", (int)len, option->default_text);
}

/* The text that is given for an option; NULL: none is. */
static const char *find_given(const struct check *check, const char *path)
{
	size_t len = strlen(path);

	for (const char *const *given = check->request->given; given && *given; given++)
		if (strncmp(*given, path, len) == 0 && (*given)[len] == '=')
			return *given + len + 1;
	return NULL;
}

static int fill(void *argument, const char *path, const struct sonde_option *option)
{
	struct filling *filling = argument;
	const char *given = find_given(filling->check, path);
	struct value_rule rule = option_rule(option);
	struct value_text value;
	char made_up[128];

	bool is_listening = (option->flags & SONDE_OPTION_LISTEN) && option->default_text;

	if (!given && !is_listening && !(option->flags & SONDE_OPTION_REQUIRED))
		return 0;
	if (!given && is_listening)
		choose_port(option, made_up, sizeof(made_up));
	else if (!given)
		make_up(filling, path, option, made_up, sizeof(made_up));
	int result = value_text_read(&rule, given ? given : made_up, &value, NULL);

	if (result < 0)
		return result;
	result =
		option_values_set(&filling->check->values[filling->instance], option, &value.value);
	value_text_release(&value);
	return result;
}

static int prepare(struct check *check, size_t instance)
{
	struct filling filling = {check, instance};
	const struct option_table *table = &check->description->options;
	int result = option_values_init(&check->values[instance], table);

	if (result == 0)
		result = option_table_visit(table, fill, &filling);
	snprintf(check->names[instance], sizeof(check->names[instance]), "check-%zu", instance + 1);
	check->choices[instance] = (struct plugin_choice){
		.name = check->names[instance],
		.plugin = check->description->path,
		.options = check->values[instance].data,
		.interval_ns = CHECK_INTERVAL_NS,
		.deadline_ns = CHECK_DEADLINE_NS,
	};
	return result;
}

/* -- Verdicts --------------------------------------------------------------------------------- */

static void judge_description(struct check *check)
{
	const struct plugin_description *description = check->description;
	char detail[256];

	snprintf(detail, sizeof(detail), "%s %s, %s", description->name, description->version,
		 description->license);
	say(check, true, "description", detail);
	const char *slash = strrchr(description->path, '/');
	size_t len = strlen(description->name);
	bool is_named = strncmp(slash + 1, description->name, len) == 0 &&
			strcmp(slash + 1 + len, ".so") == 0;

	snprintf(detail, sizeof(detail), "%s is in %.100s", description->name, slash + 1);
	say(check, is_named, "name as its file's", is_named ? "" : detail);
}

static void judge_symbols(struct check *check)
{
	const char **leaked = check->description->leaked;
	char detail[256] = "exports ";
	size_t len = strlen(detail);

	for (size_t i = 0; leaked && leaked[i] && len < sizeof(detail); i++)
		len += (size_t)snprintf(detail + len, sizeof(detail) - len, "%s%s", i ? ", " : "",
					leaked[i]);
	say(check, !leaked || !leaked[0], "symbols", leaked && leaked[0] ? detail : "");
}

/* In which callbacks the instances were, "" for none. */
static void describe_place(const struct check *check, char *ret_text, size_t size)
{
	size_t len = 0;

	*ret_text = '\0';
	for (size_t i = 0; i < INSTANCES && len < size; i++)
		if (check->healths[i].callback != CALLBACK_NONE)
			len += (size_t)snprintf(ret_text + len, size - len, "%s%s",
						len ? ", " : " in ",
						plugin_callback_name(check->healths[i].callback));
}

static void judge_process(struct check *check, int status)
{
	char place[80];
	char detail[128] = "";

	describe_place(check, place, sizeof(place));
	if (status == -1)
		snprintf(detail, sizeof(detail), "it did not end%s", place);
	else if (WIFSIGNALED(status))
		snprintf(detail, sizeof(detail), "SIG%s%s", sigabbrev_np(WTERMSIG(status)), place);
	else if (status)
		snprintf(detail, sizeof(detail), "ended by itself with status %d",
			 WEXITSTATUS(status));
	say(check, status == 0, "no crash", detail);
	if (health_counted(&check->healths[0], COUNT_PROCESSES_KILLED))
		say(check, false, "ends what it has started", "it has left processes behind");
}

/* Whether it only lacks somebody who takes what it sends: nobody has said where that is. */
static bool has_no_receiver(const struct check *check, const struct plugin_health *health)
{
	bool is_given = check->request->given && check->request->given[0];

	return !is_given && (check->description->flags & SONDE_NEEDS_NETWORK) &&
	       health->state != PLUGIN_FAILED &&
	       health->counts[COUNT_RETRIED] + health->counts[COUNT_PARTIAL] > 0;
}

static void judge_exporter(struct check *check, const char *name, const struct plugin_health *health)
{
	bool has_taken = health->counts[COUNT_TAKEN] > 0 &&
			 health->counts[COUNT_TAKEN] + health->counts[COUNT_SUPERSEDED] >= SNAPSHOTS;
	bool is_alone = !has_taken && has_no_receiver(check, health);
	char what[64];

	snprintf(what, sizeof(what), "%s takes snapshots", name);
	say(check, has_taken || is_alone, what,
	    has_taken ? "" : is_alone ? "and finds no receiver: tell it of one with -o" : health->reason);
}

static void judge_figures(struct check *check, const char *name, const struct plugin_health *health)
{
	char what[64];
	char detail[HEALTH_TEXT_SIZE];

	if (check->description->kind & SONDE_KIND_EXPORTER)
		judge_exporter(check, name, health);
	if (check->description->kind & SONDE_KIND_MONITOR) {
		bool has_collected = health->counts[COUNT_COLLECTED] > 0 &&
				     !health->counts[COUNT_SERIES_REFUSED];

		snprintf(what, sizeof(what), "%s collects figures", name);
		snprintf(detail, sizeof(detail), "%lu series were refused; %.150s",
			 (unsigned long)health->counts[COUNT_SERIES_REFUSED], health->reason);
		say(check, has_collected, what, has_collected ? "" : detail);
	}
}

static void judge_instance(struct check *check, size_t instance)
{
	const char *name = check->names[instance];
	struct plugin_health health;
	char what[64];

	health_copy(&check->healths[instance], &health);
	judge_figures(check, name, &health);
	bool is_late = health.counts[COUNT_LATE] || health.state == PLUGIN_STUCK;

	snprintf(what, sizeof(what), "%s keeps its times", name);
	say(check, !is_late, what, is_late ? health.reason : "");
	bool has_stopped = health.state == PLUGIN_STOPPED;

	snprintf(what, sizeof(what), "%s stops", name);
	say(check, has_stopped, what, has_stopped ? "" : plugin_state_name(health.state));
}

static void remove_folder(const char *folder)
{
	char command[64];

	/* It has what the plugin has made of it: files, folders. */
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	if (system(command) != 0)
		rmdir(folder);
}

static void check_at_work(struct check *check)
{
	int result = mkdtemp(check->folder) ? 0 : -errno;

	/* Where a plugin keeps what is the user's unless it is told another place. */
	if (result == 0 && setenv("XDG_STATE_HOME", check->folder, 1) < 0)
		result = -errno;
	for (size_t i = 0; result == 0 && i < INSTANCES; i++)
		result = prepare(check, i);
	if (result == 0) {
		judge_process(check, run(check));
		for (size_t i = 0; i < INSTANCES; i++)
			judge_instance(check, i);
	} else {
		say(check, false, "options", strerror(-result));
	}
	for (size_t i = 0; i < INSTANCES; i++)
		option_values_deinit(&check->values[i]);
	remove_folder(check->folder);
}

size_t plugin_check(const struct plugin_check_request *request)
{
	struct check check = {.request = request, .folder = "/tmp/sonde-check-XXXXXX"};
	struct plugin_description *description;
	struct message message = {.text = ""};
	size_t size = INSTANCES * sizeof(*check.healths);

	if (plugin_describe(request->plugin, request->directory, &description, &message) < 0) {
		say(&check, false, "loading", message.text);
		return check.n_failed;
	}
	check.description = description;
	check.healths = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	judge_description(&check);
	judge_symbols(&check);
	if (check.healths != MAP_FAILED) {
		check_at_work(&check);
		munmap(check.healths, size);
	} else {
		say(&check, false, "instances", strerror(errno));
	}
	plugin_description_free(description);
	return check.n_failed;
}
