// SPDX-License-Identifier: MIT
/*
 * access.h - who may read: those who know a user's name and password, as HTTP's basic
 * authentication has them.
 *
 * What a client must send is made once, and compared in a time that does not tell how much of it
 * was right. Source: RFC 7617.
 */
#ifndef SONDE_PLUGINS_PROMETHEUS_ACCESS_H
#define SONDE_PLUGINS_PROMETHEUS_ACCESS_H

#include <stdbool.h>

enum { ACCESS_TEXT_SIZE = 128, ACCESS_CREDENTIALS_SIZE = 2 * ACCESS_TEXT_SIZE * 4 / 3 + 8 };

struct access {
	bool is_open; /* to everybody */
	char credentials[ACCESS_CREDENTIALS_SIZE];
};

/*
 * NULL and NULL: everybody may. 0; -EINVAL: only one of them is given, a name with a colon, or one
 * that has more than ACCESS_TEXT_SIZE - 1 bytes.
 */
int access_init(struct access *access, const char *user, const char *password);

/* The Authorization header's value; NULL: there was none. */
bool access_is_granted(const struct access *access, const char *authorization);

#endif
