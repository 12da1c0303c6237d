// SPDX-License-Identifier: MIT
/*
 * selection.h - which part of a run is wanted: of some tests, programs, labels or calls.
 *
 *     test:GLOB  program:GLOB  label:KEY=GLOB  call:GLOB  group:NAME  errno:NAME
 *
 * A glob is a pattern as of a shell; a program is told by its file name, or by its path where the glob has a slash. Of
 * several, all hold.
 */
#ifndef SONDE_MODEL_SELECTION_H
#define SONDE_MODEL_SELECTION_H

#include "model/message.h"
#include "model/recording.h"

#include <stdbool.h>

enum selection_key {
	SELECTION_TEST,
	SELECTION_PROGRAM,
	SELECTION_LABEL,
	SELECTION_CALL,
	SELECTION_GROUP,
	SELECTION_ERRNO,
	SELECTION_KEYS,
};

enum { SELECTION_TERMS = 32 };

struct selection_term {
	enum selection_key key;
	char *label; /* its key; NULL for others */
	char *glob;
};

/* All zero selects everything. */
struct selection {
	struct selection_term terms[SELECTION_TERMS];
	unsigned int n_terms;
};

/* Adds a term. 0; -EINVAL with ret_message set; -ENOMEM. */
int selection_add(struct selection *selection, const char *text, struct message *ret_message);
void selection_deinit(struct selection *selection);

/* Whether what has these names is wanted, as far as they say; NULL matches no term. */
bool selection_has_part(const struct selection *selection, const struct recording *recording, const struct part *part);
bool selection_has_process(const struct selection *selection, const struct recording *recording,
			   const struct process_record *process);
bool selection_has_call(const struct selection *selection, const char *name, const char *group);
bool selection_has_errno(const struct selection *selection, const char *symbol);

/* The value of a label: that of the text, else that of the run. A new string; NULL: there is none. */
char *selection_label(const struct recording *recording, const char *labels, const char *key);

#endif
