// SPDX-License-Identifier: MIT
/*
 * Programs that know which of their connections came to be, and how they were told so: nothing waits for a connection that
 * is under way.
 */
#include "config.h"

#include "truth.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 8, ROUNDS = 200, HIGH = 2000 };

struct place {
	struct sockaddr_in address;
	char name[32];
	int listener;
};

/* -- Places to connect to ---------------------------------------------------------------------------- */

/* Nobody listens there yet, and the port is kept, so that nobody else does. */
static bool find_closed(struct place *place)
{
	socklen_t size = sizeof(place->address);
	struct sockaddr *address = (struct sockaddr *)&place->address;

	*place = (struct place){
		.address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)},
		.listener = socket(AF_INET, SOCK_STREAM, 0),
	};
	if (bind(place->listener, address, size) != 0 || getsockname(place->listener, address, &size) != 0)
		return false;
	snprintf(place->name, sizeof(place->name), "127.0.0.1:%d", ntohs(place->address.sin_port));
	return true;
}

static bool listen_at(struct place *place, int backlog)
{
	return find_closed(place) && listen(place->listener, backlog) == 0;
}

static int connect_again(int fd, const struct place *place)
{
	return connect(fd, (const struct sockaddr *)&place->address, sizeof(place->address)) == 0 ? 0 : errno;
}

/* A socket whose connection is under way; negative: it is not. */
static int begin(const struct place *place)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	return connect_again(fd, place) == EINPROGRESS ? fd : -1;
}

static bool await(int fd)
{
	struct pollfd waiting = {fd, POLLOUT, 0};

	return poll(&waiting, 1, 10000) == 1;
}

static int ask(int fd)
{
	int code = -1;
	socklen_t size = sizeof(code);

	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &size) == 0 ? code : -1;
}

static void state_came(const struct place *place, uint64_t n_opens)
{
	truth_state("opens", place->name, NULL, n_opens);
	truth_state("fails", place->name, "EINPROGRESS", 0);
	truth_state("fails", place->name, "EISCONN", 0);
	truth_state("fails", place->name, "EALREADY", 0);
}

static void state_refused(const struct place *place, uint64_t n)
{
	state_came(place, 0);
	truth_state("fails", place->name, "ECONNREFUSED", n);
}

/* -- What tells that it was made --------------------------------------------------------------------- */

static int run_asked(char **arguments)
{
	struct place place;
	bool is_done = listen_at(&place, 5);
	int fd = begin(&place);

	(void)arguments;
	is_done = is_done && await(fd) && ask(fd) == 0 && ask(fd) == 0 && write(fd, "123", 3) == 3;
	/* The kernel says so once more. */
	is_done = is_done && connect_again(fd, &place) == 0 && connect_again(fd, &place) == EISCONN;
	state_came(&place, 1);
	truth_state("writes", place.name, NULL, 1);
	truth_count("connect", 3);
	truth_error("connect", "EINPROGRESS", 1);
	truth_error("connect", "EISCONN", 1);
	return !is_done;
}

static int run_written(char **arguments)
{
	struct place place;
	bool is_done = listen_at(&place, 5);
	int fd = begin(&place);

	(void)arguments;
	is_done = is_done && await(fd) && send(fd, "123", 3, 0) == 3 && send(fd, "12", 2, 0) == 2 && ask(fd) == 0;
	state_came(&place, 1);
	truth_state("out", place.name, NULL, 5);
	truth_state("jumps", place.name, NULL, 0);
	return !is_done;
}

/* Accepted, which is an open, too; the peer speaks first. */
static int run_read(char **arguments)
{
	struct place place;
	bool is_done = listen_at(&place, 5);
	int fd = begin(&place);
	int accepted = accept(place.listener, NULL, NULL);
	char buf[8];
	struct pollfd waiting = {fd, POLLIN, 0};

	(void)arguments;
	is_done = is_done && write(accepted, "1234", 4) == 4 && poll(&waiting, 1, 10000) == 1 &&
		  recv(fd, buf, 2, 0) == 2 && read(fd, buf, 2) == 2;
	state_came(&place, 1 + 1);
	return !is_done;
}

static int run_streamed(char **arguments)
{
	struct place place;
	bool is_done = listen_at(&place, 5);
	int fd = begin(&place);
	int accepted = accept(place.listener, NULL, NULL);
	FILE *stream = fdopen(fd, "r");
	char line[8];
	struct pollfd waiting = {fd, POLLIN, 0};

	(void)arguments;
	is_done = is_done && write(accepted, "1\n2\n", 4) == 4 && poll(&waiting, 1, 10000) == 1 &&
		  fgets(line, sizeof(line), stream) && fgets(line, sizeof(line), stream);
	state_came(&place, 1 + 1);
	return !is_done;
}

static int run_repeated(char **arguments)
{
	struct place place;
	bool is_done = listen_at(&place, 5);
	int fd = begin(&place);

	(void)arguments;
	is_done = is_done && await(fd) && connect_again(fd, &place) == 0 && connect_again(fd, &place) == EISCONN &&
		  write(fd, "1", 1) == 1 && ask(fd) == 0;
	state_came(&place, 1);
	return !is_done;
}

