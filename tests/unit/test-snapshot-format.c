// SPDX-License-Identifier: MIT
#include "config.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/histogram.h"
#include "format/snapshot-format.h"
#include "model/snapshot-build.h"
#include "unit.h"

static char text[65536];
static size_t n_text;

static int keep(void *argument, const void *data, size_t size)
{
	(void)argument;
	memcpy(text + n_text, data, size);
	n_text += size;
	text[n_text] = '\0';
	return 0;
}

static int refuse(void *argument, const void *data, size_t size)
{
	(void)argument;
	(void)data;
	(void)size;
	return -ENOSPC;
}

static const struct format_sink sink = {.write = keep};

static const struct tag source_tags[] = {{"host.name", "h"}};
static const struct snapshot_source source = {
	.tags = source_tags, .n_tags = 1, .start_ns = 1000000000, .sequence = 3, .is_final = true};

/* What a format makes of one series. */
static const char *format(const char *name, const char *const *parameters,
			  const struct series *series)
{
	struct snapshot *snapshot = snapshot_new(1769862896123456789);

	n_text = 0;
	snapshot_adopt(snapshot, series_copy(series));
	snapshot_seal(snapshot);
	CU_ASSERT_EQUAL(snapshot_format(name, snapshot, &source, parameters, &sink), 0);
	snapshot_put(snapshot);
	return text;
}

static void a_snapshot_is_one_line_of_json(void)
{
	static const struct tag tags[] = {{"call", "read"}};
	const struct series series = {.name = "libc.calls",
				      .tags = tags,
				      .n_tags = 1,
				      .type = SERIES_COUNTER,
				      .unit = "{call}",
				      .start_ns = 2000000000,
				      .value.count = 12};

	CU_ASSERT_STRING_EQUAL(format("jsonlines", NULL, &series),
			       "{\"taken\":\"2026-01-31T12:34:56.123456789Z\",\"start\":\"1970-01-"
			       "01T00:00:01.000000000Z\","
			       "\"sequence\":3,\"final\":true,\"delta\":false,\"source\":{\"host."
			       "name\":\"h\"},\"series\":["
			       "{\"name\":\"libc.calls\",\"type\":\"counter\",\"unit\":\"{call}\","
			       "\"start\":\"1970-01-01T00:00:02.000000000Z\",\"tags\":{\"call\":"
			       "\"read\"},\"value\":12}]}\n");
}

static void texts_are_escaped(void)
{
	static const struct tag tags[] = {
		{"k", "\" \\ \n \x01 \xff \xed\xa0\x80 \xe2\x82\xac \x7f"}};
	const struct series series = {
		.name = "x", .tags = tags, .n_tags = 1, .type = SERIES_GAUGE, .unit = "1"};

	CU_ASSERT_PTR_NOT_NULL(strstr(format("jsonlines", NULL, &series),
				      "\"\\\" \\\\ \\n \\u0001 \xef\xbf\xbd "
				      "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd \xe2\x82\xac \x7f\""));
}

/* The value that a format gives a number. */
static bool shows(const char *name, struct series series, const char *value)
{
	bool is_shown;

	series.name = "x";
	series.unit = "1";
	is_shown = strstr(format(name, NULL, &series), value);
	if (!is_shown)
		printf("# %s: %s, not %s\n", name, text, value);
	return is_shown;
}

static void numbers_are_read_back_as_they_were(void)
{
	static const struct {
		double number;
		const char *json;
		const char *csv;
	} numbers[] = {
		{0.1, ":0.1}", ",0.1\r\n"},
		{1.0 / 3, ":0.3333333333333333}", ",0.3333333333333333\r\n"},
		{0.1 + 0.2, ":0.30000000000000004}", ",0.30000000000000004\r\n"},
		{-2, ":-2.0}", ",-2\r\n"},
		{1e300, ":1e+300}", ",1e+300\r\n"},
		{NAN, ":null}", ",value,\r\n"},
		{-INFINITY, ":null}", ",value,\r\n"},
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		const struct series series = {.type = SERIES_GAUGE,
					      .value.number = numbers[i].number};

		CU_ASSERT(shows("jsonlines", series, numbers[i].json));
		CU_ASSERT(shows("csv", series, numbers[i].csv));
	}
}

static void counts_are_exact(void)
{
	const struct series largest = {.type = SERIES_COUNTER, .value.count = UINT64_MAX};
	const struct series odd = {.type = SERIES_COUNTER, .value.count = (1ull << 53) + 1};

	CU_ASSERT(shows("jsonlines", odd, ":9007199254740993}"));
	CU_ASSERT(shows("csv", odd, ",count,9007199254740993\r\n"));
	CU_ASSERT(shows("jsonlines", largest, ":9223372036854775807}"));
	CU_ASSERT(shows("csv", largest, ",count,18446744073709551615\r\n"));
}

