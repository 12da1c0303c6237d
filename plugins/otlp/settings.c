// SPDX-License-Identifier: MIT
#include "otlp/settings.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { NAME_SIZE = 64, CODE_VARIABLE = 16 };

#define TIMEOUT_NS INT64_C(10000000000)

/* As the options have them: the first one leaves it to the variable. */
enum { FIRST_CHOICE = 1, SECOND_CHOICE };

const char *const settings_protocols[] = {"auto", "http/protobuf", "http/json", NULL};
const char *const settings_compressions[] = {"auto", "gzip", "none", NULL};
const char *const settings_temporalities[] = {"auto", "cumulative", "delta", NULL};
const char *const settings_histograms[] = {"auto", "exponential", "explicit", NULL};

struct source {
	struct settings *settings;
	const struct options *options;
	char *(*variable)(const char *name);
	struct sonde_err *err;
};

/* -- Variables ------------------------------------------------------------------------------------ */

static const char *plain_variable(const struct source *source, const char *name)
{
	const char *value = source->variable(name);

	return value && *value ? value : NULL;
}

/* That of metrics, or else that of all signals. */
static const char *variable(const struct source *source, const char *name)
{
	char full[NAME_SIZE];

	snprintf(full, sizeof(full), "OTEL_EXPORTER_OTLP_METRICS_%s", name);
	const char *value = plain_variable(source, full);

	if (value)
		return value;
	snprintf(full, sizeof(full), "OTEL_EXPORTER_OTLP_%s", name);
	return plain_variable(source, full);
}

static void ignore(const struct source *source, const char *name, const char *value)
{
	source->settings->host->log(source->settings->host, SONDE_LOG_WARNING, CODE_VARIABLE,
				    "$...%s is \"%.100s\", which is not taken", name, value);
}

/* What a word of a variable means: its position in `words`, of which NULL ends the list; or 0. */
static uint32_t word_of_variable(const struct source *source, const char *name, const char *const *words,
				 const uint32_t *meanings)
{
	const char *value = variable(source, name);

	if (!value)
		return 0;
	for (size_t i = 0; words[i]; i++)
		if (strcasecmp(words[i], value) == 0)
			return meanings[i];
	ignore(source, name, value);
	return 0;
}

static bool is_second(uint32_t option, uint32_t of_variable)
{
	return (option ? option : of_variable) == SECOND_CHOICE;
}

static void take_words(struct source *source)
{
	static const char *const protocols[] = {"http/protobuf", "http/json", NULL};
	static const char *const compressions[] = {"gzip", "none", NULL};
	/* What "lowmemory" is about is what an SDK keeps in a program: here that is nothing either way. */
	static const char *const temporalities[] = {"cumulative", "delta", "lowmemory", NULL};
	static const char *const histograms[] = {"base2_exponential_bucket_histogram",
						 "explicit_bucket_histogram", NULL};
	static const uint32_t meanings[] = {FIRST_CHOICE, SECOND_CHOICE, SECOND_CHOICE};
	const struct options *options = source->options;
	struct settings *settings = source->settings;

	settings->is_json =
		is_second(options->protocol, word_of_variable(source, "PROTOCOL", protocols, meanings));
	settings->is_packed = !is_second(options->compression,
					 word_of_variable(source, "COMPRESSION", compressions, meanings));
	settings->is_delta =
		is_second(options->temporality,
			  word_of_variable(source, "TEMPORALITY_PREFERENCE", temporalities, meanings));
	settings->are_explicit =
		is_second(options->histograms,
			  word_of_variable(source, "DEFAULT_HISTOGRAM_AGGREGATION", histograms, meanings));
}

/* The variable has milliseconds, 0 of them: no limit. */
static void take_timeout(struct source *source)
{
	const char *value = variable(source, "TIMEOUT");
	char *end;

	source->settings->timeout_ns = source->options->timeout_ns ? source->options->timeout_ns : TIMEOUT_NS;
	if (source->options->timeout_ns || !value)
		return;
	errno = 0;
	long milliseconds = strtol(value, &end, 10);

	if (errno || *end || milliseconds < 0 || milliseconds > INT32_MAX)
		ignore(source, "TIMEOUT", value);
	else
		source->settings->timeout_ns = milliseconds * INT64_C(1000000);
}

static void take_files(struct source *source)
{
	const struct options *options = source->options;
	struct settings *settings = source->settings;

	settings->certificate = options->certificate ? options->certificate : variable(source, "CERTIFICATE");
	settings->client_certificate =
		options->client_certificate ? options->client_certificate : variable(source, "CLIENT_CERTIFICATE");
	settings->client_key = options->client_key ? options->client_key : variable(source, "CLIENT_KEY");
}

/* -- Lists ------------------------------------------------------------------------------------------ */

/* Of the configuration: whatever is wrong with it is told, and ends it. */
static int take_given(struct source *source, struct pairs *ret_pairs, const char *name, const char *text)
{
	int result = pairs_init(ret_pairs, source->settings->host, text);

	if (result == -EINVAL)
		snprintf(source->err->text, sizeof(source->err->text), "%s: not a list \"key=value,...\"", name);
	return result;
}

