// SPDX-License-Identifier: MIT
/*
 * The check's means is a map with one bit for every four bytes: a record claims its bytes, and a
 * record that finds some of its bytes taken is cut off. This refuses cycles, records that share
 * parts, and lists that run into each other, all by one rule, and bounds the work by the size of
 * the file. Only the descriptions of calls are meant to be shared; a second map knows them. Those of
 * series are referred to as well, but by cells only, and stand in a list of their own, which is
 * looked at first: a third map knows them.
 */
#include "config.h"

#include "model/region-check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/region-marks.h"
#include "model/series.h"

enum { CLAIM_UNIT = 4 }; /* bytes that a bit stands for: the alignment of the smallest record */

/* What the check of one image works with. */
struct check {
	struct region_image *image;
	const char *name;
	uint64_t *claimed; /* one bit for each CLAIM_UNIT bytes of the image */
	uint64_t *shared;  /* likewise: a record that may be shared begins here */
	uint64_t *series;  /* likewise: the description of a series begins here */
	uint64_t *sites;   /* likewise: a stack begins here */
};

/* What a reference refers to. */
struct record_kind {
	const char *name;
	size_t size;
	size_t alignment;
	bool may_be_shared; /* several references to one record are in order */
};

static const struct record_kind thread_block_kind = {
	"thread block",
	sizeof(struct thread_block),
	_Alignof(struct thread_block),
	false,
};
static const struct record_kind call_stats_kind = {
	"call",
	sizeof(struct call_stats),
	_Alignof(struct call_stats),
	false,
};
static const struct record_kind call_info_kind = {
	"call description",
	sizeof(struct call_info_record),
	_Alignof(struct call_info_record),
	true,
};
static const struct record_kind histogram_row_kind = {
	"histogram row",
	sizeof(struct histogram_row),
	_Alignof(struct histogram_row),
	false,
};
static const struct record_kind error_stats_kind = {
	"error",
	sizeof(struct error_stats),
	_Alignof(struct error_stats),
	false,
};

static const struct record_kind counter_cell_kind = {
	"counter",
	sizeof(struct counter_cell),
	_Alignof(struct counter_cell),
	false,
};
static const struct record_kind distribution_cell_kind = {
	"distribution",
	sizeof(struct distribution_cell),
	_Alignof(struct distribution_cell),
	false,
};
/* Without its strings. */
static const struct record_kind series_info_kind = {
	"series",
	sizeof(struct series_info),
	_Alignof(struct series_info),
	false,
};

static const struct record_kind raw_call_kind = {
	"raw call",
	sizeof(struct raw_call_stats),
	_Alignof(struct raw_call_stats),
	false,
};

static const struct record_kind object_cell_kind = {
	"object",
	sizeof(struct object_cell),
	_Alignof(struct object_cell),
	false,
};
static const struct record_kind object_streams_kind = {
	"streams",
	sizeof(struct object_streams),
	_Alignof(struct object_streams),
	false,
};
static const struct record_kind object_error_kind = {
	"object's error",
	sizeof(struct object_error),
	_Alignof(struct object_error),
	false,
};

static const struct record_kind stack_table_kind = {
	"table of stacks",
	sizeof(struct stack_table),
	_Alignof(struct stack_table),
	false,
};
static const struct record_kind code_module_kind = {
	"module",
	sizeof(struct code_module),
	_Alignof(struct code_module),
	false,
};
/* Without its frames. */
static const struct record_kind stack_site_kind = {
	"stack",
	sizeof(struct stack_site),
	_Alignof(struct stack_site),
	false,
};
static const struct record_kind stack_events_kind = {
	"list of slow calls",
	sizeof(struct stack_events),
	_Alignof(struct stack_events),
	false,
};

/* Without its labels. */
static const struct record_kind span_kind = {
	"span",
	sizeof(struct label_span),
	_Alignof(struct label_span),
	false,
};
static const struct record_kind span_call_kind = {
	"span's call",
	sizeof(struct span_call),
	_Alignof(struct span_call),
	false,
};
static const struct record_kind span_error_kind = {
	"span's error",
	sizeof(struct span_error),
	_Alignof(struct span_error),
	false,
};

