// SPDX-License-Identifier: MIT
#include "resources/network.h"

#include <string.h>

/* Where the second direction begins. */
enum { RECEIVED_COLUMNS = 8 };

struct interface {
	char name[GROWTH_NAME_MAX + 1];
	uint64_t received[NETWORK_COLUMNS];
	uint64_t sent[NETWORK_COLUMNS];
};

static bool parse_columns(const char **place, uint64_t columns[NETWORK_COLUMNS])
{
	for (unsigned int i = 0; i < NETWORK_COLUMNS; i++)
		if (!parse_number(place, &columns[i]))
			return false;
	return true;
}

/* "  eth0: 221893664 4992 0 0 0 0 0 0 213595 2962 ..."; an alias has a colon in its name. */
static bool parse_line(const char *line, struct interface *ret_interface)
{
	const char *name = line + strspn(line, " ");
	const char *end = name + strcspn(name, " \n");
	const char *place;

	/* No space has to follow the colon. */
	while (end > name && end[-1] != ':')
		end--;
	if (end <= name + 1 || end - 1 - name > GROWTH_NAME_MAX)
		return false;
	memcpy(ret_interface->name, name, (size_t)(end - 1 - name));
	ret_interface->name[end - 1 - name] = '\0';
	place = end;
	return parse_columns(&place, ret_interface->received) &&
	       skip_words(&place, RECEIVED_COLUMNS - NETWORK_COLUMNS) &&
	       parse_columns(&place, ret_interface->sent);
}

static void emit_direction(const struct named_growths *interface, const char *direction,
			   unsigned int first, const struct emission *emission)
{
	const struct growth *growths = &interface->growths[first];
	const struct sonde_tag tags[] = {
		{"network.interface.name", interface->name},
		{"network.io.direction", direction},
	};

	emit_counter(emission, "system.network.io", "By", growths[NETWORK_BYTES].total, tags, 2);
	emit_counter(emission, "system.network.packet.count", "{packet}",
		     growths[NETWORK_PACKETS].total, tags, 2);
	emit_counter(emission, "system.network.errors", "{error}", growths[NETWORK_ERRORS].total,
		     tags, 2);
	emit_counter(emission, "system.network.packet.dropped", "{packet}",
		     growths[NETWORK_DROPPED].total, tags, 2);
}

static void take_interface(struct named_growths *growths, const struct interface *interface,
			   const struct emission *emission)
{
	for (unsigned int i = 0; i < NETWORK_COLUMNS; i++) {
		growth_update(&growths->growths[i], interface->received[i]);
		growth_update(&growths->growths[NETWORK_COLUMNS + i], interface->sent[i]);
	}
	if (!emission)
		return;
	emit_direction(growths, "receive", 0, emission);
	emit_direction(growths, "transmit", NETWORK_COLUMNS, emission);
}

int network_collect(const struct machine *machine, struct text *text,
		    const struct name_filter *filter, struct growth_table *interfaces,
		    const struct emission *emission)
{
	int error = text_read(text, machine, "/proc/self/net/dev");

	if (error)
		return error;
	growth_table_begin(interfaces);
	for (const char *line = text->data; line && *line; line = next_line(line)) {
		struct interface interface;
		struct named_growths *growths = NULL;

		if (parse_line(line, &interface) && name_filter_passes(filter, interface.name))
			growths = growth_table_get(interfaces, interface.name);
		if (growths)
			take_interface(growths, &interface, emission);
	}
	return 0;
}
