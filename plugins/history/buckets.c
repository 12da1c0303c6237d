// SPDX-License-Identifier: MIT
#include "history/buckets.h"

void history_buckets_add(struct history_buckets *buckets, int64_t index, uint64_t count)
{
	if (index < HISTORY_INDEX_MIN)
		buckets->zero_count += count;
	else if (index >= HISTORY_INDEX_END)
		buckets->over_count += count;
	else
		buckets->counts[index - HISTORY_INDEX_MIN] += count;
}

static unsigned char *put(unsigned char *place, uint64_t number)
{
	for (; number >= 0x80; number >>= 7)
		*place++ = (unsigned char)(number | 0x80);
	*place++ = (unsigned char)number;
	return place;
}

size_t history_buckets_write(const struct history_buckets *buckets,
			     unsigned char ret_blob[HISTORY_BLOB_SIZE])
{
	unsigned char *place = ret_blob;
	size_t first = 0;
	size_t end = HISTORY_BUCKETS;

	while (first < end && !buckets->counts[first])
		first++;
	while (end > first && !buckets->counts[end - 1])
		end--;
	place = put(place, buckets->zero_count);
	place = put(place, buckets->over_count);
	place = put(place, first);
	place = put(place, end - first);
	for (size_t i = first; i < end; i++)
		place = put(place, buckets->counts[i]);
	return (size_t)(place - ret_blob);
}

struct reader {
	const unsigned char *place;
	const unsigned char *end;
	bool is_damaged;
};

static uint64_t get(struct reader *reader)
{
	uint64_t number = 0;

	for (unsigned int shift = 0; shift < 64; shift += 7) {
		if (reader->place == reader->end)
			break;
		number |= (uint64_t)(*reader->place & 0x7f) << shift;
		if (!(*reader->place++ & 0x80))
			return number;
	}
	reader->is_damaged = true;
	return 0;
}

bool history_buckets_read(struct history_buckets *buckets, const void *blob, size_t size)
{
	struct reader reader = {blob, (const unsigned char *)blob + size, false};

	if (!size)
		return true;
	buckets->zero_count += get(&reader);
	buckets->over_count += get(&reader);

	uint64_t first = get(&reader);
	uint64_t n_buckets = get(&reader);

	if (reader.is_damaged || first > HISTORY_BUCKETS || n_buckets > HISTORY_BUCKETS - first)
		return false;
	for (uint64_t i = first; i < first + n_buckets; i++)
		buckets->counts[i] += get(&reader);
	return !reader.is_damaged && reader.place == reader.end;
}
