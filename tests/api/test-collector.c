// SPDX-License-Identifier: MIT
#include "config.h"

#include "api.h"

#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

/* -- The examples of the protocol ------------------------------------------------------------- */

static void a_counter_with_a_tag_and_one_without(void)
{
	const struct sonde_tag branch = {"branch", "main"};

	CU_ASSERT_EQUAL(sonde_record_counter(metrics(), "git.commits.created", 1, &branch, 1), 0);
	CU_ASSERT_EQUAL(sonde_record_counter(metrics(), "api.requests.total", 1, NULL, 0), 0);
	CU_ASSERT_EQUAL(sonde_record_counter(metrics(), "api.requests.total", 41, NULL, 0), 0);
	CU_ASSERT_EQUAL(value_of("git.commits.created", &branch, 1), 1);
	CU_ASSERT_EQUAL(value_of("api.requests.total", NULL, 0), 42);
}

static void a_gauge_whose_tag_is_its_unit(void)
{
	const struct sonde_tag unit = {"unit", "percent"};
	struct sonde_metric_value value;

	CU_ASSERT_EQUAL(sonde_record_gauge(metrics(), "system.memory.usage", 75.5, &unit, 1), 0);
	CU_ASSERT_EQUAL(sonde_record_gauge(metrics(), "active.connections", 42, NULL, 0), 0);
	CU_ASSERT_FATAL(find_value("system.memory.usage", NULL, 0, &value));
	CU_ASSERT_EQUAL(value.value, 75.5);
	CU_ASSERT_EQUAL(value.unit, SONDE_PERCENT);
	CU_ASSERT_EQUAL(value.type, SONDE_GAUGE);
	CU_ASSERT_FATAL(find_value("active.connections", NULL, 0, &value));
	CU_ASSERT_EQUAL(value.value, 42);
	CU_ASSERT_EQUAL(value.unit, SONDE_UNIT_NONE);
	CU_ASSERT_EQUAL(sonde_record_gauge(metrics(), "active.connections", 40, NULL, 0), 0);
	CU_ASSERT_EQUAL(value_of("active.connections", NULL, 0), 40);
}

static void histograms_of_bytes_and_of_milliseconds(void)
{
	const struct sonde_tag unit = {"unit", "ms"};
	struct sonde_metric_value value;

	CU_ASSERT_EQUAL(sonde_record_histogram(metrics(), "request.size.bytes", 1024, NULL, 0), 0);
	CU_ASSERT_EQUAL(sonde_record_histogram(metrics(), "operation.duration", 250.5, &unit, 1),
			0);
	CU_ASSERT_EQUAL(sonde_record_histogram(metrics(), "operation.duration", 0, &unit, 1), 0);
	CU_ASSERT_FATAL(find_value("operation.duration", NULL, 0, &value));
	CU_ASSERT_EQUAL(value.unit, SONDE_MILLISECONDS);
	CU_ASSERT_EQUAL(value.count, 2);
	CU_ASSERT_EQUAL(value.value, 250.5);
	CU_ASSERT_EQUAL(value.min, 0);
	CU_ASSERT_EQUAL(value.max, 250.5);
}

static void timers_in_seconds_and_in_milliseconds(void)
{
	struct sonde_metric_value value;

	CU_ASSERT_EQUAL(
		sonde_record_timer(metrics(), "git.clone.duration", 15.2, SONDE_SECONDS, NULL, 0),
		0);
	CU_ASSERT_EQUAL(
		sonde_record_timer(metrics(), "api.response.time", 150.0, SONDE_UNIT_NONE, NULL, 0),
		0);
	CU_ASSERT_FATAL(find_value("git.clone.duration", NULL, 0, &value));
	CU_ASSERT_EQUAL(value.type, SONDE_TIMER);
	CU_ASSERT_EQUAL(value.unit, SONDE_SECONDS);
	CU_ASSERT_DOUBLE_EQUAL(value.value, 15.2, 1e-12);
	CU_ASSERT_FATAL(find_value("api.response.time", NULL, 0, &value));
	CU_ASSERT_DOUBLE_EQUAL(value.max, 0.150, 1e-15);
}

static void increments_and_decrements(void)
{
	const struct sonde_tag endpoint = {"endpoint", "/status"};

	CU_ASSERT_EQUAL(sonde_increment(metrics(), "errors.validation", NULL, 0), 0);
	CU_ASSERT_EQUAL(sonde_increment(metrics(), "requests.processed", &endpoint, 1), 0);
	CU_ASSERT_EQUAL(value_of("errors.validation", NULL, 0), 1);
	CU_ASSERT_EQUAL(value_of("requests.processed", &endpoint, 1), 1);
	CU_ASSERT_EQUAL(sonde_decrement(metrics(), "workers.idle", NULL, 0), 0);
	CU_ASSERT_EQUAL(value_of("workers.idle", NULL, 0), -1);
	CU_ASSERT_EQUAL(sonde_increment(metrics(), "workers.idle", NULL, 0), 0);
	CU_ASSERT_EQUAL(value_of("workers.idle", NULL, 0), 0);
	CU_ASSERT_EQUAL(sonde_decrement(metrics(), "errors.validation", NULL, 0), SONDE_ETYPE);
}

/* -- Names, tags, types ----------------------------------------------------------------------- */

