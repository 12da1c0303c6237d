// SPDX-License-Identifier: MIT
/*
 * zoo.c - one plugin for each thing that a plugin can do wrong, and one that does nothing wrong.
 *
 * Which one this is, the macro ZOO says. In all that the animal is not known for, it is a good
 * exporter: it writes a line to its file for each snapshot, "SEQUENCE FLAGS CALLS", and "stopped"
 * at the end; some also "flushed".
 */
#include <sonde/plugin.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct options {
	const char *file;
	const char *tune; /* for reload() */
	struct sonde_list songs;
};

struct animal {
	const struct sonde_host *host;
	const struct options *options;
	int fd;
};

static bool is(const char *name)
{
	return strcmp(name, ZOO) == 0;
}

/* Runs for minutes, with all that is open here, unless it is killed. */
static void leave_behind(bool is_daemon)
{
	if (fork())
		return;
	if (is_daemon)
		setsid();
	if (is_daemon && fork())
		_exit(0);
	sleep(300);
	_exit(0);
}

/* What others are to notice of it. */
static void misbehave_once(const char *where)
{
	static bool has_done;
	char name[64];

	snprintf(name, sizeof(name), "-%s", where);
	if (has_done || !strstr(ZOO, name))
		return;
	has_done = true;
	if (strncmp(ZOO, "term-", 5) == 0)
		kill(getppid(), SIGTERM);
	if (strncmp(ZOO, "hup-", 4) == 0)
		kill(getppid(), SIGHUP);
	if (strncmp(ZOO, "group-", 6) == 0)
		kill(0, SIGTERM);
	if (strncmp(ZOO, "forks-", 6) == 0 || strncmp(ZOO, "daemon-", 7) == 0)
		leave_behind(ZOO[0] == 'd');
	for (int fd = STDERR_FILENO + 1; fd < 64 && strncmp(ZOO, "closes-", 7) == 0; fd++)
		close(fd);
}

/* "hang-export" hangs when it is asked whether it does something in "export". */
static void misbehave(const char *where)
{
	char name[64];

	snprintf(name, sizeof(name), "hang-%s", where);
	while (is(name))
		pause();
	snprintf(name, sizeof(name), "crash-%s", where);
	if (is(name))
		*(volatile int *)8 = 0;
	snprintf(name, sizeof(name), "abort-%s", where);
	if (is(name))
		abort();
	snprintf(name, sizeof(name), "exit-%s", where);
	if (is(name))
		exit(0);
	misbehave_once(where);
}

static __attribute__((constructor)) void loaded(void)
{
	misbehave("load");
}

static int probe(const struct sonde_host *host, struct sonde_err *err)
{
	(void)host;
	misbehave("probe");
	if (!is("fails-probe"))
		return 0;
	snprintf(err->text, sizeof(err->text), "there is no zoo here");
	return -ENOTSUP;
}

static int create(const struct sonde_host *host, const void *options, void **ret_instance,
		  struct sonde_err *err)
{
	struct animal *animal = host->alloc(host, sizeof(*animal));

	(void)err;
	misbehave("create");
	if (!animal)
		return -ENOMEM;
	*animal = (struct animal){.host = host, .options = options, .fd = -1};
	*ret_instance = animal;
	return 0;
}

