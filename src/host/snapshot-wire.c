// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/snapshot-wire.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/histogram.h"
#include "host/plugin-tag.h"
#include "model/snapshot-build.h"

enum {
	WIRE_MAGIC = 0x53574952,
	WIRE_SIZE_MAX = 256 * 1024 * 1024,
	WIRE_TAGS_MAX = 1024, /* of a source */
	WIRE_BUFFER = 64 * 1024,
};

struct wire_head {
	uint32_t magic;
	uint32_t n_tags;
	uint64_t n_series;
	int64_t taken_ns;
	int64_t start_ns;
	int64_t at_ns;
	uint64_t sequence;
	uint32_t is_delta;
	uint32_t is_final;
	uint32_t is_one_of_several;
	uint32_t reserved;
};

struct wire_series {
	uint32_t type;
	uint32_t is_fractional;
	uint32_t n_tags;
	uint32_t has_histogram;
	uint32_t n_exemplars;
	uint32_t is_signed;
	int64_t start_ns;
	uint64_t value; /* a count, or the bits of a number */
};

/* The buckets from the first one that is not empty to the last one. */
struct wire_histogram {
	uint64_t count;
	double sum;
	double min;
	double max;
	int32_t first_index;
	uint32_t first;
	uint32_t n_buckets;
	uint32_t reserved;
};

/* -- Writing ---------------------------------------------------------------------------------- */

static void put_text(FILE *stream, const char *text)
{
	fwrite(text, 1, strlen(text) + 1, stream);
}

static void put_tags(FILE *stream, const struct tag *tags, size_t n_tags)
{
	for (size_t i = 0; i < n_tags; i++) {
		put_text(stream, tags[i].key);
		put_text(stream, tags[i].value);
	}
}

static void put_histogram(FILE *stream, const struct series_histogram *histogram)
{
	uint32_t first = 0;
	uint32_t end = HISTOGRAM_BUCKETS;

	while (first < end && !histogram->buckets[first])
		first++;
	while (end > first && !histogram->buckets[end - 1])
		end--;
	const struct wire_histogram row = {
		.count = histogram->count,
		.sum = histogram->sum,
		.min = histogram->min,
		.max = histogram->max,
		.first_index = histogram->first_index,
		.first = first,
		.n_buckets = end - first,
	};

	fwrite(&row, sizeof(row), 1, stream);
	fwrite(histogram->buckets + first, sizeof(histogram->buckets[0]), end - first, stream);
}

static uint64_t value_bits(const struct series *series)
{
	uint64_t bits = 0;

	if (series->type == SERIES_COUNTER && !series->is_fractional)
		return series->value.count;
	if (!series_has_histogram(series))
		memcpy(&bits, &series->value.number, sizeof(bits));
	return bits;
}

static void put_series(FILE *stream, const struct series *series)
{
	const struct wire_series row = {
		.type = series->type,
		.is_fractional = series->is_fractional,
		.is_signed = series->is_signed,
		.n_tags = (uint32_t)series->n_tags,
		.has_histogram = series_has_histogram(series),
		.n_exemplars = (uint32_t)series->n_exemplars,
		.start_ns = series->start_ns,
		.value = value_bits(series),
	};

	fwrite(&row, sizeof(row), 1, stream);
	if (row.has_histogram)
		put_histogram(stream, series->value.histogram);
	fwrite(series->exemplars, sizeof(*series->exemplars), series->n_exemplars, stream);
	put_text(stream, series->name);
	put_text(stream, series->unit);
	put_tags(stream, series->tags, series->n_tags);
}