static void a_name_that_no_series_can_have_is_refused(void)
{
	static const char *const names[] = {
		"",	      "9lives",		  "_x",		"a b",
		"a:b",	      "na\xc3\xafve",	  "libc.calls", "sonde.calls.lost",
		"Libc.calls", "SONDE.calls.lost", "libc_calls", "sonde-metrics/series"};
	double before = refused("name");
	char longest[257];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int result = sonde_record_counter(metrics(), names[i], 1, NULL, 0);

		if (result != SONDE_EINVAL_NAME)
			printf("# %s: %d\n", names[i], result);
		CU_ASSERT_EQUAL(result, SONDE_EINVAL_NAME);
	}
	memset(longest, 'n', sizeof(longest));
	longest[256] = '\0';
	CU_ASSERT_EQUAL(sonde_record_counter(metrics(), longest, 1, NULL, 0), SONDE_EINVAL_NAME);
	longest[255] = '\0';
	CU_ASSERT_EQUAL(sonde_record_counter(metrics(), longest, 1, NULL, 0), 0);
	CU_ASSERT_EQUAL(refused("name") - before, 13);
	CU_ASSERT_EQUAL(sonde_record_counter(metrics(), NULL, 1, NULL, 0), SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_record_counter(NULL, "a", 1, NULL, 0), SONDE_EINVAL);
}

static void names_differ_by_more_than_case_and_punctuation(void)
{
	double before = value_of("sonde.metrics.respelled", NULL, 0);

	CU_ASSERT_EQUAL(sonde_record_counter(metrics(), "Cache.Hits", 1, NULL, 0), 0);
	CU_ASSERT_EQUAL(sonde_record_counter(metrics(), "cache.hits", 2, NULL, 0), 0);
	CU_ASSERT_EQUAL(sonde_record_counter(metrics(), "cache_hits", 4, NULL, 0),
			SONDE_EINVAL_NAME);
	CU_ASSERT_EQUAL(sonde_record_counter(metrics(), "cache..hits", 4, NULL, 0),
			SONDE_EINVAL_NAME);
	CU_ASSERT_EQUAL(value_of("sonde.metrics.respelled", NULL, 0), before + 1);
	CU_ASSERT_EQUAL(sonde_record_counter(metrics(), "CACHE.HITS", 0, NULL, 0), 0);
	CU_ASSERT_EQUAL(value_of("sonde.metrics.respelled", NULL, 0), before + 1);
	CU_ASSERT_EQUAL(value_of("Cache.Hits", NULL, 0), 3);
	CU_ASSERT(isnan(value_of("cache.hits", NULL, 0)));
}

static void tags_are_a_set(void)
{
	const struct sonde_tag one[] = {{"b", "2"}, {"a", "1"}};
	const struct sonde_tag other[] = {{"a", "1"}, {"empty", ""}, {"b", "9"}, {"b", "2"}};
	const struct sonde_tag sorted[] = {{"a", "1"}, {"b", "2"}};

	CU_ASSERT_EQUAL(sonde_increment(metrics(), "set.of.tags", one, 2), 0);
	CU_ASSERT_EQUAL(sonde_increment(metrics(), "set.of.tags", other, 4), 0);
	CU_ASSERT_EQUAL(value_of("set.of.tags", sorted, 2), 2);
}

static void a_key_that_is_given_twice_is_counted_as_refused(void)
{
	const struct sonde_tag twice[] = {{"k", "1"}, {"other", "x"}, {"k", "2"}};
	const struct sonde_tag kept[] = {{"k", "2"}, {"other", "x"}};
	const struct sonde_tag units[] = {{"unit", "bytes"}, {"unit", "seconds"}};
	double before = refused("tags");
	struct sonde_metric_value value;

	CU_ASSERT_EQUAL(sonde_increment(metrics(), "given.twice", twice, 3), 0);
	CU_ASSERT_EQUAL(sonde_increment(metrics(), "given.twice", kept, 2), 0);
	CU_ASSERT_EQUAL(sonde_increment(metrics(), "given.twice", twice, 3), 0);
	CU_ASSERT_EQUAL(value_of("given.twice", kept, 2), 3);
	CU_ASSERT_EQUAL(refused("tags") - before, 2);
	CU_ASSERT_EQUAL(sonde_record_gauge(metrics(), "unit.twice", 1, units, 2), 0);
	CU_ASSERT_FATAL(find_value("unit.twice", NULL, 0, &value));
	CU_ASSERT_EQUAL(value.unit, SONDE_SECONDS);
}

static void impossible_tags_are_refused(void)
{
	struct sonde_tag many[34];
	char key[130];

	memset(key, 'k', sizeof(key));
	key[129] = '\0';
	const struct sonde_tag nameless = {"", "value"};
	const struct sonde_tag long_key = {key, "value"};
	const struct sonde_tag missing = {"key", NULL};

	CU_ASSERT_EQUAL(sonde_increment(metrics(), "tags.refused", &nameless, 1), SONDE_ETAGS);
	CU_ASSERT_EQUAL(sonde_increment(metrics(), "tags.refused", &long_key, 1), SONDE_ETAGS);
	CU_ASSERT_EQUAL(sonde_increment(metrics(), "tags.refused", &missing, 1), SONDE_EINVAL);
	for (size_t i = 0; i < 34; i++) {
		char *name = strdup("k00");

		name[1] = (char)('0' + i / 10);
		name[2] = (char)('0' + i % 10);
		many[i] = (struct sonde_tag){name, "v"};
	}
	CU_ASSERT_EQUAL(sonde_increment(metrics(), "tags.refused", many, 33), SONDE_ETAGS);
	CU_ASSERT(isnan(value_of("tags.refused", NULL, 0)));
	CU_ASSERT_EQUAL(sonde_increment(metrics(), "tags.refused", many, 32), 0);
	CU_ASSERT_EQUAL(value_of("tags.refused", many, 32), 1);
	for (size_t i = 0; i < 34; i++)
		free((char *)many[i].key);
}