static const struct record_kind span_base_kind = {
	"span's base",
	sizeof(struct span_base),
	_Alignof(struct span_base),
	false,
};

static size_t offset_of(const struct check *check, const void *address)
{
	return (size_t)((const char *)address - (const char *)check->image->header);
}

/* The first damage is told, all of it is counted. */
__attribute__((format(printf, 2, 3))) static void note_damage(struct check *check,
							      const char *format, ...)
{
	char text[MESSAGE_SIZE / 2];
	va_list arguments;

	if (check->image->n_damaged++)
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	message_set(&check->image->damage, "%s: %s", check->name, text);
}

static bool bit_is_set(const uint64_t *bits, size_t i)
{
	return bits[i / 64] & (1ULL << (i % 64));
}

static void bit_set(uint64_t *bits, size_t i)
{
	bits[i / 64] |= 1ULL << (i % 64);
}

/* In the word of a map that has bit `first`: it and those that follow it there, up to `end`. */
static uint64_t bits_of_word(size_t first, size_t end)
{
	size_t n = 64 - first % 64;

	n = n < end - first ? n : end - first;
	return UINT64_MAX >> (64 - n) << first % 64;
}

static size_t next_word(size_t bit)
{
	return (bit / 64 + 1) * 64;
}

/* Claims a record's bytes; false, and nothing claimed, when some of them belong to another one. */
static bool claim(struct check *check, size_t offset, const struct record_kind *kind)
{
	size_t first = offset / CLAIM_UNIT;
	size_t end = (offset + kind->size) / CLAIM_UNIT;

	if (kind->may_be_shared && bit_is_set(check->shared, first))
		return true;
	for (size_t i = first; i < end; i = next_word(i))
		if (check->claimed[i / 64] & bits_of_word(i, end))
			return false;
	for (size_t i = first; i < end; i = next_word(i))
		check->claimed[i / 64] |= bits_of_word(i, end);
	if (kind->may_be_shared)
		bit_set(check->shared, first);
	return true;
}

/* Says what is wrong with a reference that does not lead to a whole record, or returns false. */
static bool note_bad_distance(struct check *check, const relative *reference,
			      const struct record_kind *kind, const char *where)
{
	size_t from = offset_of(check, reference);
	int64_t target = (int64_t)from + *reference;
	int64_t past = target + (int64_t)kind->size - (int64_t)check->image->size;

	if (target < (int64_t)sizeof(struct region_header))
		note_damage(check, "%s at %zu refers to a %s at %" PRId64 ", before the records",
			    where, from, kind->name, target);
	else if (past > 0)
		note_damage(check,
			    "%s at %zu refers to a %s that ends %" PRId64 " bytes past the end",
			    where, from, kind->name, past);
	else if (target % (int64_t)kind->alignment)
		note_damage(check, "%s at %zu refers to a %s at %" PRId64 ", not a multiple of %zu",
			    where, from, kind->name, target, kind->alignment);
	else
		return false;
	return true;
}

/*
 * Returns the record that a reference refers to, or NULL when it refers to none; also when it
 * should not be followed: then it is set to none.
 */
static void *check_reference(struct check *check, relative *reference,
			     const struct record_kind *kind, const char *where)
{
	if (!*reference)
		return NULL;
	if (!note_bad_distance(check, reference, kind, where)) {
		void *record = (char *)reference + *reference;

		if (claim(check, offset_of(check, record), kind))
			return record;
		note_damage(
			check, "%s at %zu refers to a %s at %zu, which belongs to another record",
			where, offset_of(check, reference), kind->name, offset_of(check, record));
	}
	*reference = 0;
	return NULL;
}

/* Ends a string that fills its field. */
static void check_string(struct check *check, char *string, size_t size, const char *what)
{
	if (memchr(string, '\0', size))
		return;
	note_damage(check, "%s at %zu has no end", what, offset_of(check, string));
	string[size - 1] = '\0';
}

