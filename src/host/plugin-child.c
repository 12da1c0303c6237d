// SPDX-License-Identifier: MIT
/*
 * The main thread hands what comes through the channel to the runner and looks after it. It runs
 * none of the plugin's code, so it is there also when that hangs.
 */
#include "config.h"

#include "host/plugin-child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "host/choice-wire.h"
#include "host/plugin-channel.h"
#include "host/plugin-runner.h"
#include "host/plugin-snapshot.h"
#include "host/process-family.h"
#include "host/snapshot-wire.h"

enum { CHANNEL = 3 };

struct child {
	const struct plugin_choice *choice;
	struct plugin_runner *runner;
	struct plugin_health *health;
	int channel;
	bool is_over;
};

static int64_t now_ns(void)
{
	return clock_kernel_ns(CLOCK_MONOTONIC);
}

/* Nothing that a terminal or the launcher's parent sends is for us; a fault kills, whatever is
 * blocked. */
static void reset_signals(void)
{
	sigset_t all;

	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
}

int plugin_child_isolate(const char *name, int channel)
{
	const struct rlimit no_core = {0, 0};
	int nothing = open("/dev/null", O_RDWR);

	reset_signals();
	/* A signal to its own group is for it alone, and orphans of it stay its own. */
	setpgid(0, 0);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	setrlimit(RLIMIT_CORE, &no_core);
	/* The standard output is the watched program's. */
	dup2(nothing, STDIN_FILENO);
	dup2(nothing, STDOUT_FILENO);
	if (channel != CHANNEL)
		dup3(channel, CHANNEL, O_CLOEXEC);
	close_range(CHANNEL + 1, ~0u, 0);
	prctl(PR_SET_NAME, name);
	return CHANNEL;
}

/* On the runner's thread. */
static void send_figures(void *argument, struct snapshot *figures)
{
	const struct child *child = argument;
	const struct snapshot_source nowhere = {0};
	const struct packet packet = {.type = PACKET_FIGURES};
	int fd = snapshot_wire_write(figures, &nowhere);

	if (fd >= 0) {
		channel_send(child->channel, &packet, fd);
		close(fd);
	}
	snapshot_put(figures);
}

/* On the runner's thread, which has sent nothing before: there is room. */
static void ask_for_moments(void *argument)
{
	const struct child *child = argument;
	const struct packet packet = {.type = PACKET_WINDOWS};

	channel_send(child->channel, &packet, -1);
}

static void offer(struct child *child, int fd, void (*take)(struct plugin_runner *runner,
							     const struct sonde_snapshot *snapshot))
{
	struct snapshot *figures;
	struct snapshot_source source;

	if (snapshot_wire_read(fd, &figures, &source) < 0)
		return;
	const struct sonde_snapshot *snapshot = plugin_snapshot_new(figures, &source);

	if (snapshot)
		take(child->runner, snapshot);
	plugin_snapshot_unref(snapshot);
	snapshot_put(figures);
	free((void *)source.tags);
}

static void reload(struct child *child, int fd)
{
	struct plugin_choice choice = *child->choice;
	struct option_values values;

	if (choice_wire_read(fd, &choice, &values) == 0)
		plugin_runner_reload(child->runner, &choice, &values);
}

static void end(struct child *child, int64_t until_ns)
{
	plugin_runner_end(child->runner, until_ns);
	plugin_runner_wait(child->runner, until_ns);
	child->is_over = true;
}

static void take_packet(struct child *child, const struct packet *packet, int fd)
{
	if (packet->type == PACKET_SNAPSHOT && fd >= 0)
		offer(child, fd, plugin_runner_offer);
	else if (packet->type == PACKET_MOMENT && fd >= 0)
		offer(child, fd, plugin_runner_keep);
	else if (packet->type == PACKET_CHOICE && fd >= 0)
		reload(child, fd);
	else if (packet->type == PACKET_END)
		end(child, packet->until_ns);
	if (fd >= 0)
		close(fd);
}

static void read_channel(struct child *child)
{
	struct packet packet;
	int result = 0;
	int fd;

	while (!child->is_over && result == 0) {
		result = channel_receive(child->channel, &packet, &fd);
		if (result == 0)
			take_packet(child, &packet, fd);
	}
	bool is_closed = result == -EBADF || result == -ENOTSOCK;

	if (child->is_over || (result != -EPIPE && !is_closed))
		return;
	if (is_closed)
		health_add_line(child->health, SONDE_LOG_ERROR,
				"it has closed descriptors that are not its own");
	end(child, now_ns() + PLUGIN_STOP_NS);
}

static int milliseconds_until(int64_t instant_ns)
{
	if (instant_ns == INT64_MAX)
		return -1;
	int64_t left_ms = (instant_ns - now_ns()) / 1000000 + 1;

	return left_ms < 0 ? 0 : left_ms > 60000 ? 60000 : (int)left_ms;
}

_Noreturn void plugin_child_run(const struct plugin_choice *choice, const char *directory,
				struct plugin_health *health, int channel)
{
	struct child child = {
		.choice = choice,
		.health = health,
		.channel = plugin_child_isolate(choice->name, channel),
	};
	const struct plugin_work work = {
		.choice = choice,
		.directory = directory,
		.health = health,
		.take_figures = send_figures,
		.ask_for_moments = ask_for_moments,
		.argument = &child,
	};
	struct pollfd readable = {.fd = child.channel, .events = POLLIN};

	if (plugin_runner_new(&work, &child.runner) < 0)
		_exit(EXIT_FAILURE);
	while (!child.is_over) {
		poll(&readable, 1, milliseconds_until(plugin_runner_look(child.runner)));
		read_channel(&child);
	}
	health_killed(health, process_family_kill(getpid()));
	_exit(EXIT_SUCCESS);
}