static void buckets_are_those_that_are_not_empty(void)
{
	struct series_histogram histogram = {
		.count = 4,
		.sum = 0.5,
		.min = 0.1,
		.max = 0.25,
		.first_index = HISTOGRAM_FIRST_INDEX,
		.buckets = {[HISTOGRAM_ZERO] = 1, [200] = 2, [202] = 1},
	};
	const struct series series = {.type = SERIES_TIMER, .value.histogram = &histogram};

	CU_ASSERT(shows(
		"jsonlines", series,
		"{\"count\":4,\"sum\":0.5,\"min\":0.1,\"max\":0.25,\"scale\":3,\"zero_count\":1,"
		"\"over_count\":0,\"offset\":-8,\"buckets\":[2,0,1]}"));
	histogram = (struct series_histogram){.first_index = HISTOGRAM_FIRST_INDEX};
	CU_ASSERT(shows("jsonlines", series, "\"offset\":0,\"buckets\":[]"));
}

static void cells_are_quoted_and_guarded(void)
{
	static const struct tag tags[] = {{"a", "x,y=\"1%\"\r\n"}, {"b", " z"}};
	static const char *const without[] = {"header", "false", "guard", "false", NULL};
	static const char *const guarded[] = {"header", "false", NULL};
	const struct series series = {
		.name = "n", .tags = tags, .n_tags = 2, .type = SERIES_GAUGE, .unit = "=1+1"};

	CU_ASSERT_STRING_EQUAL(format("csv", without, &series),
			       "2026-01-31T12:34:56.123456789Z,3,n,"
			       "\"a=x%2Cy%3D\"\"1%25\"\"\r\n,b= z\",gauge,=1+1,value,0\r\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(format("csv", guarded, &series), ",gauge,'=1+1,value"));
}

static void what_a_format_does_not_have_is_refused(void)
{
	static const char *const unknown[] = {"colour", "blue", NULL};
	static const char *const half[] = {"header", NULL};
	struct snapshot *snapshot = snapshot_new(1);
	const struct format_sink full = {.write = refuse};

	snapshot_seal(snapshot);
	CU_ASSERT_EQUAL(snapshot_format("yaml", snapshot, &source, NULL, &sink), -ENOENT);
	CU_ASSERT_EQUAL(snapshot_format("csv", snapshot, &source, unknown, &sink), -EINVAL);
	CU_ASSERT_EQUAL(snapshot_format("csv", snapshot, &source, half, &sink), -EINVAL);
	CU_ASSERT_EQUAL(snapshot_format("jsonlines", snapshot, &source, NULL, &full), -ENOSPC);
	CU_ASSERT_EQUAL(snapshot_format("csv", snapshot, &source, NULL, &full), -ENOSPC);
	snapshot_put(snapshot);
}

struct left_out {
	const char *name;
	enum left_out_reason reason;
};

static struct left_out left_out[8];
static size_t n_left_out;

static void keep_left_out(void *argument, const struct series *series, enum left_out_reason reason)
{
	CU_ASSERT_PTR_EQUAL(argument, left_out);
	if (n_left_out < 8)
		left_out[n_left_out++] = (struct left_out){series->name, reason};
}

static const struct series *left_out_series(enum left_out_reason reason)
{
	static const struct tag dotted[] = {{"a.b", "1"}};
	static const struct series kind = {.name = "a_b", .type = SERIES_GAUGE, .unit = ""};
	static const struct series labels = {
		.name = "tag_s", .type = SERIES_GAUGE, .unit = "", .tags = dotted, .n_tags = 1};
	static const struct series sample = {
		.name = "jobs.total", .type = SERIES_GAUGE, .unit = ""};
	static const struct series *const all[] = {&kind, &labels, &sample};

	return all[reason];
}

static void who_watches_is_told_what_is_left_out_and_why(void)
{
	static const char *const formats[] = {"prometheus", "openmetrics", "prometheus-protobuf"};
	static const struct tag underlined[] = {{"a_b", "1"}};
	const struct series others[] = {
		{.name = "a.b", .type = SERIES_COUNTER, .unit = ""},
		{.name = "tag.s",
		 .type = SERIES_GAUGE,
		 .unit = "",
		 .tags = underlined,
		 .n_tags = 1},
		{.name = "jobs", .type = SERIES_COUNTER, .unit = ""},
	};
	const struct left_out_watcher watcher = {keep_left_out, left_out};
	const struct format_sink watched = {.write = keep, .watcher = &watcher};
	struct snapshot *snapshot = snapshot_new(1);

	for (unsigned int i = 0; i < LEFT_OUT_REASONS; i++) {
		snapshot_adopt(snapshot, series_copy(&others[i]));
		snapshot_adopt(snapshot, series_copy(left_out_series(i)));
	}
	snapshot_seal(snapshot);
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		n_text = n_left_out = 0;
		CU_ASSERT_EQUAL(snapshot_format(formats[i], snapshot, &source, NULL, &watched), 0);
		CU_ASSERT_EQUAL_FATAL(n_left_out, LEFT_OUT_REASONS);
		for (size_t j = 0; j < n_left_out; j++)
			CU_ASSERT_STRING_EQUAL(left_out[j].name,
					       left_out_series(left_out[j].reason)->name);
	}
	n_text = n_left_out = 0;
	CU_ASSERT_EQUAL(snapshot_format("otlp-json", snapshot, &source, NULL, &watched), 0);
	CU_ASSERT_EQUAL(n_left_out, 0);
	snapshot_put(snapshot);
}