/* A call without a name cannot be shown: its reference to the description becomes none. */
static void check_info(struct check *check, relative *reference, const void *call)
{
	struct call_info_record *info =
		check_reference(check, reference, &call_info_kind, "call's info");

	if (!info) {
		note_damage(check, "call at %zu has no description", offset_of(check, call));
		return;
	}
	check_string(check, info->name, sizeof(info->name), "call's name");
	check_string(check, info->group, sizeof(info->group), "call's group");
	check_string(check, info->kind, sizeof(info->kind), "call's kind");
	if (info->name[0])
		return;
	note_damage(check, "call at %zu has no name", offset_of(check, call));
	*reference = 0;
}

/* Most are not there. */
static void check_rows(struct check *check, relative *rows, const char *where)
{
	for (unsigned int i = 0; i < HISTOGRAM_ROWS; i++)
		if (rows[i])
			check_reference(check, &rows[i], &histogram_row_kind, where);
}

static void check_span_errors(struct check *check, relative *next)
{
	for (;;) {
		struct span_error *error = check_reference(check, next, &span_error_kind, "span's errors");

		if (!error)
			return;
		next = &error->next;
	}
}

static void check_call(struct check *check, struct call_stats *stats)
{
	struct span_base *base = check_reference(check, &stats->base, &span_base_kind, "call's base");

	if (base)
		check_span_errors(check, &base->errors);
	check_info(check, &stats->info, stats);
	check_rows(check, stats->rows, "call's row");

	relative *next = &stats->errors;

	for (;;) {
		struct error_stats *error =
			check_reference(check, next, &error_stats_kind, "call's errors");

		if (!error)
			return;
		next = &error->next;
	}
}

static void check_raw_calls(struct check *check, struct thread_block *thread)
{
	relative *next = &thread->raw_calls;

	for (;;) {
		struct raw_call_stats *raw =
			check_reference(check, next, &raw_call_kind, "thread's raw calls");

		if (!raw)
			return;
		next = &raw->next;
	}
}

/* -- Series ---------------------------------------------------------------------------------------- */

static bool kind_has_cells(const struct series_info *info, bool is_distribution)
{
	if (is_distribution)
		return info->kind == KIND_HISTOGRAM || info->kind == KIND_TIMER;
	return info->kind == KIND_COUNTER;
}

/* A cell's series is one of the region's list, and of the cell's kind; else the cell has none. */
static void check_cell_info(struct check *check, relative *reference, bool is_distribution)
{
	size_t from = offset_of(check, reference);
	int64_t target = (int64_t)from + *reference;
	bool is_known = *reference && target > 0 &&
			target % (int64_t)_Alignof(struct series_info) == 0 &&
			(uint64_t)target < check->image->size &&
			bit_is_set(check->series, (size_t)target / CLAIM_UNIT);

	if (is_known && kind_has_cells(relative_get(reference), is_distribution))
		return;
	note_damage(check, "cell at %zu has no series of its kind", from);
	*reference = 0;
}

static void check_counters(struct check *check, struct thread_block *thread)
{
	relative *next = &thread->counters;

	for (;;) {
		struct counter_cell *cell =
			check_reference(check, next, &counter_cell_kind, "thread's counters");

		if (!cell)
			return;
		check_cell_info(check, &cell->info, false);
		next = &cell->next;
	}
}

static void check_distributions(struct check *check, struct thread_block *thread)
{
	relative *next = &thread->distributions;

	for (;;) {
		struct distribution_cell *cell = check_reference(
			check, next, &distribution_cell_kind, "thread's distributions");

		if (!cell)
			return;
		check_cell_info(check, &cell->info, true);
		check_rows(check, cell->rows, "distribution's row");
		next = &cell->next;
	}
}

