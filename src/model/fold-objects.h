// SPDX-License-Identifier: MIT
#ifndef SONDE_MODEL_FOLD_OBJECTS_H
#define SONDE_MODEL_FOLD_OBJECTS_H

#include "model/failure-class.h"
#include "model/recording.h"
#include "model/region-reader.h"

/* Adds what a region's threads did to files and with peers. classes NULL: every failure is an error. 0 or -ENOMEM. */
int fold_objects(struct recording *recording, const struct region_image *image,
		 const struct failure_classes *classes);

#endif
