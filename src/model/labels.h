// SPDX-License-Identifier: MIT
/*
 * labels.h - labels: what people call a part of a run, "test=parser", "branch=main".
 *
 * In the environment, and in regions, a set of labels is one text: KEY=VALUE, separated by semicolons; in values, a
 * semicolon and a percent sign are written as %3B and %25. Such a text may come from anybody: what is no label in it
 * is passed over.
 */
#ifndef SONDE_MODEL_LABELS_H
#define SONDE_MODEL_LABELS_H

#include "model/message.h"

#include <stddef.h>

enum {
	LABEL_KEY_MAX = 64,
	LABEL_VALUE_MAX = 255,
	LABELS_MOST = 16, /* of one process */
	LABELS_TEXT_MAX = 1023,
};

struct label {
	char *key;
	char *value;
};

/* In the order of keys, each once. All zero is an empty set. It owns its strings. */
struct label_set {
	struct label *labels;
	size_t n_labels;
};

/*
 * Whether that can be a label: a key of letters, digits and _ . - and a value of UTF-8 without control
 * characters but \n and \t. 0, or -EINVAL with ret_message saying what is wrong and what the limit is.
 */
int label_check(const char *key, const char *value, struct message *ret_message);

/* Adds a label; one with the same key is replaced. 0 or -ENOMEM. */
int label_set_put(struct label_set *set, const char *key, const char *value);

/* Adds all labels of a text, up to LABELS_MOST; NULL is "". 0 or -ENOMEM. */
int label_set_parse(struct label_set *set, const char *text);

/* The set as one text; the caller frees it. NULL without memory. */
char *label_set_text(const struct label_set *set);

/* NULL: there is no such label. */
const char *label_set_find(const struct label_set *set, const char *key);

void label_set_deinit(struct label_set *set);

#endif
