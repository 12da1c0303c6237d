// SPDX-License-Identifier: MIT
#include "config.h"

#include "host/plugin-channel.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union control {
	struct cmsghdr header;
	char space[CMSG_SPACE(sizeof(int))];
};

int channel_new(int ret_fds[2])
{
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ret_fds) < 0
		       ? -errno
		       : 0;
}

static void pass(struct msghdr *message, union control *control, int fd)
{
	message->msg_control = control;
	message->msg_controllen = sizeof(*control);
	struct cmsghdr *header = CMSG_FIRSTHDR(message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
}

int channel_send(int fd, const struct packet *packet, int passed_fd)
{
	struct iovec piece = {(void *)packet, sizeof(*packet)};
	struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
	union control control = {0};

	if (passed_fd >= 0)
		pass(&message, &control, passed_fd);
	return sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? -errno : 0;
}

int channel_receive(int fd, struct packet *ret_packet, int *ret_passed_fd)
{
	struct iovec piece = {ret_packet, sizeof(*ret_packet)};
	union control control = {0};
	struct msghdr message = {
		.msg_iov = &piece,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t size = recvmsg(fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	*ret_passed_fd = -1;
	if (size < 0)
		return errno == ECONNRESET ? -EPIPE : -errno;
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	if (header && header->cmsg_type == SCM_RIGHTS)
		memcpy(ret_passed_fd, CMSG_DATA(header), sizeof(*ret_passed_fd));
	if (size == 0)
		return -EPIPE;
	if (size == sizeof(*ret_packet))
		return 0;
	if (*ret_passed_fd >= 0)
		close(*ret_passed_fd);
	*ret_passed_fd = -1;
	return -EPROTO;
}
