// SPDX-License-Identifier: MIT
/*
 * pairs ROUNDS ENVIRONMENT... -- COMMAND... - runs a command in turn with each of several
 * environments, and prints a line for each: the median of its wall time in us, the median and the
 * quartiles of the ratio to the first one's time in the same round, and the median of the
 * difference to it in us.
 *
 * An ENVIRONMENT is assignments separated by spaces, added to our own environment; "" for none.
 * Every other round runs them backwards, so that none profits from its place. The command's output
 * is thrown away.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { VARIANTS_MAX = 8, ASSIGNMENTS_MAX = 8 };

struct variant {
	char **environment;
	double *us; /* of each round */
};

static char **make_environment(char *assignments)
{
	size_t n = 0;

	while (environ[n])
		n++;
	char **environment = calloc(n + ASSIGNMENTS_MAX + 1, sizeof(char *));
	char *next = strtok(assignments, " ");
	size_t n_added = 0;
	for (; next && n_added < ASSIGNMENTS_MAX; next = strtok(NULL, " "))
		environment[n_added++] = next;
	memcpy(environment + n_added, environ, n * sizeof(char *));
	return environment;
}

static double run_us(char **command, char **environment)
{
	posix_spawn_file_actions_t actions;
	struct timespec start, end;
	int status;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	clock_gettime(CLOCK_MONOTONIC, &start);
	if (posix_spawnp(&pid, command[0], &actions, NULL, command, environment) != 0 ||
	    waitpid(pid, &status, 0) != pid || status != 0) {
		fprintf(stderr, "pairs: %s failed\n", command[0]);
		exit(1);
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	posix_spawn_file_actions_destroy(&actions);
	return (double)(end.tv_sec - start.tv_sec) * 1e6 +
	       (double)(end.tv_nsec - start.tv_nsec) / 1e3;
}

static int compare_doubles(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

/* Sorts the values. */
static double quantile(double *values, int n, double q)
{
	qsort(values, (size_t)n, sizeof(double), compare_doubles);
	return values[(int)(q * (n - 1) + 0.5)];
}

static void print_variant(const struct variant *variant, const struct variant *first, int n_rounds)
{
	double *ratios = calloc((size_t)n_rounds, sizeof(double));
	double *differences = calloc((size_t)n_rounds, sizeof(double));
	double *times = calloc((size_t)n_rounds, sizeof(double));

	for (int i = 0; i < n_rounds; i++) {
		times[i] = variant->us[i];
		ratios[i] = variant->us[i] / first->us[i];
		differences[i] = variant->us[i] - first->us[i];
	}
	printf("%.1f %.4f %.4f %.4f %.1f\n", quantile(times, n_rounds, 0.5),
	       quantile(ratios, n_rounds, 0.5), quantile(ratios, n_rounds, 0.25),
	       quantile(ratios, n_rounds, 0.75), quantile(differences, n_rounds, 0.5));
	free(ratios);
	free(differences);
	free(times);
}

int main(int argc, char **argv)
{
	struct variant variants[VARIANTS_MAX];
	int n_rounds = argc > 1 ? atoi(argv[1]) : 0, n_variants = 0, arg = 2;

	for (; arg < argc && strcmp(argv[arg], "--") != 0 && n_variants < VARIANTS_MAX; arg++)
		variants[n_variants++] = (struct variant){
			.environment = make_environment(argv[arg]),
			.us = calloc((size_t)n_rounds + 1, sizeof(double)),
		};
	if (n_rounds < 1 || n_variants < 1 || arg + 1 >= argc) {
		fprintf(stderr, "usage: pairs ROUNDS ENVIRONMENT... -- COMMAND...\n");
		return 2;
	}
	char **command = argv + arg + 1;
	for (int i = 0; i < n_variants; i++)
		run_us(command, variants[i].environment);
	for (int round = 0; round < n_rounds; round++)
		for (int i = 0; i < n_variants; i++) {
			struct variant *variant = &variants[round % 2 ? n_variants - 1 - i : i];

			variant->us[round] = run_us(command, variant->environment);
		}
	for (int i = 0; i < n_variants; i++)
		print_variant(&variants[i], &variants[0], n_rounds);
	return 0;
}
