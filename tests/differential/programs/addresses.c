// SPDX-License-Identifier: MIT
/*
 * addresses - hands texts, buffers and arrays to the kernel that end where memory does, lie where there is none, or are
 * half there, and tells what it answers.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 4096 };

static char *page; /* the page behind it cannot be read */
static char *end;

static void tell(const char *what, long result)
{
	printf("%s: %ld %d\n", what, result, result < 0 ? errno : 0);
}

/* So that its NUL is the last byte there is. */
static char *last(const char *text)
{
	return strcpy(end - strlen(text) - 1, text);
}

/* So that its NUL would be the first byte there is not. */
static char *cut(const char *text)
{
	return memcpy(end - strlen(text), text, strlen(text));
}

static void paths(void)
{
	struct stat status;
	char target[100];

	tell("open to the end", open(last("/none/at/all"), O_RDONLY));
	tell("open cut", open(cut("/none/at/all"), O_RDONLY));
	tell("open nothing", open(end, O_RDONLY));
	tell("openat", openat(AT_FDCWD, last("none"), O_RDONLY));
	tell("fopen", fopen(last("/none"), "r") ? 0 : -1);
	tell("fopen nothing", fopen(end, "r") ? 0 : -1);
	tell("stat", stat(last("/etc"), &status));
	tell("stat cut", stat(cut("/etc"), &status));
	tell("stat to nothing", stat("/etc", (struct stat *)end));
	tell("access", access(end, R_OK));
	tell("rename", rename(end, end));
	tell("link", link(last("/none/at"), end));
	tell("symlink", symlink(end, last("/none/at")));
	tell("readlink", readlink(last("/none"), target, sizeof(target)));
	tell("readlink to nothing", readlink("/proc/self/exe", end, 100));
	tell("unlink", unlink(cut("/none")));
	tell("mkdir", mkdir(end, 0));
	tell("chdir", chdir(end));
	tell("truncate", truncate(end, 0));
}

static void buffers(int fd)
{
	struct iovec parts[3] = {{end - 5, 5}, {end, 5}, {page, 3}};

	tell("read", read(fd, end, 10));
	tell("read in part", read(fd, end - 5, 10));
	tell("pread", pread(fd, end, 10, 0));
	tell("write", write(fd, end, 10));
	tell("readv in part", readv(fd, parts, 3));
	tell("writev in part", writev(fd, parts, 3));
	tell("readv nothing", readv(fd, (struct iovec *)end, 1));
	tell("readv half an array", readv(fd, (struct iovec *)(end - 8), 2));
	tell("readv fewer than none", readv(fd, parts, -1));
	tell("preadv", preadv(fd, (struct iovec *)end, 1, 0));
	tell("copy_file_range", copy_file_range(fd, (off64_t *)end, fd, NULL, 10, 0));
}

static void messages(int from, int to)
{
	struct iovec parts[3] = {{end - 5, 5}, {end, 5}, {page, 3}};
	struct iovec whole = {page, 4};
	struct msghdr message = {.msg_iov = &whole, .msg_iovlen = 1, .msg_namelen = 0x7fffffff};
	struct mmsghdr *two = (struct mmsghdr *)end - 2;

	tell("sendmsg to nobody with a long name", sendmsg(from, &message, 0));
	message.msg_name = end;
	message.msg_namelen = 16;
	tell("sendmsg to nowhere", sendmsg(from, &message, 0));
	message = (struct msghdr){.msg_iov = &whole, .msg_iovlen = 1, .msg_control = end, .msg_controllen = 100};
	tell("sendmsg with nothing beside", sendmsg(from, &message, 0));
	tell("sendmsg nothing", sendmsg(from, (struct msghdr *)end, 0));
	message = (struct msghdr){.msg_iov = parts, .msg_iovlen = 3};
	tell("send", send(from, page, 50, 0));
	tell("recvmsg in part", recvmsg(to, &message, MSG_DONTWAIT));
	message = (struct msghdr){.msg_iov = &whole, .msg_iovlen = 1};
	tell("send", send(from, page, 50, 0));
	tell("recvmsg with its length", recvmsg(to, &message, MSG_DONTWAIT | MSG_TRUNC));
	tell("recvmsg to nothing", recvmsg(to, (struct msghdr *)end, MSG_DONTWAIT));
	memset(two, 0, 2 * sizeof(*two));
	two[0].msg_hdr = two[1].msg_hdr = message;
	tell("sendmmsg half an array", sendmmsg(from, two, 5, 0));
	two[1].msg_hdr.msg_iov = (struct iovec *)end;
	tell("sendmmsg in part", sendmmsg(from, two, 2, 0));
	two[1].msg_hdr.msg_iov = &whole;
	tell("recvmmsg half an array", recvmmsg(to, two, 5, MSG_DONTWAIT, NULL));
	tell("recvmmsg with no time", recvmmsg(to, two, 2, MSG_DONTWAIT, (struct timespec *)end));
}

