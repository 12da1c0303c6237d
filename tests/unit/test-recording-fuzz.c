// SPDX-License-Identifier: MIT
/*
 * Spoils regions and documents at random, thousands of times, the same way in every run, and uses
 * what is read for all that it is for. There is nothing right to compare with: the tests fail by a
 * crash, by a sanitizer's report, or by not ending.
 */
#include "config.h"

#include "format/recording-json.h"
#include "model/fold.h"
#include "model/snapshot.h"
#include "report/text.h"

#include "region-builder.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

enum {
	REGION_ROUNDS = 4000,
	DOCUMENT_ROUNDS = 6000,
};

static uint64_t random_state = 88172645463325252;

static uint64_t random_number(uint64_t end)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state % end;
}

/* Half of the changes are small, and digits stay digits mostly, so that what they make is nearly
 * right. */
static void spoil(char *bytes, size_t size)
{
	for (uint64_t n = 1 + random_number(6); n > 0; n--) {
		char *byte = &bytes[random_number(size)];

		if (*byte >= '0' && *byte <= '9' && random_number(16))
			*byte = (char)('0' + random_number(10));
		else if (random_number(2))
			*byte = (char)(*byte + (random_number(2) ? 1 : -1));
		else
			*byte = (char)random_number(256);
	}
}

/* Everything a recording is for, into nothing. */
static void use(const struct recording *recording)
{
	struct text_options options = TEXT_OPTIONS_DEFAULT;
	FILE *null = fopen("/dev/null", "w");
	struct snapshot *snapshot = NULL;

	CU_ASSERT_EQUAL(text_report(recording, &options, null), 0);
	CU_ASSERT_EQUAL(recording_json_write(recording, null), 0);
	CU_ASSERT_EQUAL(snapshot_new_from_recording(recording, &snapshot), 0);
	snapshot_put(snapshot);
	fclose(null);
}

static void fold_and_use(const struct region_image *image)
{
	static struct session_settings settings;
	const struct fold_options options = {.settings = &settings, .now_ns = 7000};
	struct recording recording = {.started_ns = 1700000000000000000};

	CU_ASSERT_EQUAL(fold_region(&recording, image, random_number(2), &options), 0);
	use(&recording);
	recording_deinit(&recording);
}

static void a_spoilt_region_is_refused_or_read_in_part(void)
{
	struct region_builder builder;
	char original[16384];
	unsigned int n_read = 0;
	unsigned int n_damaged = 0;

	builder_init(&builder);
	builder_fill(&builder);
	size_t used = builder.header->used;

	builder.header->committed = used;
	CU_ASSERT_FATAL(used <= sizeof(original));
	memcpy(original, builder.header, used);
	for (int i = 0; i < REGION_ROUNDS; i++) {
		struct region_image *image = NULL;
		size_t size = random_number(4) ? used : random_number(used);
		/* Past the header's strings, which are most of it, there is more to break. */
		size_t start = random_number(2) ? 0 : sizeof(struct region_header);

		spoil((char *)builder.header + start, used - start);
		if (builder_read(&builder, size, &image, NULL) == 0) {
			n_read++;
			n_damaged += image->n_damaged > 0;
			fold_and_use(image);
			region_image_free(image);
		}
		memcpy(builder.header, original, used);
	}
	printf("# %u of %d read, %u of them in part\n", n_read, REGION_ROUNDS, n_damaged);
	CU_ASSERT(n_read > REGION_ROUNDS / 2);
	CU_ASSERT(n_damaged > REGION_ROUNDS / 4);
	builder_deinit(&builder);
}

static char *make_document(size_t *ret_size)
{
	struct region_builder builder;
	struct region_image *image = NULL;
	const struct fold_options options = {0};
	struct recording recording = {0};
	char *text = NULL;
	FILE *stream = open_memstream(&text, ret_size);

	builder_init(&builder);
	builder_fill(&builder);
	CU_ASSERT_EQUAL_FATAL(builder_read(&builder, BUILDER_SIZE, &image, NULL), 0);
	CU_ASSERT_EQUAL(fold_region(&recording, image, false, &options), 0);
	CU_ASSERT_EQUAL(recording_json_write(&recording, stream), 0);
	fclose(stream);
	recording_deinit(&recording);
	region_image_free(image);
	builder_deinit(&builder);
	return text;
}

static void a_spoilt_document_is_refused_or_read(void)
{
	size_t size;
	char *text = make_document(&size);
	char *spoilt = malloc(size);
	unsigned int n_read = 0;

	for (int i = 0; i < DOCUMENT_ROUNDS; i++) {
		struct recording recording = {0};
		struct message message = {{0}};
		size_t kept = random_number(8) ? size : 1 + random_number(size - 1);

		memcpy(spoilt, text, size);
		spoil(spoilt, kept);
		FILE *stream = fmemopen(spoilt, kept, "r");

		if (recording_json_read(stream, "spoilt", &recording, &message) == 0) {
			n_read++;
			use(&recording);
			recording_deinit(&recording);
		} else {
			CU_ASSERT(message.text[0] != '\0');
		}
		fclose(stream);
	}
	printf("# %u of %d read\n", n_read, DOCUMENT_ROUNDS);
	CU_ASSERT(n_read > 0);
	free(spoilt);
	free(text);
}

UNIT_MAIN("spoilt input",
	  {"a spoilt region is refused or read in part",
	   a_spoilt_region_is_refused_or_read_in_part},
	  {"a spoilt document is refused or read", a_spoilt_document_is_refused_or_read})
