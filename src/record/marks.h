// SPDX-License-Identifier: MIT
/*
 * marks.h - what of a run a process belongs to, as its environment says: the labels that `sonde label` gave it,
 * and the test that pytest says is running.
 *
 * The preload hands both on as they are, in the region; model/labels.h and model/test-rule.h say what they mean.
 * A forked child belongs to what its parent belongs to. It is asked only once what the environment says, at the
 * start: a program may overwrite the memory that it lies in.
 */
#ifndef SONDE_RECORD_MARKS_H
#define SONDE_RECORD_MARKS_H

#include "base/compiler.h"
#include "record/region.h"

#include <stdbool.h>

#define LABELS_VARIABLE "SONDE_LABELS"
#define TEST_VARIABLE "PYTEST_CURRENT_TEST"

/* Bytes that the process's marks need in a region; 0: it has none. */
uint32_t marks_size(void) HIDDEN;

/* Writes them so many bytes behind the region's start, where there is room, and has the header refer to them. */
void marks_write(struct region_header *region, uint32_t offset) HIDDEN;

/* The present labels, as the value of SONDE_LABELS; "": none. */
const char *marks_labels(void) HIDDEN;

/* From now on, forked children have these labels and executed programs are to have them. One thread at a time. */
void marks_change_labels(const char *labels) HIDDEN;

/* Whether the labels have been changed since the program's start, so that its environment does not say them. */
bool marks_have_changed(void) HIDDEN;

/* Whether these are the labels that the program was started with. */
bool marks_are_first(const char *labels) HIDDEN;

/* "SONDE_LABELS=" and the present labels; as it is until they have been changed twice. */
const char *marks_entry(void) HIDDEN;

#endif
