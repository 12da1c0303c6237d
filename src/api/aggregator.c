// SPDX-License-Identifier: MIT
#include "config.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/document.h"
#include "api/figures.h"
#include "api/signed.h"
#include "api/values.h"
#include "format/metrics-json.h"
#include "format/snapshot-format.h"

/* -- Summaries -------------------------------------------------------------------------------- */

/* All series of a name together, those below 0 apart. */
struct halves {
	struct tally above;
	struct tally below;
	struct tally both;
};

static void fill_distribution(const struct halves *halves, struct sonde_metric_summary *summary)
{
	const struct tally *above = &halves->above;
	const struct tally *below = &halves->below;

	summary->p50 = signed_quantile(above, below, 0.5);
	summary->p90 = signed_quantile(above, below, 0.9);
	summary->p95 = signed_quantile(above, below, 0.95);
	summary->p99 = signed_quantile(above, below, 0.99);
	summary->p999 = signed_quantile(above, below, 0.999);
}

/* What a counter is now; NAN where only what it grew by is known, and of what is no counter. */
static double total_of(const struct figures *figures, const struct series *series)
{
	if (figures->history.window_ns || series->type != SERIES_COUNTER)
		return NAN;
	return series->is_fractional ? series->value.number : (double)series->value.count;
}

/* A gauge has no values but the one it has; a counter no value but what it grew by. */
static void fill_summary(const struct halves *halves, struct sonde_metric_summary *summary)
{
	const struct tally *tally = &halves->both;

	summary->count = tally->sum.count;
	summary->sum = tally->sum.sum;
	if (summary->type != SONDE_GAUGE)
		summary->rate = tally->sum.rate;
	if (summary->type == SONDE_COUNTER)
		return;
	summary->min = tally->sum.min;
	summary->max = tally->sum.max;
	if (summary->type == SONDE_GAUGE || summary->type == SONDE_RATE) {
		summary->last = tally->sum.last;
		summary->avg = tally->sum.mean / (double)tally->n_known;
	} else {
		summary->avg = tally->sum.mean;
		fill_distribution(halves, summary);
	}
}

/* The unit of a series that the program records, as the engine keeps it; NULL: it is none of those.
 */
static const char *metric_unit_of(const struct engine *engine, const struct series *series)
{
	struct metric_tag tags[SERIES_TAGS_MAX];
	const struct metric_request request = {
		.name = series->name,
		.kind = (uint8_t)value_type(series),
		.flags = series->is_fractional ? SERIES_OF_FRACTIONS : 0,
		.must_exist = true,
		.n_tags = (uint8_t)series->n_tags,
		.tags = tags,
	};
	enum series_refusal reason;

	for (size_t i = 0; i < series->n_tags; i++)
		tags[i] = (struct metric_tag){series->tags[i].key, series->tags[i].value};
	const struct metric *metric = engine->find(&request, &reason);

	return metric ? engine->unit(metric) : NULL;
}

_Static_assert((int)KIND_COUNTER == SONDE_COUNTER && (int)KIND_TIMER == SONDE_TIMER,
	       "kinds are numbered as types are");

/* A text that outlives the snapshot. */
static const char *lasting_unit(const struct engine *engine, const struct series *series)
{
	static const char *const own[] = {
		"{call}",
		"{error}",
		"{measurement}",
		"{note}",
		"{process}",
		"{region}",
		"{cpu}",
		"{thread}",
		"{fault}",
		"{context_switch}",
		"{packet}",
		"{operation}",
		"{file_descriptor}",
		"1",
		"{timer}",
		"{snapshot}",
		"{collection}",
		"{line}",
		"{series}",
		"{data_point}",
		"{name}",
	};
	enum sonde_unit known = sonde_unit_find(series->unit);
	const char *unit =
		known == SONDE_UNIT_OTHER ? metric_unit_of(engine, series) : sonde_unit_code(known);

	for (size_t i = 0; !unit && i < sizeof(own) / sizeof(own[0]); i++)
		if (strcmp(series->unit, own[i]) == 0)
			unit = own[i];
	return unit ? unit : "";
}

