// SPDX-License-Identifier: MIT
/*
 * How many sets of tags a name has, and what happens to those that are too many.
 */
#include "config.h"

#include "api.h"

enum { TAG_SETS = 300, PATH_SETS = 200 };

/* Fewer than there are without a word, so that a test is short. Those with paths are as they are.
 */
static struct sonde *limited(void)
{
	const struct sonde_config config = {
		.struct_size = sizeof(config),
		.max_tag_sets = TAG_SETS,
	};
	struct sonde *sonde = sonde_get();

	if (!sonde && sonde_initialize_metrics(&config, &sonde, NULL) != 0)
		abort();
	return sonde;
}

static double n_series(const char *name)
{
	const struct sonde_tag tag = {"metric", name};

	return value_of("sonde.metrics.series", &tag, 1);
}

static double n_overflowed(void)
{
	return value_of("sonde.metrics.overflowed", NULL, 0);
}

static double overflow_of(const char *name)
{
	const struct sonde_tag tag = {"otel.metric.overflow", "true"};

	return value_of(name, &tag, 1);
}

/* Once with each of so many values of a tag, which are numbers after a text. */
static void count_with(const char *name, const char *key, const char *before, int n)
{
	for (int i = 0; i < n; i++) {
		char value[64];
		const struct sonde_tag tag = {key, value};

		snprintf(value, sizeof(value), "%s%d", before, i);
		CU_ASSERT_EQUAL(sonde_increment(limited(), name, &tag, 1), 0);
	}
}

static void a_name_with_tags_says_how_many_sets_it_has(void)
{
	limited();
	count_with("sets.some", "n", "", 3);
	sonde_increment(limited(), "sets.none", NULL, 0);
	CU_ASSERT_EQUAL(n_series("sets.some"), 3);
	CU_ASSERT(isnan(n_series("sets.none")));
	count_with("sets.some", "n", "", 5);
	CU_ASSERT_EQUAL(n_series("sets.some"), 5);
	CU_ASSERT_EQUAL(n_overflowed(), 0);
}

static void what_is_too_much_is_one_series_and_counted(void)
{
	double before = n_overflowed();

	count_with("sets.many", "n", "", TAG_SETS + 7);
	CU_ASSERT_EQUAL(n_series("sets.many"), TAG_SETS);
	CU_ASSERT_EQUAL(overflow_of("sets.many"), 7);
	CU_ASSERT_EQUAL(n_overflowed() - before, 7);
	count_with("sets.many", "n", "", TAG_SETS);
	CU_ASSERT_EQUAL(n_overflowed() - before, 7);
}

static void each_kind_of_record_is_counted(void)
{
	struct sonde *sonde = limited();
	const struct sonde_tag one_more = {"n", "one more"};
	struct sonde_counter *counter = NULL;
	double before;

	for (int i = 0; i < TAG_SETS; i++) {
		char value[16];
		const struct sonde_tag tag = {"n", value};

		snprintf(value, sizeof(value), "%d", i);
		sonde_record_counter_double(sonde, "kinds.f", 1, &tag, 1);
		sonde_record_gauge(sonde, "kinds.g", 1, &tag, 1);
		sonde_record_histogram(sonde, "kinds.h", 1, &tag, 1);
		sonde_record_timer(sonde, "kinds.t", 1, SONDE_UNIT_NONE, &tag, 1);
		sonde_increment(sonde, "kinds.c", &tag, 1);
	}
	before = n_overflowed();
	sonde_record_counter_double(sonde, "kinds.f", 1, &one_more, 1);
	sonde_record_gauge(sonde, "kinds.g", 1, &one_more, 1);
	sonde_increment(sonde, "kinds.g", &one_more, 1);
	sonde_record_histogram(sonde, "kinds.h", 1, &one_more, 1);
	sonde_record_timer(sonde, "kinds.t", 1, SONDE_UNIT_NONE, &one_more, 1);
	CU_ASSERT_EQUAL(n_overflowed() - before, 5);
	CU_ASSERT_EQUAL(sonde_counter_open(sonde, "kinds.c", NULL, &one_more, 1, &counter), 0);
	CU_ASSERT_EQUAL(n_overflowed() - before, 5);
	CU_ASSERT_EQUAL(sonde_counter_add(counter, 10), 0);
	CU_ASSERT_EQUAL(sonde_counter_add(counter, 20), 0);
	CU_ASSERT_EQUAL(n_overflowed() - before, 7);
	CU_ASSERT_EQUAL(overflow_of("kinds.c"), 30);
}

static void of_tags_like_paths_fewer_are_told_apart(void)
{
	static const struct {
		const char *name;
		const char *key;
		const char *before;
	} paths[] = {
		{"paths.value", "what", "/tmp/"},  {"paths.link", "what", "https://example.org/"},
		{"paths.key", "path", ""},	   {"paths.last.word", "http.url", ""},
		{"paths.capital", "net_Peer", ""}, {"paths.address", "address", "10.0.0."},
	};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		count_with(paths[i].name, paths[i].key, paths[i].before, PATH_SETS + 3);
		CU_ASSERT_EQUAL(n_series(paths[i].name), PATH_SETS);
		CU_ASSERT_EQUAL(overflow_of(paths[i].name), 3);
	}
	/* The name's others have what is left. */
	count_with("paths.value", "n", "", TAG_SETS - PATH_SETS);
	CU_ASSERT_EQUAL(n_series("paths.value"), TAG_SETS);
	CU_ASSERT_EQUAL(overflow_of("paths.value"), 3);
}

