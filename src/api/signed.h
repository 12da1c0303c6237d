// SPDX-License-Identifier: MIT
/*
 * signed.h - distributions of values that may be negative.
 *
 * They are two series: that of the values from 0 on, and one with the tag sign = "negative", of how
 * far the others are below 0. So no sum ever falls, which formats of exporters want, and buckets
 * are the same everywhere. In summaries the two are one again.
 */
#ifndef SONDE_API_SIGNED_H
#define SONDE_API_SIGNED_H

#include "api/figures.h"

struct request;

/* As request_find(), of a distribution that is signed: its tags leave room for one named sign. */
struct metric *signed_find(struct request *request, int *ret_error) HIDDEN;

/* Enters a finite value into a distribution that was opened as signed. 0 or an error, counted. */
int signed_enter(struct metric *metric, double value) HIDDEN;

/* Whether a series is the one below 0 of a distribution that is signed. */
bool signed_is_below(const struct engine *engine, const struct series *series) HIDDEN;

/*
 * What a distribution is whose values below 0 are `below`, by how far; all but its histogram.
 * Either may have no values, but not both.
 */
void signed_join(const struct tally *above, const struct tally *below,
		 struct tally *ret_joined) HIDDEN;

/* The q-quantile of both. */
double signed_quantile(const struct tally *above, const struct tally *below, double q) HIDDEN;

#endif