/* Of a variable: one that is wrong is left out as a whole. Its text may be a secret. */
static int take_variable(struct source *source, struct pairs *ret_pairs, const char *name, const char *text)
{
	int result = pairs_init(ret_pairs, source->settings->host, text);

	if (result != -EINVAL)
		return result;
	source->settings->host->log(source->settings->host, SONDE_LOG_ERROR, CODE_VARIABLE,
				    "$%s is not taken: not a list \"key=value,...\"", name);
	return 0;
}

static int take_lists(struct source *source)
{
	const struct options *options = source->options;
	struct settings *settings = source->settings;

	settings->service_name = plain_variable(source, "OTEL_SERVICE_NAME");
	int result = options->headers ? take_given(source, &settings->headers, "headers", options->headers)
				      : take_variable(source, &settings->headers, "OTEL_EXPORTER_OTLP_HEADERS",
						      variable(source, "HEADERS"));

	if (result == 0)
		result = take_given(source, &settings->given_resource, "resource", options->resource);
	if (result == 0)
		result = take_variable(source, &settings->resource, "OTEL_RESOURCE_ATTRIBUTES",
				       plain_variable(source, "OTEL_RESOURCE_ATTRIBUTES"));
	return result;
}

/* -- The address ------------------------------------------------------------------------------------ */

/* "http://host/base" -> "http://host/base/v1/metrics" */
static int append_path(CURLU *url)
{
	char *path;
	char joined[1024];

	if (curl_url_get(url, CURLUPART_PATH, &path, 0) != CURLUE_OK)
		return -ENOMEM;
	size_t length = strlen(path);
	int n = snprintf(joined, sizeof(joined), "%s%sv1/metrics", path, length && path[length - 1] == '/' ? "" : "/");

	curl_free(path);
	if (n >= (int)sizeof(joined))
		return -EINVAL;
	return curl_url_set(url, CURLUPART_PATH, joined, 0) == CURLUE_OK ? 0 : -ENOMEM;
}

static bool is_http(CURLU *url)
{
	char *scheme = NULL;
	bool is_one = curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
		      (strcasecmp(scheme, "http") == 0 || strcasecmp(scheme, "https") == 0);

	curl_free(scheme);
	return is_one;
}

/* NULL without memory. */
static char *copy_url(const struct sonde_host *host, CURLU *url)
{
	char *copy = NULL;
	char *text;

	if (curl_url_get(url, CURLUPART_URL, &text, 0) != CURLUE_OK)
		return NULL;
	copy = host->alloc(host, strlen(text) + 1);
	if (copy)
		strcpy(copy, text);
	curl_free(text);
	return copy;
}

static int keep_url(struct settings *settings, CURLU *url)
{
	settings->url = copy_url(settings->host, url);
	curl_url_set(url, CURLUPART_USER, NULL, 0);
	curl_url_set(url, CURLUPART_PASSWORD, NULL, 0);
	curl_url_set(url, CURLUPART_QUERY, NULL, 0);
	settings->shown = copy_url(settings->host, url);
	return settings->url && settings->shown ? 0 : -ENOMEM;
}

static int set_url(struct source *source, const char *text, bool is_base)
{
	CURLU *url = curl_url();
	int result = url ? 0 : -ENOMEM;

	if (result == 0 && (curl_url_set(url, CURLUPART_URL, text, 0) != CURLUE_OK || !is_http(url)))
		result = -EINVAL;
	if (result == 0 && is_base)
		result = append_path(url);
	if (result == 0)
		result = keep_url(source->settings, url);
	if (result == -EINVAL)
		snprintf(source->err->text, sizeof(source->err->text),
			 "endpoint: \"%.128s\" is no address that begins with http:// or https://", text);
	curl_url_cleanup(url);
	return result;
}

static int take_endpoint(struct source *source)
{
	const struct options *options = source->options;
	const char *of_metrics = plain_variable(source, "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT");
	const char *of_all = plain_variable(source, "OTEL_EXPORTER_OTLP_ENDPOINT");

	if (options->metrics_endpoint)
		return set_url(source, options->metrics_endpoint, false);
	if (options->endpoint)
		return set_url(source, options->endpoint, true);
	if (of_metrics)
		return set_url(source, of_metrics, false);
	return set_url(source, of_all ? of_all : "http://localhost:4318", true);
}

int settings_init(struct settings *settings, const struct sonde_host *host, const struct options *options,
		  char *(*get_variable)(const char *name), struct sonde_err *err)
{
	struct source source = {settings, options, get_variable, err};

	*settings = (struct settings){
		.host = host,
		.headers = {.host = host},
		.given_resource = {.host = host},
		.resource = {.host = host},
	};
	take_words(&source);
	take_timeout(&source);
	take_files(&source);
	int result = take_lists(&source);

	if (result == 0)
		result = take_endpoint(&source);
	if (result < 0)
		settings_deinit(settings);
	return result;
}

void settings_deinit(struct settings *settings)
{
	pairs_deinit(&settings->headers);
	pairs_deinit(&settings->given_resource);
	pairs_deinit(&settings->resource);
	settings->host->free(settings->host, settings->url);
	settings->host->free(settings->host, settings->shown);
	settings->url = settings->shown = NULL;
}