int sonde_get_metric_summary(struct sonde *sonde, const char *name, double window,
			     struct sonde_metric_summary *ret_summary)
{
	struct sonde_metric_summary summary = {
		.rate = NAN,
		.last = NAN,
		.avg = NAN,
		.min = NAN,
		.max = NAN,
		.p50 = NAN,
		.p90 = NAN,
		.p95 = NAN,
		.p99 = NAN,
		.p999 = NAN,
	};
	struct halves halves = {0};
	const struct tally *tally = &halves.both;
	struct figures figures;
	double total = 0;
	int error = name && ret_summary ? figures_open_long(sonde, name, window, &figures)
					: SONDE_EINVAL;

	if (error)
		return error;
	for (size_t i = 0; i < snapshot_n_series(figures.snapshot); i++) {
		const struct series *series = snapshot_series(figures.snapshot, i);

		if (!series_is_named(series, name))
			continue;
		summary.type = value_type(series);
		summary.unit = sonde_unit_find(series->unit);
		summary.unit_text = lasting_unit(sonde->engine, series);
		total += total_of(&figures, series);
		figures_tally(&figures, series,
			      signed_is_below(sonde->engine, series) ? &halves.below
								     : &halves.above);
	}
	figures_close(&figures);
	signed_join(&halves.above, &halves.below, &halves.both);
	if (!tally->n_series)
		return SONDE_ENOENT;
	summary.n_series = tally->n_series;
	summary.covered_ns = tally->sum.covered_ns;
	summary.is_truncated = tally->sum.is_truncated;
	if (tally->n_known)
		fill_summary(&halves, &summary);
	if (tally->n_known && summary.type == SONDE_COUNTER)
		summary.last = total;
	*ret_summary = summary;
	return tally->n_known ? 0 : SONDE_ENODATA;
}

/* -- Lists of values -------------------------------------------------------------------------- */

/* Room for all series of a snapshot. */
static const struct series **make_choice(const struct figures *figures)
{
	return calloc(snapshot_n_series(figures->snapshot) + 1, sizeof(const struct series *));
}

/* Frees the choice. */
static int hand_out(const struct figures *figures, const struct series **choice, size_t n_chosen,
		    struct sonde_metric_values **ret_values)
{
	struct sonde_metric_values *values =
		choice ? values_new(choice, n_chosen, snapshot_taken_ns(figures->snapshot)) : NULL;

	free(choice);
	if (!values)
		return SONDE_ENOMEM;
	*ret_values = values;
	return 0;
}

int sonde_get_metrics_by_tag(struct sonde *sonde, const struct sonde_tag *filter, size_t n_filter,
			     struct sonde_metric_values **ret_values)
{
	size_t n_chosen = 0;
	struct figures figures;
	int error = ret_values && (filter || !n_filter) ? 0 : SONDE_EINVAL;

	for (size_t i = 0; !error && i < n_filter; i++)
		if (!filter[i].key || !filter[i].value)
			error = SONDE_EINVAL;
	if (!error)
		error = figures_open(sonde, 0, &figures);
	if (error)
		return error;
	const struct series **choice = make_choice(&figures);

	for (size_t i = 0; choice && i < snapshot_n_series(figures.snapshot); i++) {
		const struct series *series = snapshot_series(figures.snapshot, i);

		if (series_meets(series, filter, n_filter))
			choice[n_chosen++] = series;
	}
	error = hand_out(&figures, choice, n_chosen, ret_values);
	figures_close(&figures);
	return error;
}

/* -- The greatest ----------------------------------------------------------------------------- */

struct ranked {
	const struct series *series;
	double value;
};

static double growth(const struct figures *figures, const struct series *series)
{
	struct window_answer answer;

	figures_value(figures, series, &answer);
	return answer.rate;
}

static double value_by(const struct series *series, enum sonde_order order)
{
	if (!series_has_histogram(series))
		return series->type == SERIES_COUNTER && !series->is_fractional
			       ? (double)series->value.count
			       : series->value.number;
	switch (order) {
	case SONDE_BY_COUNT:
		return (double)series->value.histogram->count;
	case SONDE_BY_MAX:
		return series->value.histogram->max;
	case SONDE_BY_P95:
		return series_histogram_quantile(series->value.histogram, 0.95);
	case SONDE_BY_SUM:
		break;
	}
	return series->value.histogram->sum;
}

/* Greatest first; what is no number comes last; then by name and tags. */
static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *left = a;
	const struct ranked *right = b;

	if (isnan(left->value) != isnan(right->value))
		return isnan(left->value) ? 1 : -1;
	if (left->value != right->value && !isnan(left->value))
		return left->value > right->value ? -1 : 1;
	return series_compare(left->series, right->series);
}

