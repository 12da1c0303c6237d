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
#include <semaphore.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sem.h>

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

static int finish_queue(const struct probe *probe, int result)
{
	if (result >= 0)
		descriptor_opened(result, DESCRIPTOR_OTHER);
	return finish(probe, result);
}

/* Where and what was opened. */
struct opening {
	struct probe probe;
	enum call call;
	int dirfd;
	const char *path;
};

static struct opening begin_open(enum call call, int dirfd, const char *path)
{
	return (struct opening){.probe = probe_begin(call), .call = call, .dirfd = dirfd, .path = path};
}

static int finish_open(const struct opening *opening, int result)
{
	if (result < 0) {
		int code = errno;
		uint64_t ns = probe_measured_failure(&opening->probe, code);

		object_path_failed(opening->call, &opening->probe, ns, opening->dirfd, opening->path, code);
	} else {
		uint64_t ns = probe_measured(&opening->probe, 0);

		descriptor_opened(result, DESCRIPTOR_UNKNOWN);
		object_opened(opening->call, &opening->probe, ns, opening->dirfd, opening->path, result);
	}
	return result;
}

EXPORT int open(const char *path, int flags, ...)
{
	va_list arguments;

	va_start(arguments, flags);
	mode_t mode = read_mode(flags, arguments);

	va_end(arguments);
	struct opening opening = begin_open(CALL_open, AT_FDCWD, path);

	return finish_open(&opening, REAL(open)(path, flags, mode));
}

EXPORT int open64(const char *path, int flags, ...)
{
	va_list arguments;

	va_start(arguments, flags);
	mode_t mode = read_mode(flags, arguments);

	va_end(arguments);
	struct opening opening = begin_open(CALL_open, AT_FDCWD, path);

	return finish_open(&opening, REAL(open64)(path, flags, mode));
}

ALIAS(__open, open);
ALIAS(__open64, open64);

EXPORT int __open_2(const char *path, int flags)
{
	struct opening opening = begin_open(CALL_open, AT_FDCWD, path);

	return finish_open(&opening, REAL(__open_2)(path, flags));
}

EXPORT int __open64_2(const char *path, int flags)
{
	struct opening opening = begin_open(CALL_open, AT_FDCWD, path);

	return finish_open(&opening, REAL(__open64_2)(path, flags));
}

EXPORT int openat(int dirfd, const char *path, int flags, ...)
{
	va_list arguments;

	va_start(arguments, flags);
	mode_t mode = read_mode(flags, arguments);

	va_end(arguments);
	struct opening opening = begin_open(CALL_openat, dirfd, path);

	return finish_open(&opening, REAL(openat)(dirfd, path, flags, mode));
}

EXPORT int openat64(int dirfd, const char *path, int flags, ...)
{
	va_list arguments;

	va_start(arguments, flags);
	mode_t mode = read_mode(flags, arguments);

	va_end(arguments);
	struct opening opening = begin_open(CALL_openat, dirfd, path);

	return finish_open(&opening, REAL(openat64)(dirfd, path, flags, mode));
}

EXPORT int __openat_2(int dirfd, const char *path, int flags)
{
	struct opening opening = begin_open(CALL_openat, dirfd, path);

	return finish_open(&opening, REAL(__openat_2)(dirfd, path, flags));
}

EXPORT int __openat64_2(int dirfd, const char *path, int flags)
{
	struct opening opening = begin_open(CALL_openat, dirfd, path);

	return finish_open(&opening, REAL(__openat64_2)(dirfd, path, flags));
}

/* A call on a descriptor. */
struct operation {
	struct probe probe;
	struct object_cell *object;
	uintptr_t copied;
};

static struct operation begin_operation(enum call call, int fd)
{
	struct operation operation = {.probe = probe_begin(call), .copied = object_noted(fd)};

	operation.object = object_known(call, &operation.probe, fd);
	return operation;
}

static int finish_operation(const struct operation *operation, int result)
{
	if (result < 0) {
		int code = errno;

		object_failed(operation->object, &operation->probe, code,
			      probe_measured_failure(&operation->probe, code));
	} else {
		object_touched(operation->object, &operation->probe, probe_measured(&operation->probe, 0));
	}
	return result;
}

static int finish_fcntl(const struct operation *operation, int op, int result)
{
	if (result >= 0 && (op == F_DUPFD || op == F_DUPFD_CLOEXEC)) {
		descriptor_opened(result, DESCRIPTOR_UNKNOWN);
		object_note(result, operation->copied);
	}
	return finish_operation(operation, result);
}

EXPORT int fcntl(int fd, int op, ...)
{
	va_list arguments;

	va_start(arguments, op);
	long argument = va_arg(arguments, long);

	va_end(arguments);
	struct operation operation = begin_operation(CALL_fcntl, fd);

	return finish_fcntl(&operation, op, REAL(fcntl)(fd, op, argument));
}

ALIAS(__fcntl, fcntl);

EXPORT int fcntl64(int fd, int op, ...)
{
	va_list arguments;

	va_start(arguments, op);
	long argument = va_arg(arguments, long);

	va_end(arguments);
	struct operation operation = begin_operation(CALL_fcntl, fd);

	return finish_fcntl(&operation, op, REAL(fcntl64)(fd, op, argument));
}

EXPORT int ioctl(int fd, unsigned long op, ...)
{
	va_list arguments;

	va_start(arguments, op);
	long argument = va_arg(arguments, long);

	va_end(arguments);
	struct operation operation = begin_operation(CALL_ioctl, fd);

	return finish_operation(&operation, REAL(ioctl)(fd, op, argument));
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

	return finish_queue(&probe, REAL(mq_open)(name, flags, mode, attributes));
}

EXPORT mqd_t __mq_open_2(const char *name, int flags)
{
	struct probe probe = probe_begin(CALL_mq_open);

	return finish_queue(&probe, REAL(__mq_open_2)(name, flags));
}

EXPORT sem_t *sem_open(const char *name, int flags, ...)
{
	mode_t mode = 0;
	unsigned int value = 0;

	if (flags & O_CREAT) {
		va_list arguments;

		va_start(arguments, flags);
		mode = va_arg(arguments, mode_t);
		value = va_arg(arguments, unsigned int);
		va_end(arguments);
	}
	struct probe probe = probe_begin(CALL_sem_open);
	sem_t *result = REAL(sem_open)(name, flags, mode, value);

	if (result == SEM_FAILED)
		probe_failed(&probe, errno);
	else
		probe_succeeded(&probe, 0);
	return result;
}

/* What some operations pass is a union of an int and pointers, which comes in one register as a long does. */
EXPORT int semctl(int semid, int semnum, int op, ...)
{
	va_list arguments;

	va_start(arguments, op);
	long argument = va_arg(arguments, long);

	va_end(arguments);
	struct probe probe = probe_begin(CALL_semctl);

	return finish(&probe, REAL(semctl)(semid, semnum, op, argument));
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
