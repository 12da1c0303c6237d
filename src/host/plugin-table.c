// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/plugin-table.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "host/plugin-emit.h"
#include "host/plugin-format.h"
#include "host/plugin-io.h"
#include "host/plugin-memory.h"
#include "host/plugin-snapshot.h"
#include "host/plugin-thread.h"
#include "host/session-view.h"

struct plugin_thread {
	struct plugin_thread *next;
	pthread_t thread;
	void (*run)(void *argument);
	void *argument;
};

static struct plugin_table *table_of(const struct sonde_host *host)
{
	return (struct plugin_table *)host;
}

static int64_t now_mono_ns(void)
{
	return clock_kernel_ns(CLOCK_MONOTONIC);
}

static int64_t now_real_ns(void)
{
	return clock_kernel_ns(CLOCK_REALTIME);
}

static void keep_line(struct plugin_table *table, uint32_t level, uint64_t n_suppressed,
		      const char *text)
{
	char line[HEALTH_TEXT_SIZE];

	if (n_suppressed)
		snprintf(line, sizeof(line), "%.200s (and %lu more)", text,
			 (unsigned long)n_suppressed);
	health_add_line(table->health, level, n_suppressed ? line : text);
}

void plugin_table_log(struct plugin_table *table, uint32_t level, uint32_t code, const char *text)
{
	uint64_t n_suppressed;

	if (!table->health)
		return;
	pthread_mutex_lock(&table->lock);
	if (plugin_log_admits(&table->log, code, now_mono_ns(), &n_suppressed))
		keep_line(table, level, n_suppressed, text);
	else
		health_count(table->health, COUNT_LINES_SUPPRESSED, 1);
	pthread_mutex_unlock(&table->lock);
}

/* -- What is left out -------------------------------------------------------------------------- */

static uint32_t hash_name(const char *name)
{
	uint32_t hash = 2166136261;

	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 16777619;
	return hash;
}

/* Whether nothing was said of the name yet; where there are too many, nothing more is. */
static bool is_news(struct plugin_table *table, uint32_t hash)
{
	bool is_new = table->n_unexposed < TABLE_UNEXPOSED;

	for (size_t i = 0; i < table->n_unexposed; i++)
		is_new &= table->unexposed[i] != hash;
	if (is_new)
		table->unexposed[table->n_unexposed++] = hash;
	return is_new;
}

/* By any thread of the plugin's. */
static void tell_left_out(void *argument, const struct series *series, enum left_out_reason reason)
{
	struct plugin_table *table = argument;
	uint32_t hash = hash_name(series->name);
	char text[HEALTH_TEXT_SIZE];

	if (!table->health)
		return;
	health_count(table->health, (enum plugin_count)(COUNT_UNEXPOSED_KIND + reason), 1);
	pthread_mutex_lock(&table->lock);
	bool is_new = is_news(table, hash);

	pthread_mutex_unlock(&table->lock);
	if (!is_new)
		return;
	snprintf(text, sizeof(text), "%.150s is left out: %s", series->name, left_out_text(reason));
	plugin_table_log(table, SONDE_LOG_WARNING, hash, text);
}

static void log_line(const struct sonde_host *host, uint32_t level, uint32_t code,
		     const char *format, ...)
{
	char text[HEALTH_TEXT_SIZE];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	plugin_table_log(table_of(host), level, code, text);
}

static void *run_thread(void *argument)
{
	struct plugin_thread *thread = argument;

	thread->run(thread->argument);
	return NULL;
}

static int thread_create(const struct sonde_host *host, const char *name,
			 void (*run)(void *argument), void *argument)
{
	struct plugin_table *table = table_of(host);
	struct plugin_thread *thread = malloc(sizeof(*thread));

	if (!thread)
		return -ENOMEM;
	*thread = (struct plugin_thread){.run = run, .argument = argument};
	int result = plugin_thread_start(name, PLUGIN_STACK, run_thread, thread, &thread->thread);

	if (result < 0) {
		free(thread);
		return result;
	}
	pthread_mutex_lock(&table->lock);
	thread->next = table->threads;
	table->threads = thread;
	pthread_mutex_unlock(&table->lock);
	return 0;
}

static void counter_add(const struct sonde_host *host, const char *name, uint64_t amount)
{
	struct plugin_table *table = table_of(host);

	if (!table->health)
		return;
	pthread_mutex_lock(&table->lock);
	health_add_own(table->health, name, amount);
	pthread_mutex_unlock(&table->lock);
}

static size_t processes(const struct sonde_host *host, int32_t *ret_pids, size_t n_pids)
{
	return session_roster_processes(table_of(host)->sessions, ret_pids, n_pids);
}

static int want(const struct sonde_host *host, uint32_t flag)
{
	if (flag == SONDE_WANTS_WINDOWS) {
		table_of(host)->wants_windows = true;
		return 0;
	}
	if (flag != SONDE_WANTS_CUMULATIVE && flag != SONDE_WANTS_DELTA)
		return -EINVAL;
	table_of(host)->wants = flag;
	return 0;
}

void plugin_table_init(struct plugin_table *table, const char *instance,
		       const struct session_roster *sessions, struct plugin_health *health)
{
	*table = (struct plugin_table){
		.watcher = {tell_left_out, table},
		.host =
			{
				.struct_size = sizeof(table->host),
				.abi_major = SONDE_ABI_MAJOR,
				.abi_minor = SONDE_ABI_MINOR,
				.version = PACKAGE_VERSION,
				.instance = instance,
				.io = &plugin_io,
				.log = log_line,
				.now_mono_ns = now_mono_ns,
				.now_real_ns = now_real_ns,
				.alloc = plugin_memory_alloc,
				.realloc = plugin_memory_realloc,
				.free = plugin_memory_free,
				.thread_create = thread_create,
				.snapshot_ref = plugin_snapshot_ref,
				.snapshot_unref = plugin_snapshot_unref,
				.snapshot_info = plugin_snapshot_info,
				.snapshot_series = plugin_snapshot_series,
				.snapshot_find = plugin_snapshot_find,
				.quantile = plugin_quantile,
				.emit = plugin_emit_series,
				.counter_add = counter_add,
				.format = plugin_format,
				.processes = processes,
				.want = want,
				.format_several = plugin_format_several,
				.window = plugin_snapshot_window,
			},
		.health = health,
		.sessions = sessions,
	};
	pthread_mutex_init(&table->lock, NULL);
}

/* Threads are started by callbacks only, and by each other: this is called when the last callback
 * is over. */
bool plugin_table_join(struct plugin_table *table, int64_t until_ns)
{
	const struct timespec until = {until_ns / 1000000000, until_ns % 1000000000};

	pthread_mutex_lock(&table->lock);
	struct plugin_thread *thread = table->threads;

	pthread_mutex_unlock(&table->lock);
	for (; thread; thread = table->threads) {
		if (pthread_clockjoin_np(thread->thread, NULL, CLOCK_MONOTONIC, &until) != 0)
			return false;
		pthread_mutex_lock(&table->lock);
		struct plugin_thread **place = &table->threads;

		while (*place != thread)
			place = &(*place)->next;
		*place = thread->next;
		pthread_mutex_unlock(&table->lock);
		free(thread);
	}
	return true;
}

void plugin_table_deinit(struct plugin_table *table)
{
	pthread_mutex_destroy(&table->lock);
}
