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
#include "host/plugin-process.h"
#include "host/snapshot-wire.h"
#include "model/snapshot-build.h"

/* A place for one instance. */
struct room {
	struct plugin_process *process; /* NULL: it could not be started */
	const struct plugin_choice *choice;
	int watched_fd; /* the process's channel, as the epoll has it */
	int64_t due_ns; /* when it wants the next snapshot */
};

struct plugin_home {
	struct room *rooms;
	size_t n_rooms;
	int epoll;
	int64_t started_ns; /* CLOCK_REALTIME */
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
		.epoll = epoll,
		.started_ns = clock_kernel_ns(CLOCK_REALTIME),
	};
	for (size_t i = 0; i < n_choices; i++) {
		rooms[i].choice = &choices[i];
		rooms[i].watched_fd = -1;
		rooms[i].due_ns = now_ns() + plugin_choice_interval_ns(&choices[i]);
		if (choices[i].trouble ||
		    plugin_process_new(&choices[i], directory, &rooms[i].process) < 0)
			rooms[i].process = NULL;
		watch(home, &rooms[i]);
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

static int milliseconds_until(int64_t instant_ns)
{
	int64_t left_ms = (instant_ns - now_ns()) / 1000000 + 1;

	if (instant_ns == INT64_MAX)
		return -1;
	return left_ms < 0 ? 0 : left_ms > INT32_MAX ? INT32_MAX : (int)left_ms;
}

int plugin_home_work(struct plugin_home *home)
{
	int64_t next_ns = INT64_MAX;

	for (size_t i = 0; i < home->n_rooms; i++) {
		struct room *room = &home->rooms[i];

		if (!room->process)
			continue;
		int64_t again_ns = plugin_process_work(room->process);

		watch(home, room);
		if (again_ns < next_ns)
			next_ns = again_ns;
		if (wants_snapshots(room) && room->due_ns < next_ns)
			next_ns = room->due_ns;
	}
	return milliseconds_until(next_ns);
}

bool plugin_home_is_due(const struct plugin_home *home)
{
	for (size_t i = 0; i < home->n_rooms; i++)
		if (wants_snapshots(&home->rooms[i]) && now_ns() >= home->rooms[i].due_ns)
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
		plugin_figures_add(own, home->rooms[i].choice, &health, home->started_ns);
	}
	if (own)
		snapshot_seal(own);
	return own;
}

/* The session's figures, those of monitors, and the plugins' own. NULL without memory. */
static struct snapshot *join(const struct plugin_home *home, struct snapshot *figures)
{
	struct snapshot **parts = calloc(home->n_rooms + 2, sizeof(struct snapshot *));
	struct snapshot *own = own_figures(home, snapshot_taken_ns(figures));
	struct snapshot *joined = NULL;
	size_t n_parts = 0;

	if (parts) {
		parts[n_parts++] = figures;
		parts[n_parts++] = own;
		for (size_t i = 0; i < home->n_rooms; i++)
			if (home->rooms[i].process)
				parts[n_parts++] = plugin_process_figures(home->rooms[i].process);
	}
	if (!parts ||
	    snapshot_new_joined(parts, n_parts, snapshot_taken_ns(figures), NULL, &joined) < 0)
		joined = NULL;
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
	int64_t now = now_ns();

	for (size_t i = 0; i < home->n_rooms; i++) {
		struct room *room = &home->rooms[i];

		if (!wants_snapshots(room) || (!is_for_all && now < room->due_ns))
			continue;
		plugin_process_offer(room->process, fd);
		advance(room);
	}
}

static void feed(struct plugin_home *home, struct snapshot *figures,
		 const struct snapshot_source *source, bool is_for_all)
{
	struct snapshot *joined = join(home, figures);
	int fd = joined ? snapshot_wire_write(joined, source) : -ENOMEM;

	snapshot_put(joined);
	deal_out(home, fd, is_for_all);
	if (fd >= 0)
		close(fd);
}

void plugin_home_feed(struct plugin_home *home, struct snapshot *figures,
		      const struct snapshot_source *source)
{
	feed(home, figures, source, false);
}

static bool is_over(const struct plugin_home *home)
{
	for (size_t i = 0; i < home->n_rooms; i++)
		if (home->rooms[i].process && !plugin_process_is_over(home->rooms[i].process))
			return false;
	return true;
}

void plugin_home_end(struct plugin_home *home, struct snapshot *figures,
		     const struct snapshot_source *source)
{
	int64_t until_ns = now_ns() + PLUGIN_STOP_NS;
	struct pollfd readable = {.fd = home->epoll, .events = POLLIN};

	plugin_home_work(home);
	feed(home, figures, source, true);
	for (size_t i = 0; i < home->n_rooms; i++)
		if (home->rooms[i].process)
			plugin_process_end(home->rooms[i].process, until_ns);
	for (int wait_ms = plugin_home_work(home); !is_over(home); wait_ms = plugin_home_work(home))
		poll(&readable, 1, wait_ms);
}

int plugin_home_describe(const struct plugin_home *home, struct recording *recording)
{
	int result = 0;

	for (size_t i = 0; result == 0 && i < home->n_rooms; i++) {
		const struct plugin_choice *choice = home->rooms[i].choice;
		struct plugin_health health = {0};

		if (home->rooms[i].process)
			plugin_process_health(home->rooms[i].process, &health);
		else
			health_change(&health, PLUGIN_FAILED,
				      choice->trouble ? choice->trouble
						      : "its process cannot be started");
		result = plugin_figures_describe(choice, &health, recording);
	}
	return result;
}
