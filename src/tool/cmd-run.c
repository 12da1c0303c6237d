// SPDX-License-Identifier: MIT
/*
 * The command's standard output is the command's alone: the report goes to the standard error
 * stream or to a file. Whatever goes wrong before the command starts ends sonde with 125, 126 or
 * 127; once it has run, its status is what counts, and trouble with the report is only said.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "host/session-host.h"
#include "record/executable.h"
#include "tool/child.h"
#include "tool/command.h"
#include "tool/configured.h"
#include "tool/limits.h"
#include "tool/preload.h"
#include "tool/recording-file.h"
#include "tool/recording-store.h"
#include "tool/report.h"
#include "tool/run-plugins.h"
#include "tool/symbols.h"
#include "tool/whole-write.h"

enum {
	OPTION_CONFIG,
	OPTION_OUTPUT,
	OPTION_REPORT,
	OPTION_REPORT_FILE,
	OPTION_LABEL,
	OPTION_SET,
	OPTION_VERBOSE,
};

static const struct command_option options[] = {
	[OPTION_CONFIG] = {"config", 'c', "FILE", "read this configuration file"},
	[OPTION_OUTPUT] = {"output", 'o', "FILE", "write the recording there (.gz: compressed)"},
	[OPTION_REPORT] = {"report", 'r', "FORMAT", "at the end: none, or as in sonde report"},
	[OPTION_REPORT_FILE] = {"report-file", 0, "FILE", "the report goes there, not to stderr"},
	[OPTION_LABEL] = {"label", 'l', "KEY=VALUE", "keep this in the recording"},
	[OPTION_SET] = {"set", 's', "KEY=VALUE", "override a setting of the configuration"},
	[OPTION_VERBOSE] = {"verbose", 'v', NULL, "say where recordings are kept"},
	{0},
};

/* What the command line asks for. */
struct request {
	const char *config;
	const char *output;
	const char *report_file;
	report_format format;
	const char **labels; /* ended by NULL */
	size_t n_labels;
	const char **overrides; /* of settings; ended by NULL */
	size_t n_overrides;
	bool is_verbose;
	char **command;
};

struct run {
	struct request request;
	struct limits limits;
	char *library;
	struct configuration configuration;
	struct session_host *host;
	struct run_plugins plugins;
	struct child child;
	int64_t started_ns; /* CLOCK_REALTIME */
	int64_t started_monotonic_ns;
	uint64_t wall_ns;
	FILE *report; /* NULL: none is wanted */
	int report_fd;
};

/* 0, or a status after saying what is wrong. */
static int take_label(struct request *request, const char *text)
{
	struct message message = {0};
	const char *equals = strchr(text, '=');

	if (!equals)
		return command_refuse(&command_run, "--label: '%s' is not KEY=VALUE", text);
	char *key = strndup(text, (size_t)(equals - text));
	int result = key ? label_check(key, equals + 1, &message) : -ENOMEM;

	free(key);
	if (result == -EINVAL)
		return command_refuse(&command_run, "--label: %s", message.text);
	request->labels[request->n_labels++] = text;
	return result < 0 ? STATUS_RUN_FAILED : 0;
}

static int take_option(struct request *request, int option, const char *value)
{
	switch (option) {
	case OPTION_CONFIG:
		request->config = value;
		break;
	case OPTION_OUTPUT:
		request->output = value;
		break;
	case OPTION_REPORT:
		request->format = report_format_from_name(value);
		if (!request->format)
			return command_refuse(&command_run, "unknown report format '%s': none, %s",
					      value, report_format_names());
		break;
	case OPTION_REPORT_FILE:
		request->report_file = value;
		break;
	case OPTION_LABEL:
		return take_label(request, value);
	case OPTION_SET:
		request->overrides[request->n_overrides++] = value;
		break;
	case OPTION_VERBOSE:
		request->is_verbose = true;
		break;
	}
	return 0;
}

static int add_labels(const struct request *request, struct configuration *configuration)
{
	int result = 0;

	for (size_t i = 0; i < request->n_labels && result == 0; i++) {
		char *key = strdup(request->labels[i]);
		char *equals = key ? strchr(key, '=') : NULL;

		result = -ENOMEM;
		if (equals) {
			*equals = '\0';
			result = configuration_add_label(configuration, key, equals + 1);
		}
		free(key);
	}
	return result;
}

/* NULL is standard error, "-" standard output. A descriptor, or -1 with errno set. */
static int open_report_file(const char *path)
{
	if (!path)
		return STDERR_FILENO;
	if (strcmp(path, "-") == 0)
		return STDOUT_FILENO;
	return open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
}

