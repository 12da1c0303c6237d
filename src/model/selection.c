// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/selection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/pattern.h"

static const char *const key_names[SELECTION_KEYS] = {
	[SELECTION_TEST] = "test", [SELECTION_PROGRAM] = "program", [SELECTION_LABEL] = "label",
	[SELECTION_CALL] = "call", [SELECTION_GROUP] = "group",	    [SELECTION_ERRNO] = "errno",
};

static enum selection_key find_key(const char *name, size_t length)
{
	int key = 0;

	while (key < SELECTION_KEYS && (strlen(key_names[key]) != length || strncmp(key_names[key], name, length) != 0))
		key++;
	return (enum selection_key)key;
}

/* "KEY=GLOB" becomes both. */
static bool split_label(struct selection_term *term)
{
	char *equals = strchr(term->glob, '=');

	if (!equals || equals == term->glob)
		return false;
	term->label = term->glob;
	*equals = '\0';
	term->glob = strdup(equals + 1);
	return true;
}

int selection_add(struct selection *selection, const char *text, struct message *ret_message)
{
	const char *colon = strchr(text, ':');
	struct selection_term term = {.key = colon ? find_key(text, (size_t)(colon - text)) : SELECTION_KEYS};

	if (term.key == SELECTION_KEYS || !colon[1]) {
		message_set(ret_message,
			    "'%s' is none of test:GLOB, program:GLOB, label:KEY=GLOB, call:GLOB, group:NAME, errno:NAME", text);
		return -EINVAL;
	}
	if (selection->n_terms == SELECTION_TERMS) {
		message_set(ret_message, "'%s': at most %d are possible", text, SELECTION_TERMS);
		return -EINVAL;
	}
	term.glob = strdup(colon + 1);
	if (!term.glob)
		return -ENOMEM;
	if (term.key == SELECTION_LABEL && !split_label(&term)) {
		free(term.glob);
		message_set(ret_message, "'%s': a label is label:KEY=GLOB", text);
		return -EINVAL;
	}
	selection->terms[selection->n_terms++] = term;
	return term.glob ? 0 : -ENOMEM;
}

void selection_deinit(struct selection *selection)
{
	for (unsigned int i = 0; i < selection->n_terms; i++) {
		free(selection->terms[i].label);
		free(selection->terms[i].glob);
	}
	selection->n_terms = 0;
}

/* -- Matching -------------------------------------------------------------------------------------- */

static bool is_like(const struct selection_term *term, const char *name)
{
	return name && pattern_has(term->glob, name);
}

static bool is_like_program(const struct selection_term *term, const char *path)
{
	return path && pattern_has_program(term->glob, path);
}

char *selection_label(const struct recording *recording, const char *labels, const char *key)
{
	struct label_set set = {0};
	const char *value = label_set_parse(&set, labels) == 0 ? label_set_find(&set, key) : NULL;

	for (size_t i = 0; !value && i < recording->n_labels; i++)
		if (strcmp(recording->labels[i].key, key) == 0)
			value = recording->labels[i].value;
	char *copy = value ? strdup(value) : NULL;

	label_set_deinit(&set);
	return copy;
}

static bool has_label(const struct selection_term *term, const struct recording *recording, const char *labels)
{
	char *value = selection_label(recording, labels, term->label);
	bool is_there = is_like(term, value);

	free(value);
	return is_there;
}

static bool is_wanted(const struct selection *selection, const struct recording *recording, const char *test,
		      const char *program, const char *labels)
{
	for (unsigned int i = 0; i < selection->n_terms; i++) {
		const struct selection_term *term = &selection->terms[i];

		if ((term->key == SELECTION_TEST && !is_like(term, test)) ||
		    (term->key == SELECTION_PROGRAM && !is_like_program(term, program)) ||
		    (term->key == SELECTION_LABEL && !has_label(term, recording, labels)))
			return false;
	}
	return true;
}

bool selection_has_part(const struct selection *selection, const struct recording *recording, const struct part *part)
{
	return is_wanted(selection, recording, part->test, part->program, part->labels);
}

bool selection_has_process(const struct selection *selection, const struct recording *recording,
			   const struct process_record *process)
{
	char *labels = label_set_text(&process->labels);
	bool is_there = labels && is_wanted(selection, recording, process->test, process->executable, labels);

	free(labels);
	return is_there;
}

bool selection_has_call(const struct selection *selection, const char *name, const char *group)
{
	for (unsigned int i = 0; i < selection->n_terms; i++) {
		const struct selection_term *term = &selection->terms[i];

		if ((term->key == SELECTION_CALL && !is_like(term, name)) ||
		    (term->key == SELECTION_GROUP && !is_like(term, group)))
			return false;
	}
	return true;
}

bool selection_has_errno(const struct selection *selection, const char *symbol)
{
	for (unsigned int i = 0; i < selection->n_terms; i++)
		if (selection->terms[i].key == SELECTION_ERRNO && !is_like(&selection->terms[i], symbol))
			return false;
	return true;
}
