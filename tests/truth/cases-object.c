// SPDX-License-Identifier: MIT
/*
 * Programs that know what they did to which file and with which peer, through every way in which a descriptor comes
 * to stand for one.
 */
#include "config.h"

#include "directory.h"
#include "truth.h"

#include <aio.h>
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sendfile.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wchar.h>

enum {
	THREADS = 16,
	ROUNDS = 500,
	KEPT = 1000, /* files.most as it is without a configuration */
	BEYOND = 30,
	MANY = 10000,
};

/* -- Paths ------------------------------------------------------------------------------------------ */

static bool read_by_many_names(void)
{
	char path[64], buf[16];
	int here = open(".", O_RDONLY | O_DIRECTORY);
	int names[] = {
		open("data", O_RDONLY),
		open(path_of("data", path), O_RDONLY),
		open(".//./data", O_RDONLY),
		openat(here, "data", O_RDONLY),
		openat(AT_FDCWD, "./data", O_RDONLY),
	};
	bool is_read = true;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		is_read = is_read && read(names[i], buf, 7) == 7 && close(names[i]) == 0;
	return is_read && close(here) == 0;
}

static int run_paths(char **arguments)
{
	bool is_done = enter_directory();
	int fd = make_file("data");
	char buf[8192] = {0};

	(void)arguments;
	is_done = is_done && write(fd, buf, 8000) == 8000 && write(fd, buf, 100) == 100 && close(fd) == 0 &&
		  read_by_many_names() && open("none", O_RDONLY) < 0 && open("./none", O_RDONLY) < 0 &&
		  stat("none", &(struct stat){0}) < 0;
	state("opens", "data", 6);
	state("writes", "data", 2);
	state("out", "data", 8100);
	state("reads", "data", 5);
	state("in", "data", 35);
	state("jumps", "data", 0);
	char path[64];

	truth_state("fails", path_of("none", path), "ENOENT", 3);
	return leave_directory(is_done);
}

/* Where one must not look, since it is no address at all. */
static int run_bad_paths(char **arguments)
{
	const char *volatile nowhere = (const char *)8;

	(void)arguments;
	bool is_done = open(nowhere, O_RDONLY) < 0 && errno == EFAULT &&
		       fstatat(AT_FDCWD, nowhere, &(struct stat){0}, 0) < 0 && errno == EFAULT;

	truth_state("fails", "(others)", "EFAULT", 2);
	return !is_done;
}

static int run_access(char **arguments)
{
	bool is_done = enter_directory();
	int fd = make_file("data");
	char buf[4096] = {0};

	(void)arguments;
	for (int i = 0; i < 10; i++)
		is_done = is_done && write(fd, buf, sizeof(buf)) == sizeof(buf);
	is_done = is_done && lseek(fd, 0, SEEK_SET) == 0;
	/* One after the other, but for the first, which begins elsewhere than the last write ended. */
	for (int i = 0; i < 10; i++)
		is_done = is_done && read(fd, buf, 512) == 512;
	/* Each elsewhere than the last, then each behind the last. */
	for (int i = 0; i < 5; i++)
		is_done = is_done && pread(fd, buf, 10, 20000 - 1000 * i) == 10;
	for (int i = 0; i < 4; i++)
		is_done = is_done && pread(fd, buf, 10, 16010 + 10 * i) == 10;
	/* By turns at two places. */
	for (int i = 0; i < 3; i++)
		is_done = is_done && read(fd, buf, 512) == 512 && pread(fd, buf, 10, 30000 + 10 * i) == 10;
	state("writes", "data", 10);
	state("reads", "data", 25);
	state("jumps", "data", 1 + 5 + 6);
	state("small", "data", 12);
	return leave_directory(is_done && close(fd) == 0);
}

/* -- Descriptors that stand for the same ------------------------------------------------------------- */