static void put_snapshot(FILE *stream, const struct snapshot *snapshot,
			 const struct snapshot_source *source)
{
	const struct wire_head head = {
		.magic = WIRE_MAGIC,
		.n_tags = (uint32_t)source->n_tags,
		.n_series = snapshot_n_series(snapshot),
		.taken_ns = snapshot_taken_ns(snapshot),
		.start_ns = source->start_ns,
		.at_ns = source->at_ns,
		.sequence = source->sequence,
		.is_delta = source->is_delta,
		.is_final = source->is_final,
		.is_one_of_several = source->is_one_of_several,
	};

	fwrite(&head, sizeof(head), 1, stream);
	put_tags(stream, source->tags, source->n_tags);
	for (size_t i = 0; i < head.n_series; i++)
		put_series(stream, snapshot_series(snapshot, i));
}

/* Takes the descriptor over if it can. */
static int write_and_seal(int fd, const struct snapshot *snapshot,
			  const struct snapshot_source *source)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	FILE *stream = copy < 0 ? NULL : fdopen(copy, "w");

	if (!stream)
		return -errno;
	setvbuf(stream, NULL, _IOFBF, WIRE_BUFFER);
	put_snapshot(stream, snapshot, source);
	errno = EIO;
	if (fclose(stream) != 0)
		return -errno;
	return fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0
		       ? -errno
		       : 0;
}

