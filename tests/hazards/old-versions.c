// SPDX-License-Identifier: MIT
/*
 * A program that was linked with an old libc: it binds symbols in versions that differ from today's in what they do,
 * or in the layout of what they are given.
 */
#include "config.h"

#include "hazard.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <regex.h>
#include <spawn.h>
#include <string.h>

__asm__(".symver pthread_cond_init, pthread_cond_init@GLIBC_2.2.5");
__asm__(".symver pthread_cond_wait, pthread_cond_wait@GLIBC_2.2.5");
__asm__(".symver pthread_cond_signal, pthread_cond_signal@GLIBC_2.2.5");
__asm__(".symver pthread_cond_destroy, pthread_cond_destroy@GLIBC_2.2.5");
__asm__(".symver realpath, realpath@GLIBC_2.2.5");
__asm__(".symver posix_spawn, posix_spawn@GLIBC_2.2.5");
__asm__(".symver memcpy, memcpy@GLIBC_2.2.5");
__asm__(".symver regexec, regexec@GLIBC_2.2.5");

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/* The old layout is one pointer to the rest; what lies behind it must stay as it is. */
static struct {
	union {
		void *old;
		pthread_cond_t condition;
	};
	char guard[64];
} old;
static int is_set;

static void *set(void *unused)
{
	pthread_mutex_lock(&lock);
	is_set = 1;
	pthread_cond_signal(&old.condition);
	pthread_mutex_unlock(&lock);
	return unused;
}

static int run_old_condition(char **arguments)
{
	pthread_t thread;

	(void)arguments;
	memset(&old, 0x55, sizeof(old));
	REQUIRE(pthread_cond_init(&old.condition, NULL) == 0);
	REQUIRE(((char *)&old)[sizeof(void *)] == 0x55);
	for (int i = 0; i < 20; i++) {
		is_set = 0;
		REQUIRE(pthread_mutex_lock(&lock) == 0);
		REQUIRE(pthread_create(&thread, NULL, set, NULL) == 0);
		while (!is_set)
			REQUIRE(pthread_cond_wait(&old.condition, &lock) == 0);
		REQUIRE(pthread_mutex_unlock(&lock) == 0 && pthread_join(thread, NULL) == 0);
	}
	REQUIRE(((char *)&old)[sizeof(void *)] == 0x55);
	REQUIRE(pthread_cond_destroy(&old.condition) == 0);
	seek(4);
	truth_count("pthread_create", 20);
	truth_count("lseek", 4);
	return 0;
}

/* The old realpath() makes no buffer, and the old posix_spawn() has a shell run what is no program. */
static int run_old_meanings(char **arguments)
{
	char directory[] = "/tmp/sonde-hazard-XXXXXX", path[64];
	char *words[] = {"script", NULL};
	pid_t pid;

	(void)arguments;
	REQUIRE(realpath("/", NULL) == NULL && errno == EINVAL);
	REQUIRE(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/script", directory);
	FILE *file = fopen(path, "w");

	REQUIRE(file && fputs("exit 7\n", file) >= 0 && fclose(file) == 0);
	REQUIRE(chmod(path, 0700) == 0);
	REQUIRE(posix_spawn(&pid, path, NULL, NULL, words, environ) == 0);
	REQUIRE(status_of(pid) == 7 << 8);
	REQUIRE(unlink(path) == 0 && rmdir(directory) == 0);
	truth_count("posix_spawn", 1);
	return 0;
}

static int run_old_matches(char **arguments)
{
	regmatch_t match[1];
	regex_t expression;
	char copy[8];

	(void)arguments;
	REQUIRE(regcomp(&expression, "b+", REG_EXTENDED) == 0);
	/* It knows no REG_STARTEND, and ignores it. */
	match[0] = (regmatch_t){.rm_so = 3, .rm_eo = 4};
	REQUIRE(regexec(&expression, "abba", 1, match, REG_STARTEND) == 0);
	REQUIRE(match[0].rm_so == 1 && match[0].rm_eo == 3);
	memcpy(copy, "seven..", 8);
	REQUIRE(strcmp(copy, "seven..") == 0);
	regfree(&expression);
	seek(2);
	truth_count("lseek", 2);
	return 0;
}

static const struct truth_case old_cases[] = {
	{"old-condition", "conditions keep their old layout", run_old_condition, 0},
	{"old-meanings", "realpath and posix_spawn keep their old meanings", run_old_meanings, 0},
	{"old-matches", "regexec keeps its old meaning", run_old_matches, 0},
	{0},
};

const struct truth_table truth_tables[] = {{.cases = old_cases}, {0}};
