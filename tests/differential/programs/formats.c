// SPDX-License-Identifier: MIT
/* Formats, scans, seeks, and mixes arguments of all kinds in variadic calls. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

static void print_list(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vprintf(format, list);
	va_end(list);
}

static void scan(void)
{
	char word[32] = "";
	double real = 0;
	int number = 0;
	int n = scanf("%d %lf %31s", &number, &real, word);

	printf("%d items: %d %.2f %s\n", n, number, real, word);
}

static void wide(void)
{
	wchar_t word[32] = L"";
	FILE *file = fopen("wide.txt", "w+");
	int n = fwprintf(file, L"%ls %lc %d\n", L"\u00fcn\u00ef", L'\u20ac', 5);

	rewind(file);
	fgetwc(file);
	ungetwc(L'u', file);
	printf("%d, %d: ", n, fwscanf(file, L"%31ls", word));
	printf("%ls\n", word);
	fclose(file);
}

static void seek(void)
{
	char line[64] = "", *text = NULL;
	size_t size = 0;
	FILE *file = fopen("seek.txt", "w+");

	for (int i = 0; i < 3000; i++)
		fprintf(file, "line %d %5.1f %s %c\n", i, i / 3.0, "text", 'a' + i % 26);
	fseek(file, 100, SEEK_SET);
	fprintf(stderr, "%s", fgets(line, sizeof(line), file));
	fprintf(stderr, "at %ld\n", ftell(file));
	rewind(file);
	ssize_t length = getline(&text, &size, file);
	fprintf(stderr, "%zd %d %d\n", length, ungetc('!', file), fgetc(file));
	free(text);
	fclose(file);
}

static void controls(void)
{
	int fd = open("seek.txt", O_RDWR | O_CREAT, 0600), pending = -1;
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 50);

	fprintf(stderr, "%d %d %d\n", copy, fcntl(copy, F_GETFD), fcntl(fd, F_GETFL) & O_ACCMODE);
	fprintf(stderr, "%d %d\n", ioctl(fd, FIONREAD, &pending), pending);
	close(open("created.txt", O_WRONLY | O_CREAT | O_EXCL, 0640));
	unlink("created.txt");
	int unnamed = open(".", O_TMPFILE | O_RDWR, 0600);
	fprintf(stderr, "%s\n",
		unnamed >= 0 && dprintf(unnamed, "%d", 7) == 1 ? "unnamed" : "not supported");
}

int main(void)
{
	setlocale(LC_ALL, "");
	fwide(stderr, -1);
	print_list("%d %f %s %c %Lf %lld %p %5.2e%%\n", 1, 2.5, "three", '4', 5.0L, 6LL, NULL, 7.0);
	printf("%1$s %2$d %1$s %3$f\n", "positions", 2, 3.0);
	scan();
	wide();
	seek();
	controls();
	char *text;
	int length = asprintf(&text, "%*d|%-8s|%.*f", 6, 42, "left", 3, 2.0 / 3);
	fprintf(stderr, "%d %s\n", length, text);
	free(text);
	char small[8];
	length = snprintf(small, sizeof(small), "%.*s", 20, "truncated");
	fprintf(stderr, "%d %s\n", length, small);
	return 0;
}
