// SPDX-License-Identifier: MIT
/*
 * otlp - sends figures to an OpenTelemetry Collector, or whatever speaks its protocol over HTTP.
 *
 *     plugins: ( { plugin = "otlp"; endpoint = "http://127.0.0.1:4318"; } );
 *
 * Each snapshot is one request, tried once: what is to be sent again is the host's to keep, which waits longer from
 * time to time, and by then has newer figures in its place. What a receiver asks us to wait is waited for here as well,
 * since the host waits no longer than it thinks good.
 */
#include <sonde/plugin.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "otlp/settings.h"
#include "otlp/transport.h"
#include "shared/buffer.h"
#include "shared/gzip.h"

enum {
	CODE_FAILED = 1,
	CODE_REFUSED,
	CODE_PARTIAL,
	CODE_WARNING,
	CODE_LARGE,
	FORMAT_PARAMETERS = 2,
};

#define BODY_MOST ((size_t)64 * 1024 * 1024) /* before it is packed, and then */

struct otlp {
	const struct sonde_host *host;
	struct settings settings;
	struct transport transport;
	struct buffer body;
	const char **parameters; /* of the format */
	int64_t not_before_ns;	 /* CLOCK_MONOTONIC: what the receiver asked for */
};

static const struct sonde_option options[] = {
	{
		.name = "endpoint",
		.type = SONDE_OPTION_STRING,
		.offset = offsetof(struct options, endpoint),
		.help = "The receiver's address, to which v1/metrics is added; $OTEL_EXPORTER_OTLP_ENDPOINT, or "
			"http://localhost:4318.",
	},
	{
		.name = "metrics_endpoint",
		.type = SONDE_OPTION_STRING,
		.offset = offsetof(struct options, metrics_endpoint),
		.help = "The same, to which nothing is added; $OTEL_EXPORTER_OTLP_METRICS_ENDPOINT.",
	},
	{
		.name = "protocol",
		.type = SONDE_OPTION_ENUM,
		.default_text = "auto",
		.words = settings_protocols,
		.offset = offsetof(struct options, protocol),
		.help = "How it is written; auto is $OTEL_EXPORTER_OTLP_PROTOCOL, or http/protobuf.",
	},
	{
		.name = "compression",
		.type = SONDE_OPTION_ENUM,
		.default_text = "auto",
		.words = settings_compressions,
		.offset = offsetof(struct options, compression),
		.help = "How it is packed; auto is $OTEL_EXPORTER_OTLP_COMPRESSION, or gzip.",
	},
	{
		.name = "temporality",
		.type = SONDE_OPTION_ENUM,
		.default_text = "auto",
		.words = settings_temporalities,
		.offset = offsetof(struct options, temporality),
		.help = "Totals, or what has come since the last time; auto is "
			"$OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE, or cumulative.",
	},
	{
		.name = "histograms",
		.type = SONDE_OPTION_ENUM,
		.default_text = "auto",
		.words = settings_histograms,
		.offset = offsetof(struct options, histograms),
		.help = "Which bounds they have; auto is $OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION, or "
			"exponential.",
	},
	{
		.name = "headers",
		.type = SONDE_OPTION_STRING,
		.flags = SONDE_OPTION_SECRET,
		.offset = offsetof(struct options, headers),
		.help = "More headers, \"key=value,...\"; $OTEL_EXPORTER_OTLP_HEADERS.",
	},
	{
		.name = "timeout",
		.type = SONDE_OPTION_DURATION,
		.default_text = "0s",
		.offset = offsetof(struct options, timeout_ns),
		.help = "How long an answer is waited for, within the deadline; 0s is $OTEL_EXPORTER_OTLP_TIMEOUT, or 10 s.",
	},
	{
		.name = "certificate",
		.type = SONDE_OPTION_STRING,
		.offset = offsetof(struct options, certificate),
		.help = "A file with the certificates that are trusted; $OTEL_EXPORTER_OTLP_CERTIFICATE.",
	},
	{
		.name = "client_certificate",
		.type = SONDE_OPTION_STRING,
		.offset = offsetof(struct options, client_certificate),
		.help = "A file with our own certificate; $OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE.",
	},
	{
		.name = "client_key",
		.type = SONDE_OPTION_STRING,
		.offset = offsetof(struct options, client_key),
		.help = "A file with its key; $OTEL_EXPORTER_OTLP_CLIENT_KEY.",
	},
	{
		.name = "resource",
		.type = SONDE_OPTION_STRING,
		.offset = offsetof(struct options, resource),
		.help = "What the figures are of, \"service.name=shop,...\", before $OTEL_SERVICE_NAME and "
			"$OTEL_RESOURCE_ATTRIBUTES.",
	},
	{0},
};

/* -- Parameters of the format ------------------------------------------------------------------- */

/* "resource.KEY" and the value; false without memory. */
static bool add_attribute(struct otlp *otlp, size_t *n, const char *key, const char *value)
{
	static const char prefix[] = "resource.";
	char *name = otlp->host->alloc(otlp->host, sizeof(prefix) + strlen(key));

	if (!name)
		return false;
	strcpy(name, prefix);
	strcat(name, key);
	otlp->parameters[(*n)++] = name;
	otlp->parameters[(*n)++] = value;
	return true;
}

