// SPDX-License-Identifier: MIT
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api/operation.h"

int sonde_record_success(struct sonde *sonde, const char *operation)
{
	return operation_record(sonde, operation, NULL);
}

int sonde_record_failure(struct sonde *sonde, const char *operation, const char *error_type)
{
	return operation_record(sonde, operation, error_type ? error_type : ERROR_OTHER);
}

int sonde_record_failure_errno(struct sonde *sonde, const char *operation, int error_number)
{
	char symbol[FAILURE_SYMBOL_SIZE];

	failure_symbol(error_number, symbol);
	return operation_record(sonde, operation, symbol);
}

/* -- Rates ------------------------------------------------------------------------------------ */

/* What a series of an operation's outcomes counts; NULL: it is none. */
static const char *result_of(const struct series *series, const char *operation,
			     enum operation_kind kind)
{
	bool is_call = kind == OPERATION_CALL;
	const char *name = is_call ? "libc.calls" : OPERATIONS_NAME;
	const char *of = strcmp(series->name, name) == 0
				 ? series_tag(series, is_call ? "call" : "operation")
				 : NULL;

	return of && strcmp(of, operation) == 0 ? series_tag(series, "result") : NULL;
}

static void add_result(struct sonde_success_rate *rate, const char *result, uint64_t count)
{
	rate->total += count;
	if (strcmp(result, "ok") == 0)
		rate->successes += count;
	else if (strcmp(result, "expected") == 0)
		rate->expected += count;
	else
		rate->errors += count;
}

static void tally_results(const struct figures *figures, const char *operation,
			  enum operation_kind kind, struct sonde_success_rate *rate)
{
	for (size_t i = 0; i < snapshot_n_series(figures->snapshot); i++) {
		const struct series *series = snapshot_series(figures->snapshot, i);
		const char *result = result_of(series, operation, kind);
		struct tally tally = {0};

		if (!result)
			continue;
		figures_tally(figures, series, &tally);
		add_result(rate, result, tally.sum.count);
		rate->is_truncated |= tally.sum.is_truncated;
		if (tally.sum.covered_ns > rate->covered_ns)
			rate->covered_ns = tally.sum.covered_ns;
	}
}

int sonde_get_success_rate(struct sonde *sonde, const char *operation, double window,
			   struct sonde_success_rate *ret_rate)
{
	struct sonde_success_rate rate = {.rate = NAN, .error_rate = NAN};
	enum operation_kind kind;
	struct figures figures;
	int error = operation && ret_rate ? figures_open_long(sonde, NULL, window, &figures)
					  : SONDE_EINVAL;

	if (error)
		return error;
	kind = operation_find(figures.snapshot, operation);
	tally_results(&figures, operation, kind, &rate);
	figures_close(&figures);
	if (kind == OPERATION_UNKNOWN)
		return SONDE_ENOENT;
	if (rate.total) {
		rate.rate = (double)rate.successes / (double)rate.total;
		rate.error_rate = (double)rate.errors / (double)rate.total;
	}
	*ret_rate = rate;
	return rate.total ? 0 : SONDE_ENODATA;
}

/* -- Failures --------------------------------------------------------------------------------- */

/* One piece of memory: the breakdown, its rows, their texts. */
struct breakdown {
	struct sonde_failure_breakdown public;
	struct sonde_failure rows[];
};

/* The type of error whose failures of an operation a series counts; NULL: it is none. */
static const char *error_of(const struct series *series, const char *operation,
			    enum operation_kind kind)
{
	bool is_call = kind == OPERATION_CALL;
	const char *of = strcmp(series->name, is_call ? "libc.errors" : OPERATIONS_NAME) == 0
				 ? series_tag(series, is_call ? "call" : "operation")
				 : NULL;

	if (!of || strcmp(of, operation) != 0)
		return NULL;
	return series_tag(series, is_call ? "errno" : "error.type");
}

/* Room for all errors of the operation that the snapshot has. */
static struct breakdown *make_breakdown(const struct figures *figures, const char *operation,
					enum operation_kind kind)
{
	size_t n_rows = 0;
	size_t size = 0;

	for (size_t i = 0; i < snapshot_n_series(figures->snapshot); i++) {
		const char *type = error_of(snapshot_series(figures->snapshot, i), operation, kind);

		if (type) {
			n_rows++;
			size += strlen(type) + 1;
		}
	}
	struct breakdown *breakdown =
		calloc(1, sizeof(*breakdown) + n_rows * sizeof(struct sonde_failure) + size);

	if (breakdown) {
		breakdown->public.failures = breakdown->rows;
		breakdown->public.n_failures = n_rows;
	}
	return breakdown;
}

/* Calls of several kinds have an error of one type each; they are one here. */
static struct sonde_failure *find_row(struct breakdown *breakdown, size_t n_rows, const char *type)
{
	for (size_t i = 0; i < n_rows; i++)
		if (strcmp(breakdown->rows[i].error_type, type) == 0)
			return &breakdown->rows[i];
	return NULL;
}

static void fill_breakdown(const struct figures *figures, const char *operation,
			   enum operation_kind kind, struct breakdown *breakdown)
{
	char *text = (char *)&breakdown->rows[breakdown->public.n_failures];
	size_t n_rows = 0;

	for (size_t i = 0; i < snapshot_n_series(figures->snapshot); i++) {
		const struct series *series = snapshot_series(figures->snapshot, i);
		const char *type = error_of(series, operation, kind);
		struct tally tally = {0};

		if (!type)
			continue;
		figures_tally(figures, series, &tally);
		breakdown->public.is_truncated |= tally.sum.is_truncated;
		if (tally.sum.covered_ns > breakdown->public.covered_ns)
			breakdown->public.covered_ns = tally.sum.covered_ns;
		if (!tally.sum.count)
			continue;
		struct sonde_failure *row = find_row(breakdown, n_rows, type);

		if (!row) {
			row = &breakdown->rows[n_rows++];
			row->error_type = text;
			text = stpcpy(text, type) + 1;
		}
		row->count += tally.sum.count;
		breakdown->public.total += tally.sum.count;
	}
	breakdown->public.n_failures = n_rows;
}

static int compare_failures(const void *a, const void *b)
{
	const struct sonde_failure *left = a;
	const struct sonde_failure *right = b;

	if (left->count != right->count)
		return left->count > right->count ? -1 : 1;
	return strcmp(left->error_type, right->error_type);
}

int sonde_get_failure_breakdown(struct sonde *sonde, const char *operation, double window,
				struct sonde_failure_breakdown **ret_breakdown)
{
	struct breakdown *breakdown = NULL;
	struct figures figures;
	int error = operation && ret_breakdown ? figures_open_long(sonde, NULL, window, &figures)
					       : SONDE_EINVAL;

	if (error)
		return error;
	enum operation_kind kind = operation_find(figures.snapshot, operation);

	if (kind == OPERATION_UNKNOWN)
		error = SONDE_ENOENT;
	else
		breakdown = make_breakdown(&figures, operation, kind);
	if (breakdown) {
		fill_breakdown(&figures, operation, kind, breakdown);
		qsort(breakdown->rows, breakdown->public.n_failures, sizeof(breakdown->rows[0]),
		      compare_failures);
		*ret_breakdown = &breakdown->public;
	} else if (!error) {
		error = SONDE_ENOMEM;
	}
	figures_close(&figures);
	return error;
}

void sonde_free(void *memory)
{
	free(memory);
}
