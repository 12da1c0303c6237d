// SPDX-License-Identifier: MIT
#include "config.h"

#include "format/recording-json.h"
#include "model/fold.h"

#include "region-builder.h"
#include "unit.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char *copy(const char *text)
{
	return strdup(text);
}

static void add_session(struct recording *recording)
{
	recording->id = copy("1700000000-42");
	recording->command = calloc(3, sizeof(char *));
	recording->command[0] = copy("program");
	recording->command[1] = copy("--name=K\xc3\xb6ln");
	recording->started_ns = 1700000000123456789;
	recording->wall_ns = 12345678901;
	recording->user_ns = 2000000001;
	recording->system_ns = 999;
	recording->exit = (struct exit_info){EXIT_SIGNAL, 9};
	recording->labels = calloc(1, sizeof(struct label));
	recording->labels[0] = (struct label){copy("branch"), copy("main")};
	recording->n_labels = 1;
	recording->host = copy("host");
	recording->version = copy("0.1.0");
}

static void add_coverage(struct recording *recording)
{
	recording->unwatched = calloc(1, sizeof(struct unwatched_record));
	recording->unwatched[0] =
		(struct unwatched_record){7, copy("/usr/bin/sudo"), NOTE_SETUID, 2};
	recording->n_unwatched = 1;
	recording->lost[LOSS_REGION_FULL] = 17;
	recording->notes_lost = 1;
	recording->damaged_regions = 2;
	recording->processes_not_kept = 3;
	recording->n_uncounted = 4;
	name_counts_add(&recording->off, "usleep", 1);
	name_counts_add(&recording->switched, "read", 1);
	name_counts_add(&recording->switched, "lseek", 1);
	name_counts_add(&recording->retimed, "malloc", 1);
}

static void add_plugin(struct recording *recording)
{
	struct plugin_record *plugin = recording_add_plugin(recording);

	*plugin = (struct plugin_record){
		.name = copy("figures"),
		.plugin = copy("/opt/\xff.so"),
		.version = copy("1.0"),
		.state = copy("stuck"),
		.reason = copy("for a \"reason\""),
		.n_lost = 3,
		.lines = calloc(2, sizeof(char *)),
		.n_lines = 2,
	};
	plugin->lines[0] = copy("first");
	plugin->lines[1] = copy("last");
	name_counts_add(&plugin->counts, "taken", 12);
}

/* A run with something in every field. */
static struct recording make_recording(void)
{
	struct failure_classes *classes = failure_classes_new();
	const struct fold_options options = {.classes = classes};
	struct region_builder builder;
	struct region_image *image = NULL;
	struct recording recording = {0};

	builder_init(&builder);
	builder_fill(&builder);
	CU_ASSERT_EQUAL_FATAL(builder_read(&builder, BUILDER_SIZE, &image, NULL), 0);
	CU_ASSERT_EQUAL(fold_region(&recording, image, false, &options), 0);
	CU_ASSERT_EQUAL(fold_region(&recording, image, true, &options), 0);
	add_session(&recording);
	add_coverage(&recording);
	add_plugin(&recording);
	region_image_free(image);
	failure_classes_free(classes);
	builder_deinit(&builder);
	return recording;
}

/* The document as text, to be freed. */
static char *write_text(const struct recording *recording)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	CU_ASSERT_EQUAL_FATAL(recording_json_write(recording, stream), 0);
	fclose(stream);
	return text;
}

static int read_text(const char *text, struct recording *ret_recording, struct message *ret_message)
{
	FILE *stream = fmemopen((char *)text, strlen(text), "r");
	int error = recording_json_read(stream, "out.json", ret_recording, ret_message);

	fclose(stream);
	return error;
}

