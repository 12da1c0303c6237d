// SPDX-License-Identifier: MIT
/*
 * The examples of the metrics protocol, in its order, in C.
 *
 *     cc protocol.c $(pkg-config --cflags --libs sonde) -o protocol && ./protocol
 */
#include <sonde/sonde.h>
#include <stdio.h>

static struct sonde *metrics;

static void collector(void)
{
	const struct sonde_tag branch = {"branch", "main"};
	const struct sonde_tag percent = {"unit", "percent"};
	const struct sonde_tag ms = {"unit", "ms"};
	const struct sonde_tag endpoint = {"endpoint", "/status"};

	sonde_record_counter(metrics, "git.commits.created", 1, &branch, 1);
	sonde_record_counter(metrics, "api.requests.total", 1, NULL, 0);

	sonde_record_gauge(metrics, "system.memory.usage", 75.5, &percent, 1);
	sonde_record_gauge(metrics, "active.connections", 42, NULL, 0);

	sonde_record_histogram(metrics, "request.size.bytes", 1024, NULL, 0);
	sonde_record_histogram(metrics, "operation.duration", 250.5, &ms, 1);

	sonde_record_timer(metrics, "git.clone.duration", 15.2, SONDE_SECONDS, NULL, 0);
	sonde_record_timer(metrics, "api.response.time", 150.0, SONDE_UNIT_NONE, NULL, 0);

	sonde_increment(metrics, "errors.validation", NULL, 0);
	sonde_increment(metrics, "requests.processed", &endpoint, 1);
}

static int expensive_operation(void *argument)
{
	*(const char **)argument = "result";
	return 0;
}

static void timer(void)
{
	const struct sonde_tag branch = {"branch", "main"};
	struct sonde_timing_result result;
	struct sonde_timing_stats stats;
	const char *answer;
	uint64_t id;

	sonde_start_timer(metrics, "git.push", &branch, &id);
	/* ... perform operation ... */
	sonde_stop_timer(metrics, id, true, &result);

	sonde_start_timer(metrics, "database.query", NULL, &id);
	/* ... perform database operation ... */
	sonde_stop_timer(metrics, id, true, &result);
	printf("Query took %g %s\n", result.duration, sonde_unit_name(result.unit));

	sonde_time_operation(metrics, "data.processing", expensive_operation, &answer, NULL,
			     &result);
	printf("Operation took %gms\n", result.duration);

	sonde_record_timer(metrics, "git.clone", 250, SONDE_MILLISECONDS, NULL, 0);
	if (sonde_get_timing_stats(metrics, "git.clone", 0, SONDE_MILLISECONDS, &stats) == 0)
		printf("Average: %gms, P95: %gms\n", stats.avg, stats.p95);
}

static void tracker(void)
{
	struct sonde_success_rate rate;
	struct sonde_failure_breakdown *failures;

	sonde_record_success(metrics, "git.commit");
	sonde_record_failure(metrics, "git.push", "authentication_error");

	/* The last hour. */
	sonde_record_success(metrics, "api.requests");
	if (sonde_get_success_rate(metrics, "api.requests", 3600, &rate) == 0)
		printf("Success rate: %.2f%%\n", rate.rate * 100);

	for (int i = 0; i < 5; i++)
		sonde_record_failure(metrics, "git.clone", "network_error");
	sonde_record_failure(metrics, "git.clone", "timeout");
	if (sonde_get_failure_breakdown(metrics, "git.clone", 0, &failures) != 0)
		return;
	for (size_t i = 0; i < failures->n_failures; i++)
		printf("%s: %llu\n", failures->failures[i].error_type,
		       (unsigned long long)failures->failures[i].count);
	sonde_free(failures);
}

static void resources(void)
{
	struct sonde_memory_usage memory;
	struct sonde_disk_usage disk;

	if (sonde_start_resource_monitoring(metrics, 60.0) != 0)
		return;
	if (sonde_get_memory_usage(metrics, &memory) == 0)
		printf("Memory usage: %.1f%%\n", memory.percent);
	if (sonde_get_disk_usage(metrics, "/", &disk) == 0)
		printf("Disk usage: %.1f%%\n", disk.percent);
	sonde_stop_resource_monitoring(metrics);
}

