// SPDX-License-Identifier: MIT
/*
 * session-change.h - changing what is watched while it is watched.
 *
 *     struct session_change change;
 *
 *     session_change_parse("memory=off", &change, &message);
 *     session_change_all("/dev/shm/sonde-0/...", &change, 1, &message);
 *
 * A change is written to the settings that all processes of the session have mapped: each sees it
 * at its next call, and those that are started later have it from the start.
 */
#ifndef SONDE_HOST_SESSION_CHANGE_H
#define SONDE_HOST_SESSION_CHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/value.h"
#include "model/message.h"

struct setting;

struct session_change {
	const struct setting *of_stacks; /* one of the settings of stacks, and its value; NULL: */
	struct value value;
	const char *name; /* of a group, or of a call that has no group's name */
	bool is_group;
	bool is_switch; /* or a change of the period */
	bool is_on;
	uint16_t period;
};

/* "memory=off", "lseek=on", "timing.memory=1", "stacks.slower_than=1ms". 0, or -EINVAL with ret_message set. */
int session_change_parse(const char *text, struct session_change *ret_change,
			 struct message *ret_message);

/*
 * Makes changes in the session of a directory, all of them or none. 0, or a negative errno with
 * ret_message set: -ENOENT and the like when it is no session, -ESRCH when it has ended.
 */
int session_change_all(const char *directory, const struct session_change *changes,
		       size_t n_changes, struct message *ret_message);

/* Asks the host of a session to read its configuration again. As above. */
int session_ask_reload(const char *directory, struct message *ret_message);

#endif
