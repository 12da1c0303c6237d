// SPDX-License-Identifier: MIT
#include "history/store.h"

#include <errno.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { VERSION = 1, WRITER_WAITS_MS = 2000, READER_WAITS_MS = 1000, TURNS = 40, TURN_MS = 20 };

enum statement { FIND_SERIES, ADD_SERIES, ADD_POINT, SUM, STATEMENTS };

struct history {
	sqlite3 *db;
	sqlite3_stmt *statements[STATEMENTS];
	char reason[HISTORY_REASON_SIZE];
};

/* `buckets` has no default: NULL is none. Extremes of counters are NULL, too. */
static const char schema[] =
	"CREATE TABLE IF NOT EXISTS series ("
	"id INTEGER PRIMARY KEY, program TEXT NOT NULL, name TEXT NOT NULL, tags TEXT NOT NULL, "
	"unit TEXT NOT NULL, type INTEGER NOT NULL, fractional INTEGER NOT NULL, "
	"UNIQUE (program, name, tags, unit, type, fractional));"
	"CREATE TABLE IF NOT EXISTS point ("
	"series INTEGER NOT NULL REFERENCES series, start INTEGER NOT NULL, span INTEGER NOT NULL, "
	"count INTEGER NOT NULL, sum REAL NOT NULL, min REAL, max REAL, last REAL, buckets BLOB, "
	"PRIMARY KEY (series, start)) WITHOUT ROWID;"
	"CREATE INDEX IF NOT EXISTS point_start ON point (start, span);";

/* Rows that have one place become one. */
#define MERGE                                                                                      \
	"ON CONFLICT (series, start) DO UPDATE SET "                                               \
	"count = count + excluded.count, sum = sum + excluded.sum, "                               \
	"min = min(coalesce(min, excluded.min), coalesce(excluded.min, min)), "                    \
	"max = max(coalesce(max, excluded.max), coalesce(excluded.max, max)), "                    \
	"last = excluded.last, span = max(span, excluded.span), "                                  \
	"buckets = sonde_add(buckets, excluded.buckets)"

#define ALL_SUMS                                                                                   \
	"sum(count), sum(sum), min(min), max(max), sonde_last(start, last), "                      \
	"sonde_sum(buckets)"

static const char *const texts[STATEMENTS] = {
	[FIND_SERIES] = "SELECT id FROM series WHERE program = ?1 AND name = ?2 AND tags = ?3 "
			"AND unit = ?4 AND type = ?5 AND fractional = ?6",
	[ADD_SERIES] = "INSERT INTO series (program, name, tags, unit, type, fractional) "
		       "VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING id",
	[ADD_POINT] =
		"INSERT INTO point (series, start, span, count, sum, min, max, last, buckets) "
		"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) " MERGE,
	[SUM] = "SELECT name, unit, tags, type, fractional, min(start), " ALL_SUMS " "
		"FROM series JOIN point ON point.series = series.id "
		"WHERE program = ?1 AND (?2 IS NULL OR name = ?2) AND start + span > ?3 "
		"GROUP BY series.id",
};

/* -- Errors ----------------------------------------------------------------------------------- */

static int errno_of(int result)
{
	switch (result & 0xff) {
	case SQLITE_OK:
	case SQLITE_DONE:
	case SQLITE_ROW:
		return 0;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_NOTADB:
	case SQLITE_CORRUPT:
		return -EILSEQ;
	case SQLITE_CANTOPEN:
		return -ENOENT;
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return -EACCES;
	}
	return -EIO;
}

static int check(struct history *history, int result)
{
	int error = errno_of(result);

	if (error)
		snprintf(history->reason, sizeof(history->reason), "%s",
			 history->db ? sqlite3_errmsg(history->db) : sqlite3_errstr(result));
	return error;
}

const char *history_reason(const struct history *history)
{
	return history->reason;
}

static int execute(struct history *history, const char *text)
{
	return check(history, sqlite3_exec(history->db, text, NULL, NULL, NULL));
}

int history_cancel(struct history *history, int error)
{
	if (error && !sqlite3_get_autocommit(history->db))
		sqlite3_exec(history->db, "ROLLBACK", NULL, NULL, NULL);
	return error;
}

/* -- Functions of SQL ------------------------------------------------------------------------- */

static void return_buckets(sqlite3_context *context, const struct history_buckets *buckets)
{
	unsigned char blob[HISTORY_BLOB_SIZE];
	size_t size = history_buckets_write(buckets, blob);

	sqlite3_result_blob(context, blob, (int)size, SQLITE_TRANSIENT);
}

