// SPDX-License-Identifier: MIT
#include "otlp/settings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "otlp/answer.h"
#include "unit.h"

static char logged[512];

static void *plain_alloc(const struct sonde_host *host, size_t size)
{
	(void)host;
	return malloc(size);
}

static void plain_free(const struct sonde_host *host, void *memory)
{
	(void)host;
	free(memory);
}

static void keep_line(const struct sonde_host *host, uint32_t level, uint32_t code, const char *format, ...)
{
	va_list arguments;

	(void)host;
	(void)level;
	(void)code;
	va_start(arguments, format);
	vsnprintf(logged, sizeof(logged), format, arguments);
	va_end(arguments);
}

static const struct sonde_host host = {.alloc = plain_alloc, .free = plain_free, .log = keep_line};

/* What the environment has: pairs of name and value, ended by NULL. */
static const char *const *environment;

static char *variable(const char *name)
{
	for (const char *const *pair = environment; pair[0]; pair += 2)
		if (strcmp(pair[0], name) == 0)
			return (char *)pair[1];
	return NULL;
}

#define ENVIRONMENT(...) ((const char *const[]){__VA_ARGS__, NULL, NULL})

static const char *const nothing[] = {NULL, NULL};

static struct settings settings;
static struct sonde_err err;

static int resolve(const struct options *options, const char *const *pairs)
{
	environment = pairs;
	logged[0] = '\0';
	err.text[0] = '\0';
	return settings_init(&settings, &host, options, variable, &err);
}

static void expect_url(const struct options *options, const char *const *pairs, const char *url)
{
	CU_ASSERT_EQUAL_FATAL(resolve(options, pairs), 0);
	if (strcmp(settings.url, url) != 0)
		printf("# %s, expected %s\n", settings.url, url);
	CU_ASSERT_STRING_EQUAL(settings.url, url);
	settings_deinit(&settings);
}

#define BASE   "OTEL_EXPORTER_OTLP_ENDPOINT"
#define METRIC "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"

static void the_address_is_joined_as_the_specification_says(void)
{
	const struct options none = {0};

	expect_url(&none, nothing, "http://localhost:4318/v1/metrics");
	expect_url(&none, ENVIRONMENT(BASE, "http://collector:4318"), "http://collector:4318/v1/metrics");
	expect_url(&none, ENVIRONMENT(BASE, "http://collector:4318/"), "http://collector:4318/v1/metrics");
	expect_url(&none, ENVIRONMENT(BASE, "https://collector/base"), "https://collector/base/v1/metrics");
	expect_url(&none, ENVIRONMENT(BASE, "https://collector/base/"), "https://collector/base/v1/metrics");
	expect_url(&none, ENVIRONMENT(BASE, "http://collector/?key=1"), "http://collector/v1/metrics?key=1");
	expect_url(&none, ENVIRONMENT(METRIC, "http://collector:4318"), "http://collector:4318/");
	expect_url(&none, ENVIRONMENT(METRIC, "http://collector/my/path/"), "http://collector/my/path/");
	expect_url(&none, ENVIRONMENT(METRIC, "http://metrics/", BASE, "http://all"), "http://metrics/");
	expect_url(&none, ENVIRONMENT(METRIC, "", BASE, "http://all"), "http://all/v1/metrics");
}

static void the_configuration_goes_before_the_environment(void)
{
	const struct options base = {.endpoint = "http://mine"};
	const struct options both = {.endpoint = "http://mine", .metrics_endpoint = "http://mine/exactly"};

	expect_url(&base, ENVIRONMENT(METRIC, "http://other/"), "http://mine/v1/metrics");
	expect_url(&both, ENVIRONMENT(METRIC, "http://other/"), "http://mine/exactly");
}

static void an_address_that_is_none_is_refused(void)
{
	static const char *const addresses[] = {"localhost:4318", "ftp://localhost", "http://", "nonsense", "http://a b"};

	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		int result = resolve(&(const struct options){.endpoint = addresses[i]}, nothing);

		if (result != -22)
			printf("# %s: %d\n", addresses[i], result);
		CU_ASSERT_EQUAL(result, -22);
		CU_ASSERT_PTR_NOT_NULL(strstr(err.text, addresses[i]));
	}
}