static int run_copies(char **arguments)
{
	bool is_done = enter_directory();
	int fd = make_file("data");
	int copy = dup(fd);
	int other = make_file("other");
	int high = fcntl(fd, F_DUPFD_CLOEXEC, 2000);

	(void)arguments;
	/* The copy outlives what it was made of, whose number is another file's next. */
	is_done = is_done && write(copy, "12345", 5) == 5 && close(fd) == 0 && make_file("third") == fd &&
		  write(fd, "1", 1) == 1 && write(copy, "123", 3) == 3 && write(high, "12", 2) == 2 &&
		  dup2(copy, other) == other && write(other, "1234", 4) == 4 && dup3(fd, other, O_CLOEXEC) == other &&
		  write(other, "1", 1) == 1 && dup2(fd, fd) == fd && write(fd, "1", 1) == 1;
	state("out", "data", 5 + 3 + 2 + 4);
	state("writes", "data", 4);
	state("out", "third", 3);
	state("opens", "third", 1);
	state("out", "other", 0);
	state("opens", "other", 1);
	return leave_directory(is_done);
}

static int run_between(char **arguments)
{
	bool is_done = enter_directory();
	int from = make_file("from");
	int to = make_file("to");
	off_t start = 0;

	(void)arguments;
	is_done = is_done && write(from, "0123456789", 10) == 10 && sendfile(to, from, &start, 10) == 10 &&
		  lseek(from, 0, SEEK_SET) == 0;
	state("in", "from", 10 + 6);
	state("out", "from", 10);
	state("out", "to", 10 + 6);
	/* From 2 on, and on from there; from 7 on. */
	start = 2;
	is_done = is_done && sendfile(to, from, &start, 2) == 2 && sendfile(to, from, &start, 2) == 2;
	start = 7;
	is_done = is_done && sendfile(to, from, &start, 2) == 2;
	state("jumps", "from", 3);
	return leave_directory(is_done);
}

static bool wait_for(pid_t child)
{
	int status;

	return waitpid(child, &status, 0) == child && status == 0;
}

/* By the name that its parent opened it with, which is not that of the kernel. */
static int run_fork(char **arguments)
{
	bool is_done = enter_directory();
	int fd = make_file("data");

	(void)arguments;
	is_done = is_done && symlink("data", "link") == 0 && close(fd) == 0;
	fd = open("link", O_WRONLY);
	is_done = is_done && write(fd, "1", 1) == 1;
	pid_t child = fork();

	if (child == 0)
		_exit(write(fd, "12", 2) != 2 || write(dup(fd), "123", 3) != 3 || close(fd) != 0 ||
		      make_file("child") != fd || write(fd, "1234", 4) != 4);
	is_done = is_done && wait_for(child) && write(fd, "12345", 5) == 5;
	state("opens", "link", 1);
	state("writes", "link", 4);
	state("out", "link", 11);
	state("out", "child", 4);
	state("opens", "data", 1);
	state("writes", "data", 0);
	return leave_directory(is_done);
}

static int run_vfork(char **arguments)
{
	volatile bool is_done = enter_directory();
	int fd = make_file("data");

	(void)arguments;
	is_done = is_done && write(fd, "1", 1) == 1;
	pid_t child = vfork();

	if (child == 0) {
		/* Its own descriptors, and its own directory. */
		close(fd);
		_exit(chdir("/") != 0);
	}
	is_done = is_done && wait_for(child) && write(fd, "12", 2) == 2 && close(make_file("later")) == 0;
	state("out", "data", 3);
	state("opens", "later", 1);
	return leave_directory(is_done);
}

/* After exec nothing is known of it but what the kernel tells. */
static int run_executed(char **arguments)
{
	int fd = atoi(arguments[0]);

	return write(fd, "12345", 5) != 5 || write(fd, "12345", 5) != 5;
}