static void add_value(struct history_buckets *buckets, sqlite3_value *value)
{
	const void *blob = sqlite3_value_blob(value);

	history_buckets_read(buckets, blob, (size_t)sqlite3_value_bytes(value));
}

/* sonde_add(blob, blob): NULL and NULL is NULL. */
static void add_blobs(sqlite3_context *context, int n_values, sqlite3_value **values)
{
	struct history_buckets buckets = {0};
	bool is_any = false;

	for (int i = 0; i < n_values; i++) {
		if (sqlite3_value_type(values[i]) == SQLITE_NULL)
			continue;
		is_any = true;
		add_value(&buckets, values[i]);
	}
	if (is_any)
		return_buckets(context, &buckets);
	else
		sqlite3_result_null(context);
}

struct blob_sum {
	bool is_any;
	struct history_buckets buckets;
};

static void step_blobs(sqlite3_context *context, int n_values, sqlite3_value **values)
{
	struct blob_sum *sum = sqlite3_aggregate_context(context, sizeof(*sum));

	(void)n_values;
	if (!sum || sqlite3_value_type(values[0]) == SQLITE_NULL)
		return;
	sum->is_any = true;
	add_value(&sum->buckets, values[0]);
}

static void end_blobs(sqlite3_context *context)
{
	const struct blob_sum *sum = sqlite3_aggregate_context(context, 0);

	if (sum && sum->is_any)
		return_buckets(context, &sum->buckets);
	else
		sqlite3_result_null(context);
}

struct last {
	sqlite3_int64 at; /* 1 more, so that 0 is none */
	bool is_null;
	double value;
};

static void step_last(sqlite3_context *context, int n_values, sqlite3_value **values)
{
	struct last *last = sqlite3_aggregate_context(context, sizeof(*last));
	sqlite3_int64 at = sqlite3_value_int64(values[0]) + 1;

	(void)n_values;
	if (!last || at < last->at)
		return;
	last->at = at;
	last->is_null = sqlite3_value_type(values[1]) == SQLITE_NULL;
	last->value = sqlite3_value_double(values[1]);
}

static void end_last(sqlite3_context *context)
{
	const struct last *last = sqlite3_aggregate_context(context, 0);

	if (last && last->at && !last->is_null)
		sqlite3_result_double(context, last->value);
	else
		sqlite3_result_null(context);
}

static int add_functions(struct history *history)
{
	int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC;
	int result = sqlite3_create_function(history->db, "sonde_add", 2, flags, NULL, add_blobs,
					     NULL, NULL);

	if (result == SQLITE_OK)
		result = sqlite3_create_function(history->db, "sonde_sum", 1, flags, NULL, NULL,
						 step_blobs, end_blobs);
	if (result == SQLITE_OK)
		result = sqlite3_create_function(history->db, "sonde_last", 2, flags, NULL, NULL,
						 step_last, end_last);
	return check(history, result);
}

/* -- Open and close --------------------------------------------------------------------------- */

/* The folders that lead to a file; whether they are there, opening it will tell. */
static void make_folders(const char *path)
{
	char folder[PATH_MAX];

	if (snprintf(folder, sizeof(folder), "%s", path) >= (int)sizeof(folder))
		return;
	for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(folder, 0700);
		*slash = '/';
	}
}

static int read_version(struct history *history, int *ret_version)
{
	sqlite3_stmt *statement = NULL;
	int result = sqlite3_prepare_v2(history->db, "PRAGMA user_version", -1, &statement, NULL);

	if (result == SQLITE_OK)
		result = sqlite3_step(statement);
	if (result == SQLITE_ROW)
		*ret_version = sqlite3_column_int(statement, 0);
	sqlite3_finalize(statement);
	return check(history, result);
}

static int refuse_version(struct history *history, int version)
{
	snprintf(history->reason, sizeof(history->reason),
		 "it has version %d, expected is version %d", version, VERSION);
	return -EILSEQ;
}

/* A file is made by one of those that come at once; the others wait, and find it made. */
static int make_tables(struct history *history)
{
	char text[64];
	int version = 0;
	int result =
		execute(history, "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; "
				 "PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE");

	if (result == 0)
		result = read_version(history, &version);
	if (result == 0 && version != 0 && version != VERSION)
		result = refuse_version(history, version);
	if (result == 0 && version == 0)
		result = execute(history, schema);
	snprintf(text, sizeof(text), "PRAGMA user_version = %d; COMMIT", VERSION);
	return result ? result : execute(history, text);
}

static int check_tables(struct history *history)
{
	int version = 0;
	int result = read_version(history, &version);

	return !result && version != VERSION ? refuse_version(history, version) : result;
}

