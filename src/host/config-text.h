// SPDX-License-Identifier: MIT
/*
 * config-text.h - the text of a configuration file, safe to hand to libconfig.
 *
 * libconfig 1.5 ends the process when it is to include a directory, and reads an integer above 2^31
 * - 1 as another one, and does not name a setting that is there twice. So files are read here, with what they include,
 * and looked through for all three.
 */
#ifndef SONDE_HOST_CONFIG_TEXT_H
#define SONDE_HOST_CONFIG_TEXT_H

#include <stdbool.h>

#include "host/messages.h"

enum { CONFIG_TEXT_MAX = 1024 * 1024 }; /* bytes in a file */

/*
 * Reads a file. Whatever is wrong with it or with a file that it includes is added to messages.
 * Returns the text, to be freed, or NULL when something was wrong.
 *
 * A configuration says which plugins are run: who writes it runs programs in the name of who reads
 * it. So a file that anybody may write to is refused, with what it includes, and one of another
 * user (but root) unless the user has named it and so trusts its owner.
 */
char *config_text_read(const char *file, bool is_named, struct messages *messages);

/*
 * The same of a text that is there already: a copy, to be freed, or NULL. `name` is what messages
 * call it. It lies in no folder, so it can include nothing.
 */
char *config_text_copy(const char *text, const char *name, struct messages *messages);

/* The folder of a file, in which libconfig is to look for included files; to be freed. */
char *config_text_folder(const char *file);

/* The path of an included file, as people can open it; to be freed. */
char *config_text_included_path(const char *folder, const char *name);

#endif
