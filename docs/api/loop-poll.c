// SPDX-License-Identifier: MIT
/*
 * A loop of poll() that waits for what sonde does beside it: an export to endpoints, and a stream
 * of what is collected.
 *
 *     cc loop-poll.c $(pkg-config --cflags --libs sonde) -o loop-poll && ./loop-poll figures.jsonl
 */
#include <poll.h>
#include <sonde/sonde.h>
#include <stdio.h>
#include <stdlib.h>

static void die(const char *what, int error)
{
	fprintf(stderr, "%s: %s\n", what, sonde_error_text(error));
	exit(1);
}

static struct sonde *begin(const char *file)
{
	struct sonde_config config = {.struct_size = sizeof(config), .collection_interval = 0.1};
	struct sonde_problem problem;
	struct sonde *sonde;
	char text[512];

	snprintf(text, sizeof(text), "plugins: ({ plugin = \"jsonlines\"; file = \"%s\"; });",
		 file);
	config.text = text;
	if (sonde_initialize_metrics(&config, &sonde, &problem) == 0)
		return sonde;
	fprintf(stderr, "%s\n", problem.text);
	exit(1);
}

static void print_results(const struct sonde_future *export)
{
	const struct sonde_export_result *results;
	size_t n_results;

	if (sonde_future_exports(export, &results, &n_results) != 0)
		return;
	for (size_t i = 0; i < n_results; i++)
		printf("exported to %s: %s %s\n", results[i].endpoint,
		       results[i].is_success ? "yes" : "no", results[i].reason);
}

/* All that waits. Returns how many values there were. */
static int print_values(struct sonde_stream *stream)
{
	struct sonde_metric_value *value;
	int n_values = 0;

	for (; sonde_metrics_stream_next(stream, 0, &value) == 0; n_values++) {
		printf("%s: %g more\n", value->name, value->value);
		sonde_free(value);
	}
	return n_values;
}

int main(int argc, char **argv)
{
	const char *const endpoints[] = {"jsonlines", "grafana"};
	const char *const names[] = {"requests.*"};
	const struct sonde_stream_filter filter = {
		.struct_size = sizeof(filter),
		.types = SONDE_TYPE_BIT(SONDE_COUNTER),
		.names = names,
		.n_names = 1,
	};
	struct sonde *sonde = begin(argc > 1 ? argv[1] : "figures.jsonl");
	struct sonde_future *export;
	struct sonde_stream *stream;
	int error = sonde_metrics_stream_open(sonde, &filter, &stream);

	if (error)
		die("stream", error);
	sonde_increment(sonde, "requests.processed", NULL, 0);
	error = sonde_export_metrics_async(sonde, endpoints, 2, 10, NULL, NULL, &export);
	if (error)
		die("export", error);

	struct pollfd fds[] = {
		{.fd = sonde_future_fd(export), .events = POLLIN},
		{.fd = sonde_metrics_stream_fd(stream), .events = POLLIN},
	};

	while ((fds[0].fd >= 0 || fds[1].fd >= 0) && poll(fds, 2, -1) > 0) {
		if (fds[0].revents) {
			print_results(export);
			fds[0].fd = -1;
		}
		if (fds[1].revents && print_values(stream) > 0)
			fds[1].fd = -1;
	}
	sonde_future_free(export);
	sonde_metrics_stream_close(stream);
	return sonde_shutdown_metrics(sonde) ? 1 : 0;
}
