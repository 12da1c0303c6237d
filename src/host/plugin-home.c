// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/plugin-home.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "host/plugin-figures.h"
#include "host/plugin-leavers.h"
#include "host/plugin-process.h"
#include "host/snapshot-wire.h"
#include "model/snapshot-build.h"

#define MOMENT_NS INT64_C(1000000000) /* how often windows are fed */

/* A place for one instance. */
struct room {
	struct plugin_process *process; /* NULL: it could not be started, or not yet */
	const struct plugin_choice *choice;
	bool is_waiting;    /* for the one that had its name before */
	uint32_t told_state;
	int watched_fd;	    /* the process's channel, as the epoll has it */
	int64_t due_ns;	    /* when it wants the next snapshot */
	int64_t moment_ns;  /* when its windows want one; 0: they have had none */
	int64_t started_ns; /* CLOCK_REALTIME: since when its figures count */
};

struct plugin_home {
	struct room *rooms;
	size_t n_rooms;
	struct plugin_leavers leavers;
	const char *directory;
	int epoll;
};

static int64_t now_ns(void)
{
	return clock_kernel_ns(CLOCK_MONOTONIC);
}

/* A process that was started again has another channel. */
static void watch(struct plugin_home *home, struct room *room)
{
	struct epoll_event event = {.events = EPOLLIN};
	int fd = room->process ? plugin_process_fd(room->process) : -1;

	if (fd == room->watched_fd)
		return;
	room->watched_fd = fd;
	/* One that was closed is gone from the epoll by itself. */
	if (fd >= 0)
		epoll_ctl(home->epoll, EPOLL_CTL_ADD, fd, &event);
}

static void start(struct plugin_home *home, struct room *room)
{
	room->is_waiting = false;
	room->started_ns = clock_kernel_ns(CLOCK_REALTIME);
	room->due_ns = now_ns() + plugin_choice_interval_ns(room->choice);
	room->moment_ns = 0;
	if (room->choice->trouble ||
	    plugin_process_new(room->choice, home->directory, &room->process) < 0)
		room->process = NULL;
	watch(home, room);
}

static struct room room_for(const struct plugin_choice *choice)
{
	return (struct room){.choice = choice, .is_waiting = true, .watched_fd = -1};
}

int plugin_home_new(const struct plugin_choice *choices, size_t n_choices, const char *directory,
		    struct plugin_home **ret_home)
{
	struct plugin_home *home = calloc(1, sizeof(*home));
	struct room *rooms = calloc(n_choices + 1, sizeof(*rooms));
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	if (!home || !rooms || epoll < 0) {
		free(home);
		free(rooms);
		if (epoll >= 0)
			close(epoll);
		return -ENOMEM;
	}
	*home = (struct plugin_home){
		.rooms = rooms,
		.n_rooms = n_choices,
		.directory = directory,
		.epoll = epoll,
	};
	for (size_t i = 0; i < n_choices; i++) {
		rooms[i] = room_for(&choices[i]);
		start(home, &rooms[i]);
	}
	*ret_home = home;
	return 0;
}

struct plugin_home *plugin_home_free(struct plugin_home *home)
{
	if (!home)
		return NULL;
	for (size_t i = 0; i < home->n_rooms; i++)
		plugin_process_free(home->rooms[i].process);
	plugin_leavers_deinit(&home->leavers);
	close(home->epoll);
	free(home->rooms);
	free(home);
	return NULL;
}

int plugin_home_fd(const struct plugin_home *home)
{
	return home->epoll;
}

static bool wants_snapshots(const struct room *room)
{
	return room->process && !plugin_process_is_over(room->process) &&
	       plugin_process_is_exporter(room->process);
}

static bool is_turn(const struct room *room)
{
	return wants_snapshots(room) && now_ns() >= room->due_ns;
}

static bool wants_moments(const struct room *room)
{
	return wants_snapshots(room) && plugin_process_wants_moments(room->process);
}

static bool is_moment(const struct room *room)
{
	return wants_moments(room) && now_ns() >= room->moment_ns;
}

