// SPDX-License-Identifier: MIT
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <stdbool.h>
#include <string.h>

#include "calls/call.h"
#include "calls/manual.h"
#include "host/vocabulary.h"
#include "record/session.h"
#include "tool/command.h"

enum { OPTION_GROUP, OPTION_FORMAT };

static const struct command_option options[] = {
	[OPTION_GROUP] = {"group", 'g', "GROUP", "only calls of this group"},
	[OPTION_FORMAT] = {"format", 'f', "FORMAT", "text (default) or json"},
	{0},
};

struct selection {
	const char *group; /* NULL: all */
	char **names;	   /* ended by NULL; none: all */
};

static bool is_selected(const struct selection *selection, const struct call_info *call)
{
	if (selection->group && strcmp(selection->group, call->group) != 0)
		return false;
	for (char **name = selection->names; *name; name++)
		if (strcmp(*name, call->name) == 0)
			return true;
	return !*selection->names;
}

/* The call that has this symbol among its names: read, for __read_chk. */
static const char *call_of_symbol(const char *symbol)
{
	size_t len = strlen(symbol);

	for (size_t i = 0; i < CALL_COUNT; i++) {
		const char *symbols = call_manual[i].symbols;

		for (; *symbols; symbols += strspn(symbols, " ")) {
			size_t symbol_len = strcspn(symbols, " ");

			if (symbol_len == len && strncmp(symbols, symbol, len) == 0)
				return call_table[i].name;
			symbols += symbol_len;
		}
	}
	return NULL;
}

static int refuse_word(enum vocabulary vocabulary, const char *word)
{
	const char *nearest = vocabulary_nearest(vocabulary, word);

	command_say(&command_calls,
		    nearest ? "unknown %s '%s'; did you mean '%s'?" : "unknown %s '%s'",
		    vocabulary_noun(vocabulary), word, nearest);
	return STATUS_FAILED;
}

/* Names by which libc exports a call stand for the call. */
static int check_names(char **names)
{
	for (; *names; names++) {
		const char *call =
			vocabulary_find(WORDS_CALL, *names) >= 0 ? *names : call_of_symbol(*names);

		if (!call)
			return refuse_word(WORDS_CALL, *names);
		*names = (char *)call;
	}
	return 0;
}

/* What calls of one name are told apart by. */
static const char *kinds_text(enum kind_set set)
{
	static const char *const texts[KIND_SETS] = {
		[KINDS_NONE] = "-",
		[KINDS_DESCRIPTOR] = "descriptor",
		[KINDS_LOCK] = "waiting",
	};

	return texts[set];
}

static void print_text_row(enum call id)
{
	const struct call_info *call = &call_table[id];
	const struct call_manual *manual = &call_manual[id];

	char timed[16] = "all";

	if (call->is_sampled)
		snprintf(timed, sizeof(timed), "1/%d", SAMPLED_PERIOD);
	printf("%-24s %-8s %-5s %-10s %-20s", call->name, call->group, timed, kinds_text(call->kinds),
	       *manual->fails ? manual->fails : "never");
	const char *symbols = manual->symbols;

	for (; *symbols; symbols += strspn(symbols, " ")) {
		size_t len = strcspn(symbols, " ");

		if (len != strlen(call->name) || strncmp(symbols, call->name, len) != 0)
			printf(" %.*s", (int)len, symbols);
		symbols += len;
	}
	putchar('\n');
}

static void print_text(const struct selection *selection)
{
	const char *group;

	printf("%-24s %-8s %-5s %-10s %-20s %s\n", "CALL", "GROUP", "TIMED", "BY", "FAILS WHEN",
	       "OTHER NAMES");
	for (size_t g = 0; (group = vocabulary_word(WORDS_GROUP, g)); g++)
		for (size_t i = 0; i < CALL_COUNT; i++)
			if (strcmp(call_table[i].group, group) == 0 &&
			    is_selected(selection, &call_table[i]))
				print_text_row((enum call)i);
}

static json_t *symbols_to_json(const char *symbols)
{
	json_t *array = json_array();

	for (; *symbols; symbols += strspn(symbols, " ")) {
		size_t len = strcspn(symbols, " ");

		json_array_append_new(array, json_stringn(symbols, len));
		symbols += len;
	}
	return array;
}

static json_t *kinds_to_json(enum kind_set set)
{
	json_t *array = json_array();

	for (unsigned int kind = 0; kind < kind_count(set); kind++)
		if (*kind_name(set, kind))
			json_array_append_new(array, json_string(kind_name(set, kind)));
	return array;
}

static json_t *call_to_json(enum call id)
{
	const struct call_info *call = &call_table[id];
	const struct call_manual *manual = &call_manual[id];

	return json_pack("{s:s, s:s, s:o, s:o, s:s, s:b}", "call", call->name, "group", call->group,
			 "symbols", symbols_to_json(manual->symbols), "kinds",
			 kinds_to_json(call->kinds), "fails", manual->fails,
			 "sampled", call->is_sampled);
}

static int print_json(const struct selection *selection)
{
	json_t *array = json_array();

	for (size_t i = 0; i < CALL_COUNT; i++)
		if (is_selected(selection, &call_table[i]))
			json_array_append_new(array, call_to_json((enum call)i));
	int result = json_dumpf(array, stdout, JSON_INDENT(2));

	putchar('\n');
	json_decref(array);
	return result;
}

static int run(int argc, char **argv)
{
	struct selection selection = {0};
	bool is_json = false;
	const char *value;
	int option;

	while ((option = command_next_option(&command_calls, argc, argv, &value)) >= 0) {
		if (option == OPTION_GROUP)
			selection.group = value;
		else if (strcmp(value, "text") != 0 && strcmp(value, "json") != 0)
			return command_refuse(&command_calls, "unknown format '%s': text or json",
					      value);
		else
			is_json = strcmp(value, "json") == 0;
	}
	if (option != OPTIONS_END)
		return command_option_status(&command_calls, option);
	selection.names = argv + optind;
	if (selection.group && vocabulary_find(WORDS_GROUP, selection.group) < 0)
		return refuse_word(WORDS_GROUP, selection.group);
	if (check_names(selection.names) != 0)
		return STATUS_FAILED;
	if (!is_json)
		print_text(&selection);
	if ((is_json && print_json(&selection) < 0) || fflush(stdout) != 0) {
		command_say(&command_calls, "cannot write: %s", strerror(errno));
		return STATUS_FAILED;
	}
	return STATUS_OK;
}

const struct command command_calls = {
	.name = "calls",
	.usage = "[NAME]...",
	.summary = "list the libc functions that are watched",
	.details =
		"NAME is a call or any name under which libc exports it. TIMED says whether every\n"
		"call is timed or a sample; all are counted. BY says what its calls are told apart\n"
		"by: what their descriptor is, or whether a lock made them wait. FAILS WHEN is the C expression that\n"
		"makes a call count as failed.\n",
	.options = options,
	.usage_status = STATUS_USAGE,
	.run = run,
};