static void a_long_value_is_cut_at_a_character(void)
{
	char given[1100];
	char kept[1024];

	/* The character lies across the limit: bytes 1023 and 1024. */
	memset(given, 'v', sizeof(given));
	memcpy(given + 1023, "\xc3\xa9", 2);
	given[1099] = '\0';
	memset(kept, 'v', 1023);
	kept[1023] = '\0';
	const struct sonde_tag tag = {"value", given};
	const struct sonde_tag cut = {"value", kept};

	CU_ASSERT_EQUAL(sonde_increment(metrics(), "value.cut", &tag, 1), 0);
	CU_ASSERT_EQUAL(value_of("value.cut", &cut, 1), 1);
}

static void a_long_value_that_is_no_text_is_cut_nonetheless(void)
{
	char given[1100];
	char kept[1025];

	memset(given, 0x80, sizeof(given));
	given[1099] = '\0';
	memset(kept, 0x80, 1021);
	kept[1021] = '\0';
	const struct sonde_tag tag = {"value", given};
	const struct sonde_tag cut = {"value", kept};

	CU_ASSERT_EQUAL(sonde_increment(metrics(), "bytes.cut", &tag, 1), 0);
	CU_ASSERT_EQUAL(value_of("bytes.cut", &cut, 1), 1);
}

static void thirty_two_of_the_longest_tags_are_kept(void)
{
	struct sonde_tag tags[32];
	char keys[32][129];
	char value[1025];

	memset(value, 'w', 1024);
	value[1024] = '\0';
	for (int i = 0; i < 32; i++) {
		memset(keys[i], 'a' + i / 16, 128);
		keys[i][0] = (char)('a' + i % 16);
		keys[i][128] = '\0';
		tags[i] = (struct sonde_tag){keys[i], value};
	}
	struct sonde_metric_values *values;

	CU_ASSERT_EQUAL(sonde_increment(metrics(), "the.longest.tags", tags, 32), 0);
	CU_ASSERT_EQUAL(sonde_get_metrics_by_tag(metrics(), tags, 32, &values), 0);
	CU_ASSERT_EQUAL_FATAL(values->n_values, 1);
	CU_ASSERT_STRING_EQUAL(values->values[0].name, "the.longest.tags");
	sonde_free(values);
}

static void a_unit_that_is_none_is_refused(void)
{
	char longest[65] = "";
	const struct sonde_tag units[] = {{"unit", "\n"}, {"unit", longest}};

	memset(longest, 'u', 64);
	for (int i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL(sonde_record_gauge(metrics(), "no.unit", 1, &units[i], 1),
				SONDE_EUNIT);
		CU_ASSERT_EQUAL(sonde_increment(metrics(), "no.unit", &units[i], 1), SONDE_EUNIT);
	}
	CU_ASSERT(isnan(value_of("no.unit", NULL, 0)));
	longest[63] = '\0';
	CU_ASSERT_EQUAL(sonde_record_gauge(metrics(), "no.unit", 1, &units[1], 1), 0);
}

static void a_name_keeps_its_type_and_unit(void)
{
	const struct sonde_tag bytes = {"unit", "bytes"};
	const struct sonde_tag seconds = {"unit", "seconds"};
	double before = refused("conflict");

	CU_ASSERT_EQUAL(sonde_record_histogram(metrics(), "sizes", 1, &bytes, 1), 0);
	CU_ASSERT_EQUAL(sonde_record_gauge(metrics(), "sizes", 1, NULL, 0), SONDE_ETYPE);
	CU_ASSERT_EQUAL(sonde_record_timer(metrics(), "sizes", 1, SONDE_SECONDS, NULL, 0),
			SONDE_ETYPE);
	CU_ASSERT_EQUAL(sonde_record_histogram(metrics(), "sizes", 1, &seconds, 1), SONDE_EUNIT);
	CU_ASSERT_EQUAL(sonde_record_gauge(metrics(), "level", 1, &bytes, 1), 0);
	CU_ASSERT_EQUAL(sonde_increment(metrics(), "level", &seconds, 1), SONDE_EUNIT);
	CU_ASSERT_EQUAL(sonde_increment(metrics(), "level", &bytes, 1), 0);
	CU_ASSERT_EQUAL(sonde_record_histogram(metrics(), "sizes", 1, NULL, 0), 0);
	CU_ASSERT_EQUAL(sonde_record_counter(metrics(), "whole", 1, NULL, 0), 0);
	CU_ASSERT_EQUAL(sonde_record_counter_double(metrics(), "whole", 1, NULL, 0), SONDE_ETYPE);
	CU_ASSERT_EQUAL(refused("conflict") - before, 5);
}

