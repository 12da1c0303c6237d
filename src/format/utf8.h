// SPDX-License-Identifier: MIT
/*
 * utf8.h - text that may not be text: file names and arguments are bytes.
 */
#ifndef SONDE_FORMAT_UTF8_H
#define SONDE_FORMAT_UTF8_H

#include <stddef.h>

/* U+FFFD, which stands for each byte that belongs to no character. */
#define UTF8_REPLACEMENT "\xef\xbf\xbd"

/* Bytes of the character that the text begins with; 0: it is none (RFC 3629), or the text is at its end. */
size_t utf8_length(const char *text);

#endif
