// SPDX-License-Identifier: MIT
/*
 * pairs.h - "key=value,key=value": how OpenTelemetry's variables have headers and attributes.
 *
 * Spaces around keys and values do not count; what is to be taken as it is, commas too, is written as %2C.
 *
 * Source: OpenTelemetry, "Environment Variable Specification"; W3C, "Baggage".
 */
#ifndef SONDE_PLUGINS_OTLP_PAIRS_H
#define SONDE_PLUGINS_OTLP_PAIRS_H

#include <sonde/plugin.h>

struct pairs {
	const struct sonde_host *host;
	char *text;
	struct sonde_tag *pairs;
	size_t n_pairs;
};

/*
 * NULL is an empty list. 0; -EINVAL: one of them has no key or no "=", a % does not stand before two digits, or there
 * is a control character; -ENOMEM. It is empty then, and need not be deinitialised.
 */
int pairs_init(struct pairs *pairs, const struct sonde_host *host, const char *text);
void pairs_deinit(struct pairs *pairs);

#endif
