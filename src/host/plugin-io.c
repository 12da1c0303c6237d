// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/plugin-io.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ADDRESS_ERRORS = -1000 };

static int64_t or_errno(int64_t result)
{
	return result < 0 ? -errno : result;
}

static int io_open(const char *path, int flags, unsigned int mode)
{
	return (int)or_errno(open(path, flags | O_CLOEXEC, mode));
}

static int64_t io_read(int fd, void *buf, size_t size)
{
	return or_errno(read(fd, buf, size));
}

static int64_t io_write(int fd, const void *buf, size_t size)
{
	return or_errno(write(fd, buf, size));
}

static int io_fsync(int fd)
{
	return (int)or_errno(fsync(fd));
}

static int io_close(int fd)
{
	return (int)or_errno(close(fd));
}

static int64_t io_file_size(int fd)
{
	struct stat status;

	return fstat(fd, &status) < 0 ? -errno : status.st_size;
}

static int io_rename(const char *from, const char *to)
{
	return (int)or_errno(rename(from, to));
}

static int io_unlink(const char *path)
{
	return (int)or_errno(unlink(path));
}

static int io_socket(int family, int type, int protocol)
{
	return (int)or_errno(socket(family, type | SOCK_CLOEXEC, protocol));
}

static int io_connect(int fd, const struct sockaddr *address, uint32_t size)
{
	return (int)or_errno(connect(fd, address, size));
}

static int64_t io_send(int fd, const void *buf, size_t size, int flags)
{
	return or_errno(send(fd, buf, size, flags | MSG_NOSIGNAL));
}

static int64_t io_recv(int fd, void *buf, size_t size, int flags)
{
	return or_errno(recv(fd, buf, size, flags));
}

static int io_poll(struct pollfd *fds, unsigned int n_fds, int timeout_ms)
{
	return (int)or_errno(poll(fds, n_fds, timeout_ms));
}

static int io_get_address(const char *node, const char *service, const struct addrinfo *hints,
			  struct addrinfo **ret_addresses)
{
	int result = getaddrinfo(node, service, hints, ret_addresses);

	return result == 0 ? 0 : result + ADDRESS_ERRORS;
}

static void io_free_address(struct addrinfo *addresses)
{
	freeaddrinfo(addresses);
}

const struct sonde_io plugin_io = {
	.struct_size = sizeof(plugin_io),
	.open = io_open,
	.read = io_read,
	.write = io_write,
	.fsync = io_fsync,
	.close = io_close,
	.file_size = io_file_size,
	.rename = io_rename,
	.unlink = io_unlink,
	.socket = io_socket,
	.connect = io_connect,
	.send = io_send,
	.recv = io_recv,
	.poll = io_poll,
	.get_address = io_get_address,
	.free_address = io_free_address,
};
