// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/process-sights.h"

#include <stdlib.h>
#include <string.h>

#include "host/process-file.h"
#include "host/process-io.h"

enum { LOOK_AGAIN_MS = 1000 };

static struct process_sight_entry *find(const struct process_sights *sights, int pid,
					int64_t started_ns)
{
	for (size_t i = 0; i < sights->n_entries; i++)
		if (sights->entries[i].pid == pid && sights->entries[i].started_ns == started_ns)
			return &sights->entries[i];
	return NULL;
}

/* NULL: there are too many, or no memory; then less is known of this one. */
static struct process_sight_entry *add(struct process_sights *sights, int pid, int64_t started_ns)
{
	if (sights->n_entries == PROCESSES_KEPT)
		return NULL;
	if (!sights->entries)
		sights->entries = calloc(PROCESSES_KEPT, sizeof(*sights->entries));
	if (!sights->entries)
		return NULL;
	struct process_sight_entry *entry = &sights->entries[sights->n_entries++];

	*entry = (struct process_sight_entry){.pid = pid, .started_ns = started_ns};
	return entry;
}

/* "Seccomp:\t2": 1 is the strict mode, 2 a filter. */
static bool has_seccomp(int pid)
{
	char text[4096];

	process_file_read(pid, "status", text, sizeof(text));
	const char *line = strstr(text, "\nSeccomp:");

	return line && atoi(line + strlen("\nSeccomp:")) > 0;
}

void process_sights_look(struct process_sights *sights, int pid, int64_t started_ns, int64_t now_ms)
{
	struct process_sight_entry *entry = find(sights, pid, started_ns);

	if (entry && now_ms - entry->looked_ms < LOOK_AGAIN_MS)
		return;
	if (!entry)
		entry = add(sights, pid, started_ns);
	if (!entry)
		return;
	entry->looked_ms = now_ms;
	entry->sight.has_seccomp = has_seccomp(pid);
	process_io_read(pid, &entry->sight.io);
}

const struct process_sight *process_sights_find(const struct process_sights *sights, int pid,
						int64_t started_ns)
{
	const struct process_sight_entry *entry = find(sights, pid, started_ns);

	return entry ? &entry->sight : NULL;
}

void process_sights_forget(struct process_sights *sights, int pid, int64_t started_ns)
{
	struct process_sight_entry *entry = find(sights, pid, started_ns);

	if (entry)
		*entry = sights->entries[--sights->n_entries];
}

void process_sights_deinit(struct process_sights *sights)
{
	free(sights->entries);
	*sights = (struct process_sights){0};
}
