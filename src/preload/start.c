// SPDX-License-Identifier: MIT
/*
 * The constructor and the destructor. Neither is needed for counting: a call that comes before the one
 * starts the recorder itself, and a call that comes after the other is recorded like any other. They mark
 * the process's begin and end, also where it makes no call at all.
 */
#include "config.h"

#include "preload/environment.h"
#include "preload/resolve.h"
#include "record/home.h"
#include "record/recorder.h"
#include "record/region-writer.h"
#include "record/stacks.h"

__attribute__((constructor)) static void begin(void)
{
	recorder_start();
	recorder_begin_process();
	resolve_begin();
	environment_forget_runtime();
	environment_announce_session();
	stacks_begin();
}

__attribute__((destructor)) static void end(void)
{
	struct region_header *region = recorder_own_region();

	if (region)
		region_mark_end(region, REGION_EXITED);
	home_leave();
}
