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

static void health(void)
{
	struct sonde_system_health health;

	if (sonde_get_system_health(metrics, &health) != 0)
		return;
	printf("System healthy: %s\n", health.healthy ? "yes" : health.reasons);
	printf("Error rate: %.2f%%\n", health.error_rate * 100);
}

static int print(void *argument, const char *text, size_t size)
{
	return fwrite(text, 1, size, argument) == size ? 0 : -1;
}

int main(void)
{
	struct sonde_config config = {.struct_size = sizeof(config), .collection_interval = 60};
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
	health();
	sonde_export_metrics(metrics, "prometheus", print, stdout);
	return sonde_shutdown_metrics(metrics) ? 1 : 0;
}
