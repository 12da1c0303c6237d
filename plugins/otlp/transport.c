// SPDX-License-Identifier: MIT
#include "otlp/transport.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { ANSWER_MOST = 4 * 1024 * 1024, HEADER_SIZE = 16384 };

static const char json_type[] = "application/json";
static const char protobuf_type[] = "application/x-protobuf";

/* What is longer than an answer may be is read to its end, and forgotten. */
static size_t take_answer(char *bytes, size_t size, size_t n, void *argument)
{
	struct transport *transport = argument;

	size *= n;
	if (transport->body.size + size > ANSWER_MOST || buffer_take(&transport->body, bytes, size) < 0)
		transport->is_cut = true;
	return transport->is_cut ? 0 : size;
}

/* 0 or -ENOMEM. */
static int add_line(struct transport *transport, const char *line)
{
	struct curl_slist *longer = curl_slist_append(transport->headers, line);

	if (longer)
		transport->headers = longer;
	return longer ? 0 : -ENOMEM;
}

/* 0; -ENOMEM; or -E2BIG. */
static int add_header(struct transport *transport, const char *name, const char *value)
{
	char line[HEADER_SIZE];

	/* "name;" is how curl is told that a header is empty. */
	if (snprintf(line, sizeof(line), *value ? "%s: %s" : "%s;", name, value) >= HEADER_SIZE)
		return -E2BIG;
	return add_line(transport, line);
}

static int add_headers(struct transport *transport)
{
	const struct settings *settings = transport->settings;
	int result = add_header(transport, "Content-Type", settings->is_json ? json_type : protobuf_type);

	if (result == 0 && settings->is_packed)
		result = add_header(transport, "Content-Encoding", "gzip");
	for (size_t i = 0; i < settings->headers.n_pairs && result == 0; i++)
		result = add_header(transport, settings->headers.pairs[i].key, settings->headers.pairs[i].value);
	/* Without it curl asks first whether a large body is welcome, and waits a second for the answer. */
	return result < 0 ? result : add_line(transport, "Expect:");
}

static void set_files(CURL *curl, const struct settings *settings)
{
	if (settings->certificate)
		curl_easy_setopt(curl, CURLOPT_CAINFO, settings->certificate);
	if (settings->client_certificate)
		curl_easy_setopt(curl, CURLOPT_SSLCERT, settings->client_certificate);
	if (settings->client_key)
		curl_easy_setopt(curl, CURLOPT_SSLKEY, settings->client_key);
}

static void set_options(struct transport *transport, const struct sonde_host *host)
{
	CURL *curl = transport->curl;
	char agent[64];

	snprintf(agent, sizeof(agent), "OTel-OTLP-Exporter-sonde/%.32s", host->version);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	/* A name that is still being looked up is not waited for when time is up. */
	curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_URL, transport->settings->url);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, agent);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, transport->headers);
	curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "gzip");
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_answer);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, transport);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, transport->error);
	set_files(curl, transport->settings);
}

int transport_open(struct transport *transport, const struct sonde_host *host, const struct settings *settings)
{
	*transport = (struct transport){.settings = settings, .body = {.host = host}};
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return -ENOMEM;
	transport->curl = curl_easy_init();
	int result = transport->curl ? add_headers(transport) : -ENOMEM;

	if (result < 0)
		transport_close(transport);
	else
		set_options(transport, host);
	return result;
}

void transport_close(struct transport *transport)
{
	curl_easy_cleanup(transport->curl);
	curl_slist_free_all(transport->headers);
	buffer_deinit(&transport->body);
	transport->curl = NULL;
	transport->headers = NULL;
	curl_global_cleanup();
}

static struct answer answer_of(struct transport *transport)
{
	struct answer answer = {.body = transport->body.bytes, .size = transport->body.size};
	curl_off_t seconds = 0;
	char *type = NULL;
	long status = 0;

	curl_easy_getinfo(transport->curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(transport->curl, CURLINFO_CONTENT_TYPE, &type);
	/* Also of a date, as from now. */
	curl_easy_getinfo(transport->curl, CURLINFO_RETRY_AFTER, &seconds);
	answer.status = (uint32_t)status;
	answer.is_json = type && strncasecmp(type, json_type, strlen(json_type)) == 0;
	answer.retry_after_ns = seconds > 0 ? (int64_t)seconds * 1000000000 : 0;
	return answer;
}

/* Whether it will be no other when it is tried again. */
static bool is_for_good(CURLcode code)
{
	switch (code) {
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_UNSUPPORTED_PROTOCOL: /* of an answer: HTTP/0.9, or something that only looks like HTTP */
	case CURLE_BAD_CONTENT_ENCODING:
		return true;
	default:
		return false;
	}
}

enum transport_result transport_send(struct transport *transport, const void *body, size_t size, int64_t timeout_ns,
				     struct answer *ret_answer)
{
	CURL *curl = transport->curl;

	buffer_clear(&transport->body);
	transport->is_cut = false;
	transport->error[0] = '\0';
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)size);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)(timeout_ns / 1000000 + 1));
	CURLcode code = curl_easy_perform(curl);

	if (!transport->error[0])
		snprintf(transport->error, sizeof(transport->error), "%s", curl_easy_strerror(code));
	if (code == CURLE_OK || transport->is_cut) {
		*ret_answer = answer_of(transport);
		return TRANSPORT_ANSWERED;
	}
	return is_for_good(code) ? TRANSPORT_REFUSED : TRANSPORT_FAILED;
}
