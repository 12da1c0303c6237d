// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/test-rule.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- Words ----------------------------------------------------------------------------------------- */

/* The word after another one, or the first. NULL: there is none. */
static const char *next_word(const struct words *words, const char *word)
{
	word = word ? word + strlen(word) + 1 : words->text;
	return word < words->text + words->size ? word : NULL;
}

static const char *find_word(const struct words *words, const char *wanted)
{
	const char *word = NULL;

	while ((word = next_word(words, word)))
		if (strcmp(word, wanted) == 0)
			return word;
	return NULL;
}

static const char *find_prefix(const struct words *words, const char *prefix)
{
	const char *word = NULL;

	while ((word = next_word(words, word)))
		if (strncmp(word, prefix, strlen(prefix)) == 0)
			return word;
	return NULL;
}

static const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool is_interpreter(const char *program)
{
	static const char *const names[] = {"perl", "sh", "bash", "dash", "ksh", "zsh", "python", "ruby", "php", "node"};
	const char *name = file_name(program);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t length = strlen(names[i]);

		/* perl5.36.0, python3.11 */
		if (strncmp(name, names[i], length) == 0 && strspn(name + length, "0123456789.") == strlen(name + length))
			return true;
	}
	return false;
}

/* Options whose value is the next word. */
static bool takes_value(const char *option)
{
	return strcmp(option, "-I") == 0 || strcmp(option, "-o") == 0 || strcmp(option, "-W") == 0;
}

/* What is run: the script of an interpreter, or the program itself. */
static const char *find_script(const struct words *words)
{
	const char *program = next_word(words, NULL);
	const char *word = program;

	if (!program || !is_interpreter(program))
		return program;
	while ((word = next_word(words, word))) {
		if (word[0] != '-' && word[0])
			return word;
		if (takes_value(word))
			word = next_word(words, word);
		if (!word)
			break;
	}
	return program;
}

/* A copy, cut at a character if it is too long. */
static char *name_of(const char *text)
{
	size_t length = strlen(text);

	if (length > TEST_NAME_MAX) {
		length = TEST_NAME_MAX;
		while (length && ((unsigned char)text[length] & 0xc0) == 0x80)
			length--;
	}
	return length ? strndup(text, length) : NULL;
}

/* -- The rule -------------------------------------------------------------------------------------- */

static char *automake_name(const struct words *words)
{
	const char *option = find_word(words, "--test-name");
	const char *name = option ? next_word(words, option) : NULL;

	return name && find_word(words, "--log-file") ? name_of(name) : NULL;
}

static char *go_name(const struct words *words)
{
	static const char suffix[] = ".test";
	const char *program = next_word(words, NULL);
	const char *name = program ? file_name(program) : "";
	size_t length = strlen(name);

	if (length < sizeof(suffix) || strcmp(name + length - strlen(suffix), suffix) != 0 ||
	    !find_prefix(words, "-test."))
		return NULL;
	return strndup(name, length - strlen(suffix));
}

/* TARGET/debug/deps/NAME-0123456789abcdef, as cargo calls what it builds of a crate's tests. */
static char *cargo_name(const struct words *words)
{
	static const char folder[] = "/deps/";
	const char *program = next_word(words, NULL);
	const char *name = program ? file_name(program) : "";
	const char *dash = strrchr(name, '-');

	if (!dash || dash == name || strlen(dash + 1) != 16 || strspn(dash + 1, "0123456789abcdef") != 16 ||
	    (size_t)(name - program) < strlen(folder) || strncmp(name - strlen(folder), folder, strlen(folder)) != 0)
		return NULL;
	return strndup(name, (size_t)(dash - name));
}

char *test_rule_own(const struct words *words)
{
	char *name = automake_name(words);

	if (!name)
		name = go_name(words);
	return name ? name : cargo_name(words);
}

enum harness test_rule_harness(const struct words *words)
{
	const char *script = find_script(words);

	if (!script)
		return HARNESS_NONE;
	if (strcmp(file_name(script), "ctest") == 0)
		return HARNESS_CTEST;
	if (strcmp(file_name(script), "prove") == 0 || find_word(words, "-MTest::Harness"))
		return HARNESS_PROVE;
	return HARNESS_NONE;
}

/* The program's file name and its arguments. */
static char *command_name(const struct words *words)
{
	const char *word = next_word(words, NULL);
	char *text = NULL;
	size_t size;
	FILE *stream = word ? open_memstream(&text, &size) : NULL;

	if (!stream)
		return NULL;
	fputs(file_name(word), stream);
	while ((word = next_word(words, word)))
		fprintf(stream, " %s", word);
	char *name = fclose(stream) == 0 ? name_of(text) : NULL;

	free(text);
	return name;
}

/* "sonde label test=NAME -- COMMAND" is no test; what it becomes is. */
static bool is_label_command(const struct words *words)
{
	const char *program = next_word(words, NULL);
	const char *command = program ? next_word(words, program) : NULL;

	return command && strcmp(file_name(program), "sonde") == 0 && strcmp(command, "label") == 0;
}

char *test_rule_child(enum harness harness, const struct words *words)
{
	const char *script;

	if (is_label_command(words))
		return NULL;
	switch (harness) {
	case HARNESS_CTEST:
		return command_name(words);
	case HARNESS_PROVE:
		script = find_script(words);
		return script ? name_of(script) : NULL;
	default:
		return NULL;
	}
}

/* "tests/test_io.py::test_read[big] (call)": what is in brackets at the end is the phase. */
char *test_rule_pytest(const char *current_test)
{
	static const char *const phases[] = {" (setup)", " (call)", " (teardown)"};
	size_t length = strlen(current_test);

	for (size_t i = 0; i < sizeof(phases) / sizeof(phases[0]); i++) {
		size_t phase_length = strlen(phases[i]);

		if (length > phase_length && strcmp(current_test + length - phase_length, phases[i]) == 0) {
			char *test = strndup(current_test, length - phase_length);
			char *name = test ? name_of(test) : NULL;

			free(test);
			return name;
		}
	}
	return name_of(current_test);
}
