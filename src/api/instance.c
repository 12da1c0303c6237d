// SPDX-License-Identifier: MIT
/*
 * How the library begins, ends and forks. The recording side is the preload's where that is in the
 * process, and else the one that is linked to us.
 */
#include "config.h"

#include "api/instance.h"

#include <dlfcn.h>
#include <errno.h>
#include <unistd.h>

#include "api/deadline.h"
#include "api/events.h"
#include "api/exports.h"
#include "api/figures.h"
#include "api/history.h"
#include "api/initial-config.h"
#include "api/monitor.h"
#include "api/recording.h"
#include "api/stream.h"
#include "api/timer-table.h"
#include "base/signals.h"
#include "history/store.h"

#define SHUTDOWN_SECONDS 2.0
#define HOUR		 3600.0

struct sonde instance = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* -- Engine ----------------------------------------------------------------------------------- */

bool instance_engine_fits(const struct engine *engine)
{
	return engine->struct_size == sizeof(*engine) && engine->region_version == REGION_VERSION;
}

/* NULL: the preload's does not fit. */
static const struct engine *find_engine(bool *ret_is_own)
{
	engine_function *function = (engine_function *)dlsym(RTLD_DEFAULT, ENGINE_SYMBOL);
	const struct engine *engine = function ? function() : engine_own();

	*ret_is_own = !function;
	return instance_engine_fits(engine) ? engine : NULL;
}

/* The calls that take and release the lock are the program's: nobody may be there before the lock
 * is his. */
struct hold instance_lock(void)
{
	struct hold hold = {.signals = signals_hold(SIGNALS_ALL)};

	pthread_mutex_lock(&instance.lock);
	if (instance.engine && !instance.is_engine_own)
		hold.cache = instance.engine->enter_own();
	return hold;
}

void instance_unlock(const struct hold *hold)
{
	if (instance.engine && !instance.is_engine_own)
		instance.engine->leave_own(hold->cache);
	pthread_mutex_unlock(&instance.lock);
	signals_release(hold->signals);
}

int instance_refuse(enum series_refusal reason)
{
	static const int errors[SERIES_REFUSALS] = {
		[REFUSED_NAME] = SONDE_EINVAL_NAME, [REFUSED_TAGS] = SONDE_ETAGS,
		[REFUSED_CONFLICT] = SONDE_ETYPE,   [REFUSED_NUMBER] = SONDE_EDOM,
		[REFUSED_RANGE] = SONDE_ERANGE,	    [REFUSED_MEMORY] = SONDE_ENOMEM,
	};

	instance.engine->refuse(reason);
	return errors[reason];
}

/* -- Fork ------------------------------------------------------------------------------------- */

static void before_fork(void)
{
	pthread_mutex_lock(&instance.lock);
}

static void after_fork_in_parent(void)
{
	pthread_mutex_unlock(&instance.lock);
}

/* No thread of ours is here, and what was seen of the parent means nothing. */
static void after_fork_in_child(void)
{
	instance.has_collector = false;
	instance.windows = windows_free(instance.windows);
	instance.looked = snapshot_put(instance.looked);
	instance.forked_ns = clock_kernel_ns(CLOCK_MONOTONIC);
	instance.streams = NULL;
	events_after_fork();
	recording_choose(&instance, instance.engine);
	instance.is_of_parent = true;
	exports_after_fork(&instance);
	timer_table_after_fork();
	monitor_after_fork(&instance);
	if (instance.is_engine_own)
		instance.engine->after_fork();
	pthread_mutex_unlock(&instance.lock);
}

/* -- Begin and end ---------------------------------------------------------------------------- */

static int64_t interval_of(const struct configuration *configuration)
{
	int64_t ns = (int64_t)(configuration->collection_interval * 1e9);

	return ns && ns < INTERVAL_MIN_NS ? INTERVAL_MIN_NS : ns;
}

/* Keeps what counts for us: the classes of failures, and how many sets of tags a name may have. */
static int apply(const struct engine *engine, const struct sonde_config *config,
		 const struct configuration *configuration)
{
	instance.classes = configuration_classes(configuration);
	if (!instance.classes)
		return SONDE_ENOMEM;
	engine->limit_tag_sets((uint32_t)configuration->max_tag_sets,
			       (uint32_t)configuration->max_path_tag_sets);
	instance.interval_ns = interval_of(configuration);
	instance.is_interval_given = instance.interval_ns > 0;
	instance.abandoned_ns =
		(int64_t)((config->abandoned_after > 0 ? config->abandoned_after : HOUR) * 1e9);
	return 0;
}

