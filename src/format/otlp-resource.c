// SPDX-License-Identifier: MIT
#include "config.h"

#include "format/otlp-resource.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { DERIVED_MOST = 6, TEXT_SIZE = 256 };

static const char prefix[] = "resource.";

static const char *find(const struct otlp_resource *resource, const char *key)
{
	for (size_t i = 0; i < resource->n_tags; i++)
		if (strcmp(resource->tags[i].key, key) == 0)
			return resource->tags[i].value;
	return NULL;
}

/* The first of a key stays. */
static void add(struct otlp_resource *resource, const char *key, const char *value)
{
	if (value && !find(resource, key))
		resource->tags[resource->n_tags++] = (struct tag){key, value};
}

static size_t count_parameters(const char *const *parameters)
{
	size_t n = 0;

	while (parameters && parameters[2 * n])
		n++;
	return n;
}

static void add_parameters(struct otlp_resource *resource, const char *const *parameters)
{
	size_t length = strlen(prefix);

	for (; parameters && parameters[0]; parameters += 2)
		if (strncmp(parameters[0], prefix, length) == 0)
			add(resource, parameters[0] + length, parameters[1]);
}

static void add_copy(struct otlp_resource *resource, struct message_memory *memory, const char *key, const char *value)
{
	add(resource, key, message_memory_text(memory, value, strlen(value)));
}

static void add_service_name(struct otlp_resource *resource, struct message_memory *memory)
{
	const char *executable = find(resource, "process.executable.name");
	char text[TEXT_SIZE];

	snprintf(text, sizeof(text), "unknown_service%s%.200s", executable ? ":" : "", executable ? executable : "");
	add_copy(resource, memory, "service.name", text);
}

/* FNV-1a, of 64 bits. */
static uint64_t mix(uint64_t hash, const char *text)
{
	/* With its end, so that "ab", "c" is not "a", "bc". */
	for (size_t i = 0, n = strlen(text) + 1; i < n; i++)
		hash = (hash ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
	return hash;
}

static uint64_t mix_source(uint64_t hash, const struct otlp_resource *resource, const struct snapshot_source *source)
{
	const char *host = find(resource, "host.name");
	const char *session = find(resource, "sonde.session");
	char start[24];

	/* A program that exports by itself has no session. */
	snprintf(start, sizeof(start), "%" PRId64, source->start_ns);
	hash = mix(mix(hash, host ? host : ""), session ? session : start);
	/* What differs at the end only should differ everywhere. */
	hash = (hash ^ hash >> 32) * UINT64_C(0xd6e8feb86659fd93);
	return hash ^ hash >> 32;
}

/* A UUID of version 8: what it is made of is its maker's affair. */
static void add_instance(struct otlp_resource *resource, struct message_memory *memory,
			 const struct snapshot_source *source)
{
	uint64_t high = mix_source(UINT64_C(0xcbf29ce484222325), resource, source);
	uint64_t low = mix_source(high, resource, source);
	char text[40];

	snprintf(text, sizeof(text), "%08" PRIx64 "-%04" PRIx64 "-8%03" PRIx64 "-%04" PRIx64 "-%012" PRIx64, high >> 32,
		 high >> 16 & 0xffff, high & 0xfff, (low >> 48 & 0x3fff) | 0x8000, low & UINT64_C(0xffffffffffff));
	add_copy(resource, memory, "service.instance.id", text);
}

struct otlp_resource otlp_resource_make(struct message_memory *memory, const struct snapshot_source *source,
					const char *const *parameters)
{
	size_t n_most = count_parameters(parameters) + source->n_tags + DERIVED_MOST;
	struct otlp_resource resource = {.tags = message_memory_take(memory, n_most * sizeof(*resource.tags))};

	if (!resource.tags)
		return resource;
	add_parameters(&resource, parameters);
	for (size_t i = 0; i < source->n_tags; i++)
		add(&resource, source->tags[i].key, source->tags[i].value);
	add_service_name(&resource, memory);
	add_instance(&resource, memory, source);
	add(&resource, "os.type", "linux");
	add(&resource, "telemetry.sdk.language", "c");
	add(&resource, "telemetry.sdk.name", "sonde");
	add(&resource, "telemetry.sdk.version", PACKAGE_VERSION);
	return resource;
}