/* 0, or STATUS_RUN_FAILED after saying why. */
static int open_report(struct run *run)
{
	const struct request *request = &run->request;
	struct message message;

	if (request->output && recording_file_check(request->output, &message) < 0) {
		command_say(&command_run, "cannot write the recording: %s", message.text);
		return STATUS_RUN_FAILED;
	}
	if (strcmp(request->format, REPORT_NONE) == 0)
		return 0;
	run->report_fd = open_report_file(request->report_file);
	run->report = run->report_fd < 0 ? NULL : whole_write_stream(run->report_fd);
	if (run->report)
		return 0;
	command_say(&command_run, "cannot write the report: %s: %s", request->report_file,
		    strerror(errno));
	return STATUS_RUN_FAILED;
}

/* The soft limit was raised as far as this. */
static void blame_limit(const struct run *run, struct message *ret_message)
{
	if (run->limits.file_size.rlim_max != RLIM_INFINITY)
		message_set(ret_message, "files of %lu bytes are allowed (RLIMIT_FSIZE), sonde needs %lu",
			    (unsigned long)run->limits.file_size.rlim_max,
			    (unsigned long)SESSION_HEAD_SIZE + REGION_CAPACITY_LEAST);
}

static int make_session(struct run *run)
{
	struct configuration *configuration = &run->configuration;
	struct message message = {0};

	if (configured_load(&command_run, run->request.config, run->request.overrides,
			    configuration) < 0)
		return STATUS_RUN_FAILED;
	int result = add_labels(&run->request, configuration);

	if (result == 0)
		result = preload_find(environ, &run->library, &message);
	if (result == 0)
		result = session_host_new(configuration, environ, &run->host, &message);
	if (result == -EFBIG)
		blame_limit(run, &message);
	if (result == 0)
		result = session_host_set_command(run->host, run->request.command);
	if (result == 0)
		result = run_plugins_start(&run->plugins, configuration, run->host);
	if (result == 0)
		return 0;
	command_say(&command_run, "%s", *message.text ? message.text : strerror(-result));
	return STATUS_RUN_FAILED;
}

/* What the shells do: a file that is there but cannot be executed is another thing than no file. */
static int say_why_not_started(const struct run *run, const char *program, int error)
{
	const char *name = run->request.command[0];

	if (error == ENOENT && access(program, F_OK) == 0) {
		command_say(&command_run, "%s: its interpreter was not found", name);
		return STATUS_CANNOT_EXECUTE;
	}
	if (error == ENOENT && !strchr(name, '/'))
		command_say(&command_run, "%s: command not found", name);
	else
		command_say(&command_run, "%s: %s", name, strerror(error));
	return error == ENOENT ? STATUS_NOT_FOUND : STATUS_CANNOT_EXECUTE;
}

/* 0; positive: the errno of exec; negative: sonde is to blame. */
static int start_child(struct run *run, const char *program)
{
	struct preload_environment environment;
	struct program_file file;
	char runtime[SANITIZER_NAME_SIZE];
	/* The loader of another libc would stumble over our library. */
	bool is_foreign = executable_inspect(program, &file, runtime) == NOTE_ARCHITECTURE;
	int result = preload_environment_init(&environment, environ, run->library, runtime,
					      session_host_path(run->host));

	if (result == 0) {
		result = child_start(&run->child, &run->limits, program, run->request.command,
				     is_foreign ? environ : environment.variables);
		if (result)
			child_deinit(&run->child);
	}
	preload_environment_deinit(&environment);
	return result;
}

static int start(struct run *run)
{
	char **command = run->request.command;
	char path[4096];
	const char *program = executable_search(command[0], getenv("PATH"), path, sizeof(path));

	run->started_ns = clock_kernel_ns(CLOCK_REALTIME);
	run->started_monotonic_ns = clock_kernel_ns(CLOCK_MONOTONIC);
	int result = start_child(run, program);

	if (result > 0)
		return say_why_not_started(run, program, result);
	if (result < 0) {
		command_say(&command_run, "cannot start a process: %s", strerror(-result));
		return STATUS_RUN_FAILED;
	}
	session_host_inspect(run->host, run->child.pid, program);
	return 0;
}

/* 0; or a negative errno after saying why, and nothing has changed. */
static int load_again(const struct run *run, struct configuration *ret_configuration)
{
	int result = configured_load(&command_run, run->request.config, run->request.overrides,
				     ret_configuration);

	if (result < 0)
		command_say(&command_run, "the plugins stay as they are");
	return result;
}

