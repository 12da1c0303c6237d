// SPDX-License-Identifier: MIT
#include "prometheus/server.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <microhttpd.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>

#include "prometheus/request.h"

enum { CODE_ADDRESS = 1, CODE_ADDRESS_FILE, CODE_DAEMON };
enum { PATH_SIZE = 4096, PIECE_SIZE = 4096, MODE = 0644 };

#define SECOND_NS INT64_C(1000000000)

void server_init(struct server *server, const struct sonde_host *host,
		 const struct server_options *options)
{
	*server = (struct server){
		.host = host,
		.options = options,
		.listener = {.host = host, .fd = -1},
		.stop_fd = -1,
		.certificate = {.host = host},
		.key = {.host = host},
		.sources = {.host = host,
			    .keep_ns = options->sources.keep_ns,
			    .memory = options->sources.memory},
	};
	pthread_mutex_init(&server->lock, NULL);
}

void server_deinit(struct server *server)
{
	if (server->daemon && !server->is_serving)
		MHD_stop_daemon(server->daemon);
	if (server->has_told_address)
		server->host->io->unlink(server->options->address_file);
	listener_close(&server->listener);
	if (server->stop_fd >= 0)
		server->host->io->close(server->stop_fd);
	buffer_deinit(&server->certificate);
	buffer_deinit(&server->key);
	sources_deinit(&server->sources);
	pthread_mutex_destroy(&server->lock);
}

int server_offer(struct server *server, const struct sonde_snapshot *snapshot)
{
	pthread_mutex_lock(&server->lock);
	int result = sources_take(&server->sources, snapshot);

	pthread_mutex_unlock(&server->lock);
	return result;
}

/* -- The file that tells the address ---------------------------------------------------------- */

/* Beside it first: whoever sees the file sees all of it. */
static int write_address(const struct server *server)
{
	const struct sonde_io *io = server->host->io;
	const char *path = server->options->address_file;
	char beside[PATH_SIZE];
	char line[LISTENER_ADDRESS_SIZE + 1];

	snprintf(line, sizeof(line), "%s\n", server->listener.address);
	if (snprintf(beside, sizeof(beside), "%s.new", path) >= (int)sizeof(beside))
		return -ENAMETOOLONG;
	int fd = io->open(beside, O_WRONLY | O_CREAT | O_TRUNC, MODE);

	if (fd < 0)
		return fd;
	int64_t written = io->write(fd, line, strlen(line));

	io->close(fd);
	if (written != (int64_t)strlen(line))
		return written < 0 ? (int)written : -ENOSPC;
	return io->rename(beside, path);
}

static int tell_address(struct server *server, struct sonde_err *err)
{
	const struct server_options *options = server->options;

	server->host->log(server->host, SONDE_LOG_INFO, CODE_ADDRESS, "listening at %s",
			  server->listener.address);
	int result = options->address_file ? write_address(server) : 0;

	server->has_told_address = options->address_file && result == 0;
	if (result < 0)
		snprintf(err->text, sizeof(err->text), "%.200s: %s", options->address_file,
			 strerror(-result));
	return result;
}

/* -- TLS -------------------------------------------------------------------------------------- */

/* Ended by NUL, as the daemon wants it. */
static int read_file(const struct sonde_host *host, const char *path, struct buffer *ret_text)
{
	char piece[PIECE_SIZE];
	int fd = host->io->open(path, O_RDONLY, 0);
	int64_t n = fd;

	while (n >= 0 && (n = host->io->read(fd, piece, sizeof(piece))) > 0)
		n = buffer_take(ret_text, piece, (size_t)n);
	if (fd >= 0)
		host->io->close(fd);
	return n < 0 ? (int)n : buffer_take(ret_text, "", 1);
}

static int read_files_of_tls(struct server *server, struct sonde_err *err)
{
	const struct server_options *options = server->options;
	const char *path = options->certificate;

	if (!options->certificate && !options->key)
		return 0;
	if (!options->certificate || !options->key) {
		snprintf(err->text, sizeof(err->text), "tls needs both, a certificate and its key");
		return -EINVAL;
	}
	int result = read_file(server->host, path, &server->certificate);

	if (result == 0) {
		path = options->key;
		result = read_file(server->host, path, &server->key);
	}
	if (result < 0)
		snprintf(err->text, sizeof(err->text), "%.200s: %s", path, strerror(-result));
	return result;
}

/* -- The daemon and its thread ---------------------------------------------------------------- */

