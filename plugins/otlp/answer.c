// SPDX-License-Identifier: MIT
#include "otlp/answer.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "otlp/answer.pb-c.h"

enum { TEXT_MOST = 100 };

/* What the body says. */
struct statement {
	bool is_understood;
	uint64_t n_rejected;
	char text[TEXT_MOST]; /* for people, "" for nothing */
};

/* Others' words go to terminals: as letters only. */
static void take_text(struct statement *statement, const char *text, size_t length)
{
	size_t n = 0;

	for (; n < length && n < TEXT_MOST - 1; n++)
		statement->text[n] = text[n] >= ' ' && text[n] < 0x7f ? text[n] : '?';
	statement->text[n] = '\0';
}

static uint64_t count_of(int64_t number)
{
	return number > 0 ? (uint64_t)number : 0;
}

static void read_taken(struct statement *statement, const struct answer *answer)
{
	Otlp__Answer__Taken *taken = otlp__answer__taken__unpack(NULL, answer->size, (const uint8_t *)answer->body);

	if (!taken)
		return;
	const Otlp__Answer__Partial *partial = taken->partial_success;

	statement->is_understood = true;
	if (partial) {
		statement->n_rejected = count_of(partial->rejected_data_points);
		take_text(statement, (const char *)partial->error_message.data, partial->error_message.len);
	}
	otlp__answer__taken__free_unpacked(taken, NULL);
}

static void read_refused(struct statement *statement, const struct answer *answer)
{
	Otlp__Answer__Refused *refused =
		otlp__answer__refused__unpack(NULL, answer->size, (const uint8_t *)answer->body);

	if (!refused)
		return;
	statement->is_understood = true;
	take_text(statement, (const char *)refused->message.data, refused->message.len);
	otlp__answer__refused__free_unpacked(refused, NULL);
}

/* 64-bit integers are strings, or numbers all the same. */
static uint64_t json_count(const json_t *number)
{
	if (json_is_string(number))
		return count_of(strtoll(json_string_value(number), NULL, 10));
	return count_of(json_integer_value(number));
}

static void read_json(struct statement *statement, const struct answer *answer)
{
	json_t *document = answer->size ? json_loadb(answer->body, answer->size, 0, NULL) : NULL;
	const json_t *partial = json_object_get(document, "partialSuccess");
	const char *text = json_string_value(json_object_get(partial, "errorMessage"));

	if (!text)
		text = json_string_value(json_object_get(document, "message"));
	statement->is_understood = !answer->size || json_is_object(document);
	statement->n_rejected = json_count(json_object_get(partial, "rejectedDataPoints"));
	if (text)
		take_text(statement, text, strlen(text));
	json_decref(document);
}

static bool is_taken(uint32_t status)
{
	return status >= 200 && status < 300;
}

static bool is_to_be_sent_again(uint32_t status)
{
	return status == 429 || (status >= 502 && status <= 504);
}

static struct statement read(const struct answer *answer)
{
	struct statement statement = {0};

	if (answer->is_json)
		read_json(&statement, answer);
	else if (is_taken(answer->status))
		read_taken(&statement, answer);
	else
		read_refused(&statement, answer);
	return statement;
}

static int judge_taken(const struct statement *statement, struct sonde_result *ret_result)
{
	ret_result->rejected_points = statement->n_rejected;
	if (!statement->is_understood)
		snprintf(ret_result->message, sizeof(ret_result->message),
			 "the receiver took it with words that are not understood");
	else
		snprintf(ret_result->message, sizeof(ret_result->message), "%s", statement->text);
	return statement->n_rejected ? SONDE_PARTIAL : SONDE_OK;
}

int answer_judge(const struct answer *answer, struct sonde_result *ret_result)
{
	const struct statement statement = read(answer);

	ret_result->http_status = answer->status;
	if (is_taken(answer->status))
		return judge_taken(&statement, ret_result);
	snprintf(ret_result->message, sizeof(ret_result->message), "HTTP %u%s%s", answer->status,
		 *statement.text ? ": " : "", statement.text);
	if (!is_to_be_sent_again(answer->status))
		return SONDE_DROP;
	ret_result->retry_after_ns = answer->retry_after_ns;
	return SONDE_RETRY;
}
