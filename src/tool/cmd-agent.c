// SPDX-License-Identifier: MIT
/*
 * What a service manager wants: it stays in the foreground, says on stderr what happens, reads its configuration again
 * on SIGHUP, and ends in order on SIGTERM and SIGINT.
 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "tool/agent.h"
#include "tool/command.h"
#include "tool/configured.h"
#include "tool/detached.h"
#include "tool/limits.h"

enum { OPTION_CONFIG, OPTION_SET, OPTION_SESSION, OPTION_DETACHED };

static const struct command_option options[] = {
	[OPTION_CONFIG] = {"config", 'c', "FILE", "read this configuration file"},
	[OPTION_SET] = {"set", 's', "KEY=VALUE", "override a setting of the configuration"},
	[OPTION_SESSION] = {"session", 0, "SESSION", "host this one only, until it has ended"},
	[OPTION_DETACHED] = {"detached", 0, NULL, "as the preload starts it; needs --session"},
	{0},
};

/* What the command line asks for. */
struct request {
	const char *config;
	const char **overrides; /* ended by NULL */
	size_t n_overrides;
	const char *session; /* NULL: all */
	struct detached detached;
	bool is_detached;
};

struct hosting {
	struct request request;
	struct configuration *configuration;
	struct agent *agent;
	int signals; /* a signalfd */
	bool is_ending;
};

static void say(const char *format, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, format);
	int length = vasprintf(&text, format, arguments);

	va_end(arguments);
	if (length < 0)
		return;
	command_say(&command_agent, "%s", text);
	free(text);
}

/* All are taken from a descriptor but those of a fault of our own. SIGIO would tell of a lease that others wait for. */
static int take_signals(struct hosting *hosting)
{
	sigset_t mask;

	sigemptyset(&mask);
	/* Ends of plugins' processes are waited for; who started us may have ignored them. */
	signal(SIGCHLD, SIG_DFL);
	sigaddset(&mask, SIGHUP);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGIO);
	sigaddset(&mask, SIGPIPE);
	sigaddset(&mask, SIGXFSZ);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	hosting->signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	return hosting->signals < 0 ? -errno : 0;
}

static struct configuration *configuration_free(struct configuration *configuration)
{
	if (configuration)
		configuration_deinit(configuration);
	free(configuration);
	return NULL;
}

/* NULL after saying why. */
static struct configuration *load(const struct request *request)
{
	struct configuration *configuration = calloc(1, sizeof(*configuration));

	if (configuration && configured_load(&command_agent, request->config, request->overrides,
					     configuration) == 0)
		return configuration;
	free(configuration);
	return NULL;
}

static void reload(struct hosting *hosting)
{
	struct configuration *configuration = load(&hosting->request);

	if (!configuration || agent_reload(hosting->agent, configuration) < 0) {
		configuration_free(configuration);
		say("all stays as it was");
		return;
	}
	configuration_free(hosting->configuration);
	hosting->configuration = configuration;
	say("the configuration was read again");
}

static void take_requests(struct hosting *hosting)
{
	struct signalfd_siginfo info;
	bool is_reload = agent_takes_reload(hosting->agent);

	while (read(hosting->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_code <= 0 &&
		    agent_ignores(hosting->agent, (int)info.ssi_pid, (int)info.ssi_signo))
			continue;
		is_reload |= info.ssi_signo == SIGHUP;
		hosting->is_ending |= info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT;
	}
	if (is_reload && !hosting->is_ending)
		reload(hosting);
}

static void work(struct hosting *hosting)
{
	struct pollfd readable[] = {
		{.fd = hosting->signals, .events = POLLIN},
		{.fd = agent_fd(hosting->agent), .events = POLLIN},
	};

	while (!hosting->is_ending && !agent_is_over(hosting->agent)) {
		poll(readable, 2, agent_work(hosting->agent));
		take_requests(hosting);
	}
	agent_end(hosting->agent);
}

/* 0; or a status after saying why. */
static int host_all(struct hosting *hosting)
{
	const struct configuration *configuration = hosting->configuration;
	struct limits limits;

	agent_say *tell = hosting->request.is_detached ? detached_say : say;

	if (configuration->n_plugins == 0) {
		if (hosting->request.is_detached)
			return STATUS_OK;
		say("the configuration%s%s names no plugins: nobody would get the figures",
		    configuration->file ? " " : "", configuration->file ? configuration->file : "");
		return STATUS_FAILED;
	}
	limits_raise(&limits);
	int result = take_signals(hosting);

	if (result == 0)
		result = agent_new(configuration, hosting->request.session, tell, &hosting->agent);
	if (result < 0) {
		tell("cannot begin: %s", strerror(-result));
		return STATUS_FAILED;
	}
	work(hosting);
	return STATUS_OK;
}

static int take_arguments(int argc, char **argv, struct request *request)
{
	const char *value;
	int option;

	while ((option = command_next_option(&command_agent, argc, argv, &value)) >= 0) {
		if (option == OPTION_CONFIG)
			request->config = value;
		else if (option == OPTION_SESSION)
			request->session = value;
		else if (option == OPTION_DETACHED)
			request->is_detached = true;
		else
			request->overrides[request->n_overrides++] = value;
	}
	if (option != OPTIONS_END)
		return command_option_status(&command_agent, option);
	if (optind < argc)
		return command_refuse(&command_agent, "'%s' is one argument too many", argv[optind]);
	if (request->is_detached && !request->session)
		return command_refuse(&command_agent, "--detached is for one session: name it");
	return -1;
}

/* 0, or a status after saying why. */
static int load_first(struct hosting *hosting)
{
	struct configuration *configuration;

	if (!hosting->request.is_detached) {
		hosting->configuration = load(&hosting->request);
		return hosting->configuration ? 0 : STATUS_FAILED;
	}
	struct detached *session = &hosting->request.detached;

	session->made = hosting->request.session;
	configuration = calloc(1, sizeof(*configuration));
	if (configuration && detached_load(session, configuration))
		hosting->configuration = configuration;
	else
		free(configuration);
	detached_release(session);
	hosting->request.session = detached_path(session);
	return hosting->configuration ? 0 : STATUS_FAILED;
}

static int run(int argc, char **argv)
{
	struct hosting hosting = {.signals = -1};

	hosting.request.overrides = calloc((size_t)argc + 1, sizeof(*hosting.request.overrides));
	int status = hosting.request.overrides ? take_arguments(argc, argv, &hosting.request)
					       : STATUS_FAILED;

	if (status < 0) {
		status = load_first(&hosting);
		if (status == 0)
			status = host_all(&hosting);
	}
	agent_free(hosting.agent);
	configuration_free(hosting.configuration);
	free(hosting.request.overrides);
	if (hosting.signals >= 0)
		close(hosting.signals);
	return status;
}

const struct command command_agent = {
	.name = "agent",
	.usage = "",
	.summary = "host plugins for all sessions that nobody hosts",
	.details =
		"Finds the sessions of programs that run under LD_PRELOAD without 'sonde run', adds up what\n"
		"processes that have ended leave behind, and feeds the plugins of the configuration. It stays\n"
		"in the foreground and says on stderr what happens. SIGHUP has it read its configuration\n"
		"again, SIGTERM or SIGINT end it; programs run on, and the next agent takes over.\n",
	.options = options,
	.usage_status = STATUS_USAGE,
	.run = run,
};