/* When there is something to hand out to it; INT64_MAX: never. */
static int64_t next_ns_of(const struct room *room)
{
	if (!wants_snapshots(room))
		return INT64_MAX;
	return wants_moments(room) && room->moment_ns < room->due_ns ? room->moment_ns : room->due_ns;
}

static int milliseconds_until(int64_t instant_ns)
{
	int64_t left_ms = (instant_ns - now_ns()) / 1000000 + 1;

	if (instant_ns == INT64_MAX)
		return -1;
	return left_ms < 0 ? 0 : left_ms > INT32_MAX ? INT32_MAX : (int)left_ms;
}

int plugin_home_work(struct plugin_home *home)
{
	int64_t next_ns = plugin_leavers_work(&home->leavers);

	for (size_t i = 0; i < home->n_rooms; i++) {
		struct room *room = &home->rooms[i];

		if (room->is_waiting &&
		    !plugin_leavers_is_there(&home->leavers, room->choice->name))
			start(home, room);
		if (!room->process)
			continue;
		int64_t again_ns = plugin_process_work(room->process);

		watch(home, room);
		if (again_ns < next_ns)
			next_ns = again_ns;
		if (next_ns_of(room) < next_ns)
			next_ns = next_ns_of(room);
	}
	return milliseconds_until(next_ns);
}

bool plugin_home_is_due(const struct plugin_home *home)
{
	for (size_t i = 0; i < home->n_rooms; i++)
		if (is_turn(&home->rooms[i]) || is_moment(&home->rooms[i]))
			return true;
	return false;
}

bool plugin_home_is_turn(const struct plugin_home *home)
{
	for (size_t i = 0; i < home->n_rooms; i++)
		if (is_turn(&home->rooms[i]))
			return true;
	return false;
}

/* How the plugins fare; NULL without memory. */
static struct snapshot *own_figures(const struct plugin_home *home, int64_t taken_ns)
{
	struct snapshot *own = snapshot_new(taken_ns);

	for (size_t i = 0; own && i < home->n_rooms; i++) {
		struct plugin_health health;

		if (!home->rooms[i].process)
			continue;
		plugin_process_health(home->rooms[i].process, &health);
		plugin_figures_add(own, home->rooms[i].choice, &health, home->rooms[i].started_ns);
	}
	if (own)
		snapshot_seal(own);
	return own;
}

static size_t count_left_out(const struct snapshot *joined, struct snapshot *part)
{
	size_t n_left_out = 0;

	for (size_t i = 0; part && i < snapshot_n_series(part); i++) {
		const struct series *series = snapshot_series(part, i);

		n_left_out += snapshot_find(joined, series->name, series->tags, series->n_tags) != series;
	}
	return n_left_out;
}

static void tell_left_out(const struct plugin_home *home, const struct snapshot *joined)
{
	for (size_t i = 0; i < home->n_rooms; i++) {
		struct plugin_process *process = home->rooms[i].process;

		if (process)
			plugin_process_left_out(process,
						count_left_out(joined, plugin_process_figures(process)));
	}
}

/* Figures, which may be NULL, those of monitors, and the plugins' own. NULL without memory. */
static struct snapshot *join(const struct plugin_home *home, struct snapshot *figures,
			     int64_t taken_ns)
{
	struct snapshot **parts = calloc(home->n_rooms + 2, sizeof(struct snapshot *));
	struct snapshot *own = own_figures(home, taken_ns);
	struct snapshot *joined = NULL;
	size_t n_parts = 0;
	size_t n_refused = 0;

	if (parts) {
		parts[n_parts++] = figures;
		parts[n_parts++] = own;
		for (size_t i = 0; i < home->n_rooms; i++)
			if (home->rooms[i].process)
				parts[n_parts++] = plugin_process_figures(home->rooms[i].process);
	}
	if (!parts ||
	    snapshot_new_joined(parts, n_parts, taken_ns, &n_refused, &joined) < 0)
		joined = NULL;
	if (joined && n_refused)
		tell_left_out(home, joined);
	snapshot_put(own);
	free(parts);
	return joined;
}

