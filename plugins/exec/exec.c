// SPDX-License-Identifier: MIT
/*
 * exec - feeds snapshots to a program in any language, one line of JSON each, through its standard
 * input.
 *
 *     plugins: ( { plugin = "exec"; command = ["python3", "/usr/local/lib/figures.py"]; } );
 *
 * The program reads until the end of its input, and then ends itself. One that ends before is
 * started again; the lines that it had not read are offered to its successor, after a while that
 * grows each time (the host sees to that). One that does not read is killed, since a line that was
 * read in part cannot be taken back. So a line may come twice, but none is lost on the way.
 */
#include <sonde/plugin.h>

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "exec/backlog.h"
#include "exec/program.h"
#include "shared/buffer.h"
#include "shared/window.h"

enum { CODE_ENDED = 1, CODE_KILLED, CODE_UNREAD };

#define END_SHARE_NS INT64_C(200000000) /* of the time to stop, left for the host's own work */

struct options {
	struct sonde_list command;
	int64_t window_ns;
};

struct bridge {
	const struct sonde_host *host;
	const struct options *options;
	struct program program;
	struct window window;
	struct buffer line;    /* of the snapshot */
	struct buffer backlog; /* lines that it was given before, and has perhaps not read */
	bool is_behind;	       /* it has not been given all of the backlog, which a predecessor left */
};

static const struct sonde_option options[] = {
	{
		.name = "command",
		.type = SONDE_OPTION_LIST,
		.flags = SONDE_OPTION_REQUIRED,
		.offset = offsetof(struct options, command),
		.help = "The program, and its arguments; it is looked for in PATH.",
	},
	WINDOW_ROW(struct options, window_ns),
	{0},
};

static int create(const struct sonde_host *host, const void *given, void **ret_instance,
		  struct sonde_err *err)
{
	const struct options *read = given;
	struct bridge *bridge;

	if (read->command.n_items == 0) {
		snprintf(err->text, sizeof(err->text), "the command is empty");
		return -EINVAL;
	}
	bridge = host->alloc(host, sizeof(*bridge));
	if (!bridge)
		return -ENOMEM;
	*bridge = (struct bridge){
		.host = host, .options = read, .line.host = host, .backlog.host = host};
	int result = window_init(&bridge->window, host, read->window_ns, err);

	if (result < 0) {
		host->free(host, bridge);
		return result;
	}
	program_init(&bridge->program, host);
	*ret_instance = bridge;
	return 0;
}

static int start(void *instance, struct sonde_err *err)
{
	struct bridge *bridge = instance;
	const char *name = bridge->options->command.items[0];
	int result = program_start(&bridge->program, &bridge->options->command);

	if (result < 0)
		snprintf(err->text, sizeof(err->text), "%.200s: %s", name, strerror(-result));
	return result;
}