static void reload(struct run *run)
{
	struct configuration configuration;

	if (load_again(run, &configuration) < 0)
		return;
	int result = run_plugins_reload(&run->plugins, &run->configuration, &configuration,
					run->host);

	if (result < 0) {
		command_say(&command_run, "the plugins stay as they are: %s", strerror(-result));
		configuration_deinit(&configuration);
		return;
	}
	configuration_deinit(&run->configuration);
	run->configuration = configuration;
}

/* A signal that was the command's tells us the same as it: the configuration has changed. */
static bool takes_reload(struct run *run)
{
	bool is_asked = session_host_takes_reload(run->host) || run->child.has_hung_up;

	run->child.has_hung_up = false;
	return is_asked && !run->child.has_ended;
}

static void look_after(struct run *run)
{
	struct pollfd readable[] = {
		{.fd = run->child.signals, .events = POLLIN},
		{.fd = run_plugins_fd(&run->plugins), .events = POLLIN},
	};

	run->child.is_stray = run_plugins_blame;
	run->child.argument = &run->plugins;
	while (!run->child.has_ended) {
		int host_ms = session_host_work(run->host);
		int plugins_ms = run_plugins_work(&run->plugins, run->host);
		bool are_plugins_first = plugins_ms >= 0 && plugins_ms < host_ms;

		poll(readable, 2, are_plugins_first ? plugins_ms : host_ms);
		child_work(&run->child);
		if (takes_reload(run))
			reload(run);
		readable[1].fd = run_plugins_fd(&run->plugins);
	}
	run->wall_ns = (uint64_t)(clock_kernel_ns(CLOCK_MONOTONIC) - run->started_monotonic_ns);
	session_host_note_end(run->host, run->child.pid);
	child_deinit(&run->child);
}

static uint64_t timeval_ns(struct timeval time)
{
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_usec * 1000;
}

static struct exit_info exit_of(const struct run *run)
{
	int status = run->child.status;

	return WIFSIGNALED(status) ? (struct exit_info){EXIT_SIGNAL, WTERMSIG(status)}
				   : (struct exit_info){EXIT_STATUS, WEXITSTATUS(status)};
}

/* A process does not see itself end by a signal, or after its main() has returned. Who waited for it has. */
static void describe_end(const struct run *run, struct recording *recording)
{
	for (size_t i = recording->n_process_records; i-- > 0;) {
		struct process_record *process = recording->processes[i];

		if (process->pid != run->child.pid || !process_is_of_command(recording, process))
			continue;
		if (process->exit.kind == EXIT_UNKNOWN && !process->is_running)
			process->exit = exit_of(run);
		return;
	}
}

static void describe_run(const struct run *run, struct recording *recording)
{
	recording->started_ns = run->started_ns;
	recording->wall_ns = run->wall_ns;
	recording->user_ns = timeval_ns(run->child.usage.ru_utime);
	recording->system_ns = timeval_ns(run->child.usage.ru_stime);
	recording->io = run->child.io;
	recording->exit = exit_of(run);
	describe_end(run, recording);
}

static void keep(const struct run *run, const struct recording *recording, const struct recording_text *text)
{
	struct retention retention = {
		.count = run->configuration.recordings_kept,
		.age_ns = run->configuration.recordings_age_ns,
	};
	struct message message = {0};
	char *path;
	int result = recording_store_keep(environ, recording, text, &retention, &path, &message);

	if (run->request.is_verbose && result < 0)
		command_say(&command_run, "the recording is not kept: %s", message.text);
	else if (run->request.is_verbose && path)
		command_say(&command_run, "the recording is kept in %s", path);
	free(path);
}

/* To where it was asked for, and where the last ones are kept. */
static void write_recording(const struct run *run, const struct recording *recording)
{
	const char *output = run->request.output;
	bool is_kept = run->configuration.recordings_kept > 0;
	bool is_compressed = is_kept || (output && recording_file_is_compressed(output));
	struct recording_text text;
	struct message message;

	if (!output && !is_kept)
		return;
	if (recording_text_init(&text, recording, is_compressed) < 0) {
		command_say(&command_run, "cannot write the recording: out of memory");
	} else {
		if (output && recording_file_write(output, &text, &message) < 0)
			command_say(&command_run, "cannot write the recording: %s", message.text);
		keep(run, recording, &text);
	}
	recording_text_deinit(&text);
}

static void write_report(const struct run *run, const struct recording *recording)
{
	struct text_options text = report_text_options(run->report_fd);
	int result = report_write(recording, run->request.format, &text, run->report);

	errno = EIO;
	if (fflush(run->report) != 0 && result == 0)
		result = -errno;
	if (result < 0)
		command_say(&command_run, "cannot write the report: %s", strerror(-result));
}