/* What is missed is not made up for. */
static void advance(struct room *room)
{
	int64_t interval_ns = plugin_choice_interval_ns(room->choice);

	do
		room->due_ns += interval_ns;
	while (room->due_ns <= now_ns());
}

static void deal_out(struct plugin_home *home, int fd, bool is_for_all)
{
	for (size_t i = 0; i < home->n_rooms; i++) {
		struct room *room = &home->rooms[i];

		if (wants_snapshots(room) && (is_for_all || is_turn(room)))
			plugin_process_offer(room->process, fd);
		else if (is_moment(room))
			plugin_process_keep_up(room->process, fd);
	}
}

/* Windows go by the clock that does not jump. */
static int64_t monotonic(int64_t realtime_ns)
{
	int64_t ago_ns = clock_kernel_ns(CLOCK_REALTIME) - realtime_ns;

	return now_ns() - (ago_ns > 0 ? ago_ns : 0);
}

void plugin_home_hand_out(struct plugin_home *home, struct snapshot *figures,
			  const struct snapshot_source *given, bool is_for_all)
{
	struct snapshot_source source = *given;

	if (figures)
		source.at_ns = monotonic(snapshot_taken_ns(figures));
	int fd = figures ? snapshot_wire_write(figures, &source) : -ENOMEM;

	deal_out(home, fd, is_for_all);
	if (fd >= 0)
		close(fd);
}

void plugin_home_hand_out_own(struct plugin_home *home, const struct snapshot_source *source,
			      bool is_for_all)
{
	struct snapshot *own = join(home, NULL, clock_kernel_ns(CLOCK_REALTIME));

	plugin_home_hand_out(home, own, source, is_for_all);
	snapshot_put(own);
}

void plugin_home_next_turn(struct plugin_home *home)
{
	for (size_t i = 0; i < home->n_rooms; i++) {
		struct room *room = &home->rooms[i];

		/* What it exports, its windows have had as well. */
		if (wants_moments(room) && next_ns_of(room) <= now_ns())
			room->moment_ns = now_ns() + MOMENT_NS;
		if (room->due_ns <= now_ns())
			advance(room);
	}
}

void plugin_home_hand_out_joined(struct plugin_home *home, struct snapshot *figures,
				 const struct snapshot_source *source, bool is_for_all)
{
	struct snapshot *joined = join(home, figures, snapshot_taken_ns(figures));

	plugin_home_hand_out(home, joined, source, is_for_all);
	snapshot_put(joined);
}

void plugin_home_feed(struct plugin_home *home, struct snapshot *figures,
		      const struct snapshot_source *source)
{
	plugin_home_hand_out_joined(home, figures, source, false);
	plugin_home_next_turn(home);
}

/* -- Another configuration -------------------------------------------------------------------- */

/* The instance of this name that is at work, or waits; NULL: there is none. */
static struct room *find_room(struct plugin_home *home, const char *name)
{
	for (size_t i = 0; i < home->n_rooms; i++)
		if (home->rooms[i].choice && strcmp(home->rooms[i].choice->name, name) == 0)
			return &home->rooms[i];
	return NULL;
}

/* One that does not work any more gets another chance. */
static bool is_at_work(const struct room *room)
{
	struct plugin_health health;

	if (!room->process || plugin_process_is_over(room->process))
		return false;
	plugin_process_health(room->process, &health);
	return !health_has_ended(&health) || health_state(&health) == PLUGIN_CRASHED;
}

static struct room keep_room(struct room *room, const struct plugin_choice *choice, bool is_same)
{
	struct room kept = *room;

	*room = (struct room){0};
	if (!is_same) {
		kept.due_ns = now_ns() + plugin_choice_interval_ns(choice);
		plugin_process_reload(kept.process, choice);
	} else {
		plugin_process_keep(kept.process, choice);
	}
	kept.choice = choice;
	return kept;
}

static void leave(struct plugin_home *home, struct room *room)
{
	if (room->process)
		plugin_leavers_add(&home->leavers, room->process, now_ns() + PLUGIN_STOP_NS);
	*room = (struct room){0};
}