static int run_named(char **arguments)
{
	struct place place;
	struct sockaddr_in address;
	socklen_t size = sizeof(address);
	bool is_done = listen_at(&place, 5);
	int fd = begin(&place);

	(void)arguments;
	is_done = is_done && await(fd) && getpeername(fd, (struct sockaddr *)&address, &size) == 0;
	state_came(&place, 1);
	return !is_done;
}

/* A descriptor beyond those that are found at once. */
static int run_high(char **arguments)
{
	struct place place, closed;
	bool is_done = listen_at(&place, 5) && find_closed(&closed);
	int low = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	int fd = fcntl(low, F_DUPFD, HIGH);
	int other = fcntl(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), F_DUPFD, HIGH);

	(void)arguments;
	is_done = is_done && fd >= HIGH && connect_again(fd, &place) == EINPROGRESS && await(fd) &&
		  write(fd, "1", 1) == 1 && write(fd, "1", 1) == 1;
	is_done = is_done && connect_again(other, &closed) == EINPROGRESS && await(other) &&
		  ask(other) == ECONNREFUSED;
	state_came(&place, 1);
	state_refused(&closed, 1);
	return !is_done;
}

/* -- What tells that it was not ---------------------------------------------------------------------- */

static int run_refused(char **arguments)
{
	struct place place;
	bool is_done = find_closed(&place);
	int fd = begin(&place);
	char byte;

	(void)arguments;
	is_done = is_done && await(fd) && ask(fd) == ECONNREFUSED && ask(fd) == 0 && read(fd, &byte, 1) == 0;
	state_refused(&place, 1);
	truth_count("getsockopt", 2);
	return !is_done;
}

static int run_refused_repeated(char **arguments)
{
	struct place place;
	bool is_done = find_closed(&place);
	int fd = begin(&place);

	(void)arguments;
	is_done = is_done && await(fd) && connect_again(fd, &place) == ECONNREFUSED && ask(fd) == 0;
	state_refused(&place, 1);
	return !is_done;
}

/* Who writes is told, and nobody who asks afterwards. */
static int run_refused_written(char **arguments)
{
	struct place place;
	bool is_done = find_closed(&place);
	int fd = begin(&place);

	(void)arguments;
	is_done = is_done && await(fd) && send(fd, "1", 1, MSG_NOSIGNAL) < 0 && errno == ECONNREFUSED && ask(fd) == 0;
	state_refused(&place, 1);
	return !is_done;
}

/* -- What tells neither ------------------------------------------------------------------------------ */

/* A listener without room for one more: who comes next is not answered for a second. */
static bool fill(struct place *place)
{
	bool is_done = listen_at(place, 0);
	int first = begin(place);

	return is_done && await(first) && ask(first) == 0;
}

static int run_neither(char **arguments)
{
	struct place place;
	bool is_done = fill(&place);
	int fd = begin(&place);

	(void)arguments;
	is_done = is_done && connect_again(fd, &place) == EALREADY && send(fd, "1", 1, 0) < 0 && errno == EAGAIN;
	state_came(&place, 1);
	truth_state("fails", place.name, "EAGAIN", 1);
	truth_error("connect", "EALREADY", 1);
	return !is_done;
}

static void do_nothing(int number)
{
	(void)number;
}

static int run_interrupted(char **arguments)
{
	struct place place;
	bool is_done = fill(&place);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct itimerval soon = {.it_value.tv_usec = 50000};

	(void)arguments;
	sigaction(SIGALRM, &(struct sigaction){.sa_handler = do_nothing}, NULL);
	setitimer(ITIMER_REAL, &soon, NULL);
	is_done = is_done && connect_again(fd, &place) == EINTR && accept(place.listener, NULL, NULL) >= 0 &&
		  await(fd) && ask(fd) == 0;
	/* That which fills it, the one that was accepted, and the one that was interrupted. */
	state_came(&place, 3);
	truth_state("fails", place.name, "EINTR", 0);
	truth_error("connect", "EINTR", 1);
	return !is_done;
}

/* The next one by that number has to tell for itself. */
static int run_closed(char **arguments)
{
	struct place place, other;
	bool is_done = listen_at(&place, 5) && listen_at(&other, 5);
	int fd = begin(&place);

	(void)arguments;
	is_done = is_done && await(fd) && close(fd) == 0 && begin(&other) == fd && await(fd) &&
		  write(fd, "1", 1) == 1;
	state_came(&place, 0);
	state_came(&other, 1);
	return !is_done;
}

/* -- Others ------------------------------------------------------------------------------------------ */

static int run_blocking(char **arguments)
{
	struct place place;
	bool is_done = listen_at(&place, 5);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	int datagrams = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	(void)arguments;
	is_done = is_done && connect_again(fd, &place) == 0 && ask(fd) == 0 && write(fd, "1", 1) == 1 &&
		  connect_again(fd, &place) == EISCONN;
	is_done = is_done && connect_again(datagrams, &place) == 0 && ask(datagrams) == 0 &&
		  connect_again(datagrams, &place) == 0;
	state_came(&place, 1 + 2);
	return !is_done;
}

