// SPDX-License-Identifier: MIT
/*
 * api.h - what the tests of sonde.h have in common. They see what any program sees: sonde.h, and
 * the shared library.
 *
 * Each program is run by tests/api/lib.sh, bare and under the preload: what it asserts must hold in
 * both.
 */
#ifndef SONDE_TESTS_API_H
#define SONDE_TESTS_API_H

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sonde/sonde.h"

#include "../unit/unit.h"

/* The process's metrics, initialised when they are first asked for. */
static inline struct sonde *metrics(void)
{
	struct sonde *sonde = sonde_get();
	struct sonde_problem problem;

	if (!sonde && sonde_initialize_metrics(NULL, &sonde, &problem) != 0)
		abort();
	return sonde;
}

static inline bool has_tags(const struct sonde_metric_value *value, const struct sonde_tag *tags,
			    size_t n_tags)
{
	if (value->n_tags != n_tags)
		return false;
	for (size_t i = 0; i < n_tags; i++)
		if (strcmp(value->tags[i].key, tags[i].key) != 0 ||
		    strcmp(value->tags[i].value, tags[i].value) != 0)
			return false;
	return true;
}

/* Copies the value of a series, tags in order; false: it is not there. Strings of it are gone. */
static inline bool find_value(const char *name, const struct sonde_tag *tags, size_t n_tags,
			      struct sonde_metric_value *ret_value)
{
	struct sonde_metric_values *values;
	bool is_found = false;

	if (sonde_get_metrics_by_tag(metrics(), NULL, 0, &values) != 0)
		return false;
	for (size_t i = 0; i < values->n_values && !is_found; i++) {
		is_found = strcmp(values->values[i].name, name) == 0 &&
			   has_tags(&values->values[i], tags, n_tags);
		if (is_found)
			*ret_value = values->values[i];
	}
	sonde_free(values);
	return is_found;
}

/* NAN: it is not there. */
static inline double value_of(const char *name, const struct sonde_tag *tags, size_t n_tags)
{
	struct sonde_metric_value value;

	return find_value(name, tags, n_tags, &value) ? value.value : NAN;
}

/* How often something was refused for a reason. */
static inline double refused(const char *reason)
{
	const struct sonde_tag tag = {"reason", reason};

	return value_of("sonde.metrics.refused", &tag, 1);
}

/*
 * AddressSanitizer's allocator is not made for forks: what a thread has locked of it, such as one
 * that is about to end, is locked for good in the child. So all other threads have to sleep.
 */
#ifdef __SANITIZE_ADDRESS__
static inline bool is_asleep(const char *tid)
{
	char path[300];
	char line[512] = "";

	snprintf(path, sizeof(path), "/proc/self/task/%s/stat", tid);
	FILE *file = fopen(path, "r");

	if (!file)
		return true;
	if (!fgets(line, sizeof(line), file))
		line[0] = '\0';
	fclose(file);
	const char *end = strrchr(line, ')');

	return atoi(tid) == getpid() || (end && end[2] == 'S');
}

static inline bool are_others_asleep(void)
{
	DIR *directory = opendir("/proc/self/task");
	const struct dirent *entry;
	bool are_asleep = true;

	while (directory && (entry = readdir(directory)))
		are_asleep &= entry->d_name[0] == '.' || is_asleep(entry->d_name);
	if (directory)
		closedir(directory);
	return are_asleep;
}
#else
static inline bool are_others_asleep(void)
{
	return true;
}
#endif

/* Runs a function in a forked child; what it returns is the child's status, and must be 0. */
static inline void in_child(int (*run)(void))
{
	int status = -1;

	while (!are_others_asleep())
		sched_yield();

	pid_t pid = fork();

	if (pid == 0)
		_exit(run());
	CU_ASSERT_FATAL(pid > 0);
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT(WIFEXITED(status));
	CU_ASSERT_EQUAL(WEXITSTATUS(status), 0);
}

/* In a child, which has no CUnit: the line that does not hold. */
#define EXPECT(condition)                                                                          \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			printf("# line %d does not hold: %s\n", __LINE__, #condition);             \
			return 1;                                                                  \
		}                                                                                  \
	} while (0)

/* ThreadSanitizer takes a thread of a child for the parent's that had its place, and ends. */
#ifdef __SANITIZE_THREAD__
enum { CHILD_MAY_START_THREADS = 0 };
#else
enum { CHILD_MAY_START_THREADS = 1 };
#endif

enum { N_THREADS = 8, N_RECORDS = 1000000 };

/* Runs a function in so many threads at once, each with its number. */
static inline void in_threads(void *(*run)(void *))
{
	pthread_t threads[N_THREADS];

	for (intptr_t i = 0; i < N_THREADS; i++)
		if (pthread_create(&threads[i], NULL, run, (void *)i) != 0)
			abort();
	for (int i = 0; i < N_THREADS; i++)
		pthread_join(threads[i], NULL);
}

#endif
