// SPDX-License-Identifier: MIT
/*
 * The keys of a terminal: what Ctrl-C, Ctrl-Z and continuing do to a command under sonde run.
 *
 * Three processes: this one holds the terminal's other end; a small shell with job control leads a
 * session on it; sonde is the shell's foreground job. The shell tells what becomes of the job by
 * one byte pair on a socket: 'e' and a status, 's' and the signal that stopped it, 'k' and the
 * signal that killed it; a byte to it continues the job.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	TIMEOUT_MS = 20000,
	TIMES = 30,
};

struct terminal {
	int master;
	int shell; /* socket to it */
	pid_t shell_pid;
	char said[4096]; /* all that appeared on the screen */
	size_t len;
};

static int n_passed;
static int n_failed;

static void check(const char *sentence, bool is_true)
{
	printf("%s - %s\n", is_true ? "ok" : "not ok", sentence);
	if (is_true)
		n_passed++;
	else
		n_failed++;
}

static void tell(int fd, int status)
{
	char news[2] = {'e', 0};

	if (WIFSTOPPED(status))
		news[0] = 's', news[1] = (char)WSTOPSIG(status);
	else if (WIFSIGNALED(status))
		news[0] = 'k', news[1] = (char)WTERMSIG(status);
	else
		news[1] = (char)WEXITSTATUS(status);
	if (write(fd, news, 2) != 2)
		_exit(1);
}

static void run_job(char **command)
{
	setpgid(0, 0);
	tcsetpgrp(STDIN_FILENO, getpid());
	signal(SIGTTOU, SIG_DFL);
	execv(command[0], command);
	_exit(127);
}

/* Waits for the job; each time it stops, waits to be told to continue it. */
static _Noreturn void run_shell(const char *slave, int fd, char **command)
{
	char go_on;
	int status;

	setsid();
	int terminal = open(slave, O_RDWR);

	ioctl(terminal, TIOCSCTTY, 0);
	for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++)
		dup2(terminal, i);
	signal(SIGTTOU, SIG_IGN);
	pid_t job = fork();

	if (job == 0)
		run_job(command);
	setpgid(job, job);
	while (waitpid(job, &status, WUNTRACED) == job) {
		tcsetpgrp(STDIN_FILENO, getpid());
		tell(fd, status);
		if (!WIFSTOPPED(status) || read(fd, &go_on, 1) != 1)
			break;
		tcsetpgrp(STDIN_FILENO, job);
		kill(-job, SIGCONT);
	}
	_exit(0);
}

static struct terminal begin(char **command)
{
	struct terminal terminal = {.master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)};
	int pair[2];

	if (terminal.master < 0 || grantpt(terminal.master) || unlockpt(terminal.master) ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair)) {
		perror("terminal");
		exit(77);
	}
	terminal.shell = pair[0];
	fflush(stdout);
	terminal.shell_pid = fork();
	if (terminal.shell_pid == 0)
		run_shell(ptsname(terminal.master), pair[1], command);
	close(pair[1]);
	return terminal;
}

static void end(struct terminal *terminal)
{
	close(terminal->shell);
	close(terminal->master);
	waitpid(terminal->shell_pid, NULL, 0);
}

/* Waits until the text is on the screen; false when it does not come. */
static bool sees(struct terminal *terminal, const char *text)
{
	struct pollfd ready = {.fd = terminal->master, .events = POLLIN};

	while (!strstr(terminal->said, text)) {
		ssize_t got = -1;

		if (poll(&ready, 1, TIMEOUT_MS) == 1)
			got = read(terminal->master, terminal->said + terminal->len,
				   sizeof(terminal->said) - 1 - terminal->len);
		if (got <= 0)
			return false;
		terminal->len += (size_t)got;
		terminal->said[terminal->len] = '\0';
	}
	return true;
}

/* Waits for the shell's news of the job. */
static bool job_is(struct terminal *terminal, char what, int value)
{
	struct pollfd ready = {.fd = terminal->shell, .events = POLLIN};
	char news[2] = {0};

	if (poll(&ready, 1, TIMEOUT_MS) != 1 || recv(terminal->shell, news, 2, MSG_WAITALL) != 2)
		return false;
	if (news[0] != what || news[1] != value)
		printf("#   the job: %c %d\n", news[0], news[1]);
	return news[0] == what && news[1] == value;
}

static void press(struct terminal *terminal, const char *keys)
{
	if (write(terminal->master, keys, strlen(keys)) < 0)
		perror("terminal");
}

static void test_interrupt_is_heard_once(char **prefix)
{
	char *command[] = {prefix[0], "run", "--report=none", "--", prefix[1], "await", NULL};
	struct terminal terminal = begin(command);

	check("a command is started on a terminal", sees(&terminal, "ready"));
	press(&terminal, "\003");
	sees(&terminal, "INT 0");
	press(&terminal, "\034");
	check("Ctrl-C reaches the command once",
	      sees(&terminal, "QUIT 0") && strstr(terminal.said, "INT 0") &&
		      !strstr(strstr(terminal.said, "INT 0") + 1, "INT 0"));
	pid_t job = tcgetpgrp(terminal.master);

	if (job > 1)
		kill(job, SIGTERM);
	check("a signal to sonde ends the command, and sonde with its status",
	      sees(&terminal, "TERM 0") && job_is(&terminal, 'e', 0));
	end(&terminal);
}

