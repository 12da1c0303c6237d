// SPDX-License-Identifier: MIT
/*
 * window-slot.h - what many series did in one span of time.
 *
 * A slot is one piece of memory and never changes; free() ends it. Series are known by numbers.
 *
 *     slot_builder_add... -> slot_builder_finish
 */
#ifndef SONDE_MODEL_WINDOW_SLOT_H
#define SONDE_MODEL_WINDOW_SLOT_H

#include "model/window-value.h"

#include <stddef.h>
#include <stdint.h>

struct slot_record {
	uint32_t series;
	uint32_t offset; /* of its packed value in bytes */
};

/* The span is (from, to], by the clock of the caller. */
struct slot {
	int64_t number; /* of the slot on its ring */
	int64_t from_ns;
	int64_t to_ns;
	size_t size;	  /* of all this */
	size_t n_records; /* in the order of series */
	struct slot_record records[];
	/* bytes follow */
};

/* All zero is an empty one. */
struct slot_builder {
	struct slot_record *records;
	size_t n_records;
	uint8_t *bytes;
	size_t n_bytes;
	size_t size; /* of the memory for bytes */
};

/* A value that is nothing is left out. 0 or -ENOMEM. */
int slot_builder_add(struct slot_builder *builder, uint32_t series,
		     const struct window_value *value);

/* The slot; the builder is empty again. NULL without memory. */
struct slot *slot_builder_finish(struct slot_builder *builder, int64_t number, int64_t from_ns,
				 int64_t to_ns);
void slot_builder_deinit(struct slot_builder *builder);

/* Adds what a series did in it to a sum of spans before it. */
void slot_add_to(const struct slot *slot, uint32_t series, struct window_value *sum);

/* One slot for the spans of several, which follow each other. NULL without memory. */
struct slot *slot_merge(struct slot *const *slots, size_t n_slots, int64_t number);

#endif