/* What a format makes of a gauge and a counter of one source of several. */
static const char *format_marked(const char *name, const char *const *parameters)
{
	static const struct tag session[] = {{"host.name", "h"}, {"sonde.session", "sonde-1.x"}};
	const struct snapshot_source one = {
		.tags = session, .n_tags = 2, .is_one_of_several = true};
	const struct series gauge = {
		.name = "g", .type = SERIES_GAUGE, .unit = "1", .value.number = 2};
	const struct series counter = {
		.name = "c", .type = SERIES_COUNTER, .unit = "1", .value.count = 3};
	struct snapshot *snapshot = snapshot_new(0);

	n_text = 0;
	snapshot_adopt(snapshot, series_copy(&gauge));
	snapshot_adopt(snapshot, series_copy(&counter));
	snapshot_seal(snapshot);
	CU_ASSERT_EQUAL(snapshot_format(name, snapshot, &one, parameters, &sink), 0);
	snapshot_put(snapshot);
	return text;
}

static void one_source_of_several_is_told_apart(void)
{
	static const char *const plain[] = {"header", "false", NULL};
	static const char *const dogstatsd[] = {"tags", "dogstatsd", NULL};

	CU_ASSERT_STRING_EQUAL(
		format_marked("csv", plain),
		"1970-01-01T00:00:00.000000000Z,0,c,sonde.session=sonde-1.x,counter,1,count,3\r\n"
		"1970-01-01T00:00:00.000000000Z,0,g,sonde.session=sonde-1.x,gauge,1,value,2\r\n");
	CU_ASSERT_STRING_EQUAL(format_marked("statsd", NULL), "c:3|c\ng.sonde-1_x:2.0|g\n");
	CU_ASSERT_STRING_EQUAL(
		format_marked("statsd", dogstatsd),
		"c:3|c|#sonde.session:sonde-1.x\ng:2.0|g|#sonde.session:sonde-1.x\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(format_marked("prometheus", NULL),
				      "\nc_total{sonde_session=\"sonde-1.x\"} 3\n"));
	CU_ASSERT_PTR_NULL(strstr(format_marked("jsonlines", NULL), "\"tags\":{\"sonde.session\""));
}

static void several_sources_are_one_document_where_that_can_be(void)
{
	static const struct tag tags[] = {{"sonde.session", "a"}, {"sonde.session", "b"}};
	const struct snapshot_source sources[] = {
		{.tags = &tags[0], .n_tags = 1, .is_one_of_several = true},
		{.tags = &tags[1], .n_tags = 1, .is_one_of_several = true},
	};
	static const struct tag own[] = {{"sonde.session", "mine"}};
	const struct series counter = {.name = "c",
				       .tags = own,
				       .n_tags = 1,
				       .type = SERIES_COUNTER,
				       .unit = "1",
				       .value.count = 3};
	struct snapshot *snapshot = snapshot_new(0);
	const struct snapshot_part parts[] = {{snapshot, &sources[0]}, {snapshot, &sources[1]}};

	n_text = 0;
	snapshot_adopt(snapshot, series_copy(&counter));
	snapshot_seal(snapshot);
	CU_ASSERT_EQUAL(snapshot_format_several("prometheus", parts, 2, NULL, &sink), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "target_info{sonde_session=\"a\"} 1\n"
					    "target_info{sonde_session=\"b\"} 1\n"));
	CU_ASSERT_PTR_NOT_NULL(
		strstr(text, "c_total{sonde_session=\"a\",exported_sonde_session=\"mine\"} 3\n"
			     "c_total{sonde_session=\"b\",exported_sonde_session=\"mine\"} 3\n"));
	CU_ASSERT_EQUAL(snapshot_format_several("otlp-json", parts, 2, NULL, &sink), -ENOTSUP);
	CU_ASSERT_EQUAL(snapshot_format_several("jsonlines", parts, 1, NULL, &sink), 0);
	snapshot_put(snapshot);
}

UNIT_MAIN("snapshot-format", {"a snapshot is one line of JSON", a_snapshot_is_one_line_of_json},
	  {"texts are escaped", texts_are_escaped},
	  {"numbers are read back as they were", numbers_are_read_back_as_they_were},
	  {"counts are exact", counts_are_exact},
	  {"buckets are those that are not empty", buckets_are_those_that_are_not_empty},
	  {"cells are quoted and guarded", cells_are_quoted_and_guarded},
	  {"one source of several is told apart", one_source_of_several_is_told_apart},
	  {"several sources are one document where that can be",
	   several_sources_are_one_document_where_that_can_be},
	  {"what a format does not have is refused", what_a_format_does_not_have_is_refused},
	  {"who watches is told what is left out, and why",
	   who_watches_is_told_what_is_left_out_and_why})