/* There is none under way: who finds no room is refused. */
static int run_local(char **arguments)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	socklen_t size = sizeof(address.sun_family);
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);
	char name[64];
	int n_opens = 0;

	(void)arguments;
	bool is_done = bind(listener, (struct sockaddr *)&address, size) == 0 && listen(listener, 0) == 0;

	size = sizeof(address);
	is_done = is_done && getsockname(listener, (struct sockaddr *)&address, &size) == 0;
	snprintf(name, sizeof(name), "unix:@%.*s", (int)(size - sizeof(address.sun_family) - 1),
		 address.sun_path + 1);
	int fd;

	do {
		fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
		n_opens++;
	} while (connect(fd, (struct sockaddr *)&address, size) == 0);
	is_done = is_done && errno == EAGAIN && ask(fd) == 0;
	truth_state("opens", name, NULL, (uint64_t)n_opens - 1);
	truth_state("fails", name, "EAGAIN", 1);
	return !is_done;
}

static int run_fork(char **arguments)
{
	struct place place;
	bool is_done = listen_at(&place, 5);
	int fd = begin(&place);
	int status;

	(void)arguments;
	is_done = is_done && await(fd);
	pid_t child = fork();

	if (child == 0)
		_exit(write(fd, "1", 1) != 1 || ask(fd) != 0);
	is_done = is_done && waitpid(child, &status, 0) == child && status == 0 && write(fd, "1", 1) == 1;
	state_came(&place, 1);
	truth_state("out", place.name, NULL, 2);
	return !is_done;
}

/* -- Threads ----------------------------------------------------------------------------------------- */

static struct place shared_place;
static pthread_barrier_t barrier;
static int shared;

/* All use each connection at once, by ways of their own; one thread makes them. */
static void *use_together(void *argument)
{
	long number = (long)argument;

	for (int i = 0; i < ROUNDS; i++) {
		if (number == 0) {
			shared = begin(&shared_place);
			await(shared);
		}
		pthread_barrier_wait(&barrier);
		if (number % 3 == 0)
			send(shared, "1", 1, 0);
		else if (number % 3 == 1)
			ask(shared);
		else
			connect_again(shared, &shared_place);
		pthread_barrier_wait(&barrier);
		if (number == 0)
			close(shared);
	}
	return NULL;
}

static int run_threads(char **arguments)
{
	pthread_t threads[THREADS];
	bool is_done = listen_at(&shared_place, 2 * ROUNDS) && pthread_barrier_init(&barrier, NULL, THREADS) == 0;

	(void)arguments;
	for (long i = 0; is_done && i < THREADS; i++)
		is_done = pthread_create(&threads[i], NULL, use_together, (void *)i) == 0;
	for (int i = 0; is_done && i < THREADS; i++)
		is_done = pthread_join(threads[i], NULL) == 0;
	state_came(&shared_place, ROUNDS);
	return !is_done;
}

/* What closes nothing leaves a connection that is under way as it is. */
static int run_kept(char **arguments)
{
	struct place place;
	bool is_done = listen_at(&place, 5);
	int fd = begin(&place);

	(void)arguments;
	is_done = is_done && dup2(fd, fd) == fd && close_range((unsigned int)fd, (unsigned int)fd, CLOSE_RANGE_CLOEXEC) == 0;
	is_done = is_done && await(fd) && write(fd, "1", 1) == 1;
	state_came(&place, 1);
	truth_state("writes", place.name, NULL, 1);
	return !is_done;
}

const struct truth_case truth_connection_cases[] = {
	{"connection-asked", "a connection is an open when SO_ERROR says that it was made", run_asked, 0},
	{"connection-written", "a connection that is written to was made", run_written, 0},
	{"connection-read", "a connection that is read from was made", run_read, 0},
	{"connection-streamed", "a connection that a stream reads from was made", run_streamed, 0},
	{"connection-repeated", "a connection is an open when connect() says so the second time", run_repeated, 0},
	{"connection-named", "a connection whose peer has a name was made", run_named, 0},
	{"connection-high", "connections of high descriptors are known as well", run_high, 0},
	{"connection-refused", "a connection is a failure when SO_ERROR says why", run_refused, 0},
	{"connection-refused-repeated", "a connection is a failure when connect() fails the second time",
	 run_refused_repeated, 0},
	{"connection-refused-written", "a connection that cannot be written to is one failure", run_refused_written, 0},
	{"connection-neither", "a connection that nothing is known of is neither open nor failure", run_neither, 0},
	{"connection-interrupted", "a connection goes on when a signal interrupts connect()", run_interrupted, 0},
	{"connection-closed", "a connection that is closed under way is forgotten", run_closed, 0},
	{"connection-blocking", "a connection that connect() has made is one open", run_blocking, 0},
	{"connection-local", "a local socket that finds no room is refused", run_local, 0},
	{"connection-fork", "a connection is its maker's, and not its children's", run_fork, 0},
	{"connection-kept", "a connection outlives what closes nothing", run_kept, 0},
	{"connection-threads", "threads that use a connection at once count it once", run_threads, 0},
	{0},
};
