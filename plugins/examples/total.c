// SPDX-License-Identifier: MIT
/* total - an example of an exporter: appends the number of calls to a file. The one of docs/plugins.md. */
#include <sonde/plugin.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

struct options {
	const char *file;
};

struct total {
	const struct sonde_host *host;
	const struct options *options;
};

static const struct sonde_option options[] = {
	{.name = "file", .type = SONDE_OPTION_STRING, .flags = SONDE_OPTION_REQUIRED,
	 .offset = offsetof(struct options, file), .help = "Where the number of calls is appended."},
	{0},
};

static int create(const struct sonde_host *host, const void *given, void **ret_instance,
		  struct sonde_err *err)
{
	struct total *total = host->alloc(host, sizeof(*total));

	if (!total) {
		snprintf(err->text, sizeof(err->text), "no memory");
		return -12;
	}
	*total = (struct total){.host = host, .options = given};
	*ret_instance = total;
	return 0;
}

static int export_snapshot(void *instance, const struct sonde_snapshot *snapshot,
			   int64_t deadline_ns, struct sonde_result *result)
{
	struct total *total = instance;
	struct sonde_series series = {.struct_size = sizeof(series)};
	unsigned long long n_calls = 0;
	char line[32];

	(void)deadline_ns;
	for (size_t i = 0; total->host->snapshot_series(snapshot, i, &series) == 0; i++)
		if (strcmp(series.name, "libc.calls") == 0)
			n_calls += series.count;
	int fd = total->host->io->open(total->options->file, O_WRONLY | O_CREAT | O_APPEND, 0644);

	if (fd < 0) {
		snprintf(result->message, sizeof(result->message), "%s", strerror(-fd));
		return SONDE_RETRY;
	}
	snprintf(line, sizeof(line), "%llu\n", n_calls);
	total->host->io->write(fd, line, strlen(line));
	total->host->io->close(fd);
	return SONDE_OK;
}

static void destroy(void *instance)
{
	struct total *total = instance;

	total->host->free(total->host, total);
}

static const struct sonde_plugin_desc description = {
	.struct_size = sizeof(description),
	.abi_major = SONDE_ABI_MAJOR,
	.abi_minor = SONDE_ABI_MINOR,
	.kind = SONDE_KIND_EXPORTER,
	.flags = SONDE_WANTS_CUMULATIVE,
	.name = "total",
	.version = "1.0",
	.license = "MIT",
	.summary = "appends the number of calls to a file",
	.options = options,
	.option_size = sizeof(options[0]),
	.options_size = sizeof(struct options),
	.create = create,
	.export_snapshot = export_snapshot,
	.destroy = destroy,
};

const struct sonde_plugin_desc *sonde_plugin_v1(const struct sonde_host *host)
{
	(void)host;
	return &description;
}
