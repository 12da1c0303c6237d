// SPDX-License-Identifier: MIT
#include "config.h"

#include "tool/run-tags.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAGS_OF_RUN = 4 };

/* The arguments, separated by spaces. NULL without memory. */
static char *join_command(char *const *command)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		return NULL;
	for (size_t i = 0; command[i]; i++)
		fprintf(stream, "%s%s", i ? " " : "", command[i]);
	if (fclose(stream) == 0)
		return text;
	free(text);
	return NULL;
}

/* "make" of "/usr/bin/make". */
static char *executable_name(char *const *command)
{
	const char *slash = strrchr(command[0], '/');

	return strdup(slash ? slash + 1 : command[0]);
}

/* Takes the value over. */
static int add_tag(struct run_tags *tags, const char *prefix, const char *key, char *value)
{
	char *full;

	if (!value || asprintf(&full, "%s%s", prefix, key) < 0) {
		free(value);
		return -ENOMEM;
	}
	tags->tags[tags->n_tags++] = (struct tag){full, value};
	return 0;
}

int run_tags_init(struct run_tags *tags, const struct recording *recording)
{
	int result = 0;

	*tags = (struct run_tags){
		.tags = calloc(recording->n_labels + TAGS_OF_RUN, sizeof(*tags->tags)),
	};
	if (!tags->tags)
		return -ENOMEM;
	if (recording->host)
		result = add_tag(tags, "", "host.name", strdup(recording->host));
	if (result == 0 && recording->command)
		result = add_tag(tags, "", "process.command_line", join_command(recording->command));
	if (result == 0 && recording->command && recording->command[0])
		result = add_tag(tags, "", "process.executable.name", executable_name(recording->command));
	if (result == 0 && recording->id)
		result = add_tag(tags, "", "sonde.session", strdup(recording->id));
	for (size_t i = 0; result == 0 && i < recording->n_labels; i++)
		result = add_tag(tags, "label.", recording->labels[i].key,
				 strdup(recording->labels[i].value));
	tags_sort(tags->tags, tags->n_tags);
	return result;
}

void run_tags_deinit(struct run_tags *tags)
{
	for (size_t i = 0; i < tags->n_tags; i++) {
		free((char *)tags->tags[i].key);
		free((char *)tags->tags[i].value);
	}
	free(tags->tags);
	*tags = (struct run_tags){0};
}