static void a_recording_that_is_written_and_read_is_the_same(void)
{
	struct recording recording = make_recording();
	struct recording again = {0};
	struct message message = {{0}};
	char *text = write_text(&recording);

	CU_ASSERT_EQUAL_FATAL(read_text(text, &again, &message), 0);
	char *text_again = write_text(&again);

	CU_ASSERT_STRING_EQUAL(text, text_again);
	CU_ASSERT_EQUAL(again.started_ns, recording.started_ns);
	CU_ASSERT_EQUAL(again.wall_ns, recording.wall_ns);
	CU_ASSERT_EQUAL(again.exit.value, 9);
	CU_ASSERT_STRING_EQUAL(again.command[1], recording.command[1]);
	CU_ASSERT_PTR_NULL(again.command[2]);
	CU_ASSERT_EQUAL(again.lost[LOSS_REGION_FULL], 17);
	CU_ASSERT_EQUAL(again.n_process_records, 2);
	CU_ASSERT_EQUAL(name_counts_get(&again.raw_calls, "gettid"), 28);
	CU_ASSERT_EQUAL(again.off.n_items, 1);
	CU_ASSERT_EQUAL(name_counts_get(&again.off, "usleep"), 1);
	CU_ASSERT_EQUAL(again.switched.n_items, 2);
	CU_ASSERT_EQUAL(name_counts_get(&again.switched, "lseek"), 1);
	CU_ASSERT_EQUAL(again.retimed.n_items, 1);
	CU_ASSERT_EQUAL(name_counts_get(&again.retimed, "malloc"), 1);
	CU_ASSERT_EQUAL(name_counts_get(&again.processes[0]->coverage.raw_calls, "gettid"), 14);

	struct call_totals *before = call_list_find(&recording.calls, "read", "");
	struct call_totals *after = call_list_find(&again.calls, "read", "");

	for (unsigned int i = 0; i < HISTOGRAM_BUCKETS; i++)
		CU_ASSERT_EQUAL(bucket_counts_get(&before->buckets, i), bucket_counts_get(&after->buckets, i));
	CU_ASSERT_EQUAL(before->timed, after->timed);
	CU_ASSERT_EQUAL(before->sum_ns, after->sum_ns);
	CU_ASSERT_EQUAL(before->errors[0].last_ns, after->errors[0].last_ns);
	free(text);
	free(text_again);
	recording_deinit(&recording);
	recording_deinit(&again);
}

static FILE *open_golden(const char *name, const char *suffix)
{
	const char *source = getenv("top_srcdir");
	char *path = NULL;

	CU_ASSERT_FATAL(asprintf(&path, "%s/tests/golden/%s%s", source ? source : ".", name, suffix) > 0);
	FILE *file = fopen(path, "r");

	if (!file)
		printf("# cannot open %s\n", path);
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	free(path);
	return file;
}

/*
 * tests/golden/NAME-written.json is what "sonde report --format=json tests/golden/NAME.json" has always said: it is
 * made anew only when the format changes.
 */
static void documents_are_written_as_ever_to_the_byte(void)
{
	static const char *const names[] = {"ordinary", "lossy", "huge", "hostile"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct recording recording = {0};
		FILE *file = open_golden(names[i], ".json");
		FILE *written = open_golden(names[i], "-written.json");
		char *expected = NULL;
		size_t size = 0;

		CU_ASSERT_EQUAL_FATAL(recording_json_read(file, names[i], &recording, NULL), 0);
		char *text = write_text(&recording);

		CU_ASSERT(getdelim(&expected, &size, '\0', written) > 0);
		if (strcmp(text, expected) != 0)
			printf("# %s is written in another way\n", names[i]);
		CU_ASSERT_STRING_EQUAL(text, expected);
		free(text);
		free(expected);
		fclose(file);
		fclose(written);
		recording_deinit(&recording);
	}
}

static uint64_t count_after_round_trip(uint64_t count)
{
	struct recording recording = {0};
	struct recording again = {0};
	struct call_totals *call = call_list_get(&recording.calls, "read", "", "io");

	call->count = count;
	call->timed = count;
	CU_ASSERT_EQUAL(bucket_counts_add(&call->buckets, 0, count), 0);
	char *text = write_text(&recording);

	CU_ASSERT_EQUAL_FATAL(read_text(text, &again, NULL), 0);
	call = call_list_find(&again.calls, "read", "");
	CU_ASSERT_EQUAL(call->count, call->timed);
	count = call->count;
	free(text);
	recording_deinit(&recording);
	recording_deinit(&again);
	return count;
}

