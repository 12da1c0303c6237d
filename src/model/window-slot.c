// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/window-slot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int make_room_for_record(struct slot_builder *builder)
{
	size_t n = builder->n_records;

	/* The capacity is the next power of two. */
	if (n & (n - 1))
		return 0;
	void *larger = reallocarray(builder->records, n ? 2 * n : 1, sizeof(*builder->records));

	if (!larger)
		return -ENOMEM;
	builder->records = larger;
	return 0;
}

static int make_room_for_value(struct slot_builder *builder)
{
	size_t size = 2 * builder->size + WINDOW_VALUE_MAX;

	if (builder->size - builder->n_bytes >= WINDOW_VALUE_MAX)
		return 0;
	/* Offsets have 32 bits. */
	void *larger = size <= UINT32_MAX ? realloc(builder->bytes, size) : NULL;

	if (!larger)
		return -ENOMEM;
	builder->bytes = larger;
	builder->size = size;
	return 0;
}

int slot_builder_add(struct slot_builder *builder, uint32_t series,
		     const struct window_value *value)
{
	if (window_value_is_nothing(value))
		return 0;
	if (make_room_for_record(builder) || make_room_for_value(builder))
		return -ENOMEM;
	builder->records[builder->n_records++] =
		(struct slot_record){series, (uint32_t)builder->n_bytes};
	builder->n_bytes += window_value_pack(value, builder->bytes + builder->n_bytes);
	return 0;
}

static int compare_records(const void *a, const void *b)
{
	uint32_t left = ((const struct slot_record *)a)->series;
	uint32_t right = ((const struct slot_record *)b)->series;

	return (left > right) - (left < right);
}

/* They mostly are. */
static void sort_records(struct slot_record *records, size_t n_records)
{
	for (size_t i = 1; i < n_records; i++)
		if (records[i - 1].series > records[i].series) {
			qsort(records, n_records, sizeof(*records), compare_records);
			return;
		}
}

struct slot *slot_builder_finish(struct slot_builder *builder, int64_t number, int64_t from_ns,
				 int64_t to_ns)
{
	size_t records_size = builder->n_records * sizeof(struct slot_record);
	size_t size = sizeof(struct slot) + records_size + builder->n_bytes;
	struct slot *slot = malloc(size);

	if (!slot)
		return NULL;
	*slot = (struct slot){number, from_ns, to_ns, size, builder->n_records};
	if (builder->n_records) {
		memcpy(slot->records, builder->records, records_size);
		memcpy((char *)slot->records + records_size, builder->bytes, builder->n_bytes);
	}
	sort_records(slot->records, slot->n_records);
	builder->n_records = 0;
	builder->n_bytes = 0;
	return slot;
}

void slot_builder_deinit(struct slot_builder *builder)
{
	free(builder->records);
	free(builder->bytes);
	*builder = (struct slot_builder){0};
}

static const uint8_t *record_bytes(const struct slot *slot, const struct slot_record *record)
{
	return (const uint8_t *)(slot->records + slot->n_records) + record->offset;
}

void slot_add_to(const struct slot *slot, uint32_t series, struct window_value *sum)
{
	const struct slot_record key = {.series = series};
	const struct slot_record *record = bsearch(&key, slot->records, slot->n_records,
						   sizeof(slot->records[0]), compare_records);

	if (record)
		window_value_add(sum, record_bytes(slot, record));
}

/* Places in several slots, which move on together. */
struct merge {
	struct slot *const *slots;
	size_t n_slots;
	size_t *positions;
};

static const struct slot_record *record_at(const struct merge *merge, size_t i)
{
	const struct slot *slot = merge->slots[i];

	return merge->positions[i] < slot->n_records ? &slot->records[merge->positions[i]] : NULL;
}

/* The lowest series that is still to come; UINT64_MAX: none. */
static uint64_t next_series(const struct merge *merge)
{
	uint64_t lowest = UINT64_MAX;

	for (size_t i = 0; i < merge->n_slots; i++) {
		const struct slot_record *record = record_at(merge, i);

		if (record && record->series < lowest)
			lowest = record->series;
	}
	return lowest;
}

static void sum_up(struct merge *merge, uint64_t series, struct window_value *ret_sum)
{
	*ret_sum = (struct window_value){0};
	for (size_t i = 0; i < merge->n_slots; i++) {
		const struct slot_record *record = record_at(merge, i);

		if (!record || record->series != series)
			continue;
		window_value_add(ret_sum, record_bytes(merge->slots[i], record));
		merge->positions[i]++;
	}
}

static int merge_records(struct merge *merge, struct slot_builder *builder)
{
	struct window_value sum;
	int error = 0;

	for (uint64_t series = next_series(merge); !error && series != UINT64_MAX;
	     series = next_series(merge)) {
		sum_up(merge, series, &sum);
		error = slot_builder_add(builder, (uint32_t)series, &sum);
	}
	return error;
}

struct slot *slot_merge(struct slot *const *slots, size_t n_slots, int64_t number)
{
	struct merge merge = {slots, n_slots, calloc(n_slots, sizeof(size_t))};
	struct slot_builder builder = {0};
	struct slot *merged = NULL;

	if (merge.positions && !merge_records(&merge, &builder))
		merged = slot_builder_finish(&builder, number, slots[0]->from_ns,
					     slots[n_slots - 1]->to_ns);
	slot_builder_deinit(&builder);
	free(merge.positions);
	return merged;
}
