// SPDX-License-Identifier: MIT
#include "resources/uptime.h"

#include <errno.h>

int uptime_read(const struct machine *machine, struct text *text, double *ret_uptime)
{
	int error = text_read(text, machine, "/proc/uptime");
	const char *place = text->data;

	if (error)
		return error;
	return parse_decimal(&place, ret_uptime) ? 0 : -EBADMSG;
}

void uptime_emit(double uptime, const struct emission *emission)
{
	emit_gauge(emission, "system.uptime", "s", uptime, NO_TAGS);
}
