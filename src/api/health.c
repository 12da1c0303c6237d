// SPDX-License-Identifier: MIT
#include "config.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "api/exports.h"
#include "api/monitor.h"
#include "api/operation.h"
#include "host/plugin-watch.h"

enum { INTERVALS_LATE = 3 };

__attribute__((format(printf, 2, 3))) static void add_reason(struct sonde_system_health *health,
							     const char *format, ...)
{
	size_t len = strlen(health->reasons);
	va_list arguments;

	health->healthy = false;
	if (len && len + 1 < sizeof(health->reasons))
		health->reasons[len++] = '\n';
	va_start(arguments, format);
	vsnprintf(health->reasons + len, sizeof(health->reasons) - len, format, arguments);
	va_end(arguments);
}

/* What is known beside what is told. */
struct judgement {
	uint64_t n_errors;
	uint64_t n_overflowed; /* records */
	uint64_t n_left_out;
	uint64_t n_dropped; /* snapshots, lately */
};

#define LATELY_NS INT64_C(60000000000)

/* What queues had no room for, and what was given up. */
static uint64_t count_dropped(const struct figures *figures, const struct series *series)
{
	const char *outcome = series_tag(series, "outcome");
	struct window_answer answer;

	if (strcmp(series->name, "sonde.plugin.snapshots") != 0 || !outcome ||
	    strncmp(outcome, "dropped_", 8) != 0 || !figures->sonde->windows ||
	    windows_query(figures->sonde->windows, series->name, series->tags, series->n_tags,
			  LATELY_NS, figures->now_ns, &answer))
		return 0;
	return answer.count;
}

static void add_outcome(const struct series *series, struct sonde_system_health *health,
			struct judgement *judgement)
{
	const char *result = series_tag(series, "result");

	if (strcmp(series->name, OPERATIONS_NAME) != 0 || !result)
		return;
	health->operations += series->value.count;
	if (strcmp(result, "ok") != 0)
		judgement->n_errors += series->value.count;
}

static void look_at(const struct series *series, struct sonde_system_health *health,
		    struct judgement *judgement)
{
	const struct {
		const char *name;
		uint64_t *sum;
	} sums[] = {
		{"sonde.metrics.refused", &health->refused},
		{"sonde.metrics.overflowed", &judgement->n_overflowed},
		{"sonde.exports.left_out", &judgement->n_left_out},
		{"sonde.calls.lost", &health->lost},
	};

	for (size_t i = 0; i < sizeof(sums) / sizeof(sums[0]); i++)
		if (strcmp(series->name, sums[i].name) == 0)
			*sums[i].sum += series->value.count;
	if (strcmp(series->name, "sonde.timers.abandoned") == 0 && series->value.number > 0)
		add_reason(health, "%.0f timers were abandoned", series->value.number);
	health->n_series++;
	health->n_overflowed += series_tag(series, "otel.metric.overflow") != NULL;
	add_outcome(series, health, judgement);
}

/* Where its log tells which they are; "": not any more. */
static const char *unexposed_line(const struct plugin_health *health)
{
	for (size_t i = 0; i < HEALTH_LINES; i++)
		if (strstr(health->lines[i].text, " is left out: "))
			return health->lines[i].text;
	return "";
}

static uint64_t n_unexposed(const struct plugin_health *health)
{
	return health->counts[COUNT_UNEXPOSED_KIND] + health->counts[COUNT_UNEXPOSED_LABELS] +
	       health->counts[COUNT_UNEXPOSED_SAMPLE];
}

/* One that waits after failures is working on it, but does not work. */
static void look_at_endpoints(const struct sonde *sonde, struct sonde_system_health *health)
{
	const struct endpoint *endpoint;
	int64_t again_ns;

	for (size_t i = 0; (endpoint = exports_endpoint(sonde->exports, i)); i++) {
		struct plugin_health copy;
		uint32_t state;

		health_copy(endpoint_health(endpoint), &copy);
		state = copy.state;
		if (n_unexposed(&copy))
			add_reason(health, "%s: %" PRIu64 " series left out of what it wrote: %s",
				   endpoint_name(endpoint), n_unexposed(&copy),
				   unexposed_line(&copy));
		if (state == PLUGIN_BACKOFF || state == PLUGIN_FAILED)
			add_reason(health, "%s: %s", endpoint_name(endpoint), copy.reason);
		else if (plugin_watch_look(endpoint_health(endpoint),
					   clock_kernel_ns(CLOCK_MONOTONIC),
					   &again_ns) == WATCH_STUCK)
			add_reason(health, "%s: has not come back from %s", endpoint_name(endpoint),
				   plugin_callback_name(copy.callback));
	}
}

static void judge(const struct figures *figures, const struct judgement *judgement,
		  struct sonde_system_health *health)
{
	const struct sonde *sonde = figures->sonde;
	int64_t silent_ns = figures->now_ns - sonde->collected_ns;
	int64_t monitored_ns = monitor_silent_ns(sonde, figures->now_ns);

	if (health->refused)
		add_reason(health, "%" PRIu64 " figures were refused", health->refused);
	if (health->lost)
		add_reason(health, "%" PRIu64 " calls, or parts of them, were lost", health->lost);
	if (health->n_overflowed)
		add_reason(health,
			   "%zu names have too many sets of tags: %" PRIu64
			   " records in their series of overflow",
			   health->n_overflowed, judgement->n_overflowed);
	if (judgement->n_left_out)
		add_reason(health, "%" PRIu64 " series were left out of exports, at last %s",
			   judgement->n_left_out, sonde->left_out);
	look_at_endpoints(sonde, health);
	if (judgement->n_dropped)
		add_reason(health, "%" PRIu64 " snapshots were dropped in the last minute",
			   judgement->n_dropped);
	if (monitored_ns)
		add_reason(health, "resources have not been seen for %.1f s",
			   (double)monitored_ns * 1e-9);
	if (sonde->has_collector && silent_ns > INTERVALS_LATE * sonde->interval_ns)
		add_reason(health, "the thread that collects has not done so for %.1f s",
			   (double)silent_ns * 1e-9);
}

int sonde_get_system_health(struct sonde *sonde, struct sonde_system_health *ret_health)
{
	struct sonde_system_health health = {.healthy = true, .error_rate = NAN};
	struct figures figures;
	struct judgement judgement = {0};
	int error = ret_health ? figures_open(sonde, 0, &figures) : SONDE_EINVAL;

	if (error)
		return error;
	for (size_t i = 0; i < snapshot_n_series(figures.snapshot); i++) {
		const struct series *series = snapshot_series(figures.snapshot, i);

		look_at(series, &health, &judgement);
		judgement.n_dropped += count_dropped(&figures, series);
	}
	judge(&figures, &judgement, &health);
	figures_close(&figures);
	if (health.operations)
		health.error_rate = (double)judgement.n_errors / (double)health.operations;
	*ret_health = health;
	return 0;
}
