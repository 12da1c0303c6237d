// SPDX-License-Identifier: MIT
/*
 * negotiation.h - which of our forms of an answer a client would like best.
 *
 * Each range of an Accept header ("text/plain;version=0.0.4;q=0.5") gives the forms that it covers
 * a quality; of several ranges that cover a form the most precise one decides. The form with the
 * highest quality is taken, of equal ones that which the client named first. A client that accepts
 * none of them gets Prometheus's text, as it gets from every other exporter.
 *
 * Source: RFC 9110, 12.4 and 12.5; prometheus.io, "Content negotiation".
 */
#ifndef SONDE_PLUGINS_PROMETHEUS_NEGOTIATION_H
#define SONDE_PLUGINS_PROMETHEUS_NEGOTIATION_H

#include <stdbool.h>

enum form {
	FORM_TEXT,
	FORM_OPENMETRICS,
	FORM_PROTOBUF,
	FORMS,
};

/* The header's value; NULL: there was none. */
enum form form_accepted(const char *accept);

/* The Content-Type of a form. */
const char *form_content_type(enum form form);

/* Whether an Accept-Encoding header, which may be NULL, allows gzip. */
bool is_gzip_accepted(const char *accept_encoding);

#endif