static bool add_attributes(struct otlp *otlp, size_t *n, const struct pairs *pairs)
{
	bool is_done = true;

	/* Of a key that is there twice, the last one counts. */
	for (size_t i = pairs->n_pairs; i > 0 && is_done; i--)
		is_done = add_attribute(otlp, n, pairs->pairs[i - 1].key, pairs->pairs[i - 1].value);
	return is_done;
}

/* The first of an attribute counts. */
static int make_parameters(struct otlp *otlp)
{
	const struct settings *settings = &otlp->settings;
	size_t n_pairs = settings->given_resource.n_pairs + settings->resource.n_pairs + 1;
	size_t size = (2 * n_pairs + FORMAT_PARAMETERS + 1) * sizeof(*otlp->parameters);
	size_t n = 0;

	otlp->parameters = otlp->host->alloc(otlp->host, size);
	if (!otlp->parameters)
		return -ENOMEM;
	memset(otlp->parameters, 0, size);
	otlp->parameters[n++] = "histograms";
	otlp->parameters[n++] = settings->are_explicit ? "explicit" : "exponential";
	if (!add_attributes(otlp, &n, &settings->given_resource) ||
	    (settings->service_name && !add_attribute(otlp, &n, "service.name", settings->service_name)) ||
	    !add_attributes(otlp, &n, &settings->resource))
		return -ENOMEM;
	return 0;
}

static void free_parameters(struct otlp *otlp)
{
	for (size_t i = FORMAT_PARAMETERS; otlp->parameters && otlp->parameters[i]; i += 2)
		otlp->host->free(otlp->host, (void *)otlp->parameters[i]);
	otlp->host->free(otlp->host, otlp->parameters);
}

/* -- The body ------------------------------------------------------------------------------------- */

struct body_writer {
	sonde_write_function take;
	void *argument;
	size_t n_plain; /* bytes before they are packed */
};

static int take_plain(void *argument, const void *data, size_t size)
{
	struct body_writer *writer = argument;

	writer->n_plain += size;
	return writer->n_plain > BODY_MOST ? -EMSGSIZE : writer->take(writer->argument, data, size);
}

static int write_with(struct otlp *otlp, const struct sonde_snapshot *snapshot, sonde_write_function take,
		      void *argument)
{
	struct body_writer writer = {.take = take, .argument = argument};

	return otlp->host->format(snapshot, otlp->settings.is_json ? "otlp-json" : "otlp-protobuf",
				  otlp->parameters, take_plain, &writer);
}

static int write_packed(struct otlp *otlp, const struct sonde_snapshot *snapshot)
{
	struct gzip gzip;
	int result = gzip_init(&gzip, &otlp->body);

	if (result < 0)
		return result;
	result = write_with(otlp, snapshot, gzip_take, &gzip);
	if (result == 0)
		result = gzip_finish(&gzip);
	gzip_deinit(&gzip);
	return result;
}

static int write_body(struct otlp *otlp, const struct sonde_snapshot *snapshot)
{
	buffer_clear(&otlp->body);
	if (otlp->settings.is_packed)
		return write_packed(otlp, snapshot);
	return write_with(otlp, snapshot, buffer_take, &otlp->body);
}

/* -- An export ------------------------------------------------------------------------------------ */

static int drop_large(struct otlp *otlp, int error, struct sonde_result *ret_result)
{
	otlp->host->counter_add(otlp->host, "requests.too_large", 1);
	snprintf(ret_result->message, sizeof(ret_result->message), "the request cannot be made: %s", strerror(-error));
	otlp->host->log(otlp->host, SONDE_LOG_ERROR, CODE_LARGE, "%s", ret_result->message);
	return SONDE_DROP;
}

static int wait_as_asked(const struct otlp *otlp, int64_t now_ns, struct sonde_result *ret_result)
{
	ret_result->retry_after_ns = otlp->not_before_ns - now_ns;
	snprintf(ret_result->message, sizeof(ret_result->message), "the receiver asked us to wait");
	return SONDE_RETRY;
}

static int fail(struct otlp *otlp, bool is_for_good, struct sonde_result *ret_result)
{
	const char *error = otlp->transport.error;

	otlp->host->counter_add(otlp->host, "requests.failed", 1);
	snprintf(ret_result->message, sizeof(ret_result->message), "%.120s", error);
	otlp->host->log(otlp->host, SONDE_LOG_WARNING, CODE_FAILED, "%.120s: %.120s", otlp->settings.shown, error);
	return is_for_good ? SONDE_DROP : SONDE_RETRY;
}

static void tell(struct otlp *otlp, int status, const struct sonde_result *result)
{
	const struct sonde_host *host = otlp->host;

	if (status == SONDE_PARTIAL)
		host->log(host, SONDE_LOG_WARNING, CODE_PARTIAL, "%llu data points were refused: %s",
			  (unsigned long long)result->rejected_points, result->message);
	else if (status == SONDE_OK && result->message[0])
		host->log(host, SONDE_LOG_WARNING, CODE_WARNING, "%s", result->message);
	else if (status != SONDE_OK)
		host->log(host, SONDE_LOG_WARNING, CODE_REFUSED, "%.120s: %s", otlp->settings.shown, result->message);
}

