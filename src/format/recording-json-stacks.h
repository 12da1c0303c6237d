// SPDX-License-Identifier: MIT
/*
 * recording-json-stacks.h - the part of a recording's document that says where calls came from.
 *
 * Four lists: modules; frames, which name their module by its position; stacks, which name their frames; slow calls, which name
 * their stack. And, in the coverage, what it cost and what is not there.
 */
#ifndef SONDE_FORMAT_RECORDING_JSON_STACKS_H
#define SONDE_FORMAT_RECORDING_JSON_STACKS_H

#include "format/json-reader.h"
#include "model/recording.h"

/* Each returns a new value, or NULL without memory. */
json_t *stack_modules_to_json(const struct stack_list *list);
json_t *stack_frames_to_json(const struct stack_list *list);
json_t *stacks_to_json(const struct stack_list *list);
json_t *slow_calls_to_json(const struct stack_list *list);
json_t *stack_coverage_to_json(const struct stack_list *list);

/* Nothing is read where the document has none of it. */
void stacks_from_json(struct json_reader *reader, const json_t *document, struct stack_list *list);

#endif
