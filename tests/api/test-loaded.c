// SPDX-License-Identifier: MIT
/*
 * The library as a plugin of some program has it: loaded late, and unloaded while its threads and
 * its descriptors are there.
 */
#include "config.h"

#include <dlfcn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sonde/sonde.h"

#include "../unit/unit.h"

static int (*initialize)(const struct sonde_config *, struct sonde **, struct sonde_problem *);
static int (*increment)(struct sonde *, const char *, const struct sonde_tag *, size_t);
static int (*get_summary)(struct sonde *, const char *, double, struct sonde_metric_summary *);
static int (*collect)(struct sonde *, sonde_callback, void *, struct sonde_future **);
static int (*await)(struct sonde_future *, double, int *);
static int (*monitor)(struct sonde *, double);

static void *load(void)
{
	void *library = dlopen("libsonde.so.0", RTLD_NOW | RTLD_LOCAL);

	if (!library) {
		printf("# %s\n", dlerror());
		return NULL;
	}
	*(void **)&initialize = dlsym(library, "sonde_initialize_metrics");
	*(void **)&increment = dlsym(library, "sonde_increment");
	*(void **)&get_summary = dlsym(library, "sonde_get_metric_summary");
	*(void **)&collect = dlsym(library, "sonde_collect_metrics_async");
	*(void **)&await = dlsym(library, "sonde_future_wait");
	*(void **)&monitor = dlsym(library, "sonde_start_resource_monitoring");
	return library;
}

static void it_may_be_unloaded_while_its_threads_run(void)
{
	const struct sonde_config config = {.struct_size = sizeof(config),
					    .collection_interval = 0.01};
	struct sonde_metric_summary summary;
	struct sonde_future *future;
	struct sonde *sonde = NULL;
	struct sonde *again = NULL;
	void *library = load();

	CU_ASSERT_PTR_NOT_NULL_FATAL(library);
	CU_ASSERT_EQUAL_FATAL(initialize(&config, &sonde, NULL), 0);
	CU_ASSERT_EQUAL(monitor(sonde, 0.1), 0);
	CU_ASSERT_EQUAL(increment(sonde, "loaded", NULL, 0), 0);
	CU_ASSERT_EQUAL_FATAL(collect(sonde, NULL, NULL, &future), 0);
	CU_ASSERT_EQUAL(dlclose(library), 0);

	/* Who still has it goes on; who loads it again finds what there was. */
	CU_ASSERT_EQUAL(await(future, 60, NULL), 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(load());
	CU_ASSERT_EQUAL(initialize(NULL, &again, NULL), SONDE_EALREADY);
	CU_ASSERT_PTR_EQUAL(again, sonde);
	CU_ASSERT_EQUAL(increment(again, "loaded", NULL, 0), 0);
	CU_ASSERT_EQUAL(get_summary(again, "loaded", 0, &summary), 0);
	CU_ASSERT_EQUAL(summary.count, 2);
}

static void a_child_that_is_forked_after_that_has_its_own(void)
{
	struct sonde_metric_summary summary;
	struct sonde *sonde = NULL;
	int status = -1;

	CU_ASSERT_EQUAL(initialize(NULL, &sonde, NULL), SONDE_EALREADY);
	pid_t pid = fork();

	if (pid == 0) {
		bool is_right = increment(sonde, "loaded", NULL, 0) == 0 &&
				get_summary(sonde, "loaded", 0, &summary) == 0 &&
				summary.count == 1;

		_exit(!is_right);
	}
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT_EQUAL(status, 0);
}

UNIT_MAIN("loaded",
	  {"it may be unloaded while its threads run", it_may_be_unloaded_while_its_threads_run},
	  {"a child that is forked after that has its own",
	   a_child_that_is_forked_after_that_has_its_own})
