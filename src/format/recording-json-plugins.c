// SPDX-License-Identifier: MIT
#include "config.h"

#include "format/recording-json-plugins.h"

#include "format/json-text.h"
#include "format/recording-json-coverage.h"

static json_t *log_to_json(const struct plugin_record *plugin)
{
	json_t *array = json_array();

	for (size_t i = 0; i < plugin->n_lines; i++)
		json_array_append_new(array, text_to_json(plugin->lines[i]));
	return array;
}

static json_t *plugin_to_json(const struct plugin_record *plugin)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "name",
			 text_to_json(plugin->name), "plugin", text_to_json(plugin->plugin),
			 "version", text_to_json(plugin->version), "state",
			 text_to_json(plugin->state), "reason", text_to_json(plugin->reason),
			 "lost", count_to_json(plugin->n_lost), "counts",
			 name_counts_to_json(&plugin->counts), "log", log_to_json(plugin));
}

json_t *plugins_to_json(const struct recording *recording)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < recording->n_plugins; i++) {
		if (json_array_append_new(array, plugin_to_json(&recording->plugins[i])) == 0)
			continue;
		json_decref(array);
		array = NULL;
	}
	return array;
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
