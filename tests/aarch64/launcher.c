// SPDX-License-Identifier: MIT
/*
 * launcher - runs the program that lies beside it, with ".aarch64" behind its name, in qemu, with the preload that
 * AARCH64_PRELOAD names (or, where that is not set, the objects that it was to be given itself) inside. It is linked
 * statically: neither it nor qemu, which it gives no preload, is watched.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { ARGUMENTS = 64 };

int main(int n_arguments, char **arguments)
{
	static char own[PATH_MAX - 16], program[PATH_MAX], setting[2 * PATH_MAX];
	char *command[ARGUMENTS] = {"qemu-aarch64", "-L", "/usr/aarch64-linux-gnu"};
	int n = 3;
	const char *given = getenv("LD_PRELOAD"), *preload = getenv("AARCH64_PRELOAD");

	if (readlink("/proc/self/exe", own, sizeof(own) - 1) < 0 || n_arguments > ARGUMENTS - 8)
		return 126;
	snprintf(program, sizeof(program), "%s.aarch64", own);
	if (given && *given) {
		snprintf(setting, sizeof(setting), "LD_PRELOAD=%s", preload ? preload : given);
		command[n++] = "-E";
		command[n++] = setting;
	}
	command[n++] = program;
	for (int i = 1; i < n_arguments; i++)
		command[n++] = arguments[i];
	command[n] = NULL;
	unsetenv("LD_PRELOAD");
	execvp(command[0], command);
	return 127;
}