static int run_exec(char **arguments)
{
	bool is_done = enter_directory();
	int fd = make_file("data");
	char number[16];

	(void)arguments;
	snprintf(number, sizeof(number), "%d", fd);
	pid_t child = fork();

	if (child == 0) {
		execl(truth_program, truth_program, "object-executed", number, (char *)NULL);
		_exit(127);
	}
	is_done = is_done && wait_for(child);
	state("opens", "data", 1);
	state("writes", "data", 2);
	state("out", "data", 10);
	return leave_directory(is_done);
}

static bool send_descriptor(int socket_fd, int fd)
{
	char byte = 0;
	char control[CMSG_SPACE(sizeof(int))] = {0};
	struct iovec part = {&byte, 1};
	struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(head), &fd, sizeof(fd));
	return sendmsg(socket_fd, &message, 0) == 1;
}

static int receive_descriptor(int socket_fd)
{
	char byte;
	char control[CMSG_SPACE(sizeof(int))] = {0};
	struct iovec part = {&byte, 1};
	struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};
	int fd = -1;

	if (recvmsg(socket_fd, &message, 0) == 1)
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
	return fd;
}

static int run_message(char **arguments)
{
	bool is_done = enter_directory();
	int ends[2];

	(void)arguments;
	is_done = is_done && socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0;
	pid_t child = fork();

	if (child == 0) {
		int fd = make_file("data");

		_exit(write(fd, "1234567", 7) != 7 || lseek(fd, 0, SEEK_SET) != 0 || !send_descriptor(ends[1], fd));
	}
	char buf[8];

	is_done = is_done && read(receive_descriptor(ends[0]), buf, 7) == 7 && wait_for(child);
	state("in", "data", 7);
	state("out", "data", 7);
	state("opens", "data", 1);
	return leave_directory(is_done);
}

/* -- Threads ---------------------------------------------------------------------------------------- */

static int shared;

/* Each by the descriptor of all, and by one of its own, whose number others use in between. */
static void *read_often(void *argument)
{
	char buf[16];

	for (int i = 0; i < ROUNDS; i++) {
		if (pread(shared, buf, 3, 0) != 3)
			return "failed";
		int fd = open(argument, O_RDONLY);

		if (read(fd, buf, 5) != 5 || close(fd) != 0)
			return "failed";
	}
	return NULL;
}

static int run_threads(char **arguments)
{
	bool is_done = enter_directory();
	int even = make_file("even");
	int odd = make_file("odd");
	pthread_t threads[THREADS];
	void *result;

	(void)arguments;
	shared = make_file("shared");
	is_done = is_done && write(even, "12345", 5) == 5 && write(odd, "12345", 5) == 5 &&
		  write(shared, "123", 3) == 3;
	for (int i = 0; is_done && i < THREADS; i++)
		is_done = pthread_create(&threads[i], NULL, read_often, i % 2 ? "odd" : "even") == 0;
	for (int i = 0; is_done && i < THREADS; i++)
		is_done = pthread_join(threads[i], &result) == 0 && !result;
	state("reads", "shared", THREADS * ROUNDS);
	state("in", "shared", 3 * THREADS * ROUNDS);
	state("opens", "even", THREADS / 2 * ROUNDS + 1);
	state("in", "even", 5 * THREADS / 2 * ROUNDS);
	state("in", "odd", 5 * THREADS / 2 * ROUNDS);
	state("reads", "odd", THREADS / 2 * ROUNDS);
	return leave_directory(is_done);
}

/* -- Streams ---------------------------------------------------------------------------------------- */

static int run_streams(char **arguments)
{
	bool is_done = enter_directory();
	FILE *file = fopen("text", "w+");
	char buf[64];

	(void)arguments;
	for (int i = 0; i < 100; i++)
		is_done = is_done && fprintf(file, "line %03d\n", i) == 9 && fputc('\n', file) == '\n';
	rewind(file);
	for (int i = 0; i < 50; i++)
		is_done = is_done && fgets(buf, sizeof(buf), file) && fgetc(file) == '\n';
	is_done = is_done && fread(buf, 1, 10, file) == 10 && fclose(file) == 0 && !fopen("none/text", "r");
	file = freopen("second", "w", stdin);
	is_done = is_done && file && fputs("12345", file) >= 0 && fclose(file) == 0;
	state("opens", "text", 1);
	state("sout", "text", 1000);
	state("swrites", "text", 200);
	state("sin", "text", 510);
	state("sreads", "text", 101);
	state("sout", "second", 5);
	state("opens", "second", 1);
	char path[64];

	truth_state("fails", path_of("none/text", path), "ENOENT", 1);
	return leave_directory(is_done);
}

