// SPDX-License-Identifier: MIT
/*
 * utf8.h - what is UTF-8 and what is not.
 */
#ifndef SONDE_FORMAT_UTF8_H
#define SONDE_FORMAT_UTF8_H

#include <stddef.h>

#define UTF8_REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* Bytes of the well-formed sequence that begins here, at least one for a NUL; 0: there is none. */
size_t utf8_length(const char *text);

#endif
