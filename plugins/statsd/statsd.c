// SPDX-License-Identifier: MIT
/*
 * statsd - sends what has come since the last time to a statsd, or to an agent that speaks
 * dogstatsd.
 *
 *     plugins: ( { plugin = "statsd"; address = "127.0.0.1:8125"; interval = "10s"; } );
 */
#include <sonde/plugin.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "statsd/packets.h"
#include "statsd/sender.h"

enum { CODE_LOST = 1, CODE_LONG };

struct options {
	const char *address;
	uint32_t dialect;
	const char *prefix;
	uint64_t packet_size;
};

struct statsd {
	const struct sonde_host *host;
	const struct options *options;
	struct sender sender;
	struct packets packets;
	int64_t until_ns; /* how long a slow receiver is waited for in this export */
};

static const char *const dialects[] = {"statsd", "dogstatsd", NULL};
static const char *const tags_of_dialects[] = {"names", "dogstatsd"};

static const struct sonde_option options[] = {
	{
		.name = "address",
		.type = SONDE_OPTION_STRING,
		.default_text = "127.0.0.1:8125",
		.offset = offsetof(struct options, address),
		.help = "Where the receiver listens: HOST:PORT for UDP, or unix:PATH.",
	},
	{
		.name = "dialect",
		.type = SONDE_OPTION_ENUM,
		.default_text = "statsd",
		.words = dialects,
		.offset = offsetof(struct options, dialect),
		.help = "In statsd tags are parts of names, in dogstatsd they are tags.",
	},
	{
		.name = "prefix",
		.type = SONDE_OPTION_STRING,
		.default_text = "",
		.offset = offsetof(struct options, prefix),
		.help = "What all names begin with, with its dot.",
	},
	{
		.name = "packet_size",
		.type = SONDE_OPTION_SIZE,
		.default_text = "1432B",
		.min = "256B",
		.max = "60000B",
		.offset = offsetof(struct options, packet_size),
		.help = "The largest datagram: what a network carries in one piece.",
	},
	{0},
};

static int send_datagram(void *argument, const void *datagram, size_t size)
{
	struct statsd *statsd = argument;

	return sender_send(&statsd->sender, datagram, size, statsd->until_ns);
}

static int create(const struct sonde_host *host, const void *given, void **ret_instance,
		  struct sonde_err *err)
{
	const struct options *read = given;
	struct statsd *statsd = host->alloc(host, sizeof(*statsd));

	if (!statsd)
		return -ENOMEM;
	if (strpbrk(read->prefix, ":|@#\n")) {
		snprintf(err->text, sizeof(err->text), "prefix: \"%.64s\" would end a name",
			 read->prefix);
		host->free(host, statsd);
		return -EINVAL;
	}
	*statsd = (struct statsd){.host = host, .options = read};
	sender_init(&statsd->sender, host, read->address);
	packets_init(&statsd->packets, host, read->packet_size, read->prefix, send_datagram,
		     statsd);
	*ret_instance = statsd;
	return 0;
}

static int send_all(struct statsd *statsd, const struct sonde_snapshot *snapshot)
{
	const char *const parameters[] = {"tags", tags_of_dialects[statsd->options->dialect], NULL};

	packets_begin(&statsd->packets);
	int result = statsd->host->format(snapshot, "statsd", parameters, packets_take,
					  &statsd->packets);

	return result < 0 ? result : packets_end(&statsd->packets);
}

static void count(struct statsd *statsd, const char *name, uint64_t amount)
{
	if (amount)
		statsd->host->counter_add(statsd->host, name, amount);
}

static void tell_losses(struct statsd *statsd, uint64_t n_refused)
{
	const struct sonde_host *host = statsd->host;
	const struct packets *packets = &statsd->packets;

	count(statsd, "datagrams.sent", packets->n_datagrams);
	count(statsd, "datagrams.refused", n_refused);
	count(statsd, "lines.lost", packets->n_lost_lines);
	count(statsd, "lines.too_long", packets->n_long_lines);
	if (packets->n_lost_lines || n_refused)
		host->log(host, SONDE_LOG_WARNING, CODE_LOST,
			  "%s: %s: %llu lines and %llu datagrams before them were lost",
			  statsd->sender.where,
			  strerror(packets->error ? -packets->error : ECONNREFUSED),
			  (unsigned long long)packets->n_lost_lines, (unsigned long long)n_refused);
	if (packets->n_long_lines)
		host->log(host, SONDE_LOG_WARNING, CODE_LONG,
			  "%llu lines fit in no datagram of %llu bytes",
			  (unsigned long long)packets->n_long_lines,
			  (unsigned long long)statsd->options->packet_size);
}

static int retry(const struct statsd *statsd, int error, struct sonde_result *ret_result)
{
	snprintf(ret_result->message, sizeof(ret_result->message), "%.64s: %s",
		 statsd->sender.where, strerror(-error));
	return error == -EINVAL ? SONDE_FATAL : SONDE_RETRY;
}

static int export_snapshot(void *instance, const struct sonde_snapshot *snapshot,
			   int64_t deadline_ns, struct sonde_result *ret_result)
{
	struct statsd *statsd = instance;
	int64_t now_ns = statsd->host->now_mono_ns();
	uint64_t n_refused_before = statsd->sender.n_refused;
	int result = sender_open(&statsd->sender);

	/* Nothing was sent: what has come until then goes with the next one. */
	if (result < 0)
		return retry(statsd, result, ret_result);
	statsd->until_ns = now_ns + (deadline_ns - now_ns) / 2;
	result = send_all(statsd, snapshot);
	uint64_t n_refused = statsd->sender.n_refused - n_refused_before;

	tell_losses(statsd, n_refused);
	ret_result->bytes_sent = statsd->packets.n_bytes;
	ret_result->rejected_points = statsd->packets.n_lost_lines + statsd->packets.n_long_lines;
	return result == 0 && !n_refused && !ret_result->rejected_points ? SONDE_OK : SONDE_PARTIAL;
}

static void destroy(void *instance)
{
	struct statsd *statsd = instance;

	sender_deinit(&statsd->sender);
	packets_deinit(&statsd->packets);
	statsd->host->free(statsd->host, statsd);
}

static const struct sonde_plugin_desc description = {
	.struct_size = sizeof(description),
	.abi_major = SONDE_ABI_MAJOR,
	.abi_minor = SONDE_ABI_MINOR,
	.kind = SONDE_KIND_EXPORTER,
	.flags = SONDE_INPROC_OK | SONDE_NEEDS_NETWORK | SONDE_MAY_BLOCK | SONDE_WANTS_DELTA,
	.name = "statsd",
	.version = "1.0",
	.license = "MIT",
	.summary = "sends what has come since the last time to a statsd or dogstatsd",
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
