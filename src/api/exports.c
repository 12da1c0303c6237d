// SPDX-License-Identifier: MIT
#include "config.h"

#include "api/exports.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/plugin-place.h"
#include "host/plugin-choices.h"
#include "host/plugin-figures.h"
#include "host/plugin-snapshot.h"
#include "host/session-roster.h"

enum { N_TAGS = 3, COMMAND_SIZE = 4096 };

#define WINDOW_FEED_NS INT64_C(1000000000)

struct place {
	struct endpoint *endpoint; /* NULL: it could not be started */
	const struct plugin_choice *choice;
	int64_t due_ns;
};

struct exports {
	struct configuration configuration; /* which the choices point into */
	struct plugin_choice *choices;
	struct session_roster *sessions; /* ours, if there is one */
	struct place *places;
	size_t n_places;
	bool is_of_parent;

	/* What snapshots are of. */
	struct tag tags[N_TAGS];
	size_t n_tags;
	char host[256];
	char command[COMMAND_SIZE];
	char pid[16];
	int64_t started_ns;
	uint64_t sequence;
};

/* -- What snapshots are of -------------------------------------------------------------------- */

/* The arguments, separated by spaces. */
static void read_command(char *command)
{
	int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
	ssize_t len = fd >= 0 ? read(fd, command, COMMAND_SIZE - 1) : 0;

	if (fd >= 0)
		close(fd);
	command[len > 0 ? len : 0] = '\0';
	for (ssize_t i = 0; i + 1 < len; i++)
		if (!command[i])
			command[i] = ' ';
}

static void describe(struct exports *exports, const struct engine *engine)
{
	const struct region_header *region = engine->find_region();

	exports->started_ns = region ? region->started_realtime_ns : 0;
	if (gethostname(exports->host, sizeof(exports->host) - 1) == 0)
		exports->tags[exports->n_tags++] = (struct tag){"host.name", exports->host};
	read_command(exports->command);
	snprintf(exports->pid, sizeof(exports->pid), "%d", (int)getpid());
	exports->tags[exports->n_tags++] = (struct tag){"process.command_line", exports->command};
	exports->tags[exports->n_tags++] = (struct tag){"process.pid", exports->pid};
}

/* One that is for windows only has no number of its own. */
static const struct sonde_snapshot *make_snapshot(struct exports *exports, struct snapshot *figures,
						  bool is_exported, bool is_final)
{
	exports->sequence += is_exported;
	const struct snapshot_source source = {
		.tags = exports->tags,
		.n_tags = exports->n_tags,
		.start_ns = exports->started_ns,
		.sequence = exports->sequence,
		.is_final = is_final,
	};

	return plugin_snapshot_new(figures, &source);
}

/* -- Begin and end ---------------------------------------------------------------------------- */

/* Where figures are kept for some days, they are, whatever the endpoints are. */
bool exports_want(const struct configuration *configuration, const char *plugin, const char *name)
{
	if (configuration->history_days && strcmp(plugin, HISTORY_PLUGIN) == 0)
		return true;
	for (size_t i = 0; i < configuration->n_endpoints; i++)
		if (strcmp(configuration->endpoints[i], name) == 0)
			return true;
	return configuration->n_endpoints == 0;
}

static void start_all(struct exports *exports, const struct engine *engine)
{
	int64_t now_ns = clock_kernel_ns(CLOCK_MONOTONIC);

	for (size_t i = 0; i < exports->configuration.n_plugins; i++) {
		const struct plugin_choice *choice = &exports->choices[i];

		if (!exports_want(&exports->configuration, choice->plugin, choice->name))
			continue;
		exports->places[exports->n_places++] = (struct place){
			.endpoint = endpoint_new(engine, choice, plugin_place()),
			.choice = choice,
			.due_ns = now_ns + plugin_choice_interval_ns(choice),
		};
	}
}

static struct exports *exports_free(struct exports *exports)
{
	free(exports->choices);
	session_roster_free(exports->sessions);
	free(exports->places);
	configuration_deinit(&exports->configuration);
	free(exports);
	return NULL;
}

/* "" is no session. NULL: no memory. */
static struct session_roster *list_session(const char *directory)
{
	struct session_roster *roster = session_roster_new();

	if (roster && *directory)
		session_roster_add(roster, directory);
	return roster;
}

int exports_start(struct sonde *sonde, struct configuration *configuration)
{
	struct exports *exports = calloc(1, sizeof(*exports));

	if (!exports)
		return SONDE_ENOMEM;
	exports->configuration = *configuration;
	*configuration = (struct configuration){0};
	exports->sessions = list_session(sonde->engine->session_directory());
	exports->places = calloc(exports->configuration.n_plugins + 1, sizeof(*exports->places));
	if (exports->sessions)
		exports->choices = plugin_choices_new(&exports->configuration, exports->sessions);
	if (!exports->choices || !exports->places) {
		exports_free(exports);
		return SONDE_ENOMEM;
	}
	describe(exports, sonde->engine);
	start_all(exports, sonde->engine);
	sonde->exports = exports;
	return 0;
}

int64_t exports_interval_ns(const struct exports *exports)
{
	int64_t shortest_ns = 0;

	for (size_t i = 0; i < exports->n_places; i++) {
		int64_t interval_ns = plugin_choice_interval_ns(exports->places[i].choice);

		if (!shortest_ns || interval_ns < shortest_ns)
			shortest_ns = interval_ns;
	}
	return shortest_ns;
}

struct exports *exports_end(struct sonde *sonde, struct snapshot *snapshot, int64_t until_ns)
{
	struct exports *exports = sonde->exports;