static void finish(struct run *run)
{
	struct recording recording;
	int64_t grace_ms = run->configuration.grace_ns / 1000000;
	bool may_run = (grace_ms || run->configuration.leaves) && session_host_wait(run->host, grace_ms);
	bool is_left = may_run && run->configuration.leaves;
	int result = is_left ? session_host_leave(run->host, exit_of(run), &recording)
			     : session_host_close(run->host, &recording);

	if (is_left)
		command_say(&command_run, "processes still run; their session is %s", session_host_path(run->host));
	if (result == -ENOMEM)
		command_say(&command_run, "the recording is incomplete: out of memory");
	else if (result < 0)
		command_say(&command_run, "the recording is incomplete: the session's directory: %s",
			    strerror(-result));
	if (run_plugins_end(&run->plugins, &recording) < 0)
		command_say(&command_run, "the plugins' part is incomplete: out of memory");
	describe_run(run, &recording);
	if (symbols_find(&recording, run->configuration.asks_symbol_servers) < 0)
		command_say(&command_run, "the stacks' names are incomplete: out of memory");
	write_recording(run, &recording);
	if (run->report)
		write_report(run, &recording);
	recording_deinit(&recording);
}

/*
 * Descriptors of ours shall not become the standard streams; the command finds them closed, as we did. Nobody can write to what
 * stands in for an output, so that it is said when something is to go there.
 */
static void fill_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", (fd == STDOUT_FILENO ? O_RDONLY : O_RDWR) | O_CLOEXEC);
}

/* 0, or STATUS_RUN_FAILED after saying why. */
static int take_descriptors(struct run *run)
{
	fill_standard_descriptors();
	limits_raise(&run->limits);
	if (run->limits.descriptors.rlim_max >= LIMITS_DESCRIPTORS)
		return 0;
	command_say(&command_run, "%lu open files are allowed (RLIMIT_NOFILE), sonde needs %d",
		    (unsigned long)run->limits.descriptors.rlim_max, LIMITS_DESCRIPTORS);
	return STATUS_RUN_FAILED;
}

/* Runs the command; 0 when it ran, whatever came of it. */
static int run_command(struct run *run)
{
	int status = take_descriptors(run);

	if (status == 0)
		status = open_report(run);
	if (status == 0)
		status = make_session(run);
	if (status == 0)
		status = start(run);
	if (status == 0) {
		look_after(run);
		finish(run);
	}
	run_plugins_deinit(&run->plugins);
	run->host = session_host_free(run->host);
	configuration_deinit(&run->configuration);
	free(run->library);
	if (run->report)
		fclose(run->report);
	if (run->report_fd > STDERR_FILENO)
		close(run->report_fd);
	return status;
}

static int take_arguments(int argc, char **argv, struct request *request)
{
	const char *value;
	int option;

	while ((option = command_next_option(&command_run, argc, argv, &value)) >= 0) {
		int status = take_option(request, option, value);

		if (status)
			return status;
	}
	if (option != OPTIONS_END)
		return command_option_status(&command_run, option);
	request->command = argv + optind;
	return *request->command ? 0 : command_refuse(&command_run, "which command?");
}

static int run(int argc, char **argv)
{
	struct run run = {.request = {.format = REPORT_TEXT}};
	int status;

	run.request.labels = calloc((size_t)argc + 1, sizeof(*run.request.labels));
	run.request.overrides = calloc((size_t)argc + 1, sizeof(*run.request.overrides));
	status = run.request.labels && run.request.overrides
			 ? take_arguments(argc, argv, &run.request)
			 : STATUS_RUN_FAILED;
	if (status == 0 && run.request.command)
		status = run_command(&run);
	free(run.request.labels);
	free(run.request.overrides);
	if (status || !run.child.has_ended)
		return status;
	if (WIFSIGNALED(run.child.status))
		die_of_signal(WTERMSIG(run.child.status));
	return WEXITSTATUS(run.child.status);
}

const struct command command_run = {
	.name = "run",
	.usage = "[--] COMMAND [ARGUMENT]...",
	.summary = "run a command and report its libc calls, and those of all it starts",
	.details =
		"Exits with the command's status, or dies of the signal that the command died of.\n"
		"Exits with 125 when sonde itself fails before the command starts, with 126 when "
		"the\n"
		"command cannot be executed, with 127 when it is not found.\n",
	.options = options,
	.usage_status = STATUS_RUN_FAILED,
	.takes_command = true,
	.run = run,
};