static int start(void *instance, struct sonde_err *err)
{
	struct animal *animal = instance;

	misbehave("start");
	if (!animal->options || !animal->options->file)
		return 0;
	animal->fd =
		animal->host->io->open(animal->options->file, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (animal->fd >= 0)
		return 0;
	snprintf(err->text, sizeof(err->text), "%s: %s", animal->options->file,
		 strerror(-animal->fd));
	return animal->fd;
}

static void write_line(const struct animal *animal, const char *line)
{
	if (animal->fd >= 0)
		animal->host->io->write(animal->fd, line, strlen(line));
}

/* The sum of a counter over its tags. */
static uint64_t count_calls(const struct animal *animal, const struct sonde_snapshot *snapshot)
{
	struct sonde_series series = {.struct_size = sizeof(series)};
	uint64_t n_calls = 0;

	for (size_t i = 0; animal->host->snapshot_series(snapshot, i, &series) == 0; i++)
		if (strcmp(series.name, "libc.calls") == 0)
			n_calls += series.count;
	return n_calls;
}

static void flood(const struct animal *animal)
{
	for (uint32_t i = 0; i < 10000; i++) {
		animal->host->log(animal->host, SONDE_LOG_ERROR, 7, "one and the same line %u", i);
		animal->host->log(animal->host, SONDE_LOG_ERROR, i, "always another line %u", i);
	}
}

static int export_snapshot(void *instance, const struct sonde_snapshot *snapshot,
			   int64_t deadline_ns, struct sonde_result *result)
{
	struct animal *animal = instance;
	struct sonde_snapshot_info info = {.struct_size = sizeof(info)};
	char line[128];

	(void)deadline_ns;
	misbehave("export");
	if (is("floods"))
		flood(animal);
	if (is("garbage")) {
		memset(result->message, 'x', sizeof(result->message));
		return 4711;
	}
	if (is("retries") || is("fatal"))
		snprintf(result->message, sizeof(result->message), "nobody is there");
	if (is("retries"))
		return SONDE_RETRY;
	if (is("fatal"))
		return SONDE_FATAL;
	animal->host->snapshot_info(snapshot, &info);
	snprintf(line, sizeof(line), "%llu %u %llu\n", (unsigned long long)info.sequence,
		 info.flags, (unsigned long long)count_calls(animal, snapshot));
	write_line(animal, line);
	animal->host->counter_add(animal->host, "fed", 1);
	return SONDE_OK;
}

static int reload(void *instance, const void *given, struct sonde_err *err)
{
	struct animal *animal = instance;
	const struct options *options = given;
	char line[128];

	write_line(animal, "reloading\n");
	misbehave("reload");
	if (is("refuses-reload")) {
		snprintf(err->text, sizeof(err->text), "no animal learns a new tune");
		return -EINVAL;
	}
	animal->options = options;
	snprintf(line, sizeof(line), "reloaded %s %zu %s\n", options->tune ? options->tune : "-",
		 options->songs.n_items, options->songs.n_items ? options->songs.items[0] : "-");
	write_line(animal, line);
	return 0;
}

static int collect(void *instance, struct sonde_emit *emit, int64_t deadline_ns)
{
	struct animal *animal = instance;

	(void)deadline_ns;
	misbehave("collect");
	sonde_emit_gauge(animal->host, emit, "zoo.animals", "{animal}", NULL, 0, 12);
	return 0;
}

static int flush(void *instance, int64_t deadline_ns)
{
	struct animal *animal = instance;

	(void)deadline_ns;
	misbehave("flush");
	if (is("keeps-back") || is("fails-flush"))
		write_line(animal, "flushed\n");
	return is("fails-flush") ? -EIO : 0;
}

static int stop(void *instance, int64_t deadline_ns)
{
	struct animal *animal = instance;

	(void)deadline_ns;
	misbehave("stop");
	write_line(animal, "stopped\n");
	if (animal->fd >= 0)
		animal->host->io->close(animal->fd);
	animal->fd = -1;
	return 0;
}

static void destroy(void *instance)
{
	struct animal *animal = instance;

	misbehave("destroy");
	animal->host->free(animal->host, animal);
}

static const struct sonde_option options[] = {
	{
		.name = "file",
		.type = SONDE_OPTION_STRING,
		.offset = offsetof(struct options, file),
		.help = "Where a line is written for each snapshot.",
	},
	{
		.name = "tune",
		.type = SONDE_OPTION_STRING,
		.flags = SONDE_OPTION_RELOADABLE,
		.offset = offsetof(struct options, tune),
		.help = "What it sings.",
	},
	{
		.name = "songs",
		.type = SONDE_OPTION_LIST,
		.flags = SONDE_OPTION_RELOADABLE,
		.offset = offsetof(struct options, songs),
		.help = "What it sings as well.",
	},
	{0},
};

static struct sonde_plugin_desc description = {
	.struct_size = sizeof(description),
	.abi_major = SONDE_ABI_MAJOR,
	.abi_minor = SONDE_ABI_MINOR,
	.kind = SONDE_KIND_EXPORTER,
	.name = ZOO,
	.version = "1.0",
	.license = "MIT",
	.summary = "an animal of the zoo",
	.options = options,
	.option_size = sizeof(options[0]),
	.options_size = sizeof(struct options),
	.probe = probe,
	.create = create,
	.start = start,
	.export_snapshot = export_snapshot,
	.flush = flush,
	.reload = reload,
	.stop = stop,
	.destroy = destroy,
};

#ifdef ZOO_LEAKS
SONDE_PUBLIC int compress(void);
SONDE_PUBLIC int decompress(void);

int compress(void)
{
	return 1;
}

int decompress(void)
{
	return 2;
}
#endif

#ifdef ZOO_UNRESOLVED
extern int no_such_function(void);
#else
static int no_such_function(void)
{
	return 0;
}
#endif

#ifdef ZOO_WRONG_ABI
SONDE_PUBLIC const struct sonde_plugin_desc *sonde_plugin_v2(const struct sonde_host *host);
const struct sonde_plugin_desc *sonde_plugin_v2(const struct sonde_host *host)
#else
const struct sonde_plugin_desc *sonde_plugin_v1(const struct sonde_host *host)
#endif
{
	misbehave("entry");
	if (host->abi_major != SONDE_ABI_MAJOR || no_such_function() || is("declines"))
		return NULL;
	if (is("small"))
		description.struct_size = 12;
	if (is("no-export"))
		description.export_snapshot = NULL;
	if (is("newest"))
		description.flags = SONDE_WANTS_CUMULATIVE;
	if (is("delta"))
		description.flags = SONDE_WANTS_DELTA;
	if (is("monitor") || is("hang-collect") || is("crash-collect")) {
		description.kind = SONDE_KIND_MONITOR;
		description.collect = collect;
	}
	return &description;
}