/* So many strings, each ended, and no byte more. */
static bool has_strings(const struct series_info *info)
{
	const char *string = info->strings;
	const char *end = (const char *)info + info->size;
	size_t n_strings = 2 + 2 * (size_t)info->n_tags;

	for (; n_strings && string < end; n_strings--) {
		const char *nul = memchr(string, '\0', (size_t)(end - string));

		if (!nul)
			return false;
		string = nul + 1;
	}
	return !n_strings && string == end;
}

static bool info_is_whole(struct check *check, const struct series_info *info)
{
	size_t first = offset_of(check, info) + sizeof(*info);
	const struct record_kind strings = {
		.name = "series",
		.size = (info->size - sizeof(*info) + CLAIM_UNIT - 1) / CLAIM_UNIT * CLAIM_UNIT,
	};

	return info->size > sizeof(*info) && info->size <= REGION_SERIES_STRINGS &&
	       strings.size <= check->image->size - first && claim(check, first, &strings) &&
	       has_strings(info);
}

static bool info_is_known(const struct series_info *info)
{
	return info->kind >= KIND_COUNTER && info->kind <= KIND_TIMER && info->strings[0] &&
	       info->n_tags <= SERIES_TAGS_MAX &&
	       (info->merge & ~(unsigned int)MERGE_LIVE) < MERGE_MODES &&
	       (info->first_index == HISTOGRAM_FIRST_INDEX ||
		info->first_index == HISTOGRAM_FIRST_OF_NUMBERS);
}

/* One that cannot be shown has no kind: no cell may be of it. */
static void check_series(struct check *check, relative *next)
{
	for (;;) {
		struct series_info *info =
			check_reference(check, next, &series_info_kind, "list of series");

		if (!info)
			return;
		if (info_is_whole(check, info) && info_is_known(info)) {
			bit_set(check->series, offset_of(check, info) / CLAIM_UNIT);
		} else {
			note_damage(check, "series at %zu is none", offset_of(check, info));
			info->kind = 0;
		}
		next = &info->next;
	}
}

/* -- Files and peers -------------------------------------------------------------------------------- */

/* Whether a whole description begins there: its own size, and a name that ends it. */
static bool object_is_whole(const struct object_info *info, uint64_t room)
{
	size_t len;

	if (room < sizeof(*info) + 1 || info->size <= sizeof(*info) || info->size > room ||
	    info->size > sizeof(*info) + REGION_OBJECT_NAME)
		return false;
	len = info->size - sizeof(*info);
	return strnlen(info->name, len) == len - 1 && info->kind >= OBJECT_FILE && info->kind < OBJECT_KINDS;
}

/* One description serves all threads. A cell without one is not shown. */
static void check_object_info(struct check *check, relative *reference)
{
	size_t from = offset_of(check, reference);
	int64_t target = (int64_t)from + *reference;
	bool is_inside = *reference && target >= (int64_t)sizeof(struct region_header) &&
			 (uint64_t)target < check->image->size &&
			 target % (int64_t)_Alignof(struct object_info) == 0;
	const struct object_info *info = is_inside ? relative_get(reference) : NULL;

	if (info && object_is_whole(info, check->image->size - (uint64_t)target)) {
		const struct record_kind kind = {
			.name = "object description",
			.size = (info->size + CLAIM_UNIT - 1) / CLAIM_UNIT * CLAIM_UNIT,
			.alignment = _Alignof(struct object_info),
			.may_be_shared = true,
		};

		if ((uint64_t)target + kind.size <= check->image->size &&
		    check_reference(check, reference, &kind, "object's info"))
			return;
	}
	note_damage(check, "object at %zu has no description", from);
	*reference = 0;
}

/* A failure without a call is not shown. */
static void check_object_errors(struct check *check, struct object_cell *cell)
{
	relative *next = &cell->errors;

	for (;;) {
		struct object_error *error =
			check_reference(check, next, &object_error_kind, "object's errors");

		if (!error)
			return;
		struct call_info_record *info =
			check_reference(check, &error->call, &call_info_kind, "object's call");

		if (info)
			check_string(check, info->name, sizeof(info->name), "call's name");
		next = &error->next;
	}
}

