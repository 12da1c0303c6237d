// SPDX-License-Identifier: MIT
#include "statsd/sender.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

enum { NODE_SIZE = 256 };

static const char unix_prefix[] = "unix:";

void sender_init(struct sender *sender, const struct sonde_host *host, const char *where)
{
	*sender = (struct sender){.host = host, .where = where, .fd = -1};
}

static void disconnect(struct sender *sender)
{
	if (sender->fd >= 0)
		sender->host->io->close(sender->fd);
	sender->fd = -1;
}

void sender_deinit(struct sender *sender)
{
	disconnect(sender);
}

/* -- Connecting ------------------------------------------------------------------------------- */

static bool is_at_path(const struct sender *sender)
{
	return strncmp(sender->where, unix_prefix, strlen(unix_prefix)) == 0;
}

static int connect_to(struct sender *sender, const struct sockaddr *address, socklen_t size)
{
	const struct sonde_io *io = sender->host->io;
	int fd = io->socket(address->sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return fd;
	int result = io->connect(fd, address, size);

	if (result < 0)
		io->close(fd);
	else
		sender->fd = fd;
	return result < 0 ? result : 0;
}

static int connect_to_path(struct sender *sender)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const char *path = sender->where + strlen(unix_prefix);

	if (!*path || strlen(path) >= sizeof(address.sun_path))
		return -EINVAL;
	strcpy(address.sun_path, path);
	return connect_to(sender, (const struct sockaddr *)&address, sizeof(address));
}

/* "[::1]:8125" -> "::1"; returns where the port is, or NULL. */
static const char *split(const char *where, char ret_node[NODE_SIZE])
{
	const char *colon = strrchr(where, ':');

	if (!colon || colon == where || !colon[1])
		return NULL;
	size_t n = (size_t)(colon - where);

	if (n > 2 && where[0] == '[' && where[n - 1] == ']') {
		where++;
		n -= 2;
	}
	if (n >= NODE_SIZE)
		return NULL;
	memcpy(ret_node, where, n);
	ret_node[n] = '\0';
	return colon + 1;
}

static int connect_to_port(struct sender *sender)
{
	const struct addrinfo hints = {.ai_flags = AI_NUMERICSERV, .ai_socktype = SOCK_DGRAM};
	struct addrinfo *addresses;
	char node[NODE_SIZE];
	const char *port = split(sender->where, node);

	if (!port)
		return -EINVAL;
	if (sender->host->io->get_address(node, port, &hints, &addresses) < 0)
		return -EADDRNOTAVAIL;
	int result = -EADDRNOTAVAIL;

	for (const struct addrinfo *info = addresses; info && result < 0; info = info->ai_next)
		result = connect_to(sender, info->ai_addr, info->ai_addrlen);
	sender->host->io->free_address(addresses);
	return result;
}

int sender_open(struct sender *sender)
{
	if (sender->fd >= 0)
		return 0;
	return is_at_path(sender) ? connect_to_path(sender) : connect_to_port(sender);
}

/* -- Sending ---------------------------------------------------------------------------------- */

/* False: there is no room until then. */
static bool wait_for_room(struct sender *sender, int64_t until_ns)
{
	struct pollfd writable = {.fd = sender->fd, .events = POLLOUT};
	int64_t left_ns = until_ns - sender->host->now_mono_ns();

	if (left_ns <= 0)
		return false;
	return sender->host->io->poll(&writable, 1, (int)(left_ns / 1000000) + 1) > 0;
}

static int send_when_possible(struct sender *sender, const void *datagram, size_t size,
			      int64_t until_ns)
{
	int64_t sent;

	do
		sent = sender->host->io->send(sender->fd, datagram, size, 0);
	while (sent == -EINTR ||
	       ((sent == -EAGAIN || sent == -ENOBUFS) && wait_for_room(sender, until_ns)));
	return sent < 0 ? (int)sent : 0;
}

/* Whether it is the answer to another datagram, or the receiver has another socket by now, or reads no more from it. */
static bool is_refusal(int result)
{
	return result == -ECONNREFUSED || result == -ECONNRESET || result == -ENOTCONN || result == -EPIPE;
}

int sender_send(struct sender *sender, const void *datagram, size_t size, int64_t until_ns)
{
	int result = sender_open(sender);

	if (result == 0)
		result = send_when_possible(sender, datagram, size, until_ns);
	if (!is_refusal(result))
		return result;
	sender->n_refused++;
	if (is_at_path(sender))
		disconnect(sender);
	result = sender_open(sender);
	return result < 0 ? result : send_when_possible(sender, datagram, size, until_ns);
}