/* How many bytes they move is not known, and no byte is told: that they do is. */
static int run_wide_streams(char **arguments)
{
	bool is_done = enter_directory();
	FILE *file = fopen("wide", "w+");
	FILE *numbers = fopen("numbers", "w+");
	wchar_t line[16];
	int sum = 0, number;

	(void)arguments;
	for (int i = 0; i < 100; i++)
		is_done = is_done && fwprintf(file, L"%d", i % 10) == 1 && fputws(L"abc", file) >= 0 &&
			  fputwc(L'\n', file) == L'\n';
	rewind(file);
	for (int i = 0; i < 50; i++)
		is_done = is_done && fgetwc(file) != WEOF && fgetws(line, 16, file);
	is_done = is_done && fputs("1 2 3 4", numbers) >= 0 && putw(-1, numbers) == 0;
	rewind(numbers);
	while (sum < 10 && fscanf(numbers, "%d", &number) == 1)
		sum += number;
	is_done = is_done && getw(numbers) == -1 && getw(numbers) == EOF && fclose(numbers) == 0 && fclose(file) == 0;
	state("swrites", "wide", 300);
	state("sreads", "wide", 100);
	state("sout", "wide", 0);
	state("sin", "wide", 0);
	state("swrites", "numbers", 2);
	state("sout", "numbers", 7 + sizeof(int));
	state("sreads", "numbers", 4 + 2);
	state("sin", "numbers", sizeof(int));
	return leave_directory(is_done && sum == 10);
}

/* -- Requests and mappings ---------------------------------------------------------------------------- */

static ssize_t finish_request(struct aiocb *request)
{
	const struct aiocb *const list[] = {request};

	while (aio_error(request) == EINPROGRESS)
		aio_suspend(list, 1, NULL);
	return aio_return(request);
}

static int run_requests(char **arguments)
{
	bool is_done = enter_directory();
	char buf[16] = "1234567890";
	int fd = make_file("data");
	int closed_to_us = open("data", O_WRONLY);
	struct aiocb one = {.aio_fildes = fd, .aio_buf = buf, .aio_nbytes = 10};
	struct aiocb other = {.aio_fildes = fd, .aio_buf = buf, .aio_nbytes = 6, .aio_lio_opcode = LIO_READ};
	struct aiocb bad = {.aio_fildes = closed_to_us, .aio_buf = buf, .aio_nbytes = 3};
	struct aiocb *list[] = {&other};

	(void)arguments;
	is_done = is_done && aio_write(&one) == 0 && finish_request(&one) == 10;
	is_done = is_done && aio_fsync(O_SYNC, &one) == 0 && finish_request(&one) == 0;
	is_done = is_done && aio_read(&one) == 0 && finish_request(&one) == 10;
	is_done = is_done && lio_listio(LIO_WAIT, list, 1, NULL) == 0 && aio_return(&other) == 6;
	is_done = is_done && aio_read(&bad) == 0 && finish_request(&bad) < 0;
	state("opens", "data", 2);
	state("writes", "data", 1);
	state("out", "data", 10);
	state("reads", "data", 2);
	state("in", "data", 16);
	char path[64];

	truth_state("fails", path_of("data", path), "EBADF", 1);
	return leave_directory(is_done);
}

