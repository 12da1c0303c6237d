// SPDX-License-Identifier: MIT
/*
 * The CSV is that of RFC 4180: rows end with CR and LF, names stand in quotes. A name that a spreadsheet would take
 * for a formula gets an apostrophe before it, as in snapshot-csv.c.
 */
#include "config.h"

#include "format/breakdown-table.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "format/json-text.h"

static uint64_t wall_ns(const struct breakdown_row *row)
{
	return row->ended_ns > row->started_ns ? (uint64_t)(row->ended_ns - row->started_ns) : 0;
}

/* -- JSON ------------------------------------------------------------------------------------------ */

/* What a row of this division does not have is left out. */
static json_t *row_to_json(const struct breakdown *breakdown, const struct breakdown_row *row)
{
	json_t *object = json_pack("{s:o}", "name", text_to_json(row->name));

	if (breakdown->by == BY_PROCESS && row->pid) {
		json_object_set_new(object, "pid", json_integer(row->pid));
		json_object_set_new(object, "ppid", json_integer(row->parent_pid));
		json_object_set_new(object, "depth", json_integer((json_int_t)row->depth));
	}
	if (breakdown->by != BY_CALL && breakdown->by != BY_ERRNO) {
		json_object_set_new(object, "processes", count_to_json(row->n_processes));
		json_object_set_new(object, "wall_seconds", json_real((double)wall_ns(row) / 1e9));
	}
	json_object_set_new(object, "calls", count_to_json(row->calls));
	json_object_set_new(object, "failures", count_to_json(row->failures));
	json_object_set_new(object, "errors", count_to_json(row->errors));
	json_object_set_new(object, "bytes", count_to_json(row->bytes));
	json_object_set_new(object, "seconds", json_real((double)row->time_ns / 1e9));
	return object;
}

int breakdown_json_write(const struct breakdown *breakdown, const char *label, FILE *stream)
{
	json_t *rows = json_array();
	bool is_whole = rows;

	for (size_t i = 0; i < breakdown->n_rows && is_whole; i++)
		is_whole = json_array_append_new(rows, row_to_json(breakdown, &breakdown->rows[i])) == 0;
	json_t *document = json_pack("{s:s, s:s, s:o, s:o, s:o, s:o}", "schema", "sonde.breakdown/1", "by",
				     breakdown_by_name(breakdown->by), "label", text_to_json(label), "rows", rows, "total",
				     row_to_json(breakdown, &breakdown->total), "images_not_kept",
				     count_to_json(breakdown->n_not_kept));
	int result = document && is_whole ? 0 : -ENOMEM;

	if (result == 0 && (json_dumpf(document, stream, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) < 0 ||
			    fputc('\n', stream) == EOF))
		result = errno ? -errno : -EIO;
	json_decref(document);
	return result;
}

/* -- CSV ------------------------------------------------------------------------------------------- */

static void write_name(const char *name, FILE *stream)
{
	fputc('"', stream);
	if (name && *name && strchr("=+-@\t\r", *name))
		fputc('\'', stream);
	for (; name && *name; name++)
		fputs(*name == '"' ? "\"\"" : (const char[]){*name, '\0'}, stream);
	fputc('"', stream);
}

int breakdown_csv_write(const struct breakdown *breakdown, FILE *stream)
{
	fprintf(stream, "%s,pid,processes,calls,failures,errors,bytes,seconds,wall_seconds\r\n",
		breakdown_by_name(breakdown->by));
	for (size_t i = 0; i < breakdown->n_rows; i++) {
		const struct breakdown_row *row = &breakdown->rows[i];

		write_name(row->name, stream);
		fprintf(stream, ",%d,%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%.9f,%.9f\r\n", row->pid,
			row->n_processes, row->calls, row->failures, row->errors, row->bytes, (double)row->time_ns / 1e9,
			(double)wall_ns(row) / 1e9);
	}
	return ferror(stream) ? -EIO : 0;
}
