// SPDX-License-Identifier: MIT
/*
 * The image has been checked (model/region-reader.h), so its references are followed as they are.
 */
#include "config.h"

#include "model/fold-objects.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* As many failures as a cell has, at most. */
static size_t count_errors(const struct object_cell *cell)
{
	size_t n = 0;

	for (const struct object_error *error = relative_get(&cell->errors); error;
	     error = relative_get(&error->next))
		n++;
	return n;
}

struct failure_text {
	char symbol[FAILURE_SYMBOL_SIZE];
};

/* Memory for the failures of one cell, used again for the next one's. */
struct failure_room {
	struct object_failure *failures;
	struct failure_text *texts;
	size_t n;
};

static int make_room(struct failure_room *room, size_t n)
{
	if (n <= room->n)
		return 0;
	void *failures = reallocarray(room->failures, n, sizeof(*room->failures));

	room->failures = failures ? failures : room->failures;
	void *texts = failures ? reallocarray(room->texts, n, sizeof(*room->texts)) : NULL;

	if (!texts)
		return -ENOMEM;
	room->texts = texts;
	room->n = n;
	return 0;
}

/* Made, but its first failure has not been counted yet, or its call is damaged: skipped. */
static void take_failures(const struct object_cell *cell, const struct failure_classes *classes,
			  struct object_totals *totals, struct failure_text *texts)
{
	const struct object_error *error = relative_get(&cell->errors);

	for (; error; error = relative_get(&error->next)) {
		const struct call_info_record *call = relative_get(&error->call);
		char *symbol = texts[totals->n_failures].symbol;

		if (!call || !error->count)
			continue;
		failure_symbol(error->code, symbol);
		totals->failures[totals->n_failures++] = (struct object_failure){
			.call = (char *)call->name,
			.symbol = symbol,
			.is_expected = classes && failure_is_expected(classes, call->name, symbol),
			.count = error->count,
			.timed = error->timed,
			.sum_ns = error->sum_ns,
		};
	}
}

/* The strings are those of the image, and of `room`. */
static int add_cell(struct object_list *list, const struct object_cell *cell, const struct object_info *info,
		    const struct failure_classes *classes, struct failure_room *room)
{
	const struct object_streams *streams = relative_get(&cell->streams);

	if (make_room(room, count_errors(cell)))
		return -ENOMEM;
	struct object_totals totals = {
		.name = (char *)info->name,
		.kind = info->kind,
		.flags = info->flags,
		.opens = cell->opens,
		.others = cell->others,
		.failures = room->failures,
	};

	memcpy(totals.flows, cell->flows, sizeof(totals.flows));
	if (streams)
		totals.streams = *streams;
	take_failures(cell, classes, &totals, room->texts);
	return object_list_add(list, &totals);
}

static int add_cells(struct recording *recording, const struct thread_block *thread,
		     const struct failure_classes *classes, struct failure_room *room)
{
	const struct object_cell *cell = relative_get(&thread->objects);

	for (; cell; cell = relative_get(&cell->next)) {
		const struct object_info *info = relative_get(&cell->info);

		if (!info)
			continue;
		if (add_cell(info->kind == OBJECT_FILE ? &recording->files : &recording->peers, cell, info, classes,
			     room))
			return -ENOMEM;
	}
	return 0;
}

int fold_objects(struct recording *recording, const struct region_image *image,
		 const struct failure_classes *classes)
{
	const struct thread_block *thread = relative_get(&image->header->threads);
	struct failure_room room = {0};
	int error = 0;

	for (; !error && thread; thread = relative_get(&thread->next))
		error = add_cells(recording, thread, classes, &room);
	free(room.failures);
	free(room.texts);
	return error;
}