static void counts_survive_exactly_up_to_two_to_the_63(void)
{
	uint64_t odd = (UINT64_C(1) << 53) + 1;

	CU_ASSERT_EQUAL(count_after_round_trip(0), 0);
	CU_ASSERT_EQUAL(count_after_round_trip(odd), odd);
	CU_ASSERT_EQUAL(count_after_round_trip(INT64_MAX), INT64_MAX);
	CU_ASSERT_EQUAL(count_after_round_trip(UINT64_MAX), INT64_MAX);
}

static void kinds_of_a_call_survive(void)
{
	struct recording recording = {0};
	struct recording again = {0};

	call_list_get(&recording.calls, "read", "", "io")->count = 1;
	call_list_get(&recording.calls, "read", "file", "io")->count = 2;
	call_list_get(&recording.calls, "read", "pipe", "io")->count = 3;
	char *text = write_text(&recording);

	CU_ASSERT_EQUAL_FATAL(read_text(text, &again, NULL), 0);
	CU_ASSERT_EQUAL(again.calls.n_calls, 3);
	CU_ASSERT_EQUAL(call_list_find(&again.calls, "read", "")->count, 1);
	CU_ASSERT_EQUAL(call_list_find(&again.calls, "read", "file")->count, 2);
	CU_ASSERT_EQUAL(call_list_find(&again.calls, "read", "pipe")->count, 3);
	free(text);
	recording_deinit(&recording);
	recording_deinit(&again);
}

static void durations_survive_to_the_nanosecond_for_48_days(void)
{
	struct recording recording = {.wall_ns = (UINT64_C(1) << 22) * 1000000000 - 1};
	struct recording again = {0};
	char *text = write_text(&recording);

	CU_ASSERT_EQUAL_FATAL(read_text(text, &again, NULL), 0);
	CU_ASSERT_EQUAL(again.wall_ns, recording.wall_ns);
	free(text);
	recording_deinit(&again);
}

static void durations_are_written_with_all_their_nanoseconds(void)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} cases[] = {
		{0, "\"wall_seconds\":0.0,"},
		{1, "\"wall_seconds\":0.000000001,"},
		{120, "\"wall_seconds\":0.00000012,"},
		{1500000000, "\"wall_seconds\":1.5,"},
		{20000000000, "\"wall_seconds\":20.0,"},
		{UINT64_MAX, "\"wall_seconds\":18446744073.709551615,"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct recording recording = {.wall_ns = cases[i].ns};
		char *text = write_text(&recording);
		bool is_there = strstr(text, cases[i].text);

		if (!is_there)
			printf("# not in the document: %s\n", cases[i].text);
		CU_ASSERT(is_there);
		free(text);
	}
}

/* What is written goes through a few kilobytes of memory; where that is full, what follows is as elsewhere. */
static void a_document_is_whole_wherever_its_pieces_end(void)
{
	enum { SHORTEST = 3500, LONGEST = 4500 };
	char id[LONGEST + 1];

	memset(id, 'x', sizeof(id));
	for (size_t length = SHORTEST; length <= LONGEST; length++) {
		struct recording recording = {.id = strndup(id, length)};
		struct recording again = {0};
		struct message message = {{0}};
		char *text = write_text(&recording);
		int result = read_text(text, &again, &message);

		if (result)
			printf("# with %zu characters: %s\n", length, message.text);
		CU_ASSERT_EQUAL_FATAL(result, 0);
		CU_ASSERT_STRING_EQUAL(again.id, recording.id);
		free(text);
		recording_deinit(&recording);
		recording_deinit(&again);
	}
}

