// SPDX-License-Identifier: MIT
/*
 * Each result has a word that says whether it is open, being written, or there: whoever changes it
 * from open writes the result, be it the endpoint or who does not want to wait any longer.
 */
#include "config.h"

#include "api/export-batch.h"

#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/raw.h"

enum answer { OPEN, BEING_WRITTEN, THERE };

struct answered {
	uint32_t state;
	char reason[256];
	char *name;
};

struct export_batch {
	uint32_t n_references;
	uint32_t n_open;
	size_t n_results;
	struct answered *answered;
	struct sonde_export_result results[];
};

static struct export_batch *batch_free(struct export_batch *batch)
{
	for (size_t i = 0; batch->answered && i < batch->n_results; i++)
		free(batch->answered[i].name);
	free(batch->answered);
	free(batch);
	return NULL;
}

struct export_batch *export_batch_new(const char *const *endpoints, size_t n_endpoints)
{
	struct export_batch *batch =
		calloc(1, sizeof(*batch) + n_endpoints * sizeof(batch->results[0]));

	if (!batch)
		return NULL;
	batch->n_references = 1;
	batch->n_results = n_endpoints;
	batch->n_open = (uint32_t)n_endpoints;
	batch->answered = calloc(n_endpoints + 1, sizeof(*batch->answered));
	for (size_t i = 0; batch->answered && i < n_endpoints; i++) {
		batch->answered[i].name = strdup(endpoints[i]);
		if (!batch->answered[i].name)
			return batch_free(batch);
		batch->results[i].endpoint = batch->answered[i].name;
		batch->results[i].reason = batch->answered[i].reason;
	}
	return batch->answered ? batch : batch_free(batch);
}

struct export_batch *export_batch_get(struct export_batch *batch)
{
	__atomic_fetch_add(&batch->n_references, 1, __ATOMIC_RELAXED);
	return batch;
}

struct export_batch *export_batch_put(struct export_batch *batch)
{
	/* Release, acquire: who frees it does so after all others. */
	if (batch && __atomic_fetch_sub(&batch->n_references, 1, __ATOMIC_ACQ_REL) == 1)
		batch_free(batch);
	return NULL;
}

void export_batch_answer(struct export_batch *batch, size_t position,
			 enum sonde_export_outcome outcome, uint64_t rejected, const char *reason)
{
	struct answered *answered = &batch->answered[position];
	struct sonde_export_result *result = &batch->results[position];
	uint32_t open = OPEN;

	if (!__atomic_compare_exchange_n(&answered->state, &open, BEING_WRITTEN, false,
					 __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		return;
	result->outcome = outcome;
	result->rejected = rejected;
	result->is_success =
		outcome == SONDE_EXPORT_OK || (outcome == SONDE_EXPORT_PARTIAL && rejected == 0);
	snprintf(answered->reason, sizeof(answered->reason), "%s", reason ? reason : "");
	__atomic_store_n(&answered->state, THERE, __ATOMIC_RELEASE);
	/* Release: pairs with the acquire of who waits. */
	if (__atomic_fetch_sub(&batch->n_open, 1, __ATOMIC_RELEASE) == 1)
		raw_syscall(SYS_futex, (long)&batch->n_open, FUTEX_WAKE_PRIVATE, INT32_MAX, 0, 0,
			    0);
}

/* One that is being written is so in a moment. */
static uint32_t wait_once(struct export_batch *batch, int64_t until_ns)
{
	uint32_t n_open = __atomic_load_n(&batch->n_open, __ATOMIC_ACQUIRE);
	int64_t left_ns = until_ns - clock_kernel_ns(CLOCK_MONOTONIC);
	struct timespec left = {left_ns / 1000000000, left_ns % 1000000000};

	if (n_open && left_ns > 0)
		raw_syscall(SYS_futex, (long)&batch->n_open, FUTEX_WAIT_PRIVATE, n_open,
			    (long)&left, 0, 0);
	return left_ns > 0 ? n_open : 0;
}

void export_batch_wait(struct export_batch *batch, int64_t until_ns)
{
	while (wait_once(batch, until_ns))
		;
	for (size_t i = 0; i < batch->n_results; i++)
		export_batch_answer(batch, i, SONDE_EXPORT_TIMED_OUT, 0, "no answer in time");
	while (__atomic_load_n(&batch->n_open, __ATOMIC_ACQUIRE))
		wait_once(batch, INT64_MAX);
}

const struct sonde_export_result *export_batch_results(const struct export_batch *batch)
{
	return batch->results;
}

size_t export_batch_size(const struct export_batch *batch)
{
	return batch->n_results;
}