/* What is read and written by way of memory is not seen, but that a file is there is. */
static int run_mappings(char **arguments)
{
	bool is_done = enter_directory();
	int fd = make_file("data");
	int unreadable = open("data", O_WRONLY);
	void *nowhere = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, unreadable, 0);

	(void)arguments;
	is_done = is_done && ftruncate(fd, 4096) == 0 && nowhere != MAP_FAILED;
	for (int i = 0; is_done && i < 3; i++) {
		void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

		is_done = memory != MAP_FAILED && munmap(memory, 4096) == 0;
	}
	is_done = is_done && mmap(NULL, 4096, PROT_READ, MAP_SHARED, unreadable, 0) == MAP_FAILED;
	state("opens", "data", 2);
	state("others", "data", 1 + 3);
	char path[64];

	truth_state("fails", path_of("data", path), "EACCES", 1);
	return leave_directory(is_done);
}

/* -- Peers ------------------------------------------------------------------------------------------ */

static bool listen_somewhere(int *ret_fd, struct sockaddr_in *ret_address, char name[32])
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);

	*ret_fd = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(*ret_fd, (struct sockaddr *)&address, size) != 0 || listen(*ret_fd, 5) != 0 ||
	    getsockname(*ret_fd, (struct sockaddr *)&address, &size) != 0)
		return false;
	*ret_address = address;
	snprintf(name, 32, "127.0.0.1:%d", ntohs(address.sin_port));
	return true;
}

static bool connect_to(const struct sockaddr_in *address)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	char buf[16];

	return connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0 && write(fd, "1234", 4) == 4 &&
	       recv(fd, buf, 3, MSG_WAITALL) == 3 && close(fd) == 0;
}

static bool accept_one(int listener)
{
	int fd = accept(listener, NULL, NULL);
	char buf[16];

	return fd >= 0 && recv(fd, buf, 4, MSG_WAITALL) == 4 && send(fd, "123", 3, 0) == 3 && close(fd) == 0;
}

/* The client's is the peer, the server's the listener: both have one address. */
static int run_sockets(char **arguments)
{
	struct sockaddr_in address;
	char name[32];
	int listener;
	bool is_done = listen_somewhere(&listener, &address, name);

	(void)arguments;
	pid_t child = fork();

	if (child == 0)
		_exit(!connect_to(&address) || !connect_to(&address));
	is_done = is_done && accept_one(listener) && accept_one(listener) && wait_for(child) && close(listener) == 0;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	is_done = is_done && connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0;
	truth_state("opens", name, NULL, 4);
	truth_state("in", name, NULL, 2 * (4 + 3));
	truth_state("out", name, NULL, 2 * (4 + 3));
	truth_state("reads", name, NULL, 4);
	truth_state("fails", name, "ECONNREFUSED", 1);
	return !is_done;
}

static int run_datagrams(char **arguments)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);
	int server = socket(AF_INET, SOCK_DGRAM, 0);
	int client = socket(AF_INET, SOCK_DGRAM, 0);
	char name[32], buf[16];

	(void)arguments;
	bool is_done = bind(server, (struct sockaddr *)&address, size) == 0 &&
		       getsockname(server, (struct sockaddr *)&address, &size) == 0 &&
		       sendto(client, "12345", 5, 0, (struct sockaddr *)&address, size) == 5 &&
		       recv(server, buf, sizeof(buf), 0) == 5;

	snprintf(name, sizeof(name), "127.0.0.1:%d", ntohs(address.sin_port));
	truth_state("out", name, NULL, 5);
	truth_state("in", name, NULL, 5);
	return !is_done;
}