int plugin_home_reload(struct plugin_home *home, const struct plugin_choice *choices,
		       const enum plugin_change *changes, size_t n_choices)
{
	struct room *rooms = calloc(n_choices + 1, sizeof(*rooms));

	if (!rooms)
		return -ENOMEM;
	for (size_t i = 0; i < n_choices; i++) {
		struct room *room = find_room(home, choices[i].name);

		rooms[i] = room && changes[i] != PLUGIN_OTHER && is_at_work(room)
				   ? keep_room(room, &choices[i], changes[i] == PLUGIN_SAME)
				   : room_for(&choices[i]);
	}
	for (size_t i = 0; i < home->n_rooms; i++)
		leave(home, &home->rooms[i]);
	free(home->rooms);
	home->rooms = rooms;
	home->n_rooms = n_choices;
	plugin_home_work(home);
	return 0;
}

/* -- The end ---------------------------------------------------------------------------------- */

static bool is_over(const struct plugin_home *home)
{
	if (plugin_leavers_is_there(&home->leavers, NULL))
		return false;
	for (size_t i = 0; i < home->n_rooms; i++)
		if (home->rooms[i].process && !plugin_process_is_over(home->rooms[i].process))
			return false;
	return true;
}

static bool has_waiting(const struct plugin_home *home)
{
	for (size_t i = 0; i < home->n_rooms; i++)
		if (home->rooms[i].is_waiting)
			return true;
	return false;
}

/* What was just asked for takes part in the end. */
static void start_all(struct plugin_home *home)
{
	struct pollfd readable = {.fd = home->epoll, .events = POLLIN};

	for (int wait_ms = plugin_home_work(home); has_waiting(home);
	     wait_ms = plugin_home_work(home))
		poll(&readable, 1, wait_ms);
}

void plugin_home_end(struct plugin_home *home, struct snapshot *figures,
		     const struct snapshot_source *source)
{
	start_all(home);
	plugin_home_hand_out_joined(home, figures, source, true);
	plugin_home_stop(home);
}

void plugin_home_stop(struct plugin_home *home)
{
	struct pollfd readable = {.fd = home->epoll, .events = POLLIN};

	start_all(home);
	int64_t until_ns = now_ns() + PLUGIN_STOP_NS;

	for (size_t i = 0; i < home->n_rooms; i++)
		if (home->rooms[i].process)
			plugin_process_end(home->rooms[i].process, until_ns);
	for (int wait_ms = plugin_home_work(home); !is_over(home); wait_ms = plugin_home_work(home))
		poll(&readable, 1, wait_ms);
}

/* An instance that has no process cannot work. */
static void read_health(const struct room *room, struct plugin_health *ret_health)
{
	const char *trouble = room->choice->trouble;

	*ret_health = (struct plugin_health){0};
	if (room->process)
		plugin_process_health(room->process, ret_health);
	else if (!room->is_waiting)
		health_change(ret_health, PLUGIN_FAILED,
			      trouble ? trouble : "its process cannot be started");
}

bool plugin_home_blame(const struct plugin_home *home, int sender, int signal)
{
	for (size_t i = 0; i < home->n_rooms; i++)
		if (home->rooms[i].process &&
		    plugin_process_blame(home->rooms[i].process, sender, signal))
			return true;
	return plugin_leavers_blame(&home->leavers, sender, signal);
}

bool plugin_home_next_change(struct plugin_home *home, const char **ret_name,
			     struct plugin_health *ret_health)
{
	for (size_t i = 0; i < home->n_rooms; i++) {
		struct room *room = &home->rooms[i];

		read_health(room, ret_health);
		if (ret_health->state == room->told_state)
			continue;
		room->told_state = ret_health->state;
		*ret_name = room->choice->name;
		return true;
	}
	return false;
}

int plugin_home_describe(const struct plugin_home *home, struct recording *recording)
{
	int result = 0;

	for (size_t i = 0; result == 0 && i < home->n_rooms; i++) {
		struct plugin_health health;

		read_health(&home->rooms[i], &health);
		result = plugin_figures_describe(home->rooms[i].choice, &health, recording);
	}
	return result < 0 ? result : plugin_leavers_describe(&home->leavers, recording);
}