static size_t rank(const struct figures *figures, enum sonde_type type, enum sonde_order order,
		   struct ranked *ranked)
{
	enum sonde_type wanted = type == SONDE_RATE ? SONDE_COUNTER : type;
	size_t n = 0;

	for (size_t i = 0; i < snapshot_n_series(figures->snapshot); i++) {
		const struct series *series = snapshot_series(figures->snapshot, i);

		if (value_type(series) != wanted)
			continue;
		ranked[n].series = series;
		ranked[n++].value =
			type == SONDE_RATE ? growth(figures, series) : value_by(series, order);
	}
	qsort(ranked, n, sizeof(*ranked), compare_ranked);
	return n;
}

/* Counters become the rates that they were ranked by. */
static void make_rates(struct sonde_metric_values *values, const struct ranked *ranked)
{
	struct sonde_metric_value *value = values_of(values);

	for (size_t i = 0; i < values->n_values; i++, value++) {
		value->type = SONDE_RATE;
		value->value = ranked[i].value;
	}
}

int sonde_get_top_metrics(struct sonde *sonde, enum sonde_type type, enum sonde_order order,
			  size_t limit, struct sonde_metric_values **ret_values)
{
	struct figures figures;
	int error = !ret_values || type < SONDE_COUNTER || type > SONDE_RATE || order > SONDE_BY_P95
			    ? SONDE_EINVAL
			    : 0;

	if (!error && !limit)
		error = SONDE_ERANGE;
	if (!error)
		error = figures_open(sonde, 0, &figures);
	if (error)
		return error;
	const struct series **choice = make_choice(&figures);
	struct ranked *ranked = calloc(snapshot_n_series(figures.snapshot) + 1, sizeof(*ranked));
	size_t n = choice && ranked ? rank(&figures, type, order, ranked) : 0;

	n = n < limit ? n : limit;
	for (size_t i = 0; i < n; i++)
		choice[i] = ranked[i].series;
	error = ranked ? hand_out(&figures, choice, n, ret_values) : SONDE_ENOMEM;
	if (!ranked)
		free(choice);
	if (!error && type == SONDE_RATE)
		make_rates(*ret_values, ranked);
	free(ranked);
	figures_close(&figures);
	return error;
}

/* -- Exports ---------------------------------------------------------------------------------- */

static int add_json_piece(const char *text, size_t size, void *document)
{
	return document_add(document, text, size);
}

/* One document, for programs that read all of it; the others are those that exporters have. */
static int export_json(const struct snapshot *snapshot, struct document *document)
{
	json_t *root = snapshot_to_json(snapshot);
	int result;

	if (!root)
		return -ENOMEM;
	result = json_dump_callback(root, add_json_piece, document,
				    JSON_COMPACT | JSON_REAL_PRECISION(15));
	json_decref(root);
	return result ? -ENOMEM : 0;
}

/* With the lock. */
static void count_left_out(void *argument, const struct series *series, enum left_out_reason reason)
{
	struct sonde *sonde = argument;

	sonde->n_left_out[reason]++;
	snprintf(sonde->left_out, sizeof(sonde->left_out), "%.150s: %s", series->name,
		 left_out_text(reason));
}

static int export_as(const char *format, const struct figures *figures, struct document *document)
{
	const struct region_header *region = figures->sonde->engine->find_region();
	const struct left_out_watcher watcher = {count_left_out, figures->sonde};
	const struct format_sink sink = {document_add, document, &watcher};
	const struct snapshot_source source = {.start_ns =
						       region ? region->started_realtime_ns : 0};

	if (strcmp(format, "json") == 0)
		return export_json(figures->snapshot, document);
	return snapshot_format(format, figures->snapshot, &source, NULL, &sink);
}

int sonde_export_metrics(struct sonde *sonde, const char *format, sonde_writer write,
			 void *argument)
{
	struct document document = {0};
	struct figures figures;
	int error = format && write ? figures_open(sonde, 0, &figures) : SONDE_EINVAL;

	if (error)
		return error;
	error = export_as(format, &figures, &document);
	if (error)
		error = error == -ENOENT ? SONDE_ENOENT : SONDE_ENOMEM;
	figures_close(&figures);
	return document_hand_out(&document, error, write, argument);
}
