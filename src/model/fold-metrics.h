// SPDX-License-Identifier: MIT
/*
 * fold-metrics.h - what a program recorded itself, from its region to series.
 */
#ifndef SONDE_MODEL_FOLD_METRICS_H
#define SONDE_MODEL_FOLD_METRICS_H

#include "model/metric-list.h"
#include "model/region-reader.h"

struct fold_scope {
	bool is_running; /* gauges of processes that have ended may end with them */
	bool is_alone;	 /* there is no other process: gauges need no tag `pid` */
};

/* Adds the series of a region to a list. 0 or -ENOMEM. */
int fold_metrics(struct metric_list *list, const struct region_image *image,
		 struct fold_scope scope);

#endif
