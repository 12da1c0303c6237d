// SPDX-License-Identifier: MIT
#include "prometheus/listener.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

enum { BACKLOG = 64, NODE_SIZE = 256, PORT_SIZE = 16 };

static const char unix_prefix[] = "unix:";

static int say(struct sonde_err *err, const char *where, int result)
{
	snprintf(err->text, sizeof(err->text), "cannot listen at %.128s: %s", where,
		 strerror(-result));
	return result;
}

static int open_socket(const struct sonde_host *host, int family)
{
	return host->io->socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

static int bind_and_listen(int fd, const struct sockaddr *address, socklen_t size)
{
	if (bind(fd, address, size) < 0 || listen(fd, BACKLOG) < 0)
		return -errno;
	return 0;
}

/* -- Socket files ----------------------------------------------------------------------------- */

/* Whether nobody listens there: whoever did has not removed it. */
static bool is_abandoned(const struct sonde_host *host, const struct sockaddr_un *address)
{
	int fd = open_socket(host, AF_UNIX);

	if (fd < 0)
		return false;
	int result = host->io->connect(fd, (const struct sockaddr *)address, sizeof(*address));

	host->io->close(fd);
	return result == -ECONNREFUSED;
}

static int listen_at_path(struct listener *listener, const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const struct sockaddr *generic = (const struct sockaddr *)&address;

	if (!*path || strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	listener->fd = open_socket(listener->host, AF_UNIX);
	if (listener->fd < 0)
		return listener->fd;
	int result = bind_and_listen(listener->fd, generic, sizeof(address));

	if (result == -EADDRINUSE && is_abandoned(listener->host, &address)) {
		listener->host->io->unlink(path);
		result = bind_and_listen(listener->fd, generic, sizeof(address));
	}
	if (result < 0)
		return result;
	listener->path = path;
	snprintf(listener->address, sizeof(listener->address), "unix:%s", path);
	return 0;
}

/* -- Addresses and ports ---------------------------------------------------------------------- */

/* "[::1]:0" -> "::1" and "0". */
static int split(const char *where, char ret_node[NODE_SIZE], char ret_port[PORT_SIZE])
{
	const char *colon = strrchr(where, ':');

	if (!colon || !colon[1] || strlen(colon + 1) >= PORT_SIZE)
		return -EINVAL;
	size_t n = (size_t)(colon - where);

	if (n >= 2 && where[0] == '[' && where[n - 1] == ']') {
		where++;
		n -= 2;
	}
	if (n >= NODE_SIZE)
		return -ENAMETOOLONG;
	memcpy(ret_node, where, n);
	ret_node[n] = '\0';
	strcpy(ret_port, colon + 1);
	return 0;
}

static int listen_at(struct listener *listener, const struct addrinfo *info)
{
	const int yes = 1;

	listener->fd = open_socket(listener->host, info->ai_family);
	if (listener->fd < 0)
		return listener->fd;
	/* Connections of the run before may still linger there. */
	setsockopt(listener->fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	int result = bind_and_listen(listener->fd, info->ai_addr, info->ai_addrlen);

	if (result < 0) {
		listener->host->io->close(listener->fd);
		listener->fd = -1;
	}
	return result;
}

static int name_address(struct listener *listener)
{
	struct sockaddr_storage address;
	socklen_t size = sizeof(address);
	char node[NI_MAXHOST];
	char port[NI_MAXSERV];

	if (getsockname(listener->fd, (struct sockaddr *)&address, &size) < 0)
		return -errno;
	if (getnameinfo((const struct sockaddr *)&address, size, node, sizeof(node), port,
			sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return -EADDRNOTAVAIL;
	snprintf(listener->address, sizeof(listener->address),
		 address.ss_family == AF_INET6 ? "[%.100s]:%.8s" : "%.100s:%.8s", node, port);
	return 0;
}

static int listen_at_port(struct listener *listener, const char *where)
{
	const struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
				       .ai_socktype = SOCK_STREAM};
	struct addrinfo *addresses;
	char node[NODE_SIZE];
	char port[PORT_SIZE];

	int result = split(where, node, port);

	if (result < 0)
		return result;
	if (listener->host->io->get_address(*node ? node : NULL, port, &hints, &addresses) < 0)
		return -EADDRNOTAVAIL;
	result = -EADDRNOTAVAIL;
	for (const struct addrinfo *info = addresses; info && result < 0; info = info->ai_next)
		result = listen_at(listener, info);
	listener->host->io->free_address(addresses);
	return result < 0 ? result : name_address(listener);
}

int listener_open(struct listener *listener, const struct sonde_host *host, const char *where,
		  struct sonde_err *err)
{
	size_t n_prefix = strlen(unix_prefix);

	*listener = (struct listener){.host = host, .fd = -1};
	int result = strncmp(where, unix_prefix, n_prefix) == 0
			     ? listen_at_path(listener, where + n_prefix)
			     : listen_at_port(listener, where);

	if (result == 0)
		return 0;
	listener_close(listener);
	return say(err, where, result);
}

void listener_close(struct listener *listener)
{
	if (listener->path)
		listener->host->io->unlink(listener->path);
	if (listener->fd >= 0)
		listener->host->io->close(listener->fd);
	listener->path = NULL;
	listener->fd = -1;
}
