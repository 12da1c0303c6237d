// SPDX-License-Identifier: MIT
/*
 * Calls whose last argument is there only sometimes, or is of any type. open() is given a mode only with
 * O_CREAT or O_TMPFILE; fcntl() and ioctl() take one argument of at most a long's size, whose type
 * depends on the command, so that forwarding one long forwards it whatever it is.
 */
#include "config.h"

#include "preload/wrapper.h"

#include <fcntl.h>
#include <mqueue.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#undef open
#undef open64
#undef openat
#undef openat64
#undef fcntl
#undef fcntl64

extern int __open_2(const char *path, int flags);
extern int __open64_2(const char *path, int flags);
extern int __openat_2(int dirfd, const char *path, int flags);
extern int __openat64_2(int dirfd, const char *path, int flags);

/* The mode of an open(); there is none unless it may make a file. */
static mode_t read_mode(int flags, va_list arguments)
{
	if ((flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE)
		return va_arg(arguments, mode_t);
	return 0;
}

extern mqd_t __mq_open_2(const char *name, int flags);

static int finish(const struct probe *probe, int result)
{
	if (result < 0)
		probe_failed(probe, errno);
	else
		probe_succeeded(probe, 0);
	return result;
}

static int finish_open(const struct probe *probe, int result, enum descriptor_kind kind)
{
	if (result >= 0)
		descriptor_opened(result, kind);
	return finish(probe, result);
}

EXPORT int open(const char *path, int flags, ...)
{
	va_list arguments;

	va_start(arguments, flags);
	mode_t mode = read_mode(flags, arguments);

	va_end(arguments);
	struct probe probe = probe_begin(CALL_open);

	return finish_open(&probe, REAL(open)(path, flags, mode), DESCRIPTOR_UNKNOWN);
}

EXPORT int open64(const char *path, int flags, ...)
{
	va_list arguments;

	va_start(arguments, flags);
	mode_t mode = read_mode(flags, arguments);

	va_end(arguments);
	struct probe probe = probe_begin(CALL_open);

	return finish_open(&probe, REAL(open64)(path, flags, mode), DESCRIPTOR_UNKNOWN);
}

ALIAS(__open, open);
ALIAS(__open64, open64);

EXPORT int __open_2(const char *path, int flags)
{
	struct probe probe = probe_begin(CALL_open);

	return finish_open(&probe, REAL(__open_2)(path, flags), DESCRIPTOR_UNKNOWN);
}

EXPORT int __open64_2(const char *path, int flags)
{
	struct probe probe = probe_begin(CALL_open);

	return finish_open(&probe, REAL(__open64_2)(path, flags), DESCRIPTOR_UNKNOWN);
}

EXPORT int openat(int dirfd, const char *path, int flags, ...)
{
	va_list arguments;

	va_start(arguments, flags);
	mode_t mode = read_mode(flags, arguments);

	va_end(arguments);
	struct probe probe = probe_begin(CALL_openat);

	return finish_open(&probe, REAL(openat)(dirfd, path, flags, mode), DESCRIPTOR_UNKNOWN);
}

EXPORT int openat64(int dirfd, const char *path, int flags, ...)
{
	va_list arguments;

	va_start(arguments, flags);
	mode_t mode = read_mode(flags, arguments);

	va_end(arguments);
	struct probe probe = probe_begin(CALL_openat);

	return finish_open(&probe, REAL(openat64)(dirfd, path, flags, mode), DESCRIPTOR_UNKNOWN);
}

EXPORT int __openat_2(int dirfd, const char *path, int flags)
{
	struct probe probe = probe_begin(CALL_openat);

	return finish_open(&probe, REAL(__openat_2)(dirfd, path, flags), DESCRIPTOR_UNKNOWN);
}

EXPORT int __openat64_2(int dirfd, const char *path, int flags)
{
	struct probe probe = probe_begin(CALL_openat);

	return finish_open(&probe, REAL(__openat64_2)(dirfd, path, flags), DESCRIPTOR_UNKNOWN);
}

static int finish_fcntl(const struct probe *probe, int op, int result)
{
	if (op == F_DUPFD || op == F_DUPFD_CLOEXEC)
		return finish_open(probe, result, DESCRIPTOR_UNKNOWN);
	return finish(probe, result);
}

EXPORT int fcntl(int fd, int op, ...)
{
	va_list arguments;

	va_start(arguments, op);
	long argument = va_arg(arguments, long);

	va_end(arguments);
	struct probe probe = probe_begin(CALL_fcntl);

	return finish_fcntl(&probe, op, REAL(fcntl)(fd, op, argument));
}

ALIAS(__fcntl, fcntl);

EXPORT int fcntl64(int fd, int op, ...)
{
	va_list arguments;

	va_start(arguments, op);
	long argument = va_arg(arguments, long);

	va_end(arguments);
	struct probe probe = probe_begin(CALL_fcntl);

	return finish_fcntl(&probe, op, REAL(fcntl64)(fd, op, argument));
}

EXPORT int ioctl(int fd, unsigned long op, ...)
{
	va_list arguments;

	va_start(arguments, op);
	long argument = va_arg(arguments, long);

	va_end(arguments);
	struct probe probe = probe_begin(CALL_ioctl);

	return finish(&probe, REAL(ioctl)(fd, op, argument));
}

EXPORT mqd_t mq_open(const char *name, int flags, ...)
{
	mode_t mode = 0;
	struct mq_attr *attributes = NULL;

	if (flags & O_CREAT) {
		va_list arguments;

		va_start(arguments, flags);
		mode = va_arg(arguments, mode_t);
		attributes = va_arg(arguments, struct mq_attr *);
		va_end(arguments);
	}
	struct probe probe = probe_begin(CALL_mq_open);

	return finish_open(&probe, REAL(mq_open)(name, flags, mode, attributes), DESCRIPTOR_OTHER);
}

EXPORT mqd_t __mq_open_2(const char *name, int flags)
{
	struct probe probe = probe_begin(CALL_mq_open);

	return finish_open(&probe, REAL(__mq_open_2)(name, flags), DESCRIPTOR_OTHER);
}

EXPORT void *mremap(void *old_address, size_t old_size, size_t new_size, int flags, ...)
{
	va_list arguments;

	va_start(arguments, flags);
	void *new_address = va_arg(arguments, void *);

	va_end(arguments);
	struct probe probe = probe_begin(CALL_mremap);
	void *result = REAL(mremap)(old_address, old_size, new_size, flags, new_address);

	if (result == MAP_FAILED)
		probe_failed(&probe, errno);
	else
		probe_succeeded(&probe, 0);
	return result;
}
