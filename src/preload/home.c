// SPDX-License-Identifier: MIT
/*
 * A program under LD_PRELOAD alone, whose environment names a configuration: the settings in it shall hold for the
 * session, and the plugins that it names shall get the figures. Both is done by `sonde agent`, started here before the
 * program is, which parses, hosts and looks after plugins in a process that has nothing to do with the program: no
 * thread, descriptor, mapping, signal or child of the program's is ours (docs/architecture.md has why).
 *
 * The host is the child of a child that ends at once, so it is nobody's here to wait for; neither is told of by a signal.
 * A process that takes orphans in (number 1, and subreapers) would get it back: there the child in between stays, which
 * no wait() sees without __WALL.
 */
#include "config.h"

#include "record/home.h"

#include <linux/futex.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/raw.h"
#include "base/signals.h"
#include "base/text.h"
#include "record/process.h"
#include "record/recorder.h"
#include "record/session.h"
#include "record/startup.h"

#define COMMAND "sonde"

enum {
	READY = 3,	/* the descriptor on which the host says that it is ready */
	SPARE = 16,	/* out of the way of those that the host is to find */
	WAIT_SECONDS = 5, /* the program's start waits no longer */
	END_SECONDS = 5,  /* the end of a container's first process neither */
	PATH_SIZE = 4096,
};

static void say(const char *what)
{
	static const char begin[] = "sonde: ";
	static const char end[] = "; the program runs unwatched\n";

	raw_write(STDERR_FILENO, begin, sizeof(begin) - 1);
	raw_write(STDERR_FILENO, what, text_length(what));
	raw_write(STDERR_FILENO, end, sizeof(end) - 1);
}

/* The command of the same build, or installation, as this library. */
static bool find_command(char *ret_path, size_t size)
{
	struct link_map *own = startup_own_object();
	struct text path = text_init(ret_path, size);

	if (!own)
		return false;
	/* Next to what was not installed, libtool leaves its libraries in .libs. */
	text_add(&path, own->l_name);
	path.len = text_length(own->l_name) - text_length(text_file_name(own->l_name));
	if (path.is_cut || path.len > size - sizeof("../" COMMAND))
		return false;
	ret_path[path.len] = '\0';
	if (path.len >= 6 && text_equals(ret_path + path.len - 6, ".libs/")) {
		text_add(&path, "../" COMMAND);
		return true;
	}
	path = text_init(ret_path, size);
	text_add(&path, BINDIR "/" COMMAND);
	return !path.is_cut;
}

/* Programs of the host's are not to be watched. The environment is this process's own copy. */
static char *const *take_out_ours(char **environment)
{
	size_t n_kept = 0;

	for (char **entry = environment; *entry; entry++)
		if (!text_starts_with(*entry, "LD_PRELOAD=") &&
		    !text_starts_with(*entry, SESSION_VARIABLE "="))
			environment[n_kept++] = *entry;
	environment[n_kept] = NULL;
	return environment;
}

static long duplicate(int fd, int target)
{
	return raw_syscall(SYS_dup3, fd, target, 0, 0, 0, 0);
}

static long close_from(unsigned int fd)
{
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
	return raw_syscall(SYS_close_range, fd, ~0u, 0, 0, 0, 0);
}

/* Standard error stays until the host is ready; nothing else of the program's is kept open. */
static void arrange_descriptors(int ready)
{
	struct rlimit limit;

	/* The program may have but a few; what the host has more of is its own. */
	if (raw_syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, 0, (long)&limit, 0, 0) == 0) {
		limit.rlim_cur = limit.rlim_max;
		raw_syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, (long)&limit, 0, 0, 0);
	}
	int nothing = raw_open("/dev/null", O_RDWR, 0);
	long kept = raw_syscall(SYS_fcntl, ready, F_DUPFD, SPARE, 0, 0, 0);
	struct stat status;

	duplicate(nothing, STDIN_FILENO);
	duplicate(nothing, STDOUT_FILENO);
	if (raw_fstat(STDERR_FILENO, &status) < 0)
		duplicate(nothing, STDERR_FILENO);
	duplicate((int)kept, READY);
	/* Before Linux 5.9 what is not close-on-exec stays open; the host then closes it itself. */
	close_from(READY + 1);
}

static _Noreturn void leave(int status)
{
	for (;;)
		raw_syscall(SYS_exit_group, status, 0, 0, 0, 0, 0);
}

static _Noreturn void become_host(const char *session, int ready)
{
	static const char cannot[] = "sonde: the host of the plugins cannot be started: ";
	char path[PATH_SIZE];
	const char *const arguments[] = {COMMAND, "agent", "--detached", "--session", session, NULL};
	char *const *environment = take_out_ours((char **)startup_environment());

	arrange_descriptors(ready);
	if (find_command(path, sizeof(path)))
		raw_syscall(SYS_execve, (long)path, (long)arguments, (long)environment, 0, 0, 0);
	raw_write(STDERR_FILENO, cannot, sizeof(cannot) - 1);
	raw_write(STDERR_FILENO, path, text_length(path));
	raw_write(STDERR_FILENO, "\n", 1);
	leave(127);
}