/* Messages that say themselves to whom they go; one that cannot; and one to whom the socket was connected before. */
static int run_messages(char **arguments)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_in other = address, broadcast = address;
	socklen_t size = sizeof(address);
	int server = socket(AF_INET, SOCK_DGRAM, 0);
	int client = socket(AF_INET, SOCK_DGRAM, 0);
	const struct sockaddr nobody = {.sa_family = AF_UNSPEC};
	struct iovec parts[2] = {{"123", 3}, {"12345", 5}};
	struct mmsghdr messages[2] = {{.msg_hdr = {.msg_iov = &parts[0], .msg_iovlen = 1}},
				      {.msg_hdr = {.msg_iov = &parts[1], .msg_iovlen = 1}}};
	char name[32];

	(void)arguments;
	bool is_done = bind(server, (struct sockaddr *)&address, size) == 0 &&
		       getsockname(server, (struct sockaddr *)&address, &size) == 0;

	other.sin_port = broadcast.sin_port = address.sin_port;
	other.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1);
	broadcast.sin_addr.s_addr = htonl(INADDR_BROADCAST);
	for (int i = 0; i < 2; i++) {
		messages[i].msg_hdr.msg_name = i ? &other : &address;
		messages[i].msg_hdr.msg_namelen = size;
	}
	is_done = is_done && sendmsg(client, &messages[0].msg_hdr, 0) == 3 && sendmsg(client, &messages[1].msg_hdr, 0) == 5 &&
		  sendmmsg(client, messages, 2, 0) == 2;
	messages[0].msg_hdr.msg_name = &broadcast;
	is_done = is_done && sendto(client, "1", 1, 0, (struct sockaddr *)&broadcast, size) < 0 &&
		  sendmsg(client, &messages[0].msg_hdr, 0) < 0 && sendmmsg(client, messages, 2, 0) < 0;
	is_done = is_done && connect(client, (struct sockaddr *)&address, size) == 0 && send(client, "1234567", 7, 0) == 7 &&
		  connect(client, &nobody, sizeof(nobody)) == 0 &&
		  sendto(client, "12", 2, 0, (struct sockaddr *)&other, size) == 2;
	snprintf(name, sizeof(name), "127.0.0.1:%d", ntohs(address.sin_port));
	truth_state("out", name, NULL, 3 + 3 + 7);
	truth_state("writes", name, NULL, 3);
	truth_state("opens", name, NULL, 1);
	snprintf(name, sizeof(name), "127.0.0.2:%d", ntohs(address.sin_port));
	truth_state("out", name, NULL, 5 + 5 + 2);
	snprintf(name, sizeof(name), "255.255.255.255:%d", ntohs(address.sin_port));
	truth_state("fails", name, "EACCES", 3);
	truth_state("opens", "others", NULL, 0);
	return !is_done;
}

/* The same address on two links, and one of IPv4 in that of IPv6. No link has such numbers. */
static int run_scopes(char **arguments)
{
	struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = htons(9), .sin6_scope_id = 1000001};
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);
	int other = socket(AF_INET6, SOCK_DGRAM, 0);

	(void)arguments;
	if (fd < 0)
		return 0;
	inet_pton(AF_INET6, "fe80::1", &address.sin6_addr);
	bool has_failed = connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0;
	const char *error = strerrorname_np(errno);

	address.sin6_scope_id = 1000002;
	has_failed = has_failed && connect(other, (struct sockaddr *)&address, sizeof(address)) < 0;
	inet_pton(AF_INET6, "::ffff:127.0.0.1", &address.sin6_addr);
	address.sin6_scope_id = 0;
	bool is_connected = connect(socket(AF_INET6, SOCK_DGRAM, 0), (struct sockaddr *)&address, sizeof(address)) == 0;

	truth_state("fails", "[fe80::1%1000001]:9", error, 1);
	truth_state("fails", "[fe80::1%1000002]:9", error, 1);
	truth_state("opens", "[::ffff:127.0.0.1]:9", NULL, is_connected);
	return !has_failed;
}

static int run_local_sockets(char **arguments)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "here"};
	bool is_done = enter_directory();
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)arguments;
	is_done = is_done && bind(listener, (struct sockaddr *)&address, sizeof(address)) == 0 &&
		  listen(listener, 1) == 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
		  write(fd, "123", 3) == 3;
	strcpy(address.sun_path, "none");
	is_done = is_done && connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&address, sizeof(address)) < 0;
	truth_state("out", "unix:here", NULL, 3);
	truth_state("opens", "unix:here", NULL, 1);
	truth_state("fails", "unix:none", "ENOENT", 1);
	return leave_directory(is_done);
}

