// SPDX-License-Identifier: MIT
/*
 * Formatted input and output. A variadic call cannot be forwarded as it is, so each goes to its v* twin
 * with a va_list; a fortified one goes to the fortified twin and keeps the program's checks. Output
 * functions return the bytes written; a negative result is a failure. Input functions return EOF at the end
 * of the input too, which is none: the stream's error mark tells.
 */
#include "config.h"

#include "preload/wrapper.h"

#include <stdarg.h>
#include <stdio.h>

extern int __printf_chk(int flag, const char *format, ...);
extern int __fprintf_chk(FILE *stream, int flag, const char *format, ...);
extern int __dprintf_chk(int fd, int flag, const char *format, ...);
extern int __vprintf_chk(int flag, const char *format, va_list arguments);
extern int __vfprintf_chk(FILE *stream, int flag, const char *format, va_list arguments);
extern int __vdprintf_chk(int fd, int flag, const char *format, va_list arguments);
extern int __isoc99_scanf(const char *format, ...);
extern int __isoc99_fscanf(FILE *stream, const char *format, ...);
extern int __isoc99_vscanf(const char *format, va_list arguments);
extern int __isoc99_vfscanf(FILE *stream, const char *format, va_list arguments);
extern int __vfscanf(FILE *stream, const char *format, va_list arguments);

static int finish_output(const struct probe *probe, int result)
{
	if (result < 0)
		probe_failed(probe, errno);
	else
		probe_succeeded(probe, (uint64_t)result);
	return result;
}

static int finish_input(const struct probe *probe, int result, FILE *stream)
{
	if (result == EOF && stream_failed(stream))
		probe_failed(probe, errno);
	else
		probe_succeeded(probe, 0);
	return result;
}

/* -- Output ----------------------------------------------------------------------------------------- */

EXPORT int printf(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	struct probe probe = probe_begin(CALL_printf);
	int result = finish_output(&probe, REAL(vprintf)(format, arguments));

	va_end(arguments);
	return result;
}

EXPORT int __printf_chk(int flag, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	struct probe probe = probe_begin(CALL_printf);
	int result = finish_output(&probe, REAL(__vprintf_chk)(flag, format, arguments));

	va_end(arguments);
	return result;
}

EXPORT int fprintf(FILE *stream, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	struct probe probe = probe_begin(CALL_fprintf);
	int result = finish_output(&probe, REAL(vfprintf)(stream, format, arguments));

	va_end(arguments);
	return result;
}

EXPORT int __fprintf_chk(FILE *stream, int flag, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	struct probe probe = probe_begin(CALL_fprintf);
	int result = finish_output(&probe, REAL(__vfprintf_chk)(stream, flag, format, arguments));

	va_end(arguments);
	return result;
}

EXPORT int dprintf(int fd, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	struct probe probe = probe_begin(CALL_dprintf);
	int result = finish_output(&probe, REAL(vdprintf)(fd, format, arguments));

	va_end(arguments);
	return result;
}

EXPORT int __dprintf_chk(int fd, int flag, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	struct probe probe = probe_begin(CALL_dprintf);
	int result = finish_output(&probe, REAL(__vdprintf_chk)(fd, flag, format, arguments));

	va_end(arguments);
	return result;
}

ALIAS(_IO_printf, printf);
ALIAS(_IO_fprintf, fprintf);

/* -- Input ------------------------------------------------------------------------------------------ */

/*
 * The headers call the function of today's standard by the name of the older one, so the older one has
 * to be defined under a name that they do not know.
 */
int older_scanf(const char *format, ...) __asm__("scanf");
int older_fscanf(FILE *stream, const char *format, ...) __asm__("fscanf");
int older_vscanf(const char *format, va_list arguments) __asm__("vscanf");
int older_vfscanf(FILE *stream, const char *format, va_list arguments) __asm__("vfscanf");

EXPORT int older_scanf(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	struct probe probe = probe_begin(CALL_scanf);
	int result = finish_input(&probe, REAL(vscanf)(format, arguments), stdin);

	va_end(arguments);
	return result;
}

EXPORT int __isoc99_scanf(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	struct probe probe = probe_begin(CALL_scanf);
	int result = finish_input(&probe, REAL(__isoc99_vscanf)(format, arguments), stdin);

	va_end(arguments);
	return result;
}

EXPORT int older_fscanf(FILE *stream, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	struct probe probe = probe_begin(CALL_fscanf);
	int result = finish_input(&probe, REAL(vfscanf)(stream, format, arguments), stream);

	va_end(arguments);
	return result;
}

EXPORT int __isoc99_fscanf(FILE *stream, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	struct probe probe = probe_begin(CALL_fscanf);
	int result = finish_input(&probe, REAL(__isoc99_vfscanf)(stream, format, arguments), stream);

	va_end(arguments);
	return result;
}

EXPORT int older_vscanf(const char *format, va_list arguments)
{
	struct probe probe = probe_begin(CALL_vscanf);

	return finish_input(&probe, REAL(vscanf)(format, arguments), stdin);
}

EXPORT int __isoc99_vscanf(const char *format, va_list arguments)
{
	struct probe probe = probe_begin(CALL_vscanf);

	return finish_input(&probe, REAL(__isoc99_vscanf)(format, arguments), stdin);
}

EXPORT int older_vfscanf(FILE *stream, const char *format, va_list arguments)
{
	struct probe probe = probe_begin(CALL_vfscanf);

	return finish_input(&probe, REAL(vfscanf)(stream, format, arguments), stream);
}

EXPORT int __isoc99_vfscanf(FILE *stream, const char *format, va_list arguments)
{
	struct probe probe = probe_begin(CALL_vfscanf);

	return finish_input(&probe, REAL(__isoc99_vfscanf)(stream, format, arguments), stream);
}

EXPORT int __vfscanf(FILE *stream, const char *format, va_list arguments)
{
	struct probe probe = probe_begin(CALL_vfscanf);

	return finish_input(&probe, REAL(__vfscanf)(stream, format, arguments), stream);
}
