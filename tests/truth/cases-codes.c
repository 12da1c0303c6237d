// SPDX-License-Identifier: MIT
/* Calls that tell failures by codes of their own, which a report has as an errno or an EAI_* code.
 */
#include "config.h"

#include "truth.h"

#include <errno.h>
#include <glob.h>
#include <netdb.h>
#include <pwd.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/time.h>
#include <threads.h>
#include <unistd.h>

static mtx_t mutex;
static cnd_t condition;

static int try_the_lock(void *unused)
{
	struct timespec past = {0, 0};
	int n_unexpected = mtx_trylock(&mutex) != thrd_busy;

	(void)unused;
	return n_unexpected + (mtx_timedlock(&mutex, &past) != thrd_timedout);
}

static int run_thread_codes(char **arguments)
{
	struct timespec past = {0, 0};
	thrd_t thread;
	int result;

	(void)arguments;
	if (mtx_init(&mutex, mtx_timed) != thrd_success || cnd_init(&condition) != thrd_success)
		return 1;
	mtx_lock(&mutex);
	if (thrd_create(&thread, try_the_lock, NULL) != thrd_success ||
	    thrd_join(thread, &result) != thrd_success || result)
		return 1;
	if (cnd_timedwait(&condition, &mutex, &past) != thrd_timedout)
		return 1;
	truth_count("mtx_trylock", 1);
	truth_error("mtx_trylock", "EBUSY", 1);
	truth_error("mtx_timedlock", "ETIMEDOUT", 1);
	truth_error("cnd_timedwait", "ETIMEDOUT", 1);
	truth_count("mtx_lock", 1);
	truth_error("mtx_lock", "EINVAL", 0);
	return 0;
}

static int n_told;

static int tell(const char *path, int code)
{
	(void)path;
	n_told += code == ENAMETOOLONG;
	return 1;
}

static int run_glob_codes(char **arguments)
{
	char pattern[512];
	glob_t found;

	(void)arguments;
	memset(pattern, 'a', sizeof(pattern));
	memcpy(pattern + sizeof(pattern) - 3, "/*", 3);
	if (glob("/no/such/*", 0, NULL, &found) != GLOB_NOMATCH)
		return 1;
	if (glob(pattern, GLOB_ERR, tell, &found) != GLOB_ABORTED)
		return 1;
	truth_count("glob", 2);
	truth_error("glob", "EIO", 1);
	truth_error("glob", "ENOENT", 0);
	return n_told != 1;
}

/* What the resolver answers depends on the machine, but not what it means. */
static const char *host_symbol(int h_code)
{
	return h_code == HOST_NOT_FOUND ? "EAI_NONAME"
	       : h_code == NO_DATA	? "EAI_NODATA"
	       : h_code == TRY_AGAIN	? "EAI_AGAIN"
					: "EAI_FAIL";
}

static int run_host_codes(char **arguments)
{
	struct hostent host, *found;
	char buf[1024];
	int code;

	(void)arguments;
	if (gethostbyname("no such host.invalid"))
		return 1;
	truth_error("gethostbyname", host_symbol(h_errno), 1);
	if (gethostbyname_r("no such host.invalid", &host, buf, sizeof(buf), &found, &code) == 0 &&
	    found)
		return 1;
	truth_error("gethostbyname_r", host_symbol(code), 1);
	return 0;
}

static int run_users(char **arguments)
{
	(void)arguments;
	errno = EMFILE;
	if (!getpwuid(0) || getpwnam("no such user"))
		return 1;
	truth_count("getpwuid", 1);
	truth_count("getpwnam", 1);
	truth_error("getpwnam", "EMFILE", 0);
	truth_error("getpwuid", "EMFILE", 0);
	return 0;
}

static void wake(int signal)
{
	(void)signal;
}

static int run_sleeps(char **arguments)
{
	struct sigaction action = {.sa_handler = wake};
	struct itimerval soon = {.it_value = {.tv_usec = 5000}};

	(void)arguments;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &soon, NULL);
	if (sleep(1000) == 0 || sleep(0) != 0)
		return 1;
	truth_count("sleep", 2);
	truth_error("sleep", "EINTR", 1);
	return 0;
}

const struct truth_case truth_code_cases[] = {
	{"thread-codes", "what <threads.h> says is told as an errno", run_thread_codes, 0},
	{"glob-codes", "no match is no failure, an unreadable directory is one", run_glob_codes, 0},
	{"host-codes", "what h_errno says is told as an EAI_* code", run_host_codes, 0},
	{"users", "no such user is not told as the errno of long ago", run_users, 0},
	{"sleeps", "a sleep that a signal cuts off is told as EINTR", run_sleeps, 0},
	{0},
};
