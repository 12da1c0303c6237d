// SPDX-License-Identifier: MIT
/*
 * request.h - what is answered to one request.
 */
#ifndef SONDE_PLUGINS_PROMETHEUS_REQUEST_H
#define SONDE_PLUGINS_PROMETHEUS_REQUEST_H

#include <microhttpd.h>
#include <stddef.h>

/* A MHD_AccessHandlerCallback of a server. */
enum MHD_Result request_handle(void *server, struct MHD_Connection *connection, const char *url,
			       const char *method, const char *version, const char *upload,
			       size_t *upload_size, void **request);

#endif
