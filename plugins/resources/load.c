// SPDX-License-Identifier: MIT
#include "resources/load.h"

#include <errno.h>

int load_read(const struct machine *machine, struct text *text, struct load *ret_load)
{
	int error = text_read(text, machine, "/proc/loadavg");
	const char *place = text->data;

	if (error)
		return error;
	for (unsigned int i = 0; i < 3; i++)
		if (!parse_decimal(&place, &ret_load->threads[i]))
			return -EBADMSG;
	return 0;
}

void load_emit(const struct load *load, const struct emission *emission)
{
	static const char *const names[3] = {
		"system.cpu.load_average.1m",
		"system.cpu.load_average.5m",
		"system.cpu.load_average.15m",
	};

	for (unsigned int i = 0; i < 3; i++)
		emit_gauge(emission, names[i], "{thread}", load->threads[i], NO_TAGS);
}
