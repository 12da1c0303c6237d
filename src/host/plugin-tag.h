// SPDX-License-Identifier: MIT
/*
 * plugin-tag.h - tags on both sides of the plugins' interface, which are the same in memory.
 */
#ifndef SONDE_HOST_PLUGIN_TAG_H
#define SONDE_HOST_PLUGIN_TAG_H

#include <stddef.h>

#include "model/series.h"
#include "sonde/plugin.h"

_Static_assert(sizeof(struct tag) == sizeof(struct sonde_tag), "tags differ");
_Static_assert(offsetof(struct tag, key) == offsetof(struct sonde_tag, key), "tags differ");
_Static_assert(offsetof(struct tag, value) == offsetof(struct sonde_tag, value), "tags differ");

static inline const struct sonde_tag *plugin_tags_view(const struct tag *tags)
{
	return (const void *)tags;
}

static inline const struct tag *plugin_tags_take(const struct sonde_tag *tags)
{
	return (const void *)tags;
}

/*
 * A copy of tags and their strings, in one piece of memory: free() ends it. Bytes that are not
 * UTF-8 become U+FFFD. NULL without memory.
 */
struct tag *plugin_tags_copy(const struct tag *tags, size_t n_tags);

#endif