/* For its log, and if it cannot start, for why. */
static void hear(void *argument, const char *format, va_list arguments)
{
	struct server *server = argument;
	char line[sizeof(server->said)];

	vsnprintf(line, sizeof(line), format, arguments);
	line[strcspn(line, "\n")] = '\0';
	server->host->log(server->host, SONDE_LOG_DEBUG, CODE_DAEMON, "%s", line);
	if (!server->daemon)
		memcpy(server->said, line, sizeof(line));
}

static unsigned int timeout_seconds(const struct server *server)
{
	return (unsigned int)((server->options->timeout_ns + SECOND_NS - 1) / SECOND_NS);
}

static int start_daemon(struct server *server, struct sonde_err *err)
{
	const struct server_options *options = server->options;
	bool has_tls = server->key.size;
	const struct MHD_OptionItem tls[] = {
		{MHD_OPTION_HTTPS_MEM_CERT, 0, server->certificate.bytes},
		{MHD_OPTION_HTTPS_MEM_KEY, 0, server->key.bytes},
		{MHD_OPTION_END, 0, NULL},
	};

	server->daemon =
		MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_ERROR_LOG | (has_tls ? MHD_USE_TLS : 0), 0,
				 NULL, NULL, request_handle, server, MHD_OPTION_EXTERNAL_LOGGER,
				 hear, server, MHD_OPTION_LISTEN_SOCKET, server->listener.fd,
				 MHD_OPTION_CONNECTION_LIMIT, (unsigned int)options->connections,
				 MHD_OPTION_CONNECTION_TIMEOUT, timeout_seconds(server),
				 MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)options->request_size,
				 MHD_OPTION_ARRAY, has_tls ? tls : tls + 2, MHD_OPTION_END);
	if (server->daemon) {
		server->listener.fd = -1; /* it closes that */
		return 0;
	}
	snprintf(err->text, sizeof(err->text), "cannot serve HTTP: %s",
		 server->said[0] ? server->said : "no reason was given");
	return -EIO;
}

/* Until something arrives, or a connection has taken too long. */
static int wait_ms(struct MHD_Daemon *daemon)
{
	MHD_UNSIGNED_LONG_LONG left_ms;

	if (MHD_get_timeout(daemon, &left_ms) != MHD_YES)
		return -1;
	return left_ms < INT_MAX ? (int)left_ms : INT_MAX;
}

static unsigned int n_connections(struct MHD_Daemon *daemon)
{
	return MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS)->num_connections;
}

/* That a connection has ended, and another may come in its place, the daemon sees the next time. */
static void run(struct MHD_Daemon *daemon)
{
	unsigned int n_before;

	do {
		n_before = n_connections(daemon);
		MHD_run(daemon);
	} while (n_connections(daemon) < n_before);
}

static void serve(void *argument)
{
	struct server *server = argument;
	const union MHD_DaemonInfo *info =
		MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	struct pollfd fds[] = {
		{.fd = info->epoll_fd, .events = POLLIN},
		{.fd = server->stop_fd, .events = POLLIN},
	};

	while (!fds[1].revents) {
		server->host->io->poll(fds, 2, wait_ms(server->daemon));
		run(server->daemon);
	}
	MHD_stop_daemon(server->daemon);
}

static int start_thread(struct server *server, struct sonde_err *err)
{
	const struct sonde_host *host = server->host;
	int result = 0;

	server->stop_fd = eventfd(0, EFD_CLOEXEC);
	if (server->stop_fd < 0)
		result = -errno;
	if (result == 0)
		result = host->thread_create(host, "scrapes", serve, server);
	server->is_serving = result == 0;
	if (result < 0)
		snprintf(err->text, sizeof(err->text), "cannot start a thread: %s",
			 strerror(-result));
	return result;
}

int server_start(struct server *server, struct sonde_err *err)
{
	const struct server_options *options = server->options;

	if (access_init(&server->access, options->user, options->password) < 0) {
		snprintf(err->text, sizeof(err->text),
			 "user and password must both be given, be shorter than %d bytes, and the "
			 "user have no colon",
			 ACCESS_TEXT_SIZE);
		return -EINVAL;
	}
	int result = read_files_of_tls(server, err);

	if (result == 0)
		result = listener_open(&server->listener, server->host, options->listen, err);
	if (result == 0)
		result = start_daemon(server, err);
	if (result == 0)
		result = tell_address(server, err);
	return result < 0 ? result : start_thread(server, err);
}

void server_stop(struct server *server)
{
	const uint64_t one = 1;

	if (server->is_serving)
		server->host->io->write(server->stop_fd, &one, sizeof(one));
}