static void test_interrupt_kills(char **prefix)
{
	char *command[] = {prefix[0], "run", "--report=none", "--", "/bin/cat", NULL};
	struct terminal terminal = begin(command);

	press(&terminal, "hello\n");
	sees(&terminal, "hello\r\nhello");
	press(&terminal, "\003");
	check("Ctrl-C kills sonde as it kills the command", job_is(&terminal, 'k', SIGINT));
	end(&terminal);
}

static void test_stop_and_continue(char **prefix)
{
	char *command[] = {prefix[0], "run", "--report=none", "--", "/bin/cat", NULL};
	struct terminal terminal = begin(command);

	press(&terminal, "hello\n");
	sees(&terminal, "hello\r\nhello");
	press(&terminal, "\032");
	check("Ctrl-Z stops the job for the shell", job_is(&terminal, 's', SIGTSTP));
	if (write(terminal.shell, "c", 1) != 1)
		perror("shell");
	press(&terminal, "again\n");
	check("the continued command goes on", sees(&terminal, "again\r\nagain"));
	press(&terminal, "\032");
	check("it can be stopped a second time", job_is(&terminal, 's', SIGTSTP));
	if (write(terminal.shell, "c", 1) != 1)
		perror("shell");
	press(&terminal, "more\n");
	sees(&terminal, "more\r\nmore");
	press(&terminal, "\004");
	check("and ends with its own status", job_is(&terminal, 'e', 0));
	end(&terminal);
}

/* How often the word has appeared since the last time that was asked. */
static int take(struct terminal *terminal, const char *word)
{
	int n = 0;

	for (const char *text = strstr(terminal->said, word); text; text = strstr(text + 1, word))
		n++;
	terminal->len = 0;
	terminal->said[0] = '\0';
	return n;
}

/* Of two that come at nearly the same time the command may see one: so it is tried often. */
static void test_continue_is_heard_once(char **prefix)
{
	char *command[] = {prefix[0], "run", "--report=none", "--", prefix[1], "await", NULL};
	struct terminal terminal = begin(command);
	bool goes_on = sees(&terminal, "ready");
	pid_t job = tcgetpgrp(terminal.master);
	int n_heard = 0;

	for (int i = 0; goes_on && i < TIMES; i++) {
		kill(-job, SIGSTOP);
		goes_on = job_is(&terminal, 's', SIGSTOP) && write(terminal.shell, "c", 1) == 1 &&
			  sees(&terminal, "CONT 0");
		n_heard += take(&terminal, "CONT 0");
	}
	/* Whatever sonde hands on comes before that. */
	kill(job, SIGTERM);
	goes_on &= sees(&terminal, "TERM 0");
	n_heard += take(&terminal, "CONT 0");
	check("what is continued with sonde hears of it once each time", goes_on && n_heard == TIMES);
	job_is(&terminal, 'e', 0);
	end(&terminal);
}

/* The process that the job's one has started. */
static pid_t child_of(pid_t job)
{
	char path[64];
	pid_t child = 0;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)job, (int)job);
	FILE *file = fopen(path, "re");

	if (!file || fscanf(file, "%d", &child) != 1)
		child = 0;
	if (file)
		fclose(file);
	return child;
}

/* Returns when the process is in that state, or there is no telling. */
static void await_state(pid_t pid, char wanted)
{
	char path[64];
	char state = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	do {
		FILE *file = fopen(path, "re");

		if (!file || fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
			state = wanted;
		if (file)
			fclose(file);
	} while (state != wanted);
}

/* One after the other, each when the one before has had its effect. */
static void test_continue_is_handed_on(char **prefix)
{
	char *command[] = {prefix[0], "run", "--report=none", "--", prefix[1], "await", NULL};
	struct terminal terminal = begin(command);
	bool is_ready = sees(&terminal, "ready");
	pid_t job = tcgetpgrp(terminal.master);
	pid_t child = child_of(job);
	int n_heard = 0;

	if (is_ready && child) {
		kill(child, SIGSTOP);
		await_state(child, 'T');
		kill(child, SIGCONT);
		n_heard += sees(&terminal, "CONT 0") ? take(&terminal, "CONT 0") : 0;
		/* Whatever sonde makes of that it has made when it has handed this on. */
		kill(job, SIGUSR1);
		sees(&terminal, "USR1 0");
		kill(job, SIGCONT);
		n_heard += sees(&terminal, "CONT 0") ? take(&terminal, "CONT 0") : 0;
	}
	check("a signal to go on that only sonde was sent is handed on", n_heard == 2);
	kill(job, SIGTERM);
	job_is(&terminal, 'e', 0);
	end(&terminal);
}

int main(void)
{
	const char *builddir = getenv("top_builddir");
	char sonde[4096];
	char subject[4096];
	char *programs[] = {sonde, subject};

	snprintf(sonde, sizeof(sonde), "%s/sonde", builddir ? builddir : ".");
	snprintf(subject, sizeof(subject), "%s/tests/e2e/subject", builddir ? builddir : ".");
	setenv("XDG_STATE_HOME", "/dev/null", 1); /* Nothing can be kept below it, not even by root. */
	signal(SIGPIPE, SIG_IGN);
	test_interrupt_is_heard_once(programs);
	test_interrupt_kills(programs);
	test_stop_and_continue(programs);
	test_continue_is_heard_once(programs);
	test_continue_is_handed_on(programs);
	printf("%d passed, %d failed\n", n_passed, n_failed);
	return n_failed != 0;
}