static int prepare(struct history *history)
{
	int result = SQLITE_OK;

	for (int i = 0; i < STATEMENTS && result == SQLITE_OK; i++)
		result = sqlite3_prepare_v3(history->db, texts[i], -1, SQLITE_PREPARE_PERSISTENT,
					    &history->statements[i], NULL);
	return check(history, result);
}

/* SQLite gives up at once when two make one file at the same time. */
static int make_tables_in_turn(struct history *history)
{
	int result = make_tables(history);

	for (int i = 0; result == -EBUSY && i < TURNS; i++) {
		history_cancel(history, result);
		sqlite3_sleep(TURN_MS);
		result = make_tables(history);
	}
	return history_cancel(history, result);
}

static int open_file(struct history *history, const char *path, bool is_writer)
{
	int flags = is_writer ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE;
	int result;

	if (is_writer)
		make_folders(path);
	result = check(history,
		       sqlite3_open_v2(path, &history->db, flags | SQLITE_OPEN_NOMUTEX, NULL));
	if (result == 0)
		sqlite3_busy_timeout(history->db, is_writer ? WRITER_WAITS_MS : READER_WAITS_MS);
	if (result == 0)
		result = add_functions(history);
	if (result == 0)
		result = is_writer ? make_tables_in_turn(history) : check_tables(history);
	return result ? result : prepare(history);
}

int history_open(const char *path, bool is_writer, struct history **ret_history,
		 char ret_reason[HISTORY_REASON_SIZE])
{
	struct history *history = calloc(1, sizeof(*history));

	if (!history) {
		snprintf(ret_reason, HISTORY_REASON_SIZE, "out of memory");
		return -ENOMEM;
	}
	int result = open_file(history, path, is_writer);

	if (result == 0) {
		*ret_history = history;
		return 0;
	}
	snprintf(ret_reason, HISTORY_REASON_SIZE, "%.120s: %.120s", path, history->reason);
	history_close(history);
	return result;
}

struct history *history_close(struct history *history)
{
	if (!history)
		return NULL;
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(history->statements[i]);
	sqlite3_close(history->db);
	free(history);
	return NULL;
}

/* -- Writing ---------------------------------------------------------------------------------- */

int history_begin(struct history *history)
{
	return execute(history, "BEGIN IMMEDIATE");
}

int history_commit(struct history *history)
{
	return history_cancel(history, execute(history, "COMMIT"));
}

static void bind_text(sqlite3_stmt *statement, int position, const char *text)
{
	sqlite3_bind_text(statement, position, text, -1, SQLITE_STATIC);
}

/* The series' number. 0: there is none, or *ret_result tells why not. */
static sqlite3_int64 ask_for_series(struct history *history, enum statement which,
				    const struct history_point *point, int *ret_result)
{
	sqlite3_stmt *statement = history->statements[which];
	sqlite3_int64 id = 0;
	int result;

	bind_text(statement, 1, point->program);
	bind_text(statement, 2, point->name);
	bind_text(statement, 3, point->tags);
	bind_text(statement, 4, point->unit);
	sqlite3_bind_int(statement, 5, (int)point->type);
	sqlite3_bind_int(statement, 6, point->is_fractional);
	result = sqlite3_step(statement);
	if (result == SQLITE_ROW)
		id = sqlite3_column_int64(statement, 0);
	*ret_result = check(history, result);
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	return id;
}

static bool has_extremes(const struct history_point *point)
{
	return point->type != SONDE_TYPE_COUNTER;
}

static bool has_buckets(uint32_t type)
{
	return type == SONDE_TYPE_HISTOGRAM || type == SONDE_TYPE_TIMER;
}

static int add_point(struct history *history, sqlite3_int64 series,
		     const struct history_point *point)
{
	sqlite3_stmt *statement = history->statements[ADD_POINT];
	unsigned char blob[HISTORY_BLOB_SIZE];
	int result;

	sqlite3_bind_int64(statement, 1, series);
	sqlite3_bind_int64(statement, 2, point->at_s - point->at_s % HISTORY_SPAN_S);
	sqlite3_bind_int(statement, 3, HISTORY_SPAN_S);
	sqlite3_bind_int64(statement, 4, (sqlite3_int64)point->count);
	sqlite3_bind_double(statement, 5, point->sum);
	if (has_extremes(point)) {
		sqlite3_bind_double(statement, 6, point->min);
		sqlite3_bind_double(statement, 7, point->max);
	}
	if (!has_buckets(point->type) && has_extremes(point))
		sqlite3_bind_double(statement, 8, point->sum);
	if (has_buckets(point->type))
		sqlite3_bind_blob(statement, 9, blob,
				  (int)history_buckets_write(&point->buckets, blob), SQLITE_STATIC);
	result = check(history, sqlite3_step(statement));
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	return result;
}

