// SPDX-License-Identifier: MIT
/*
 * How the library begins, ends and forks. The recording side is the preload's where that is in the
 * process, and else the one that is linked to us.
 */
#include "config.h"

#include "api/instance.h"

#include <dlfcn.h>
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "api/figures.h"
#include "api/monitor.h"
#include "api/timer-table.h"
#include "base/raw.h"
#include "host/configuration.h"

struct sonde instance = {.lock = PTHREAD_MUTEX_INITIALIZER};

enum { INTERVAL_MIN_NS = 10000000 };

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

static uint64_t change_signals(uint64_t mask)
{
	uint64_t before = 0;

	raw_syscall(SYS_rt_sigprocmask, SIG_SETMASK, (long)&mask, (long)&before, sizeof(mask), 0,
		    0);
	return before;
}

/* The calls that take and release the lock are the program's: nobody may be there before the lock
 * is his. */
struct hold instance_lock(void)
{
	struct hold hold = {.signals = change_signals(UINT64_MAX)};

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
	change_signals(hold->signals);
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

/* -- Configuration ---------------------------------------------------------------------------- */

__attribute__((format(printf, 2, 3))) static int say(struct sonde_problem *ret_problem,
						     const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	if (ret_problem)
		vsnprintf(ret_problem->text, sizeof(ret_problem->text), format, arguments);
	va_end(arguments);
	return SONDE_ECONFIG;
}

/* All that is wrong, one line each. */
static int say_messages(struct sonde_problem *ret_problem, const struct messages *messages)
{
	size_t len = 0;

	for (size_t i = 0; ret_problem && i < messages->n_lines; i++) {
		int n = snprintf(ret_problem->text + len, sizeof(ret_problem->text) - len, "%s%s",
				 i ? "\n" : "", messages->lines[i]);

		len += (size_t)n;
		if (len >= sizeof(ret_problem->text))
			break;
	}
	return SONDE_ECONFIG;
}

static int read_file(const char *file, struct configuration *configuration,
		     struct sonde_problem *ret_problem)
{
	const struct configuration_source source = {.file = file, .is_named = true};
	struct complaints complaints = {0};
	int result = configuration_load(configuration, &source, &complaints);

	if (result == -EINVAL)
		result = say_messages(ret_problem, &complaints.errors);
	else if (result < 0)
		result = SONDE_ENOMEM;
	complaints_deinit(&complaints);
	return result;
}

/* By way of a file that has no name: the reader of configurations takes files. */
static int read_text(const char *text, struct configuration *configuration,
		     struct sonde_problem *ret_problem)
{
	FILE *file = tmpfile();
	char path[32];
	int result;

	if (!file || fputs(text, file) < 0 || fflush(file) < 0) {
		result = say(ret_problem, "cannot keep the text: %s", strerror(errno));
	} else {
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fileno(file));
		result = read_file(path, configuration, ret_problem);
	}
	if (file)
		fclose(file);
	return result;
}

/* Keeps what counts for us: the classes of failures, and how many sets of tags a name may have. */
static int read_config(const struct sonde_config *config, uint32_t *ret_max_tag_sets,
		       struct sonde_problem *ret_problem)
{
	struct configuration configuration;
	int result = configuration_init(&configuration) < 0 ? SONDE_ENOMEM : 0;

	if (!result && config && config->file)
		result = read_file(config->file, &configuration, ret_problem);
	else if (!result && config && config->text)
		result = read_text(config->text, &configuration, ret_problem);
	if (!result) {
		*ret_max_tag_sets = (uint32_t)configuration.max_tag_sets;
		instance.classes = configuration_classes(&configuration);
		result = instance.classes ? 0 : SONDE_ENOMEM;
	}
	configuration_deinit(&configuration);
	return result;
}

