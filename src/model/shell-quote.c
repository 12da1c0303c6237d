// SPDX-License-Identifier: MIT
#include "config.h"

#include "model/shell-quote.h"

#include <stdlib.h>
#include <string.h>

/* What one character becomes at most: a quote, which ends the others, stands alone, and begins them anew. */
#define QUOTED_QUOTE "'\\''"

size_t shell_quote_room(size_t n_characters)
{
	/* An empty word, which is nothing but its end, has two quotes and a space before it. */
	return (strlen(QUOTED_QUOTE) + 1) * n_characters + sizeof(" ''");
}

char *shell_quote(char *place, const char *word)
{
	static const char harmless[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "0123456789%+,-./:=@_^";

	if (word[0] && word[strspn(word, harmless)] == '\0')
		return stpcpy(place, word);
	*place++ = '\'';
	for (; *word; word++)
		if (*word == '\'')
			place = stpcpy(place, QUOTED_QUOTE);
		else
			*place++ = *word;
	*place++ = '\'';
	return place;
}

char *shell_quote_command(char *const *words)
{
	size_t n_characters = 0;

	for (char *const *word = words; *word; word++)
		n_characters += strlen(*word) + 1;
	char *command = malloc(shell_quote_room(n_characters));
	char *place = command;

	if (!command)
		return NULL;
	for (char *const *word = words; *word; word++) {
		if (word > words)
			*place++ = ' ';
		place = shell_quote(place, *word);
	}
	*place = '\0';
	return command;
}