static void other_tags_are_none_like_paths(void)
{
	count_with("no.paths", "profile", "a/b", PATH_SETS + 3);
	CU_ASSERT_EQUAL(n_series("no.paths"), PATH_SETS + 3);
	CU_ASSERT(isnan(overflow_of("no.paths")));
}

static int record_in_child(void)
{
	const struct sonde_tag tag = {"n", "in the child"};

	EXPECT(n_overflowed() == 0);
	EXPECT(sonde_increment(limited(), "sets.many", &tag, 1) == 0);
	EXPECT(sonde_increment(limited(), "sets.many", &tag, 1) == 0);
	EXPECT(n_overflowed() == 2);
	EXPECT(overflow_of("sets.many") == 2);
	return 0;
}

static void a_forked_child_counts_its_own(void)
{
	double before = n_overflowed();

	CU_ASSERT(before > 0);
	in_child(record_in_child);
	CU_ASSERT_EQUAL(n_overflowed(), before);
}

#ifdef __SANITIZE_THREAD__
enum { N_SHARED = 20000 };
#else
enum { N_SHARED = 200000 };
#endif

/* By name and by handle. */
static void *record_too_much(void *thread)
{
	struct sonde *sonde = limited();
	const struct sonde_tag tag = {"n", "too much"};
	struct sonde_distribution *distribution;

	if (sonde_distribution_open(sonde, "kinds.h", NULL, &tag, 1, &distribution))
		abort();
	for (int i = 0; i < N_SHARED; i++)
		if (sonde_increment(sonde, "sets.many", &tag, 1) ||
		    sonde_distribution_record(distribution, 1))
			abort();
	return thread;
}

static void eight_threads_count_exactly(void)
{
	double before = n_overflowed();
	double series_before = overflow_of("sets.many");

	in_threads(record_too_much);
	CU_ASSERT_EQUAL(n_overflowed() - before, 2.0 * N_THREADS * N_SHARED);
	CU_ASSERT_EQUAL(overflow_of("sets.many") - series_before, 1.0 * N_THREADS * N_SHARED);
}

static int keep_text(void *text, const char *piece, size_t size)
{
	char **kept = text;
	size_t length = *kept ? strlen(*kept) : 0;

	*kept = realloc(*kept, length + size + 1);
	if (!*kept)
		abort();
	memcpy(*kept + length, piece, size);
	(*kept)[length + size] = '\0';
	return 0;
}

static void exports_and_health_say_so(void)
{
	struct sonde_system_health health;
	char *text = NULL;

	CU_ASSERT_EQUAL_FATAL(sonde_export_metrics(limited(), "openmetrics", keep_text, &text), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nsonde_metrics_series{metric=\"sets.some\"} 5.0\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nsonde_metrics_overflowed_total "));
	free(text);
	CU_ASSERT_EQUAL(sonde_get_system_health(limited(), &health), 0);
	CU_ASSERT(!health.healthy);
	CU_ASSERT(health.n_overflowed > 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(health.reasons, "too many sets of tags"));
	CU_ASSERT_PTR_NOT_NULL(strstr(health.reasons, "series of overflow"));
}

static int limit_paths(void)
{
	const struct sonde_config config = {
		.struct_size = sizeof(config),
		.text = "metrics: { max_tag_sets = 4; max_path_tag_sets = 3; };",
	};
	struct sonde *sonde;

	EXPECT(sonde_initialize_metrics(&config, &sonde, NULL) == 0);
	count_with("text.paths", "path", "", 6);
	count_with("text.others", "n", "", 6);
	EXPECT(n_series("text.paths") == 3);
	EXPECT(n_series("text.others") == 4);
	return 0;
}

static int limit_paths_by_struct(void)
{
	const struct sonde_config config = {
		.struct_size = sizeof(config),
		.text = "metrics: { max_tag_sets = 4; max_path_tag_sets = 3; };",
		.max_path_tag_sets = 2,
	};
	struct sonde *sonde;

	EXPECT(sonde_initialize_metrics(&config, &sonde, NULL) == 0);
	count_with("struct.paths", "path", "", 6);
	EXPECT(n_series("struct.paths") == 2);
	return 0;
}

/* The first tests: nothing is initialised before them. */
static void the_limits_are_those_of_the_configuration(void)
{
	in_child(limit_paths);
	in_child(limit_paths_by_struct);
}

UNIT_MAIN("cardinality",
	  {"the limits are those of the configuration", the_limits_are_those_of_the_configuration},
	  {"a name with tags says how many sets it has",
	   a_name_with_tags_says_how_many_sets_it_has},
	  {"what is too much is one series, and counted",
	   what_is_too_much_is_one_series_and_counted},
	  {"each kind of record is counted", each_kind_of_record_is_counted},
	  {"of tags like paths fewer are told apart", of_tags_like_paths_fewer_are_told_apart},
	  {"other tags are none like paths", other_tags_are_none_like_paths},
	  {"a forked child counts its own", a_forked_child_counts_its_own},
	  {"eight threads count exactly", eight_threads_count_exactly},
	  {"exports and health say so", exports_and_health_say_so})
