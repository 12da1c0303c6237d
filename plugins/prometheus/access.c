// SPDX-License-Identifier: MIT
#include "prometheus/access.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char scheme[] = "basic ";

/* Three bytes become four digits of base 64; what is missing of the last three, "=". */
static void encode(const char *text, size_t length, char *ret_digits)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < length; i += 3) {
		size_t n = length - i < 3 ? length - i : 3;
		uint32_t bits = 0;

		for (size_t k = 0; k < n; k++)
			bits |= (uint32_t)(unsigned char)text[i + k] << (16 - 8 * k);
		for (size_t k = 0; k < 4; k++)
			*ret_digits++ = k <= n ? digits[(bits >> (18 - 6 * k)) & 63] : '=';
	}
	*ret_digits = '\0';
}

int access_init(struct access *access, const char *user, const char *password)
{
	char plain[2 * ACCESS_TEXT_SIZE];

	*access = (struct access){.is_open = !user && !password};
	if (access->is_open)
		return 0;
	if (!user || !password || strchr(user, ':') || strlen(user) >= ACCESS_TEXT_SIZE ||
	    strlen(password) >= ACCESS_TEXT_SIZE)
		return -EINVAL;
	snprintf(plain, sizeof(plain), "%s:%s", user, password);
	encode(plain, strlen(plain), access->credentials);
	return 0;
}

static bool are_equal(const char *left, const char *right, size_t length)
{
	unsigned char difference = 0;

	for (size_t i = 0; i < length; i++)
		difference |= (unsigned char)(left[i] ^ right[i]);
	return difference == 0;
}

bool access_is_granted(const struct access *access, const char *authorization)
{
	size_t n_scheme = strlen(scheme);
	size_t length = strlen(access->credentials);

	if (access->is_open)
		return true;
	if (!authorization || strncasecmp(authorization, scheme, n_scheme) != 0)
		return false;
	authorization += n_scheme;
	authorization += strspn(authorization, " ");
	return strlen(authorization) == length &&
	       are_equal(authorization, access->credentials, length);
}