static void check_objects(struct check *check, struct thread_block *thread)
{
	relative *next = &thread->objects;

	for (;;) {
		struct object_cell *cell =
			check_reference(check, next, &object_cell_kind, "thread's objects");

		if (!cell)
			return;
		check_object_info(check, &cell->info);
		check_object_errors(check, cell);
		check_reference(check, &cell->streams, &object_streams_kind, "object's streams");
		next = &cell->next;
	}
}

/* -- Stacks ------------------------------------------------------------------------------------------ */

static void check_modules(struct check *check, relative *next)
{
	for (;;) {
		struct code_module *module =
			check_reference(check, next, &code_module_kind, "list of modules");

		if (!module)
			return;
		check_string(check, module->path, sizeof(module->path), "module's path");
		if (module->build_id_size > sizeof(module->build_id)) {
			note_damage(check, "module at %zu has a build id of %" PRIu32 " bytes",
				    offset_of(check, module), module->build_id_size);
			module->build_id_size = 0;
		}
		next = &module->next;
	}
}

static bool site_has_frames(struct check *check, const struct stack_site *site)
{
	const struct record_kind frames = {
		.name = "stack",
		.size = site->n_frames * sizeof(site->frames[0]),
	};
	size_t first = offset_of(check, site) + sizeof(*site);

	return site->n_frames && site->n_frames <= STACK_DEPTH_MAX && site->kind < STACK_KINDS &&
	       frames.size <= check->image->size - first && claim(check, first, &frames);
}

/* The description is one of the region's calls: its name is ended. */
static void check_site_info(struct check *check, struct stack_site *site)
{
	struct call_info_record *info =
		check_reference(check, &site->info, &call_info_kind, "stack's call");

	if (!info)
		return;
	check_string(check, info->name, sizeof(info->name), "call's name");
	if (!info->name[0])
		site->info = 0;
}

/* One that cannot be shown has no frames. */
static void check_sites(struct check *check, relative *next)
{
	for (;;) {
		struct stack_site *site =
			check_reference(check, next, &stack_site_kind, "list of stacks");

		if (!site)
			return;
		if (site_has_frames(check, site)) {
			check_site_info(check, site);
			bit_set(check->sites, offset_of(check, site) / CLAIM_UNIT);
		} else {
			note_damage(check, "stack at %zu is none", offset_of(check, site));
			site->n_frames = 0;
		}
		next = &site->next;
	}
}

/* An event that is being overwritten may be of no site. */
static void check_events(struct check *check, struct stack_table *table)
{
	struct stack_events *events =
		check_reference(check, &table->events, &stack_events_kind, "slow calls");

	for (unsigned int i = 0; events && i < STACK_EVENTS; i++) {
		relative *site = &events->event[i].site;
		int64_t target = (int64_t)offset_of(check, site) + *site;

		if (*site && (target <= 0 || target % (int64_t)_Alignof(struct stack_site) ||
			      (uint64_t)target >= check->image->size ||
			      !bit_is_set(check->sites, (size_t)target / CLAIM_UNIT)))
			*site = 0;
	}
}

static void check_stacks(struct check *check, struct region_header *header)
{
	struct stack_table *table =
		check_reference(check, &header->stacks, &stack_table_kind, "header's stacks");

	if (!table)
		return;
	check_modules(check, &table->modules);
	check_sites(check, &table->sites);
	check_events(check, table);
}

static void check_thread(struct check *check, struct thread_block *thread)
{
	relative *next = &thread->calls;

	check_raw_calls(check, thread);
	check_counters(check, thread);
	check_distributions(check, thread);
	check_objects(check, thread);
	for (;;) {
		struct call_stats *stats =
			check_reference(check, next, &call_stats_kind, "thread's calls");

		if (!stats)
			return;
		check_call(check, stats);
		next = &stats->next;
	}
}

