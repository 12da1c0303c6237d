// SPDX-License-Identifier: MIT
#include "exec/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

void program_init(struct program *program, const struct sonde_host *host)
{
	*program = (struct program){.host = host, .input = -1};
}

/* Signals are blocked on our threads, and a program would inherit that. */
static void set_attributes(posix_spawnattr_t *attributes)
{
	sigset_t none;
	sigset_t all;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_init(attributes);
	posix_spawnattr_setsigmask(attributes, &none);
	posix_spawnattr_setsigdefault(attributes, &all);
	/* A group of its own, which is what it is killed with: a shell's children would stay. */
	posix_spawnattr_setpgroup(attributes, 0);
	posix_spawnattr_setflags(attributes,
				 POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
}

static int spawn(struct program *program, char *const *arguments, int input)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	set_attributes(&attributes);
	int result = posix_spawnp(&program->pid, arguments[0], &actions, &attributes, arguments,
				  environ);

	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	if (result)
		program->pid = 0;
	return -result;
}

int program_start(struct program *program, const struct sonde_list *command)
{
	size_t size = (command->n_items + 1) * sizeof(char *);
	char **arguments = program->host->alloc(program->host, size);
	int ends[2];

	if (!arguments)
		return -ENOMEM;
	memcpy(arguments, command->items, command->n_items * sizeof(char *));
	arguments[command->n_items] = NULL;
	int result = pipe2(ends, O_CLOEXEC) < 0 ? -errno : 0;

	if (result == 0) {
		result = spawn(program, arguments, ends[0]);
		close(ends[0]);
		program->input = ends[1];
		program->n_torn = 0;
		program->n_unread = 0;
		fcntl(ends[1], F_SETFL, O_NONBLOCK);
	}
	program->host->free(program->host, arguments);
	if (result < 0 && program->input >= 0) {
		close(program->input);
		program->input = -1;
	}
	return result;
}

/* A pipe tells this at both ends, also when nobody has the other one any more. */
static void count_unread(struct program *program, int end)
{
	int n_bytes;

	if (end >= 0 && ioctl(end, FIONREAD, &n_bytes) == 0)
		program->n_unread = (size_t)n_bytes > program->n_torn ? (size_t)n_bytes - program->n_torn : 0;
}

size_t program_unread(struct program *program)
{
	count_unread(program, program->input);
	return program->n_unread;
}

static void close_input(struct program *program)
{
	program_unread(program);
	if (program->input >= 0)
		close(program->input);
	program->input = -1;
}

bool program_is_running(struct program *program)
{
	if (program->pid > 0 && waitpid(program->pid, &program->status, WNOHANG) == program->pid) {
		program->pid = 0;
		close_input(program);
	}
	return program->pid > 0;
}

static int milliseconds_until(const struct program *program, int64_t deadline_ns)
{
	int64_t left_ns = deadline_ns - program->host->now_mono_ns();

	return left_ns <= 0 ? 0 : (int)(left_ns / 1000000) + 1;
}

int program_write(struct program *program, const char *text, size_t size, int64_t deadline_ns)
{
	program->n_torn = 0;
	while (size > 0) {
		ssize_t written = write(program->input, text, size);
		struct pollfd writable = {.fd = program->input, .events = POLLOUT};

		if (written > 0) {
			text += written;
			size -= (size_t)written;
			program->n_torn += (size_t)written;
		} else if (written < 0 && errno != EAGAIN) {
			return -errno;
		} else if (poll(&writable, 1, milliseconds_until(program, deadline_ns)) == 0) {
			return -ETIMEDOUT;
		}
	}
	program->n_torn = 0;
	return 0;
}

/* Whether it has ended by an instant. */
static bool wait_for_end(struct program *program, int64_t deadline_ns)
{
	struct pollfd ended = {.fd = (int)syscall(SYS_pidfd_open, program->pid, 0),
			       .events = POLLIN};

	if (ended.fd >= 0) {
		poll(&ended, 1, milliseconds_until(program, deadline_ns));
		close(ended.fd);
	}
	return !program_is_running(program);
}

/* To see what is left of its input when it has ended. With our own end open its input would have no end. */
static int open_its_end(const struct program *program)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", program->input);
	return program->input < 0 ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

/* Whether it had to be killed. */
static bool wait_or_kill(struct program *program, int64_t deadline_ns)
{
	if (!program_is_running(program) || wait_for_end(program, deadline_ns))
		return false;
	kill(-program->pid, SIGKILL);
	waitpid(program->pid, &program->status, 0);
	program->pid = 0;
	return true;
}

bool program_end(struct program *program, int64_t deadline_ns)
{
	int its_end = open_its_end(program);

	close_input(program);
	bool was_killed = wait_or_kill(program, deadline_ns);

	count_unread(program, its_end);
	if (its_end >= 0)
		close(its_end);
	return was_killed;
}