static int64_t timeout_of(int64_t option_ns, const char *const *pairs)
{
	CU_ASSERT_EQUAL_FATAL(resolve(&(const struct options){.timeout_ns = option_ns}, pairs), 0);
	settings_deinit(&settings);
	return settings.timeout_ns;
}

static void the_timeout_is_in_milliseconds(void)
{
	CU_ASSERT_EQUAL(timeout_of(0, nothing), INT64_C(10000000000));
	CU_ASSERT_EQUAL(timeout_of(0, ENVIRONMENT("OTEL_EXPORTER_OTLP_TIMEOUT", "250")), 250000000);
	CU_ASSERT_EQUAL(timeout_of(7, ENVIRONMENT("OTEL_EXPORTER_OTLP_TIMEOUT", "250")), 7);
	CU_ASSERT_EQUAL(timeout_of(0, ENVIRONMENT("OTEL_EXPORTER_OTLP_TIMEOUT", "250",
						  "OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "0")), 0);
	CU_ASSERT_EQUAL(timeout_of(0, ENVIRONMENT("OTEL_EXPORTER_OTLP_TIMEOUT", "10s")), INT64_C(10000000000));
	CU_ASSERT_PTR_NOT_NULL(strstr(logged, "TIMEOUT is \"10s\""));
}

static void words_are_taken_in_any_case_and_unknown_ones_told(void)
{
	CU_ASSERT_EQUAL_FATAL(
		resolve(&(const struct options){0},
			ENVIRONMENT("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json", "OTEL_EXPORTER_OTLP_COMPRESSION", "NONE",
				    "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "LowMemory",
				    "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
				    "explicit_bucket_histogram")),
		0);
	CU_ASSERT(settings.is_json && !settings.is_packed && settings.is_delta && settings.are_explicit);
	settings_deinit(&settings);
	CU_ASSERT_EQUAL_FATAL(resolve(&(const struct options){0}, ENVIRONMENT("OTEL_EXPORTER_OTLP_COMPRESSION", "zstd")), 0);
	CU_ASSERT(!settings.is_json && settings.is_packed && !settings.is_delta && !settings.are_explicit);
	CU_ASSERT_PTR_NOT_NULL(strstr(logged, "COMPRESSION is \"zstd\""));
	settings_deinit(&settings);
}

static void expect_pairs(const char *text, int result, const char *expected)
{
	char found[256] = "";
	struct pairs pairs;

	CU_ASSERT_EQUAL_FATAL(pairs_init(&pairs, &host, text), result);
	for (size_t i = 0; i < pairs.n_pairs; i++)
		snprintf(found + strlen(found), sizeof(found) - strlen(found), "[%s|%s]", pairs.pairs[i].key,
			 pairs.pairs[i].value);
	if (strcmp(found, expected) != 0)
		printf("# %s: %s\n", text, found);
	CU_ASSERT_STRING_EQUAL(found, expected);
	if (result == 0)
		pairs_deinit(&pairs);
}

static void lists_are_decoded(void)
{
	expect_pairs(NULL, 0, "");
	expect_pairs("", 0, "");
	expect_pairs("a=1", 0, "[a|1]");
	expect_pairs(" a = 1 ,, b=2=3,", 0, "[a|1][b|2=3]");
	expect_pairs("a%2Cb=%3d%25", 0, "[a,b|=%]");
	expect_pairs("a=", 0, "[a|]");
	expect_pairs("a", -22, "");
	expect_pairs("=1", -22, "");
	expect_pairs("a=%2", -22, "");
	expect_pairs("a=%zz", -22, "");
	expect_pairs("a=%0d%0aevil: 1", -22, "");
	expect_pairs("a=%00", -22, "");
}

static void a_list_in_a_variable_that_is_wrong_is_left_out(void)
{
	CU_ASSERT_EQUAL_FATAL(resolve(&(const struct options){0},
				      ENVIRONMENT("OTEL_RESOURCE_ATTRIBUTES", "a=1,b", "OTEL_EXPORTER_OTLP_HEADERS", "k=%1")), 0);
	CU_ASSERT_EQUAL(settings.resource.n_pairs, 0);
	CU_ASSERT_EQUAL(settings.headers.n_pairs, 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(logged, "OTEL_RESOURCE_ATTRIBUTES is not taken"));
	settings_deinit(&settings);
	CU_ASSERT_EQUAL(resolve(&(const struct options){.headers = "k"}, nothing), -22);
	CU_ASSERT_STRING_EQUAL(err.text, "headers: not a list \"key=value,...\"");
}

/* Returns the status; the rest is in `result`. */
static struct sonde_result result;

static int judge(uint32_t status, bool is_json, const char *body, size_t size)
{
	const struct answer answer = {status, is_json, body, size, 5};

	result = (struct sonde_result){0};
	return answer_judge(&answer, &result);
}

static void only_four_statuses_are_sent_again(void)
{
	for (uint32_t status = 100; status < 600; status++) {
		bool is_again = status == 429 || status == 502 || status == 503 || status == 504;
		int expected = status / 100 == 2 ? SONDE_OK : is_again ? SONDE_RETRY : SONDE_DROP;

		if (judge(status, false, "", 0) != expected)
			printf("# %u\n", status);
		CU_ASSERT_EQUAL(judge(status, false, "", 0), expected);
		CU_ASSERT_EQUAL(result.retry_after_ns, is_again ? 5 : 0);
		CU_ASSERT_EQUAL(result.http_status, status);
	}
}

static void a_partial_success_has_been_taken(void)
{
	static const char packed[] = "\x0a\x07\x08\x03\x12\x03old";
	static const char json[] = "{\"partialSuccess\":{\"rejectedDataPoints\":\"3\",\"errorMessage\":\"old\"}}";

	CU_ASSERT_EQUAL(judge(200, false, packed, sizeof(packed) - 1), SONDE_PARTIAL);
	CU_ASSERT_EQUAL(result.rejected_points, 3);
	CU_ASSERT_STRING_EQUAL(result.message, "old");
	CU_ASSERT_EQUAL(judge(200, true, json, sizeof(json) - 1), SONDE_PARTIAL);
	CU_ASSERT_EQUAL(result.rejected_points, 3);
	CU_ASSERT_STRING_EQUAL(result.message, "old");
}

static void whatever_an_answer_has_in_it_it_is_judged(void)
{
	char bytes[64];
	uint32_t random = 1;

	for (int i = 0; i < 20000; i++) {
		size_t size = (size_t)i % sizeof(bytes);

		for (size_t k = 0; k < size; k++)
			bytes[k] = (char)((random = random * 1103515245 + 12345) >> 16);
		int taken = judge(200, i % 2, bytes, size);

		CU_ASSERT(taken == SONDE_OK || taken == SONDE_PARTIAL);
		CU_ASSERT_EQUAL(judge(400, i % 2, bytes, size), SONDE_DROP);
		for (const char *c = result.message; *c; c++)
			CU_ASSERT(*c >= ' ' && *c < 0x7f);
	}
}

UNIT_MAIN("otlp", {"the address is joined as the specification says", the_address_is_joined_as_the_specification_says},
	  {"the configuration goes before the environment", the_configuration_goes_before_the_environment},
	  {"an address that is none is refused", an_address_that_is_none_is_refused},
	  {"the timeout is in milliseconds", the_timeout_is_in_milliseconds},
	  {"words are taken in any case, and unknown ones told", words_are_taken_in_any_case_and_unknown_ones_told},
	  {"lists are decoded", lists_are_decoded},
	  {"a list in a variable that is wrong is left out", a_list_in_a_variable_that_is_wrong_is_left_out},
	  {"only four statuses are sent again", only_four_statuses_are_sent_again},
	  {"a partial success has been taken", a_partial_success_has_been_taken},
	  {"whatever an answer has in it, it is judged", whatever_an_answer_has_in_it_it_is_judged})
