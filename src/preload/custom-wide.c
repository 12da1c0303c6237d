// SPDX-License-Identifier: MIT
/*
 * Formatted input and output of wide characters: the twins of custom-stdio.c. Output functions return
 * how many characters they wrote, not bytes, so no bytes are counted.
 */
#include "config.h"

#include "preload/wrapper.h"

#include <stdarg.h>
#include <stdio.h>
#include <wchar.h>

extern int __wprintf_chk(int flag, const wchar_t *format, ...);
extern int __fwprintf_chk(FILE *stream, int flag, const wchar_t *format, ...);
extern int __vwprintf_chk(int flag, const wchar_t *format, va_list arguments);
extern int __vfwprintf_chk(FILE *stream, int flag, const wchar_t *format, va_list arguments);
extern int __isoc99_wscanf(const wchar_t *format, ...);
extern int __isoc99_fwscanf(FILE *stream, const wchar_t *format, ...);
extern int __isoc99_vwscanf(const wchar_t *format, va_list arguments);
extern int __isoc99_vfwscanf(FILE *stream, const wchar_t *format, va_list arguments);

static int finish_output(const struct probe *probe, int result)
{
	if (result < 0)
		probe_failed(probe, errno);
	else
		probe_succeeded(probe, 0);
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

EXPORT int wprintf(const wchar_t *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	struct probe probe = probe_begin(CALL_wprintf);
	int result = finish_output(&probe, REAL(vwprintf)(format, arguments));

	va_end(arguments);
	return result;
}

EXPORT int __wprintf_chk(int flag, const wchar_t *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	struct probe probe = probe_begin(CALL_wprintf);
	int result = finish_output(&probe, REAL(__vwprintf_chk)(flag, format, arguments));

	va_end(arguments);
	return result;
}

EXPORT int fwprintf(FILE *stream, const wchar_t *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	struct probe probe = probe_begin(CALL_fwprintf);
	int result = finish_output(&probe, REAL(vfwprintf)(stream, format, arguments));

	va_end(arguments);
	return result;
}

EXPORT int __fwprintf_chk(FILE *stream, int flag, const wchar_t *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	struct probe probe = probe_begin(CALL_fwprintf);
	int result = finish_output(&probe, REAL(__vfwprintf_chk)(stream, flag, format, arguments));

	va_end(arguments);
	return result;
}


/* -- Input ------------------------------------------------------------------------------------------ */

/*
 * The headers call the function of today's standard by the name of the older one, so the older one has
 * to be defined under a name that they do not know.
 */
int older_wscanf(const wchar_t *format, ...) __asm__("wscanf");
int older_fwscanf(FILE *stream, const wchar_t *format, ...) __asm__("fwscanf");
int older_vwscanf(const wchar_t *format, va_list arguments) __asm__("vwscanf");
int older_vfwscanf(FILE *stream, const wchar_t *format, va_list arguments) __asm__("vfwscanf");

EXPORT int older_wscanf(const wchar_t *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	struct probe probe = probe_begin(CALL_wscanf);
	int result = finish_input(&probe, REAL(vwscanf)(format, arguments), stdin);

	va_end(arguments);
	return result;
}

EXPORT int __isoc99_wscanf(const wchar_t *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	struct probe probe = probe_begin(CALL_wscanf);
	int result = finish_input(&probe, REAL(__isoc99_vwscanf)(format, arguments), stdin);

	va_end(arguments);
	return result;
}

EXPORT int older_fwscanf(FILE *stream, const wchar_t *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	struct probe probe = probe_begin(CALL_fwscanf);
	int result = finish_input(&probe, REAL(vfwscanf)(stream, format, arguments), stream);

	va_end(arguments);
	return result;
}

EXPORT int __isoc99_fwscanf(FILE *stream, const wchar_t *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	struct probe probe = probe_begin(CALL_fwscanf);
	int result = finish_input(&probe, REAL(__isoc99_vfwscanf)(stream, format, arguments), stream);

	va_end(arguments);
	return result;
}

EXPORT int older_vwscanf(const wchar_t *format, va_list arguments)
{
	struct probe probe = probe_begin(CALL_vwscanf);

	return finish_input(&probe, REAL(vwscanf)(format, arguments), stdin);
}

EXPORT int __isoc99_vwscanf(const wchar_t *format, va_list arguments)
{
	struct probe probe = probe_begin(CALL_vwscanf);

	return finish_input(&probe, REAL(__isoc99_vwscanf)(format, arguments), stdin);
}

EXPORT int older_vfwscanf(FILE *stream, const wchar_t *format, va_list arguments)
{
	struct probe probe = probe_begin(CALL_vfwscanf);

	return finish_input(&probe, REAL(vfwscanf)(stream, format, arguments), stream);
}

EXPORT int __isoc99_vfwscanf(FILE *stream, const wchar_t *format, va_list arguments)
{
	struct probe probe = probe_begin(CALL_vfwscanf);

	return finish_input(&probe, REAL(__isoc99_vfwscanf)(stream, format, arguments), stream);
}