static void say_how_it_ended(struct bridge *bridge)
{
	int status = bridge->program.status;

	bridge->host->log(bridge->host, SONDE_LOG_WARNING, CODE_ENDED, "%s ended by itself, %s %d",
			  bridge->options->command.items[0],
			  WIFSIGNALED(status) ? "signal" : "status",
			  WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

static void trim_backlog(struct bridge *bridge)
{
	if (!bridge->is_behind)
		backlog_trim(&bridge->backlog, program_unread(&bridge->program));
}

/* Starts it again if it has ended. 0 or a negative errno. */
static int keep_running(struct bridge *bridge)
{
	bool is_running = program_is_running(&bridge->program);

	trim_backlog(bridge);
	if (is_running)
		return 0;
	bridge->is_behind = true;
	bridge->host->counter_add(bridge->host, "exec.restarts", 1);
	return program_start(&bridge->program, &bridge->options->command);
}

static int write_backlog(struct bridge *bridge, int64_t deadline_ns)
{
	struct buffer *backlog = &bridge->backlog;
	int result = bridge->is_behind ? program_write(&bridge->program, backlog->bytes,
						       backlog->size, deadline_ns)
				       : 0;

	bridge->is_behind = result < 0;
	return result;
}

/* It has read a part of the line, or nothing: a successor gets all of it. */
static void give_up(struct bridge *bridge, int result)
{
	if (program_end(&bridge->program, bridge->host->now_mono_ns()))
		bridge->host->log(bridge->host, SONDE_LOG_WARNING, CODE_KILLED, "%s was killed: %s",
				  bridge->options->command.items[0],
				  result == -ETIMEDOUT ? "it does not read" : strerror(-result));
	else
		say_how_it_ended(bridge);
}

static int feed(struct bridge *bridge, int64_t deadline_ns)
{
	const struct buffer *line = &bridge->line;
	int result = keep_running(bridge);

	if (result < 0)
		return result;
	result = write_backlog(bridge, deadline_ns);
	if (result == 0)
		result = program_write(&bridge->program, line->bytes, line->size, deadline_ns);
	if (result == 0)
		return buffer_take(&bridge->backlog, line->bytes, line->size);
	give_up(bridge, result);
	return result;
}

static int export_snapshot(void *instance, const struct sonde_snapshot *snapshot,
			   int64_t deadline_ns, struct sonde_result *ret_result)
{
	struct bridge *bridge = instance;

	buffer_clear(&bridge->line);
	int result = bridge->host->format(snapshot, "jsonlines", bridge->window.parameters,
					  buffer_take, &bridge->line);

	if (result < 0)
		return SONDE_DROP;
	/* So that there is time left to kill it before the host loses its patience. */
	result = feed(bridge, deadline_ns - (deadline_ns - bridge->host->now_mono_ns()) / 4);
	if (result < 0) {
		snprintf(ret_result->message, sizeof(ret_result->message), "%.80s: %s",
			 bridge->options->command.items[0],
			 result == -ETIMEDOUT ? "it does not read" : strerror(-result));
		return SONDE_RETRY;
	}
	ret_result->bytes_sent = bridge->line.size;
	return SONDE_OK;
}

/* What is left in the end, nobody will read. */
static void tell_unread(struct bridge *bridge)
{
	trim_backlog(bridge);
	size_t n_lines = backlog_lines(&bridge->backlog);

	if (n_lines == 0)
		return;
	bridge->host->counter_add(bridge->host, "exec.lines.unread", n_lines);
	bridge->host->log(bridge->host, SONDE_LOG_WARNING, CODE_UNREAD,
			  "%s has left lines unread: %zu", bridge->options->command.items[0],
			  n_lines);
}

static int stop(void *instance, int64_t deadline_ns)
{
	struct bridge *bridge = instance;

	if (program_end(&bridge->program, deadline_ns - END_SHARE_NS))
		bridge->host->log(bridge->host, SONDE_LOG_WARNING, CODE_KILLED,
				  "%s was killed: it did not end when its input did",
				  bridge->options->command.items[0]);
	tell_unread(bridge);
	return 0;
}

static void destroy(void *instance)
{
	struct bridge *bridge = instance;

	buffer_deinit(&bridge->line);
	buffer_deinit(&bridge->backlog);
	bridge->host->free(bridge->host, bridge);
}

static const struct sonde_plugin_desc description = {
	.struct_size = sizeof(description),
	.abi_major = SONDE_ABI_MAJOR,
	.abi_minor = SONDE_ABI_MINOR,
	.kind = SONDE_KIND_EXPORTER,
	.flags = SONDE_MAY_BLOCK,
	.name = "exec",
	.version = "1.0",
	.license = "MIT",
	.summary = "feeds snapshots to a program, one line of JSON each",
	.options = options,
	.option_size = sizeof(options[0]),
	.options_size = sizeof(struct options),
	.create = create,
	.start = start,
	.export_snapshot = export_snapshot,
	.stop = stop,
	.destroy = destroy,
};

const struct sonde_plugin_desc *sonde_plugin_v1(const struct sonde_host *host)
{
	(void)host;
	return &description;
}
