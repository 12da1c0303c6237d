// SPDX-License-Identifier: MIT
/*
 * newer - calls libc by names that came with glibc 2.38 and 2.39: two scans of each kind, and a child by each spawn.
 * Built by scripts/check-debian where there are such names. Ends with 0 if all did what they should.
 */
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wchar.h>

static int scan(FILE *file, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	int n = vfscanf(file, format, arguments);

	va_end(arguments);
	return n;
}

static int status_of(int pidfd)
{
	siginfo_t child;

	return waitid(P_PIDFD, (id_t)pidfd, &child, WEXITED) || child.si_status;
}

int main(void)
{
	char *arguments[] = {"true", NULL};
	FILE *file = tmpfile(), *wide = tmpfile();
	int number, pidfd, n = 0;

	fputs("1 2 3 4", file);
	fputws(L"5 6", wide);
	rewind(file);
	rewind(wide);
	for (int i = 0; i < 2; i++)
		n += fscanf(file, "%d", &number) + scan(file, "%d", &number) + fwscanf(wide, L"%d", &number);
	if (n != 6 || pidfd_spawn(&pidfd, "/bin/true", NULL, NULL, arguments, environ) || status_of(pidfd))
		return 1;
	return pidfd_spawnp(&pidfd, "true", NULL, NULL, arguments, environ) || status_of(pidfd);
}
