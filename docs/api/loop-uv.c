// SPDX-License-Identifier: MIT
/*
 * The same with libuv: its loop polls the descriptor of a stream, and that of an export.
 *
 *     cc loop-uv.c $(pkg-config --cflags --libs sonde libuv) -o loop-uv && ./loop-uv
 */
#include <sonde/sonde.h>
#include <stdio.h>
#include <uv.h>

static void take_values(uv_poll_t *poll, int status, int events)
{
	struct sonde_metric_value *value;
	int n_values = 0;

	(void)status;
	(void)events;
	for (; sonde_metrics_stream_next(poll->data, 0, &value) == 0; n_values++) {
		printf("%s took %.3f s in all\n", value->name, value->value);
		sonde_free(value);
	}
	if (n_values)
		uv_poll_stop(poll);
}

static void say_exported(uv_poll_t *poll, int status, int events)
{
	const struct sonde_export_result *results;
	size_t n_results;

	(void)status;
	(void)events;
	if (sonde_future_exports(poll->data, &results, &n_results) == 0 && n_results == 1)
		printf("%s: %s\n", results[0].endpoint, results[0].reason);
	uv_poll_stop(poll);
}

int main(void)
{
	const char *const names[] = {"job.*"};
	const char *const endpoint = "nobody";
	const struct sonde_stream_filter filter = {
		.struct_size = sizeof(filter),
		.types = SONDE_TYPE_BIT(SONDE_TIMER),
		.names = names,
		.n_names = 1,
		.min_interval = 0.1,
	};
	struct sonde *sonde;
	struct sonde_stream *stream;
	struct sonde_future *export;
	uv_poll_t values;
	uv_poll_t exported;

	if (sonde_initialize_metrics(NULL, &sonde, NULL) != 0 ||
	    sonde_metrics_stream_open(sonde, &filter, &stream) != 0 ||
	    sonde_export_metrics_async(sonde, &endpoint, 1, 0, NULL, NULL, &export) != 0)
		return 1;
	values.data = stream;
	exported.data = export;
	uv_poll_init(uv_default_loop(), &values, sonde_metrics_stream_fd(stream));
	uv_poll_init(uv_default_loop(), &exported, sonde_future_fd(export));
	uv_poll_start(&values, UV_READABLE, take_values);
	uv_poll_start(&exported, UV_READABLE, say_exported);
	sonde_record_timer(sonde, "job.sort", 250, SONDE_MILLISECONDS, NULL, 0);
	/* It ends when nothing is polled any more. */
	uv_run(uv_default_loop(), UV_RUN_DEFAULT);
	sonde_future_free(export);
	sonde_metrics_stream_close(stream);
	return sonde_shutdown_metrics(sonde) ? 1 : 0;
}