static void addresses(int udp)
{
	struct sockaddr_in *address = (struct sockaddr_in *)end - 1;
	struct sockaddr *known = (struct sockaddr *)address, *nobody = (struct sockaddr *)end;

	*address = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(9)};
	address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	tell("connect", connect(udp, known, sizeof(*address)));
	tell("connect to more", connect(udp, known, sizeof(*address) + 1));
	tell("connect to less than nothing", connect(udp, known, -1));
	tell("connect to nobody", connect(udp, nobody, sizeof(*address)));
	tell("sendto", sendto(udp, "x", 1, 0, nobody, sizeof(*address)));
	tell("bind", bind(udp, nobody, sizeof(*address)));
	tell("getsockname", getsockname(udp, nobody, (socklen_t *)end));
	tell("accept", accept(udp, nobody, (socklen_t *)end));
	tell("getsockopt", getsockopt(udp, SOL_SOCKET, SO_TYPE, end, (socklen_t *)end));
}

static void arrays(void)
{
	int waiting = epoll_create1(0);

	tell("pipe", pipe((int *)end));
	tell("half a pipe", pipe((int *)(end - 4)));
	tell("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, (int *)end));
	tell("poll", poll((struct pollfd *)end, 1, 0));
	tell("epoll_ctl", epoll_ctl(waiting, EPOLL_CTL_ADD, 0, (struct epoll_event *)end));
	tell("epoll_wait", epoll_wait(waiting, (struct epoll_event *)end, 1, 0));
	tell("select", select(1, (fd_set *)end, NULL, NULL, NULL));
	tell("setrlimit", setrlimit(RLIMIT_AS, (struct rlimit *)end));
	tell("getrlimit", getrlimit(RLIMIT_AS, (struct rlimit *)end));
	tell("waitpid", waitpid(-1, (int *)end, WNOHANG));
}

static void executions(void)
{
	char *const words[] = {"none", NULL};
	char **entries = (char **)end - 1, **own = environ;

	*entries = "A=b";
	tell("execve nothing", execve(end, (char **)end, (char **)end));
	tell("execve to the end", execve(last("/none"), words, NULL));
	*entries = "A=b";
	tell("execve with half an environment", execve("/bin/true", words, entries));
	environ = (char **)end;
	tell("execv without an environment", execv("/bin/true", words));
	environ = entries;
	tell("execvp with half an environment", execvp("/bin/true", words));
	environ = own;
}

int main(void)
{
	int fd = open("/dev/zero", O_RDWR), ends[2];

	page = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	end = page + PAGE;
	mprotect(end, PAGE, PROT_NONE);
	socketpair(AF_UNIX, SOCK_DGRAM, 0, ends);
	paths();
	buffers(fd);
	messages(ends[0], ends[1]);
	addresses(socket(AF_INET, SOCK_DGRAM, 0));
	arrays();
	executions();
	return 0;
}
