// SPDX-License-Identifier: MIT
#include "config.h"

#include "format/comparison-json.h"

#include <errno.h>
#include <jansson.h>

#include "format/json-text.h"

static json_t *spread_to_json(const struct spread *spread)
{
	if (!spread->n_values)
		return json_null();
	return json_pack("{s:o, s:o, s:o}", "median", count_to_json(spread->median), "min",
			 count_to_json(spread->least), "max", count_to_json(spread->most));
}

static const char *unit_of(enum measure_figure figure)
{
	if (measure_is_time(figure))
		return "ns";
	return figure == MEASURE_BYTES || figure == MEASURE_PEAK ? "By" : "1";
}

/* What does not narrow the metric is null. */
static json_t *change_to_json(const struct change *change)
{
	const struct measure *metric = &change->metric;

	return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "figure",
			 measure_figure_name(metric->figure), "unit", unit_of(metric->figure), "test",
			 text_to_json(metric->test), "program", text_to_json(metric->program), "group", text_to_json(metric->group), "call",
			 text_to_json(metric->call), "kind", text_to_json(metric->kind), "errno",
			 text_to_json(metric->symbol), "before", spread_to_json(&change->before), "after",
			 spread_to_json(&change->after));
}

static json_t *names_to_json(const struct name_counts *names)
{
	json_t *array = json_array();

	for (size_t i = 0; i < names->n_items; i++)
		json_array_append_new(array, text_to_json(names->items[i].name));
	return array;
}

static json_t *command_to_json(char *const *words)
{
	json_t *array = words ? json_array() : json_null();

	for (; words && *words; words++)
		json_array_append_new(array, text_to_json(*words));
	return array;
}

static json_t *side_to_json(const struct named_side *side)
{
	json_t *array = json_array();

	for (size_t i = 0; i < side->side.n_recordings; i++) {
		const struct recording *recording = &side->side.recordings[i];

		json_array_append_new(array, json_pack("{s:o, s:o, s:o, s:o}", "name", text_to_json(side->names[i]), "id",
						       text_to_json(recording->id), "command",
						       command_to_json(recording->command), "started",
						       instant_to_json(recording->started_ns)));
	}
	return array;
}

int comparison_json_write(const struct comparison_document *what, FILE *stream)
{
	const struct comparison *comparison = what->comparison;
	const struct breach *breaches = what->breaches;
	json_t *changes = json_array();
	json_t *broken = json_array();

	for (size_t i = 0; i < comparison->n_changes; i++)
		json_array_append_new(changes, change_to_json(&comparison->changes[i]));
	for (size_t i = 0; i < what->n_breaches; i++)
		json_array_append_new(broken, json_pack("{s:o, s:o}", "rule", text_to_json(breaches[i].rule), "change",
							change_to_json(&breaches[i].change)));
	json_t *document = json_pack("{s:s, s:o, s:o, s:b, s:o, s:o, s:o}", "schema", "sonde.diff/1", "before",
				     side_to_json(&what->before), "after", side_to_json(&what->after), "same_command",
				     sides_have_one_command(&what->before.side, &what->after.side), "changes", changes,
				     "breaches", broken, "not_compared", names_to_json(&comparison->not_compared));
	int result = document ? 0 : -ENOMEM;

	if (document && (json_dumpf(document, stream, JSON_INDENT(2)) < 0 || fputc('\n', stream) == EOF))
		result = errno ? -errno : -EIO;
	json_decref(document);
	return result;
}