static void further_sets_of_tags_share_one_exact_series(void)
{
	const struct sonde_tag overflow = {"otel.metric.overflow", "true"};
	char user[16];
	struct sonde_tag tag = {"user", user};

	for (int round = 0; round < 2; round++)
		for (int i = 0; i < 2100; i++) {
			snprintf(user, sizeof(user), "%d", i);
			CU_ASSERT_EQUAL(sonde_record_counter(metrics(), "logins", i, &tag, 1), 0);
		}
	snprintf(user, sizeof(user), "1999");
	CU_ASSERT_EQUAL(value_of("logins", &tag, 1), 2 * 1999);
	snprintf(user, sizeof(user), "2000");
	CU_ASSERT(isnan(value_of("logins", &tag, 1)));
	CU_ASSERT_EQUAL(value_of("logins", &overflow, 1), 2 * (2000 + 2099) * 100 / 2);
}

/* -- Numbers ---------------------------------------------------------------------------------- */

static void numbers_that_are_none_are_for_gauges_only(void)
{
	double before = refused("number");
	struct sonde_metric_value value;

	CU_ASSERT_EQUAL(sonde_record_histogram(metrics(), "numbers", NAN, NULL, 0), SONDE_EDOM);
	CU_ASSERT_EQUAL(sonde_record_histogram(metrics(), "numbers", INFINITY, NULL, 0),
			SONDE_EDOM);
	CU_ASSERT_EQUAL(sonde_record_counter_double(metrics(), "fractions", -INFINITY, NULL, 0),
			SONDE_EDOM);
	CU_ASSERT_EQUAL(sonde_record_timer(metrics(), "times", NAN, SONDE_SECONDS, NULL, 0),
			SONDE_EDOM);
	CU_ASSERT_EQUAL(refused("number") - before, 4);
	CU_ASSERT(!find_value("numbers", NULL, 0, &value));
	CU_ASSERT_EQUAL(sonde_record_gauge(metrics(), "any", -INFINITY, NULL, 0), 0);
	CU_ASSERT_EQUAL(value_of("any", NULL, 0), -INFINITY);
}

static void nothing_negative_is_added(void)
{
	double before = refused("range");

	CU_ASSERT_EQUAL(sonde_record_counter(metrics(), "up", 5, NULL, 0), 0);
	CU_ASSERT_EQUAL(sonde_record_counter(metrics(), "up", -1, NULL, 0), SONDE_ERANGE);
	CU_ASSERT_EQUAL(sonde_record_counter_double(metrics(), "up.fractions", -0.5, NULL, 0),
			SONDE_ERANGE);
	CU_ASSERT_EQUAL(sonde_record_histogram(metrics(), "up.values", -1, NULL, 0), SONDE_ERANGE);
	CU_ASSERT_EQUAL(sonde_record_timer(metrics(), "up.time", -1, SONDE_SECONDS, NULL, 0),
			SONDE_ERANGE);
	CU_ASSERT_EQUAL(sonde_record_timer(metrics(), "up.time", 1e10, SONDE_SECONDS, NULL, 0),
			SONDE_ERANGE);
	CU_ASSERT_EQUAL(sonde_record_timer(metrics(), "up.time", 1, SONDE_BYTES, NULL, 0),
			SONDE_EUNIT);
	CU_ASSERT_EQUAL(refused("range") - before, 5);
	CU_ASSERT_EQUAL(value_of("up", NULL, 0), 5);
	CU_ASSERT_EQUAL(sonde_record_histogram(metrics(), "minus.zero", -0.0, NULL, 0), 0);
	CU_ASSERT_EQUAL(value_of("minus.zero", NULL, 0), 0);
}

static void what_is_too_large_to_be_added_up_is_refused(void)
{
	double before = refused("range");
	double largest = nextafter(0x1p960, 0);
	struct sonde_timer *timer;

	CU_ASSERT_EQUAL(sonde_record_histogram(metrics(), "large", 0x1p960, NULL, 0), SONDE_ERANGE);
	CU_ASSERT_EQUAL(sonde_record_counter_double(metrics(), "large.sum", 1e308, NULL, 0),
			SONDE_ERANGE);
	CU_ASSERT_EQUAL(sonde_timer_open(metrics(), "large.time", NULL, 0, &timer), 0);
	CU_ASSERT_EQUAL(sonde_timer_record(timer, (uint64_t)1 << 63), SONDE_ERANGE);
	CU_ASSERT_EQUAL(refused("range") - before, 3);
	for (int i = 0; i < 4; i++) {
		CU_ASSERT_EQUAL(sonde_record_histogram(metrics(), "large", largest, NULL, 0), 0);
		CU_ASSERT_EQUAL(
			sonde_record_counter_double(metrics(), "large.sum", largest, NULL, 0), 0);
	}
	CU_ASSERT_EQUAL(value_of("large", NULL, 0), 4 * largest);
	CU_ASSERT_EQUAL(value_of("large.sum", NULL, 0), 4 * largest);
	CU_ASSERT(isnan(value_of("large.time", NULL, 0)));
}