static void an_empty_recording_is_a_document_too(void)
{
	struct recording recording = {0};
	struct recording again = {0};
	struct message message = {{0}};
	char *text = write_text(&recording);

	CU_ASSERT_EQUAL(read_text(text, &again, &message), 0);
	CU_ASSERT_PTR_NULL(again.id);
	CU_ASSERT_PTR_NULL(again.command);
	CU_ASSERT_EQUAL(again.exit.kind, EXIT_UNKNOWN);
	CU_ASSERT_EQUAL(again.calls.n_calls, 0);
	free(text);
	recording_deinit(&again);
}

static void text_that_is_not_utf_8_is_replaced(void)
{
	struct recording recording = {.id = copy("a\xff"
						 "b\xc3\xb6\xe2\x82")};
	struct recording again = {0};
	char *text = write_text(&recording);

	CU_ASSERT_EQUAL_FATAL(read_text(text, &again, NULL), 0);
	CU_ASSERT_STRING_EQUAL(again.id, "a\xef\xbf\xbd"
					 "b\xc3\xb6\xef\xbf\xbd\xef\xbf\xbd");
	free(text);
	recording_deinit(&recording);
	recording_deinit(&again);
}

static void a_stream_that_takes_nothing_is_an_error(void)
{
	struct recording recording = make_recording();
	FILE *full = fopen("/dev/full", "w");

	CU_ASSERT_PTR_NOT_NULL_FATAL(full);
	CU_ASSERT_EQUAL(recording_json_write(&recording, full), -ENOSPC);
	fclose(full);
	recording_deinit(&recording);
}

/* The text with the first occurrence of a part replaced. */
static char *replace(const char *text, const char *part, const char *with)
{
	const char *found = strstr(text, part);
	char *result = NULL;

	if (!found)
		printf("# '%s' is not in the document\n", part);
	CU_ASSERT_PTR_NOT_NULL_FATAL(found);
	CU_ASSERT_FATAL(asprintf(&result, "%.*s%s%s", (int)(found - text), text, with,
				 found + strlen(part)) > 0);
	return result;
}

/* Reads a document that must be refused with this error and these words. */
static void expect_refusal(const char *text, int error, const char *words)
{
	struct recording recording = {.n_threads = 4711};
	struct message message = {{0}};

	CU_ASSERT_EQUAL(read_text(text, &recording, &message), error);
	CU_ASSERT_EQUAL(recording.n_threads, 4711);
	if (!strstr(message.text, words))
		printf("# expected '%s' in '%s'\n", words, message.text);
	CU_ASSERT_PTR_NOT_NULL(strstr(message.text, words));
}

