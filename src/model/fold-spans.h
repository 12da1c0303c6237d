// SPDX-License-Identifier: MIT
/*
 * fold-spans.h - what a process did under labels that it gave itself; for fold.c.
 */
#ifndef SONDE_MODEL_FOLD_SPANS_H
#define SONDE_MODEL_FOLD_SPANS_H

#include "model/fold.h"

/* Moves it from the part of the process, which has been added, to the parts that it belongs to. 0 or -ENOMEM. */
int fold_spans(struct recording *recording, const struct region_image *image, const struct process_record *process,
	       const struct failure_classes *classes);

#endif