static long start_process(unsigned long flags)
{
	return raw_syscall(SYS_clone, (long)flags, 0, 0, 0, 0, 0);
}

/* Whether an orphan of ours would be a child of this process's. */
static bool takes_orphans(void)
{
	int is_subreaper = 0;

	raw_syscall(SYS_prctl, PR_GET_CHILD_SUBREAPER, (long)&is_subreaper, 0, 0, 0, 0);
	return is_subreaper || raw_getpid() == 1;
}

/* Stays between the host and the program, with nothing of the program's but a copy of its memory. */
static _Noreturn void stay_between(long host)
{
	signals_hold(SIGNALS_ALL);
	close_from(0);
	while (raw_syscall(SYS_wait4, host, 0, __WALL, 0, 0, 0) == -EINTR)
		;
	leave(0);
}

/* Two processes on: 0, or a negative errno. */
static int start_host(const char *session, int ready)
{
	bool stays = takes_orphans();
	long between = start_process(0);

	if (between < 0)
		return (int)between;
	if (between == 0) {
		raw_syscall(SYS_setsid, 0, 0, 0, 0, 0, 0);
		long host = start_process(SIGCHLD);

		if (host == 0)
			become_host(session, ready);
		if (stays && host > 0)
			stay_between(host);
		leave(host < 0);
	}
	while (!stays && raw_syscall(SYS_wait4, between, 0, __WALL, 0, 0, 0) == -EINTR)
		;
	return 0;
}

/* "": the session is where it was. The whole answer is written at once. False: the host has ended. */
static bool read_answer(int fd, char *session)
{
	char answer[SESSION_PATH_SIZE];
	long size = raw_syscall(SYS_read, fd, (long)answer, sizeof(answer), 0, 0, 0);

	if (size > 1 && answer[size - 1] == '\0') {
		struct text path = text_init(session, SESSION_PATH_SIZE);

		text_add(&path, answer);
	}
	return size > 0;
}

/* Until it has said where the session is, has ended, or takes too long. Whether it lives. */
static bool await_host(int fd, char *session)
{
	struct pollfd readable = {.fd = fd, .events = POLLIN};
	struct timespec left = {.tv_sec = WAIT_SECONDS};

	/* The kernel takes what it has waited off `left`. */
	while (raw_syscall(SYS_ppoll, (long)&readable, 1, (long)&left, 0, 8, 0) == -EINTR)
		;
	return !readable.revents || read_answer(fd, session);
}

static void discard(const char *session)
{
	char file[SESSION_PATH_SIZE + sizeof("/" SESSION_FILE)];
	struct text path = text_init(file, sizeof(file));

	text_add(&path, session);
	text_add(&path, "/" SESSION_FILE);
	raw_unlink(file);
	raw_rmdir(session);
}

void home_find(char *session)
{
	const char *given = environment_find(startup_environment(), "SONDE_CONFIG");
	int ready[2];

	if (!given || !*given || startup_is_privileged())
		return;
	int result = (int)raw_syscall(SYS_pipe2, (long)ready, O_CLOEXEC, 0, 0, 0, 0);

	if (result == 0) {
		result = start_host(session, ready[1]);
		raw_close(ready[1]);
		if (result == 0 && !await_host(ready[0], session))
			result = -ECHILD;
		raw_close(ready[0]);
	}
	process.ends_its_host = raw_getpid() == 1;
	if (result == 0)
		return;
	say("the configuration that SONDE_CONFIG names is of no effect");
	discard(session);
}

/* Whoever hosts a session has its file locked. */
static bool is_hosted(void)
{
	int fd = session_open_file(recorder_session_directory());

	if (fd < 0)
		return false;
	bool is_locked = raw_syscall(SYS_flock, fd, LOCK_SH | LOCK_NB, 0, 0, 0, 0) == -EWOULDBLOCK;

	raw_close(fd);
	return is_locked;
}

/* A program may be at its end before its host has come to see that it has begun. */
static bool has_host(void)
{
	int host = __atomic_load_n(&recorder_session.settings.future_host, __ATOMIC_RELAXED);

	return (host && raw_syscall(SYS_kill, host, 0, 0, 0, 0, 0) == 0) || is_hosted();
}

void home_leave(void)
{
	struct session_settings *settings = &recorder_session.settings;
	const struct timespec most = {.tv_sec = END_SECONDS};

	if (!process.ends_its_host || !has_host())
		return;
	/* Release: pairs with the acquire in session_host_is_asked_to_end(). */
	__atomic_store_n(&settings->end_asked, 1, __ATOMIC_RELEASE);
	while (!__atomic_load_n(&settings->end_answered, __ATOMIC_ACQUIRE) &&
	       raw_syscall(SYS_futex, (long)&settings->end_answered, FUTEX_WAIT, 0, (long)&most, 0,
			   0) == -EINTR)
		;
}
