// SPDX-License-Identifier: MIT
/*
 * history - keeps figures for days, in a file of SQLite.
 *
 *     plugins: ( { plugin = "history"; file = "/var/lib/sonde/history.db"; retention_days = 30; }
 * );
 */
#include <sonde/plugin.h>

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "history/store.h"
#include "shared/buffer.h"

#define SECOND_NS INT64_C(1000000000)
#define HOUR_NS	  (3600 * SECOND_NS)

enum { DAY_S = 86400, CODE_PRUNE = 1, PROGRAM_SIZE = 256 };

struct instance {
	const struct sonde_host *host;
	const struct history_options *options;
	struct history *history; /* NULL: not open */
	struct buffer tags;
	int64_t pruned_ns; /* CLOCK_MONOTONIC */
};

static const struct sonde_option options[] = {
	{
		.name = "file",
		.type = SONDE_OPTION_STRING,
		.offset = offsetof(struct history_options, file),
		.help = "The file, which is made if it is not there; without it, "
			"sonde/history.db in $XDG_STATE_HOME or ~/.local/state.",
	},
	{
		.name = "retention_days",
		.type = SONDE_OPTION_INT,
		.default_text = "30",
		.min = "1",
		.max = "36500",
		.offset = offsetof(struct history_options, retention_days),
		.help = "What is older than so many days is deleted.",
	},
	{0},
};

static int create(const struct sonde_host *host, const void *given, void **ret_instance,
		  struct sonde_err *err)
{
	struct instance *instance = host->alloc(host, sizeof(*instance));

	(void)err;
	if (!instance)
		return -ENOMEM;
	*instance = (struct instance){.host = host, .options = given, .tags = {.host = host}};
	*ret_instance = instance;
	return 0;
}

static int64_t keep_s(const struct instance *instance)
{
	return instance->options->retention_days * DAY_S;
}

static int prune(struct instance *instance)
{
	int64_t now_s = instance->host->now_real_ns() / SECOND_NS;
	int result = history_prune(instance->history, now_s, keep_s(instance));

	instance->pruned_ns = instance->host->now_mono_ns();
	if (result < 0)
		instance->host->log(instance->host, SONDE_LOG_WARNING, CODE_PRUNE,
				    "cannot delete what is old: %s",
				    history_reason(instance->history));
	return result;
}

static int start(void *data, struct sonde_err *err)
{
	struct instance *instance = data;
	char *by_default = instance->options->file ? NULL : history_default_file();
	const char *file = by_default ? by_default : instance->options->file;
	char reason[HISTORY_REASON_SIZE] = "there is no file, and no HOME for one";
	int result = file ? history_open(file, true, &instance->history, reason) : -EINVAL;

	free(by_default);
	if (result < 0)
		snprintf(err->text, sizeof(err->text), "%s", reason);
	else
		prune(instance);
	return result;
}

/* -- Exports ---------------------------------------------------------------------------------- */

/* A text of JSON. */
static int write_text(struct buffer *buffer, const char *text)
{
	int result = buffer_take(buffer, "\"", 1);

	for (; *text && result == 0; text++) {
		char piece[8];
		int len = 1;

		piece[0] = *text;
		if (*text == '"' || *text == '\\')
			len = snprintf(piece, sizeof(piece), "\\%c", *text);
		else if ((unsigned char)*text < ' ')
			len = snprintf(piece, sizeof(piece), "\\u%04x", (unsigned int)*text);
		result = buffer_take(buffer, piece, (size_t)len);
	}
	return result ? result : buffer_take(buffer, "\"", 1);
}

static int write_tags(struct buffer *buffer, const struct sonde_series *series)
{
	int result = buffer_take(buffer, "{", 1);

	for (uint32_t i = 0; i < series->n_tags && result == 0; i++) {
		if (i)
			result = buffer_take(buffer, ",", 1);
		if (result == 0)
			result = write_text(buffer, series->tags[i].key);
		if (result == 0)
			result = buffer_take(buffer, ":", 1);
		if (result == 0)
			result = write_text(buffer, series->tags[i].value);
	}
	return result ? result : buffer_take(buffer, "}", sizeof("}"));
}

