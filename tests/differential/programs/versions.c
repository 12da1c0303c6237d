// SPDX-License-Identifier: MIT
/*
 * versions WHAT - calls that libc has in two versions; which one is told by what they do. Compiled with -DOLDER
 * the program binds to the older ones, as one that was linked long ago does. For x86-64.
 */
#define _GNU_SOURCE
#include <aio.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifdef OLDER
#define BIND(name, version) __asm__(".symver " #name ", " #name "@" version)
BIND(pthread_cond_init, "GLIBC_2.2.5");
BIND(pthread_cond_destroy, "GLIBC_2.2.5");
BIND(pthread_cond_wait, "GLIBC_2.2.5");
BIND(pthread_cond_timedwait, "GLIBC_2.2.5");
BIND(pthread_cond_signal, "GLIBC_2.2.5");
BIND(pthread_cond_broadcast, "GLIBC_2.2.5");
BIND(pthread_kill, "GLIBC_2.2.5");
BIND(fmemopen, "GLIBC_2.2.5");
BIND(realpath, "GLIBC_2.2.5");
BIND(glob, "GLIBC_2.2.5");
BIND(nftw, "GLIBC_2.2.5");
BIND(lio_listio, "GLIBC_2.2.5");
BIND(posix_spawn, "GLIBC_2.2.5");
BIND(posix_spawnp, "GLIBC_2.2.5");
BIND(quick_exit, "GLIBC_2.10");
#else
/* A version between: its code is that of the newest. */
__asm__(".symver lio_listio, lio_listio@GLIBC_2.4");
#endif

/* The older condition is a pointer, followed by what is not its own. */
static struct {
	pthread_cond_t condition;
	char behind[64];
} shared;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int turn;

static void *take_turns(void *mine)
{
	int me = *(int *)mine;

	pthread_mutex_lock(&mutex);
	for (int i = 0; i < 1000; i++) {
		while (turn != me)
			pthread_cond_wait(&shared.condition, &mutex);
		turn = !me;
		if (i % 2)
			pthread_cond_signal(&shared.condition);
		else
			pthread_cond_broadcast(&shared.condition);
	}
	pthread_mutex_unlock(&mutex);
	return NULL;
}

static int try_condition(void)
{
	int numbers[2] = {0, 1};
	pthread_t threads[2];
	struct timespec past = {0, 0};
	char *words = (char *)&shared.condition;

	pthread_cond_init(&shared.condition, NULL);
	memset(words + 8, 0x55, sizeof(pthread_cond_t) - 8);
#ifndef OLDER
	pthread_cond_init(&shared.condition, NULL);
#endif
	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, take_turns, &numbers[i]);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	pthread_mutex_lock(&mutex);
	printf("%s\n", strerror(pthread_cond_timedwait(&shared.condition, &mutex, &past)));
	pthread_mutex_unlock(&mutex);
#ifdef OLDER
	printf("what is behind it is %s\n", words[8] == 0x55 ? "as it was" : "overwritten");
#endif
	return pthread_cond_destroy(&shared.condition);
}

static int try_names(void)
{
	char *path = realpath("/bin/..", NULL);
	glob_t found;
	int result = glob("dang*", 0, NULL, &found);

	printf("realpath: %s\n", path ? path : strerror(errno));
	printf("glob: %d, %zu\n", result, result ? 0 : found.gl_pathc);
	return 0;
}

static int visit(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
	printf("%s %d\n", path, walk->level);
	return 0;
}

static int try_walk(void)
{
	int result = nftw("dangling", visit, 4, 0x4000 | FTW_PHYS);

	printf("nftw: %d %s\n", result, result < 0 ? strerror(errno) : "");
	return 0;
}

static int try_requests(void)
{
	char text[] = "moved";
	int fd = open("requests", O_RDWR | O_CREAT, 0600);
	struct aiocb request = {
		.aio_fildes = fd, .aio_buf = text, .aio_nbytes = 5, .aio_lio_opcode = LIO_WRITE};
	struct aiocb *list[] = {&request};
	int result = lio_listio(LIO_WAIT, list, 1, NULL);

	while (aio_error(&request) == EINPROGRESS)
		aio_suspend((const struct aiocb *const *)list, 1, NULL);
	printf("lio_listio: %d, %zd\n", result, aio_return(&request));
	return 0;
}

static volatile pid_t ended;

static void *end_at_once(void *unused)
{
	ended = gettid();
	return unused;
}

static int try_threads(void)
{
	char path[64];
	pthread_t thread;

	pthread_create(&thread, NULL, end_at_once, NULL);
	while (!ended)
		sched_yield();
	snprintf(path, sizeof(path), "/proc/self/task/%d", ended);
	while (access(path, F_OK) == 0)
		sched_yield();
	printf("pthread_kill: %s\n", strerror(pthread_kill(thread, 0)));
	return pthread_join(thread, NULL);
}

static int try_streams(void)
{
	char text[8] = "abc";
	FILE *stream = fmemopen(text, sizeof(text), "r");

	fseek(stream, 0, SEEK_END);
	printf("fmemopen: %ld\n", ftell(stream));
	return fclose(stream);
}

static int try_spawn(void)
{
	char *arguments[] = {"script", NULL};
	char *environment[] = {"PATH=.", NULL};
	int (*const spawns[])(pid_t *, const char *, const posix_spawn_file_actions_t *,
			      const posix_spawnattr_t *, char *const *, char *const *) = {
		posix_spawn, posix_spawnp};

	setenv("PATH", ".", 1);
	for (int i = 0; i < 2; i++) {
		int status = 0;
		pid_t pid;
		int result = spawns[i](&pid, i ? "script" : "./script", NULL, NULL, arguments, environment);

		if (result == 0)
			waitpid(pid, &status, 0);
		printf("posix_spawn: %s, %d\n", strerror(result), status);
		fflush(stdout);
	}
	return 0;
}

static void at_quick_exit_say(void)
{
	(void)!write(1, "quick\n", 6);
}

extern int __cxa_thread_atexit_impl(void (*)(void *), void *, void *);
extern void *__dso_handle;

static void end_of_thread(void *object)
{
	(void)!write(1, "a destructor of the thread\n", 27);
}

static int try_exit(void)
{
	at_quick_exit(at_quick_exit_say);
	__cxa_thread_atexit_impl(end_of_thread, NULL, &__dso_handle);
	quick_exit(7);
}

int main(int n_arguments, char **arguments)
{
	static const struct {
		const char *name;
		int (*run)(void);
	} all[] = {{"condition", try_condition}, {"names", try_names},	  {"walk", try_walk},
		   {"requests", try_requests},	 {"threads", try_threads}, {"streams", try_streams},
		   {"spawn", try_spawn},	 {"exit", try_exit}};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (strcmp(all[i].name, arguments[1]) == 0)
			return all[i].run();
	return 2;
}