static void what_is_refused_leaves_the_name_free(void)
{
	double before = refused("conflict");

	CU_ASSERT_EQUAL(sonde_record_histogram(metrics(), "free.a", NAN, NULL, 0), SONDE_EDOM);
	CU_ASSERT_EQUAL(sonde_record_histogram(metrics(), "free.a", -1, NULL, 0), SONDE_ERANGE);
	CU_ASSERT_EQUAL(sonde_record_gauge(metrics(), "free.a", 1, NULL, 0), 0);
	CU_ASSERT_EQUAL(sonde_record_counter(metrics(), "free.b", -1, NULL, 0), SONDE_ERANGE);
	CU_ASSERT_EQUAL(sonde_record_gauge(metrics(), "free.b", 1, NULL, 0), 0);
	CU_ASSERT_EQUAL(sonde_record_counter_double(metrics(), "free.c", -1, NULL, 0),
			SONDE_ERANGE);
	CU_ASSERT_EQUAL(sonde_record_gauge(metrics(), "free.c", 1, NULL, 0), 0);
	CU_ASSERT_EQUAL(refused("conflict") - before, 0);
	CU_ASSERT_EQUAL(sonde_record_timer(metrics(), "free.d", 1, SONDE_BYTES, NULL, 0),
			SONDE_EUNIT);
	CU_ASSERT_EQUAL(refused("conflict") - before, 1);
	CU_ASSERT_EQUAL(sonde_record_gauge(metrics(), "free.d", 1, NULL, 0), 0);
}

