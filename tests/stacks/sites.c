// SPDX-License-Identifier: MIT
/*
 * Calls libc from known places. A test finds the line of a place by the word behind "at:".
 */
#define _GNU_SOURCE
#include <alloca.h>
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline, noclone))

enum { THREADS = 64, DEPTH = 10000 };

static volatile int sink;

NOINLINE static void inner(void)
{
	sink += open("/nonexistent/file", O_RDONLY); /* at: inner */
	sink++;
}

static inline __attribute__((always_inline)) void inlined(void)
{
	sink++;
	inner(); /* at: inlined */
}

NOINLINE static void middle(void)
{
	inlined(); /* at: middle */
	sink++;
}

NOINLINE static void outer(void)
{
	middle(); /* at: outer */
	sink++;
}

NOINLINE static int wrapped(const char *path)
{
	return open(path, O_RDONLY) + 1; /* at: wrapped */
}

NOINLINE static void one_of_many(void)
{
	sink += wrapped("/nonexistent/one"); /* at: one */
}

NOINLINE static void one_of_few(void)
{
	sink += wrapped("/nonexistent/few"); /* at: few */
}

NOINLINE static void hold_directory(void)
{
	sink += opendir("/") != NULL; /* at: directory */
}

NOINLINE static void elsewhere(void)
{
	sink += access("/nonexistent/other", F_OK); /* at: elsewhere */
	sink++;
}

NOINLINE static void recurse(int n)
{
	if (n)
		recurse(n - 1); /* at: recurse */
	else
		inner(); /* at: bottom */
	sink++;
}

static void *in_thread(void *argument)
{
	for (int i = 0; i < 100; i++) {
		outer(); /* at: thread */
		if (i % 10 == 0)
			elsewhere();
	}
	return argument;
}

static void run_threads(int n, size_t stack_size)
{
	pthread_t threads[THREADS];
	pthread_attr_t attributes;

	pthread_attr_init(&attributes);
	if (stack_size)
		pthread_attr_setstacksize(&attributes, stack_size);
	for (int i = 0; i < n; i++)
		if (pthread_create(&threads[i], &attributes, in_thread, NULL) != 0)
			abort();
	for (int i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
}

/* What a handler leaves of its stack; 0: all of it. */
static size_t n_left;
static char *stack_start;

static void handle(int number)
{
	char here;
	size_t n_free = (size_t)(&here - stack_start);
	volatile char *used = n_left && n_free > n_left ? alloca(n_free - n_left) : NULL;

	if (used)
		*used = 0;
	elsewhere(); /* at: handler */
	sink += number;
}

NOINLINE static void interrupted(void)
{
	raise(SIGUSR1); /* at: interrupted */
	sink++;
}

/* Half of it is of the program's, and not of the stack. */
static char around[128 * 1024];

static void use_alternate_stack(size_t size)
{
	const stack_t stack = {.ss_sp = stack_start = around + sizeof(around) / 2, .ss_size = size};
	struct sigaction action = {.sa_handler = handle, .sa_flags = SA_ONSTACK};

	sigaltstack(&stack, NULL);
	sigaction(SIGUSR1, &action, NULL);
	interrupted();
}

/* Enough for any call, and not for a walk. */
static void use_small_stack(void)
{
	int n_changed = 0;

	n_left = 2000;
	memset(around, 0x5a, sizeof(around) / 2);
	use_alternate_stack(12 * 1024);
	for (size_t i = 0; i < sizeof(around) / 2; i++)
		n_changed += around[i] != 0x5a;
	printf("%d\n", n_changed);
}

static void use_library(const char *path)
{
	void *library = dlopen(path, RTLD_NOW);
	void (*call)(void) = library ? (void (*)(void))dlsym(library, "plugin_call") : NULL;

	if (!call)
		abort();
	call(); /* at: library */
	dlclose(library);
}

static void leave(const char *path)
{
	void *library = dlopen(path, RTLD_NOW);
	void (*call)(void) = library ? (void (*)(void))dlsym(library, "plugin_call") : NULL;

	if (!call || chdir("/") != 0)
		abort();
	call(); /* at: leave */
	sink++;
}

/* Says if errno is not what the call left there. */
static void check_errno(void)
{
	for (int i = 0; i < 100; i++) {
		errno = 0;
		outer();
		if (errno != ENOENT)
			puts("errno was lost");
	}
}

NOINLINE static void sleep_long(void)
{
	usleep(30000); /* at: slow */
	sink++;
}

NOINLINE static void allocate_some(void)
{
	for (int i = 0; i < 1000; i++)
		free(malloc((size_t)(1000 + i))); /* at: short_lived */
}

static void *kept[1000];

NOINLINE static void allocate_kept(void)
{
	for (int i = 0; i < 1000; i++)
		kept[i] = malloc(5000); /* at: leak */
	for (int i = 0; i < 1000; i += 2)
		kept[i] = realloc(kept[i], 7000); /* at: realloc */
	for (int i = 0; i < 1000; i += 4)
		free(kept[i]);
}

static void fork_one(void)
{
	outer();
	if (fork() == 0) {
		elsewhere();
		_exit(0);
	}
	outer();
	wait(NULL);
}

/* Ways that differ in each step: more than there is room for. */
NOINLINE static void right(unsigned int way, int depth);

NOINLINE static void left(unsigned int way, int depth)
{
	if (!depth)
		kept[way % 1000] = malloc(10);
	else if (way >> (depth - 1) & 1)
		right(way, depth - 1);
	else
		left(way, depth - 1);
	sink++;
}

NOINLINE static void right(unsigned int way, int depth)
{
	if (!depth)
		kept[way % 1000] = malloc(10);
	else if (way >> (depth - 1) & 1)
		right(way, depth - 1);
	else
		left(way, depth - 1);
	sink--;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (strcmp(what, "plain") == 0)
		outer(); /* at: main */
	else if (strcmp(what, "many") == 0)
		for (int i = 0; i < (argc > 2 ? atoi(argv[2]) : 5000); i++)
			outer();
	else if (strcmp(what, "wrapped") == 0)
		for (int i = 0; i < 10000; i++)
			i % 1000 ? one_of_many() : one_of_few();
	else if (strcmp(what, "directory") == 0)
		hold_directory();
	else if (strcmp(what, "recursion") == 0)
		recurse(DEPTH);
	else if (strcmp(what, "threads") == 0)
		run_threads(THREADS, 0);
	else if (strcmp(what, "small") == 0)
		run_threads(1, (size_t)sysconf(_SC_THREAD_STACK_MIN) > 16384 ? 0 : 16384);
	else if (strcmp(what, "handler") == 0)
		use_alternate_stack(64 * 1024);
	else if (strcmp(what, "small-handler") == 0)
		use_small_stack();
	else if (strcmp(what, "errno") == 0)
		check_errno();
	else if (strcmp(what, "slow") == 0)
		sleep_long();
	else if (strcmp(what, "heap") == 0)
		allocate_some(), allocate_kept();
	else if (strcmp(what, "ways") == 0)
		for (unsigned int way = 0; way < 1U << 13; way++)
			left(way, 13);
	else if (strcmp(what, "killed") == 0)
		outer(), kill(getpid(), SIGKILL);
	else if (strcmp(what, "forked") == 0)
		fork_one();
	else if (strcmp(what, "leave") == 0 && argc > 2)
		leave(argv[2]);
	else if (strcmp(what, "libraries") == 0)
		for (int i = 2; i < argc; i++)
			use_library(argv[i]);
	else
		return 2;
	return 0;
}
