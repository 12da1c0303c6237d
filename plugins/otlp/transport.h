// SPDX-License-Identifier: MIT
/*
 * transport.h - requests to one receiver, by HTTP, one at a time over a connection that is kept.
 *
 *     transport_open -> transport_send... -> transport_close
 *
 * No signal is sent, caught or blocked for it. Redirections are not followed: the body would go to somebody who was
 * not named.
 */
#ifndef SONDE_PLUGINS_OTLP_TRANSPORT_H
#define SONDE_PLUGINS_OTLP_TRANSPORT_H

#include <curl/curl.h>

#include "otlp/answer.h"
#include "otlp/settings.h"
#include "shared/buffer.h"

struct transport {
	const struct settings *settings;
	CURL *curl;
	struct curl_slist *headers;
	struct buffer body; /* of the last answer */
	bool is_cut;	    /* it was longer than we read */
	char error[CURL_ERROR_SIZE];
};

/* What it is given lives longer. 0; -E2BIG for a header of more than 16 KiB; or -ENOMEM. To be closed if it is 0. */
int transport_open(struct transport *transport, const struct sonde_host *host, const struct settings *settings);
void transport_close(struct transport *transport);

enum transport_result {
	TRANSPORT_ANSWERED,
	TRANSPORT_FAILED, /* there was no answer, for the reason in `error` */
	TRANSPORT_REFUSED, /* what answered does not speak HTTP, or cannot be trusted: trying again would not help */
};

/* ret_answer is written when there is one, and lives until the next request. `timeout_ns` is not 0. */
enum transport_result transport_send(struct transport *transport, const void *body, size_t size, int64_t timeout_ns,
				     struct answer *ret_answer);

#endif
