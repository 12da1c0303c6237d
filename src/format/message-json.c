// SPDX-License-Identifier: MIT
#include "config.h"

#include "format/message-json.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>

/* What a field's name becomes: start_time -> "startTime": */
static void put_key(struct json_output *output, const char *name)
{
	char text[2] = "";
	bool is_next_upper = false;

	json_put(output, "\"");
	for (; *name; name++) {
		text[0] = is_next_upper ? (char)(*name - 'a' + 'A') : *name;
		is_next_upper = *name == '_';
		if (!is_next_upper)
			json_put(output, text);
	}
	json_put(output, "\":");
}

static void put_digits(struct json_output *output, const char *format, uint64_t number)
{
	char text[32];

	snprintf(text, sizeof(text), format, number);
	json_put(output, text);
}

static void put_double(struct json_output *output, double number)
{
	if (isfinite(number))
		json_put_number(output, number);
	else if (isnan(number))
		json_put(output, "\"NaN\"");
	else
		json_put(output, number > 0 ? "\"Infinity\"" : "\"-Infinity\"");
}

static size_t size_of_value(ProtobufCType type)
{
	switch (type) {
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SFIXED32:
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32:
	case PROTOBUF_C_TYPE_ENUM:
	case PROTOBUF_C_TYPE_FLOAT:
		return sizeof(int32_t);
	case PROTOBUF_C_TYPE_BOOL:
		return sizeof(protobuf_c_boolean);
	case PROTOBUF_C_TYPE_STRING:
	case PROTOBUF_C_TYPE_MESSAGE:
		return sizeof(void *);
	default:
		return sizeof(uint64_t);
	}
}

static void put_value(struct json_output *output, ProtobufCType type, const void *value)
{
	switch (type) {
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SFIXED32:
	case PROTOBUF_C_TYPE_ENUM:
		json_put_integer(output, *(const int32_t *)value);
		break;
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32:
		json_put_integer(output, *(const uint32_t *)value);
		break;
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
		put_digits(output, "\"%" PRId64 "\"", *(const uint64_t *)value);
		break;
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
		put_digits(output, "\"%" PRIu64 "\"", *(const uint64_t *)value);
		break;
	case PROTOBUF_C_TYPE_FLOAT:
		put_double(output, *(const float *)value);
		break;
	case PROTOBUF_C_TYPE_DOUBLE:
		put_double(output, *(const double *)value);
		break;
	case PROTOBUF_C_TYPE_BOOL:
		json_put(output, *(const protobuf_c_boolean *)value ? "true" : "false");
		break;
	case PROTOBUF_C_TYPE_STRING:
		json_put_string(output, *(const char *const *)value);
		break;
	case PROTOBUF_C_TYPE_MESSAGE:
		message_to_json(output, *(const ProtobufCMessage *const *)value);
		break;
	default:
		json_put(output, "null");
	}
}

static void put_list(struct json_output *output, ProtobufCType type, const char *values, size_t n)
{
	json_put(output, "[");
	for (size_t i = 0; i < n; i++) {
		json_put(output, i ? "," : "");
		put_value(output, type, values + i * size_of_value(type));
	}
	json_put(output, "]");
}

/* How many values the field has. */
static size_t count_values(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
	const char *bytes = (const char *)message;

	if (field->label == PROTOBUF_C_LABEL_REPEATED)
		return *(const size_t *)(bytes + field->quantifier_offset);
	if (field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_MESSAGE)
		return *(const void *const *)(bytes + field->offset) != NULL;
	return *(const protobuf_c_boolean *)(bytes + field->quantifier_offset) != 0;
}

void message_to_json(struct json_output *output, const ProtobufCMessage *message)
{
	const ProtobufCMessageDescriptor *descriptor = message->descriptor;
	const char *separator = "";

	json_put(output, "{");
	for (unsigned int i = 0; i < descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
		const char *value = (const char *)message + field->offset;
		size_t n = count_values(message, field);

		if (!n)
			continue;
		json_put(output, separator);
		separator = ",";
		put_key(output, field->name);
		if (field->label == PROTOBUF_C_LABEL_REPEATED)
			put_list(output, field->type, *(const char *const *)value, n);
		else
			put_value(output, field->type, value);
	}
	json_put(output, "}");
}