static void take_histogram(const struct sonde_histogram *histogram, struct history_point *point)
{
	point->count = histogram->count;
	point->sum = histogram->sum;
	point->min = histogram->min;
	point->max = histogram->max;
	point->buckets.zero_count = histogram->zero_count;
	point->buckets.over_count = histogram->over_count;
	for (uint32_t i = 0; i < histogram->n_buckets; i++)
		history_buckets_add(&point->buckets, (int64_t)histogram->offset + i,
				    histogram->buckets[i]);
}

/* False: there is nothing to keep. */
static bool take_value(const struct sonde_series *series, struct history_point *point)
{
	if (series->histogram) {
		take_histogram(series->histogram, point);
		return point->count > 0;
	}
	if (series->type == SONDE_TYPE_COUNTER) {
		point->count = series->count;
		point->sum = series->number;
		return point->sum > 0;
	}
	point->count = 1;
	point->sum = point->min = point->max = series->number;
	return !isnan(series->number);
}

static int keep(struct instance *instance, const char *program, int64_t at_s,
		const struct sonde_series *series)
{
	struct history_point point = {
		.program = program,
		.name = series->name,
		.unit = series->unit,
		.type = series->type,
		.is_fractional = (series->flags & SONDE_SERIES_FRACTIONAL) != 0,
		.at_s = at_s,
	};

	if (!take_value(series, &point))
		return 0;
	buffer_clear(&instance->tags);
	int result = write_tags(&instance->tags, series);

	point.tags = instance->tags.bytes;
	return result ? result : history_add(instance->history, &point);
}

static const char *find_program(const struct sonde_snapshot_info *info, char *ret_program)
{
	const char *command_line = "";

	for (uint32_t i = 0; i < info->n_source; i++)
		if (strcmp(info->source[i].key, "process.command_line") == 0)
			command_line = info->source[i].value;
	return history_program(command_line, ret_program, PROGRAM_SIZE);
}

static int keep_all(struct instance *instance, const struct sonde_snapshot *snapshot)
{
	struct sonde_snapshot_info info = {.struct_size = sizeof(info)};
	struct sonde_series series = {.struct_size = sizeof(series)};
	char program[PROGRAM_SIZE];
	int result = history_begin(instance->history);

	instance->host->snapshot_info(snapshot, &info);
	find_program(&info, program);
	for (size_t i = 0; result == 0; i++) {
		if (instance->host->snapshot_series(snapshot, i, &series) < 0)
			break;
		result = keep(instance, program, info.taken_ns / SECOND_NS, &series);
	}
	return result ? history_cancel(instance->history, result)
		      : history_commit(instance->history);
}

static int export_snapshot(void *data, const struct sonde_snapshot *snapshot, int64_t deadline_ns,
			   struct sonde_result *ret_result)
{
	struct instance *instance = data;
	int result = keep_all(instance, snapshot);

	(void)deadline_ns;
	if (result < 0)
		snprintf(ret_result->message, sizeof(ret_result->message), "%.120s",
			 history_reason(instance->history));
	if (result < 0)
		return result == -EILSEQ ? SONDE_FATAL : SONDE_RETRY;
	if (instance->host->now_mono_ns() - instance->pruned_ns > HOUR_NS)
		prune(instance);
	return SONDE_OK;
}

static int stop(void *data, int64_t deadline_ns)
{
	struct instance *instance = data;

	(void)deadline_ns;
	instance->history = history_close(instance->history);
	return 0;
}

static void destroy(void *data)
{
	struct instance *instance = data;

	history_close(instance->history);
	buffer_deinit(&instance->tags);
	instance->host->free(instance->host, instance);
}

static const struct sonde_plugin_desc description = {
	.struct_size = sizeof(description),
	.abi_major = SONDE_ABI_MAJOR,
	.abi_minor = SONDE_ABI_MINOR,
	.kind = SONDE_KIND_EXPORTER,
	.flags = SONDE_WANTS_DELTA | SONDE_MAY_BLOCK,
	.name = "history",
	.version = "1.0",
	.license = "MIT",
	.summary = "keeps figures for days, in a file of SQLite",
	.options = options,
	.option_size = sizeof(options[0]),
	.options_size = sizeof(struct history_options),
	.create = create,
	.start = start,
	.export_snapshot = export_snapshot,
	.stop = stop,
	.destroy = destroy,
};

const struct sonde_plugin_desc *sonde_plugin_v1(const struct sonde_host *host)
{
	(void)host;
	return &description;
}
