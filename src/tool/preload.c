// SPDX-License-Identifier: MIT
#include "config.h"

#include "tool/preload.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "record/preload-list.h"
#include "record/session.h"

#define LIBRARY "libsonde-preload.so"

/* Next to a program that was not installed, libtool leaves its libraries in .libs. */
static char *path_in_build_tree(void)
{
	char program[PATH_MAX];
	char *path;
	ssize_t len = readlink("/proc/self/exe", program, sizeof(program) - 1);

	if (len <= 0)
		return NULL;
	program[len] = '\0';
	*strrchr(program, '/') = '\0';
	if (asprintf(&path, "%s/.libs/" LIBRARY, program) < 0)
		return NULL;
	if (access(path, R_OK) == 0)
		return path;
	free(path);
	return NULL;
}

/* The dynamic loader splits LD_PRELOAD at spaces and colons and knows no way to quote them. */
static int check_path(const char *path, struct message *ret_message)
{
	if (access(path, R_OK) < 0) {
		int result = -errno;

		message_set(ret_message, "cannot read the preload library %s: %s", path,
			    strerror(errno));
		return result;
	}
	if (strpbrk(path, " :\t\n")) {
		message_set(ret_message,
			    "cannot preload '%s': the dynamic loader takes no path with spaces or "
			    "colons; put the library elsewhere and name it in SONDE_PRELOAD",
			    path);
		return -EINVAL;
	}
	return 0;
}

int preload_find(char *const *environment, char **ret_path, struct message *ret_message)
{
	const char *given = environment_find(environment, "SONDE_PRELOAD");
	char *path;

	if (given && *given) {
		path = realpath(given, NULL);
		if (!path)
			path = strdup(given);
	} else {
		path = path_in_build_tree();
		if (!path)
			path = strdup(PKGLIBDIR "/" LIBRARY);
	}
	int result = path ? check_path(path, ret_message) : -ENOMEM;

	if (result < 0)
		free(path);
	else
		*ret_path = path;
	return result;
}

/* NULL: no memory. */
static char *preload_variable(const char *present, const char *library, const char *runtime)
{
	const struct preload_entry entry = {.path = library, .runtime = runtime};
	size_t size = sizeof("LD_PRELOAD=: ") + strlen(present ? present : "") + strlen(library) +
		      strlen(runtime);
	char *variable = malloc(size);

	if (variable) {
		struct text text = text_init(variable, size);

		text_add(&text, "LD_PRELOAD=");
		preload_list_join(&text, present, &entry);
	}
	return variable;
}

static bool names(const char *variable, const char *name)
{
	size_t len = strlen(name);

	return strncmp(variable, name, len) == 0 && variable[len] == '=';
}

int preload_environment_init(struct preload_environment *environment, char *const *original,
			     const char *library, const char *runtime, const char *session)
{
	size_t n_variables = 0;
	size_t n_kept = 0;

	while (original[n_variables])
		n_variables++;
	environment->variables = calloc(n_variables + 3, sizeof(*environment->variables));
	environment->preload =
		preload_variable(environment_find(original, "LD_PRELOAD"), library, runtime);
	if (asprintf(&environment->session, SESSION_VARIABLE "=%s", session) < 0)
		environment->session = NULL;
	if (!environment->variables || !environment->preload || !environment->session)
		return -ENOMEM;
	for (size_t i = 0; i < n_variables; i++)
		if (!names(original[i], "LD_PRELOAD") && !names(original[i], SESSION_VARIABLE))
			environment->variables[n_kept++] = original[i];
	environment->variables[n_kept++] = environment->preload;
	environment->variables[n_kept] = environment->session;
	return 0;
}

void preload_environment_deinit(struct preload_environment *environment)
{
	free(environment->variables);
	free(environment->preload);
	free(environment->session);
	*environment = (struct preload_environment){0};
}
