// SPDX-License-Identifier: MIT
/*
 * raw.h - all that the recording side may ask of the kernel.
 *
 * Inside the watched process we cannot use libc's own system calls: they are the functions we
 * intercept, they set errno, and some of them are cancellation points. Each function here is one
 * system call and nothing else. It returns what the kernel returned: a value, or a negative errno;
 * errno itself is never touched. All are safe in a signal handler and in a vfork child.
 */
#ifndef SONDE_BASE_RAW_H
#define SONDE_BASE_RAW_H

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>

#if defined(__x86_64__)

static inline long raw_syscall(long number, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}

#elif defined(__aarch64__)

static inline long raw_syscall(long number, long a, long b, long c, long d, long e, long f)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;

	__asm__ volatile("svc 0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
			 : "memory");
	return x0;
}

#else
#error "sonde knows the system call convention of x86-64 and aarch64 only"
#endif

/* Not in all headers. */
#ifndef SYS_faccessat2
#define SYS_faccessat2 439
#endif
#ifndef AT_EACCESS
#define AT_EACCESS 0x200
#endif

/* mmap and friends answer with an address or with -errno, in the last page of the address space. */
static inline bool raw_failed(long result)
{
	return (unsigned long)result > -4096UL;
}

static inline int raw_openat(int dirfd, const char *path, int flags, unsigned int mode)
{
	return (int)raw_syscall(SYS_openat, dirfd, (long)path, flags, mode, 0, 0);
}

static inline int raw_open(const char *path, int flags, unsigned int mode)
{
	return raw_openat(AT_FDCWD, path, flags, mode);
}

static inline int raw_close(int fd)
{
	return (int)raw_syscall(SYS_close, fd, 0, 0, 0, 0, 0);
}

static inline long raw_write(int fd, const void *data, size_t size)
{
	return raw_syscall(SYS_write, fd, (long)data, (long)size, 0, 0, 0);
}

static inline long raw_pwrite(int fd, const void *data, size_t size, long offset)
{
	return raw_syscall(SYS_pwrite64, fd, (long)data, (long)size, offset, 0, 0);
}

static inline long raw_pread(int fd, void *buf, size_t size, long offset)
{
	return raw_syscall(SYS_pread64, fd, (long)buf, (long)size, offset, 0, 0);
}

static inline int raw_ftruncate(int fd, long size)
{
	return (int)raw_syscall(SYS_ftruncate, fd, size, 0, 0, 0, 0);
}

static inline int raw_fallocate(int fd, long offset, long size)
{
	return (int)raw_syscall(SYS_fallocate, fd, 0, offset, size, 0, 0);
}

static inline int raw_mkdir(const char *path, unsigned int mode)
{
	return (int)raw_syscall(SYS_mkdirat, AT_FDCWD, (long)path, mode, 0, 0, 0);
}

static inline int raw_unlink(const char *path)
{
	return (int)raw_syscall(SYS_unlinkat, AT_FDCWD, (long)path, 0, 0, 0, 0);
}

static inline int raw_rmdir(const char *path)
{
	return (int)raw_syscall(SYS_unlinkat, AT_FDCWD, (long)path, AT_REMOVEDIR, 0, 0, 0);
}

/* Whether the file may be opened so; mode as in access(2), judged by the effective user. */
static inline int raw_access(const char *path, int mode)
{
	int result = (int)raw_syscall(SYS_faccessat2, AT_FDCWD, (long)path, mode, AT_EACCESS, 0, 0);

	/* Kernels before 5.8 judge by the real user only. */
	if (result == -ENOSYS)
		result = (int)raw_syscall(SYS_faccessat, AT_FDCWD, (long)path, mode, 0, 0, 0);
	return result;
}

/*
 * The same, judged by the real user without capabilities: what the caller could still do after it has
 * executed a program.
 */