static int take_answer(struct otlp *otlp, const struct answer *answer, struct sonde_result *ret_result)
{
	int status = answer_judge(answer, ret_result);

	if (status == SONDE_RETRY && ret_result->retry_after_ns)
		otlp->not_before_ns = otlp->host->now_mono_ns() + ret_result->retry_after_ns;
	if (status == SONDE_OK || status == SONDE_PARTIAL)
		ret_result->bytes_sent = otlp->body.size;
	tell(otlp, status, ret_result);
	return status;
}

/* 0: there is no time. */
static int64_t time_for_answer(const struct otlp *otlp, int64_t deadline_ns)
{
	int64_t left_ns = deadline_ns - otlp->host->now_mono_ns();
	int64_t timeout_ns = otlp->settings.timeout_ns;

	/* Some of it is for what remains to be done then. */
	left_ns -= left_ns / 16;
	if (left_ns <= 0)
		return 0;
	return timeout_ns && timeout_ns < left_ns ? timeout_ns : left_ns;
}

static int export_snapshot(void *instance, const struct sonde_snapshot *snapshot, int64_t deadline_ns,
			   struct sonde_result *ret_result)
{
	struct otlp *otlp = instance;
	int64_t now_ns = otlp->host->now_mono_ns();
	struct answer answer;

	if (now_ns < otlp->not_before_ns)
		return wait_as_asked(otlp, now_ns, ret_result);
	int result = write_body(otlp, snapshot);

	if (result < 0)
		return drop_large(otlp, result, ret_result);
	int64_t timeout_ns = time_for_answer(otlp, deadline_ns);

	if (!timeout_ns)
		return SONDE_RETRY;
	otlp->host->counter_add(otlp->host, "requests.sent", 1);
	enum transport_result sent =
		transport_send(&otlp->transport, otlp->body.bytes, otlp->body.size, timeout_ns, &answer);

	if (sent != TRANSPORT_ANSWERED)
		return fail(otlp, sent == TRANSPORT_REFUSED, ret_result);
	return take_answer(otlp, &answer, ret_result);
}

/* -- The instance --------------------------------------------------------------------------------- */

static void destroy(void *instance)
{
	struct otlp *otlp = instance;

	if (otlp->transport.curl)
		transport_close(&otlp->transport);
	if (otlp->settings.url)
		settings_deinit(&otlp->settings);
	free_parameters(otlp);
	buffer_deinit(&otlp->body);
	otlp->host->free(otlp->host, otlp);
}

static int prepare(struct otlp *otlp, const struct options *read, struct sonde_err *err)
{
	int result = settings_init(&otlp->settings, otlp->host, read, getenv, err);

	if (result == 0)
		result = make_parameters(otlp);
	if (result == 0 && otlp->settings.is_delta)
		result = otlp->host->want(otlp->host, SONDE_WANTS_DELTA);
	return result;
}

static int create(const struct sonde_host *host, const void *given, void **ret_instance, struct sonde_err *err)
{
	struct otlp *otlp = host->alloc(host, sizeof(*otlp));

	if (!otlp)
		return -ENOMEM;
	*otlp = (struct otlp){.host = host, .body = {.host = host}};
	int result = prepare(otlp, given, err);

	if (result < 0)
		destroy(otlp);
	else
		*ret_instance = otlp;
	return result;
}

static int start(void *instance, struct sonde_err *err)
{
	struct otlp *otlp = instance;
	int result = transport_open(&otlp->transport, otlp->host, &otlp->settings);

	if (result == -E2BIG)
		snprintf(err->text, sizeof(err->text), "headers: one has more than 16 KiB");
	return result;
}

static int stop(void *instance, int64_t deadline_ns)
{
	struct otlp *otlp = instance;

	(void)deadline_ns;
	transport_close(&otlp->transport);
	return 0;
}

static const struct sonde_plugin_desc description = {
	.struct_size = sizeof(description),
	.abi_major = SONDE_ABI_MAJOR,
	.abi_minor = SONDE_ABI_MINOR,
	.kind = SONDE_KIND_EXPORTER,
	.flags = SONDE_NEEDS_NETWORK | SONDE_MAY_BLOCK | SONDE_WANTS_CUMULATIVE,
	.name = "otlp",
	.version = "1.0",
	.license = "MIT",
	.summary = "sends figures to an OpenTelemetry Collector, by OTLP over HTTP",
	.options = options,
	.option_size = sizeof(options[0]),
	.options_size = sizeof(struct options),
	.create = create,
	.start = start,
	.export_snapshot = export_snapshot,
	.stop = stop,
	.destroy = destroy,
};

const struct sonde_plugin_desc *sonde_plugin_v1(const struct sonde_host *host)
{
	return SONDE_HAS(host, want) ? &description : NULL;
}
