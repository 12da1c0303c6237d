// SPDX-License-Identifier: MIT
#include "config.h"

#include "format/junit.h"

#include <errno.h>
#include <string.h>

#include "format/utf8.h"

/* XML 1.0 has no control characters but three, not even as references, and no U+FFFE and U+FFFF. */
static int is_possible(const char *text, size_t length)
{
	unsigned char c = (unsigned char)*text;

	if (length == 1)
		return c >= 0x20 || c == '\t' || c == '\n' || c == '\r';
	return length != 3 || (strncmp(text, "\xef\xbf\xbe", 3) != 0 && strncmp(text, "\xef\xbf\xbf", 3) != 0);
}

static void write_character(const char *text, size_t length, FILE *stream)
{
	if (length == 0 || !is_possible(text, length))
		fputs(UTF8_REPLACEMENT, stream);
	else if (length == 1 && strchr("<>&\"'\t\n\r", *text))
		fprintf(stream, "&#%d;", *text);
	else
		fwrite(text, 1, length, stream);
}

static void write_attribute(const char *name, const char *text, FILE *stream)
{
	fprintf(stream, " %s=\"", name);
	while (*text) {
		size_t length = utf8_length(text);

		write_character(text, length, stream);
		text += length ? length : 1;
	}
	fputc('"', stream);
}

static void write_case(const struct junit_case *one, FILE *stream)
{
	fputs("    <testcase", stream);
	write_attribute("classname", one->group, stream);
	write_attribute("name", one->name, stream);
	if (one->outcome == OUTCOME_PASSED) {
		fputs("/>\n", stream);
		return;
	}
	fprintf(stream, ">\n      <%s", one->outcome == OUTCOME_FAILED ? "failure" : "skipped");
	write_attribute("message", one->message, stream);
	fputs("/>\n    </testcase>\n", stream);
}

static size_t count(const struct junit_case *cases, size_t n_cases, enum outcome outcome)
{
	size_t n = 0;

	for (size_t i = 0; i < n_cases; i++)
		n += cases[i].outcome == outcome;
	return n;
}

int junit_write(const char *suite, const struct junit_case *cases, size_t n_cases, FILE *stream)
{
	size_t n_failed = count(cases, n_cases, OUTCOME_FAILED);
	size_t n_skipped = count(cases, n_cases, OUTCOME_SKIPPED);

	fprintf(stream,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<testsuites tests=\"%zu\" failures=\"%zu\" skipped=\"%zu\">\n  <testsuite",
		n_cases, n_failed, n_skipped);
	write_attribute("name", suite, stream);
	fprintf(stream, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\">\n", n_cases, n_failed, n_skipped);
	for (size_t i = 0; i < n_cases; i++)
		write_case(&cases[i], stream);
	fputs("  </testsuite>\n</testsuites>\n", stream);
	return ferror(stream) ? -EIO : 0;
}