static void health(void)
{
	struct sonde_system_health health;

	if (sonde_get_system_health(metrics, &health) != 0)
		return;
	printf("System healthy: %s\n", health.healthy ? "yes" : health.reasons);
	printf("Error rate: %.2f%%\n", health.error_rate * 100);
}

static int print(void *argument, const char *text, size_t size);

static void aggregator(void)
{
	const struct sonde_tag main_branch = {"branch", "main"};
	struct sonde_metric_summary summary;
	struct sonde_metric_values *values;

	if (sonde_get_metric_summary(metrics, "git.clone.duration", 0, &summary) == 0)
		printf("Clones: %llu, longest %g %s\n", (unsigned long long)summary.count,
		       summary.max, summary.unit_text);
	if (sonde_get_metrics_by_tag(metrics, &main_branch, 1, &values) == 0) {
		printf("Of branch main: %zu\n", values->n_values);
		sonde_free(values);
	}
	if (sonde_get_top_metrics(metrics, SONDE_COUNTER, SONDE_BY_SUM, 10, &values) == 0) {
		printf("Greatest: %zu\n", values->n_values);
		sonde_free(values);
	}
	sonde_create_dashboard_data(metrics, "overview", print, stdout);
	putchar('\n');
}

/* export_metrics_async(["prometheus", "grafana"]), and the first value of metrics_stream(). */
static void asynchronous(void)
{
	const char *const endpoints[] = {"prometheus", "grafana"};
	const struct sonde_stream_filter filter = {
		.struct_size = sizeof(filter),
		.types = SONDE_TYPE_BIT(SONDE_COUNTER),
	};
	const struct sonde_export_result *results;
	struct sonde_future *future;
	struct sonde_stream *stream;
	struct sonde_metric_value *value;
	size_t n_results;

	if (sonde_metrics_stream_open(metrics, &filter, &stream) != 0)
		return;
	sonde_record_counter(metrics, "git.commits.created", 2, NULL, 0);
	if (sonde_collect_metrics_async(metrics, NULL, NULL, &future) == 0) {
		sonde_future_wait(future, 10, NULL);
		sonde_future_free(future);
	}
	if (sonde_metrics_stream_next(stream, 10, &value) == 0) {
		printf("Streamed: %s\n", value->name);
		sonde_free(value);
	}
	sonde_metrics_stream_close(stream);
	if (sonde_export_metrics_async(metrics, endpoints, 2, 10, NULL, NULL, &future) != 0)
		return;
	sonde_future_wait(future, 10, NULL);
	if (sonde_future_exports(future, &results, &n_results) == 0)
		for (size_t i = 0; i < n_results; i++)
			printf("Exported to %s: %s\n", results[i].endpoint,
			       results[i].is_success ? "true" : "false");
	sonde_future_free(future);
}

static int print(void *argument, const char *text, size_t size)
{
	return fwrite(text, 1, size, argument) == size ? 0 : -1;
}

/*
 * The protocol's configuration. Its endpoints are instances of plugins, and what is behind them is
 * said in a text or a file:
 *
 *     "collection_interval": 60, "retention_days": 30, "export_endpoints": ["prometheus",
 * "grafana"]
 */
int main(int argc, char **argv)
{
	const char *const endpoints[] = {"prometheus", "grafana"};
	struct sonde_config config = {
		.struct_size = sizeof(config),
		.file = argc > 1 ? argv[1] : NULL,
		.collection_interval = 60,
		.retention_days = argc > 1 ? 30 : 0,
		.export_endpoints = endpoints,
		.n_export_endpoints = argc > 1 ? 2 : 0,
	};
	struct sonde_problem problem;
	int error = sonde_initialize_metrics(&config, &metrics, &problem);

	if (error) {
		fprintf(stderr, "%s\n",
			error == SONDE_ECONFIG ? problem.text : sonde_error_text(error));
		return 1;
	}
	collector();
	timer();
	tracker();
	resources();
	health();
	aggregator();
	asynchronous();
	sonde_export_metrics(metrics, "prometheus", print, stdout);
	return sonde_shutdown_metrics(metrics) ? 1 : 0;
}
