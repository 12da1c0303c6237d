// SPDX-License-Identifier: MIT
/*
 * labelled WHAT - does known work under labels that it gives itself. Whatever is wrong ends it with a number.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sonde/sonde.h"

/* Fails if it is not so, with the line. */
#define MUST(condition)                                                                            \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "line %d: " #condition "\n", __LINE__);                    \
			_exit(99);                                                                 \
		}                                                                                  \
	} while (0)

static void look(const char *path, int n)
{
	while (n--)
		access(path, F_OK);
}

static void begin(const char *test)
{
	MUST(sonde_label_begin("test", test) == 0);
}

static void end(void)
{
	MUST(sonde_label_end() == 0);
}

/* 3 of none, 12 and later 5 of a, 7 of b, and of a with another label 2 */
static void nested(void)
{
	look("/", 3);
	begin("a");
	look("/nowhere", 5);
	begin("b;%");
	look("/nowhere", 7);
	end();
	look("/nowhere", 7);
	MUST(sonde_label_begin("phase", "late") == 0);
	look("/", 2);
	end();
	end();
	begin("a");
	look("/", 5);
	end();
}

static void forked(void)
{
	begin("parent");
	pid_t child = fork();

	if (child == 0) {
		look("/", 4);
		begin("child");
		look("/", 6);
		end();
		end();
		look("/", 8);
		_exit(sonde_label_end() == SONDE_ENOENT ? 0 : 1);
	}
	int status;

	MUST(waitpid(child, &status, 0) == child && status == 0);
	MUST(system("cat </dev/null") == 0);
	end();
	MUST(system("tac </dev/null") == 0);
}

static void *work(void *barriers)
{
	pthread_barrier_t *barrier = barriers;

	look("/", 10);
	pthread_barrier_wait(&barrier[0]);
	pthread_barrier_wait(&barrier[1]);
	look("/", 100);
	pthread_barrier_wait(&barrier[2]);
	pthread_barrier_wait(&barrier[3]);
	look("/", 1000);
	return NULL;
}

/* Four threads do ten each of none, a hundred each of the test, and a thousand each of none. */
static void threads(void)
{
	pthread_barrier_t barrier[4];
	pthread_t thread[4];

	for (int i = 0; i < 4; i++)
		pthread_barrier_init(&barrier[i], NULL, 5);
	for (int i = 0; i < 4; i++)
		MUST(pthread_create(&thread[i], NULL, work, barrier) == 0);
	pthread_barrier_wait(&barrier[0]);
	begin("threads");
	pthread_barrier_wait(&barrier[1]);
	pthread_barrier_wait(&barrier[2]);
	end();
	pthread_barrier_wait(&barrier[3]);
	for (int i = 0; i < 4; i++)
		MUST(pthread_join(thread[i], NULL) == 0);
}

/* As many as a large suite has, each with one call more than the one before, up to nine. */
static void many(void)
{
	char name[32];

	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "case-%d", i);
		begin(name);
		look("/", i % 10);
		end();
	}
}

static void wrong(void)
{
	MUST(sonde_label_end() == SONDE_ENOENT);
	MUST(sonde_label_begin(NULL, "x") == SONDE_EINVAL);
	MUST(sonde_label_begin("key", NULL) == SONDE_EINVAL);
	MUST(sonde_label_begin("", "x") == SONDE_EINVAL);
	MUST(sonde_label_begin("a key", "x") == SONDE_EINVAL);
	MUST(sonde_label_begin("key", "\x1b[2J") == SONDE_EINVAL);
	errno = 42;
	for (int i = 0; i < 16; i++)
		MUST(sonde_label_begin("key", "value") == 0);
	MUST(sonde_label_begin("key", "value") == SONDE_ENOSPC);
	for (int i = 0; i < 16; i++)
		end();
	MUST(sonde_label_end() == SONDE_ENOENT);
	char value[256] = "";
	int result = 0;

	memset(value, 'x', sizeof(value) - 1);
	for (char key[] = "a"; !result; key[0]++)
		result = sonde_label_begin(key, value);
	MUST(result == SONDE_ENOSPC && errno == 42);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} parts[] = {{"nested", nested}, {"forked", forked}, {"threads", threads}, {"many", many}, {"wrong", wrong}};

	for (size_t i = 0; argc > 1 && i < sizeof(parts) / sizeof(parts[0]); i++)
		if (strcmp(parts[i].name, argv[1]) == 0) {
			parts[i].run();
			return 0;
		}
	return 2;
}
