// SPDX-License-Identifier: MIT
/*
 * textfile - keeps the newest figures in a file of Prometheus's text, for node_exporter.
 *
 *     plugins: ( { plugin = "textfile"; directory = "/var/lib/prometheus/node-exporter"; } );
 *
 * What is new is written beside the file and takes its place: a reader sees the one before or
 * this one, whole. What stays when the run has ended is its last snapshot. Of several sources the
 * file has the newest of each.
 */
#include <sonde/plugin.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "shared/buffer.h"
#include "shared/sources.h"

enum { PATH_SIZE = 4096, MODE = 0644 };

struct options {
	const char *directory;
	const char *file_name;
	uint32_t buckets;
	bool sync;
	struct sources_options sources;
};

struct textfile {
	const struct sonde_host *host;
	const struct options *options;
	struct buffer text;
	struct sources sources;
	const char
		*name; /* the file's, and the value of a label: other runs have files beside it */
	char path[PATH_SIZE];
	char beside[PATH_SIZE];
};

static const char *const buckets_words[] = {"octaves", "used", NULL};

static const struct sonde_option options[] = {
	{
		.name = "directory",
		.type = SONDE_OPTION_STRING,
		.flags = SONDE_OPTION_REQUIRED | SONDE_OPTION_FOLDER,
		.offset = offsetof(struct options, directory),
		.help = "That of node_exporter's --collector.textfile.directory.",
	},
	{
		.name = "file_name",
		.type = SONDE_OPTION_STRING,
		.offset = offsetof(struct options, file_name),
		.help = "The file's name in it, without .prom; the instance's name unless it is "
			"given.",
	},
	{
		.name = "buckets",
		.type = SONDE_OPTION_ENUM,
		.default_text = "octaves",
		.words = buckets_words,
		.offset = offsetof(struct options, buckets),
		.help = "Histograms have a bucket for each power of two, which can be added up, or "
			"those that are used, which are finer.",
	},
	{
		.name = "sync",
		.type = SONDE_OPTION_BOOL,
		.default_text = "false",
		.offset = offsetof(struct options, sync),
		.help = "Whether the file is on the disk before it takes the place of the one "
			"before.",
	},
	SOURCES_ROWS(struct options, sources),
	{0},
};

/* The file beside it has another end, so that nobody reads it, and a process of its own. */
static int name_files(struct textfile *textfile)
{
	const char *name = textfile->name;

	if (!*name || strchr(name, '/'))
		return -EINVAL;
	int n = snprintf(textfile->path, PATH_SIZE, "%s/%s.prom", textfile->options->directory,
			 name);

	if (n < 0 || n >= PATH_SIZE)
		return -ENAMETOOLONG;
	n = snprintf(textfile->beside, PATH_SIZE, "%s/%s.prom.%ld", textfile->options->directory,
		     name, (long)getpid());
	return n < PATH_SIZE ? 0 : -ENAMETOOLONG;
}

static int create(const struct sonde_host *host, const void *given, void **ret_instance,
		  struct sonde_err *err)
{
	struct textfile *textfile = host->alloc(host, sizeof(*textfile));

	if (!textfile)
		return -ENOMEM;
	*textfile = (struct textfile){.host = host, .options = given, .text = {.host = host}};
	textfile->sources = (struct sources){
		.host = host,
		.keep_ns = textfile->options->sources.keep_ns,
		.memory = textfile->options->sources.memory,
	};
	textfile->name =
		textfile->options->file_name ? textfile->options->file_name : host->instance;
	int result = name_files(textfile);

	if (result == 0) {
		*ret_instance = textfile;
		return 0;
	}
	snprintf(err->text, sizeof(err->text), "no name for a file in %.128s: %s",
		 textfile->options->directory, strerror(-result));
	host->free(host, textfile);
	return result;
}

static int write_text(const struct textfile *textfile, int fd)
{
	const struct sonde_io *io = textfile->host->io;
	const struct buffer *text = &textfile->text;
	int64_t written = io->write(fd, text->bytes, text->size);

	if (written < 0)
		return (int)written;
	if ((size_t)written < text->size)
		return -ENOSPC;
	return textfile->options->sync ? io->fsync(fd) : 0;
}

static int replace_file(const struct textfile *textfile)
{
	const struct sonde_io *io = textfile->host->io;
	int fd = io->open(textfile->beside, O_WRONLY | O_CREAT | O_TRUNC, MODE);

	if (fd < 0)
		return fd;
	int result = write_text(textfile, fd);
	int closed = io->close(fd);

	if (result == 0)
		result = closed;
	if (result == 0)
		result = io->rename(textfile->beside, textfile->path);
	if (result < 0)
		io->unlink(textfile->beside);
	return result;
}

/* The newest of each source. A host that is older has one. */
static int make_text(struct textfile *textfile)
{
	const struct sonde_host *host = textfile->host;
	const char *const parameters[] = {"buckets", buckets_words[textfile->options->buckets],
					  "run", textfile->name, NULL};
	size_t n_snapshots;
	const struct sonde_snapshot **snapshots = sources_get(&textfile->sources, &n_snapshots);
	int result = -ENOMEM;

	buffer_clear(&textfile->text);
	if (snapshots && n_snapshots == 1)
		result = host->format(snapshots[0], "prometheus", parameters, buffer_take,
				      &textfile->text);
	else if (snapshots)
		result = host->format_several(snapshots, n_snapshots, "prometheus", parameters,
					      buffer_take, &textfile->text);
	sources_put(host, snapshots, n_snapshots);
	return result;
}

static int export_snapshot(void *instance, const struct sonde_snapshot *snapshot,
			   int64_t deadline_ns, struct sonde_result *ret_result)
{
	struct textfile *textfile = instance;

	(void)deadline_ns;
	if (sources_take(&textfile->sources, snapshot) < 0)
		return sources_refuse(textfile->host, snapshot, ret_result);
	if (!sources_turn_ends(&textfile->sources, snapshot))
		return SONDE_OK;
	int result = make_text(textfile);

	if (result == 0)
		result = replace_file(textfile);
	if (result == 0) {
		ret_result->bytes_sent = textfile->text.size;
		return SONDE_OK;
	}
	snprintf(ret_result->message, sizeof(ret_result->message), "%.80s: %s", textfile->path,
		 strerror(-result));
	return result == -ENOMEM ? SONDE_DROP : SONDE_RETRY;
}

static void destroy(void *instance)
{
	struct textfile *textfile = instance;

	sources_deinit(&textfile->sources);
	buffer_deinit(&textfile->text);
	textfile->host->free(textfile->host, textfile);
}

static const struct sonde_plugin_desc description = {
	.struct_size = sizeof(description),
	.abi_major = SONDE_ABI_MAJOR,
	.abi_minor = SONDE_ABI_MINOR,
	.kind = SONDE_KIND_EXPORTER,
	.flags = SONDE_INPROC_OK | SONDE_WANTS_CUMULATIVE,
	.name = "textfile",
	.version = "1.0",
	.license = "MIT",
	.summary = "keeps the newest figures in a file for Prometheus's node_exporter",
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
