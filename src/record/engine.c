// SPDX-License-Identifier: MIT
#include "config.h"

#include "record/engine.h"

#include "record/marks.h"
#include "record/process.h"
#include "record/region-writer.h"
#include "record/span.h"
#include "record/thread.h"

static void start(void)
{
	recorder_start();
	process_find_region();
}

static const struct session_settings *settings(void)
{
	return &recorder_session.settings;
}

static uint64_t ticks(void)
{
	return clock_last_ticks(&recorder_session.settings.clock);
}

static void mark_exit(void)
{
	struct region_header *region = recorder_own_region();

	if (region)
		region_mark_end(region, REGION_EXITED);
}

/* Filled in when it is asked for: a table of addresses would be relocated in every process that
 * starts. */
const struct engine *engine_own(void)
{
	static struct engine engine;

	engine.region_version = REGION_VERSION;
	engine.start = start;
	engine.find_region = process_find_region;
	engine.session_directory = recorder_session_directory;
	engine.settings = settings;
	engine.ticks = ticks;
	engine.enter_own = thread_enter_own;
	engine.leave_own = thread_leave_own;
	engine.become_own = thread_become_own;
	engine.mark_exit = mark_exit;
	engine.after_fork = recorder_after_fork;
	engine.labels = marks_labels;
	engine.switch_labels = span_switch;
	engine.find = metric_find;
	engine.limit_tag_sets = metric_limit_tag_sets;
	engine.take_number = metric_take_number;
	engine.kind = metric_kind;
	engine.flags = metric_flags;
	engine.name = metric_name;
	engine.unit = metric_unit;
	engine.tags = metric_tags;
	engine.refuse = metric_refuse;
	engine.count_overflow = metric_count_overflow;
	engine.add = metric_add;
	engine.add_fraction = metric_add_fraction;
	engine.set = metric_set;
	engine.change = metric_change;
	engine.enter = metric_enter;
	engine.enter_ns = metric_enter_ns;
	engine.struct_size = sizeof(engine);
	return &engine;
}
