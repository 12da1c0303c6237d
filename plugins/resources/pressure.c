// SPDX-License-Identifier: MIT
#include "resources/pressure.h"

#include <string.h>

/* Goes past "avg10=" or the like. */
static bool skip_key(const char **place, const char *key)
{
	size_t len = strlen(key);

	*place += strspn(*place, " ");
	if (strncmp(*place, key, len) != 0)
		return false;
	*place += len;
	return true;
}

/* "some avg10=0.12 avg60=0.00 avg300=0.00 total=5891038509" */
static struct stall read_stall(const char *text, const char *label)
{
	static const char *const keys[PRESSURE_WINDOWS] = {"avg10=", "avg60=", "avg300="};
	const char *place = find_line(text, label);
	struct stall stall = {0};
	uint64_t microseconds = 0;

	if (!place)
		return stall;
	for (unsigned int i = 0; i < PRESSURE_WINDOWS; i++) {
		if (!skip_key(&place, keys[i]) || !parse_decimal(&place, &stall.share[i]))
			return stall;
		stall.share[i] /= 100;
	}
	stall.is_known = skip_key(&place, "total=") && parse_number(&place, &microseconds);
	stall.seconds = (double)microseconds * 1e-6;
	return stall;
}

int pressure_read(const struct machine *machine, struct text *text, const char *resource,
		  struct pressure *ret_pressure)
{
	int error = text_read(text, machine, "/proc/pressure/%s", resource);

	if (error)
		return error;
	ret_pressure->some = read_stall(text->data, "some ");
	ret_pressure->full = read_stall(text->data, "full ");
	return 0;
}

static void emit_stall(const struct stall *stall, const char *resource, const char *type,
		       const struct emission *emission)
{
	static const char *const windows[PRESSURE_WINDOWS] = {"10", "60", "300"};

	if (!stall->is_known)
		return;
	emit_seconds(emission, "system.linux.psi.time", stall->seconds,
		     TAGS({"system.linux.psi.resource", resource},
			  {"system.pressure.stall_type", type}));
	for (unsigned int i = 0; i < PRESSURE_WINDOWS; i++)
		emit_gauge(emission, "system.linux.psi.share", "1", stall->share[i],
			   TAGS({"system.linux.psi.resource", resource},
				{"system.pressure.stall_type", type},
				{"system.linux.psi.window", windows[i]}));
}

void pressure_emit(const struct pressure *pressure, const char *resource,
		   const struct emission *emission)
{
	emit_stall(&pressure->some, resource, "some", emission);
	emit_stall(&pressure->full, resource, "full", emission);
}