static void a_wrong_value_is_named_with_its_key_and_what_was_expected(void)
{
	static const struct {
		const char *part;
		const char *with;
		const char *words;
	} cases[] = {
		{"\"session\": {", "\"sessions\": {",
		 "out.json: session: expected an object, found nothing"},
		{"\"calls\": [", "\"calls\": 3, \"x\": [",
		 "out.json: calls: expected an array, found an integer"},
		{"\"call\":\"open\"", "\"call\":7",
		 "out.json: calls[0].call: expected a string, found an integer"},
		{"\"call\":\"open\"", "\"call\":\"read\"",
		 "out.json: calls[1].call: \"read\" is there twice"},
		{"\"count\":", "\"count\":1.5,\"x\":",
		 "out.json: calls[0].count: expected an integer, found a number"},
		{"\"count\":", "\"count\":-1,\"x\":",
		 "out.json: calls[0].count: -1 is not in the range 0 to 9223372036854775807"},
		{"\"sum\":", "\"sum\":-1,\"x\":",
		 "out.json: calls[0].seconds.sum: -1 s is negative"},
		{"\"min\":", "\"min\":1e9,\"x\":",
		 "out.json: calls[0].seconds.min: is more than max"},
		{"\"scale\":3", "\"scale\":4",
		 "out.json: calls[0].histogram.scale: 4 is not in the range 3 to 3"},
		{"\"offset\":", "\"offset\":-209,\"x\":", "-209 is not in the range -208 to 112"},
		{"\"offset\":", "\"offset\":112,\"x\":",
		 "1 buckets from index 112 on, at most 0 fit"},
		{"\"buckets\":[", "\"buckets\":[null,",
		 "out.json: calls[0].histogram.buckets: expected counts only, found null"},
		{"\"errors\":[{", "\"errors\":[[],{", "calls[0].errors[0].errno: expected"},
		{"\"class\":\"expected\"", "\"class\":\"bad\"",
		 "calls[0].errors[0].class: \"bad\" is neither"},
		{"\"first\":\"2023", "\"first\":\"soon", "is not an instant like"},
		{"\"first\":\"2023", "\"first\":\"9999", "is too far from now"},
		{"\"exit\":{\"signal\":9}", "\"exit\":{}",
		 "out.json: session.exit: expected null or an object"},
		{"\"exit\":{\"signal\":9}", "\"exit\":{\"signal\":\"KILL\"}",
		 "session.exit.signal: expected an integer, found a string"},
		{"\"branch\":\"main\"", "\"branch\":1", "session.labels: expected strings only"},
		{"\"command\":[\"program\"", "\"command\":[null",
		 "session.command: expected strings only, found null"},
		{"\"reason\":\"setuid\"", "\"reason\":\"magic\"",
		 "unwatched[0].reason: \"magic\" is no known reason"},
		{"\"region_full\":17", "\"region_full\":\"17\"",
		 "coverage.lost.region_full: expected an integer, found a string"},
		{"\"running\":false", "\"running\":0",
		 "processes[0].running: expected a boolean, found an integer"},
	};
	struct recording recording = make_recording();
	char *text = write_text(&recording);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *spoilt = replace(text, cases[i].part, cases[i].with);

		expect_refusal(spoilt, -EBADMSG, cases[i].words);
		free(spoilt);
	}
	free(text);
	recording_deinit(&recording);
}

static void a_document_of_another_schema_is_refused(void)
{
	struct recording recording = {0};
	char *text = write_text(&recording);
	char *newer = replace(text, "recording/1", "recording/2");
	char *other = replace(text, "sonde.recording/1", "other/1");

	expect_refusal(newer, -EPROTO,
		       "out.json: schema: \"sonde.recording/2\" is newer than this sonde, which "
		       "reads \"sonde.recording/1\"");
	expect_refusal(other, -EPROTO,
		       "out.json: schema: expected \"sonde.recording/1\", found \"other/1\"");
	expect_refusal("{}", -EBADMSG, "out.json: schema: expected a string, found nothing");
	expect_refusal("[]", -EBADMSG, "out.json: schema: expected a string, found nothing");
	free(text);
	free(newer);
	free(other);
}

static void what_is_not_json_is_refused_with_its_line(void)
{
	struct recording recording = make_recording();
	char *text = write_text(&recording);

	expect_refusal("{\n\"schema\": x", -EBADMSG, "out.json: line 2: not a JSON document");
	expect_refusal("\n", -EBADMSG, "not a JSON document");
	expect_refusal("\x7f"
		       "ELF",
		       -EBADMSG, "out.json: line 1: not a JSON document");
	text[strlen(text) / 2] = '\0';
	expect_refusal(text, -EBADMSG, "not a JSON document");
	free(text);
	recording_deinit(&recording);
}

static void a_directory_is_an_error_of_reading(void)
{
	struct recording recording = {0};
	struct message message = {{0}};
	FILE *directory = fopen("/tmp", "r");

	CU_ASSERT_PTR_NOT_NULL_FATAL(directory);
	CU_ASSERT_EQUAL(recording_json_read(directory, "/tmp", &recording, &message), -EISDIR);
	CU_ASSERT_STRING_EQUAL(message.text, "/tmp: Is a directory");
	fclose(directory);
}