	sonde->exports = NULL;
	if (!exports || exports->is_of_parent)
		return NULL;
	const struct sonde_snapshot *last =
		snapshot ? make_snapshot(exports, snapshot, true, true) : NULL;

	for (size_t i = 0; i < exports->n_places; i++) {
		struct endpoint *endpoint = exports->places[i].endpoint;

		if (endpoint && last)
			endpoint_offer_last(endpoint, last);
		if (endpoint)
			endpoint_end(endpoint, until_ns);
	}
	plugin_snapshot_unref(last);
	return exports;
}

bool exports_join(struct exports *exports, int64_t until_ns)
{
	bool have_ended = true;

	for (size_t i = 0; i < exports->n_places; i++)
		if (exports->places[i].endpoint &&
		    !endpoint_join(exports->places[i].endpoint, until_ns))
			have_ended = false;
	/* One that is still at work has its choice in use. */
	if (have_ended)
		exports_free(exports);
	return have_ended;
}

int exports_describe(const struct exports *exports, struct snapshot *snapshot)
{
	const struct endpoint *endpoint;
	int result = 0;

	for (size_t i = 0; !result && (endpoint = exports_endpoint(exports, i)); i++) {
		struct plugin_health health;

		health_copy(endpoint_health(endpoint), &health);
		result = plugin_figures_add(snapshot, exports->places[i].choice, &health,
					    exports->started_ns);
	}
	return result;
}

const char *exports_history(const struct exports *exports)
{
	for (size_t i = 0; exports_endpoint(exports, i); i++)
		if (strcmp(exports->places[i].choice->plugin, HISTORY_PLUGIN) == 0)
			return exports->places[i].choice->name;
	return NULL;
}

const char *exports_command_line(const struct exports *exports)
{
	return exports->command;
}

void exports_after_fork(struct sonde *sonde)
{
	struct exports *exports = sonde->exports;

	if (!exports || exports->is_of_parent)
		return;
	exports->is_of_parent = true;
	for (size_t i = 0; i < exports->n_places; i++)
		if (exports->places[i].endpoint)
			endpoint_after_fork(exports->places[i].endpoint);
}

const struct endpoint *exports_endpoint(const struct exports *exports, size_t index)
{
	return exports && !exports->is_of_parent && index < exports->n_places
		       ? exports->places[index].endpoint
		       : NULL;
}

/* -- Exports ---------------------------------------------------------------------------------- */

static bool is_due(const struct place *place, int64_t now_ns)
{
	return place->endpoint && now_ns >= place->due_ns;
}

static bool is_any_due(const struct exports *exports, int64_t now_ns)
{
	for (size_t i = 0; i < exports->n_places; i++)
		if (is_due(&exports->places[i], now_ns))
			return true;
	return false;
}

static bool are_windows_kept(const struct exports *exports)
{
	for (size_t i = 0; i < exports->n_places; i++)
		if (exports->places[i].endpoint &&
		    endpoint_keeps_windows(exports->places[i].endpoint))
			return true;
	return false;
}

static void hand_out(struct place *place, const struct sonde_snapshot *snapshot, int64_t now_ns)
{
	if (!place->endpoint)
		return;
	if (!is_due(place, now_ns)) {
		endpoint_keep(place->endpoint, snapshot);
		return;
	}
	endpoint_offer(place->endpoint, snapshot, NULL, 0);
	/* What is missed is not made up for. */
	while (place->due_ns <= now_ns)
		place->due_ns += plugin_choice_interval_ns(place->choice);
}

void exports_feed(struct sonde *sonde, struct snapshot *figures, int64_t now_ns)
{
	struct exports *exports = sonde->exports;

	if (!exports || exports->is_of_parent)
		return;
	bool is_due = is_any_due(exports, now_ns);
	bool has_windows = are_windows_kept(exports);

	if (has_windows && sonde->has_collector)
		collector_need(sonde, WINDOW_FEED_NS);
	if (!is_due && !has_windows)
		return;
	const struct sonde_snapshot *snapshot = make_snapshot(exports, figures, is_due, false);

	for (size_t i = 0; snapshot && i < exports->n_places; i++)
		hand_out(&exports->places[i], snapshot, now_ns);
	plugin_snapshot_unref(snapshot);
}

static struct place *find(struct exports *exports, const char *name)
{
	for (size_t i = 0; exports && i < exports->n_places; i++)
		if (strcmp(exports->places[i].choice->name, name) == 0)
			return &exports->places[i];
	return NULL;
}

static void ask_one(struct exports *exports, const struct sonde_snapshot *snapshot,
		    struct export_batch *batch, size_t position)
{
	const char *name = export_batch_results(batch)[position].endpoint;
	struct place *place = find(exports, name);

	if (!place)
		export_batch_answer(batch, position, SONDE_EXPORT_UNKNOWN, 0,
				    "there is no endpoint of this name");
	else if (exports->is_of_parent)
		export_batch_answer(batch, position, SONDE_EXPORT_FAILED, 0,
				    "it is the parent process's");
	else if (!snapshot || !place->endpoint)
		export_batch_answer(batch, position, SONDE_EXPORT_FAILED, 0, "no memory");
	else
		endpoint_offer(place->endpoint, snapshot, batch, position);
}

void exports_ask(struct sonde *sonde, struct snapshot *figures, struct export_batch *batch)
{
	struct exports *exports = sonde->exports;
	const struct sonde_snapshot *snapshot = NULL;

	if (exports && figures && !exports->is_of_parent)
		snapshot = make_snapshot(exports, figures, true, false);
	for (size_t i = 0; i < export_batch_size(batch); i++)
		ask_one(exports, snapshot, batch, i);
	plugin_snapshot_unref(snapshot);
}
