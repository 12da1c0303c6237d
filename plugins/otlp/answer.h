// SPDX-License-Identifier: MIT
/*
 * answer.h - what a receiver's answer means.
 *
 * A request is sent again only after 429, 502, 503 and 504, and when there was no answer: whatever else comes, the
 * receiver has taken it or never will. A partial success has been taken; nothing of it is sent again.
 *
 * Source: OpenTelemetry, "OTLP Specification", OTLP/HTTP Response.
 */
#ifndef SONDE_PLUGINS_OTLP_ANSWER_H
#define SONDE_PLUGINS_OTLP_ANSWER_H

#include <sonde/plugin.h>

#include <stdbool.h>

struct answer {
	uint32_t status; /* of HTTP */
	bool is_json;	 /* what the body is said to be */
	const char *body;
	size_t size;
	int64_t retry_after_ns; /* 0: it does not say */
};

/*
 * Returns SONDE_OK, SONDE_PARTIAL, SONDE_RETRY or SONDE_DROP, and fills in the rest of the result. With SONDE_OK there
 * may be a message, which is a warning.
 */
int answer_judge(const struct answer *answer, struct sonde_result *ret_result);

#endif
