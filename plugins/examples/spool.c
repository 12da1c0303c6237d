// SPDX-License-Identifier: MIT
/*
 * spool - an example of a monitor: how many files wait in a folder. docs/plugins.md tells how it is built.
 *
 *     plugins: ( { plugin = "spool"; folder = "/var/spool/mail"; interval = "10s"; } );
 */
#include <sonde/plugin.h>

#include <dirent.h>
#include <errno.h>

struct options {
	const char *folder;
};

static const struct sonde_option options[] = {
	{.name = "folder", .type = SONDE_OPTION_STRING, .flags = SONDE_OPTION_REQUIRED,
	 .offset = offsetof(struct options, folder), .help = "The folder whose files are counted."},
	{0},
};

struct spool {
	const struct sonde_host *host;
	const struct options *options;
};

static int create(const struct sonde_host *host, const void *given, void **ret_instance, struct sonde_err *err)
{
	struct spool *spool = host->alloc(host, sizeof(*spool));

	(void)err;
	if (!spool)
		return -ENOMEM;
	*spool = (struct spool){.host = host, .options = given};
	*ret_instance = spool;
	return 0;
}

/* A folder that is not there for the moment has no figure: not one of nothing. */
static int collect(void *instance, struct sonde_emit *emit, int64_t deadline_ns)
{
	const struct spool *spool = instance;
	const struct sonde_tag tag = {"folder", spool->options->folder};
	DIR *folder = opendir(spool->options->folder);
	double n_files = 0;

	(void)deadline_ns;
	if (!folder) {
		spool->host->log(spool->host, SONDE_LOG_WARNING, 1, "cannot read %s", tag.value);
		return 0;
	}
	for (const struct dirent *entry; (entry = readdir(folder));)
		n_files += entry->d_name[0] != '.';
	closedir(folder);
	return sonde_emit_gauge(spool->host, emit, "spool.files", "{file}", &tag, 1, n_files);
}

static void destroy(void *instance)
{
	struct spool *spool = instance;

	spool->host->free(spool->host, spool);
}

static const struct sonde_plugin_desc description = {
	.struct_size = sizeof(description),
	.abi_major = SONDE_ABI_MAJOR,
	.abi_minor = SONDE_ABI_MINOR,
	.kind = SONDE_KIND_MONITOR,
	.name = "spool",
	.version = "1.0",
	.license = "MIT",
	.summary = "how many files wait in a folder",
	.options = options,
	.option_size = sizeof(options[0]),
	.options_size = sizeof(struct options),
	.create = create,
	.collect = collect,
	.destroy = destroy,
};

const struct sonde_plugin_desc *sonde_plugin_v1(const struct sonde_host *host)
{
	(void)host;
	return &description;
}
