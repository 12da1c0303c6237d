// SPDX-License-Identifier: MIT
/*
 * settings.h - where to and how: of the configuration, then of OpenTelemetry's environment variables, then what the
 * specification has.
 *
 * OTEL_EXPORTER_OTLP_METRICS_x goes before OTEL_EXPORTER_OTLP_x; a variable that is empty is none. One with a value
 * that there is not is told in the log and counts as none.
 *
 * Source: OpenTelemetry, "OpenTelemetry Protocol Exporter" and "Environment Variable Specification".
 */
#ifndef SONDE_PLUGINS_OTLP_SETTINGS_H
#define SONDE_PLUGINS_OTLP_SETTINGS_H

#include <sonde/plugin.h>

#include <stdbool.h>

#include "otlp/pairs.h"

/* What the configuration says; NULL and 0 are nothing. */
struct options {
	const char *endpoint;	      /* a base */
	const char *metrics_endpoint; /* the whole address */
	uint32_t protocol;	      /* words: auto, http/protobuf, http/json */
	uint32_t compression;	      /* auto, gzip, none */
	uint32_t temporality;	      /* auto, cumulative, delta */
	uint32_t histograms;	      /* auto, exponential, explicit */
	const char *headers;
	int64_t timeout_ns;
	const char *certificate;
	const char *client_certificate;
	const char *client_key;
	const char *resource;
};

extern const char *const settings_protocols[];
extern const char *const settings_compressions[];
extern const char *const settings_temporalities[];
extern const char *const settings_histograms[];

struct settings {
	const struct sonde_host *host;
	char *url;
	char *shown; /* the address for people: without a password, or what may be one */
	struct pairs headers;
	/* Attributes, of which a later one counts for no more than an earlier one. */
	const char *service_name; /* NULL: none */
	struct pairs given_resource;
	struct pairs resource;
	bool is_json;
	bool is_packed; /* by gzip */
	bool is_delta;
	bool are_explicit;  /* bounds of histograms */
	int64_t timeout_ns; /* 0: no limit but the host's */
	const char *certificate;
	const char *client_certificate;
	const char *client_key;
};

/*
 * `variable` is getenv(); what it and the options point to lives longer. 0; -EINVAL after writing to err->text which
 * one is wrong; or -ENOMEM. To be deinitialised if it is 0.
 */
int settings_init(struct settings *settings, const struct sonde_host *host, const struct options *options,
		  char *(*variable)(const char *name), struct sonde_err *err);
void settings_deinit(struct settings *settings);

#endif
