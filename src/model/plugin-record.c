// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/recording.h"

#include <stdlib.h>

struct plugin_record *recording_add_plugin(struct recording *recording)
{
	struct plugin_record *larger = reallocarray(recording->plugins, recording->n_plugins + 1,
						    sizeof(*recording->plugins));

	if (!larger)
		return NULL;
	recording->plugins = larger;
	larger[recording->n_plugins] = (struct plugin_record){0};
	return &larger[recording->n_plugins++];
}

void plugin_record_deinit(struct plugin_record *record)
{
	free(record->name);
	free(record->plugin);
	free(record->version);
	free(record->state);
	free(record->reason);
	name_counts_deinit(&record->counts);
	for (size_t i = 0; i < record->n_lines; i++)
		free(record->lines[i]);
	free(record->lines);
	*record = (struct plugin_record){0};
}
