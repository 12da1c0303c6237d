// SPDX-License-Identifier: MIT
/*
 * export-batch.h - what became of one export to several endpoints, each of which answers for
 * itself.
 *
 * Who asked waits until all have answered, or the time is up: an answer that comes later is
 * nobody's. He and each endpoint that has yet to answer hold a reference.
 */
#ifndef SONDE_API_EXPORT_BATCH_H
#define SONDE_API_EXPORT_BATCH_H

#include "base/compiler.h"

#include <stddef.h>
#include <stdint.h>

#include "sonde/sonde.h"

struct export_batch;

/* For so many endpoints, whose names are copied. One reference; NULL without memory. */
struct export_batch *export_batch_new(const char *const *endpoints, size_t n_endpoints) HIDDEN;
struct export_batch *export_batch_get(struct export_batch *batch) HIDDEN;
/* NULL is fine. Returns NULL. */
struct export_batch *export_batch_put(struct export_batch *batch) HIDDEN;

/* The answer of one; `reason` is for people, and copied. */
void export_batch_answer(struct export_batch *batch, size_t position,
			 enum sonde_export_outcome outcome, uint64_t rejected,
			 const char *reason) HIDDEN;

/* Waits until an instant of CLOCK_MONOTONIC at most. From then on the results stay as they are. */
void export_batch_wait(struct export_batch *batch, int64_t until_ns) HIDDEN;

const struct sonde_export_result *export_batch_results(const struct export_batch *batch) HIDDEN;
size_t export_batch_size(const struct export_batch *batch) HIDDEN;

#endif
