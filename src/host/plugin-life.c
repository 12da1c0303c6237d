// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/plugin-life.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "host/plugin-backoff.h"
#include "host/plugin-emit.h"
#include "host/plugin-snapshot.h"
#include "host/plugin-windows.h"

enum { CODE_LATE = 0xffff0001u, CODE_RELOAD, CODE_FLUSH }; /* of lines that the host writes into a plugin's log */

#define LEAST_NS INT64_C(1000000) /* that a callback has, also when time is up */

static int64_t now_ns(void)
{
	return clock_kernel_ns(CLOCK_MONOTONIC);
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

void life_init(struct plugin_life *life, const struct plugin_choice *choice,
	       struct plugin_health *health)
{
	*life = (struct plugin_life){.choice = choice, .health = health};
	plugin_table_init(&life->table, choice->name, choice->sessions, health);
}

/* Until an instant; and a moment, even if that is past. */
static int64_t time_until(int64_t until_ns)
{
	int64_t left_ns = until_ns - now_ns();

	return left_ns > LEAST_NS ? left_ns : LEAST_NS;
}

static void enter(struct plugin_life *life, enum plugin_callback callback, int64_t allowed_ns)
{
	health_enter(life->health, callback, allowed_ns);
}

static void say_late(struct plugin_life *life, int64_t took_ns, int64_t allowed_ns)
{
	char text[HEALTH_TEXT_SIZE];

	snprintf(text, sizeof(text), "%s took %.3f s, %.3f s are allowed",
		 plugin_callback_name(life->health->callback), (double)took_ns / 1e9,
		 (double)allowed_ns / 1e9);
	plugin_table_log(&life->table, SONDE_LOG_WARNING, CODE_LATE, text);
	health_count(life->health, COUNT_LATE, 1);
}

/* False: it took so long that the instance was given up. ret_is_late: or that its deadline had
 * passed. */
static bool leave(struct plugin_life *life, bool *ret_is_late)
{
	int64_t allowed_ns = life->health->allowed_ns;
	int64_t took_ns = now_ns() - life->health->called_ns;

	if (life->health->callback == CALLBACK_EXPORT)
		durations_add(&life->health->exports, took_ns);
	if (life->health->callback == CALLBACK_COLLECT)
		durations_add(&life->health->collections, took_ns);
	if (took_ns > allowed_ns)
		say_late(life, took_ns, allowed_ns);
	if (ret_is_late)
		*ret_is_late = took_ns > allowed_ns;
	health_leave(life->health);
	return !health_has_ended(life->health);
}

/* What a callback that failed has to say. */
static bool fail(struct plugin_life *life, const char *callback, int result, struct sonde_err *err)
{
	char reason[HEALTH_TEXT_SIZE];

	err->text[sizeof(err->text) - 1] = '\0';
	if (err->text[0])
		snprintf(reason, sizeof(reason), "%s: %.200s", callback, err->text);
	else if (result < 0 && result > -4096)
		snprintf(reason, sizeof(reason), "%s: %s", callback, strerror(-result));
	else
		snprintf(reason, sizeof(reason), "%s returned %d", callback, result);
	health_change(life->health, PLUGIN_FAILED, reason);
	return false;
}

static bool load(struct plugin_life *life, const char *directory)
{
	struct message message = {.text = ""};

	enter(life, CALLBACK_LOAD, PLUGIN_START_NS);
	int result = plugin_load(life->choice->plugin, directory, &life->plugin, &message);

	if (!leave(life, NULL))
		return false;
	if (result < 0) {
		health_change(life->health, PLUGIN_FAILED, message.text);
		return false;
	}
	life->health->kind = life->plugin->desc.kind;
	snprintf(life->health->version, sizeof(life->health->version), "%s",
		 life->plugin->desc.version);
	return health_change(life->health, PLUGIN_LOADED, NULL);
}

static bool probe(struct plugin_life *life)
{
	struct sonde_err err = {.text = ""};
	int result = 0;

	enter(life, CALLBACK_PROBE, PLUGIN_START_NS);
	if (life->plugin->desc.probe)
		result = life->plugin->desc.probe(&life->table.host, &err);
	if (!leave(life, NULL))
		return false;
	return result ? fail(life, "probe", result, &err)
		      : health_change(life->health, PLUGIN_PROBED, NULL);
}

static bool create(struct plugin_life *life)
{
	struct sonde_err err = {.text = ""};
	int result = 0;

	enter(life, CALLBACK_CREATE, PLUGIN_START_NS);
	if (life->plugin->desc.create)
		result = life->plugin->desc.create(&life->table.host, life->choice->options,
						   &life->instance, &err);
	if (!leave(life, NULL))
		return false;
	if (result)
		return fail(life, "create", result, &err);
	life->is_created = true;
	return health_change(life->health, PLUGIN_CREATED, NULL);
}

static bool start(struct plugin_life *life)
{
	struct sonde_err err = {.text = ""};
	int result = 0;

	enter(life, CALLBACK_START, PLUGIN_START_NS);
	if (life->plugin->desc.start)
		result = life->plugin->desc.start(life->instance, &err);
	if (!leave(life, NULL))
		return false;
	if (result)
		return fail(life, "start", result, &err);
	life->is_started = true;
	return health_change(life->health, PLUGIN_RUNNING, NULL);
}

/* False: no memory. */
static bool begin_windows(struct plugin_life *life)
{
	if (!life->table.wants_windows && !(life->plugin->desc.flags & SONDE_WANTS_WINDOWS))
		return true;
	struct plugin_windows *windows = plugin_windows_new(PLUGIN_WINDOWS_BYTES);

	/* Release: pairs with the acquire in windows_of(). */
	__atomic_store_n(&life->windows, windows, __ATOMIC_RELEASE);
	return windows || !health_change(life->health, PLUGIN_FAILED, "out of memory");
}

bool life_begin(struct plugin_life *life, const char *directory)
{
	if (!load(life, directory) || !probe(life) || !create(life) || !begin_windows(life) ||
	    !start(life))
		return false;
	if (!life_is_monitor(life))
		return true;
	life->emitter = emitter_new((struct emitter_limits){
		.max_tag_sets = life->choice->max_tag_sets,
		.max_path_tag_sets = life->choice->max_path_tag_sets,
	});
	return life->emitter || !health_change(life->health, PLUGIN_FAILED, "out of memory");
}

bool life_is_exporter(const struct plugin_life *life)
{
	return (life->plugin->desc.kind & SONDE_KIND_EXPORTER) != 0;
}

bool life_is_monitor(const struct plugin_life *life)
{
	return (life->plugin->desc.kind & SONDE_KIND_MONITOR) != 0;
}

/* What the instance said, or else its description does. */
static bool wants(const struct plugin_life *life, uint32_t flags)
{
	return ((life->table.wants ? life->table.wants : life->plugin->desc.flags) & flags) != 0;
}

static bool wants_delta(const struct plugin_life *life)
{
	return wants(life, SONDE_WANTS_DELTA);
}

bool life_wants_newest(const struct plugin_life *life)
{
	return wants(life, SONDE_WANTS_DELTA | SONDE_WANTS_CUMULATIVE);
}

static struct plugin_windows *windows_of(const struct plugin_life *life)
{
	return __atomic_load_n(&life->windows, __ATOMIC_ACQUIRE);
}

bool life_keeps_windows(const struct plugin_life *life)
{
	return windows_of(life) != NULL;
}

void life_keep(struct plugin_life *life, const struct sonde_snapshot *snapshot)
{
	struct plugin_windows *windows = windows_of(life);

	if (windows)
		plugin_windows_add(windows, snapshot);
}

static void went_well(struct plugin_life *life)
{
	life->n_failures = 0;
	life->not_before_ns = 0;
	if (health_state(life->health) == PLUGIN_BACKOFF)
		health_change(life->health, PLUGIN_RUNNING, NULL);
}

/* Waits are for those who want to try the same again, and for those who failed too often. */
static void went_wrong(struct plugin_life *life, const char *reason, bool has_to_wait,
		       int64_t wait_ns)
{
	bool is_backing_off = ++life->n_failures >= BACKOFF_FAILURES;

	if (wait_ns <= 0)
		wait_ns = backoff_ns(life->n_failures, backoff_random());
	if (has_to_wait || is_backing_off)
		life->not_before_ns = now_ns() + earlier(wait_ns, BACKOFF_LONGEST_NS);
	health_change(life->health, is_backing_off ? PLUGIN_BACKOFF : PLUGIN_RUNNING, reason);
}

/* The snapshot was taken or refused: differences count from it on. */
static void keep_taken(struct plugin_life *life, const struct sonde_snapshot *snapshot)
{
	if (wants_delta(life))
		plugin_bases_keep(&life->taken, snapshot);
}

static void describe_result(int status, struct sonde_result *result, char *ret_reason)
{
	static const char *const names[] = {"OK", "PARTIAL", "RETRY", "DROP", "FATAL"};
	bool is_known = status >= SONDE_OK && status <= SONDE_FATAL;

	result->message[sizeof(result->message) - 1] = '\0';
	if (is_known)
		snprintf(ret_reason, HEALTH_TEXT_SIZE, "export_snapshot: SONDE_%s%s%s",
			 names[status], result->message[0] ? ": " : "", result->message);
	else
		snprintf(ret_reason, HEALTH_TEXT_SIZE,
			 "export_snapshot returned %d, which is no status", status);
}

static uint64_t n_points(const struct sonde_snapshot *snapshot)
{
	return snapshot_n_series(plugin_snapshot_figures(snapshot));
}

static void count_points(struct plugin_life *life, const struct sonde_snapshot *snapshot,
			 uint64_t n_lost)
{
	uint64_t n = n_points(snapshot);

	n_lost = n_lost < n ? n_lost : n;
	health_count(life->health, COUNT_POINTS_TAKEN, n - n_lost);
	health_count(life->health, COUNT_POINTS_LOST, n_lost);
}

static enum life_outcome take_status(struct plugin_life *life, int status,
				     const struct sonde_snapshot *snapshot,
				     struct sonde_result *result)
{
	char reason[HEALTH_TEXT_SIZE];

	describe_result(status, result, reason);
	if (status == SONDE_RETRY) {
		health_count(life->health, COUNT_RETRIED, 1);
		went_wrong(life, reason, true, result->retry_after_ns);
		return LIFE_RETRY;
	}
	keep_taken(life, snapshot);
	if (status == SONDE_OK || status == SONDE_PARTIAL) {
		health_count(life->health, status == SONDE_OK ? COUNT_TAKEN : COUNT_PARTIAL, 1);
		health_count(life->health, COUNT_REJECTED_POINTS, result->rejected_points);
		count_points(life, snapshot, result->rejected_points);
		health_count(life->health, COUNT_BYTES_SENT, result->bytes_sent);
		went_well(life);
		return LIFE_DONE;
	}
	health_count(life->health, COUNT_REFUSED, 1);
	count_points(life, snapshot, UINT64_MAX);
	if (status == SONDE_FATAL)
		health_change(life->health, PLUGIN_FAILED, reason);
	else
		went_wrong(life, reason, false, 0);
	return status == SONDE_FATAL ? LIFE_OVER : LIFE_DONE;
}

static int64_t export_time(const struct plugin_choice *choice)
{
	return choice->deadline_ns ? choice->deadline_ns
				   : earlier(PLUGIN_EXPORT_NS, plugin_choice_interval_ns(choice));
}

static enum life_outcome export_prepared(struct plugin_life *life, const struct sonde_snapshot *given,
					 const struct sonde_snapshot *original, int64_t until_ns)
{
	struct sonde_result result = {.struct_size = sizeof(result)};
	int64_t allowed_ns = earlier(export_time(life->choice), time_until(until_ns));

	enter(life, CALLBACK_EXPORT, allowed_ns);
	life->may_keep_back = true;
	__atomic_store_n(&life->health->n_inflight, n_points(given), __ATOMIC_RELAXED);
	int status = life->plugin->desc.export_snapshot(life->instance, given,
							now_ns() + allowed_ns, &result);

	__atomic_store_n(&life->health->n_inflight, 0, __ATOMIC_RELAXED);
	return leave(life, NULL) ? take_status(life, status, original, &result) : LIFE_OVER;
}

/*
 * The snapshot as the instance wants it, with one reference. What it has formatted of it, at any time, is told to its
 * table. NULL without memory.
 */
static const struct sonde_snapshot *prepare(const struct plugin_life *life,
					    const struct sonde_snapshot *snapshot)
{
	const struct sonde_snapshot *wanted =
		wants_delta(life)
			? plugin_snapshot_delta(snapshot, plugin_bases_find(&life->taken, snapshot))
			: plugin_snapshot_ref(snapshot);
	const struct sonde_snapshot *given =
		wanted ? plugin_snapshot_for_reader(wanted, life->windows, &life->table.watcher) : NULL;

	plugin_snapshot_unref(wanted);
	return given;
}

enum life_outcome life_export(struct plugin_life *life, const struct sonde_snapshot *snapshot,
			      int64_t until_ns)
{
	const struct sonde_snapshot *wanted = prepare(life, snapshot);

	if (!wanted) {
		went_wrong(life, "out of memory", true, 0);
		return LIFE_RETRY;
	}
	enum life_outcome outcome = export_prepared(life, wanted, snapshot, until_ns);

	/* Others' patience may be over, but its thread has come back: nobody works on it any more.
	 */
	plugin_snapshot_unref(wanted);
	return outcome;
}

static void count_overflow(struct plugin_life *life)
{
	uint64_t n_overflowed = emitter_n_overflowed(life->emitter);

	health_count(life->health, COUNT_OVERFLOWED, n_overflowed - life->n_overflowed);
	life->n_overflowed = n_overflowed;
}

static void take_collection(struct plugin_life *life, int result, bool is_late,
			    struct snapshot **ret_figures)
{
	char reason[HEALTH_TEXT_SIZE];

	count_overflow(life);
	if (result == 0 && !is_late &&
	    emitter_finish(life->emitter, clock_kernel_ns(CLOCK_REALTIME), ret_figures) == 0) {
		health_count(life->health, COUNT_COLLECTED, 1);
		went_well(life);
		return;
	}
	emitter_cancel(life->emitter);
	health_count(life->health, COUNT_COLLECT_FAILED, 1);
	if (is_late)
		snprintf(reason, sizeof(reason), "collect: too late");
	else
		snprintf(reason, sizeof(reason), "collect returned %d", result);
	went_wrong(life, reason, false, 0);
}

bool life_collect(struct plugin_life *life, struct snapshot **ret_figures)
{
	int64_t allowed_ns =
		life->choice->deadline_ns ? life->choice->deadline_ns : PLUGIN_COLLECT_NS;
	struct sonde_emit emit = {.emitter = life->emitter, .health = life->health};
	bool is_late;

	*ret_figures = NULL;
	enter(life, CALLBACK_COLLECT, allowed_ns);
	int result = life->plugin->desc.collect(life->instance, &emit, now_ns() + allowed_ns);

	if (!leave(life, &is_late))
		return false;
	take_collection(life, result, is_late, ret_figures);
	return true;
}

static void say_refused(struct plugin_life *life, int result, struct sonde_err *err)
{
	char text[HEALTH_TEXT_SIZE];

	err->text[sizeof(err->text) - 1] = '\0';
	snprintf(text, sizeof(text), "reload: its options stay as they were: %.180s",
		 err->text[0] ? err->text : strerror(result < 0 ? -result : EINVAL));
	plugin_table_log(&life->table, SONDE_LOG_ERROR, CODE_RELOAD, text);
}

bool life_reload(struct plugin_life *life, const void *options, struct option_values *values)
{
	struct sonde_err err = {.text = ""};
	int result = 0;

	enter(life, CALLBACK_RELOAD, PLUGIN_START_NS);
	if (life->plugin->desc.reload)
		result = life->plugin->desc.reload(life->instance, options, &err);
	bool is_given_up = !leave(life, NULL);

	if (result == 0) {
		option_values_deinit(&life->options);
		life->options = *values;
	} else {
		say_refused(life, result, &err);
		option_values_deinit(values);
	}
	return !is_given_up;
}

/* It is no snapshot that failed, so nothing is to be offered again: the plugin knows what it has kept. */
static void say_not_flushed(struct plugin_life *life, int result)
{
	char text[HEALTH_TEXT_SIZE];

	if (result < 0 && result > -4096)
		snprintf(text, sizeof(text), "flush: %s", strerror(-result));
	else
		snprintf(text, sizeof(text), "flush returned %d", result);
	plugin_table_log(&life->table, SONDE_LOG_ERROR, CODE_FLUSH, text);
}

static bool flush(struct plugin_life *life, int64_t allowed_ns)
{
	int result = 0;

	life->may_keep_back = false;
	enter(life, CALLBACK_FLUSH, allowed_ns);
	if (life->plugin->desc.flush)
		result = life->plugin->desc.flush(life->instance, now_ns() + allowed_ns);
	if (result)
		say_not_flushed(life, result);
	return leave(life, NULL) || health_state(life->health) == PLUGIN_FAILED;
}

bool life_has_to_flush(const struct plugin_life *life)
{
	return life->may_keep_back && life->plugin->desc.flush;
}

bool life_flush(struct plugin_life *life, int64_t until_ns)
{
	return flush(life, earlier(export_time(life->choice), time_until(until_ns)));
}

/* With its threads. */
static bool stop(struct plugin_life *life, int64_t until_ns)
{
	enter(life, CALLBACK_STOP, time_until(until_ns));
	if (life->plugin->desc.stop)
		life->plugin->desc.stop(life->instance, until_ns);
	bool has_joined = plugin_table_join(&life->table, now_ns() + time_until(until_ns));

	leave(life, NULL);
	if (!has_joined)
		health_change(life->health, PLUGIN_STUCK, "stop: threads of it still run");
	return health_state(life->health) != PLUGIN_STUCK;
}

static bool destroy(struct plugin_life *life, int64_t until_ns)
{
	enter(life, CALLBACK_DESTROY, time_until(until_ns));
	if (life->plugin->desc.destroy)
		life->plugin->desc.destroy(life->instance);
	leave(life, NULL);
	life->is_created = false;
	return health_state(life->health) != PLUGIN_STUCK;
}

void life_end(struct plugin_life *life, int64_t until_ns)
{
	if (health_state(life->health) == PLUGIN_STUCK)
		return;
	if (life->is_started && (!flush(life, time_until(until_ns)) || !stop(life, until_ns)))
		return;
	life->is_started = false;
	if (life->is_created && !destroy(life, until_ns))
		return;
	health_change(life->health, PLUGIN_STOPPED, NULL);
}

void life_deinit(struct plugin_life *life)
{
	if (health_state(life->health) == PLUGIN_STUCK)
		return;
	plugin_bases_deinit(&life->taken);
	plugin_windows_free(life->windows);
	emitter_free(life->emitter);
	option_values_deinit(&life->options);
	plugin_table_deinit(&life->table);
	plugin_free(life->plugin);
}