/* After so many files, a peer. */
static int run_files_and_peer(char **arguments)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(9)};
	bool is_done = enter_directory();
	char name[128];

	(void)arguments;
	for (int i = 0; is_done && i < MANY / 2; i++) {
		snprintf(name, sizeof(name), "%0100d", i);
		is_done = close(make_file(name)) == 0;
	}
	is_done = is_done && connect(socket(AF_INET, SOCK_DGRAM, 0), (struct sockaddr *)&address, sizeof(address)) == 0;
	truth_state("opens", "127.0.0.1:9", NULL, 1);
	return leave_directory(is_done);
}

/* -- More than there is room for --------------------------------------------------------------------- */

static int run_many(char **arguments)
{
	bool is_done = enter_directory();
	char name[16];

	(void)arguments;
	for (int i = 0; is_done && i < KEPT + BEYOND; i++) {
		snprintf(name, sizeof(name), "%d", i);
		int fd = make_file(name);

		is_done = write(fd, "123", 3) == 3 && close(fd) == 0;
	}
	state("out", "0", 3);
	state("out", "999", 3);
	truth_state("opens", "(others)", NULL, BEYOND);
	truth_state("out", "(others)", NULL, 3 * BEYOND);
	return leave_directory(is_done);
}

static int run_many_failures(char **arguments)
{
	bool is_done = enter_directory();
	char name[16];

	(void)arguments;
	for (int i = 0; is_done && i < KEPT / 2 + MANY; i++) {
		snprintf(name, sizeof(name), "%d", i);
		is_done = open(name, O_RDONLY) < 0;
	}
	is_done = is_done && close(make_file("data")) == 0;
	truth_state("fails", "(others)", "ENOENT", MANY);
	state("opens", "data", 1);
	return leave_directory(is_done);
}

const struct truth_case truth_object_cases[] = {
	{"object-paths", "a file is known by its path, whatever it is called by", run_paths, 0},
	{"object-bad-paths", "a path that leads nowhere is not looked at", run_bad_paths, 0},
	{"object-access", "how a file is accessed is told", run_access, 0},
	{"object-copies", "what is done through a copy of a descriptor is done to its file", run_copies, 0},
	{"object-between", "what is moved between files is read from one and written to the other", run_between, 0},
	{"object-fork", "a forked child's files have the names that its parent opened them by", run_fork, 0},
	{"object-vfork", "a vfork child's files and directory are not its parent's", run_vfork, 0},
	{"object-exec", "a file that is open when a program is executed is known to it", run_exec, 0},
	{"object-executed", NULL, run_executed, 0},
	{"object-message", "a file that came in a message is known", run_message, 0},
	{"object-threads", "threads that read the same files lose nothing", run_threads, 0},
	{"object-streams", "what goes through streams is known by file", run_streams, 0},
	{"object-wide-streams", "wide characters and scanf() are known by file, but not by bytes", run_wide_streams, 0},
	{"object-requests", "what a request has moved is known by file when it has ended", run_requests, 0},
	{"object-mappings", "a file that is mapped is known, and what is not a file's mapping is not", run_mappings, 0},
	{"object-sockets", "what goes to a peer and what comes from it is known by address", run_sockets, 0},
	{"object-datagrams", "what is sent without a connection is known by address", run_datagrams, 0},
	{"object-messages", "a message is known by the address that it names", run_messages, 0},
	{"object-scopes", "addresses of links are known by link, those of IPv4 as such", run_scopes, 0},
	{"object-local-sockets", "sockets in the filesystem are known by path", run_local_sockets, 0},
	{"object-many", "files beyond the limit are one row, and exact", run_many, 0},
	{"object-files-and-peer", "files leave room for peers", run_files_and_peer, 0},
	{"object-many-failures", "files that are not there leave room for those that are", run_many_failures, 0},
	{0},
};
