// SPDX-License-Identifier: MIT
/*
 * one-engine - records 42 jobs, a duration and a length, and reads seven bytes one by one; a forked
 * child records 8 more jobs. With an argument it says first what an export has of its reads: "calls
 * N".
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sonde/sonde.h"

static int record(struct sonde *sonde, int n_jobs)
{
	const struct sonde_tag queue = {"queue", "mail"};

	if (sonde_record_counter(sonde, "jobs.done", n_jobs, &queue, 1) ||
	    sonde_record_timer(sonde, "job.duration", 250, SONDE_MILLISECONDS, NULL, 0) ||
	    sonde_record_gauge(sonde, "queue.length", n_jobs, &queue, 1))
		return 1;
	return 0;
}

static int read_bytes(void)
{
	char byte;
	int fd = open("/dev/zero", O_RDONLY);

	for (int i = 0; i < 7; i++)
		if (read(fd, &byte, 1) != 1)
			return 1;
	return close(fd);
}

static void say_calls(struct sonde *sonde)
{
	const struct sonde_tag filter[] = {{"call", "read"}, {"result", "ok"}, {"kind", "device"}};
	struct sonde_metric_values *values;
	unsigned long long n = 0;

	if (sonde_get_metrics_by_tag(sonde, filter, 3, &values) == 0 && values->n_values)
		n = values->values[0].count;
	printf("calls %llu\n", n);
}

int main(int argc, char **argv)
{
	struct sonde *sonde;
	int status = 1;

	(void)argv;
	if (sonde_initialize_metrics(NULL, &sonde, NULL) || record(sonde, 42) || read_bytes())
		return 1;
	if (argc > 1)
		say_calls(sonde);
	fflush(stdout);
	pid_t pid = fork();

	if (pid == 0)
		_exit(record(sonde, 8));
	waitpid(pid, &status, 0);
	return status;
}
