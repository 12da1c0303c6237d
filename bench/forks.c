// SPDX-License-Identifier: MIT
/* forks N - prints the median of the microseconds that a fork takes until its child has been waited
 * for. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int compare_doubles(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 200;
	double *us = calloc((size_t)n, sizeof(double));

	for (int i = 0; i < n; i++) {
		double start = now_us();
		pid_t pid = fork();

		if (pid == 0)
			_exit(0);
		waitpid(pid, NULL, 0);
		us[i] = now_us() - start;
	}
	qsort(us, (size_t)n, sizeof(double), compare_doubles);
	printf("%.1f\n", us[n / 2]);
	free(us);
	return 0;
}
