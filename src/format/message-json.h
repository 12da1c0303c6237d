// SPDX-License-Identifier: MIT
/*
 * message-json.h - a message of protocol buffers in its JSON form.
 *
 * Keys are the fields' names in camelCase, integers of 64 bits strings of digits, and what is no number one of the
 * words that there are for it. Enumerations are numbers, which is what OpenTelemetry wants. Bytes, groups and
 * extensions are for those who need them.
 *
 * Source: protobuf.dev, "ProtoJSON Format"; OpenTelemetry, "OTLP Specification", JSON Protobuf Encoding.
 */
#ifndef SONDE_FORMAT_MESSAGE_JSON_H
#define SONDE_FORMAT_MESSAGE_JSON_H

#include <protobuf-c/protobuf-c.h>

#include "format/json-output.h"

/* Needs the locale "C". */
void message_to_json(struct json_output *output, const ProtobufCMessage *message);

#endif