static void what_may_be_negative_is_two_series_and_one_summary(void)
{
	const struct sonde_tag sign = {"sign", "negative"};
	struct sonde_distribution *drift;
	struct sonde_metric_value value;
	struct sonde_metric_summary summary;

	CU_ASSERT_EQUAL_FATAL(
		sonde_distribution_open_signed(metrics(), "clock.drift", "s", NULL, 0, &drift), 0);
	for (int i = -60; i < 40; i++)
		CU_ASSERT_EQUAL(sonde_distribution_record(drift, i), 0);
	CU_ASSERT_EQUAL(sonde_record_histogram(metrics(), "clock.drift", -60, NULL, 0), 0);
	CU_ASSERT_EQUAL(sonde_distribution_record(drift, -INFINITY), SONDE_EDOM);
	CU_ASSERT_FATAL(find_value("clock.drift", &sign, 1, &value));
	CU_ASSERT(value.count == 61 && value.value == 1890 && value.min == 1 && value.max == 60);
	CU_ASSERT_FATAL(find_value("clock.drift", NULL, 0, &value));
	CU_ASSERT(value.count == 40 && value.value == 780 && value.min == 0 && value.max == 39);
	CU_ASSERT_EQUAL(sonde_get_metric_summary(metrics(), "clock.drift", 0, &summary), 0);
	CU_ASSERT(summary.count == 101 && summary.sum == -1110);
	CU_ASSERT(summary.min == -60 && summary.max == 39 && summary.n_series == 2);
	CU_ASSERT_DOUBLE_EQUAL(summary.avg, -1110 / 101.0, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(summary.p50, -10, 1);
	CU_ASSERT_DOUBLE_EQUAL(summary.p90, 29, 2.7);
}

static void one_sign_alone_is_summed_up_too(void)
{
	struct sonde_distribution *only;
	struct sonde_metric_summary summary;

	CU_ASSERT_EQUAL_FATAL(
		sonde_distribution_open_signed(metrics(), "only.below", NULL, NULL, 0, &only), 0);
	CU_ASSERT_EQUAL(sonde_distribution_record(only, -2), 0);
	CU_ASSERT_EQUAL(sonde_distribution_record(only, -4), 0);
	CU_ASSERT_EQUAL(sonde_get_metric_summary(metrics(), "only.below", 60, &summary), 0);
	CU_ASSERT(summary.count == 2 && summary.sum == -6 && summary.avg == -3);
	CU_ASSERT(summary.min == -4 && summary.max == -2 && summary.p999 == -2);
	CU_ASSERT(summary.p50 >= -4 && summary.p50 <= -3.6);
}

static void a_sign_is_given_once(void)
{
	const struct sonde_tag sign = {"sign", "negative"};
	struct sonde_tag many[32];
	char keys[32][4];
	struct sonde_distribution *handle;

	for (int i = 0; i < 32; i++) {
		snprintf(keys[i], sizeof(keys[i]), "k%d", i);
		many[i] = (struct sonde_tag){keys[i], "v"};
	}
	CU_ASSERT_EQUAL(sonde_distribution_open_signed(metrics(), "s", NULL, &sign, 1, &handle),
			SONDE_ETAGS);
	CU_ASSERT_EQUAL(sonde_distribution_open_signed(metrics(), "s", NULL, many, 32, &handle),
			SONDE_ETAGS);
	CU_ASSERT_EQUAL(sonde_distribution_open_signed(metrics(), "s", NULL, many, 31, &handle), 0);
	CU_ASSERT_EQUAL(sonde_distribution_record(handle, -1), 0);
	CU_ASSERT_EQUAL(sonde_distribution_open(metrics(), "s", NULL, NULL, 0, &handle),
			SONDE_ETYPE);
	CU_ASSERT_EQUAL(sonde_distribution_open_signed(metrics(), "s", NULL, NULL, 0, NULL),
			SONDE_EINVAL);
	for (double value = -1; value <= 1; value++) {
		CU_ASSERT_EQUAL(sonde_record_histogram(metrics(), "s", value, &sign, 1),
				SONDE_ETAGS);
		CU_ASSERT_EQUAL(sonde_record_histogram(metrics(), "s", value, many, 32),
				SONDE_ETAGS);
		CU_ASSERT_EQUAL(sonde_record_histogram(metrics(), "s", value, many, 31), 0);
	}
	CU_ASSERT_EQUAL(sonde_record_histogram(metrics(), "unsigned", 1, NULL, 0), 0);
	CU_ASSERT_EQUAL(sonde_record_histogram(metrics(), "unsigned", -1, NULL, 0), SONDE_ERANGE);
	CU_ASSERT_EQUAL(
		sonde_distribution_open_signed(metrics(), "unsigned", NULL, NULL, 0, &handle),
		SONDE_ETYPE);
}

static void a_zero_makes_the_series(void)
{
	CU_ASSERT(isnan(value_of("zero", NULL, 0)));
	CU_ASSERT_EQUAL(sonde_record_counter(metrics(), "zero", 0, NULL, 0), 0);
	CU_ASSERT_EQUAL(value_of("zero", NULL, 0), 0);
}

static void halves_of_a_nanosecond_are_rounded_to_even(void)
{
	struct sonde_metric_value value;

	CU_ASSERT_EQUAL(
		sonde_record_timer(metrics(), "halves", 0.0025, SONDE_MICROSECONDS, NULL, 0), 0);
	CU_ASSERT_EQUAL(sonde_record_timer(metrics(), "halves", 3.5, SONDE_NANOSECONDS, NULL, 0),
			0);
	CU_ASSERT_FATAL(find_value("halves", NULL, 0, &value));
	CU_ASSERT_DOUBLE_EQUAL(value.min, 2e-9, 1e-18);
	CU_ASSERT_DOUBLE_EQUAL(value.max, 4e-9, 1e-18);
}

/* -- Handles ---------------------------------------------------------------------------------- */

static void a_handle_is_the_series_of_its_name(void)
{
	const struct sonde_tag tag = {"queue", "mail"};
	struct sonde_counter *jobs = NULL;
	struct sonde_counter *again = NULL;
	struct sonde_counter *seconds = NULL;

	CU_ASSERT_EQUAL(sonde_counter_open(metrics(), "jobs", "{job}", &tag, 1, &jobs), 0);
	CU_ASSERT_EQUAL(sonde_counter_open(metrics(), "jobs", NULL, &tag, 1, &again), 0);
	CU_ASSERT_PTR_EQUAL(jobs, again);
	CU_ASSERT(isnan(value_of("jobs", &tag, 1)));
	CU_ASSERT_EQUAL(sonde_counter_add(jobs, 2), 0);
	CU_ASSERT_EQUAL(sonde_increment(metrics(), "jobs", &tag, 1), 0);
	CU_ASSERT_EQUAL(value_of("jobs", &tag, 1), 3);
	CU_ASSERT_EQUAL(sonde_counter_add_double(jobs, 1), SONDE_ETYPE);
	CU_ASSERT_EQUAL(sonde_counter_open_double(metrics(), "busy", "seconds", NULL, 0, &seconds),
			0);
	CU_ASSERT_EQUAL(sonde_counter_add_double(seconds, 0.25), 0);
	CU_ASSERT_EQUAL(sonde_counter_add_double(seconds, 0.5), 0);
	CU_ASSERT_EQUAL(sonde_counter_add(seconds, 1), SONDE_ETYPE);
	CU_ASSERT_EQUAL(value_of("busy", NULL, 0), 0.75);
	CU_ASSERT_EQUAL(sonde_counter_open(metrics(), "jobs", "{mail}", &tag, 1, &again),
			SONDE_EUNIT);
}

static void gauges_distributions_and_timers_have_handles(void)
{
	struct sonde_gauge *depth;
	struct sonde_distribution *sizes;
	struct sonde_timer *duration;
	struct sonde_stopwatch stopwatch;
	uint64_t ns = 0;
	struct sonde_metric_value value;

	CU_ASSERT_EQUAL(
		sonde_gauge_open(metrics(), "depth", NULL, SONDE_MERGE_MAX, NULL, 0, &depth), 0);
	CU_ASSERT_EQUAL(sonde_gauge_set(depth, 10), 0);
	CU_ASSERT_EQUAL(sonde_gauge_change(depth, -2.5), 0);
	CU_ASSERT_EQUAL(value_of("depth", NULL, 0), 7.5);
	CU_ASSERT_EQUAL(sonde_gauge_open(metrics(), "depth", NULL, 17, NULL, 0, &depth),
			SONDE_EINVAL);
	CU_ASSERT_EQUAL(sonde_distribution_open(metrics(), "chunk", "By", NULL, 0, &sizes), 0);
	CU_ASSERT_EQUAL(sonde_distribution_record(sizes, 4096), 0);
	CU_ASSERT_EQUAL(sonde_distribution_record(sizes, NAN), SONDE_EDOM);
	CU_ASSERT_EQUAL(value_of("chunk", NULL, 0), 4096);
	CU_ASSERT_EQUAL(sonde_timer_open(metrics(), "pause", NULL, 0, &duration), 0);
	sonde_stopwatch_start(duration, &stopwatch);
	CU_ASSERT_EQUAL(sonde_stopwatch_stop(&stopwatch, &ns), 0);
	CU_ASSERT_EQUAL(sonde_timer_record(duration, 5000000000), 0);
	CU_ASSERT_FATAL(find_value("pause", NULL, 0, &value));
	CU_ASSERT_EQUAL(value.count, 2);
	CU_ASSERT_EQUAL(value.max, 5);
	CU_ASSERT_DOUBLE_EQUAL(value.min, (double)ns * 1e-9, 1e-15);
}

static void errno_is_left_alone(void)
{
	struct sonde_metric_values *values;

	errno = EXDEV;
	sonde_increment(metrics(), "errno.kept", NULL, 0);
	sonde_increment(metrics(), "9", NULL, 0);
	CU_ASSERT_EQUAL(sonde_get_metrics_by_tag(metrics(), NULL, 0, &values), 0);
	CU_ASSERT_EQUAL(errno, EXDEV);
	sonde_free(values);
}

/* -- Threads, signals, forks ------------------------------------------------------------------ */

static void *record_much(void *number)
{
	const struct sonde_tag tag = {"parity", (intptr_t)number % 2 ? "odd" : "even"};
	struct sonde_counter *counter;
	struct sonde_distribution *distribution;
	struct sonde_gauge *gauge;

	sonde_counter_open(metrics(), "much.counted", NULL, NULL, 0, &counter);
	sonde_distribution_open(metrics(), "much.spread", NULL, NULL, 0, &distribution);
	sonde_gauge_open(metrics(), "much.changed", NULL, SONDE_MERGE_SUM, NULL, 0, &gauge);
	for (int i = 0; i < N_RECORDS; i++) {
		sonde_counter_add(counter, 3);
		sonde_distribution_record(distribution, i % 1000);
		if (i % 10 == 0) {
			sonde_gauge_change(gauge, 1);
			sonde_record_counter(metrics(), "much.named", 1, &tag, 1);
		}
	}
	return NULL;
}

static void a_million_records_in_each_of_eight_threads_add_up(void)
{
	const struct sonde_tag odd = {"parity", "odd"};
	struct sonde_metric_value value;

	in_threads(record_much);
	CU_ASSERT_EQUAL(value_of("much.counted", NULL, 0), 3.0 * N_THREADS * N_RECORDS);
	CU_ASSERT_EQUAL(value_of("much.changed", NULL, 0), N_THREADS * N_RECORDS / 10.0);
	CU_ASSERT_EQUAL(value_of("much.named", &odd, 1), N_THREADS / 2.0 * N_RECORDS / 10.0);
	CU_ASSERT_FATAL(find_value("much.spread", NULL, 0, &value));
	CU_ASSERT_EQUAL(value.count, (uint64_t)N_THREADS * N_RECORDS);
	CU_ASSERT_EQUAL(value.value, 499.5 * N_THREADS * N_RECORDS);
	CU_ASSERT_EQUAL(value.max, 999);
}

static void *make_series(void *number)
{
	char text[16];
	struct sonde_tag tag = {"number", text};

	(void)number;
	for (int i = 0; i < 1900; i++) {
		snprintf(text, sizeof(text), "%d", i);
		sonde_increment(metrics(), "made.by.all", &tag, 1);
	}
	return NULL;
}

static void a_series_that_all_threads_make_at_once_is_one(void)
{
	struct sonde_metric_summary summary;

	in_threads(make_series);
	CU_ASSERT_EQUAL(sonde_get_metric_summary(metrics(), "made.by.all", 0, &summary), 0);
	CU_ASSERT_EQUAL(summary.n_series, 1900);
	CU_ASSERT_EQUAL(summary.count, 1900 * N_THREADS);
}

static volatile sig_atomic_t n_signals;

static void record_in_handler(int number)
{
	(void)number;
	n_signals++;
	sonde_increment(metrics(), "signal.counted", NULL, 0);
	sonde_record_timer(metrics(), "signal.timed", 1, SONDE_SECONDS, NULL, 0);
}

static void *send_signals(void *target)
{
	for (int i = 0; i < 20000; i++)
		pthread_kill(*(pthread_t *)target, SIGUSR1);
	return NULL;
}

static void what_a_handler_records_is_not_lost_nor_is_what_it_interrupts(void)
{
	const struct sigaction action = {.sa_handler = record_in_handler};
	pthread_t self = pthread_self();
	pthread_t sender;
	struct sonde_metric_value value;
	int n = 0;

	sigaction(SIGUSR1, &action, NULL);
	pthread_create(&sender, NULL, send_signals, &self);
	for (; n < 200000; n++) {
		sonde_increment(metrics(), "signal.counted", NULL, 0);
		sonde_record_timer(metrics(), "signal.timed", 1, SONDE_SECONDS, NULL, 0);
	}
	pthread_join(sender, NULL);
	signal(SIGUSR1, SIG_IGN);
	CU_ASSERT(n_signals > 0);
	CU_ASSERT_EQUAL(value_of("signal.counted", NULL, 0), n + n_signals);
	CU_ASSERT_FATAL(find_value("signal.timed", NULL, 0, &value));
	CU_ASSERT_EQUAL(value.count, (uint64_t)(n + n_signals));
	CU_ASSERT_EQUAL(value.value, n + n_signals);
}

static struct sonde_counter *forked_counter;
static struct sonde_gauge *forked_gauge;

static int record_in_child(void)
{
	EXPECT(isnan(value_of("forked", NULL, 0)));
	EXPECT(isnan(value_of("forked.gauge", NULL, 0)));
	EXPECT(sonde_counter_add(forked_counter, 5) == 0);
	EXPECT(sonde_increment(metrics(), "forked", NULL, 0) == 0);
	EXPECT(sonde_gauge_change(forked_gauge, 2) == 0);
	EXPECT(value_of("forked", NULL, 0) == 6);
	EXPECT(value_of("forked.gauge", NULL, 0) == 2);
	return 0;
}

static void a_forked_child_begins_at_nothing_and_leaves_its_parent_alone(void)
{
	CU_ASSERT_EQUAL(sonde_counter_open(metrics(), "forked", NULL, NULL, 0, &forked_counter), 0);
	CU_ASSERT_EQUAL(sonde_gauge_open(metrics(), "forked.gauge", NULL, SONDE_MERGE_ALL, NULL, 0,
					 &forked_gauge),
			0);
	sonde_counter_add(forked_counter, 100);
	sonde_gauge_set(forked_gauge, 7);
	in_child(record_in_child);
	CU_ASSERT_EQUAL(value_of("forked", NULL, 0), 100);
	CU_ASSERT_EQUAL(value_of("forked.gauge", NULL, 0), 7);
}

/* ThreadSanitizer makes a fork of it. */
static void a_vfork_child_records_for_its_parent(void)
{
#ifndef __SANITIZE_THREAD__
	CU_ASSERT_EQUAL(sonde_increment(metrics(), "vforked", NULL, 0), 0);
	pid_t pid = vfork();

	if (pid == 0) {
		sonde_increment(sonde_get(), "vforked", NULL, 0);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	CU_ASSERT_EQUAL(value_of("vforked", NULL, 0), 2);
#endif
}

/* Allowed are read, write and exit: whoever asks the kernel for memory is killed. */
static int record_in_sandbox(void)
{
	char text[16];
	const struct sonde_tag tag = {"n", text};
	int n_refused = 0;

	EXPECT(sonde_increment(metrics(), "sandboxed", NULL, 0) == 0);
	EXPECT(prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) == 0);
	for (int i = 0; i < 1900; i++) {
		text[0] = (char)('a' + i % 26);
		text[1] = (char)('a' + i / 26 % 26);
		text[2] = (char)('a' + i / 26 / 26);
		text[3] = '\0';
		n_refused += sonde_increment(sonde_get(), "sandboxed", &tag, 1) != 0;
	}
	syscall(SYS_exit, sonde_increment(sonde_get(), "sandboxed", NULL, 0) || n_refused == 1900);
	return 1;
}

/* Bare, nobody tells the library. */
static void a_process_in_a_sandbox_records_as_far_as_it_has_memory(void)
{
	if (getenv("LD_PRELOAD"))
		in_child(record_in_sandbox);
}

UNIT_MAIN("collector",
	  {"a counter with a tag and one without", a_counter_with_a_tag_and_one_without},
	  {"a gauge whose tag is its unit", a_gauge_whose_tag_is_its_unit},
	  {"histograms of bytes and of milliseconds", histograms_of_bytes_and_of_milliseconds},
	  {"timers in seconds and in milliseconds", timers_in_seconds_and_in_milliseconds},
	  {"increments and decrements", increments_and_decrements},
	  {"a name that no series can have is refused", a_name_that_no_series_can_have_is_refused},
	  {"names differ by more than case and punctuation",
	   names_differ_by_more_than_case_and_punctuation},
	  {"tags are a set", tags_are_a_set},
	  {"a key that is given twice is counted as refused",
	   a_key_that_is_given_twice_is_counted_as_refused},
	  {"impossible tags are refused", impossible_tags_are_refused},
	  {"a long value is cut at a character", a_long_value_is_cut_at_a_character},
	  {"a long value that is no text is cut nonetheless",
	   a_long_value_that_is_no_text_is_cut_nonetheless},
	  {"thirty-two of the longest tags are kept", thirty_two_of_the_longest_tags_are_kept},
	  {"a unit that is none is refused", a_unit_that_is_none_is_refused},
	  {"a name keeps its type and unit", a_name_keeps_its_type_and_unit},
	  {"further sets of tags share one exact series",
	   further_sets_of_tags_share_one_exact_series},
	  {"numbers that are none are for gauges only", numbers_that_are_none_are_for_gauges_only},
	  {"nothing negative is added", nothing_negative_is_added},
	  {"what is too large to be added up is refused",
	   what_is_too_large_to_be_added_up_is_refused},
	  {"what is refused leaves the name free", what_is_refused_leaves_the_name_free},
	  {"what may be negative is two series and one summary",
	   what_may_be_negative_is_two_series_and_one_summary},
	  {"one sign alone is summed up, too", one_sign_alone_is_summed_up_too},
	  {"a sign is given once", a_sign_is_given_once},
	  {"a zero makes the series", a_zero_makes_the_series},
	  {"halves of a nanosecond are rounded to even",
	   halves_of_a_nanosecond_are_rounded_to_even},
	  {"a handle is the series of its name", a_handle_is_the_series_of_its_name},
	  {"gauges, distributions and timers have handles",
	   gauges_distributions_and_timers_have_handles},
	  {"errno is left alone", errno_is_left_alone},
	  {"a million records in each of eight threads add up",
	   a_million_records_in_each_of_eight_threads_add_up},
	  {"a series that all threads make at once is one",
	   a_series_that_all_threads_make_at_once_is_one},
	  {"what a handler records is not lost, nor is what it interrupts",
	   what_a_handler_records_is_not_lost_nor_is_what_it_interrupts},
	  {"a forked child begins at nothing and leaves its parent alone",
	   a_forked_child_begins_at_nothing_and_leaves_its_parent_alone},
	  {"a vfork child records for its parent", a_vfork_child_records_for_its_parent},
	  {"a process in a sandbox records as far as it has memory",
	   a_process_in_a_sandbox_records_as_far_as_it_has_memory})
