// SPDX-License-Identifier: MIT
#include "config.h"

#include "format/recording-json-plugins.h"

#include "format/json-fields.h"
#include "format/recording-json-coverage.h"

void plugin_to_json(struct json_output *output, const struct plugin_record *plugin)
{
	json_put(output, "{");
	json_field_text(output, "name", plugin->name);
	json_field_text(output, "plugin", plugin->plugin);
	json_field_text(output, "version", plugin->version);
	json_field_text(output, "state", plugin->state);
	json_field_text(output, "reason", plugin->reason);
	json_field_count(output, "lost", plugin->n_lost);
	json_put_key(output, "counts");
	name_counts_to_json(output, &plugin->counts);
	json_field_open(output, "log", "[");
	for (size_t i = 0; i < plugin->n_lines; i++) {
		json_put_comma(output);
		json_put_text(output, plugin->lines[i]);
	}
	json_put(output, "]}");
}

static void read_log(struct json_reader *reader, const json_t *object, struct plugin_record *plugin)
{
	const json_t *array = reader_array(reader, object, "log");
	size_t n_lines = json_array_size(array);

	plugin->lines = reader_make(reader, n_lines, sizeof(*plugin->lines));
	for (size_t i = 0; !reader->error && i < n_lines; i++) {
		const json_t *line = json_array_get(array, i);

		if (json_is_string(line))
			plugin->lines[plugin->n_lines++] =
				reader_copy(reader, json_string_value(line));
		else
			reader_complain_type(reader, "log", line, "strings");
	}
}

static void read_plugin(struct json_reader *reader, const json_t *object,
			struct plugin_record *plugin)
{
	plugin->name = reader_copy(reader, reader_text(reader, object, "name"));
	plugin->plugin = reader_copy(reader, reader_text(reader, object, "plugin"));
	plugin->version = reader_copy(reader, reader_text(reader, object, "version"));
	plugin->state = reader_copy(reader, reader_text(reader, object, "state"));
	plugin->reason = reader_copy(reader, reader_text(reader, object, "reason"));
	plugin->n_lost = reader_count(reader, object, "lost");
	name_counts_from_json(reader, object, "counts", &plugin->counts);
	read_log(reader, object, plugin);
}

void plugins_from_json(struct json_reader *reader, const json_t *document,
		       struct recording *recording)
{
	if (!json_object_get(document, "plugins"))
		return;
	const json_t *array = reader_array(reader, document, "plugins");

	for (size_t i = 0; !reader->error && i < json_array_size(array); i++) {
		struct plugin_record *plugin = recording_add_plugin(recording);
		size_t back = reader_enter(reader, "plugins", (long)i);

		if (plugin)
			read_plugin(reader, json_array_get(array, i), plugin);
		else
			reader_out_of_memory(reader);
		reader_leave(reader, back);
	}
}