static void check_header(struct check *check, struct region_header *header)
{
	check_string(check, header->executable, sizeof(header->executable), "executable");
	check_string(check, header->allocator, sizeof(header->allocator), "allocator");
	if (header->command[REGION_COMMAND_SIZE - 1])
		note_damage(check, "command has no end");
	header->command[REGION_COMMAND_SIZE - 1] = '\0';
	if (header->state > REGION_EXECUTED) {
		note_damage(check, "state is %" PRIu32 ", at most %d is known", header->state,
			    REGION_EXECUTED);
		header->state = REGION_RUNNING;
	}
}

/* -- Spans ----------------------------------------------------------------------------------------- */

/* The labels end the record, and nothing else follows in it. */
static bool span_is_whole(struct check *check, const struct label_span *span)
{
	size_t first = offset_of(check, span) + sizeof(*span);
	const struct record_kind labels = {
		.name = "span",
		.size = (span->size - sizeof(*span) + CLAIM_UNIT - 1) / CLAIM_UNIT * CLAIM_UNIT,
	};

	return span->size > sizeof(*span) && span->size <= sizeof(*span) + REGION_LABELS_SIZE &&
	       labels.size <= check->image->size - first && claim(check, first, &labels) &&
	       memchr(span->labels, '\0', span->size - sizeof(*span));
}

static void check_span_call(struct check *check, struct span_call *call)
{
	check_info(check, &call->info, call);
	check_span_errors(check, &call->errors);
}

static void check_span_calls(struct check *check, struct label_span *span)
{
	relative *next = &span->calls;

	for (;;) {
		struct span_call *call = check_reference(check, next, &span_call_kind, "span's calls");

		if (!call)
			return;
		check_span_call(check, call);
		next = &call->next;
	}
}

/* The present one is one of the list. */
static void check_present(struct check *check, struct region_header *header, bool is_listed)
{
	if (is_listed || !header->present_span)
		return;
	note_damage(check, "header refers to a present span that is not listed");
	header->present_span = 0;
}

static void check_spans(struct check *check, struct region_header *header)
{
	int64_t present = (int64_t)offset_of(check, &header->present_span) + header->present_span;
	relative *next = &header->spans;
	bool is_listed = false;

	for (;;) {
		struct label_span *span = check_reference(check, next, &span_kind, "list of spans");

		if (!span)
			break;
		if (!span_is_whole(check, span)) {
			note_damage(check, "span at %zu is none", offset_of(check, span));
			*next = 0;
			break;
		}
		check_span_calls(check, span);
		is_listed |= (int64_t)offset_of(check, span) == present;
		next = &span->next;
	}
	check_present(check, header, is_listed);
}

static void check_marks(struct check *check, struct region_header *header)
{
	struct marks marks;

	if (region_marks_find(header, check->image->size, &marks))
		return;
	note_damage(check, "header refers to marks at %td that are none",
		    (ptrdiff_t)offsetof(struct region_header, marks) + header->marks);
	header->marks = 0;
}

static void check_threads(struct check *check, relative *next)
{
	for (;;) {
		struct thread_block *thread =
			check_reference(check, next, &thread_block_kind, "list of threads");

		if (!thread)
			return;
		check_thread(check, thread);
		next = &thread->next;
	}
}

int region_check(struct region_image *image, const char *name)
{
	size_t n_words = image->size / CLAIM_UNIT / 64 + 1;
	uint64_t *maps = calloc(n_words, 4 * sizeof(*maps));
	struct check check = {
		.image = image,
		.name = name,
		.claimed = maps,
		.shared = maps + n_words,
		.series = maps + 2 * n_words,
		.sites = maps + 3 * n_words,
	};

	if (!maps)
		return -ENOMEM;
	check_header(&check, image->header);
	if (image->header->committed > image->size)
		note_damage(&check, "%" PRIu64 " bytes are committed, %zu can be read",
			    image->header->committed, image->size);
	check_marks(&check, image->header);
	check_series(&check, &image->header->series);
	check_threads(&check, &image->header->threads);
	check_stacks(&check, image->header);
	check_spans(&check, image->header);
	free(maps);
	return 0;
}
