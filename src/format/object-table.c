// SPDX-License-Identifier: MIT
#include "config.h"

#include "format/object-table.h"

#include "format/file-sink.h"
#include "format/recording-json-objects.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

int object_table_json(const struct object_list *list, const char *key, FILE *file)
{
	const struct format_sink sink = file_sink(file);
	struct json_output output = json_output_init(&sink);

	objects_to_json(&output, list, key, 0);
	json_put(&output, "\n");
	return file_sink_end(file, json_output_finish(&output));
}

/* In quotes, as RFC 4180 has them. */
static void write_quoted(const char *text, FILE *file)
{
	fputc('"', file);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', file);
		fputc(*text, file);
	}
	fputc('"', file);
}

static void write_row(const struct object_totals *totals, FILE *file)
{
	if (!(totals->flags & OBJECT_OTHERS))
		write_quoted(totals->name, file);
	fprintf(file, ",%d,%" PRIu64, (totals->flags & OBJECT_OTHERS) != 0, totals->opens.count);
	for (int i = 0; i < OBJECT_FLOWS; i++)
		fprintf(file, ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64,
			object_flow_count(&totals->flows[i]), totals->flows[i].bytes, totals->flows[i].jumps,
			totals->streams.flows[i].count, totals->streams.flows[i].bytes);
	fprintf(file, ",%" PRIu64 ",%" PRIu64 ",%.9f,%d\n", totals->others.count, object_failed_count(totals),
		(double)object_total_ns(totals) / 1e9, totals->kind == OBJECT_LISTENER);
}

int object_table_csv(const struct object_list *list, const char *key, FILE *file)
{
	const struct object_totals **sorted = object_list_sorted(list, object_by_name);

	if (!sorted && list->n_objects)
		return -ENOMEM;
	fprintf(file,
		"%s,is_others,opens,reads,read_bytes,read_jumps,stream_reads,stream_read_bytes,"
		"writes,written_bytes,write_jumps,stream_writes,stream_written_bytes,other_calls,failures,seconds,is_listening\n",
		key);
	for (size_t i = 0; i < list->n_objects; i++)
		write_row(sorted[i], file);
	free(sorted);
	return file_sink_end(file, 0);
}
