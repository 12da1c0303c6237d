// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/plugin-health.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "sonde/plugin.h"

const char *plugin_state_name(uint32_t state)
{
	static const char *const names[] = {
		[PLUGIN_NEW] = "new",	      [PLUGIN_LOADED] = "loaded",
		[PLUGIN_PROBED] = "probed",   [PLUGIN_CREATED] = "created",
		[PLUGIN_RUNNING] = "running", [PLUGIN_BACKOFF] = "backing off",
		[PLUGIN_STUCK] = "stuck",     [PLUGIN_FAILED] = "failed",
		[PLUGIN_CRASHED] = "crashed", [PLUGIN_STOPPED] = "stopped",
	};

	return state < PLUGIN_STATES ? names[state] : "unknown";
}

const char *plugin_callback_name(uint32_t callback)
{
	static const char *const names[] = {
		[CALLBACK_NONE] = "no callback",
		[CALLBACK_LOAD] = "its loading",
		[CALLBACK_PROBE] = "probe",
		[CALLBACK_CREATE] = "create",
		[CALLBACK_START] = "start",
		[CALLBACK_COLLECT] = "collect",
		[CALLBACK_EXPORT] = "export_snapshot",
		[CALLBACK_RELOAD] = "reload",
		[CALLBACK_FLUSH] = "flush",
		[CALLBACK_STOP] = "stop",
		[CALLBACK_DESTROY] = "destroy",
	};

	return callback < CALLBACKS ? names[callback] : "unknown";
}

const char *plugin_count_name(uint32_t count)
{
	static const char *const names[] = {
		[COUNT_TAKEN] = "taken",
		[COUNT_PARTIAL] = "partial",
		[COUNT_RETRIED] = "retried",
		[COUNT_REFUSED] = "refused",
		[COUNT_SUPERSEDED] = "superseded",
		[COUNT_DROPPED_FULL] = "dropped_full",
		[COUNT_DROPPED_STUCK] = "dropped_stuck",
		[COUNT_DROPPED_END] = "dropped_end",
		[COUNT_REJECTED_POINTS] = "rejected_points",
		[COUNT_POINTS_TAKEN] = "points_taken",
		[COUNT_POINTS_LOST] = "points_lost",
		[COUNT_BYTES_SENT] = "bytes_sent",
		[COUNT_COLLECTED] = "collected",
		[COUNT_COLLECT_FAILED] = "collect_failed",
		[COUNT_SERIES_REFUSED] = "series_refused",
		[COUNT_SERIES_LEFT_OUT] = "series_left_out",
		[COUNT_OVERFLOWED] = "overflowed",
		[COUNT_UNEXPOSED_KIND] = "unexposed_kind",
		[COUNT_UNEXPOSED_LABELS] = "unexposed_labels",
		[COUNT_UNEXPOSED_SAMPLE] = "unexposed_sample",
		[COUNT_LATE] = "late",
		[COUNT_LINES] = "lines",
		[COUNT_LINES_SUPPRESSED] = "lines_suppressed",
		[COUNT_SIGNALS_IGNORED] = "signals_ignored",
		[COUNT_PROCESSES_KILLED] = "processes_killed",
	};

	return count < PLUGIN_COUNTS ? names[count] : "unknown";
}

/* Release and acquire: whoever sees the state sees its reason. */
uint32_t health_state(const struct plugin_health *health)
{
	return __atomic_load_n(&health->state, __ATOMIC_ACQUIRE);
}

bool health_has_ended(const struct plugin_health *health)
{
	return health_state(health) >= PLUGIN_STUCK;
}