int history_add(struct history *history, const struct history_point *point)
{
	int result;
	sqlite3_int64 series = ask_for_series(history, FIND_SERIES, point, &result);

	if (!result && !series)
		series = ask_for_series(history, ADD_SERIES, point, &result);
	return history_cancel(history, result ? result : add_point(history, series, point));
}

/* -- Pruning ---------------------------------------------------------------------------------- */

int history_prune(struct history *history, int64_t now_s, int64_t keep_s)
{
	char text[2048];
	long long oldest_s = (long long)(now_s - keep_s);
	long long short_s = (long long)(now_s - HISTORY_SHORT_TIME_S);

	short_s -= short_s % HISTORY_LONG_SPAN_S;
	snprintf(text, sizeof(text),
		 "DELETE FROM point WHERE start + span <= %lld;"
		 "CREATE TEMP TABLE hour AS SELECT series, start - start %% %d AS start, "
		 "sum(count) AS count, sum(sum) AS sum, min(min) AS min, max(max) AS max, "
		 "sonde_last(start, last) AS last, sonde_sum(buckets) AS buckets "
		 "FROM point WHERE start < %lld AND span < %d GROUP BY 1, 2;"
		 "DELETE FROM point WHERE start < %lld AND span < %d;"
		 "INSERT INTO point (series, start, span, count, sum, min, max, last, buckets) "
		 "SELECT series, start, %d, count, sum, min, max, last, buckets FROM hour "
		 "WHERE true " MERGE ";"
		 "DROP TABLE hour",
		 oldest_s, HISTORY_LONG_SPAN_S, short_s, HISTORY_LONG_SPAN_S, short_s,
		 HISTORY_LONG_SPAN_S, HISTORY_LONG_SPAN_S);

	int result = history_begin(history);

	if (result == 0)
		result = history_cancel(history, execute(history, text));
	if (result == 0)
		result = history_commit(history);
	return result ? result : execute(history, "PRAGMA incremental_vacuum");
}

/* -- Reading ---------------------------------------------------------------------------------- */

static const char *column_text(sqlite3_stmt *statement, int column)
{
	const unsigned char *text = sqlite3_column_text(statement, column);

	return text ? (const char *)text : "";
}

static void read_sum(sqlite3_stmt *statement, struct history_sum *sum)
{
	*sum = (struct history_sum){
		.name = column_text(statement, 0),
		.unit = column_text(statement, 1),
		.tags = column_text(statement, 2),
		.type = (uint32_t)sqlite3_column_int(statement, 3),
		.is_fractional = sqlite3_column_int(statement, 4) != 0,
		.from_s = sqlite3_column_int64(statement, 5),
		.count = (uint64_t)sqlite3_column_int64(statement, 6),
		.sum = sqlite3_column_double(statement, 7),
		.min = sqlite3_column_double(statement, 8),
		.max = sqlite3_column_double(statement, 9),
		.last = sqlite3_column_double(statement, 10),
	};
	const void *blob = sqlite3_column_blob(statement, 11);

	history_buckets_read(&sum->buckets, blob, (size_t)sqlite3_column_bytes(statement, 11));
}

int history_sum(struct history *history, const char *program, const char *name, int64_t since_s,
		history_visitor visit, void *argument)
{
	sqlite3_stmt *statement = history->statements[SUM];
	int result = SQLITE_ROW;
	int answer = 0;

	bind_text(statement, 1, program);
	if (name)
		bind_text(statement, 2, name);
	sqlite3_bind_int64(statement, 3, since_s);
	while (!answer && (result = sqlite3_step(statement)) == SQLITE_ROW) {
		struct history_sum sum;

		read_sum(statement, &sum);
		answer = visit(argument, &sum);
	}
	if (!answer)
		answer = check(history, result);
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
	return answer;
}

/* -- Names ------------------------------------------------------------------------------------ */

char *history_default_file(void)
{
	const char *state = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");
	char *path = NULL;
	int len = -1;

	if (state && *state == '/')
		len = asprintf(&path, "%s/sonde/history.db", state);
	else if (home && *home == '/')
		len = asprintf(&path, "%s/.local/state/sonde/history.db", home);
	return len < 0 ? NULL : path;
}

const char *history_program(const char *command_line, char *ret_program, size_t size)
{
	size_t len = strcspn(command_line, " ");
	const char *name = command_line;

	for (size_t i = 0; i < len; i++)
		if (command_line[i] == '/')
			name = command_line + i + 1;
	snprintf(ret_program, size, "%.*s", (int)(command_line + len - name), name);
	return ret_program;
}
