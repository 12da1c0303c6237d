// SPDX-License-Identifier: MIT
#include "resources/disk-io.h"

#include <stdio.h>
#include <string.h>

#include "resources/amount.h"

/* Columns after the name, as the kernel's documentation of iostats has them. */
enum {
	READS,
	READS_MERGED,
	SECTORS_READ,
	READ_MS,
	WRITES,
	WRITES_MERGED,
	SECTORS_WRITTEN,
	WRITE_MS,
	IN_FLIGHT,
	BUSY_MS,
	COLUMNS,
};

enum { SECTOR_SIZE = 512 }; /* whatever the disk's own sectors are */

struct disk {
	char name[GROWTH_NAME_MAX + 1];
	uint64_t columns[COLUMNS];
};

/* "254 0 vda 238773 85855 ..." */
static bool parse_line(const char *line, struct disk *ret_disk)
{
	const char *place = line;

	if (!skip_words(&place, 2))
		return false;
	place += strspn(place, " ");
	size_t len = strcspn(place, " \n");

	if (!len || len > GROWTH_NAME_MAX)
		return false;
	memcpy(ret_disk->name, place, len);
	ret_disk->name[len] = '\0';
	place += len;
	for (unsigned int i = 0; i < COLUMNS; i++)
		if (!parse_number(&place, &ret_disk->columns[i]))
			return false;
	return true;
}

/* Folders of /sys/block are whole disks; a slash in a name is an exclamation mark there. */
static bool is_whole(const struct machine *machine, const char *name)
{
	char folder[GROWTH_NAME_MAX + 1];

	strcpy(folder, name);
	for (char *c = folder; *c; c++)
		if (*c == '/')
			*c = '!';
	return machine_has(machine, "/sys/block/%s", folder);
}

static void emit_direction(const struct named_growths *disk, const char *direction,
			   unsigned int first, const struct emission *emission)
{
	const struct growth *growths = &disk->growths[first];
	uint64_t bytes = amount_times(growths[SECTORS_READ].total, SECTOR_SIZE);
	const struct sonde_tag tags[] = {
		{"system.device", disk->name},
		{"disk.io.direction", direction},
	};

	emit_counter(emission, "system.disk.io", "By", bytes, tags, 2);
	emit_counter(emission, "system.disk.operations", "{operation}", growths[READS].total, tags,
		     2);
	emit_counter(emission, "system.disk.merged", "{operation}", growths[READS_MERGED].total,
		     tags, 2);
	emit_seconds(emission, "system.disk.operation_time", (double)growths[READ_MS].total * 1e-3,
		     tags, 2);
}

static void emit_disk(const struct named_growths *disk, const struct emission *emission)
{
	emit_direction(disk, "read", READS, emission);
	emit_direction(disk, "write", WRITES, emission);
	emit_seconds(emission, "system.disk.io_time", (double)disk->growths[BUSY_MS].total * 1e-3,
		     TAGS({"system.device", disk->name}));
}

int disk_io_collect(const struct machine *machine, struct text *text, struct growth_table *disks,
		    const struct emission *emission)
{
	bool has_folders = machine_has(machine, "/sys/block");
	int error = text_read(text, machine, "/proc/diskstats");

	if (error)
		return error;
	growth_table_begin(disks);
	for (const char *line = text->data; line && *line; line = next_line(line)) {
		struct disk disk;

		if (!parse_line(line, &disk) || !(disk.columns[READS] || disk.columns[WRITES]) ||
		    (has_folders && !is_whole(machine, disk.name)))
			continue;
		struct named_growths *growths = growth_table_get(disks, disk.name);

		if (!growths)
			continue;
		for (unsigned int i = 0; i < COLUMNS; i++)
			growth_update(&growths->growths[i], disk.columns[i]);
		emit_disk(growths, emission);
	}
	return 0;
}