static void the_first_keys_come_in_the_documented_order(void)
{
	static const char *const keys[] = {
		"schema",  "session", "calls", "processes", "unwatched", "plugins",
		"metrics", "files",   "peers", "stacks",    "coverage",
	};
	struct recording recording = make_recording();
	char *text = write_text(&recording);
	json_t *document = json_loads(text, 0, NULL);
	void *position = json_object_iter(document);

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		CU_ASSERT_STRING_EQUAL(json_object_iter_key(position), keys[i]);
		position = json_object_iter_next(document, position);
	}
	CU_ASSERT_PTR_NULL(position);
	json_decref(document);
	free(text);
	recording_deinit(&recording);
}

/* Whether a validator of another make finds the document in order: its exit status. */
static int validate(const char *text)
{
	const char *source = getenv("top_srcdir");
	char path[] = "/tmp/sonde-test-XXXXXX";
	int fd = mkstemp(path);
	char *command = NULL;
	ssize_t n = write(fd, text, strlen(text));

	close(fd);
	CU_ASSERT_EQUAL(n, (ssize_t)strlen(text));
	CU_ASSERT_FATAL(asprintf(&command,
				 "/usr/bin/python3 -c 'import json, jsonschema, sys\n"
				 "schema, text = (json.load(open(p)) for p in sys.argv[1:])\n"
				 "jsonschema.Draft7Validator.check_schema(schema)\n"
				 "v = jsonschema.Draft7Validator(schema)\n"
				 "sys.exit(3 if list(v.iter_errors(text)) else 0)' "
				 "'%s/docs/recording.schema.json' %s",
				 source ? source : ".", path) > 0);
	int status = system(command);

	free(command);
	unlink(path);
	return WEXITSTATUS(status);
}

static bool has_validator(void)
{
	return system("/usr/bin/python3 -c 'import jsonschema' 2>/dev/null") == 0;
}

static void documents_are_what_the_json_schema_asks_for(void)
{
	struct recording recording = make_recording();
	struct recording empty = {0};
	char *text = write_text(&recording);
	char *empty_text = write_text(&empty);
	char *spoilt = replace(text, "\"class\":\"expected\"", "\"class\":\"bad\"");

	if (has_validator()) {
		CU_ASSERT_EQUAL(validate(text), 0);
		CU_ASSERT_EQUAL(validate(empty_text), 0);
		CU_ASSERT_EQUAL(validate(spoilt), 3);
	} else {
		printf("# not checked: needs the Debian package python3-jsonschema\n");
	}
	free(text);
	free(empty_text);
	free(spoilt);
	recording_deinit(&recording);
}

UNIT_MAIN("recording as JSON",
	  {"a recording that is written and read is the same",
	   a_recording_that_is_written_and_read_is_the_same},
	  {"documents are written as ever, to the byte", documents_are_written_as_ever_to_the_byte},
	  {"counts survive exactly up to two to the 63",
	   counts_survive_exactly_up_to_two_to_the_63},
	  {"kinds of a call survive", kinds_of_a_call_survive},
	  {"durations survive to the nanosecond for 48 days",
	   durations_survive_to_the_nanosecond_for_48_days},
	  {"durations are written with all their nanoseconds",
	   durations_are_written_with_all_their_nanoseconds},
	  {"a document is whole wherever its pieces end",
	   a_document_is_whole_wherever_its_pieces_end},
	  {"an empty recording is a document too", an_empty_recording_is_a_document_too},
	  {"text that is not UTF-8 is replaced", text_that_is_not_utf_8_is_replaced},
	  {"a stream that takes nothing is an error", a_stream_that_takes_nothing_is_an_error},
	  {"a wrong value is named with its key and what was expected",
	   a_wrong_value_is_named_with_its_key_and_what_was_expected},
	  {"a document of another schema is refused", a_document_of_another_schema_is_refused},
	  {"what is not JSON is refused with its line", what_is_not_json_is_refused_with_its_line},
	  {"a directory is an error of reading", a_directory_is_an_error_of_reading},
	  {"the first keys come in the documented order",
	   the_first_keys_come_in_the_documented_order},
	  {"documents are what the JSON schema asks for",
	   documents_are_what_the_json_schema_asks_for})