static int begin(const struct sonde_config *config, struct configuration *configuration,
		 struct sonde_problem *ret_problem)
{
	const struct engine *engine = find_engine(&instance.is_engine_own);
	struct thread_cache *cache;
	int result = engine ? 0 : SONDE_ESYSTEM;

	if (result)
		return result;
	/* What is called for the configuration is not the program's. */
	cache = instance.is_engine_own ? NULL : engine->enter_own();
	result = initial_config_read(config, configuration, ret_problem);
	if (!instance.is_engine_own)
		engine->leave_own(cache);
	if (!result)
		result = apply(engine, config, configuration);
	if (result)
		return result;
	engine->start();
	recording_choose(&instance, engine);
	pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
	/* Release: who finds the instance by sonde_get() finds it whole. */
	__atomic_store_n(&instance.engine, engine, __ATOMIC_RELEASE);
	return 0;
}

/* A snapshot as often as the one wants it who wants it most often. */
static int begin_exports(struct configuration *configuration)
{
	int error = 0;

	instance.history_file = history_file(configuration);
	if (configuration->n_plugins)
		error = exports_start(&instance, configuration);
	if (!error && instance.exports)
		history_program(exports_command_line(instance.exports), instance.history_program,
				sizeof(instance.history_program));
	if (!error && instance.exports && !instance.is_interval_given)
		instance.interval_ns = exports_interval_ns(instance.exports);
	return error;
}

/* What comes now is compared with what is there now. */
static int begin_work(struct configuration *configuration)
{
	struct hold hold = instance_lock();
	int error = begin_exports(configuration);

	figures_collect(&instance);
	if (!error && instance.interval_ns)
		error = collector_start(&instance);
	configuration_deinit(configuration);
	instance_unlock(&hold);
	return error;
}

static int initialize(const struct sonde_config *config, struct sonde_problem *ret_problem)
{
	struct configuration configuration = {0};
	int result = SONDE_EALREADY;

	pthread_mutex_lock(&instance.lock);
	if (!instance.engine)
		result = begin(config, &configuration, ret_problem);
	pthread_mutex_unlock(&instance.lock);
	if (!result)
		return begin_work(&configuration);
	configuration_deinit(&configuration);
	return result;
}

int sonde_initialize_metrics(const struct sonde_config *config, struct sonde **ret_sonde,
			     struct sonde_problem *ret_problem)
{
	int saved_errno = errno;
	struct sonde_config known;
	int result = ret_sonde ? initial_config_check(config, &known, ret_problem) : SONDE_EINVAL;
	struct signals_held signals = signals_hold(SIGNALS_ALL);

	if (!result)
		result = initialize(&known, ret_problem);
	signals_release(signals);
	if (!result || result == SONDE_EALREADY)
		*ret_sonde = &instance;
	errno = saved_errno;
	return result;
}

struct sonde *sonde_get(void)
{
	return __atomic_load_n(&instance.engine, __ATOMIC_ACQUIRE) ? &instance : NULL;
}

/* What was recorded up to now goes to streams and endpoints. Returns whose end is to be waited for.
 */
static struct exports *end_work(struct sonde *sonde, int64_t until_ns)
{
	struct hold hold = instance_lock();
	struct snapshot *last = NULL;

	if ((sonde->streams || sonde->exports) && figures_look(sonde, &last))
		last = NULL;
	streams_end(sonde, last);

	struct exports *exports = exports_end(sonde, last, until_ns);

	snapshot_put(last);
	instance_unlock(&hold);
	return exports;
}

int sonde_shutdown_metrics_within(struct sonde *sonde, double timeout)
{
	int saved_errno = errno;
	int64_t until_ns;
	int error = sonde ? deadline_of(timeout, &until_ns) : SONDE_EINVAL;

	if (error)
		return error;
	if (__atomic_exchange_n(&sonde->is_shut_down, true, __ATOMIC_RELAXED))
		return SONDE_ESHUTDOWN;

	struct hold hold = instance_lock();

	recording_end(sonde);
	instance_unlock(&hold);
	collector_stop(sonde);

	struct exports *exports = end_work(sonde, until_ns);

	if (exports && !exports_join(exports, until_ns))
		error = SONDE_ETIMEDOUT;
	sonde_stop_resource_monitoring(sonde);
	errno = saved_errno;
	return error;
}

int sonde_shutdown_metrics(struct sonde *sonde)
{
	return sonde_shutdown_metrics_within(sonde, SHUTDOWN_SECONDS);
}

/* As the preload does: the region says that the process went through exit(). */
__attribute__((destructor)) static void mark_exit(void)
{
	if (instance.engine && instance.is_engine_own)
		instance.engine->mark_exit();
}