static inline int raw_access_after_exec(const char *path, int mode)
{
	return (int)raw_syscall(SYS_faccessat, AT_FDCWD, (long)path, mode, 0, 0, 0);
}

static inline long raw_readlink(const char *path, char *buf, size_t size)
{
	return raw_syscall(SYS_readlinkat, AT_FDCWD, (long)path, (long)buf, (long)size, 0, 0);
}

/* Returns the address, or a value for which raw_failed() holds. */
static inline long raw_mmap(void *address, size_t size, int protection, int flags, int fd)
{
	return raw_syscall(SYS_mmap, (long)address, (long)size, protection, flags, fd, 0);
}

/* A shared part of a file: in place of what is at an address, or, where that is NULL, wherever there is room. */
static inline long raw_mmap_file(void *address, size_t size, int fd, uint64_t offset)
{
	return raw_syscall(SYS_mmap, (long)address, (long)size, 3 /* PROT_READ | PROT_WRITE */,
			   1 /* MAP_SHARED */ | (address ? 0x10 /* MAP_FIXED */ : 0), fd, (long)offset);
}

static inline int raw_munmap(void *address, size_t size)
{
	return (int)raw_syscall(SYS_munmap, (long)address, (long)size, 0, 0, 0, 0);
}

static inline int raw_mprotect(void *address, size_t size, int protection)
{
	return (int)raw_syscall(SYS_mprotect, (long)address, (long)size, protection, 0, 0, 0);
}

static inline int raw_madvise(void *address, size_t size, int advice)
{
	return (int)raw_syscall(SYS_madvise, (long)address, (long)size, advice, 0, 0, 0);
}

static inline int raw_getpid(void)
{
	return (int)raw_syscall(SYS_getpid, 0, 0, 0, 0, 0, 0);
}

static inline int raw_getppid(void)
{
	return (int)raw_syscall(SYS_getppid, 0, 0, 0, 0, 0, 0);
}

static inline int raw_gettid(void)
{
	return (int)raw_syscall(SYS_gettid, 0, 0, 0, 0, 0, 0);
}

static inline unsigned int raw_geteuid(void)
{
	return (unsigned int)raw_syscall(SYS_geteuid, 0, 0, 0, 0, 0, 0);
}

static inline unsigned int raw_getuid(void)
{
	return (unsigned int)raw_syscall(SYS_getuid, 0, 0, 0, 0, 0, 0);
}

/* The kernel's struct stat and libc's are one on the architectures above. */
static inline int raw_stat(const char *path, struct stat *ret_stat)
{
	return (int)raw_syscall(SYS_newfstatat, AT_FDCWD, (long)path, (long)ret_stat, 0, 0, 0);
}

static inline int raw_lstat(const char *path, struct stat *ret_stat)
{
	return (int)raw_syscall(SYS_newfstatat, AT_FDCWD, (long)path, (long)ret_stat,
				AT_SYMLINK_NOFOLLOW, 0, 0);
}

static inline int raw_fstat(int fd, struct stat *ret_stat)
{
	return (int)raw_syscall(SYS_fstat, fd, (long)ret_stat, 0, 0, 0, 0);
}

/* The soft limit, or RLIM_INFINITY where it cannot be asked. */
static inline unsigned long raw_limit(int resource)
{
	struct rlimit limit;

	if (raw_syscall(SYS_prlimit64, 0, resource, 0, (long)&limit, 0, 0) < 0)
		return RLIM_INFINITY;
	return limit.rlim_cur;
}

static inline int raw_clock_gettime(clockid_t id, struct timespec *ret_time)
{
	return (int)raw_syscall(SYS_clock_gettime, id, (long)ret_time, 0, 0, 0, 0);
}

/* Signal 0 asks whether the thread exists: 0, or -ESRCH. */
static inline int raw_tgkill(int pid, int tid, int signal)
{
	return (int)raw_syscall(SYS_tgkill, pid, tid, signal, 0, 0, 0);
}

#endif