/* A caller who was built with an older header knows less of the struct. */
static int check_config(const struct sonde_config *config, struct sonde_problem *ret_problem)
{
	if (!config)
		return 0;
	if (config->struct_size != sizeof(*config))
		return say(ret_problem, "struct_size is %u, expected %zu", config->struct_size,
			   sizeof(*config));
	if (config->file && config->text)
		return say(ret_problem, "file and text: at most one of them can be given");
	if (isnan(config->collection_interval) || config->collection_interval < 0 ||
	    config->collection_interval > 86400)
		return say(ret_problem, "collection_interval is %g, expected 0 to 86400 seconds",
			   config->collection_interval);
	return 0;
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
	timer_table_after_fork();
	monitor_after_fork(&instance);
	if (instance.is_engine_own)
		instance.engine->after_fork();
	pthread_mutex_unlock(&instance.lock);
}

/* -- Begin and end ---------------------------------------------------------------------------- */

static int64_t interval_of(const struct sonde_config *config)
{
	int64_t ns = config ? (int64_t)(config->collection_interval * 1e9) : 0;

	return ns && ns < INTERVAL_MIN_NS ? INTERVAL_MIN_NS : ns;
}

/* With the engine found; what is called for the configuration is not the program's. */
static int configure(const struct engine *engine, const struct sonde_config *config,
		     struct sonde_problem *ret_problem)
{
	struct thread_cache *cache = instance.is_engine_own ? NULL : engine->enter_own();
	uint32_t max_tag_sets = 0;
	int result = read_config(config, &max_tag_sets, ret_problem);

	if (!instance.is_engine_own)
		engine->leave_own(cache);
	if (config && config->max_tag_sets)
		max_tag_sets = config->max_tag_sets;
	if (!result && max_tag_sets)
		engine->limit_tag_sets(max_tag_sets);
	return result;
}

static int begin(const struct sonde_config *config, struct sonde_problem *ret_problem)
{
	const struct engine *engine = find_engine(&instance.is_engine_own);
	int result = engine ? configure(engine, config, ret_problem) : SONDE_ESYSTEM;

	if (result)
		return result;
	engine->start();
	instance.interval_ns = interval_of(config);
	pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
	/* Release: who finds the instance by sonde_get() finds it whole. */
	__atomic_store_n(&instance.engine, engine, __ATOMIC_RELEASE);
	return 0;
}

/* What comes now is compared with what is there now. */
static int begin_windows(void)
{
	struct hold hold = instance_lock();

	figures_feed_windows(&instance);
	instance_unlock(&hold);
	return instance.interval_ns ? collector_start(&instance) : 0;
}

int sonde_initialize_metrics(const struct sonde_config *config, struct sonde **ret_sonde,
			     struct sonde_problem *ret_problem)
{
	int saved_errno = errno;
	int result = ret_sonde ? check_config(config, ret_problem) : SONDE_EINVAL;
	uint64_t signals = change_signals(UINT64_MAX);

	pthread_mutex_lock(&instance.lock);
	if (!result && instance.engine)
		result = SONDE_EALREADY;
	else if (!result)
		result = begin(config, ret_problem);
	pthread_mutex_unlock(&instance.lock);
	if (!result)
		result = begin_windows();
	change_signals(signals);
	if (!result || result == SONDE_EALREADY)
		*ret_sonde = &instance;
	errno = saved_errno;
	return result;
}

struct sonde *sonde_get(void)
{
	return __atomic_load_n(&instance.engine, __ATOMIC_ACQUIRE) ? &instance : NULL;
}

int sonde_shutdown_metrics(struct sonde *sonde)
{
	if (!sonde)
		return SONDE_EINVAL;
	if (__atomic_exchange_n(&sonde->is_shut_down, true, __ATOMIC_RELAXED))
		return SONDE_ESHUTDOWN;
	collector_stop(sonde);
	return sonde_stop_resource_monitoring(sonde);
}

/* As the preload does: the region says that the process went through exit(). */
__attribute__((destructor)) static void mark_exit(void)
{
	if (instance.engine && instance.is_engine_own)
		instance.engine->mark_exit();
}