/* What plugins say is told as it is, but must not reach into the reader's terminal. */
static void make_printable(char *text, size_t size)
{
	text[size - 1] = '\0';
	for (char *c = text; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
}

static void keep_text(char *kept, const char *text)
{
	snprintf(kept, HEALTH_TEXT_SIZE, "%s", text);
	make_printable(kept, HEALTH_TEXT_SIZE);
}

_Static_assert(sizeof(struct plugin_health) % sizeof(uint64_t) == 0, "it is so many words");

/*
 * Word by word, so that no number is of two. Texts may be, as the header says, whoever writes them
 * meanwhile, here or in another process: so nobody is to look whether this is a race.
 */
__attribute__((no_sanitize("thread"))) static void copy_words(const struct plugin_health *health,
							      struct plugin_health *ret_copy)
{
	typedef uint64_t __attribute__((may_alias)) word;
	const word *words = (const word *)health;
	word *copies = (word *)ret_copy;

	for (size_t i = 0; i < sizeof(*health) / sizeof(word); i++)
		copies[i] = __atomic_load_n(&words[i], __ATOMIC_RELAXED);
}

void health_copy(const struct plugin_health *health, struct plugin_health *ret_copy)
{
	copy_words(health, ret_copy);
	make_printable(ret_copy->version, sizeof(ret_copy->version));
	make_printable(ret_copy->reason, sizeof(ret_copy->reason));
	for (size_t i = 0; i < HEALTH_LINES; i++)
		make_printable(ret_copy->lines[i].text, sizeof(ret_copy->lines[i].text));
	for (size_t i = 0; i < HEALTH_OWN_COUNTERS; i++)
		make_printable(ret_copy->own[i].name, sizeof(ret_copy->own[i].name));
}

void health_begin_again(struct plugin_health *health)
{
	health_leave(health);
	__atomic_store_n(&health->state, PLUGIN_NEW, __ATOMIC_RELEASE);
}

bool health_change(struct plugin_health *health, enum plugin_state state, const char *reason)
{
	uint32_t before = health_state(health);

	if (before >= PLUGIN_STUCK)
		return false;
	if (reason)
		keep_text(health->reason, reason);
	/* Release: pairs with the acquire in health_state(). */
	while (!__atomic_compare_exchange_n(&health->state, &before, state, false, __ATOMIC_RELEASE,
					    __ATOMIC_ACQUIRE))
		if (before >= PLUGIN_STUCK)
			return false;
	return true;
}

/* Relaxed: numbers for people, nothing is ordered by them. */
void health_count(struct plugin_health *health, enum plugin_count count, uint64_t amount)
{
	__atomic_fetch_add(&health->counts[count], amount, __ATOMIC_RELAXED);
}

uint64_t health_counted(const struct plugin_health *health, enum plugin_count count)
{
	return __atomic_load_n(&health->counts[count], __ATOMIC_RELAXED);
}

uint64_t health_n_lost(const struct plugin_health *health)
{
	return health_counted(health, COUNT_REFUSED) + health_counted(health, COUNT_DROPPED_FULL) +
	       health_counted(health, COUNT_DROPPED_STUCK) +
	       health_counted(health, COUNT_DROPPED_END);
}

void health_enter(struct plugin_health *health, enum plugin_callback callback, int64_t allowed_ns)
{
	__atomic_store_n(&health->called_ns, clock_kernel_ns(CLOCK_MONOTONIC), __ATOMIC_RELAXED);
	__atomic_store_n(&health->allowed_ns, allowed_ns, __ATOMIC_RELAXED);
	/* Release: pairs with the acquire in plugin_watch_look(), which then sees the two times. */
	__atomic_store_n(&health->callback, callback, __ATOMIC_RELEASE);
}

void health_leave(struct plugin_health *health)
{
	__atomic_store_n(&health->callback, CALLBACK_NONE, __ATOMIC_RELEASE);
}

/* Relaxed, as all numbers: a reader may see the one without the others. */
void durations_add(struct plugin_durations *durations, int64_t ns)
{
	uint64_t duration_ns = ns > 0 ? (uint64_t)ns : 0;
	uint64_t *bucket = &durations->buckets[histogram_bucket(duration_ns)];

	if (duration_ns < durations->min_ns || !durations->max_ns)
		__atomic_store_n(&durations->min_ns, duration_ns, __ATOMIC_RELAXED);
	if (duration_ns > durations->max_ns)
		__atomic_store_n(&durations->max_ns, duration_ns, __ATOMIC_RELAXED);
	__atomic_fetch_add(&durations->sum_ns, duration_ns, __ATOMIC_RELAXED);
	__atomic_fetch_add(bucket, 1, __ATOMIC_RELAXED);
}

void health_add_line(struct plugin_health *health, uint32_t level, const char *text)
{
	uint64_t position = health_counted(health, COUNT_LINES) % HEALTH_LINES;
	struct plugin_line *line = &health->lines[position];

	line->level = level;
	keep_text(line->text, text);
	health_count(health, COUNT_LINES, 1);
}

void health_killed(struct plugin_health *health, uint64_t n_processes)
{
	if (n_processes == 0)
		return;
	health_count(health, COUNT_PROCESSES_KILLED, n_processes);
	health_add_line(health, SONDE_LOG_WARNING, "it has left processes behind, which were killed");
}

void health_add_own(struct plugin_health *health, const char *name, uint64_t amount)
{
	struct plugin_own_counter *own = health->own;
	struct plugin_own_counter *end = own + HEALTH_OWN_COUNTERS;

	while (own < end && own->name[0] && strcmp(own->name, name) != 0)
		own++;
	if (own == end || !*name || strlen(name) >= HEALTH_NAME_SIZE)
		return;
	/* Relaxed: a reader that sees the name before the count sees 0. */
	__atomic_fetch_add(&own->count, amount, __ATOMIC_RELAXED);
	if (!own->name[0])
		snprintf(own->name, sizeof(own->name), "%s", name);
}
