// SPDX-License-Identifier: MIT
#include "prometheus/request.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "shared/gzip.h"
#include "prometheus/negotiation.h"
#include "prometheus/server.h"

enum { CODE_BODY = 32 };

static const char *const format_names[FORMS] = {
	[FORM_TEXT] = "prometheus",
	[FORM_OPENMETRICS] = "openmetrics",
	[FORM_PROTOBUF] = "prometheus-protobuf",
};

/* -- Answers that are a line ------------------------------------------------------------------ */

struct line {
	unsigned int status;
	const char *text;
	const char *header; /* NULL: none */
	const char *value;
};

static enum MHD_Result answer_line(struct MHD_Connection *connection, const struct line *line)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(
		strlen(line->text), (void *)line->text, MHD_RESPMEM_PERSISTENT);

	if (!response)
		return MHD_NO;
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
				"text/plain; charset=utf-8");
	if (line->header)
		MHD_add_response_header(response, line->header, line->value);
	enum MHD_Result result = MHD_queue_response(connection, line->status, response);

	MHD_destroy_response(response);
	return result;
}

static const struct line line_healthy = {MHD_HTTP_OK, "ok\n", NULL, NULL};
static const struct line line_too_early = {MHD_HTTP_SERVICE_UNAVAILABLE, "no figures yet\n",
					   MHD_HTTP_HEADER_RETRY_AFTER, "1"};
static const struct line line_no_memory = {
	MHD_HTTP_INSUFFICIENT_STORAGE,
	"the figures take more memory than there is; gzip takes less\n", NULL, NULL};
static const struct line line_unknown = {MHD_HTTP_NOT_FOUND, "figures are at /metrics\n", NULL,
					 NULL};
static const struct line line_wrong_method = {MHD_HTTP_METHOD_NOT_ALLOWED, "GET or HEAD\n",
					      MHD_HTTP_HEADER_ALLOW, "GET, HEAD"};
static const struct line line_has_body = {MHD_HTTP_CONTENT_TOO_LARGE, "a request has no body\n",
					  MHD_HTTP_HEADER_CONNECTION, "close"};
static const struct line line_unauthorized = {MHD_HTTP_UNAUTHORIZED, "who are you?\n",
					      MHD_HTTP_HEADER_WWW_AUTHENTICATE,
					      "Basic realm=\"sonde\", charset=\"UTF-8\""};

/* -- Answers with figures --------------------------------------------------------------------- */

static const char *header_of(struct MHD_Connection *connection, const char *name)
{
	return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static const struct sonde_snapshot *take_newest(struct server *server)
{
	pthread_mutex_lock(&server->lock);
	const struct sonde_snapshot *newest = server->newest;

	if (newest)
		server->host->snapshot_ref(newest);
	pthread_mutex_unlock(&server->lock);
	return newest;
}

static int write_body(const struct server *server, const struct sonde_snapshot *snapshot,
		      enum form form, bool is_gzip, struct buffer *body)
{
	const char *const bounds[] = {"buckets", server->options->buckets, NULL};
	/* Protocol buffers have the buckets as they are. */
	const char *const *parameters = form == FORM_PROTOBUF ? NULL : bounds;
	struct gzip gzip;

	if (!is_gzip)
		return server->host->format(snapshot, format_names[form], parameters, buffer_take,
					    body);
	int result = gzip_init(&gzip, body);

	if (result < 0)
		return result;
	result = server->host->format(snapshot, format_names[form], parameters, gzip_take, &gzip);
	if (result == 0)
		result = gzip_finish(&gzip);
	gzip_deinit(&gzip);
	return result;
}

static void free_body(void *argument)
{
	struct buffer *body = argument;
	const struct sonde_host *host = body->host;

	buffer_deinit(body);
	host->free(host, body);
}

/* The body becomes the response's. */
static struct MHD_Response *make_response(struct buffer *body, enum form form, bool is_gzip)
{
	struct MHD_Response *response = MHD_create_response_from_buffer_with_free_callback_cls(
		body->size, body->bytes, free_body, body);

	if (!response) {
		free_body(body);
		return NULL;
	}
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, form_content_type(form));
	MHD_add_response_header(response, MHD_HTTP_HEADER_VARY, "Accept, Accept-Encoding");
	if (is_gzip)
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_ENCODING, "gzip");
	return response;
}

/* NULL: there is no memory for all of it. */
static struct MHD_Response *write_response(struct server *server,
					   const struct sonde_snapshot *snapshot, enum form form,
					   bool is_gzip)
{
	const struct sonde_host *host = server->host;
	struct buffer *body = host->alloc(host, sizeof(*body));

	if (!body)
		return NULL;
	*body = (struct buffer){.host = host};
	int result = write_body(server, snapshot, form, is_gzip, body);

	if (result == 0)
		return make_response(body, form, is_gzip);
	host->log(host, SONDE_LOG_WARNING, CODE_BODY, "no figures for a scrape: %s",
		  strerror(-result));
	free_body(body);
	return NULL;
}

static enum MHD_Result answer_figures(struct server *server, struct MHD_Connection *connection)
{
	enum form form = form_accepted(header_of(connection, MHD_HTTP_HEADER_ACCEPT));
	bool is_gzip = is_gzip_accepted(header_of(connection, MHD_HTTP_HEADER_ACCEPT_ENCODING));
	const struct sonde_snapshot *newest = take_newest(server);

	if (!newest)
		return answer_line(connection, &line_too_early);
	struct MHD_Response *response = write_response(server, newest, form, is_gzip);

	server->host->snapshot_unref(newest);
	if (!response)
		return answer_line(connection, &line_no_memory);
	enum MHD_Result result = MHD_queue_response(connection, MHD_HTTP_OK, response);

	MHD_destroy_response(response);
	server->host->counter_add(server->host, "scrapes", 1);
	return result;
}

/* -- Requests --------------------------------------------------------------------------------- */

/* The line that answers it; NULL: it is to get figures. */
static const struct line *look_at(const struct server *server, struct MHD_Connection *connection,
				  const char *url, const char *method)
{
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
		return &line_wrong_method;
	if (strcmp(url, "/healthz") == 0)
		return &line_healthy;
	if (!access_is_granted(&server->access,
			       header_of(connection, MHD_HTTP_HEADER_AUTHORIZATION)))
		return &line_unauthorized;
	return strcmp(url, "/metrics") == 0 ? NULL : &line_unknown;
}

static bool has_body(struct MHD_Connection *connection)
{
	const char *length = header_of(connection, MHD_HTTP_HEADER_CONTENT_LENGTH);

	return (length && strcmp(length, "0") != 0) ||
	       header_of(connection, MHD_HTTP_HEADER_TRANSFER_ENCODING);
}

static enum MHD_Result refuse(struct server *server, struct MHD_Connection *connection,
			      const struct line *line)
{
	server->host->counter_add(server->host, "requests.refused", 1);
	return answer_line(connection, line);
}

/* Called when the header is there, and again when the request is: only then a connection can be
 * kept for the next one. */
enum MHD_Result request_handle(void *argument, struct MHD_Connection *connection, const char *url,
			       const char *method, const char *version, const char *upload,
			       size_t *upload_size, void **request)
{
	struct server *server = argument;

	(void)version;
	(void)upload;
	(void)upload_size;
	if (!*request && has_body(connection))
		return refuse(server, connection, &line_has_body);
	if (!*request) {
		*request = server;
		return MHD_YES;
	}
	const struct line *line = look_at(server, connection, url, method);

	if (!line)
		return answer_figures(server, connection);
	return line == &line_healthy ? answer_line(connection, line)
				     : refuse(server, connection, line);
}