int snapshot_wire_write(const struct snapshot *snapshot, const struct snapshot_source *source)
{
	int fd = memfd_create("sonde-snapshot", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		return -errno;
	int result = write_and_seal(fd, snapshot, source);

	if (result == 0)
		return fd;
	close(fd);
	return result;
}

/* -- Reading ---------------------------------------------------------------------------------- */

struct wire {
	const char *place;
	const char *end;
	bool is_bad;
};

static void take(struct wire *wire, void *ret_data, size_t size)
{
	if (wire->is_bad || (size_t)(wire->end - wire->place) < size) {
		wire->is_bad = true;
		memset(ret_data, 0, size);
		return;
	}
	memcpy(ret_data, wire->place, size);
	wire->place += size;
}

static const char *take_text(struct wire *wire)
{
	const char *text = wire->place;
	const char *nul =
		wire->is_bad ? NULL : memchr(wire->place, '\0', (size_t)(wire->end - wire->place));

	if (!nul) {
		wire->is_bad = true;
		return "";
	}
	wire->place = nul + 1;
	return text;
}

static void take_tags(struct wire *wire, struct tag *ret_tags, size_t n_tags)
{
	for (size_t i = 0; i < n_tags; i++) {
		ret_tags[i].key = take_text(wire);
		ret_tags[i].value = take_text(wire);
	}
}

static void take_histogram(struct wire *wire, struct series_histogram *ret_histogram)
{
	struct wire_histogram row;

	take(wire, &row, sizeof(row));
	if (row.first > HISTOGRAM_BUCKETS || row.n_buckets > HISTOGRAM_BUCKETS - row.first)
		wire->is_bad = true;
	*ret_histogram = (struct series_histogram){
		.count = row.count,
		.sum = row.sum,
		.min = row.min,
		.max = row.max,
		.first_index = row.first_index,
	};
	if (!wire->is_bad)
		take(wire, ret_histogram->buckets + row.first,
		     row.n_buckets * sizeof(ret_histogram->buckets[0]));
}

static void take_exemplars(struct wire *wire, struct exemplar *ret_exemplars, size_t n_exemplars)
{
	take(wire, ret_exemplars, n_exemplars * sizeof(*ret_exemplars));
	for (size_t i = 0; i < n_exemplars; i++) {
		ret_exemplars[i].site[EXEMPLAR_SITE_SIZE - 1] = '\0';
		if (ret_exemplars[i].bucket >= HISTOGRAM_BUCKETS)
			wire->is_bad = true;
	}
}

static void take_value(const struct wire_series *row, struct series_histogram *histogram,
		       struct series *series)
{
	if (row->has_histogram)
		series->value.histogram = histogram;
	else if (series->type == SERIES_COUNTER && !series->is_fractional)
		series->value.count = row->value;
	else
		memcpy(&series->value.number, &row->value, sizeof(row->value));
}

/* NULL: it is none, or there is no memory. */
static struct series *take_series(struct wire *wire)
{
	struct wire_series row;
	struct series_histogram histogram;
	struct exemplar exemplars[EXEMPLARS_MAX];
	struct tag tags[SERIES_TAGS_MAX];

	take(wire, &row, sizeof(row));
	if (row.type > SERIES_RATE || row.n_tags > SERIES_TAGS_MAX || row.n_exemplars > EXEMPLARS_MAX)
		wire->is_bad = true;
	if (row.has_histogram)
		take_histogram(wire, &histogram);
	if (!wire->is_bad)
		take_exemplars(wire, exemplars, row.n_exemplars);
	struct series series = {
		.type = (enum series_type)row.type,
		.is_fractional = row.is_fractional != 0,
		.is_signed = row.is_signed != 0,
		.n_tags = row.n_tags,
		.tags = tags,
		.start_ns = row.start_ns,
		.exemplars = exemplars,
		.n_exemplars = row.n_exemplars,
		.name = take_text(wire),
		.unit = take_text(wire),
	};

	if (!wire->is_bad)
		take_tags(wire, tags, row.n_tags);
	if (wire->is_bad || series_has_histogram(&series) != (row.has_histogram != 0))
		return NULL;
	take_value(&row, &histogram, &series);
	return series_copy(&series);
}

static int take_source(struct wire *wire, const struct wire_head *head,
		       struct snapshot_source *ret_source)
{
	struct tag tags[WIRE_TAGS_MAX];

	if (head->magic != WIRE_MAGIC || head->n_tags > WIRE_TAGS_MAX)
		return -EPROTO;
	take_tags(wire, tags, head->n_tags);
	*ret_source = (struct snapshot_source){
		.tags = plugin_tags_copy(tags, head->n_tags),
		.n_tags = head->n_tags,
		.start_ns = head->start_ns,
		.sequence = head->sequence,
		.is_delta = head->is_delta != 0,
		.is_final = head->is_final != 0,
		.is_one_of_several = head->is_one_of_several != 0,
		.at_ns = head->at_ns,
	};
	return ret_source->tags ? 0 : -ENOMEM;
}

static int take_figures(struct wire *wire, const struct wire_head *head,
			struct snapshot **ret_snapshot)
{
	struct snapshot *snapshot = snapshot_new(head->taken_ns);
	int result = snapshot ? 0 : -ENOMEM;

	for (uint64_t i = 0; result == 0 && i < head->n_series; i++) {
		struct series *series = take_series(wire);

		result = wire->is_bad || !series ? -EPROTO : snapshot_adopt(snapshot, series);
	}
	if (result < 0) {
		snapshot_put(snapshot);
		return result;
	}
	snapshot_seal(snapshot);
	*ret_snapshot = snapshot;
	return 0;
}

/* The whole file, to be freed. */
static int read_all(int fd, char **ret_bytes, size_t *ret_size)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return -errno;
	if (status.st_size > WIRE_SIZE_MAX)
		return -EPROTO;
	char *bytes = malloc((size_t)status.st_size + 1);
	ssize_t size = bytes ? pread(fd, bytes, (size_t)status.st_size, 0) : -1;

	if (size < 0) {
		int result = bytes ? -errno : -ENOMEM;

		free(bytes);
		return result;
	}
	*ret_bytes = bytes;
	*ret_size = (size_t)size;
	return 0;
}

int snapshot_wire_read(int fd, struct snapshot **ret_snapshot, struct snapshot_source *ret_source)
{
	struct wire_head head;
	char *bytes = NULL;
	size_t size = 0;
	int result = read_all(fd, &bytes, &size);

	if (result < 0)
		return result;
	struct wire wire = {bytes, bytes + size, false};

	take(&wire, &head, sizeof(head));
	result = take_source(&wire, &head, ret_source);
	if (result == 0) {
		result = take_figures(&wire, &head, ret_snapshot);
		if (result < 0)
			free((void *)ret_source->tags);
	}
	free(bytes);
	return result;
}
