// SPDX-License-Identifier: MIT
/*
 * prometheus - shows the newest figures to whoever scrapes them.
 *
 *     plugins: ( { plugin = "prometheus"; listen = "127.0.0.1:9464"; interval = "1s"; } );
 */
#include <sonde/plugin.h>

#include <errno.h>

#include "prometheus/server.h"

struct options {
	struct server_options server;
	uint32_t buckets;
};

static const char *const buckets_words[] = {"octaves", "used", NULL};

struct prometheus {
	const struct sonde_host *host;
	struct server_options options;
	struct server server;
};

static const struct sonde_option tls_options[] = {
	{
		.name = "certificate",
		.type = SONDE_OPTION_STRING,
		.offset = offsetof(struct options, server.certificate),
		.help = "A PEM file with the certificate, and those that lead to a known one.",
	},
	{
		.name = "key",
		.type = SONDE_OPTION_STRING,
		.offset = offsetof(struct options, server.key),
		.help = "A PEM file with the certificate's private key.",
	},
	{0},
};

static const struct sonde_option options[] = {
	{
		.name = "listen",
		.type = SONDE_OPTION_STRING,
		.flags = SONDE_OPTION_LISTEN,
		.default_text = "127.0.0.1:9464",
		.offset = offsetof(struct options, server.listen),
		.help = "Where scrapes arrive: ADDRESS:PORT, port 0 for a free one, or unix:PATH.",
	},
	{
		.name = "address_file",
		.type = SONDE_OPTION_STRING,
		.offset = offsetof(struct options, server.address_file),
		.help = "A file that tells where that is, as long as it is.",
	},
	{
		.name = "buckets",
		.type = SONDE_OPTION_ENUM,
		.default_text = "octaves",
		.words = buckets_words,
		.offset = offsetof(struct options, buckets),
		.help = "Histograms in text have a bucket for each power of two, which can be "
			"added "
			"up, or those that are used, which are finer.",
	},
	{
		.name = "connections",
		.type = SONDE_OPTION_INT,
		.default_text = "16",
		.min = "1",
		.max = "1000",
		.offset = offsetof(struct options, server.connections),
		.help = "How many clients are served at a time; others wait.",
	},
	{
		.name = "request_size",
		.type = SONDE_OPTION_SIZE,
		.default_text = "16KiB",
		.min = "4KiB",
		.max = "1MiB",
		.offset = offsetof(struct options, server.request_size),
		.help = "How much memory a request may take.",
	},
	{
		.name = "timeout",
		.type = SONDE_OPTION_DURATION,
		.default_text = "10s",
		.min = "1s",
		.max = "1h",
		.offset = offsetof(struct options, server.timeout_ns),
		.help = "How long a connection may be silent.",
	},
	{
		.name = "user",
		.type = SONDE_OPTION_STRING,
		.offset = offsetof(struct options, server.user),
		.help = "Who may read the figures, with the password; without one everybody may.",
	},
	{
		.name = "password",
		.type = SONDE_OPTION_STRING,
		.flags = SONDE_OPTION_SECRET,
		.offset = offsetof(struct options, server.password),
		.help = "The user's password. It crosses the network readably unless there is tls.",
	},
	{
		.name = "tls",
		.type = SONDE_OPTION_GROUP,
		.members = tls_options,
		.help = "With these, scrapes are encrypted: https.",
	},
	{0},
};

static int create(const struct sonde_host *host, const void *given, void **ret_instance,
		  struct sonde_err *err)
{
	const struct options *read = given;
	struct prometheus *prometheus = host->alloc(host, sizeof(*prometheus));

	(void)err;
	if (!prometheus)
		return -ENOMEM;
	prometheus->host = host;
	prometheus->options = read->server;
	prometheus->options.buckets = buckets_words[read->buckets];
	server_init(&prometheus->server, host, &prometheus->options);
	*ret_instance = prometheus;
	return 0;
}

static int start(void *instance, struct sonde_err *err)
{
	struct prometheus *prometheus = instance;

	return server_start(&prometheus->server, err);
}

static int export_snapshot(void *instance, const struct sonde_snapshot *snapshot,
			   int64_t deadline_ns, struct sonde_result *result)
{
	struct prometheus *prometheus = instance;

	(void)deadline_ns;
	(void)result;
	server_offer(&prometheus->server, snapshot);
	return SONDE_OK;
}

static int stop(void *instance, int64_t deadline_ns)
{
	struct prometheus *prometheus = instance;

	(void)deadline_ns;
	server_stop(&prometheus->server);
	return 0;
}

static void destroy(void *instance)
{
	struct prometheus *prometheus = instance;

	server_deinit(&prometheus->server);
	prometheus->host->free(prometheus->host, prometheus);
}

static const struct sonde_plugin_desc description = {
	.struct_size = sizeof(description),
	.abi_major = SONDE_ABI_MAJOR,
	.abi_minor = SONDE_ABI_MINOR,
	.kind = SONDE_KIND_EXPORTER,
	.flags = SONDE_NEEDS_NETWORK | SONDE_WANTS_CUMULATIVE,
	.name = "prometheus",
	.version = "1.0",
	.license = "MIT",
	.summary = "shows the newest figures to whoever scrapes them",
	.options = options,
	.option_size = sizeof(options[0]),
	.options_size = sizeof(struct options),
	.create = create,
	.start = start,
	.export_snapshot = export_snapshot,
	.stop = stop,
	.destroy = destroy,
};

const struct sonde_plugin_desc *sonde_plugin_v1(const struct sonde_host *host)
{
	(void)host;
	return &description;
}
